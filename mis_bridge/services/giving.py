"""A notice, or the copy of a plan, given to one person: the one road by which it counts as given.

The day is what the law reckons from: a plan's review period runs from the first copy, the time to
ask for reconsideration from the notices, and a decision is done when everybody has been told.
Source: 2018 anaw 2 ss. 22, 23, 88; ALN Code for Wales 2021 12.21 (as reported).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.plan_life import NotFromHere, PlanAct, PlanStatus, after
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.review_periods import ReviewPeriod, running_period
from mis_bridge.domain.tasks import Closing, DecisionTask, TaskKind
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.decision_notices import ALL_GIVEN, IDP_COPY, end_once_given
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import outbox, plan_copies, plan_log, plans, register
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.outbox import Sending
from mis_bridge.storage.plan_copies import Copy
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant

WAYS = ("post", "hand", "leave_at_address", "electronic")
FIRST_COPY = frozenset({IDP_COPY})
REVISED_COPY = frozenset({"revised_copy_s23_11", "revised_copy_s24_10"})
NOT_REVISED = frozenset({"not_revise_s23_10", "not_revise_s24_9"})
REVIEW_DUTY = "review_plan"
NOT_GIVEN = "not_given"
NOT_REVISED_BEFORE = "not_revised_before"
_SECTION_23 = "2018 anaw 2 s. 23(1)-(5)"


class GivingRefused(Problem):
    """That a message was given cannot be recorded so; `field` names the field of the form."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(words)
        self.field = field


def give(
    session: Session,
    tenant: Tenant,
    outbox_id: str,
    *,
    on: date,
    way: str,
    by: str,
    now: datetime,
    jobs: Jobs,
) -> None:
    """Record that one recipient was given the message on `on`, by `way` (one of WAYS).

    Recorded once it stays as it is. A plan's first copy begins the review period, and the last
    recipient's notice ends the task that asked for it. Raises GivingRefused.

    Source: 2018 anaw 2 ss. 22(1), 23(1)-(5), 24, 88.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state == "cancelled":
        raise GivingRefused("message", _NO_MESSAGE)
    if about.message.given_on is not None:
        return
    if way not in WAYS:
        raise GivingRefused("way", _WAY)
    if on > day_in_wales(now):
        raise GivingRefused("given_on", _AHEAD)
    if on < about.notice.made_on:
        raise GivingRefused("given_on", _BEFORE_MADE.fill(made=about.notice.made_on))
    outbox.give(about.message, on, at=now)
    session.flush()
    facts = {"notice": about.notice.id, "on": on.isoformat(), "way": way}
    append(session, tenant, [AuditEntry(by, "notice_given", f"message:{outbox_id}", facts)], now)
    desk = TaskDesk(session, tenant, in_force(session, tenant), now, jobs)
    if about.notice.plan_id is not None:
        _plan_given(desk, about, on, way, by)
    end_once_given(desk, about.pupil.id, about.notice.id)


def take_back(session: Session, tenant: Tenant, outbox_id: str, *, by: str, now: datetime) -> None:
    """Record that a message was not given after all: its channel has proved the contrary.

    What followed from it is undone: the copy of the plan, the review period that began with it, and
    the end of the task that asked for it. Nothing happens where nothing was recorded as given.

    Source: 2018 anaw 2 s. 88(6) (unless the contrary is proved).
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.given_on is None:
        return
    facts = {"notice": about.notice.id, "on": about.message.given_on.isoformat()}
    append(
        session, tenant, [AuditEntry(by, "notice_not_given", f"message:{outbox_id}", facts)], now
    )
    about.message.given_on = about.message.delivered_at = None
    session.flush()
    desk = TaskDesk(session, tenant, in_force(session, tenant), now)
    if about.notice.plan_id is not None:
        _plan_not_given(desk, about, by)
    task = about.task
    if task is not None and _closed_by_giving(task.closing):
        desk.reopen(task)


def _closed_by_giving(closing: object) -> bool:
    steps = closing.get("trace", ()) if isinstance(closing, dict) else ()
    return any(isinstance(step, dict) and step.get("rule") == ALL_GIVEN for step in steps)


def _plan_not_given(desk: TaskDesk, about: Sending, by: str) -> None:
    plan = plans.plan(desk.session, desk.tenant, about.notice.plan_id or "")
    if plan is None:
        return
    before, edition = plan.status, about.notice.plan_edition
    plan_copies.forget_copy(desk.session, desk.tenant, about.message.id)
    left = [copy.edition for copy in plan_copies.copies(desk.session, desk.tenant, plan.id)]
    if edition == plan.edition and edition not in left and before == PlanStatus.GIVEN.value:
        plan.status = PlanStatus.FINALISED.value
        plan.version += 1
        done = Done(NOT_GIVEN, before, day_in_wales(desk.now), {"edition": edition})
        plan_log.note_act(desk.session, plan, done, by=by, at=desk.now)
    restart_period(desk, plan)


def _plan_given(desk: TaskDesk, about: Sending, on: date, way: str, by: str) -> None:
    plan = plans.plan(desk.session, desk.tenant, about.notice.plan_id or "")
    if plan is None:
        return
    event, edition = about.notice.event, about.notice.plan_edition
    if event in FIRST_COPY | REVISED_COPY and edition is not None:
        told = Copy(
            edition, about.recipient.person, about.recipient.slot, way, on, about.message.id
        )
        if not plan_copies.add_copy(desk.session, plan, told, by=by, at=desk.now):
            return
        _given(desk.session, plan, edition, on, by, desk.now)
    elif event not in NOT_REVISED:
        return
    restart_period(desk, plan)


