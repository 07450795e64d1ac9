"""Open the one database, embedded or PostgreSQL, with the settings that durability rests on."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import schema
from mis_bridge.storage.sealing import KeyRing

LOCK_WAIT_SECONDS = 30


class DatabaseRefused(Problem):
    """The database's address cannot be used."""


_RINGS: WeakKeyDictionary[Dialect, KeyRing] = WeakKeyDictionary()


def open_database(url: str, keys: KeyRing | None = None) -> Engine:
    """Return an engine for `url`; `keys` open its sealed values, in every session upon it.

    SQLite: write-ahead log, a flush at each commit, foreign keys, writers that take their lock at
    once and wait up to 30 s. PostgreSQL: commits flushed, waits bounded.
    """
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            if address.database is None or address.database in {"", ":memory:"}:
                raise DatabaseRefused(_NEEDS_FILE)
            _make_private(Path(address.database))
            engine = create_engine(address, connect_args={"timeout": LOCK_WAIT_SECONDS})
            event.listen(engine, "connect", _settle_sqlite)
        case "postgresql":
            engine = create_engine(
                address.set(drivername="postgresql+psycopg"),
                pool_pre_ping=True,
                connect_args={"options": _POSTGRES_OPTIONS},
            )
        case _:
            raise DatabaseRefused(_UNKNOWN_BACKEND)
    if keys is not None:
        _RINGS[engine.dialect] = keys
    return engine


def _make_private(file: Path) -> None:
    """Make a new database file for its owner alone; SQLite gives its log the same rights."""
    if file.parent.is_dir():
        with suppress(FileExistsError):
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def keys_of(session: Session) -> KeyRing:
    """Return the ring that the session's database was opened with."""
    ring = _RINGS.get(session.get_bind().dialect)
    if ring is None:
        msg = "this database was opened without keys, so nothing sealed can be read or written"
        raise RuntimeError(msg)
    return ring


def sessions(engine: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; whoever opens one commits it, storage never does."""
    return sessionmaker(engine, expire_on_commit=False)


_POSTGRES_OPTIONS = (
    "-c synchronous_commit=on -c timezone=UTC "
    f"-c lock_timeout={LOCK_WAIT_SECONDS}s -c idle_in_transaction_session_timeout=600s"
)


def _settle_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Apply the settings of a writer that acknowledges events.

    `isolation_level` is set on the driver's connection, not by events that issue BEGIN: the job
    engine opens transactions of its own and must find none begun.
    """
    del entry
    driver: Any = connection
    driver.isolation_level = "IMMEDIATE"
    cursor = connection.cursor()
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={LOCK_WAIT_SECONDS * 1000}",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


METADATA = schema.METADATA

_NEEDS_FILE = Words(
    "MIS_BRIDGE_DATABASE_URL names no file; an embedded database needs one, "
    "for example sqlite:///mis-bridge.db",
    "nid yw MIS_BRIDGE_DATABASE_URL yn enwi ffeil; mae ar gronfa ddata fewnol angen un, "
    "er enghraifft sqlite:///mis-bridge.db",
)
_UNKNOWN_BACKEND = Words(
    "MIS_BRIDGE_DATABASE_URL is neither sqlite:///FILE nor postgresql://...",
    "nid sqlite:///FFEIL na postgresql://... yw MIS_BRIDGE_DATABASE_URL",
)
