"""A school with notices to give, and a worker's hands to give them with, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Pupil
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.routing_facts import record
from mis_bridge.services.sending.channels import OpenWays
from mis_bridge.storage.database import open_database
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRecipientRow, OutboxRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tables.sending import DeliveryRouteRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.workers.delivery import ATTEMPTS, Delivery
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.looks import Looks
from tests.factories.authorities import NOW, add_calendar, add_school
from tests.factories.databases import key_ring
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action
from tests.factories.routes import add_notify
from tests.support.databases import ready_database
from tests.support.durable import InlineRun
from tests.support.fake_notify import FakeNotify, fake_notify

SCHOOL = Tenant("660", "660/4001")
EVERYTHING = system_wide("a test looks at everything")
MAIL = "canary.mother@example.test"
POSTED = "2 Canary Street\nTrefddychmygol\nCF10 1AA"


@dataclass
class Letterbox:
    """A mother who agreed to e-mail, a father with a postal address, a child with neither."""

    database: Engine
    notify: FakeNotify
    jobs: EngineJobs
    ways: OpenWays = field(default_factory=lambda: OpenWays(Path(), frozenset(), lambda: NOW))
    routes: dict[str, str] = field(default_factory=dict)
    now: datetime = NOW

    @property
    def delivery(self) -> Delivery:
        """Return the hands that give messages to their channels."""
        return Delivery(self.jobs, self.ways)

    @property
    def looks(self) -> Looks:
        """Return what looks after messages later."""
        return Looks(self.jobs, self.ways)

    def run(self) -> InlineRun:
        """Return a run of work at the present time."""
        return InlineRun(self.database, self.now)

    def messages(self, person: str | None = None) -> list[OutboxRow]:
        """Return every message, or those to one person."""
        with Session(self.database) as session:
            chosen = select(OutboxRow).order_by(OutboxRow.queued_at, OutboxRow.id)
            if person is not None:
                chosen = chosen.join(
                    NoticeRecipientRow, NoticeRecipientRow.id == OutboxRow.recipient_id
                ).where(NoticeRecipientRow.person == person)
            return list(session.scalars(chosen.execution_options(**EVERYTHING)))

    def message(self, outbox_id: str) -> OutboxRow:
        """Return one message as it stands."""
        return next(row for row in self.messages() if row.id == outbox_id)

    def deliver(self, row: OutboxRow, attempt: int = 1) -> object:
        """Run the work on one message once."""
        argument = {
            "la": row.la,
            "school": row.school,
            "outbox_id": row.id,
            "attempt": attempt,
        }
        return self.delivery.run(self.run(), argument)

    def deliver_to_the_end(self, row: OutboxRow) -> object:
        """Run the work on one message as often as it asks for it."""
        told: object = "put_off"
        for attempt in range(1, ATTEMPTS + 1):
            told = self.deliver(row, attempt)
            if told != "put_off":
                break
        return told

    def look(self) -> object:
        """Ask the services how messages stand."""
        return self.looks.run(self.run(), {})

    def tasks(self) -> list[DecisionTaskRow]:
        """Return the open tasks that ask a person about recipients or messages."""
        with Session(self.database) as session:
            chosen = select(DecisionTaskRow).where(
                DecisionTaskRow.kind == "check_recipients", DecisionTaskRow.state == "open"
            )
            return list(session.scalars(chosen.execution_options(**EVERYTHING)))

    def route(self, channel: str) -> DeliveryRouteRow:
        """Return a way of sending as it stands."""
        with Session(self.database) as session:
            chosen = select(DeliveryRouteRow).where(DeliveryRouteRow.id == self.routes[channel])
            return session.scalars(chosen.execution_options(**EVERYTHING)).one()

    def consent(
        self, address: str = MAIL, person: str = "contact:1", record_id: str = "A1"
    ) -> None:
        """Record that a person agreed to an address."""
        detail = {
            "address": address,
            "given_to": "maintained_school",
            "given_on": "2026-09-01",
        }
        with Session(self.database) as session, session.begin():
            pupil_id = session.scalars(
                select(PupilRow.id).where(PupilRow.la == "660", PupilRow.record_id == record_id)
            ).one()
            fact = RoutingFact("consent", person, detail)
            record(session, SCHOOL, pupil_id, family(record_id), fact, by="person:1", at=NOW)

    def enrol(self, *record_ids: str) -> None:
        """Put pupils on the register, without provision."""
        self._tell([family(record_id) for record_id in record_ids], NOW - timedelta(minutes=10))

    def concern(self, *record_ids: str) -> None:
        """Tell of the pupils' School Action, so that notices are made."""
        pupils = [at_school_action(family(record_id)) for record_id in record_ids]
        self._tell(pupils, NOW - timedelta(minutes=5))

    def _tell(self, pupils: list[Pupil], at: datetime) -> None:
        tellings = [
            Telling("wonde", pupil.source.record_id, pupil, at, NOW.date(), "file:test")
            for pupil in pupils
        ]
        with Session(self.database) as session, session.begin():
            apply_all(session, SCHOOL, tellings, now=at, jobs=self.jobs)


def family(record_id: str) -> Pupil:
    """Return a child whose father has an address that a printer can use."""
    return a_pupil(record_id, contacts=(MOTHER, replace(FATHER, address=POSTED)))


@contextmanager
def letterbox(backend: str, folder: Path, *channels: str) -> Iterator[Letterbox]:
    """Give a school with these ways of GOV.UK Notify set up, and nobody on its register."""
    with ready_database(backend, folder) as url, fake_notify() as notify:
        database = open_database(url, key_ring())
        with Session(database) as session, session.begin():
            add_school(session)
            add_calendar(session, Tenant("660"))
            routes = {
                channel: add_notify(session, Tenant("660"), notify, channel) for channel in channels
            }
        jobs = EngineJobs(database)
        ways = OpenWays(folder / "packs", frozenset({notify.origin}), lambda: NOW, seconds=5.0)
        yield Letterbox(database, notify, jobs, ways, routes)
        database.dispose()
