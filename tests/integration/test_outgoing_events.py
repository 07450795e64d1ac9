"""Every kind of event is told where its fact comes about, once, and with identifiers only."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from adapters.base import Tombstone
from mis_bridge.delivery.base import Handed
from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.pupil import UpnStatus
from mis_bridge.services import notices, sending_results
from mis_bridge.services.conversion.imports import import_plans
from mis_bridge.services.intake import event_settling, standing
from mis_bridge.services.intake.event_work import QUARANTINED, UNMATCHED, Prepared
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.plans import finalising
from mis_bridge.services.subscribers import outgoing, subscriptions
from mis_bridge.services.subscribers.dates import REVIEW_SOON, TASK_SOON, tell_of_dates
from mis_bridge.services.subscribers.outgoing import body_of, is_identifier
from mis_bridge.services.subscribers.subscriptions import Wanted
from mis_bridge.storage import privacy
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.inbox_work import WaitingEvent
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.duties import DecisionTaskRow, OutboxRow
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow, OutgoingEventRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action
from tests.integration.test_plan_imports import plan
from tests.integration.test_plan_life import TODAY, begun

LATER = NOW + timedelta(hours=1)
EVERYTHING = system_wide("a test looks at everything")
UPN = "P661990118001"
CANARIES = ("Canary", "Aled", "Rhian", "Gwen", UPN, "School Action", "SLCD", "2015", "@", "Row")


@pytest.fixture
def tenant(session: Session) -> Tenant:
    """Return a school with term dates, whose authority has a subscriber to everything."""
    school = add_school(session)
    add_calendar(session, Tenant("660"))
    subscribe(session, Tenant("660"))
    session.commit()
    return school


def subscribe(session: Session, tenant: Tenant, *types: str) -> str:
    wanted = Wanted("https://told.example/hooks", "MIS team", "Show tasks", types)
    subscription_id, _ = subscriptions.add(session, tenant, wanted, by="test", now=NOW)
    return subscription_id


def tell(
    session: Session, tenant: Tenant, jobs: RecordedJobs, *pupils: Any, minutes: int = 0
) -> ConnectionRow:
    """Tell the register of a pupil, one state after the other; a tombstone is a state too."""
    connection = add_connection(session, tenant)
    for number, state in enumerate(pupils):
        gone = isinstance(state, Tombstone)
        apply(
            session, tenant, connection_id=connection.id, pupil=None if gone else state,
            tombstone=state if gone else None, raw=None, mapping_version_id=None,
            noticed_on=NOW.date(), noticed_confirmed=True, cause="webhook:e1",
            now=NOW + timedelta(minutes=minutes + number), jobs=jobs,
        )  # fmt: skip
    return connection


def told(session: Session, kind: str) -> list[OutgoingEventRow]:
    chosen = select(OutgoingEventRow).where(OutgoingEventRow.type == kind)
    return list(
        session.scalars(
            chosen.order_by(OutgoingEventRow.occurred_at).execution_options(**EVERYTHING)
        )
    )


def facts(session: Session, kind: str) -> list[Any]:
    return [row.facts for row in told(session, kind)]


def only_task(session: Session, tenant: Tenant) -> DecisionTaskRow:
    return session.scalars(select(DecisionTaskRow).where(tenant.owns(DecisionTaskRow))).one()


def test_a_task_is_told_of_when_it_opens_and_when_it_closes(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    task = only_task(session, tenant)
    expected = {"task_id": task.id, "pupil_id": task.pupil_id}
    assert facts(session, outgoing.TASK_OPENED) == [expected]
    assert facts(session, outgoing.TASK_CLOSED) == []
    posts = [key for key, (name, _) in jobs.asked.items() if name == "post"]
    assert len(posts) == 1
    tell(session, tenant, jobs, Tombstone("A1", LATER), minutes=30)
    closed = facts(session, outgoing.TASK_CLOSED)
    assert expected in closed


def test_a_period_that_ends_soon_and_one_that_has_ended_are_told_of_once_a_date(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    task = only_task(session, tenant)
    assert task.rule in PERIODS
    assert task.due_on is not None
    expected = [{"task_id": task.id, "pupil_id": task.pupil_id}]
    for day, soon, over in (
        (task.due_on - TASK_SOON - timedelta(days=1), [], []),
        (task.due_on - TASK_SOON, expected, []),
        (task.due_on, expected, []),
        (task.due_on + timedelta(days=1), expected, expected),
        (task.due_on + timedelta(days=20), expected, expected),
    ):
        tell_of_dates(session, Tenant("660"), now=at(day))
        assert facts(session, outgoing.TASK_DUE_SOON) == soon
        assert facts(session, outgoing.TASK_OVERDUE) == over
    task.due_on += timedelta(days=3)
    session.flush()
    tell_of_dates(session, Tenant("660"), now=at(task.due_on))
    assert facts(session, outgoing.TASK_DUE_SOON) == expected * 2


def test_a_notice_is_told_of_when_its_channel_takes_it_and_when_it_will_not(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    first, second, *_ = session.scalars(select(OutboxRow).where(tenant.owns(OutboxRow))).all()
    for row in (first, second):
        notices.prepare(session, tenant, row.id, now=LATER)
    sending_results.record_handed(
        session, tenant, first.id, Handed("pack", "digest"), route="-", now=LATER, jobs=jobs
    )
    sending_results.record_failed(session, tenant, second.id, "no_such_address", now=LATER)
    pupil_id = only_pupil(session, tenant)
    for kind, row in ((outgoing.NOTICE_SENT, first), (outgoing.NOTICE_FAILED, second)):
        assert facts(session, kind) == [
            {"message_id": row.id, "notice_id": row.notice_id, "pupil_id": pupil_id}
        ]


def test_a_drafted_plan_is_told_of_and_one_that_matches_nobody_as_unmatched(
    session: Session, tenant: Tenant, jobs: RecordedJobs, tmp_path: Path
) -> None:
    pupil = a_pupil("W77", upn=UPN, upn_status=UpnStatus.VALID, dob=date(2015, 2, 17))
    tell(session, tenant, jobs, pupil)
    file = tmp_path / "plans.json"
    file.write_text(
        json.dumps({"plans": [plan("P1"), plan("P2", upn="T661990118002", adno="X9")]}), "utf-8"
    )
    for _ in range(2):
        import_plans(session, tenant, "iep", [file], now=NOW)
    drafted = facts(session, outgoing.PLAN_DRAFTED)
    assert len(drafted) == 2
    assert sorted(sorted(each) for each in drafted) == [["draft_id"], ["draft_id", "pupil_id"]]
    unmatched = next(each for each in drafted if "pupil_id" not in each)
    assert facts(session, outgoing.PUPIL_UNMATCHED) == [unmatched]


def test_an_event_about_nobody_is_told_of_by_the_senders_own_id_unless_it_may_name_a_pupil(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    connection = add_connection(session, tenant)
    waiting = [
        WaitingEvent(number, name, "pupil.sen.changed", "A9", None, None, NOW, 0, b"{}")
        for number, name in enumerate(("msg_1", f"upn-{UPN}", UPN.lower()), start=1)
    ]
    batch = [Prepared((each,), state=QUARANTINED, fault=UNMATCHED) for each in waiting]
    event_settling.settle(session, tenant, connection.id, batch, now=NOW, jobs=jobs)
    rows = [each for each in facts(session, outgoing.PUPIL_UNMATCHED) if "draft_id" not in each]
    assert len(rows) == 3
    assert {"connection_id": connection.id, "event_id": "msg_1"} in rows
    assert rows.count({"connection_id": connection.id}) == 2


def test_a_connection_is_told_of_once_when_it_begins_to_fail(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    connection = add_connection(session, tenant)
    for hours in (0, 1):
        standing.note_fault(
            session, connection.id, "unavailable", now=NOW + timedelta(hours=hours), jobs=jobs
        )
    assert facts(session, outgoing.CONNECTION_FAILING) == [{"connection_id": connection.id}]
    standing.note_answer(session, connection.id)
    standing.note_fault(session, connection.id, "unavailable", now=NOW + timedelta(days=1))
    assert len(facts(session, outgoing.CONNECTION_FAILING)) == 2


def test_a_plan_is_told_of_when_finalised_and_when_its_review_comes_near(session: Session) -> None:
    story = begun(session, a_pupil())
    subscribe(session, Tenant("660"))
    story.decided()
    finalising.finalise(story.desk(), TODAY)
    (finalised,) = facts(session, outgoing.PLAN_FINALISED)
    assert finalised == {"plan_id": story.plan_id, "pupil_id": story.pupil_id, "edition": "1"}
    review_by = date(2027, 6, 30)
    row = session.scalars(select(PlanRow).where(story.tenant.owns(PlanRow))).one()
    row.review_by_on = review_by
    session.flush()
    tell_of_dates(session, story.tenant, now=at(review_by - REVIEW_SOON - timedelta(days=1)))
    assert facts(session, outgoing.REVIEW_DUE) == []
    for days in (28, 27, 0):
        tell_of_dates(session, story.tenant, now=at(review_by - timedelta(days=days)))
    assert facts(session, outgoing.REVIEW_DUE) == [
        {"plan_id": story.plan_id, "pupil_id": story.pupil_id}
    ]


def test_no_body_holds_a_name_a_number_a_need_or_an_address(
    session: Session, tenant: Tenant, jobs: RecordedJobs, tmp_path: Path
) -> None:
    test_a_notice_is_told_of_when_its_channel_takes_it_and_when_it_will_not(session, tenant, jobs)
    test_a_drafted_plan_is_told_of_and_one_that_matches_nobody_as_unmatched(
        session, tenant, jobs, tmp_path
    )
    test_an_event_about_nobody_is_told_of_by_the_senders_own_id_unless_it_may_name_a_pupil(
        session, tenant, jobs
    )
    rows = session.scalars(select(OutgoingEventRow).execution_options(**EVERYTHING)).all()
    assert {row.type for row in rows} >= {
        outgoing.TASK_OPENED, outgoing.NOTICE_SENT, outgoing.PLAN_DRAFTED, outgoing.PUPIL_UNMATCHED,
    }  # fmt: skip
    for row in rows:
        body = body_of(row)
        assert len(body) < 20_000
        content = json.loads(body)
        assert set(content) == {"type", "timestamp", "data"}
        assert content["data"]["school"] == "660/4001"
        for canary in CANARIES:
            assert canary.lower() not in body.decode().lower(), (row.type, canary)


@pytest.mark.parametrize(
    ("kind", "told_of"),
    [
        ("pupil.named", {"task_id": "t1"}),
        (outgoing.TASK_OPENED, {"name": "t1"}),
        (outgoing.TASK_OPENED, {"pupil_id": "Aled Canary"}),
        (outgoing.TASK_OPENED, {"pupil_id": UPN}),
        (outgoing.TASK_OPENED, {"pupil_id": ""}),
        (outgoing.TASK_OPENED, {"pupil_id": "x" * 129}),
    ],
)
def test_what_is_no_identifier_is_a_fault_of_the_program(
    kind: str, told_of: dict[str, str], session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    with pytest.raises(ValueError, match="is"):
        outgoing.tell(session, tenant, kind, told_of, key="k", now=NOW, jobs=jobs)
    assert is_identifier(new_id())


def test_who_asked_for_some_kinds_or_one_school_is_told_of_no_other(
    session: Session, jobs: RecordedJobs
) -> None:
    here, there = add_school(session), add_school(session, "660/4002")
    foreign = add_school(session, "661/4001")
    everything = subscribe(session, Tenant("660"))
    some = subscribe(session, Tenant("660"), outgoing.PLAN_FINALISED, outgoing.TASK_OPENED)
    closing = subscribe(session, Tenant("660"), outgoing.TASK_CLOSED)
    only_here = subscribe(session, here)
    abroad = subscribe(session, Tenant("661"))
    session.commit()
    for tenant in (here, there, foreign):
        outgoing.tell(
            session, tenant, outgoing.TASK_OPENED, {"task_id": "t1"}, key="t1", now=NOW, jobs=jobs
        )
    rows = session.execute(
        select(OutgoingDeliveryRow.subscription_id, OutgoingDeliveryRow.school).execution_options(
            **EVERYTHING
        )
    ).all()
    assert {(row[0], row[1]) for row in rows} == {
        (everything, "660/4001"), (everything, "660/4002"),
        (some, "660/4001"), (some, "660/4002"),
        (only_here, "660/4001"), (abroad, "661/4001"),
    }  # fmt: skip
    assert closing not in {row[0] for row in rows}
    # The same key in three schools is three facts.
    assert len(told(session, outgoing.TASK_OPENED)) == 3


def test_where_nobody_is_told_a_thousand_facts_cost_one_query(
    session: Session, jobs: RecordedJobs
) -> None:
    school = add_school(session)
    session.commit()
    asked: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda *said: asked.append(said[2]))
    for number in range(1000):
        outgoing.tell(
            session, school, outgoing.TASK_OPENED, {"task_id": "t"}, key=str(number),
            now=NOW, jobs=jobs,
        )  # fmt: skip
    assert len(asked) == 1
    session.commit()
    # In the next transaction it is asked again: somebody may have subscribed meanwhile.
    outgoing.tell(
        session, school, outgoing.TASK_OPENED, {"task_id": "t"}, key="k", now=NOW, jobs=jobs
    )
    assert len(asked) == 2


def test_what_was_told_of_an_erased_pupil_goes_with_the_pupil(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    tell(session, tenant, jobs, a_pupil("A2"), at_school_action(a_pupil("A2")))
    erased = only_pupil(session, tenant)
    shown = privacy.everything_about(session, tenant, erased)["told_to_others"]
    assert [(each["type"], each["owner"], each["state"]) for each in shown] == [
        ("aln.task.opened", "MIS team", "waiting")
    ]
    before = len(told(session, outgoing.TASK_OPENED))
    assert privacy.erase(session, tenant, erased)["outgoing_events"] == 1
    left = told(session, outgoing.TASK_OPENED)
    assert len(left) == before - 1
    assert erased not in json.dumps([row.facts for row in left])


def at(day: date) -> Any:
    """Return a moment of the morning of that day."""
    return NOW + timedelta(days=(day - NOW.date()).days)


def only_pupil(session: Session, tenant: Tenant) -> str:
    """Return the id of the pupil with the record A1."""
    return session.scalars(
        select(PupilRow.id).where(tenant.owns(PupilRow), PupilRow.record_id == "A1")
    ).one()
