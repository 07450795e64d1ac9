"""A stand-in for GOV.UK Notify on loopback: it proves keys, counts what it took, and fails as told.

It answers as the published interface does, as far as the client uses it.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE = "11111111-aaaa-4bbb-8ccc-222222222222"
TEMPLATE = "33333333-aaaa-4bbb-8ccc-444444444444"
PLACES = "((letter_cy)) ((letter_en)) ((plan_cy)) ((plan_en))"
_NOTIFICATION = re.compile(r"/v2/notifications/([0-9a-f-]{36})")


@dataclass
class Taken:
    """One message that was accepted."""

    id: str
    reference: str
    kind: str
    body: dict[str, Any]
    status: str = "created"

    def shown(self) -> dict[str, Any]:
        """Return it as the interface shows it."""
        return {
            "id": self.id,
            "reference": self.reference,
            "type": self.kind,
            "status": self.status,
        }


@dataclass(frozen=True)
class Fault:
    """How one call fails: by a status, or by an end of the connection after `silent` seconds.

    `taken`: the message counts all the same.
    """

    status: int = 0
    taken: bool = False
    retry_after: str | None = None
    words: str = "told to fail"
    silent: float = 0.0


@dataclass
class FakeNotify:
    """What the service took, in order, and what it is told to do.

    `fault` is asked once for each call that sends or looks up; `told` is called at each stage of a
    sending ("arrived", "taken", "answered") with the kind of message and its reference.
    """

    taken: list[Taken] = field(default_factory=list)
    fault: Callable[[str, str], Fault | None] = lambda _method, _reference: None
    told: Callable[[str, str, str], None] = lambda _stage, _kind, _reference: None
    asked: list[tuple[str, str]] = field(default_factory=list)
    secret: str = field(default_factory=lambda: str(uuid.uuid4()))
    template: dict[str, Any] = field(default_factory=lambda: {"type": "email", "body": PLACES})
    origin: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def key(self) -> str:
        """Return the key as the service gives it out."""
        return f"test-{SERVICE}-{self.secret}"

    def of(self, reference: str) -> list[Taken]:
        """Return what was accepted under a reference."""
        with self.lock:
            return [each for each in self.taken if each.reference == reference]

    def proves(self, authorization: str) -> bool:
        """Say whether a call bears a token of our key."""
        try:
            jwt.decode(
                authorization.removeprefix("Bearer "),
                self.secret,
                algorithms=["HS256"],
                issuer=SERVICE,
                leeway=30,
            )
        except jwt.PyJWTError:
            return False
        return True

    def accept(self, kind: str, body: dict[str, Any]) -> Taken:
        """Take a message."""
        one = Taken(str(uuid.uuid4()), str(body.get("reference")), kind, body)
        with self.lock:
            self.taken.append(one)
        return one

    def shown(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """Answer a question."""
        found = _NOTIFICATION.fullmatch(path)
        if found is not None:
            known = [each for each in self.taken if each.id == found[1]]
            return (200, known[0].shown()) if known else (404, {"errors": []})
        if path == "/v2/notifications":
            reference = query.get("reference", [""])[0]
            kinds = query.get("template_type")
            several = [
                each.shown() for each in self.of(reference) if not kinds or each.kind in kinds
            ]
            return 200, {"notifications": several, "links": {}}
        if path == f"/v2/template/{TEMPLATE}":
            return 200, {"id": TEMPLATE, **self.template}
        if path == "/v2/templates":
            return 200, {"templates": []}
        return 404, {"errors": [{"error": "NoResultFound", "message": "No result found"}]}


class _Answers(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        reference = query.get("reference", [""])[0]
        if self._passes("GET", reference) and not self._failed("GET", reference, None):
            self._say(*self.server.state.shown(parts.path, query))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reference = str(body.get("reference"))
        kind = self.path.rpartition("/")[2]
        if not self._passes("POST", reference):
            return
        self.server.state.told("arrived", kind, reference)
        if self._failed("POST", reference, lambda: self.server.state.accept(kind, body)):
            return
        one = self.server.state.accept(kind, body)
        self.server.state.told("taken", kind, reference)
        self._say(201, one.shown())
        self.server.state.told("answered", kind, reference)

    def _passes(self, method: str, reference: str) -> bool:
        self.server.state.asked.append((method, reference))
        if self.server.state.proves(self.headers.get("Authorization", "")):
            return True
        self._say(403, {"errors": [{"error": "AuthError", "message": "Invalid token"}]})
        return False

    def _failed(self, method: str, reference: str, take: Callable[[], Taken] | None) -> bool:
        fault = self.server.state.fault(method, reference)
        if fault is None:
            return False
        if fault.taken and take is not None:
            take()
        if fault.status == 0:
            time.sleep(fault.silent)
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return True
        wait = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        told = {"errors": [{"error": "Fault", "message": fault.words}]}
        self._say(fault.status, told, wait)
        return True

    def _say(
        self, status: int, told: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: FakeNotify) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.state = state

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a caller that was killed."""


@contextmanager
def fake_notify() -> Iterator[FakeNotify]:
    """Run the service on a free port of loopback."""
    state = FakeNotify()
    server = _Server(state)
    state.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
