"""Migrated databases for tests: one template a session and backend, one copy a test."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from mis_bridge.domain.secrets import Secret
from mis_bridge.storage.database import open_database
from mis_bridge.storage.migrating import upgrade
from mis_bridge.storage.sealing import KeyRing

POSTGRES = os.environ.get(
    "MIS_BRIDGE_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/postgres"
)


def key_ring(*ids: str) -> KeyRing:
    """Return a ring of invented keys; the same id is always the same key."""
    return KeyRing([(name, Secret(name.encode().ljust(32, b"."))) for name in ids or ("k1",)])


@contextmanager
def sqlite_template(folder: Path) -> Iterator[str]:
    """Migrate one SQLite file; its path is the template."""
    file = folder / "template.db"
    engine = open_database(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    yield str(file)


@contextmanager
def postgres_template() -> Iterator[str]:
    """Migrate one PostgreSQL database, dropped at the end; its name is the template."""
    with postgres_database() as url:
        engine = open_database(url)
        upgrade(engine)
        engine.dispose()
        yield str(make_url(url).database)


@contextmanager
def sqlite_copy(template: str, folder: Path) -> Iterator[str]:
    """Copy the template; the copy's address."""
    file = folder / f"{secrets.token_hex(4)}.db"
    shutil.copyfile(template, file)
    yield f"sqlite:///{file}"


@contextmanager
def postgres_database(template: str = "template1") -> Iterator[str]:
    """Make a uniquely named database upon `template`, dropped at the end; its address."""
    name = f"mis_bridge_test_{os.getpid()}_{secrets.token_hex(4)}"
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        server.dispose()


@contextmanager
def opened(url: str, keys: KeyRing | None = None) -> Iterator[Engine]:
    """Open a database with invented keys, and close it."""
    engine = open_database(url, keys or key_ring())
    try:
        yield engine
    finally:
        engine.dispose()
