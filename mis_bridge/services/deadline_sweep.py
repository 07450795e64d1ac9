"""The daily look at every open task: how each stands today, and whether its date still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.deadlines import last_day_in_time
from mis_bridge.services.calendars import read_version
from mis_bridge.storage.workload import every_open_task, newest_calendars

SOON = timedelta(days=7)

CalendarOf = Callable[[str, str], SchoolCalendar | None]
Task = tuple[str, str, str, date, date | None]


@dataclass(slots=True)
class Standing:
    """How the open tasks of one school stand.

    `undated` have a period and no date; `moved` have a date on file that the calendar in force does
    not give any more: whoever imported it must be told.
    """

    la: str
    school: str
    in_time: int = 0
    due_soon: int = 0
    overdue: int = 0
    undated: int = 0
    moved: int = 0

    @property
    def is_pressing(self) -> bool:
        """Say whether anything is late, soon due, without its date, or wrongly dated."""
        return bool(self.overdue or self.due_soon or self.undated or self.moved)


def sweep(session: Session, today: date) -> list[Standing]:
    """Evaluate every open task that a period dates, school by school."""
    return standings(every_open_task(session), _calendars(session), today)


def standings(tasks: Iterable[Task], calendar_of: CalendarOf, today: date) -> list[Standing]:
    """Evaluate tasks against the calendars in force.

    The same day of the same rule is counted once for all schools that share a calendar.
    """
    found: dict[str, tuple[Standing, Dues]] = {}
    shared: dict[int, Dues] = {}
    soon = today + SOON
    for la, school, rule, trigger_on, due_on in tasks:
        held = found.get(school)
        if held is None:
            calendar = calendar_of(la, school)
            dues = shared.setdefault(id(calendar), Dues(calendar))
            held = found[school] = (Standing(la, school), dues)
        standing, dues = held
        try:
            due = dues[rule, trigger_on]
        except KeyError:
            continue  # a rule without a period: the law sets that task no date
        if due != due_on:
            standing.moved += 1
        if due_on is None:
            standing.undated += 1
        elif due_on > soon:
            standing.in_time += 1
        elif due_on < today:
            standing.overdue += 1
        else:
            standing.due_soon += 1
    return [found[school][0] for school in sorted(found)]


class Dues(dict[tuple[str, date], date | None]):
    """The last day in time by rule and trigger on one calendar, counted when first asked for."""

    def __init__(self, calendar: SchoolCalendar | None) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, key: tuple[str, date]) -> date | None:
        rule, trigger_on = key
        due = self[key] = last_day_in_time(PERIODS[rule], trigger_on, self._calendar)
        return due


def _calendars(session: Session) -> CalendarOf:
    newest = newest_calendars(session)
    read: dict[str, SchoolCalendar] = {}

    def calendar_of(la: str, school: str) -> SchoolCalendar | None:
        row = newest.get(school) or newest.get(la)
        if row is None:
            return None
        if row.id not in read:
            read[row.id] = read_version(row, newest.get(la))
        return read[row.id]

    return calendar_of
