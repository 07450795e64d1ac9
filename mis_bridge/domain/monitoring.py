"""What was delivered against what was planned, week by week, and what reviews said of outcomes.

A week counts whole or not at all, and what does not count is named with its reason. A planned
figure is the source's own, else one that the plan's text states in one clear way; none is guessed.
Source: S.I. 2021/401 reg. 29(e) (the ALNCo monitors the effectiveness of the provision);
Additional Learning Needs and Education Tribunal (Wales) Act 2018 s. 23 (a plan is reviewed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, Literal

from mis_bridge.domain.calendar import SchoolCalendar, Span, school_year
from mis_bridge.domain.quantities import Quantity, Unit
from mis_bridge.domain.words import Words

Basis = Literal["source", "plan"]

SMALL_NUMBER: Final = 5
_WEEK: Final = timedelta(days=7)


class LeftOutWeek(StrEnum):
    """Why a week is not compared; the first that fits is the one given."""

    NO_CALENDAR = "no_calendar"
    NO_SCHOOL = "no_school"
    NOT_OVER = "not_over"
    BEFORE_START = "before_start"
    AFTER_END = "after_end"
    NOTHING_TOLD = "nothing_told"
    TOLD_IN_PART = "told_in_part"
    NOT_DELIVERED_FIGURE = "no_delivered_figure"
    PLANNED_IN_PART = "planned_in_part"
    NOT_STATED = "planned_not_stated"


WHY_LEFT_OUT: Final[Mapping[LeftOutWeek, Words]] = {
    LeftOutWeek.NO_CALENDAR: Words(
        "the calendar does not hold this week", "nid yw'r calendr yn cynnwys yr wythnos hon"
    ),
    LeftOutWeek.NO_SCHOOL: Words(
        "holiday: no school day in this week", "gwyliau: dim diwrnod ysgol yn yr wythnos hon"
    ),
    LeftOutWeek.NOT_OVER: Words("the week is not over yet", "nid yw'r wythnos ar ben eto"),
    LeftOutWeek.BEFORE_START: Words(
        "before the provision began, or in the week in which it began",
        "cyn i'r ddarpariaeth ddechrau, neu yn yr wythnos y dechreuodd",
    ),
    LeftOutWeek.AFTER_END: Words(
        "after the provision ended, or in the week in which it ended",
        "ar ôl i'r ddarpariaeth ddod i ben, neu yn yr wythnos y daeth i ben",
    ),
    LeftOutWeek.NOTHING_TOLD: Words(
        "the source tells nothing of this week: that is not the same as nothing delivered",
        "nid yw'r ffynhonnell yn dweud dim am yr wythnos hon: nid yw hynny'r un peth â dim a "
        "ddarparwyd",
    ),
    LeftOutWeek.TOLD_IN_PART: Words(
        "the file that told of this week ended before the week did",
        "daeth y ffeil a oedd yn sôn am yr wythnos hon i ben cyn yr wythnos",
    ),
    LeftOutWeek.NOT_DELIVERED_FIGURE: Words(
        "the source does not say how much was delivered",
        "nid yw'r ffynhonnell yn dweud faint a ddarparwyd",
    ),
    LeftOutWeek.PLANNED_IN_PART: Words(
        "the source says for a part of the week only what was planned",
        "dim ond ar gyfer rhan o'r wythnos y mae'r ffynhonnell yn dweud beth a gynlluniwyd",
    ),
    LeftOutWeek.NOT_STATED: Words(
        "neither the source nor the plan states what was planned",
        "nid yw'r ffynhonnell na'r cynllun yn nodi beth a gynlluniwyd",
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a source says of one provision, or of attendance, in one week."""

    week_on: date
    unit: Unit
    planned: int | None
    delivered: int | None
    until_on: date
    """The last day of which the source was heard: a week that goes on after it is told in part."""


@dataclass(frozen=True, slots=True)
class WeekFigure:
    """One week: what was planned and by whose word, what was delivered, or why it is left out."""

    week_on: date
    school_days: int
    planned: int | None
    delivered: int | None
    basis: Basis | None
    left_out: LeftOutWeek | None