def _given(session: Session, plan: PlanRow, edition: int, on: date, by: str, now: datetime) -> None:
    """Move a plan of which a copy has been given; a copy of an older edition moves nothing."""
    if edition != plan.edition:
        return
    before = plan.status
    try:
        plan.status = after(PlanStatus(before), PlanAct.GIVE).value
    except NotFromHere:
        return
    if before != plan.status:
        plan.version += 1
        done = Done(PlanAct.GIVE.value, before, on, {"edition": edition})
        plan_log.note_act(session, plan, done, by=by, at=now)


def restart_period(desk: TaskDesk, plan: PlanRow) -> None:
    """Reckon the running review period from all that was given, and date its task anew."""
    first, revised, kept = days_told(desk.session, desk.tenant, plan)
    if not first:
        _no_period(desk, plan)
        return
    today = day_in_wales(desk.now)
    period = running_period(first, revised=revised, not_revised=kept, today=today)
    before = plan.period_start_on
    plan.first_given_on, plan.period_start_on = min(first), period.starts_on
    plan.review_by_on = period.last_on
    desk.session.flush()
    if before != period.starts_on:
        desk.apply(plan.pupil_id, (_review_task(plan, period, today),), _closing(plan, before))


def _no_period(desk: TaskDesk, plan: PlanRow) -> None:
    before = plan.period_start_on
    plan.first_given_on = plan.period_start_on = plan.review_by_on = None
    desk.session.flush()
    if before is not None:
        trigger = f"plan:{plan.id}:{before.isoformat()}"
        trace = Trace().step(
            "S23-NONE", _NO_COPY, _SECTION_23, {"period_start": before.isoformat()}
        )
        closing = Closing(REVIEW_DUTY, trigger, "S23-NONE", _SECTION_23, trace)
        desk.apply(plan.pupil_id, (), (closing,))


def end_period(desk: TaskDesk, plan: PlanRow) -> None:
    """End the task of the running review period: the plan is no longer this body's to review.

    Source: 2018 anaw 2 ss. 23(1), 31.
    """
    if plan.period_start_on is None:
        return
    started = plan.period_start_on.isoformat()
    trace = Trace().step("S31-ENDED", _ENDED, "2018 anaw 2 s. 31", {"period_start": started})
    closing = Closing(REVIEW_DUTY, f"plan:{plan.id}:{started}", "S31-ENDED", _SECTION_23, trace)
    desk.apply(plan.pupil_id, (), (closing,))


def days_told(
    session: Session, tenant: Tenant, plan: PlanRow
) -> tuple[list[date], list[date], list[date]]:
    """Return the days of the first edition's copies, of each later one's first, of notices.

    Notices that an earlier body gave stand in the act by which its plan was taken in.
    """
    by_edition: dict[int, list[date]] = {}
    for copy in plan_copies.copies(session, tenant, plan.id):
        by_edition.setdefault(copy.edition, []).append(copy.given_on)
    first = by_edition.pop(min(by_edition), []) if by_edition else []
    revised = [min(days) for days in by_edition.values()]
    kept = []
    for notice in plan_copies.notices_of(session, tenant, plan.id):
        if notice.event in NOT_REVISED:
            days = plan_copies.days_given(session, tenant, plan.pupil_id, notice.occasion)
            kept += [min(day for day in days if day is not None)] if any(days) else []
    for act in plan_log.acts(session, tenant, plan.id):
        known = act.facts.get(NOT_REVISED_BEFORE, ()) if isinstance(act.facts, dict) else ()
        kept += [date.fromisoformat(day) for day in known]
    return first, revised, kept


def _review_task(plan: PlanRow, period: ReviewPeriod, today: date) -> DecisionTask:
    return DecisionTask(
        kind=TaskKind.REVIEW_PLAN,
        duty=REVIEW_DUTY,
        trigger=f"plan:{plan.id}:{period.starts_on.isoformat()}",
        trigger_on=period.starts_on,
        opened_on=today,
        due_on=period.last_on,
        rule="REV-12M",
        source=_SECTION_23,
        trace=period.trace,
    )


def _closing(plan: PlanRow, before: date | None) -> tuple[Closing, ...]:
    if before is None:
        return ()
    trace = Trace().step("S23-DONE", _REVIEWED, _SECTION_23, {"period_start": before.isoformat()})
    trigger = f"plan:{plan.id}:{before.isoformat()}"
    return (Closing(REVIEW_DUTY, trigger, "S23-DONE", _SECTION_23, trace),)


_REVIEWED = Words(
    "The review that this period asked for is done.",
    "Mae'r adolygiad yr oedd y cyfnod hwn yn gofyn amdano wedi'i wneud.",
)
_ENDED = Words(
    "The plan is no longer maintained here, so nothing is reviewed here.",
    "Ni chynhelir y cynllun yma mwyach, felly nid adolygir dim yma.",
)
_NO_COPY = Words(
    "The copy with which the period began was not given after all.",
    "Ni roddwyd y copi y dechreuodd y cyfnod ag ef wedi'r cyfan.",
)
_NO_MESSAGE = Words(
    "There is no such message, or it was cancelled.",
    "Nid oes neges o'r fath, neu fe'i canslwyd.",
)
_WAY = Words("Say how it was given.", "Nodwch sut y'i rhoddwyd.")
_AHEAD = Words(
    "This day lies ahead. Enter today or an earlier day.",
    "Mae'r diwrnod hwn yn y dyfodol. Rhowch heddiw neu ddiwrnod cynharach.",
)
_BEFORE_MADE = Words(
    "The notice was made on {made}; it was not given before that day.",
    "Gwnaed yr hysbysiad ar {made}; nis rhoddwyd cyn y diwrnod hwnnw.",
)
