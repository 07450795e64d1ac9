"""Connections that go to the address that was vetted, under the name that was asked for."""

from __future__ import annotations

import socket
import threading
import weakref
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from adapters.addresses import Origin, Resolver, resolve, vetted


class PinnedTransport(HTTPAdapter):
    """Vets at the moment of connecting, so that no redirect, rebinding or spelling gets round it.

    TLS still names and verifies the host that was asked for: only the look-up is taken over.
    """

    def __init__(self, allowed: frozenset[Origin], resolver: Resolver = resolve) -> None:
        self._allowed = allowed
        self._resolver = resolver
        self._live: weakref.WeakSet[HTTPConnection] = weakref.WeakSet()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Build the pools from connections that look names up through us."""
        super().init_poolmanager(*args, **kwargs)
        transport = self

        class Http(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return transport.connect(self, "http")

        class Https(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return transport.connect(self, "https")

        class HttpPool(HTTPConnectionPool):
            ConnectionCls = Http

        class HttpsPool(HTTPSConnectionPool):
            ConnectionCls = Https

        manager = cast(PoolManager, self.poolmanager)
        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}

    def connect(self, connection: HTTPConnection, scheme: str) -> socket.socket:
        """Open the socket of a connection to one of the vetted addresses of its host."""
        host = f"[{connection.host}]" if ":" in connection.host else connection.host
        port = connection.port or 0
        failure: OSError | None = None
        for address in vetted(Origin(scheme, host.lower(), port), self._allowed, self._resolver):
            try:
                opened = create_connection(
                    (address, port),
                    connection.timeout,
                    source_address=connection.source_address,
                    socket_options=connection.socket_options,
                )
            except TimeoutError as late:
                raise ConnectTimeoutError(connection, "no connection in time") from late
            except OSError as refused:
                failure = refused
                continue
            self._live.add(connection)
            return opened
        raise NewConnectionError(connection, "no connection") from failure

    def cut(self) -> None:
        """Break off whatever is being sent or received: the time for the answer is over."""
        for connection in list(self._live):
            if isinstance(connection.sock, socket.socket):
                try:
                    connection.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue


class Deadline:
    """Cuts the transport when the time is over; a slow trickle of bytes cannot stretch it."""

    def __init__(self, transport: PinnedTransport, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._over)
        self._timer.daemon = True
        self._transport = transport
        self.passed = False

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _over(self) -> None:
        self.passed = True
        self._transport.cut()
