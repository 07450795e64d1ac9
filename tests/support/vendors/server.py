"""What all development vendors share: an HTTP server on loopback, its faults, its log of requests.

An authority can start one by hand and point a connection, or a new adapter, at it:
`python -m tests.support.vendors.wonde --port 9000 --fault empty_page`.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from adapters.base import ConnectionSettings, ReadOptions
from mappings.language import shipped

TOKEN = "dev-token"
COMMON_FAULTS = frozenset(
    {
        "unauthorised",
        "too_many_requests",
        "server_error",
        "slow",
        "truncated",
        "html",
        "redirect",
        "not_found",
        "later_pages",
    }
)
_TRICKLE = 0.1


@dataclass(frozen=True)
class Request:
    """What came in; `path` without its query."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What goes out; a body that is no bytes is sent as JSON."""

    body: object
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json; charset=utf-8"


@dataclass
class Fault:
    """One fault that is on: for `times` requests of pupils, or until it is taken off."""

    name: str
    times: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def strike(self) -> bool:
        """Tell whether the fault hits this request, and count it."""
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


class DevVendor:
    """One vendor's interface with invented pupils; subclasses answer as that vendor does.

    Usable in a `with` statement; `fault` is the one that is on now.
    """

    name: ClassVar[str]
    page_faults: ClassVar[frozenset[str]] = frozenset()
    has_delta: ClassVar[bool] = False
    # A collection that the school may withhold, and where its rows stand in a record.
    withholds: ClassVar[tuple[str, str] | None] = None
    page_size: ClassVar[int] = 6

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.requests: list[Request] = []
        self.withheld: set[str] = set()
        self._server: ThreadingHTTPServer | None = None

    # What a subclass says.

    def reply(self, request: Request) -> Reply:
        """Answer one request as documented."""
        raise NotImplementedError

    def ids(self) -> list[str]:
        """Return the keys of all pupils in the order of the interface."""
        raise NotImplementedError

    def change(self, record_id: str) -> None:
        """Let the school change one pupil's record."""
        raise NotImplementedError

    def delete(self, record_id: str) -> None:
        """Let the school delete one pupil's record."""
        raise NotImplementedError

    def is_authorised(self, request: Request) -> bool:
        """Tell whether a request carries the key of this vendor."""
        return request.headers.get("authorization") == f"Bearer {TOKEN}"

    def is_token_request(self, request: Request) -> bool:
        """Tell whether a request only asks for a token; faults leave these alone."""
        return "token" in request.path.casefold()

    def connection(self) -> dict[str, object]:
        """Return what the settings of a connection to this vendor need beside the base address."""
        return {}

    # What tests use.

    @property
    def origin(self) -> str:
        """Return the address at which the server listens."""
        if self._server is None:
            msg = "the development vendor is not running"
            raise RuntimeError(msg)
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **changes: object) -> ConnectionSettings:
        """Return the settings of a connection to this server, with short times."""
        values: dict[str, object] = {
            "base_url": self.origin,
            "school_ref": "6619901",
            "token": TOKEN,
            "trusted_origins": frozenset({self.origin}),
            "connect_timeout": 2.0,
            "read_timeout": 2.0,
            "answer_deadline": 2.0,
            "attempts": 3,
        }
        return ConnectionSettings(**(values | self.connection() | changes))  # type: ignore[arg-type] # plain values by name

    def options(self) -> ReadOptions:
        """Return the reader options of the vendor's shipped document."""
        return ReadOptions.from_document(shipped(self.name).read)

    def is_on(self, name: str) -> bool:
        """Tell whether a fault of the paging is on."""
        return self.fault is not None and self.fault.name == name

    def answer(self, request: Request) -> Reply:
        """Answer a request, or with the fault that is on."""
        self.requests.append(request)
        if self.is_token_request(request):
            return self.reply(request)
        if not self.is_authorised(request):
            return Reply({"error": "unauthorised"}, 401)
        if self.fault is None:
            return self.reply(request)
        if self.fault.name not in COMMON_FAULTS or not self.fault.strike():
            return self.reply(request)
        if self.fault.name == "later_pages" and _is_first_page(request):
            return self.reply(request)
        return self._faulty(self.fault, request)

    def _faulty(self, fault: Fault, request: Request) -> Reply:
        fixed = {
            "unauthorised": Reply({"error": "access revoked"}, 401),
            "too_many_requests": Reply({}, 429, {"Retry-After": "7", **fault.headers}),
            "server_error": Reply({"error": "oops"}, 500),
            "html": Reply(b"<html><body>Log in</body></html>", kind="text/html"),
            "redirect": Reply({}, 302, {"Location": "http://127.0.0.1:9/elsewhere"}),
            "not_found": Reply({"error": "not found"}, 404),
            "later_pages": Reply({"error": "oops"}, 500),
        }
        if fault.name in fixed:
            return fixed[fault.name]
        reply = self.reply(request)
        return replace(reply, headers={**reply.headers, "X-Fault": fault.name})

    def __enter__(self) -> Self:
        self.start(0)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, port: int) -> None:
        """Listen on loopback; port 0 takes a free one."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self.answer))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def _is_first_page(request: Request) -> bool:
    numbers = (request.query.get(name) for name in ("page", "page-number", "$skiptoken", "offset"))
    return next((number for number in numbers if number), "1") in {"0", "1"}


def _handler(answer: Callable[[Request], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            self._send(answer(Request(self.command, parts.path, query, headers, body)))

        do_POST = do_GET  # noqa: N815 - the name that the library calls

        def _send(self, reply: Reply) -> None:
            raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            fault = reply.headers.get("X-Fault")
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(raw)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                if fault == "truncated":
                    self.wfile.write(raw[: len(raw) // 2])
                    self.close_connection = True
                elif fault == "slow":
                    self._trickle(raw)
                else:
                    self.wfile.write(raw)
            except OSError:
                # The client broke off, as it should.
                self.close_connection = True

        def _trickle(self, raw: bytes) -> None:
            pause = threading.Event()
            for position in range(len(raw)):
                self.wfile.write(raw[position : position + 1])
                self.wfile.flush()
                pause.wait(_TRICKLE)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the log of requests is kept as values."""

    return Handler


def run(vendor: DevVendor) -> None:
    """Start a development vendor by hand and serve until it is interrupted."""
    parser = argparse.ArgumentParser(description=f"Development vendor: {vendor.name}")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--fault", choices=sorted(COMMON_FAULTS | vendor.page_faults), help="a fault to switch on"
    )
    chosen = parser.parse_args()
    vendor.fault = Fault(chosen.fault) if chosen.fault else None
    vendor.start(chosen.port)
    sys.stdout.write(f"{vendor.name} on {vendor.origin}, token {TOKEN}\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        vendor.stop()
