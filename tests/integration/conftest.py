"""Every integration test runs on SQLite and on PostgreSQL, on a migrated database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.storage.database import sessions
from tests.factories.databases import (
    opened,
    postgres_database,
    postgres_template,
    sqlite_copy,
    sqlite_template,
)
from tests.factories.jobs import RecordedJobs

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def sqlite_migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the migrated SQLite file that tests copy."""
    with sqlite_template(tmp_path_factory.mktemp("sqlite")) as template:
        yield template


@pytest.fixture(scope="session")
def postgres_migrated() -> Iterator[str]:
    """Return the migrated PostgreSQL database that tests copy."""
    with postgres_template() as template:
        yield template


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a migrated database that nobody else uses."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_migrated")
        with sqlite_copy(template, tmp_path) as url:
            yield url
    else:
        template = request.getfixturevalue("postgres_migrated")
        with postgres_database(template) as url:
            yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Return the database, open with invented keys."""
    with opened(database_url) as engine:
        yield engine


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """Return a session that the test commits where it needs to; what is left is rolled back."""
    with sessions(database)() as opened_session:
        yield opened_session


@pytest.fixture
def jobs() -> RecordedJobs:
    """Return a queue that remembers."""
    return RecordedJobs()
