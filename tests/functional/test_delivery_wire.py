"""The channels' way out: vetted at every call, without redirects, bounded in time and size."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from mis_bridge.delivery.base import DeliveryMisconfigured, DeliveryUnavailable
from mis_bridge.services.sending.wire import GuardedWire, connection_to

PUBLIC = "https://notify.example.test"


@contextmanager
def answering(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that reads a request's head and then does as told."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                opened, _ = listener.accept()
                with opened, suppress(OSError):
                    opened.recv(65536)
                    talk(opened)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def wire(origin: str, seconds: float = 2.0, in_all: float = 3.0) -> GuardedWire:
    """Return the way out of an operator who trusts one origin."""
    return GuardedWire(frozenset({origin}), seconds=seconds, in_all=in_all)


@pytest.mark.parametrize(
    "leads_to", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "64:ff9b::7f00:1"]
)
def test_a_name_that_leads_inside_by_now_is_not_called(leads_to: str) -> None:
    calls = GuardedWire(frozenset(), resolver=lambda _host, _port: [leads_to])
    with pytest.raises(DeliveryMisconfigured) as fault:
        calls("GET", f"{PUBLIC}/v2/templates", headers={})
    assert fault.value.fault == "address"
    assert leads_to not in str(fault.value)


def test_plain_http_is_for_what_the_operator_trusts() -> None:
    with answering(lambda opened: opened.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as origin:
        assert wire(origin)("GET", origin, headers={}).status == 200
        with pytest.raises(DeliveryMisconfigured):
            wire(PUBLIC)("GET", origin, headers={})


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    with answering(lambda opened: opened.sendall(moved)) as origin:
        assert wire(origin)("POST", origin, headers={}, body=b"{}").status == 302


def test_a_wait_that_is_asked_for_is_an_hour_at_most() -> None:
    busy = b"HTTP/1.1 429 Busy\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n"
    with answering(lambda opened: opened.sendall(busy)) as origin:
        assert wire(origin)("GET", origin, headers={}).retry_after == 3600


def test_an_answer_that_trickles_is_cut_and_may_have_arrived() -> None:
    def trickle(opened: socket.socket) -> None:
        opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            opened.sendall(b" ")
            time.sleep(0.2)

    with answering(trickle) as origin:
        began = time.monotonic()
        with pytest.raises(DeliveryUnavailable) as late:
            wire(origin, seconds=2.0, in_all=1.0)("POST", origin, headers={}, body=b"{}")
        assert time.monotonic() - began < 4
    assert not late.value.answered


def test_an_answer_without_end_is_not_kept() -> None:
    def flood(opened: socket.socket) -> None:
        opened.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            opened.sendall(b"x" * 65536)

    with answering(flood) as origin, pytest.raises(DeliveryUnavailable):
        wire(origin, in_all=20.0)("GET", origin, headers={})


def test_where_nobody_listens_nothing_arrived() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    with pytest.raises(DeliveryUnavailable) as gone:
        wire(origin)("POST", origin, headers={}, body=b"{}")
    assert gone.value.answered
    with pytest.raises(DeliveryUnavailable):
        connection_to("127.0.0.1", port, frozenset({origin}), 1.0, encrypted=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "0177.0.0.1", "::1", "a\\@b"])
def test_a_mail_server_inside_is_not_called_unless_the_operator_lists_it(host: str) -> None:
    with pytest.raises(DeliveryMisconfigured):
        connection_to(host, 25, frozenset(), 1.0, encrypted=True)
