"""The statutory clock of a case: the period that runs, its last day, how it stands today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.ceasing import Ceasing, appeal_window, appealable_plan, school_plan
from mis_bridge.domain.clock_choice import Chosen, NoClock, Occurrence, Trigger, choose
from mis_bridge.domain.clock_rules import ExcuseKind, Period, period
from mis_bridge.domain.deadlines import Deadline, deadline
from mis_bridge.domain.review_periods import ReviewPeriod, running_period
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_REPORT_WITHIN = timedelta(days=14)

_OVERDUE = Words(
    "On {today} the last day in time, {due}, has passed.",
    "Ar {today} mae'r diwrnod olaf mewn pryd, {due}, wedi mynd heibio.",
)
_IN_TIME = Words(
    "On {today} the last day in time, {due}, has not passed.",
    "Ar {today} nid yw'r diwrnod olaf mewn pryd, {due}, wedi mynd heibio.",
)
_EXCUSED = Words(
    "A provision excuses lateness for such a reason: a person records it with evidence, who "
    "approved it and when the family was told. The date stays where it is.",
    "Mae darpariaeth yn esgusodi oedi am reswm o'r fath: mae person yn ei gofnodi gyda "
    "thystiolaeth, pwy a'i cymeradwyodd a phryd y dywedwyd wrth y teulu. Nid yw'r dyddiad yn "
    "symud.",
)
_NOT_EXCUSED = Words(
    "The exception that was claimed is not one that this period has: the date stays where it is.",
    "Nid yw'r eithriad a hawliwyd yn un sydd gan y cyfnod hwn: nid yw'r dyddiad yn symud.",
)
_MINISTERS = Words(
    "Without a written agreement by then, the local authority may refer the matter to the Welsh "
    "Ministers up to {until}.",
    "Heb gytundeb ysgrifenedig erbyn hynny, caiff yr awdurdod lleol atgyfeirio'r mater at "
    "Weinidogion Cymru hyd at {until}.",
)
_REPORT = Words(
    "A report goes to the Tribunal within 14 days after the period, by {until}.",
    "Anfonir adroddiad at y Tribiwnlys o fewn 14 diwrnod ar ôl y cyfnod, erbyn {until}.",
)
# A claim is read by the words that the provisions themselves use of it.
_EXCUSING = {
    ExcuseKind.BEYOND_CONTROL: re.compile(r"impractica|beyond.*control"),
    ExcuseKind.EXCEPTIONAL: re.compile(r"exceptional"),
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What happened since the trigger; None, or empty, is not known or not there."""

    notice_31_8_on: date | None = None
    notice_31_9_on: date | None = None
    request_32_on: date | None = None
    referral_68_on: date | None = None
    copies_on: Sequence[date] = ()
    revised_on: Sequence[date] = ()
    not_revised_on: Sequence[date] = ()
    claimed_exception: str | None = None
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The answer: `rule` None is no clock, for `reason`; parts that do not apply are None.

    A rule without a `deadline` runs from a day that is not known. `exception_accepted` never moves
    a date. `ministers_until` and `report_by` are what follows a college's or the Tribunal's period.
    """

    trace: Trace
    rule: Period | None = None
    reason: str | None = None
    deadline: Deadline | None = None
    review: ReviewPeriod | None = None
    ceasing: Ceasing | None = None
    exception_accepted: bool | None = None
    ministers_until: date | None = None
    report_by: date | None = None


def run(
    occurrence: Occurrence,
    circumstances: Circumstances | None = None,
    calendar: SchoolCalendar | None = None,
) -> Clock:
    """Set the clock that the occurrence starts, and read it against the circumstances.

    Source: the provision of each period (law/periods.toml); 2018 Act ss.23-24, 31-33, 36, 77.
    """
    since = circumstances or Circumstances()
    chosen = choose(_with_own_dates(occurrence, since))
    if isinstance(chosen, NoClock):
        return Clock(chosen.trace, reason=chosen.reason)
    return _excused(_run(chosen, occurrence, since, calendar), since.claimed_exception)


def _run(
    chosen: Chosen, occurrence: Occurrence, since: Circumstances, calendar: SchoolCalendar | None
) -> Clock:
    rule = period(chosen.rule)
    if rule.id == "CEASE-4W":
        return _ceasing(rule, chosen, since)
    if chosen.start is None:
        return Clock(chosen.trace, rule=rule)
    if rule.id == "REV-12M":
        return _review(rule, chosen.start, chosen.trace, since)
    if rule.id == "APP-8W":
        return _appeal(rule, chosen, occurrence, since)
    counted = deadline(rule, chosen.start, calendar)
    clock = Clock(chosen.trace + counted.trace, rule=rule, deadline=counted)
    return _read(_followed(clock, counted), counted, since.today)


def _with_own_dates(occurrence: Occurrence, since: Circumstances) -> Occurrence:
    """Take the trigger's day from the facts that name it, where it is not given as such."""
    own: tuple[date | None, ...] = ()
    if _is(occurrence, "idp_review", Trigger.PLAN_COPY_GIVEN):
        own = tuple(since.copies_on)
    elif _ceases(occurrence):
        own = (since.notice_31_8_on, since.notice_31_9_on)
    elif _is(occurrence, "la_ceasing", Trigger.S32_REQUEST):
        own = (since.request_32_on,)
    known = [day for day in own if day is not None]
    if occurrence.trigger_on is not None or not known:
        return occurrence
    return replace(occurrence, trigger_on=min(known))


