"""Counting a period of school days, with the arithmetic written down as steps of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.calendar import CalendarTooShort, LeftOut, SchoolCalendar, school_year
from mis_bridge.domain.clock_rules import Period
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words

_REASONS = {
    LeftOut.WEEKEND: Words("weekend days {n}", "dyddiau penwythnos {n}"),
    LeftOut.HOLIDAY: Words("days outside term {n}", "dyddiau y tu allan i'r tymor {n}"),
    LeftOut.HALF_TERM: Words("half-term days {n}", "dyddiau hanner tymor {n}"),
    LeftOut.BANK_HOLIDAY: Words("bank holidays {n}", "gwyliau banc {n}"),
    LeftOut.INSET: Words("INSET days {n}", "diwrnodau HMS {n}"),
    LeftOut.CLOSURE: Words("closures {n}", "diwrnodau ar gau {n}"),
}
_NOTHING = Words("nothing", "dim")

_COUNTED = Words(
    "{count} school days from the day after {start}: day 1 is {first}, day {count} is {due}. "
    "Calendar {calendar}; not counted: {left_out}.",
    "{count} o ddiwrnodau ysgol o drannoeth {start}: diwrnod 1 yw {first}, diwrnod {count} yw "
    "{due}. Calendr {calendar}; heb eu cyfrif: {left_out}.",
)
_COUNTED_FEI = Words(
    "{count} term-time days from the day after {start}: day 1 is {first}, day {count} is {due}. "
    "Calendar {calendar}; not counted: {left_out}.",
    "{count} o ddiwrnodau amser tymor o drannoeth {start}: diwrnod 1 yw {first}, diwrnod {count} "
    "yw {due}. Calendr {calendar}; heb eu cyfrif: {left_out}.",
)
_NO_DATE = Words(
    "The due date is not known: no calendar for {year}. No date is guessed.",
    "Nid yw'r dyddiad cau yn hysbys: dim calendr ar gyfer {year}. Ni ddyfelir dyddiad.",
)
_SHORT = Words(
    "due date not known: no calendar for {year}",
    "dyddiad cau ddim yn hysbys: dim calendr ar gyfer {year}",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of school days after `start`; `missing` names the year without a calendar."""

    start: date
    first: date | None
    due: date | None
    missing: str | None
    trace: Trace


def count_school_days(rule: Period, start: date, calendar: SchoolCalendar | None) -> Counted:
    """Count `rule.count` school days, `start` left out; without a calendar there is no date.

    Source: the provision of `rule`; Education Act 1996 s.579(1) for what a school day is.
    """
    try:
        if calendar is None:
            raise CalendarTooShort(school_year(start))
        first = calendar.add_school_days(start, 1)
        due = calendar.add_school_days(start, rule.count)
    except CalendarTooShort as short:
        return _without_date(rule, start, calendar, short.missing)
    left_out = calendar.left_out(start, due)
    wording = _COUNTED_FEI if calendar.kind == "fei" else _COUNTED
    because = wording.fill(
        count=rule.count,
        start=start,
        first=first,
        due=due,
        calendar=calendar.name,
        left_out=_listed(left_out),
    )
    facts: dict[str, Fact] = {
        "trigger_on": start.isoformat(),
        "first_counted_day": first.isoformat(),
        "count": rule.count,
        "unit": rule.unit,
        "due_on": due.isoformat(),
        "calendar": calendar.name,
        **{f"left_out_{reason}": number for reason, number in left_out.items()},
    }
    return Counted(
        start, first, due, None, _doubted(rule, Trace().step(rule.id, because, rule.source, facts))
    )


def _without_date(
    rule: Period, start: date, calendar: SchoolCalendar | None, missing: str
) -> Counted:
    facts: dict[str, Fact] = {
        "trigger_on": start.isoformat(),
        "count": rule.count,
        "unit": rule.unit,
        "calendar": calendar.name if calendar else None,
        "missing_calendar": missing,
    }
    trace = Trace().step(rule.id, _NO_DATE.fill(year=missing), rule.source, facts)
    trace = trace.doubt("due_date", _SHORT.fill(year=missing))
    return Counted(start, None, None, missing, _doubted(rule, trace))


def _doubted(rule: Period, trace: Trace) -> Trace:
    return trace.doubt(rule.id, rule.doubt) if rule.doubt is not None else trace


def _listed(left_out: dict[str, int]) -> Words:
    parts = [_REASONS[LeftOut(reason)].fill(n=number) for reason, number in left_out.items()]
    if not parts:
        return _NOTHING
    return Words(", ".join(part.en for part in parts), ", ".join(part.cy for part in parts))
