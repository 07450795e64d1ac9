"""The work-load that facts and calendars would bring, by week and school: a what-if, no writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mis_bridge.domain.calendar import CalendarTooShort, SchoolCalendar, school_year
from mis_bridge.domain.clock_rules import PERIODS, Unit
from mis_bridge.domain.deadlines import add_months, last_day_in_time

_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_IN_SCHOOL_DAYS = frozenset({Unit.SCHOOL_DAYS, Unit.FEI_TERM_TIME_DAYS})


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One case: a school, the rule of its period (`SCH-35`), and the day that starts it."""

    school: str
    rule: str
    trigger_on: date


@dataclass(frozen=True, slots=True)
class Policy:
    """What is tried out. `target_school_days`: an aim earlier than the law's limit, None for none.

    `hours_a_case` is the work of one case; `hours_a_day` what the staff of one school can give on
    each school day, None where that is not looked at.
    """

    target_school_days: int | None = None
    hours_a_case: float = 6.0
    hours_a_day: float | None = None


@dataclass(slots=True)
class Week:
    """One school's week, from a Monday: cases begun, aimed at, due and open, and the hours.

    Without staff a case is taken to be open up to its last day. With staff `open` counts those with
    work left, and `late` those of them whose last day passed in this week; without, it is None.
    """

    school: str
    starts_on: date
    school_days: int = 0
    begun: int = 0
    aimed: int = 0
    due: int = 0
    open: int = 0
    hours_due: float = 0.0
    hours_given: float | None = None
    hours_left: float | None = None
    late: int | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """The weeks of every school; `undated` counts cases by (school, missing school year).

    `overdue` counts by school the cases that were late before the first day.
    """

    first: date
    last: date
    weeks: tuple[Week, ...]
    undated: Mapping[tuple[str, str], int]
    overdue: Mapping[str, int]


@dataclass(slots=True)
class _Job:
    begins_on: date
    aim_on: date
    due_on: date
    hours: float
    late: bool = False


def simulate(
    facts: Iterable[CaseFact],
    calendars: Mapping[str, SchoolCalendar],
    first: date,
    last: date,
    policy: Policy,
) -> Workload:
    """Lay the cases out over the weeks from `first` to `last`.

    Each case is due on the last day that its period gives on its school's calendar; a yearly review
    comes round again every twelve months. With staff, work is given to the case whose aim, or last
    day, is nearest, in the weeks in which the school meets. The same facts give the same answer.
    """
    jobs: dict[str, list[_Job]] = {school: [] for school in sorted(calendars)}
    undated: dict[tuple[str, str], int] = {}
    for fact in facts:
        calendar = calendars.get(fact.school)
        listed = jobs.setdefault(fact.school, [])
        for start in _starts(fact, last):
            due = last_day_in_time(PERIODS[fact.rule], start, calendar)
            if due is None:
                key = (fact.school, _missing(fact.rule, start, calendar))
                undated[key] = undated.get(key, 0) + 1
            elif start <= last and (due >= first or not _comes_round(fact.rule)):
                aim = _aim(fact, start, due, calendar, policy)
                listed.append(_Job(start, aim, due, policy.hours_a_case, late=due < first))
    overdue = {school: sum(job.late for job in held) for school, held in jobs.items()}
    weeks = [
        week
        for school in sorted(jobs)
        for week in _weeks(school, jobs[school], calendars.get(school), (first, last), policy)
    ]
    return Workload(first, last, tuple(weeks), dict(sorted(undated.items())), overdue)


def _starts(fact: CaseFact, last: date) -> Iterator[date]:
    """Yield the days that start the period: one, or for a review one a year."""
    yield fact.trigger_on
    if not _comes_round(fact.rule):
        return
    months, turn = PERIODS[fact.rule].count or 12, 1
    while (start := add_months(fact.trigger_on, months * turn)) <= last:
        yield start
        turn += 1


def _comes_round(rule: str) -> bool:
    return PERIODS[rule].unit is Unit.MONTHS


def _missing(rule: str, start: date, calendar: SchoolCalendar | None) -> str:
    stated = PERIODS[rule]
    if stated.count is None:
        return "period"
    if calendar is None:
        return school_year(start)
    try:
        calendar.add_school_days(start, stated.count)
    except CalendarTooShort as short:
        return short.missing
    return school_year(start)


def _aim(
    fact: CaseFact, start: date, due: date, calendar: SchoolCalendar | None, policy: Policy
) -> date:
    """Return the day aimed at: the target where it is earlier than the law's last day."""
    days = policy.target_school_days
    if days is None or calendar is None or PERIODS[fact.rule].unit not in _IN_SCHOOL_DAYS:
        return due
    try:
        return min(due, calendar.add_school_days(start, days))
    except CalendarTooShort:
        return due


def _weeks(
    school: str,
    jobs: Sequence[_Job],
    calendar: SchoolCalendar | None,
    span: tuple[date, date],
    policy: Policy,
) -> Iterator[Week]:
    first, last = span
    queue = sorted(jobs, key=lambda job: (job.aim_on, job.due_on, job.begins_on))
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        sunday = monday + _WEEK - _ONE_DAY
        within = (max(monday, first), min(sunday, last))
        week = Week(school, monday, _school_days(calendar, *within))
        week.begun = sum(within[0] <= job.begins_on <= within[1] for job in jobs)
        week.aimed = sum(within[0] <= job.aim_on <= within[1] for job in jobs)
        week.due = sum(within[0] <= job.due_on <= within[1] for job in jobs)
        week.hours_due = week.due * policy.hours_a_case
        _work(week, queue, calendar, within, policy)
        yield week
        monday += _WEEK


def _work(
    week: Week,
    queue: Sequence[_Job],
    calendar: SchoolCalendar | None,
    within: tuple[date, date],
    policy: Policy,
) -> None:
    """Give each school day's hours to the begun cases, the nearest aim first."""
    if policy.hours_a_day is None:
        week.open = sum(job.begins_on <= within[1] < job.due_on for job in queue)
        return
    week.late, week.hours_given = 0, 0.0
    waiting = [job for job in queue if job.begins_on <= within[1] and job.hours > 0]
    for day in _days(*within):
        hours = policy.hours_a_day if calendar and calendar.is_school_day(day) else 0.0
        for job in waiting:
            spent = min(job.hours, hours) if job.begins_on <= day else 0.0
            job.hours -= spent
            hours -= spent
            week.hours_given += spent
            if job.hours > 0 and job.due_on <= day and not job.late:
                job.late = True
                week.late += 1
    unfinished = [job for job in waiting if job.hours > 0]
    week.open, week.hours_left = len(unfinished), sum(job.hours for job in unfinished)


def _school_days(calendar: SchoolCalendar | None, first: date, last: date) -> int:
    return sum(calendar.is_school_day(day) for day in _days(first, last)) if calendar else 0


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
