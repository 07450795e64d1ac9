"""Databases that are ready to serve: our tables and the job engine's, migrated once and copied."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url

from mis_bridge.storage.database import open_database
from mis_bridge.workers.engine import upgrade_engine
from tests.factories.databases import (
    POSTGRES,
    postgres_database,
    postgres_template,
    sqlite_copy,
    sqlite_template,
)

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
"""For `pytest.mark.parametrize("backend", BOTH)`: what holds must hold on both."""

_AT_THE_END = ExitStack()
atexit.register(_AT_THE_END.close)


@contextmanager
def ready_database(backend: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database at the newest revision; it is gone afterwards."""
    if backend == "sqlite":
        with sqlite_copy(_sqlite(), folder) as url:
            yield url
    else:
        with postgres_database(_postgres()) as url:
            yield make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@cache
def _sqlite() -> str:
    folder = _AT_THE_END.enter_context(TemporaryDirectory(prefix="mis-bridge-test-"))
    template = _AT_THE_END.enter_context(sqlite_template(Path(folder)))
    _migrate_engine(f"sqlite:///{template}")
    return template


@cache
def _postgres() -> str:
    name = _AT_THE_END.enter_context(postgres_template())
    _migrate_engine(make_url(POSTGRES).set(database=name).render_as_string(hide_password=False))
    return name


def _migrate_engine(url: str) -> None:
    database = open_database(url)
    upgrade_engine(database)
    database.dispose()
