"""Keeping an executor's id to one process: two under one id would each take up the other's work."""

from __future__ import annotations

import logging
import os
import platform
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import leases

LEASE_LASTS = timedelta(seconds=60)
_RENEW_EVERY_SECONDS = 10.0

log = logging.getLogger("mis_bridge.leases")


class LeaseHeld(Problem):
    """Another live process works under this executor id."""

    def __init__(self, lease: leases.Lease) -> None:
        super().__init__(
            Words(
                "executor {executor} is already at work ({holder}, since {since}); "
                "stop that process, or give this one another MIS_BRIDGE_EXECUTOR_ID",
                "mae gweithredwr {executor} eisoes wrthi ({holder}, ers {since}); "
                "stopiwch y broses honno, neu rhowch MIS_BRIDGE_EXECUTOR_ID arall i hon",
            ).fill(
                executor=lease.executor_id,
                holder=lease.holder,
                since=f"{lease.taken_at:%Y-%m-%dT%H:%M:%SZ}",
            )
        )


class ExecutorLease:
    """The lease of this process, renewed by a thread of its own until `release`.

    When the lease is lost, or cannot be renewed before it runs out, the process ends at once: what
    it had begun now belongs to whoever took the id.
    """

    def __init__(
        self,
        database: Engine,
        executor_id: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._clock = database, clock
        self._stop = threading.Event()
        now = clock()
        with Session(database) as session, session.begin():
            self._lease = leases.take(
                session,
                executor_id,
                this_process(),
                now=now,
                until=now + LEASE_LASTS,
                is_gone=is_gone,
            )
        if self._lease.holder != this_process():
            raise LeaseHeld(self._lease)
        self._keeper = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._keeper.start()

    def release(self) -> None:
        """Give the lease back."""
        self._stop.set()
        self._keeper.join()
        with Session(self._database) as session, session.begin():
            leases.release(session, self._lease, now=self._clock())

    def _keep(self) -> None:
        until = self._clock() + LEASE_LASTS
        while not self._stop.wait(_RENEW_EVERY_SECONDS):
            now = self._clock()
            try:
                with Session(self._database) as session, session.begin():
                    held = leases.renew(session, self._lease, now=now, until=now + LEASE_LASTS)
            except SQLAlchemyError:
                held = now < until
            else:
                until = now + LEASE_LASTS
            if not held:
                log.error("lease_lost", extra={"facts": {"executor": self._lease.executor_id}})
                os.kill(os.getpid(), signal.SIGKILL)


def this_process() -> str:
    """Name this process so that nothing else, on any machine or after any boot, has its name."""
    return f"{_machine()} pid {os.getpid()} started {_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Say whether `holder` surely runs no more; of another machine's process nobody can be sure."""
    machine, _, process = holder.rpartition(" pid ")
    pid, _, started = process.partition(" started ")
    if machine != _machine() or not pid.isascii() or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    """Name the machine, its boot and its space of process numbers."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        space = str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]")
    except OSError:
        boot = space = "-"
    return f"{platform.node()}/{boot}/{space}"


def _started(pid: int) -> str:
    """Return when the process began, in ticks since the boot; empty where there is none."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name in brackets may hold blanks; a zombie has ended, though it is still listed.
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]
