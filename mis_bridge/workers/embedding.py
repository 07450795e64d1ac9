"""A data folder made ready to be served: its lock, its keys, its database at the newest schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from mis_bridge.config import Settings
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers.engine import upgrade_engine
from mis_bridge.workers.supervisor import Supervisor

DATABASE = "mis-bridge.db"

Environment = Callable[[Mapping[str, str]], dict[str, str]]
"""Gives a whole environment with these settings in it (`config.child_environment`)."""


class NotEmbedded(Problem):
    """The settings name a server's database, and one command serves an embedded one only."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "serve works on an embedded database; give it a folder with --dir, or run "
                "mis-bridge web, worker and clock for the database in MIS_BRIDGE_DATABASE_URL",
                "mae serve yn gweithio ar gronfa ddata fewnol; rhowch ffolder iddo gyda --dir, neu "
                "rhedwch mis-bridge web, worker a clock i'r gronfa yn MIS_BRIDGE_DATABASE_URL",
            )
        )


def in_folder(settings: Settings, folder: Path | None) -> Settings:
    """Return the settings of the embedded database in `folder`; raises NotEmbedded without one."""
    if folder is not None:
        place = folder.absolute()
        return replace(settings, folder=place, database_url=f"sqlite:///{place / DATABASE}")
    if not settings.is_embedded:
        raise NotEmbedded
    return replace(settings, folder=settings.folder.absolute())


def supervisor_of(
    settings: Settings, port: int, *, environment: Environment, host: str = "127.0.0.1"
) -> Supervisor:
    """Take the folder, make its keys and its schema, and return what starts its processes.

    Raises FolderHeld, RevisionUnknown or KeysRefused; `Supervisor.start` does the rest.
    """
    given = {
        "DIR": str(settings.folder),
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url or f"http://{host}:{port}",
    }
    supervisor = Supervisor(settings.folder, port, environment=environment(given), host=host)
    supervisor.take_folder()
    try:
        upgrade(settings)
    except BaseException:
        supervisor.stop()
        raise
    return supervisor


def upgrade(settings: Settings) -> None:
    """Bring the database to the newest schema: our tables and the job engine's."""
    database = open_database(settings.database_url, settings.keys)
    try:
        migrating.upgrade(database)
        upgrade_engine(database)
    finally:
        database.dispose()
