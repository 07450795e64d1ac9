"""Requests are read whole before a thread is given to them: who sends slowly holds up nobody.

The server hands requests over asynchronously; the application is synchronous. A thread that read a
body byte by byte would be taken for as long as the sender likes, and a few dozen such senders would
stop everything. For the same reason no thread waits for a commit: the answer does (`web.later`).
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

from granian.rsgi import Scope

from mis_bridge.web.later import Later, put_into
from mis_bridge.web.limits import UPLOADS

BODY_WITHIN_SECONDS: Final = 20.0
COMMIT_WITHIN_SECONDS: Final = 12.0
# A webhook may have one mebibyte, and so may a page, save the few that take a file (UPLOADS):
# nothing beyond is read, let alone kept.
BODY_AT_MOST: Final = 1024 * 1024 + 1
MACHINES_DOORS: Final = ("/webhooks/", "/health/")

Headers = list[tuple[str, str]]
Answer = tuple[int, Headers, bytes]


class OneRequest(Protocol):
    """What the server gives us of one request, as far as we use it."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_empty(self, status: int, headers: Headers) -> None: ...
    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None: ...


class _TooLarge(Exception):
    """The body is larger than anything that the application takes."""


class Buffered:
    """Serves a WSGI application behind an asynchronous server.

    The machines' doors have `quick` threads of their own: on the embedded database a request there
    never waits for anything, and few threads beside the one that commits is what keeps the slowest
    answers quick. Pages have `slow` ones, so that a letter in the making stops no webhook.
    """

    def __init__(self, application: WSGIApplication, *, quick: int, slow: int) -> None:
        self._application = application
        self._quick = ThreadPoolExecutor(quick, thread_name_prefix="door")
        self._slow = ThreadPoolExecutor(slow, thread_name_prefix="page")

    async def __rsgi__(self, scope: Scope, protocol: OneRequest) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        try:
            async with asyncio.timeout(BODY_WITHIN_SECONDS):
                body = await _body(scope, protocol)
        except TimeoutError:
            protocol.response_empty(HTTPStatus.REQUEST_TIMEOUT, _CLOSE)
            return
        except _TooLarge:
            protocol.response_empty(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _CLOSE)
            return
        except RuntimeError:
            # The sender left before its body was whole: nobody waits for an answer.
            return
        loop = asyncio.get_running_loop()
        settled = loop.create_future()
        later = Later(lambda: _wake(loop, settled))
        threads = self._quick if scope.path.startswith(MACHINES_DOORS) else self._slow
        answer = await loop.run_in_executor(threads, self._run, scope, body, later)
        if later.otherwise is not None:
            answer = await _awaited(answer, later, settled)
        protocol.response_bytes(*answer)

    def _run(self, scope: Scope, body: bytes, later: Later) -> Answer:
        environ = _environ(scope, body)
        put_into(environ, later)
        started: list[tuple[str, Headers]] = []
        written: list[bytes] = []

        def start_response(
            status: str, headers: Headers, exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            del exc_info
            started.append((status, headers))
            return written.append

        chunks = self._application(environ, start_response)
        try:
            content = b"".join([*written, *chunks])
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, headers = started[-1]
        return int(status[:3]), _lower(headers), content


async def _awaited(answer: Answer, later: Later, settled: asyncio.Future[None]) -> Answer:
    """Return the answer once what it says is true, or the other one."""
    try:
        async with asyncio.timeout(COMMIT_WITHIN_SECONDS):
            await settled
    except TimeoutError:
        pass
    if later.came_true or later.otherwise is None:
        return answer
    otherwise = later.otherwise
    return otherwise.status_code, _lower(otherwise.headers.to_wsgi_list()), otherwise.get_data()


def _wake(loop: asyncio.AbstractEventLoop, settled: asyncio.Future[None]) -> None:
    """Tell the loop, from whichever thread, that the answer may go."""
    with suppress(RuntimeError):  # the loop ended before the commit: so did the connection
        loop.call_soon_threadsafe(_set, settled)


def _set(settled: asyncio.Future[None]) -> None:
    if not settled.done():
        settled.set_result(None)


async def _body(scope: Scope, protocol: OneRequest) -> bytes:
    most = max(BODY_AT_MOST, UPLOADS.get(scope.path, 0) + 1)
    stated = scope.headers.get("content-length")
    if stated is not None and stated.isascii() and stated.isdigit():
        # The server reads no further than the length that is stated.
        if int(stated) > most:
            raise _TooLarge
        return await protocol()
    chunks: list[bytes] = []
    size = 0
    async for chunk in protocol:
        size += len(chunk)
        if size > most:
            raise _TooLarge
        chunks.append(chunk)
    return b"".join(chunks)


def _lower(headers: Headers) -> Headers:
    return [(name.lower(), value) for name, value in headers]


def _environ(scope: Scope, body: bytes) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        _put(environ, name, value)
    # What was read is what is there, whatever length the sender stated or left out.
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _put(environ: dict[str, Any], name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
        key = f"HTTP_{key}"
    known = environ.get(key)
    joiner = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = value if known is None else f"{known}{joiner}{value}"


_CLOSE: Headers = [("connection", "close")]
