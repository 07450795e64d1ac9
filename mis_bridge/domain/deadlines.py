"""From a trigger to the last day in time: one count, with its arithmetic as steps of a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mis_bridge.domain.calendar import CalendarTooShort, SchoolCalendar, school_year
from mis_bridge.domain.clock_rules import DayOne, Ends, Period, Unit
from mis_bridge.domain.deadline_words import (
    BANK_HOLIDAYS_UNKNOWN,
    COUNTED,
    NO_DATE,
    NO_LENGTH,
    NOT_KNOWN,
    ROLLED,
    SPAN,
    TRIBUNAL_FIRST,
    TRIBUNAL_LAST,
    WORKING_DAY_UNDEFINED,
    WRONG_KIND,
    left_out_words,
)
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.working_days import (
    add_working_days,
    bank_holidays_known,
    is_tribunal_working_day,
    is_working_day,
    next_after,
    same_or_next,
    working_days_between,
)

_ONE_DAY = timedelta(days=1)
_WITH_CALENDAR = frozenset({Unit.SCHOOL_DAYS, Unit.FEI_TERM_TIME_DAYS})


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period set running: `starts_on` is the trigger, `due_on` the last day in time.

    A date is None where it is not known; `missing` then names the school year without a calendar.
    """

    rule: Period
    starts_on: date
    first_counted_day: date | None
    last_day_of_period: date | None
    due_on: date | None
    calendar: SchoolCalendar | None
    missing: str | None
    trace: Trace

    def overdue_since(self, today: date) -> date | None:
        """Return the first day that was too late, None while `today` is in time or nothing is due.

        Source: the provision of the period (each is an outer limit).
        """
        if self.due_on is None or today <= self.due_on:
            return None
        return self.due_on + _ONE_DAY

    def days_used(self, today: date) -> int | None:
        """Return how many days of the period are gone, `today` included; None where not known.

        Days are those that the period counts; for weeks and months, days of the calendar.

        Source: the provision of the period.
        """
        first = self.first_counted_day
        if first is None:
            return None
        if self.rule.unit is Unit.WORKING_DAYS:
            return working_days_between(first - _ONE_DAY, today)
        if self.rule.unit not in _WITH_CALENDAR:
            return max(0, (today - first).days + 1)
        if self.calendar is None:
            return None
        try:
            return self.calendar.school_days_between(first - _ONE_DAY, today)
        except CalendarTooShort:
            return None

    def days_left(self, today: date) -> int | None:
        """Return how many days are left after `today`, none being 0; None where not known.

        Source: the provision of the period.
        """
        if self.rule.unit in _WITH_CALENDAR or self.rule.unit is Unit.WORKING_DAYS:
            used = self.days_used(today)
            if used is not None and self.rule.count is not None:
                return max(0, self.rule.count - used)
            return 0 if self.overdue_since(today) else None
        return None if self.due_on is None else max(0, (self.due_on - today).days)


def deadline(rule: Period, start: date, calendar: SchoolCalendar | None = None) -> Deadline:
    """Count `rule` from `start`, through `calendar` where school or term-time days are counted.

    Source: the provision of `rule`; S.I. 2021/401 reg. 2(4) and S.I. 2021/406 regs 10, 58 for the
    ends that move.
    """
    if rule.count is None:
        return _without_length(rule, start)
    trace = Trace()
    eve = _eve(rule, start)
    if rule.day_one is DayOne.TRIBUNAL:
        first = eve + _ONE_DAY
        trace = trace.step(
            "TRIBUNAL-DAY-1",
            TRIBUNAL_FIRST.fill(start=start, first=first),
            "S.I. 2021/406 regs 2(1), 58",
            {"order_on": start.isoformat(), "first": first.isoformat()},
        )
    if rule.unit in _WITH_CALENDAR:
        return _through_calendar(rule, start, eve, calendar, trace)
    first, last = _span(rule, eve)
    facts: dict[str, Fact] = {
        "trigger_on": start.isoformat(),
        "count": rule.count,
        "unit": rule.unit.value,
        "first_counted_day": first.isoformat(),
        "last_day_of_period": last.isoformat(),
    }
    wording = SPAN[rule.unit].fill(count=rule.count, start=start, first=first, last=last)
    trace = _doubted(rule, trace.step(rule.id, wording, rule.source, facts))
    due, trace = _end(rule, last, trace)
    trace = _bank_holidays_doubted(rule, start, due, trace)
    return Deadline(rule, start, first, last, due, None, None, trace)


def last_day_in_time(
    rule: Period, start: date, calendar: SchoolCalendar | None = None
) -> date | None:
    """Return the `due_on` of `deadline` alone, for a sweep over many tasks; None where not known.

    Source: the provision of `rule`.
    """
    if rule.count is None:
        return None
    eve = _eve(rule, start)
    if rule.unit not in _WITH_CALENDAR:
        return _due(rule, _span(rule, eve)[1])
    if calendar is None:
        return None
    try:
        return _due(rule, calendar.add_school_days(eve, rule.count))
    except CalendarTooShort:
        return None


def _eve(rule: Period, start: date) -> date:
    """Return the day before day 1 can be."""
    if rule.day_one is DayOne.TRIBUNAL:
        return next_after(start, is_tribunal_working_day) - _ONE_DAY
    return start - _ONE_DAY if rule.day_one is DayOne.SAME else start


