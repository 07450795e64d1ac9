"""The inbox told, replayed, parked and proved."""

from __future__ import annotations

from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mis_bridge.services.intake import event_log
from mis_bridge.services.intake.event_log import EventsProblem
from mis_bridge.storage import event_log as stored
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.intake import body_place
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_connection, add_school
from tests.factories.jobs import RecordedJobs

BODY = b'{"type": "pupil.sen.changed"}'


@pytest.fixture
def connection(session: Session) -> ConnectionRow:
    """Return a school's connection."""
    return add_connection(session, add_school(session))


def add_event(
    session: Session,
    row: ConnectionRow,
    event_id: str = "e1",
    *,
    variant: str = "",
    state: str = "parked",
) -> InboxEventRow:
    """Store an event as the intake does."""
    event = InboxEventRow(
        la=row.la,
        school=row.school,
        connection_id=row.id,
        event_id=event_id,
        variant=variant,
        kind="pupil.sen.changed",
        record_id="A1",
        received_at=NOW,
        sealed_body=keys_of(session).seal(BODY, body_place(row.id, event_id, variant)),
        body_digest=sha256(BODY).hexdigest(),
        state=state,
        attempts=8,
        fault="mapping:provision",
        effects=[],
    )
    session.add(event)
    session.flush()
    return event


def test_a_line_has_the_keys_of_the_contract_and_no_body(
    session: Session, connection: ConnectionRow
) -> None:
    line = event_log.line(add_event(session, connection))
    assert {"event_id", "connection_id", "received_at", "state", "attempts", "effects"} <= set(line)
    assert "sen.changed" not in str({**line, "kind": None})


def test_a_replayed_event_waits_again_and_asks_for_one_drain(
    session: Session, connection: ConnectionRow, jobs: RecordedJobs
) -> None:
    tenant = Tenant(connection.la, connection.school)
    row = add_event(session, connection)
    event_log.replay(session, tenant, row, by="operator", now=NOW, jobs=jobs)
    assert (row.state, row.attempts, row.fault, row.replays) == ("received", 0, None, 1)
    assert [name for name, _ in jobs.asked.values()] == ["drain"]
    event_log.replay(session, tenant, row, by="operator", now=NOW, jobs=jobs)
    assert len(jobs.asked) == 1


def test_an_event_that_contradicts_another_is_never_put_to_work(
    session: Session, connection: ConnectionRow, jobs: RecordedJobs
) -> None:
    row = add_event(session, connection, variant="other-body", state="quarantined")
    with pytest.raises(EventsProblem):
        event_log.replay(
            session, Tenant(row.la, row.school), row, by="operator", now=NOW, jobs=jobs
        )
    assert row.state == "quarantined"


def test_an_event_of_another_school_is_not_found(
    session: Session, connection: ConnectionRow
) -> None:
    add_event(session, connection)
    other = add_school(session, "661/4001")
    with pytest.raises(EventsProblem):
        event_log.found(session, other, "e1")
    assert list(stored.events(session, other)) == []


def test_parking_by_hand_keeps_the_reason(session: Session, connection: ConnectionRow) -> None:
    row = add_event(session, connection, state="received")
    tenant = Tenant(row.la, row.school)
    event_log.park(session, tenant, row, "wrong school", by="operator", now=NOW)
    assert (row.state, row.fault) == ("parked", "by_hand:wrong school")


def test_a_body_that_was_altered_or_swapped_is_named(
    session: Session, connection: ConnectionRow
) -> None:
    tenant = Tenant(connection.la, connection.school)
    add_event(session, connection, "e1")
    add_event(session, connection, "e2")
    assert event_log.verify(session, tenant).faults == []
    session.execute(
        text(
            "UPDATE inbox_events SET sealed_body = "
            "(SELECT sealed_body FROM inbox_events WHERE event_id = 'e1') WHERE event_id = 'e2'"
        )
    )
    session.expire_all()
    assert event_log.verify(session, tenant).faults == [
        {"place": "event:e2", "fault": "body_altered"}
    ]


def test_an_effect_whose_task_is_gone_is_named(session: Session, connection: ConnectionRow) -> None:
    row = add_event(session, connection, state="applied")
    row.effects = ["concern_added", "task_opened:gone"]
    session.flush()
    (fault,) = event_log.verify(session, Tenant(row.la, row.school)).faults
    assert fault["fault"] == "task_missing:gone"