def _is(occurrence: Occurrence, clock: str, trigger: Trigger) -> bool:
    return occurrence.clock == clock or occurrence.trigger is trigger


def _ceases(occurrence: Occurrence) -> bool:
    return _is(occurrence, "s32_request_window", Trigger.S31_NOTICES)


def _ceasing(rule: Period, chosen: Chosen, since: Circumstances) -> Clock:
    notices = (since.notice_31_8_on, since.notice_31_9_on)
    if notices == (None, None):
        notices = (chosen.start, chosen.start)
    found = school_plan(*notices, since.request_32_on, since.today)
    clock = Clock(found.trace, rule=rule, deadline=found.deadline, ceasing=found)
    if found.deadline is None:
        return replace(clock, rule=None, reason="s.33")
    return _read(clock, found.deadline, since.today)


def _appeal(rule: Period, chosen: Chosen, occurrence: Occurrence, since: Circumstances) -> Clock:
    start = since.notice_31_8_on or chosen.start if _ceases(occurrence) else chosen.start
    if start is None:
        return Clock(chosen.trace, rule=rule)
    if _ceases(occurrence):
        found = appealable_plan(start, since.referral_68_on, since.today)
        window, trace = found.deadline, chosen.trace + found.trace
        clock = Clock(trace, rule=rule, deadline=window, ceasing=found)
    else:
        window = appeal_window(start, since.referral_68_on)
        clock = Clock(chosen.trace + window.trace, rule=rule, deadline=window)
    return clock if window is None else _read(clock, window, since.today)


def _review(rule: Period, start: date, trace: Trace, since: Circumstances) -> Clock:
    found = running_period(
        (start, *since.copies_on),
        revised=since.revised_on,
        not_revised=since.not_revised_on,
        today=since.today,
    )
    return Clock(trace + found.trace, rule=rule, review=found)


def _followed(clock: Clock, counted: Deadline) -> Clock:
    if counted.due_on is None or counted.last_day_of_period is None:
        return clock
    if counted.rule.id == "FEI-20":
        after = deadline(period("MINISTERS-4W"), counted.due_on)
        because = _MINISTERS.fill(until=after.due_on)
        trace = clock.trace.step("MINISTERS-4W", because, after.rule.source)
        return replace(clock, trace=trace, ministers_until=after.due_on)
    if counted.rule.clock == "tribunal_order":
        until = counted.last_day_of_period + _REPORT_WITHIN
        trace = clock.trace.step("TRIB-REPORT", _REPORT.fill(until=until), counted.rule.source)
        return replace(clock, trace=trace, report_by=until)
    return clock


def _read(clock: Clock, counted: Deadline, today: date | None) -> Clock:
    if today is None or counted.due_on is None:
        return clock
    late = counted.overdue_since(today)
    wording = _IN_TIME if late is None else _OVERDUE
    facts = {
        "today": today.isoformat(),
        "due_date": counted.due_on.isoformat(),
        "days_used": counted.days_used(today),
        "days_left": counted.days_left(today),
    }
    because = wording.fill(today=today, due=counted.due_on)
    return replace(clock, trace=clock.trace.step("TODAY", because, counted.rule.source, facts))


def _excused(clock: Clock, claimed: str | None) -> Clock:
    """Say whether the period knows an exception of the kind claimed; no date moves for one.

    Source: S.I. 2021/401 regs 10(4), 11(3), 18(5), 22(7), 31(3)(a); S.I. 2021/1243 art. 13.
    """
    if claimed is None or clock.rule is None:
        return clock
    excuse = clock.rule.excused
    accepted = excuse is not None and bool(_EXCUSING[excuse.kind].search(claimed.lower()))
    wording = _EXCUSED if accepted else _NOT_EXCUSED
    source = excuse.by if excuse is not None else clock.rule.source
    trace = clock.trace.step(
        "EXCEPTION", wording, source, {"claimed": claimed, "accepted": accepted}
    )
    return replace(clock, trace=trace, exception_accepted=accepted)
