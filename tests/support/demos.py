"""The demo as tests run it: on ports of its own, in a folder that goes away."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from mis_bridge.demo.run import RunningDemo
from mis_bridge.domain.words import Language
from mis_bridge.storage.tenants import Tenant

LA = Tenant("661")
Read = TypeVar("Read")


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_demo(
    folder: Path, language: Language = "en", without_calendar: frozenset[str] = frozenset()
) -> Iterator[RunningDemo]:
    """Run the demo; what its processes wrote is shown when the test fails."""
    with RunningDemo(
        folder, free_port(), language, lambda: datetime.now(UTC), without_calendar
    ) as demo:
        try:
            yield demo
        finally:
            print(demo.supervisor.log_file.read_text("utf-8"))  # noqa: T201 - shown on failure


def read(demo: RunningDemo, reading: Callable[[Session], Read]) -> Read:
    """Read from the demo's database in a session of its own."""
    with Session(demo.database, expire_on_commit=False) as session:
        return reading(session)