@dataclass(frozen=True, slots=True)
class Course:
    """What is monitored: from when, until when, and what its own text states, if anything."""

    began_on: date | None = None
    ended_on: date | None = None
    stated: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Delivered against planned in one unit, over whole weeks. The sums are those of the weeks."""

    unit: Unit
    weeks: tuple[WeekFigure, ...]

    @property
    def counted(self) -> tuple[WeekFigure, ...]:
        """The weeks that are compared."""
        return tuple(week for week in self.weeks if week.left_out is None)

    @property
    def planned(self) -> int:
        """What was planned in the weeks that are compared."""
        return sum(week.planned or 0 for week in self.counted)

    @property
    def delivered(self) -> int:
        """What was delivered in the weeks that are compared."""
        return sum(week.delivered or 0 for week in self.counted)

    @property
    def percent(self) -> int | None:
        """Delivered of planned, in whole per cent; None where nothing was planned."""
        return percent_of(self.delivered, self.planned)

    @property
    def whole_weeks(self) -> int:
        """In how many of the weeks compared everything planned was delivered."""
        return sum((week.delivered or 0) >= (week.planned or 0) for week in self.counted)

    def left_out(self) -> tuple[tuple[LeftOutWeek, tuple[date, ...]], ...]:
        """Return the weeks that are not compared, by reason."""
        return tuple(
            (reason, mondays)
            for reason in LeftOutWeek
            if (mondays := tuple(w.week_on for w in self.weeks if w.left_out is reason))
        )

    def bases(self) -> tuple[Basis, ...]:
        """Return by whose word something was planned."""
        return tuple(sorted({week.basis for week in self.counted if week.basis is not None}))


def percent_of(part: int, whole: int) -> int | None:
    """Return `part` of `whole` in per cent, halves rounded up; None where there is no whole."""
    return None if whole <= 0 else (200 * part + whole) // (2 * whole)


def mondays_of(period: Span) -> tuple[date, ...]:
    """Return the Mondays of the weeks that a period touches."""
    first, last = period
    monday = first - timedelta(days=first.weekday())
    return tuple(
        monday + n * _WEEK for n in range(max(0, (last - monday).days // 7 + 1)) if last >= first
    )


def compare(
    told: Iterable[Told],
    course: Course,
    *,
    unit: Unit,
    period: Span,
    calendar: SchoolCalendar | None,
    today: date,
) -> Comparison:
    """Compare, week by week, what a source says was delivered with what was planned.

    Where several rows tell of one week they are added up; one that leaves out what was delivered,
    or some of what was planned, leaves the week out.

    Source: S.I. 2021/401 reg. 29(e); ALN Code for Wales 2021 23.37 (as reported).
    """
    ordered = sorted((row for row in told if row.unit == unit), key=lambda row: row.week_on)
    by_week = {week: list(rows) for week, rows in groupby(ordered, key=lambda row: row.week_on)}
    return Comparison(
        unit,
        tuple(
            _week(monday, by_week.get(monday, []), course, unit, calendar, today)
            for monday in mondays_of(period)
        ),
    )


def _week(
    monday: date,
    rows: Sequence[Told],
    course: Course,
    unit: Unit,
    calendar: SchoolCalendar | None,
    today: date,
) -> WeekFigure:
    days = school_days_of(monday, calendar)
    delivered = _sum([row.delivered for row in rows])
    planned, basis = _planned(rows, course.stated, unit, len(days or ()))
    why: LeftOutWeek | None = None
    if days is None:
        why = LeftOutWeek.NO_CALENDAR
    elif not days:
        why = LeftOutWeek.NO_SCHOOL
    elif days[-1] >= today:
        why = LeftOutWeek.NOT_OVER
    elif course.began_on is not None and days[0] < course.began_on:
        why = LeftOutWeek.BEFORE_START
    elif course.ended_on is not None and days[-1] > course.ended_on:
        why = LeftOutWeek.AFTER_END
    elif not rows:
        why = LeftOutWeek.NOTHING_TOLD
    elif any(row.until_on < days[-1] for row in rows):
        why = LeftOutWeek.TOLD_IN_PART
    elif delivered is None:
        why = LeftOutWeek.NOT_DELIVERED_FIGURE
    elif planned is None:
        partly = any(row.planned is not None for row in rows)
        why = LeftOutWeek.PLANNED_IN_PART if partly else LeftOutWeek.NOT_STATED
    return WeekFigure(
        monday, len(days or ()), planned, delivered, basis if why is None else None, why
    )


def school_days_of(monday: date, calendar: SchoolCalendar | None) -> tuple[date, ...] | None:
    """Return the school days of a week; None where the calendar does not hold its school year.

    Source: Education Act 1996 s.579(1).
    """
    if calendar is None:
        return None
    held = {school_year(day) for span in calendar.terms for day in span}
    days = tuple(monday + timedelta(days=n) for n in range(7))
    if school_year(monday) not in held and school_year(days[-1]) not in held:
        return None
    return tuple(day for day in days if calendar.is_school_day(day))


def _planned(
    rows: Sequence[Told], stated: Quantity | None, unit: Unit, school_days: int
) -> tuple[int | None, Basis | None]:
    """Return the source's own figure where it is whole, else the plan's."""
    own = _sum([row.planned for row in rows])
    if own is not None:
        return own, "source"
    of_plan = stated.planned(unit, school_days) if stated is not None else None
    return of_plan, None if of_plan is None else "plan"


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


def suppressed(count: int) -> int | None:
    """Return a count of pupils, None for one so small that it could point to a person.

    Nought is told: it points to nobody.
    """
    return count if count == 0 or count >= SMALL_NUMBER else None
