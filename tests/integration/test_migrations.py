"""One history with one end, which goes up, down and up again on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from mis_bridge.storage import migrating
from mis_bridge.storage.database import DatabaseRefused, open_database
from mis_bridge.storage.schema import METADATA
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from tests.factories.authorities import add_connection, add_school

# The job engine keeps its own tables in the same database and, on SQLite, in the same name space.
ENGINES_OWN = ("notifications", "queues", "streams", "operation_outputs", "datasource_outputs")


def test_there_is_one_end_of_the_history() -> None:
    assert migrating.heads() == [migrating.head()]


def test_the_schema_goes_up_down_and_up_again_and_is_the_one_written(database: Engine) -> None:
    with Session(database) as session, session.begin():
        add_connection(session, add_school(session))
    assert migrating.differences(database) == []
    migrating.downgrade(database, "base")
    left = set(inspect(database).get_table_names()) - {migrating.VERSION_TABLE}
    assert left == set()
    migrating.upgrade(database)
    assert migrating.check(database) == migrating.head()
    assert migrating.differences(database) == []


def test_a_database_of_an_unknown_version_is_refused(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE mis_bridge_revision SET version_num = 'future'"))
    for refused in (migrating.check, migrating.upgrade):
        with pytest.raises(migrating.RevisionUnknown, match="future"):
            refused(database)


def test_a_database_that_lags_behind_is_told_to_upgrade(database: Engine) -> None:
    migrating.downgrade(database, "base")
    with pytest.raises(migrating.RevisionBehind, match="db upgrade"):
        migrating.check(database)


def test_no_table_of_ours_bears_a_name_of_the_job_engine() -> None:
    ours = set(METADATA.tables)
    assert not ours & set(ENGINES_OWN)
    assert not [name for name in ours if name.startswith("workflow")]


def test_the_embedded_database_has_the_settings_that_durability_rests_on(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        driver = connection.connection.dbapi_connection
        assert getattr(driver, "isolation_level", None) == "IMMEDIATE"
    engine.dispose()
    assert read == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
    assert (tmp_path / "x.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_a_database_that_cannot_last_is_refused(url: str) -> None:
    with pytest.raises((DatabaseRefused, ModuleNotFoundError)):
        open_database(url)


def test_moments_come_back_aware_and_equal_whatever_zone_they_were_written_in(
    session: Session,
) -> None:
    summer = datetime(2026, 7, 1, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=1)))
    session.add(LocalAuthorityRow(code="660", name="x", created_at=summer))
    session.commit()
    session.expire_all()
    row = session.get(LocalAuthorityRow, "660")
    assert row is not None
    assert row.created_at == summer
    assert row.created_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(session: Session) -> None:
    session.add(LocalAuthorityRow(code="660", name="x", created_at=datetime(2026, 7, 1)))  # noqa: DTZ001 - the fault under test
    with pytest.raises(StatementError, match="time zone"):
        session.flush()


def test_no_row_can_name_a_school_of_another_authority(session: Session) -> None:
    add_school(session, "660/4001")
    elsewhere = add_school(session, "661/4001")
    row = add_connection(session, elsewhere)
    row.la = "660"
    with pytest.raises(IntegrityError):
        session.flush()
