"""The lock of a data folder: one supervisor at a time, and nobody while a process still uses it."""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

_RULE = "serve.lock"
_SHARE = "processes.lock"
_DYING_SECONDS = 2.0


class FolderHeld(Problem):
    """Another process uses the folder; `pid` is None where it left no name."""

    def __init__(self, folder: Path, holder: dict[str, object]) -> None:
        pid, since = holder.get("pid"), holder.get("since")
        self.pid = pid if isinstance(pid, int) else None
        who = Words(f"process {pid} since {since}", f"proses {pid} ers {since}")
        unknown = Words("another process", "proses arall")
        super().__init__(
            Words(
                "{folder} is in use by {who}; stop that one first, "
                "or choose another folder with --dir",
                "mae {folder} yn cael ei defnyddio gan {who}; stopiwch honno yn gyntaf, "
                "neu dewiswch ffolder arall gyda --dir",
            ).fill(folder=folder, who=who if self.pid else unknown)
        )


class FolderLock:
    """A lock that the kernel lets go when its holder ends, however it ends."""

    def __init__(self, file: IO[str], more: IO[str] | None = None) -> None:
        self._files = [file] if more is None else [file, more]

    def release(self) -> None:
        """Let go; also happens when the process ends."""
        for file in self._files:
            file.close()

    def __enter__(self) -> FolderLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def rule(folder: Path) -> FolderLock:
    """Become the one supervisor of `folder`; raises FolderHeld, naming who holds it.

    Refused as well while any process that shares the folder is alive, such as a web worker whose
    supervisor was killed: two sets of processes would work on one embedded database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = _open(folder / _RULE)
    if not _lock(ours, fcntl.LOCK_EX):
        raise FolderHeld(folder, _name_left_in(ours))
    shared = _open(folder / _SHARE)
    if not _lock_soon(shared, fcntl.LOCK_EX):
        ours.close()
        raise FolderHeld(folder, _name_left_in(shared))
    shared.close()
    _sign(ours)
    return FolderLock(ours)


def share(folder: Path) -> FolderLock:
    """Hold this process's share of the folder's lock; raises FolderHeld where it is taken whole."""
    folder.mkdir(parents=True, exist_ok=True)
    file = _open(folder / _SHARE)
    if not _lock_soon(file, fcntl.LOCK_SH):
        raise FolderHeld(folder, _name_left_in(file))
    _sign(file)
    return FolderLock(file)


def _open(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_soon(file: IO[str], kind: int) -> bool:
    """Try for a moment: what a killed supervisor leaves behind is just about to end."""
    until = time.monotonic() + _DYING_SECONDS
    while not _lock(file, kind):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _sign(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    json.dump({"pid": os.getpid(), "since": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}, file)
    file.flush()


def _name_left_in(file: IO[str]) -> dict[str, object]:
    """Read who holds the lock, and close the file that we could not lock."""
    with file, suppress(ValueError, OSError):
        file.seek(0)
        found = json.load(file)
        if isinstance(found, dict):
            return found
    return {}
