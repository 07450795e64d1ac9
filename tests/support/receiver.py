"""A receiver of webhooks on loopback that answers as it is told, and keeps what it was sent."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """How to answer: a status with headers, after `delay` seconds; `reset` breaks off instead."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    reset: bool = False
    body: bytes = b""


@dataclass(frozen=True)
class Taken:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What the server does next: `answers` in their order, then `always`."""

    url: str = ""
    origin: str = ""
    answers: list[Answer] = field(default_factory=list)
    always: Answer = field(default_factory=Answer)
    taken: list[Taken] = field(default_factory=list)

    def next_answer(self) -> Answer:
        """Return the answer to the request that just came."""
        return self.answers.pop(0) if self.answers else self.always


class _Handler(BaseHTTPRequestHandler):
    told: Receiver

    def do_GET(self) -> None:
        self._take(b"")

    def do_POST(self) -> None:
        self._take(self.rfile.read(int(self.headers["Content-Length"])))

    def _take(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.told.taken.append(Taken(self.path, headers, body))
        answer = self.told.next_answer()
        time.sleep(answer.delay)
        if answer.reset:
            self._reset()
        elif answer.drip:
            self._drip(answer.drip)
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        # Linger for no time: the connection ends with a reset and not with an end of file.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _drip(self, pause: float) -> None:
        """Send a head that never ends, one byte at a time."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while True:
                self.wfile.write(b"x")
                time.sleep(pause)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        return


@contextmanager
def receiver(certificate: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen on loopback until the block ends, by TLS where there is a certificate."""
    told = Receiver()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": told}))
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    scheme = "https" if certificate is not None else "http"
    told.origin = f"{scheme}://127.0.0.1:{server.server_port}"
    told.url = f"{told.origin}/hooks"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
