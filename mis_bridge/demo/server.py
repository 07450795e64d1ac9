"""Serves the demo MIS on loopback, from a thread of the process that asks for it."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

LOOPBACK = "127.0.0.1"
STOP_NOTICED_WITHIN_SECONDS = 0.05


class _QuietHandler(WSGIRequestHandler):
    """Writes no access log: the journal tells what happened."""

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


class LoopbackServer:
    """A web application on 127.0.0.1, from `__enter__` to `__exit__`."""

    def __init__(self, app: Flask, port: int) -> None:
        self._server = make_server(
            LOOPBACK, port, app, threaded=True, request_handler=_QuietHandler
        )
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # of its threading mix-in
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(STOP_NOTICED_WITHIN_SECONDS,),
            name="demo-mis",
            daemon=True,
        )

    def __enter__(self) -> LoopbackServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
