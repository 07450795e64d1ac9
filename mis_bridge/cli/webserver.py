"""The web process: one parent that listens, one forked worker that builds the app and answers."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces

from mis_bridge.app import create_app
from mis_bridge.cli.buffering import Buffered
from mis_bridge.cli.logs import write_logs
from mis_bridge.cli.words import UNUSABLE, tell
from mis_bridge.config import Settings
from mis_bridge.domain.problems import Problem
from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers import folder as folders
from mis_bridge.workers.parenthood import die_with
from mis_bridge.workers.supervisor import refuse_taken

# On PostgreSQL each receipt commits by itself, in its request's thread.
QUICK_EMBEDDED, QUICK, SLOW = 2, 16, 16
CONNECTIONS = 2048
STOP_WITHIN_SECONDS = 20


def serve_web(
    settings: Settings, host: str, port: int, build: Callable[[Settings], Flask] = create_app
) -> None:
    """Serve until SIGTERM; raises PortTaken or RevisionBehind before anything listens."""
    refuse_taken(host, port)
    # What loads the app cannot be pickled, and need not be: the worker is a fork of this process.
    multiprocessing.set_start_method("fork", force=True)
    _check(settings)
    server = Granian(
        "mis_bridge.app:create_app",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        backlog=CONNECTIONS,
        log_enabled=False,
        workers_kill_timeout=STOP_WITHIN_SECONDS,
    )
    loader: Any = _loader(settings, os.getpid(), build)  # its annotation knows functions only
    server.serve(target_loader=loader, wrap_loader=False)


def _check(settings: Settings) -> None:
    """Refuse in the parent, in one line, what would fail in the worker."""
    database = open_database(settings.database_url, settings.keys)
    try:
        migrating.check(database)
    finally:
        # The worker is forked from here: it must find no open connection.
        database.dispose()


def _loader(
    settings: Settings, parent: int, build: Callable[[Settings], Flask]
) -> Callable[[], Buffered]:
    """Return what the worker calls in its own process: nothing is built before the fork."""

    def load() -> Buffered:
        die_with(parent)
        write_logs(settings.log_level)
        try:
            if settings.is_embedded:
                # Held until the process ends; the parent's share would go with the parent.
                _HELD.append(folders.share(settings.folder))
            quick = QUICK_EMBEDDED if settings.is_embedded else QUICK
            return Buffered(build(settings), quick=quick, slow=SLOW)
        except Problem as problem:
            tell(problem.words)
            os._exit(UNUSABLE)

    return load


_HELD: list[folders.FolderLock] = []
