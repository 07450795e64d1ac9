"""Bring a database to the schema of this version, and say where it stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage.schema import METADATA

VERSION_TABLE = "mis_bridge_revision"


class RevisionUnknown(Problem):
    """The database was made by a version of mis_bridge that this one does not know."""


class RevisionBehind(Problem):
    """The database has not been brought up to date."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations up to `revision`; raises RevisionUnknown."""
    with engine.begin() as connection:
        _refuse_unknown(connection)
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Run the migrations down to `revision` (`base` empties the schema)."""
    with engine.begin() as connection:
        _refuse_unknown(connection)
        command.downgrade(_config(connection), revision)


def check(engine: Engine) -> str:
    """Return the revision; raises RevisionUnknown or RevisionBehind."""
    with engine.connect() as connection:
        _refuse_unknown(connection)
        revision = _revision(connection)
    if revision is None or revision != head():
        raise RevisionBehind(_BEHIND)
    return revision


def differences(engine: Engine) -> list[object]:
    """Return what distinguishes the database from the tables as written; empty when none."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": VERSION_TABLE,
                "include_name": lambda name, kind, _parents: (
                    kind != "table" or name in METADATA.tables
                ),
            },
        )
        return list(compare_metadata(context, METADATA))


def heads() -> list[str]:
    """Return the ends of the history; one, always."""
    return ScriptDirectory.from_config(_config(None)).get_heads()


def head() -> str:
    """Return the revision that this version of the product needs."""
    (only,) = heads()
    return only


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _refuse_unknown(connection: Connection) -> None:
    revision = _revision(connection)
    known = {
        script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()
    }
    if revision is not None and revision not in known:
        raise RevisionUnknown(_UNKNOWN.fill(revision=revision))


_UNKNOWN = Words(
    "the database is at revision {revision}, which this version of mis-bridge does not know; "
    "run the version that made it, or a newer one",
    "mae'r gronfa ddata ar ddiwygiad {revision}, nad yw'r fersiwn hwn o mis-bridge yn ei adnabod; "
    "rhedwch y fersiwn a'i gwnaeth, neu un mwy newydd",
)
_BEHIND = Words(
    "the database is not up to date; run mis-bridge db upgrade",
    "nid yw'r gronfa ddata'n gyfredol; rhedwch mis-bridge db upgrade",
)
