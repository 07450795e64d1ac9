"""The real processes, started by the real supervisor, for tests that kill them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from mis_bridge.config import Settings, child_environment
from mis_bridge.domain.secrets import Secret
from mis_bridge.storage.database import open_database
from mis_bridge.workers.supervisor import Supervisor
from tests.support.databases import ready_database
from tests.support.senders import Posted

KEY = "k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="


@dataclass
class Serving:
    """Running processes, the folder they work in and the database they share."""

    supervisor: Supervisor
    settings: Settings
    database: Engine

    def post(self, posted: Posted, timeout: float = 5) -> int:
        """Post one delivery; return the status, or 0 where no answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.supervisor.port, timeout=timeout)
        try:
            connection.request("POST", posted.path, posted.body, posted.headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def kill(self, name: str) -> None:
        """End one process as a power cut would."""
        pid = self.supervisor.pids.get(name)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def serving(backend: str, folder: Path, trusted_origins: str = "") -> Iterator[Serving]:
    """Run web, worker and clock on a fresh database until the block ends.

    `trusted_origins` is the operator's list of stand-ins on loopback that may be called.
    """
    with ready_database(backend, folder) as url:
        settings = Settings(database_url=url, folder=folder / "data", key_text=Secret(KEY))
        environment = child_environment(
            {
                "DATABASE_URL": url,
                "DIR": str(settings.folder),
                "KEYS": KEY,
                "LOG_LEVEL": "INFO",
                "TRUSTED_ORIGINS": trusted_origins,
            }
        )
        supervisor = Supervisor(settings.folder, free_port(), environment=environment)
        database = open_database(url, settings.keys)
        supervisor.start()
        try:
            supervisor.wait_ready()
            yield Serving(supervisor, settings, database)
        finally:
            supervisor.stop()
            database.dispose()


def free_port() -> int:
    """Return a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(holds: Callable[[], bool], within: float = 30.0) -> bool:
    """Return True as soon as `holds`, False when it never did."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.05)
    return False


def now() -> datetime:
    """Return the time; the processes go by the real clock too."""
    return datetime.now(UTC)
