"""A data folder made ready to be served: its lock, its keys, its database at the newest schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers.engine import upgrade_engine
from mis_bridge.workers.places import Place
from mis_bridge.workers.supervisor import Supervisor

Environment = Callable[[Mapping[str, str]], dict[str, str]]
"""Gives a whole environment with these settings in it (`config.child_environment`)."""


def supervisor_of(
    place: Place, port: int, *, environment: Environment, host: str = "127.0.0.1"
) -> Supervisor:
    """Take the folder, make its keys and its schema, and return what starts its processes.

    Raises FolderHeld, RevisionUnknown or KeysRefused; `Supervisor.start` does the rest.
    """
    given = {
        "DIR": str(place.folder),
        "DATABASE_URL": place.database_url,
        "PUBLIC_URL": place.public_url or f"http://{host}:{port}",
    }
    supervisor = Supervisor(place.folder, port, environment=environment(given), host=host)
    supervisor.take_folder()
    try:
        upgrade(place)
    except BaseException:
        supervisor.stop()
        raise
    return supervisor


def upgrade(place: Place) -> None:
    """Bring the database to the newest schema: our tables and the job engine's."""
    database = open_database(place.database_url, place.keys)
    try:
        migrating.upgrade(database)
        upgrade_engine(database)
    finally:
        database.dispose()
