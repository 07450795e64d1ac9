"""Delivering, reading whole sources, keeping the clock: what is done besides draining."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, column, select, table, update
from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Channel as AnyChannel
from mis_bridge.delivery.base import (
    DeliveryRefused,
    DeliveryUnavailable,
    Fate,
    Handed,
    Message,
)
from mis_bridge.delivery.print_pack import PrintPack
from mis_bridge.domain.words import Words
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.sending.channels import Way
from mis_bridge.storage import audit, connections
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tables.duties import DecisionTaskRow, OutboxRow
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.workers.clock import Clock
from mis_bridge.workers.delivery import Delivery
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.inbox import Drain
from mis_bridge.workers.sync import Syncs
from tests.factories.databases import key_ring
from tests.factories.pupils import a_pupil, at_school_action
from tests.support.databases import BOTH, ready_database
from tests.support.durable import InlineRun
from tests.support.senders import SchoolSender, add_sender
from tests.support.wonde_server import WondeServer, wonde_pupil, wonde_server

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SCHOOL = Tenant("660", "660/4001")
EVERYTHING = system_wide("a test looks at everything")
NOWHERE = Words("no room", "dim lle")


class Channel:
    """A channel that the test tells how to behave; it keeps what it took."""

    name = "test"
    unknown_needs_a_person = False

    def __init__(self) -> None:
        self.fault: Exception | None = None
        self.taken: list[str] = []

    def find(self, reference: str, group: str) -> Handed | None:
        del group
        return Handed(reference, "digest") if reference in self.taken else None

    def send(self, message: Message) -> Handed:
        if self.fault is not None:
            raise self.fault
        if message.reference not in self.taken:
            self.taken.append(message.reference)
        return Handed(message.reference, "digest")

    def look(self, artefact: str) -> Fate | None:
        del artefact
        return None


@dataclass
class OneWay:
    """Every message goes by one channel."""

    channel: AnyChannel

    def opened(self, session: Session, tenant: Tenant, channel: str, on: date) -> Way:
        del session, tenant, channel, on
        return Way("-", self.channel)

    def of_route(self, session: Session, tenant: Tenant, route: str) -> Way | None:
        del session, tenant, route
        return None


@dataclass
class Office:
    """A school with one new concern, and those who work for it."""

    database: Engine
    source: WondeServer
    sender: SchoolSender
    jobs: EngineJobs
    channel: Channel
    delivery: Delivery
    syncs: Syncs
    clock: Clock
    now: datetime = START

    def run(self) -> InlineRun:
        return InlineRun(self.database, self.now)

    def messages(self) -> list[OutboxRow]:
        with Session(self.database) as session:
            rows = session.scalars(select(OutboxRow).execution_options(**EVERYTHING)).all()
        return sorted(rows, key=lambda row: row.id)

    def deliver(self, row: OutboxRow, attempt: int = 1) -> object:
        argument = {"la": "660", "school": "660/4001", "outbox_id": row.id, "attempt": attempt}
        return self.delivery.run(self.run(), argument)

    def kinds(self) -> set[str]:
        with Session(self.database) as session:
            kinds = select(DecisionTaskRow.kind).execution_options(**EVERYTHING)
            return set(session.scalars(kinds))

    def audited(self, action: str) -> list[AuditEventRow]:
        with Session(self.database) as session:
            return list(
                session.scalars(select(AuditEventRow).where(AuditEventRow.action == action))
            )


@pytest.fixture(params=BOTH)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """Return a school whose one pupil has just come to School Action."""
    with ready_database(request.param, tmp_path) as url, wonde_server() as source:
        database = open_database(url, key_ring())
        sender = add_sender(database, START, base_url=source.origin, sender="none")
        jobs, channel = EngineJobs(database), Channel()
        delivery = Delivery(jobs, OneWay(channel))
        trusted = frozenset({source.origin})
        syncs = Syncs(database, jobs, trusted)
        clock = Clock(jobs, Drain(jobs, trusted), delivery, syncs)
        yield Office(database, source, sender, jobs, channel, delivery, syncs, clock)
        database.dispose()


def tell_of_a_concern(office: Office) -> None:
    pupil = a_pupil()
    with Session(office.database) as session, session.begin():
        for minutes, told in enumerate([pupil, at_school_action(pupil)]):
            at = START - timedelta(minutes=10 - minutes)
            telling = Telling("wonde", "A1", told, at, START.date(), "file:test")
            apply_all(session, SCHOOL, [telling], now=at, jobs=office.jobs)


def test_a_message_is_handed_over_once_however_often_its_work_runs(office: Office) -> None:
    tell_of_a_concern(office)
    messages = office.messages()
    assert messages
    for row in messages:
        assert office.deliver(row) == "handed_over"
        assert office.deliver(row) == "settled"
    assert sorted(office.channel.taken) == sorted(row.reference for row in messages)
    assert {row.state for row in office.messages()} == {"handed_over"}


def test_a_channel_without_room_is_asked_again_later_and_at_last_a_person_is(
    office: Office,
) -> None:
    tell_of_a_concern(office)
    first = office.messages()[0]
    office.channel.fault = DeliveryUnavailable(NOWHERE)
    assert office.deliver(first) == "put_off"
    assert office.jobs.unfinished([f"notify:{first.id}:2"])
    assert office.deliver(first, attempt=8) == "failed"
    row = next(row for row in office.messages() if row.id == first.id)
    assert (row.state, row.fault) == ("failed", "attempts_spent:DeliveryUnavailable")
    assert "check_recipients" in office.kinds()


def test_a_channel_that_refuses_is_not_asked_again(office: Office) -> None:
    tell_of_a_concern(office)
    first = office.messages()[0]
    office.channel.fault = DeliveryRefused(NOWHERE)
    assert office.deliver(first) == "failed"
    assert not office.jobs.unfinished([f"notify:{first.id}:2"])


def test_an_unforeseen_fault_of_a_channel_is_tried_again(office: Office) -> None:
    tell_of_a_concern(office)
    office.channel.fault = RuntimeError("unforeseen")
    assert office.deliver(office.messages()[0]) == "put_off"


def test_messages_that_wait_with_nobody_at_them_are_asked_for_again(office: Office) -> None:
    tell_of_a_concern(office)
    _end_all_work(office.database)
    assert office.delivery.sweep(office.run(), {}) == []
    office.now += timedelta(minutes=11)
    asked = office.delivery.sweep(office.run(), {})
    assert asked == ["put_off"] * len(office.messages())
    assert office.delivery.sweep(office.run(), {}) == []


def test_the_print_pack_of_a_real_letter_appears_whole(office: Office, tmp_path: Path) -> None:
    tell_of_a_concern(office)
    row = office.messages()[0]
    delivery = Delivery(office.jobs, OneWay(PrintPack(tmp_path / "packs")))
    argument = {"la": "660", "school": "660/4001", "outbox_id": row.id}
    assert delivery.run(office.run(), argument) == "handed_over"
    (manifest,) = (tmp_path / "packs").glob("*/*/manifest.json")
    assert len(list(manifest.parent.glob("*.pdf"))) == 2


def test_a_source_on_which_nobody_posts_is_polled_and_read_whole_at_night(office: Office) -> None:
    office.source.hold(wonde_pupil("A1", "N"), wonde_pupil("A2", "N"))
    assert office.syncs.ask_for_polls(office.run(), {}) == 1
    assert office.syncs.ask_for_all(office.run(), {}) == 1
    connection = office.sender.connection_id
    stamp = f"{START:%Y%m%d%H%M}"
    assert (
        len(office.jobs.unfinished([f"sync:{connection}:{k}:{stamp}" for k in ("poll", "full")]))
        == 2
    )
    assert office.syncs.run(office.run(), {"connection_id": connection, "full": True}) == "done"
    with Session(office.database) as session:
        pupils = session.scalars(select(PupilRow).execution_options(**EVERYTHING)).all()
    assert len(pupils) == 2


def test_a_connection_that_is_posted_to_is_not_polled(office: Office) -> None:
    with Session(office.database) as session, session.begin():
        connections.by_id(session, office.sender.connection_id).sender = "standard"
    assert office.syncs.ask_for_polls(office.run(), {}) == 0
    assert office.syncs.ask_for_all(office.run(), {}) == 1


def test_a_source_that_shuts_us_out_is_marked_and_one_that_answers_again_is_not(
    office: Office,
) -> None:
    argument = {"connection_id": office.sender.connection_id, "full": True}
    office.source.hold(wonde_pupil("A1"))
    right, office.source.token = office.source.token, "another"
    assert office.syncs.run(office.run(), argument) == "access_withdrawn"
    with Session(office.database) as session:
        assert connections.by_id(session, office.sender.connection_id).state == "failing"
    office.source.token = right
    assert office.syncs.run(office.run(), argument) == "done"
    with Session(office.database) as session:
        assert connections.by_id(session, office.sender.connection_id).state == "active"


def test_the_day_notes_how_many_duties_are_late_in_each_authoritys_chain(office: Office) -> None:
    tell_of_a_concern(office)
    assert office.clock.note_deadlines(office.run(), {}) == 0
    office.now += timedelta(days=120)
    assert office.clock.note_deadlines(office.run(), {}) == 1
    (noted,) = office.audited("deadlines_noted")
    assert isinstance(noted.facts, dict)
    assert (noted.facts["overdue"], noted.facts["due_soon"], noted.facts["undated"]) == (1, 0, 0)
    with Session(office.database) as session:
        assert audit.verify(session, "660").first_bad is None


def test_tidying_forgets_work_long_done_and_keeps_what_is_not_done(office: Office) -> None:
    tell_of_a_concern(office)
    keys = [f"notify:{row.id}" for row in office.messages()]
    office.now = datetime.now(UTC) + timedelta(days=30)
    assert office.clock.tidy(office.run(), {}) == 0
    assert office.jobs.unfinished(keys) == set(keys)


def test_every_schedule_has_its_own_name_and_six_fields(office: Office) -> None:
    schedules = office.clock.schedules()
    assert len({schedule.name for schedule in schedules}) == len(schedules)
    assert all(len(schedule.cron.split()) == 6 for schedule in schedules)


def _end_all_work(database: Engine) -> None:
    """Leave the engine's work as a fault leaves it: ended, with nothing done."""
    schema = "dbos" if database.dialect.name == "postgresql" else None
    work = table("workflow_status", column("status"), schema=schema)
    with database.begin() as connection:
        connection.execute(update(work).values(status="ERROR"))
