"""Draining an inbox: what becomes of each event, against a source on loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from mis_bridge.services.intake import inbox
from mis_bridge.storage import connections, intake
from mis_bridge.storage.columns import Base
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.duties import DecisionTaskRow, OutboxRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import system_wide
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.inbox import Drain
from tests.factories.databases import key_ring
from tests.support.databases import BOTH, ready_database
from tests.support.durable import InlineRun
from tests.support.senders import SchoolSender, add_sender
from tests.support.wonde_server import SCHOOL, WondeServer, wonde_pupil, wonde_server
from webhooks.registry import sender

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVERYTHING = system_wide("a test looks at everything")


@dataclass
class School:
    """One school with a source and a drain."""

    database: Engine
    source: WondeServer
    sender: SchoolSender
    jobs: EngineJobs
    drain: Drain
    now: datetime = START
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def receive(self, *events: object, at: datetime | None = None) -> None:
        """Put events into the inbox as the endpoint does."""
        with Session(self.database) as session, session.begin():
            keys = key_ring()
            found = intake.endpoint(session, self.sender.sender, self.sender.endpoint_id, keys)
            assert found is not None
            by = sender(self.sender.sender)
            assert by is not None
            receipts = [
                inbox.receipt(
                    found,
                    by.events(json.dumps(event).encode(), f"msg_{next(self.numbers)}")[0],
                    keys=keys,
                    now=at or self.now,
                )
                for event in events
            ]
            inbox.accept(session, receipts, keys=keys, jobs=self.jobs)

    def work(self) -> None:
        """Run the drain that holds the mark, if one does."""
        row = self.connection()
        if row.draining:
            argument = {"connection_id": row.id, "generation": row.generation}
            self.drain.run(InlineRun(self.database, self.now), argument)

    def connection(self) -> ConnectionRow:
        with Session(self.database) as session:
            return connections.by_id(session, self.sender.connection_id)

    def all(self, table: type[Base]) -> Sequence[object]:
        with Session(self.database) as session:
            return session.scalars(select(table).execution_options(**EVERYTHING)).all()

    def events(self) -> list[InboxEventRow]:
        rows = [row for row in self.all(InboxEventRow) if isinstance(row, InboxEventRow)]
        return sorted(rows, key=lambda row: row.id)

    def states(self) -> list[tuple[str, str | None]]:
        return [(row.state, row.fault) for row in self.events()]


@pytest.fixture(params=BOTH)
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    """Return a school whose source holds one pupil with School Action."""
    with ready_database(request.param, tmp_path) as url, wonde_server() as source:
        database = open_database(url, key_ring())
        by = add_sender(database, START, base_url=source.origin, accepts_full_records=True)
        jobs = EngineJobs(database)
        drain = Drain(jobs, frozenset({source.origin}))
        source.hold(wonde_pupil("A1", "A"))
        yield School(database, source, by, jobs, drain)
        database.dispose()


def test_an_event_becomes_a_dated_task_and_messages_and_says_so(school: School) -> None:
    school.source.hold(wonde_pupil("A1", "N"))
    school.receive(school.sender.event("A1"))
    school.work()
    school.source.hold(wonde_pupil("A1", "A"))
    school.now += timedelta(minutes=1)
    school.receive(school.sender.event("A1", noticed_on="2026-11-19"))
    school.work()
    _, event = school.events()
    assert (event.state, event.attempts) == ("applied", 1)
    assert isinstance(event.effects, list)
    assert any(effect.startswith("task_opened:") for effect in event.effects)
    (task,) = school.all(DecisionTaskRow)
    assert isinstance(task, DecisionTaskRow)
    assert (task.trigger_on.isoformat(), task.to_be_confirmed) == ("2026-11-19", False)
    assert task.due_on is not None
    assert school.all(OutboxRow)
    assert not school.connection().draining


def test_without_a_stated_day_the_receipt_counts_and_is_to_be_confirmed(school: School) -> None:
    school.receive(school.sender.event("A1"))
    school.work()
    (task,) = school.all(DecisionTaskRow)
    assert isinstance(task, DecisionTaskRow)
    assert (task.trigger_on, task.to_be_confirmed) == (START.date(), True)


def test_the_source_is_asked_once_a_pupil_however_often_it_is_told_of(school: School) -> None:
    school.source.hold(wonde_pupil("A2", "P"))
    told = [school.sender.event(record_id) for record_id in ("A1", "A2", "A1", "A1", "A2")]
    school.receive(*told)
    school.work()
    assert school.source.asked == {"A1": 1, "A2": 1}
    assert {state for state, _ in school.states()} == {"applied"}
    assert len(school.all(DecisionTaskRow)) == 2


def test_an_event_told_again_later_has_no_second_effect(school: School) -> None:
    school.receive(school.sender.event("A1"))
    school.work()
    school.now += timedelta(days=1)
    school.receive(school.sender.event("A1"))
    school.work()
    assert len(school.all(DecisionTaskRow)) == 1
    assert [row.effects for row in school.events()][1] == []


def test_a_pupil_that_the_source_does_not_know_waits_for_a_person(school: School) -> None:
    school.receive(school.sender.event("A9"))
    school.work()
    assert school.states() == [("quarantined", "unmatched")]
    assert school.all(PupilRow) == []


def test_a_pupil_that_the_source_deleted_leaves_the_register(school: School) -> None:
    school.receive(school.sender.event("A1"))
    school.work()
    school.source.pupils.clear()
    school.source.deleted.add("A1")
    school.now += timedelta(hours=1)
    school.receive(school.sender.event("A1"))
    school.work()
    (pupil,) = school.all(PupilRow)
    assert isinstance(pupil, PupilRow)
    assert pupil.state == "left"


def test_the_source_is_believed_and_not_the_event(school: School) -> None:
    school.source.hold(wonde_pupil("A1", "N"))
    school.receive(school.sender.event("A1", changed=["provision"]))
    school.work()
    assert school.states() == [("applied", None)]
    assert school.all(DecisionTaskRow) == []


def test_a_source_that_does_not_answer_is_asked_again_later_and_at_last_a_person_sees_it(
    school: School,
) -> None:
    school.source.status = 503
    school.receive(school.sender.event("A1"))
    school.work()
    (event,) = school.events()
    assert (event.state, event.attempts, event.fault) == ("received", 1, "vendor_unavailable")
    assert event.next_at is not None
    assert event.next_at > school.now
    assert not school.connection().draining
    assert school.jobs.unfinished([f"wake:{school.sender.connection_id}:1"])
    for _ in range(7):
        school.now += timedelta(hours=6)
        school.drain.wake(
            InlineRun(school.database, school.now), {"connection_id": school.sender.connection_id}
        )
        school.work()
    (event,) = school.events()
    assert (event.state, event.attempts) == ("parked", 8)
    assert event.fault == "attempts_spent:vendor_unavailable"
    assert school.connection().state == "failing"


def test_a_source_that_answers_again_is_no_longer_failing(school: School) -> None:
    school.source.status = 503
    school.receive(school.sender.event("A1"))
    school.work()
    assert school.connection().state == "failing"
    school.source.status = None
    school.now += timedelta(minutes=5)
    school.drain.sweep(InlineRun(school.database, school.now), {})
    school.work()
    assert school.states() == [("applied", None)]
    assert school.connection().state == "active"


def test_a_withdrawn_access_parks_the_events_and_marks_the_connection(school: School) -> None:
    school.source.token = "another"
    school.receive(school.sender.event("A1"), school.sender.event("A2"))
    school.work()
    assert school.states() == [("parked", "access_withdrawn")] * 2
    assert school.connection().state == "failing"


def test_a_record_that_the_mapping_refuses_is_parked_with_the_field(school: School) -> None:
    school.receive(
        school.sender.event("A1", record={"id": None, "forename": "Aled"}),
        school.sender.event("A1"),
    )
    school.work()
    (state, fault), applied = school.states()
    assert state == "parked"
    assert fault is not None
    assert fault.startswith("mapping:")
    assert applied == ("applied", None)


def test_a_full_record_is_taken_without_asking_the_source(school: School) -> None:
    school.receive(school.sender.event("A7", record=wonde_pupil("A7", "A")))
    school.work()
    assert school.states() == [("applied", None)]
    assert not school.source.asked
    assert len(school.all(DecisionTaskRow)) == 1


def test_an_older_record_that_comes_late_never_overwrites_a_newer_one(school: School) -> None:
    newer = school.sender.event("A7", record=wonde_pupil("A7", "N"))
    older = school.sender.event("A7", record=wonde_pupil("A7", "A"))
    older["timestamp"] = "2026-11-20T08:00:00Z"
    school.receive(newer, at=START + timedelta(seconds=1))
    school.work()
    school.now += timedelta(minutes=1)
    school.receive(older)
    school.work()
    assert [state for state, _ in school.states()] == ["applied", "superseded"]
    assert school.all(DecisionTaskRow) == []


def test_one_bad_pupil_stops_nobody_else(school: School) -> None:
    school.source.hold(wonde_pupil("A2", "A"), wonde_pupil("A3", "A"))
    _refuse_in_the_database(school.database, "A2")
    school.receive(*(school.sender.event(record_id) for record_id in ("A1", "A2", "A3")))
    school.work()
    states = school.states()
    assert [state for state, _ in states] == ["applied", "received", "applied"]
    assert (states[1][1] or "").startswith("fault:")
    assert len(school.all(DecisionTaskRow)) == 2


def test_a_drain_that_was_overtaken_touches_nothing(school: School) -> None:
    school.receive(school.sender.event("A1"))
    with Session(school.database) as session, session.begin():
        session.execute(
            update(ConnectionRow)
            .values(generation=ConnectionRow.generation + 1)
            .execution_options(synchronize_session=False, **EVERYTHING)
        )
    overtaken = {"connection_id": school.sender.connection_id, "generation": 1}
    school.drain.run(InlineRun(school.database, school.now), overtaken)
    assert school.states() == [("received", None)]
    assert school.connection().draining


def test_the_sweep_starts_what_waits_with_nobody_at_it(school: School) -> None:
    school.receive(school.sender.event("A1"))
    with Session(school.database) as session, session.begin():
        connections.by_id(session, school.sender.connection_id).draining = False
    school.drain.sweep(InlineRun(school.database, school.now), {})
    assert school.connection().generation == 2
    assert school.jobs.unfinished([f"drain:{school.sender.connection_id}:2"])
    school.work()
    assert school.states() == [("applied", None)]


def test_the_sweep_gives_the_mark_of_a_dead_drain_to_a_new_one(school: School) -> None:
    school.receive(school.sender.event("A1"))
    _end_all_work(school.database)
    school.drain.sweep(InlineRun(school.database, school.now), {})
    assert (school.connection().draining, school.connection().generation) == (True, 2)
    school.work()
    assert school.states() == [("applied", None)]


def test_the_sweep_leaves_a_drain_that_waits_its_turn_alone(school: School) -> None:
    school.receive(school.sender.event("A1"))
    school.drain.sweep(InlineRun(school.database, school.now), {})
    assert school.connection().generation == 1


def test_a_body_that_does_not_open_waits_for_a_person_and_stops_nobody(school: School) -> None:
    school.receive(school.sender.event("A1"), school.sender.event("A1"))
    with Session(school.database) as session, session.begin():
        first = session.scalars(
            select(InboxEventRow).order_by(InboxEventRow.id).execution_options(**EVERYTHING)
        ).first()
        assert first is not None
        first.sealed_body = b"\x01\x02k1" + sha256(b"x").digest()
    school.work()
    assert school.states() == [("parked", "unreadable"), ("applied", None)]


@pytest.fixture(params=BOTH)
def claimant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    """Return a school that is told about by notices which nobody signs."""
    with ready_database(request.param, tmp_path) as url, wonde_server() as source:
        database = open_database(url, key_ring())
        by = add_sender(database, START, base_url=source.origin, sender="wonde", secret="long")
        jobs = EngineJobs(database)
        yield School(database, source, by, jobs, Drain(jobs, frozenset({source.origin})))
        database.dispose()


def test_a_false_claim_of_a_withdrawal_has_no_effect(claimant: School) -> None:
    claimant.receive({"payload_type": "accessRevoked", "school_id": SCHOOL})
    claimant.work()
    assert claimant.states() == [("quarantined", "claim_not_confirmed")]
    assert claimant.connection().state == "active"


def test_a_withdrawal_that_the_source_bears_out_ends_the_connection(claimant: School) -> None:
    claimant.source.token = "another"
    claimant.receive({"payload_type": "accessRevoked", "school_id": SCHOOL})
    claimant.work()
    assert claimant.states() == [("applied", None)]
    assert claimant.connection().state == "revoked"


def test_an_approval_brings_its_token_only_if_it_opens_the_school(claimant: School) -> None:
    approval = {"payload_type": "schoolApproved", "school_id": SCHOOL, "school_token": "fresh"}
    claimant.receive(approval)
    claimant.work()
    claimant.source.token = "fresh"
    claimant.now += timedelta(minutes=2)
    claimant.receive(approval)
    claimant.work()
    assert claimant.states() == [("quarantined", "claim_not_confirmed"), ("applied", None)]
    with Session(claimant.database) as session:
        row = connections.by_id(session, claimant.sender.connection_id)
        token = connections.token_of(session, row)
    assert token is not None
    assert token.reveal_text() == "fresh"


def test_a_change_of_system_is_for_a_person(claimant: School) -> None:
    claimant.receive({"payload_type": "schoolMigration", "school_id": SCHOOL})
    claimant.work()
    assert claimant.states() == [("quarantined", "claim_for_a_person")]


def _refuse_in_the_database(database: Engine, record_id: str) -> None:
    """Make the database itself refuse every write about one record."""
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            connection.execute(
                text(
                    "CREATE TRIGGER poison BEFORE INSERT ON pupils "
                    f"WHEN NEW.record_id = '{record_id}' "
                    "BEGIN SELECT RAISE(ABORT, 'poison'); END"
                )
            )
        else:
            connection.execute(
                text(f"ALTER TABLE pupils ADD CONSTRAINT poison CHECK (record_id <> '{record_id}')")
            )


def _end_all_work(database: Engine) -> None:
    """Leave the engine's work as it is left by a fault: ended, with nothing done."""
    table = "dbos.workflow_status" if database.dialect.name == "postgresql" else "workflow_status"
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET status = 'ERROR'"))  # noqa: S608 - our own name
