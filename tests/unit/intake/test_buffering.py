"""The server's face: a request is whole before it gets a thread, an answer waits for its commit."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask, Response, request

from mis_bridge.cli import buffering
from mis_bridge.cli.buffering import Buffered, Headers
from mis_bridge.web.later import Later, offered


class Fields(dict[str, str]):
    """Headers as the server gives them."""


@dataclass
class Request:
    """One request and what was answered to it."""

    chunks: list[bytes] = field(default_factory=list)
    pause: float = 0.0
    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytes = b""

    async def __call__(self) -> bytes:
        await asyncio.sleep(self.pause)
        return b"".join(self.chunks)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            await asyncio.sleep(self.pause)
            yield chunk

    def response_empty(self, status: int, headers: Headers) -> None:
        self.status, self.headers = int(status), headers

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def scope(path: str = "/", method: str = "POST", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SimpleNamespace(
        proto="http",
        http_version="1.1",
        server="127.0.0.1:8000",
        client="127.0.0.1:40000",
        scheme="http",
        method=method,
        path=path,
        query_string="key=a+b",
        headers=Fields(named),
    )


def answered(app: Flask, asked: Any, made: Request) -> Request:
    asyncio.run(Buffered(app, quick=2, slow=2).__rsgi__(asked, cast("Any", made)))
    return made


@pytest.fixture
def echo() -> Flask:
    """Return an app that says what it was asked."""
    app = Flask("echo")

    @app.post("/<path:place>")
    def say(place: str) -> dict[str, Any]:
        return {
            "place": place,
            "query": request.query_string.decode(),
            "body": request.get_data(as_text=True),
            "from": request.remote_addr,
            "cookie": request.headers.get("Cookie"),
        }

    return app


def test_a_request_arrives_as_it_was_sent(echo: Flask) -> None:
    made = answered(
        echo, scope("/ysgol/%C5%B4yn", content_length="5", cookie="a=1"), Request([b"hel", b"lo"])
    )
    assert made.status == 200
    told = json.loads(made.body)
    assert told == {
        "place": "ysgol/Ŵyn",
        "query": "key=a+b",
        "body": "hello",
        "from": "127.0.0.1",
        "cookie": "a=1",
    }


def test_a_stated_length_over_the_cap_is_refused_unread(echo: Flask) -> None:
    length = str(buffering.BODY_AT_MOST + 1)
    assert answered(echo, scope("/x", content_length=length), Request([b"x"])).status == 413


def test_where_a_file_comes_with_a_form_there_is_room_for_it(echo: Flask) -> None:
    for path, status in (("/x", 413), ("/plans/import", 200)):
        body = Request([b"x" * 1_000_000] * 3)
        assert answered(echo, scope(path), body).status == status
    beyond = scope("/plans/import", content_length=str(11 * 1024 * 1024))
    assert answered(echo, beyond, Request([b"x"])).status == 413


def test_a_stream_is_read_no_further_than_the_cap(echo: Flask) -> None:
    made = answered(echo, scope("/x"), Request([b"x" * 400_000] * 4))
    assert made.status == 413


def test_a_body_that_does_not_come_is_408(echo: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "BODY_WITHIN_SECONDS", 0.05)
    slow = Request([b"x"], pause=1.0)
    assert answered(echo, scope("/x", content_length="1"), slow).status == 408


@pytest.mark.parametrize(("came_true", "status"), [(True, 202), (False, 503)])
def test_an_answer_that_waits_for_a_commit_says_what_came_of_it(
    *, came_true: bool, status: int
) -> None:
    app = Flask("later")

    @app.post("/webhooks/x")
    def store() -> Response:
        later = offered()
        assert isinstance(later, Later)
        later.otherwise = Response(status=503, headers={"Retry-After": "5"})
        threading.Timer(0.05, lambda: later.settle(came_true=came_true)).start()
        return Response("{}", 202)

    made = answered(app, scope("/webhooks/x", content_length="0"), Request())
    assert made.status == status
    assert dict(made.headers).get("retry-after") == ("5" if status == 503 else None)


def test_a_commit_that_never_comes_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffering, "COMMIT_WITHIN_SECONDS", 0.05)
    app = Flask("never")

    @app.post("/webhooks/x")
    def store() -> Response:
        later = offered()
        assert later is not None
        later.otherwise = Response(status=503)
        return Response("{}", 202)

    assert answered(app, scope("/webhooks/x", content_length="0"), Request()).status == 503