def _due(rule: Period, last: date) -> date:
    """Return the last day in time of a period that ends on `last`."""
    if rule.ends is Ends.TRIBUNAL:
        return next_after(last, is_tribunal_working_day)
    return last if rule.ends is Ends.PLAIN else same_or_next(last, is_working_day)


def _span(rule: Period, eve: date) -> tuple[date, date]:
    """Return the first and the last day of a period that begins on the day after `eve`."""
    count = rule.count or 0
    first = eve + _ONE_DAY
    if rule.unit is Unit.WEEKS:
        return first, eve + timedelta(weeks=count)
    if rule.unit is Unit.MONTHS:
        return first, add_months(first, count) - _ONE_DAY
    return add_working_days(eve, 1), add_working_days(eve, count)


def add_months(start: date, months: int) -> date:
    """Return the same day `months` later; a day that the month has not is the first of the next.

    Source: 2018 Act s.23(2) (a period of months runs to the eve of the corresponding day).
    """
    year, month = divmod(start.month - 1 + months, 12)
    try:
        return start.replace(year=start.year + year, month=month + 1)
    except ValueError:
        return add_months(start.replace(day=1), months + 1)


def _end(rule: Period, last: date, trace: Trace) -> tuple[date, Trace]:
    due = _due(rule, last)
    if rule.ends is Ends.TRIBUNAL:
        because = TRIBUNAL_LAST.fill(last=last, due=due)
        facts: dict[str, Fact] = {
            "last_day_of_period": last.isoformat(),
            "due_date": due.isoformat(),
        }
        return due, trace.step(
            "TRIBUNAL-WORKING-DAY", because, "S.I. 2021/406 regs 2(1), 10", facts
        )
    if rule.ends is Ends.PLAIN:
        return last, trace
    if due != last:
        because = ROLLED.fill(last=last, due=due)
        trace = trace.step(
            "REG-2-4",
            because,
            "S.I. 2021/401 reg. 2(4)",
            {"last_day_of_period": last.isoformat(), "due_date": due.isoformat()},
        )
    other = same_or_next(last, is_tribunal_working_day)
    if other != due:
        trace = trace.doubt("working_day", WORKING_DAY_UNDEFINED.fill(due=due, other=other))
    return due, trace


def _through_calendar(
    rule: Period, start: date, eve: date, calendar: SchoolCalendar | None, trace: Trace
) -> Deadline:
    count = rule.count or 0
    first: date | None = None
    try:
        if calendar is None:
            raise CalendarTooShort(school_year(eve + _ONE_DAY))
        first = calendar.add_school_days(eve, 1)
        last = calendar.add_school_days(eve, count)
    except CalendarTooShort as short:
        return _without_date(rule, start, first, calendar, short.missing, trace)
    left_out = calendar.left_out(eve, last)
    because = COUNTED[rule.unit].fill(
        count=count,
        eve=eve,
        first=first,
        due=last,
        calendar=calendar.name,
        left_out=left_out_words(left_out),
    )
    facts: dict[str, Fact] = {
        "trigger_on": start.isoformat(),
        "first_counted_day": first.isoformat(),
        "count": count,
        "unit": rule.unit.value,
        "due_on": last.isoformat(),
        "calendar": calendar.name,
        **{f"left_out_{reason}": number for reason, number in left_out.items()},
    }
    trace = _doubted(rule, trace.step(rule.id, because, rule.source, facts))
    trace = _kind_doubted(rule, calendar, trace)
    due, trace = _end(rule, last, trace)
    return Deadline(rule, start, first, last, due, calendar, None, trace)


def _without_date(
    rule: Period,
    start: date,
    first: date | None,
    calendar: SchoolCalendar | None,
    missing: str,
    trace: Trace,
) -> Deadline:
    facts: dict[str, Fact] = {
        "trigger_on": start.isoformat(),
        "count": rule.count,
        "unit": rule.unit.value,
        "calendar": calendar.name if calendar else None,
        "missing_calendar": missing,
    }
    trace = trace.step(rule.id, NO_DATE.fill(year=missing), rule.source, facts)
    trace = _doubted(rule, trace.doubt("due_date", NOT_KNOWN.fill(year=missing)))
    return Deadline(rule, start, first, None, None, calendar, missing, trace)


def _without_length(rule: Period, start: date) -> Deadline:
    facts: dict[str, Fact] = {"trigger_on": start.isoformat(), "count": None}
    trace = Trace().step(rule.id, NO_LENGTH, rule.source, facts)
    return Deadline(rule, start, None, None, None, None, None, _doubted(rule, trace))


def _doubted(rule: Period, trace: Trace) -> Trace:
    return trace.doubt(rule.id, rule.doubt) if rule.doubt is not None else trace


def _kind_doubted(rule: Period, calendar: SchoolCalendar, trace: Trace) -> Trace:
    wanted = "fei" if rule.unit is Unit.FEI_TERM_TIME_DAYS else "school"
    if calendar.kind == wanted:
        return trace
    return trace.doubt("calendar", WRONG_KIND[wanted].fill(calendar=calendar.name))


def _bank_holidays_doubted(rule: Period, start: date, due: date, trace: Trace) -> Trace:
    uses = rule.unit is Unit.WORKING_DAYS or rule.ends is not Ends.PLAIN
    if not (uses or rule.day_one is DayOne.TRIBUNAL):
        return trace
    unknown = next((day for day in (start, due) if not bank_holidays_known(day)), None)
    if unknown is None:
        return trace
    return trace.doubt("bank_holidays", BANK_HOLIDAYS_UNKNOWN.fill(year=unknown.year))
