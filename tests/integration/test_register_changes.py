"""The one road into the register: what a telling opens, sends and records, and what it does not."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from adapters.base import SourceRecord, Tombstone
from mis_bridge.domain.pupil import (
    LookedAfter,
    Provision,
    ProvisionType,
    Pupil,
    RegistrationStatus,
    UpnStatus,
)
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.intake.tellings import Applied, Outcome
from mis_bridge.storage import audit
from mis_bridge.storage.columns import Base
from mis_bridge.storage.tables.duties import (
    DecisionTaskRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
    TaskDateRow,
    TaskTriggerRow,
)
from mis_bridge.storage.tables.register import PupilRow, RegisterEntryRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

TODAY = date(2026, 11, 20)
DUE = date(2027, 1, 22)


@dataclass
class Road:
    """A school with term dates and a connection, and a way to tell it of pupils."""

    session: Session
    tenant: Tenant
    connection_id: str
    jobs: RecordedJobs

    def tell(self, pupil: Pupil | None, **facts: Any) -> Applied:
        """Apply one telling, today unless `facts` say otherwise."""
        told: dict[str, Any] = {
            "tombstone": None,
            "raw": None,
            "mapping_version_id": "m1",
            "noticed_on": TODAY,
            "noticed_confirmed": False,
            "cause": "webhook:e1",
            "now": NOW,
            **facts,
        }
        return apply(
            self.session,
            self.tenant,
            connection_id=self.connection_id,
            pupil=pupil,
            jobs=self.jobs,
            **told,
        )

    def rows(self, of: type[Base]) -> list[Any]:
        """Return every row of a table, oldest first."""
        self.session.expire_all()
        return list(
            self.session.scalars(
                select(of).execution_options(**system_wide("a test looks at everything"))
            )
        )

    def count(self, of: type[Base]) -> int:
        """Return how many rows a table has."""
        return int(
            self.session.scalar(
                select(func.count())
                .select_from(of)
                .execution_options(**system_wide("a test counts everything"))
            )
            or 0
        )


@pytest.fixture
def road(session: Session, jobs: RecordedJobs) -> Road:
    """Return a school of an invented authority, ready to be told."""
    tenant = add_school(session)
    add_calendar(session, Tenant("660"))
    connection = add_connection(session, tenant)
    session.commit()
    return Road(session, tenant, connection.id, jobs)


def raw(pupil: Pupil, digest: str) -> SourceRecord:
    """Return a source record whose digest is `digest`."""
    return SourceRecord("wonde", pupil.source.record_id, {}, "page 1", digest)


def test_a_new_concern_opens_one_dated_task_with_its_notice_and_its_messages(road: Road) -> None:
    road.tell(a_pupil())
    applied = road.tell(at_school_action(a_pupil()), cause="webhook:e2")
    (task,) = road.rows(DecisionTaskRow)
    assert applied.effects[0] == "concern_added"
    assert f"task_opened:{task.id}" in applied.effects
    assert (task.kind, task.due_on, task.opened_on, task.rule) == (
        "decide_aln",
        DUE,
        TODAY,
        "SCH-35",
    )
    assert task.to_be_confirmed
    assert task.trace["trace"]
    (notice,) = road.rows(NoticeRow)
    assert (notice.event, notice.task_id) == ("decision_started", task.id)
    receiving = {row.person for row in road.rows(NoticeRecipientRow) if row.receives}
    assert receiving == {"child", "contact:1", "contact:2"}
    messages = road.rows(OutboxRow)
    assert len(messages) == 3
    assert set(road.jobs.asked) == {f"notify:{row.id}" for row in messages}
    assert {name for name, _ in road.jobs.asked.values()} == {"deliver"}


def test_nothing_of_it_stays_when_the_transaction_is_rolled_back(road: Road) -> None:
    road.tell(at_school_action(a_pupil()))
    road.session.rollback()
    for table in (PupilRow, DecisionTaskRow, NoticeRow, OutboxRow, RegisterEntryRow):
        assert road.count(table) == 0


def test_the_same_record_again_changes_nothing(road: Road) -> None:
    pupil = at_school_action(a_pupil())
    first = road.tell(pupil, raw=raw(pupil, "d1"))
    again = road.tell(pupil, raw=raw(pupil, "d1"), cause="webhook:e2")
    read_later = replace(pupil, source=replace(pupil.source, read_at="2026-11-21T01:00:00Z"))
    other_digest = road.tell(read_later, raw=raw(pupil, "d2"), cause="webhook:e3")
    assert first.outcome is Outcome.CREATED
    assert (again.outcome, again.effects) == (Outcome.UNCHANGED, ())
    assert (other_digest.outcome, other_digest.effects) == (Outcome.UNCHANGED, ())
    assert road.count(DecisionTaskRow) == 1
    assert road.count(PupilRow) == 1


def test_a_further_trigger_is_noted_on_the_open_task(road: Road) -> None:
    road.tell(a_pupil())
    road.tell(at_school_action(a_pupil()))
    plus = replace(
        a_pupil(),
        provision=Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2026, 11, 25)),
    )
    later = NOW + timedelta(days=5)
    applied = road.tell(plus, noticed_on=date(2026, 11, 25), now=later)
    (task,) = road.rows(DecisionTaskRow)
    assert f"trigger_noted:{task.id}" in applied.effects
    assert task.due_on == DUE
    assert {row.task_id for row in road.rows(TaskTriggerRow)} == {task.id}
    assert road.count(TaskTriggerRow) == 2


def test_a_trigger_known_from_before_never_opens_a_second_task(road: Road) -> None:
    road.tell(a_pupil())
    road.tell(at_school_action(a_pupil()))
    (task,) = road.rows(DecisionTaskRow)
    task.state, task.closed_at = "closed", NOW
    road.session.flush()
    road.tell(a_pupil(), now=NOW + timedelta(days=1))
    again = road.tell(at_school_action(a_pupil()), now=NOW + timedelta(days=2))
    assert not [effect for effect in again.effects if effect.startswith("task_opened")]
    decide = [row for row in road.rows(DecisionTaskRow) if row.kind == "decide_aln"]
    assert [row.state for row in decide] == ["closed"]


def test_an_older_telling_never_overwrites_a_newer_state(road: Road) -> None:
    road.tell(at_school_action(a_pupil()), told_at=NOW)
    late = road.tell(a_pupil(), told_at=NOW - timedelta(hours=2), cause="webhook:late")
    (pupil,) = road.rows(PupilRow)
    assert late.outcome is Outcome.SUPERSEDED
    assert pupil.provision_type == "school_action"
    assert [row.superseded for row in road.rows(RegisterEntryRow)] == [False, True]
    (task,) = road.rows(DecisionTaskRow)
    assert task.state == "open"


def test_a_late_tombstone_older_than_the_record_removes_nobody(road: Road) -> None:
    road.tell(a_pupil(), told_at=NOW)
    late = road.tell(None, tombstone=Tombstone("A1", NOW - timedelta(days=1)))
    (pupil,) = road.rows(PupilRow)
    assert late.outcome is Outcome.SUPERSEDED
    assert pupil.state == "current"


def test_a_tombstone_closes_the_duty_and_a_return_finds_the_same_task_and_date(road: Road) -> None:
    road.tell(a_pupil())
    road.tell(at_school_action(a_pupil()))
    gone = road.tell(None, tombstone=Tombstone("A1", NOW + timedelta(hours=1)))
    (task,) = road.rows(DecisionTaskRow)
    assert gone.outcome is Outcome.DELETED
    assert (task.state, task.closing["rule"]) == ("closed", "LEFT-CLOSES")
    back = road.tell(at_school_action(a_pupil()), told_at=NOW + timedelta(hours=2))
    (task,) = road.rows(DecisionTaskRow)
    assert f"task_reopened:{task.id}" in back.effects
    assert (task.state, task.due_on) == ("open", DUE)


def test_a_tombstone_of_nobody_known_is_unmatched_and_makes_no_pupil(road: Road) -> None:
    applied = road.tell(None, tombstone=Tombstone("nobody", NOW))
    assert applied.outcome is Outcome.UNMATCHED
    assert road.count(PupilRow) == 0


def test_an_earlier_day_of_notice_for_the_same_fact_moves_the_date_and_says_so(road: Road) -> None:
    road.tell(a_pupil())
    pupil = at_school_action(a_pupil())
    road.tell(pupil)
    road.tell(pupil, noticed_on=date(2026, 11, 16), noticed_confirmed=True, cause="webhook:e2")
    (task,) = road.rows(DecisionTaskRow)
    (moved,) = road.rows(TaskDateRow)
    assert (task.trigger_on, task.to_be_confirmed) == (date(2026, 11, 16), False)
    assert (moved.due_before_on, moved.due_on) == (DUE, date(2027, 1, 18))
    assert task.due_on == date(2027, 1, 18)


def test_a_later_day_of_notice_never_lengthens_the_period(road: Road) -> None:
    road.tell(a_pupil())
    pupil = at_school_action(a_pupil())
    road.tell(pupil, noticed_on=date(2026, 11, 16), noticed_confirmed=True)
    road.tell(pupil, noticed_on=date(2026, 11, 20), noticed_confirmed=True, cause="webhook:e2")
    (task,) = road.rows(DecisionTaskRow)
    assert task.due_on == date(2027, 1, 18)


def test_without_a_calendar_the_task_has_no_date_and_a_person_is_asked_for_one(
    session: Session, jobs: RecordedJobs
) -> None:
    tenant = add_school(session, "661/4001")
    road = Road(session, tenant, add_connection(session, tenant).id, jobs)
    pupil = a_pupil(school="661/4001")
    road.tell(pupil)
    road.tell(at_school_action(pupil))
    tasks = {row.kind: row for row in road.rows(DecisionTaskRow)}
    assert set(tasks) == {"decide_aln", "supply_calendar"}
    assert tasks["decide_aln"].due_on is None
    assert tasks["decide_aln"].missing_calendar == "2026-27"


def test_a_looked_after_child_is_referred_and_the_family_is_not_told_by_the_school(
    road: Road,
) -> None:
    child = a_pupil(looked_after=LookedAfter(in_care=True))
    road.tell(child)
    road.tell(at_school_action(child))
    assert [row.kind for row in road.rows(DecisionTaskRow)] == ["refer_to_la"]
    assert road.count(NoticeRow) == 0


def test_a_first_load_of_old_codes_writes_to_nobody(road: Road) -> None:
    road.tell(at_school_action(a_pupil(), since=date(2019, 9, 1)))
    (task,) = road.rows(DecisionTaskRow)
    assert task.kind == "undecided_pupil"
    assert road.count(OutboxRow) == 0


def test_the_same_upn_from_another_vendor_carries_the_same_pupil_on(road: Road) -> None:
    known = a_pupil(upn="A123456789012", upn_status=UpnStatus.VALID)
    road.tell(known)
    moved = replace(known, source=replace(known.source, vendor="sims", record_id="S9"))
    applied = road.tell(moved, now=NOW + timedelta(days=1))
    (pupil,) = road.rows(PupilRow)
    assert applied.pupil_id == pupil.id
    assert (pupil.vendor, pupil.record_id) == ("sims", "S9")


def test_two_live_records_of_one_vendor_with_one_upn_are_never_merged(road: Road) -> None:
    known = a_pupil(upn="A123456789012", upn_status=UpnStatus.VALID)
    road.tell(known)
    other = replace(at_school_action(known), source=replace(known.source, record_id="A2"))
    applied = road.tell(other, now=NOW + timedelta(days=1))
    (pupil,) = road.rows(PupilRow)
    assert applied.outcome is Outcome.DUPLICATE
    assert (pupil.record_id, pupil.provision_type) == ("A1", "none")


def test_a_temporary_upn_matches_nobody(road: Road) -> None:
    known = a_pupil(upn="A123456789012", upn_status=UpnStatus.TEMPORARY)
    road.tell(known)
    road.tell(replace(known, source=replace(known.source, vendor="sims", record_id="S9")))
    assert road.count(PupilRow) == 2


def test_what_a_source_does_not_supply_stays_as_it_was_told_before(road: Road) -> None:
    road.tell(a_pupil())
    partial = replace(a_pupil(), contacts=(), not_supplied=frozenset({"contacts"}), nc_year="7")
    road.tell(partial, now=NOW + timedelta(days=1))
    applied = road.tell(
        replace(at_school_action(partial)), now=NOW + timedelta(days=2), cause="webhook:e3"
    )
    assert any(effect.startswith("notice_made") for effect in applied.effects)
    assert len([row for row in road.rows(NoticeRecipientRow) if row.receives]) == 3


def test_no_personal_text_lies_open_in_any_column(road: Road) -> None:
    canary = a_pupil(upn="A123456789012", upn_status=UpnStatus.VALID)
    road.tell(canary)
    road.tell(at_school_action(canary))
    road.session.commit()
    connection = road.session.connection()
    for table in Base.metadata.sorted_tables:
        for row in connection.execute(table.select()):
            text = repr(tuple(row))
            for secret in ("Canary", "Aled", "A123456789012", "Trefddychmygol", "example.test"):
                assert secret not in text, table.name


def test_every_effect_is_in_the_audit_chain_and_the_chain_holds(road: Road) -> None:
    road.tell(a_pupil())
    road.tell(at_school_action(a_pupil()))
    road.session.commit()
    walked = audit.verify(road.session, "660")
    assert (walked.rows, walked.first_bad) == (2, None)


def test_dates_do_not_depend_on_the_order_or_number_of_tellings(road: Road) -> None:
    base = a_pupil()
    action = at_school_action(base, date(2026, 11, 16))
    plus = replace(
        base, provision=Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2026, 11, 18))
    )
    told: list[tuple[Pupil, datetime, date]] = [
        (base, NOW - timedelta(days=9), date(2026, 11, 11)),
        (action, NOW - timedelta(days=4), date(2026, 11, 16)),
        (plus, NOW - timedelta(days=2), date(2026, 11, 18)),
    ]
    road.tell(base, told_at=NOW - timedelta(days=10), noticed_on=date(2026, 11, 10))
    for pupil, told_at, noticed_on in told:
        road.tell(pupil, told_at=told_at, noticed_on=noticed_on)
    expected = [(row.duty, row.due_on) for row in road.rows(DecisionTaskRow)]
    shuffled = told * 4
    random.Random(2026).shuffle(shuffled)  # noqa: S311 - an order to try, not a secret
    for pupil, told_at, noticed_on in shuffled:
        road.tell(pupil, told_at=told_at, noticed_on=noticed_on)
    assert [(row.duty, row.due_on) for row in road.rows(DecisionTaskRow)] == expected
    (current,) = road.rows(PupilRow)
    assert current.provision_type == "school_action_plus"


def test_leaving_by_an_ended_registration_marks_the_pupil_as_left(road: Road) -> None:
    road.tell(a_pupil())
    (place,) = a_pupil().registrations
    ended = replace(
        a_pupil(),
        registrations=(replace(place, status=RegistrationStatus.FORMER, end=date(2026, 11, 13)),),
    )
    applied = road.tell(ended, now=NOW + timedelta(days=1))
    (pupil,) = road.rows(PupilRow)
    assert applied.effects[0] == "left"
    assert (pupil.state, pupil.left_on) == ("left", TODAY)
