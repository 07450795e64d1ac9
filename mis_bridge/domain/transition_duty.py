"""What the body owes while the old law lasts: which notice, to whom, by when, and is it late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Cause, Cohort, Limit, SavingOrder, Window
from mis_bridge.domain.transition_appeals import ended_on, is_open
from mis_bridge.domain.transition_case import (
    NOT_AT_SCHOOL,
    EventKind,
    NoticeKind,
    ProvisionCode,
    TransitionCase,
)
from mis_bridge.domain.transition_cohorts import Placed
from mis_bridge.domain.transition_moves import Moves, asked_after_leaving, asked_on
from mis_bridge.domain.transition_snapshots import needs_on
from mis_bridge.domain.working_days import add_working_days
from mis_bridge.domain.year_groups import YEAR_11, school_year_of

_ONE_DAY = timedelta(days=1)
_LIMITS = schedule().limits
_DECIDING = (NoticeKind.IDP_NOTICE, NoticeKind.NO_IDP_NOTICE)
_SCHOOL_DAY = "school_day"
CHILD_AND_PARENT = ("child", "parent")
PARENT = ("parent",)
YOUNG_PERSON = ("young_person",)


@dataclass(frozen=True, slots=True)
class NoticeDuty:
    """The duty to give a notice, as it stands on the day asked about.

    `required` None: none is owed. `limit` is the one that runs on that day, None where only the
    window binds. `due_by` None: no date can be named. `overdue` None: it cannot be known without
    the school's calendar. `asked_on` is the day of the request that is still to be answered.
    """

    required: tuple[NoticeKind, ...] | None = None
    recipients: tuple[str, ...] | None = None
    limit: Limit | None = None
    plan_limit: Limit | None = None
    window: Window | None = None
    due_by: date | None = None
    now: bool = False
    overdue: bool | None = False
    asked_on: date | None = None

    @property
    def needs_a_calendar(self) -> bool:
        """Whether a count of school days is running."""
        return self.limit is not None and self.limit.unit == _SCHOOL_DAY


NO_DUTY = NoticeDuty()


@dataclass(frozen=True, slots=True)
class _Standing:
    """A pupil of a cohort on the day asked about."""

    case: TransitionCase
    cohort: Cohort
    found: Moves
    on: date
    inferred: bool

    @property
    def moved(self) -> bool:
        """Whether the new law applies."""
        return _moved_by(self.found, self.on)

    @property
    def held(self) -> bool:
        """Whether an appeal holds the move back beyond the last day of the group."""
        return self.found.move.cause is Cause.APPEAL_TRANSFER_DAY

    @property
    def appeal_open(self) -> bool:
        """Whether the duty rests because of an appeal or what it led to."""
        past_last_day = self.held and self.on >= self.cohort.swept_on
        return not self.moved and (past_last_day or is_open(self.case, self.cohort, self.on))

    @property
    def asked_on(self) -> date | None:
        """The day on which a notice was asked for, None once the new law applied before."""
        asked = asked_on(self.case, self.cohort, EventKind.REQUEST_FOR_NOTICE, self.on)
        return None if asked is None or _moved_by(self.found, asked) else asked


def notice_duty(case: TransitionCase, placed: Placed, found: Moves) -> NoticeDuty:
    """Return what is owed under the governing rule; a rule that only commences owes nothing.

    Without a day to ask about, only what never changes is said.

    Source: the duty, request and long-stop articles of S.I. 2021/1243, 2021/1244, 2022/891,
    2022/892, 2022/896 and 2022/897.
    """
    cohort = placed.rule
    if not isinstance(cohort, Cohort):
        return NO_DUTY
    if case.on is None:
        return NoticeDuty(required=_DECIDING, window=Window(*cohort.window))
    standing = _Standing(case, cohort, found, case.on, placed.inferred)
    asked = asked_after_leaving(case, cohort, case.on)
    by_aln_notice = found.move.cause is Cause.ALN_NOTICE
    if asked is not None and (by_aln_notice or not standing.moved):
        return _after_leaving(standing, asked)
    return _of_the_group(standing)


def still_identified(case: TransitionCase, cohort: Cohort) -> bool:
    """Say whether needs were still identified on the day that the duty looks at.

    Source: S.I. 2021/1243 arts 9-11; S.I. 2022/896 arts 9-10 (the long-stops do not look at it).
    """
    if cohort.sen_on is None:
        return True
    return needs_on(case, cohort.sen_on).code is not ProvisionCode.NONE


def may_not_bind(case: TransitionCase, cohort: Cohort) -> bool:
    """Say whether the duty may not reach the pupil in law, so that no breach is ever marked.

    It is so in Year 11 under the first two Orders, and away from school where only the long-stop,
    and not the duty, reaches a pupil who would be in the year group.

    Source: S.I. 2021/1243 and 2021/1244 art. 1(2) ("child"); S.I. 2022/891 arts 9A, 10, 17A.
    """
    if leaves_out_year_11(cohort.order):
        group = case.groups.in_year(school_year_of(cohort.window[1]))
        return group is not None and group.number >= YEAR_11
    away = case.kind_at(cohort.order.snapshot) in NOT_AT_SCHOOL
    return cohort.id == "STMT_Y3_PRIORITY" and away


def leaves_out_year_11(order: SavingOrder) -> bool:
    """Say whether a child in Year 11 is no child for the Order.

    Source: S.I. 2021/1243 and 2021/1244 art. 1(2).
    """
    return order.id in {"no5", "no6"}


def _of_the_group(at: _Standing) -> NoticeDuty:
    cohort = at.cohort
    owed = still_identified(at.case, cohort) or at.asked_on is not None
    told = owed and (not at.moved or at.found.move.notice is not None)
    opened = at.on >= cohort.window[0] or at.asked_on is not None
    duty = NoticeDuty(
        required=_DECIDING if owed else None,
        recipients=_recipients(at) if told else None,
        limit=_limit(at),
        plan_limit=_plan_limit(at),
        window=_after_appeal(at) if at.appeal_open else Window(*cohort.window),
        due_by=_due_by(at) if owed and not at.appeal_open else None,
        now=owed and opened and not at.moved and not at.appeal_open,
        asked_on=at.asked_on,
    )
    return replace(duty, overdue=_overdue(at, duty))


def _after_leaving(at: _Standing, asked: date) -> NoticeDuty:
    """Return the ALN notice that is owed to whoever left under the old law and asks for one."""
    limit = _LIMITS["after_leaving"]
    due_by = add_working_days(asked, limit.amount or 0)
    return NoticeDuty(
        required=(NoticeKind.ALN_NOTICE,),
        recipients=_recipients(at),
        limit=limit,
        window=Window(asked, due_by),
        due_by=due_by,
        now=not at.moved,
        overdue=not at.moved and not at.inferred and at.on > due_by,
        asked_on=asked,
    )


def _limit(at: _Standing) -> Limit | None:
    if at.moved:
        return None
    if at.appeal_open:
        return _LIMITS["after_appeal"]
    if at.asked_on is not None:
        return at.cohort.order.request.limit
    over = ended_on(at.case, at.cohort)
    if over is not None and over <= at.on:
        return _LIMITS["after_appeal"]
    return _LIMITS["pipeline"] if at.cohort.id == "PRE_STMT" else None


def _due_by(at: _Standing) -> date | None:
    """Return the last day of the window, or of the count from a request if sooner."""
    last, limit = at.cohort.window[1], at.cohort.order.request.limit
    if at.asked_on is None or limit.amount is None:
        return last
    if limit.unit == _SCHOOL_DAY:
        return None
    return min(add_working_days(at.asked_on, limit.amount), last)


def _overdue(at: _Standing, duty: NoticeDuty) -> bool | None:
    """Whether a day on which a notice was due has passed without one; never of an inferred case."""
    if at.inferred or at.held or duty.required is None or may_not_bind(at.case, at.cohort):
        return False
    if at.moved:
        swept = at.found.move.cause is Cause.SWEPT
        return swept and at.on > (duty.due_by or at.cohort.window[1])
    if duty.needs_a_calendar and at.asked_on is not None:
        return None if at.on > _fifteen_weekdays(at.asked_on) else False
    return duty.due_by is not None and at.on > duty.due_by


def _fifteen_weekdays(asked: date) -> date:
    """No fifteen school days are over sooner than fifteen Mondays to Fridays."""
    day, left = asked, 15
    while left:
        day += _ONE_DAY
        left -= day.weekday() < 5
    return day


def _after_appeal(at: _Standing) -> Window:
    """Return the days left once the appeal is over: open-ended where it holds back the last day."""
    over = ended_on(at.case, at.cohort)
    opens, closes = at.cohort.window
    return Window(
        None if over is None else max(opens, over + _ONE_DAY), None if at.held else closes
    )


def _plan_limit(at: _Standing) -> Limit | None:
    by_notice = at.found.move.cause is Cause.IDP_NOTICE
    return at.cohort.order.plan.limit if by_notice or not at.moved else None


def _recipients(at: _Standing) -> tuple[str, ...]:
    """To child and parent; to the parent alone, or to the young person alone.

    Source: arts 5-8, 24-25 of S.I. 2022/891 and the like articles of the other Orders.
    """
    notice = at.found.move.notice
    on = notice.on if notice is not None and notice.on <= at.on else at.on
    if at.case.person_on(on) is PersonKind.YOUNG_PERSON:
        return YOUNG_PERSON
    return PARENT if at.case.lacks_capacity else CHILD_AND_PARENT


def _moved_by(found: Moves, day: date) -> bool:
    return found.move.on is not None and found.move.on <= day
