"""The endpoint behind the real server: what only bytes on a socket can show."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import system_wide
from tests.support.senders import Posted, SchoolSender, add_sender
from tests.support.serving import Serving, now, serving


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, SchoolSender]]:
    """Return running processes with one school that is posted to."""
    with serving("sqlite", tmp_path_factory.mktemp("http")) as up:
        yield up, add_sender(up.database, now())


def spoken(port: int, *parts: bytes, pause: float = 0.0) -> tuple[int, bytes]:
    """Send bytes as they are; return the status and the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
        for part in parts:
            line.sendall(part)
            time.sleep(pause)
        answer = b""
        while b"\r\n\r\n" not in answer:
            some = line.recv(65536)
            if not some:
                break
            answer += some
    return int(answer.split(b" ", 2)[1] or 0), answer


def head(posted: Posted, *more: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in posted.headers.items()]
    text = "\r\n".join([f"POST {posted.path} HTTP/1.1", "host: x", *lines, *more])
    return f"{text}\r\n\r\n".encode("latin-1")


def test_a_body_sent_in_chunks_is_read_and_proven(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    posted = sender.post(now())
    half = len(posted.body) // 2
    chunks = [posted.body[:half], posted.body[half:]]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    status, _ = spoken(up.supervisor.port, head(posted, "transfer-encoding: chunked"), framed)
    assert status == 202


def test_reading_a_stream_without_a_length_stops_at_the_cap(
    running: tuple[Serving, SchoolSender],
) -> None:
    up, sender = running
    posted = sender.post(now())
    chunk = b"%x\r\n%b\r\n" % (65536, b" " * 65536)
    with socket.create_connection(("127.0.0.1", up.supervisor.port), timeout=15) as line:
        line.sendall(head(posted, "transfer-encoding: chunked"))
        sent = 0
        try:
            while sent < 64 * 1024 * 1024:
                line.sendall(chunk)
                sent += 65536
        except OSError:
            pass
        assert sent < 32 * 1024 * 1024


@pytest.mark.parametrize("length", [str(1024 * 1024 + 2), "99999999999"])
def test_a_stated_length_over_the_cap_is_413_before_anything_is_read(
    running: tuple[Serving, SchoolSender], length: str
) -> None:
    up, sender = running
    status, _ = spoken(up.supervisor.port, head(sender.post(now()), f"content-length: {length}"))
    assert status == 413


def test_a_length_that_lies_proves_nothing(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    posted = sender.post(now())
    shorter = f"content-length: {len(posted.body) - 1}"
    status, _ = spoken(up.supervisor.port, head(posted, shorter), posted.body)
    assert status == 401


def test_many_slow_senders_hold_up_nobody(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    lines = []
    try:
        for _ in range(150):
            line = socket.create_connection(("127.0.0.1", up.supervisor.port), timeout=5)
            line.sendall(head(sender.post(now()), "content-length: 400") + b"{")
            lines.append(line)
        began = time.monotonic()
        assert up.post(sender.post(now()), timeout=10) == 202
        assert time.monotonic() - began < 5
    finally:
        for line in lines:
            line.close()


def test_no_redirect_is_ever_given(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    posted = sender.post(now())
    for path in (posted.path + "/", posted.path.replace("/stan", "//stan"), posted.path + "/x"):
        status, answer = spoken(
            up.supervisor.port,
            head(Posted(path, posted.body, posted.headers), f"content-length: {len(posted.body)}"),
            posted.body,
        )
        assert status == 404
        assert b"location:" not in answer.lower()


def test_header_bytes_outside_ascii_are_401(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    posted = sender.post(now())
    odd = {**posted.headers, "webhook-signature": "v1,\xe9\xff"}
    status, _ = spoken(
        up.supervisor.port,
        head(Posted(posted.path, posted.body, odd), f"content-length: {len(posted.body)}"),
        posted.body,
    )
    assert status in {400, 401}


def test_what_came_in_is_in_no_log(running: tuple[Serving, SchoolSender]) -> None:
    up, sender = running
    event = sender.event("CANARY-RECORD", upn="C660990117005")
    assert up.post(sender.post(now(), event)) == 202
    assert up.post(sender.post(now(), event, secret="whsec_" + "QUJD" * 10)) == 401
    with Session(up.database) as session:
        assert session.scalars(
            select(InboxEventRow).execution_options(**system_wide("a test"))
        ).all()
    log = up.supervisor.log_file.read_text(encoding="utf-8")
    assert "webhook_rejected" in log
    for canary in ("CANARY", "C660990117005", sender.endpoint_id, sender.secret):
        assert canary not in log
