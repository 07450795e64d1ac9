"""Another key: everything sealed opens with it alone, online, and whenever it was stopped."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mis_bridge.domain.secrets import Secret
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.resealing import keys_in_use, reseal
from mis_bridge.storage import connections, resealing
from mis_bridge.storage.database import keys_of, open_database, sessions
from mis_bridge.storage.sealing import SealBroken, place
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.databases import key_ring
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

HERE = Tenant("660", "660/4001")


@pytest.fixture
def filled(database: Engine, jobs: RecordedJobs) -> Engine:
    """Return a database with sealed values in several tables."""
    with sessions(database).begin() as session:
        tenant = add_school(session)
        add_calendar(session, Tenant("660"))
        connection = add_connection(session, tenant)
        connections.set_token(session, connection, Secret("canary-token"))
        connections.add_secret(session, connection, Secret("canary-secret"), valid_from=NOW)
        for number in range(5):
            for pupil in (a_pupil(f"A{number}"), at_school_action(a_pupil(f"A{number}"))):
                apply(
                    session,
                    tenant,
                    connection_id=connection.id,
                    pupil=pupil,
                    tombstone=None,
                    raw=None,
                    mapping_version_id=None,
                    noticed_on=NOW.date(),
                    noticed_confirmed=False,
                    cause="test",
                    now=NOW,
                    jobs=jobs,
                )
    return database


def test_every_value_is_sealed_anew_and_the_old_key_is_needed_no_more(filled: Engine) -> None:
    both = open_database(filled.url.render_as_string(hide_password=False), key_ring("k2", "k1"))
    with Session(both) as session:
        hashed = upn_hashes(session, now=NOW).of("A123456789012")
    before = keys_in_use(sessions(both).begin)
    assert set(before) == {"k1"}
    assert reseal(sessions(both).begin) == before["k1"]
    assert keys_in_use(sessions(both).begin) == {"k2": before["k1"]}
    assert reseal(sessions(both).begin) == 0
    both.dispose()
    alone = open_database(filled.url.render_as_string(hide_password=False), key_ring("k2"))
    with Session(alone) as session:
        for row in session.scalars(select(PupilRow).where(HERE.owns(PupilRow))):
            opened = keys_of(session).unseal_json(
                row.sealed_record or b"", place("pupils.sealed_record", row.id)
            )
            assert isinstance(opened, dict)
        assert upn_hashes(session, now=NOW).of("A123456789012") == hashed
    alone.dispose()


def test_a_rotation_that_was_stopped_goes_on(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "_AT_ONCE", 2)
    both = open_database(filled.url.render_as_string(hide_password=False), key_ring("k2", "k1"))
    total = sum(keys_in_use(sessions(both).begin).values())
    seen = 0

    def stop_early(count: int) -> None:
        nonlocal seen
        seen += count
        if seen >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(sessions(both).begin, stop_early)
    assert keys_in_use(sessions(both).begin) == {"k2": seen, "k1": total - seen}
    assert reseal(sessions(both).begin) == total - seen
    both.dispose()


def test_without_the_key_nothing_opens_and_the_key_is_named(filled: Engine) -> None:
    other = open_database(filled.url.render_as_string(hide_password=False), key_ring("k9"))
    with Session(other) as session, pytest.raises(SealBroken, match="k1"):
        upn_hashes(session, now=NOW)
    other.dispose()


def test_every_sealed_column_names_columns_that_its_table_has() -> None:
    found = list(resealing.sealed_columns())
    assert len(found) >= 12
    assert all(column.key and column.bound_to for column in found)
