"""What the list of tasks shows, to whom: every value on a page is on an allow-list by role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from mappings.canonical import to_pupil
from mis_bridge.domain.calendar import CalendarTooShort, SchoolCalendar
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import in_force
from mis_bridge.services.sessions import ALNCO, HEAD, LA_ADMIN, Visitor
from mis_bridge.services.task_labels import task_title
from mis_bridge.storage import lti_people, views_authority, views_pupils, views_tasks
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

PER_PAGE: Final = 50
_SEES_THE_SCHOOL: Final = frozenset({ALNCO, HEAD})


@dataclass(frozen=True, slots=True, repr=False)
class TaskLine:
    """One open task; `pupil_name` is None for somebody who may not see it.

    `school_days_left` is below nought when overdue, None where no date or no calendar is known.
    """

    task_id: str
    title: Words
    pupil_id: str
    pupil_name: str | None
    school: str
    due_on: date | None
    missing_calendar: str | None
    school_days_left: int | None
    overdue: bool
    to_be_confirmed: bool
    assigned_to: str | None

    def __repr__(self) -> str:
        return f"TaskLine(task_id={self.task_id!r})"


@dataclass(frozen=True, slots=True)
class TaskList:
    """The open tasks a visitor may see, in three groups, and where the list is paged."""

    without_calendar: tuple[TaskLine, ...]
    dated: tuple[TaskLine, ...]
    promptly: tuple[TaskLine, ...]
    total: int
    page: int
    pages: int
    only_own: bool


@dataclass(frozen=True, slots=True)
class Place:
    """The tenant as a heading names it."""

    name: Words
    code: str


def sees_the_school(visitor: Visitor) -> bool:
    """Say whether the visitor sees every task of the school, with names."""
    return bool(visitor.roles & _SEES_THE_SCHOOL)


def oversees(visitor: Visitor) -> bool:
    """Say whether the visitor sees a whole authority's tasks, without names."""
    return visitor.tenant.school is None and LA_ADMIN in visitor.roles


def assigned_only(visitor: Visitor) -> str | None:
    """Return the person whose tasks alone may be seen, None where all of the tenant's may."""
    return None if sees_the_school(visitor) or oversees(visitor) else visitor.person_id


def place_of(session: Session, tenant: Tenant) -> Place:
    """Return what the visitor's school or authority is called."""
    if tenant.school is None:
        authority = views_authority.authority(session, tenant.la)
        name, welsh = (authority.name, authority.name_cy) if authority else (tenant.la, None)
        return Place(Words(name, welsh or name), tenant.la)
    school = views_authority.school(session, tenant)
    name, welsh = (school.name, school.name_cy) if school else (tenant.school, None)
    return Place(Words(name, welsh or name), tenant.school)


def task_list(session: Session, visitor: Visitor, today: date, page: int) -> TaskList:
    """Return one page of the open tasks that the visitor may see."""
    only = assigned_only(visitor)
    total = views_tasks.count_open(session, visitor.tenant, assigned_to=only)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = views_tasks.open_tasks(
        session,
        visitor.tenant,
        assigned_to=only,
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )
    calendars: dict[str, SchoolCalendar | None] = {}
    names = lti_people.names_of(session, [t.assigned_to for t, _ in rows if t.assigned_to])
    lines: list[TaskLine] = []
    for task, pupil in rows:
        if task.school not in calendars:
            calendars[task.school] = calendar_of(session, Tenant(task.la, task.school))
        name = None if oversees(visitor) else pupil_name(session, pupil)
        assigned = names.get(task.assigned_to or "")
        lines.append(_line(task, name, assigned, calendars[task.school], today))
    return TaskList(
        without_calendar=tuple(line for line in lines if line.missing_calendar),
        dated=tuple(line for line in lines if line.due_on is not None),
        promptly=tuple(line for line in lines if line.due_on is None and not line.missing_calendar),
        total=total,
        page=page,
        pages=pages,
        only_own=only is not None,
    )


def line_of(session: Session, task: DecisionTaskRow, name: str | None, today: date) -> TaskLine:
    """Return one task as a line of a list."""
    calendar = calendar_of(session, Tenant(task.la, task.school))
    assigned = lti_people.names_of(session, [task.assigned_to]) if task.assigned_to else {}
    return _line(task, name, assigned.get(task.assigned_to or ""), calendar, today)


def pupil_of(session: Session, row: PupilRow) -> Pupil | None:
    """Return the canonical record of a pupil, None where it was erased."""
    stored = views_pupils.record(session, row)
    return to_pupil(stored) if stored is not None else None


def pupil_name(session: Session, row: PupilRow) -> str | None:
    """Return the name that the pupil is known by, None where it was erased or never supplied."""
    pupil = pupil_of(session, row)
    return (pupil.name.known_as or None) if pupil is not None else None


def calendar_of(session: Session, tenant: Tenant) -> SchoolCalendar | None:
    """Return the calendar that holds for a school, None where nobody has supplied one."""
    found = in_force(session, tenant)
    return found.calendar if found else None


def _line(
    task: DecisionTaskRow,
    name: str | None,
    assigned_to: str | None,
    calendar: SchoolCalendar | None,
    today: date,
) -> TaskLine:
    return TaskLine(
        task_id=task.id,
        title=task_title(task.kind),
        pupil_id=task.pupil_id,
        pupil_name=name,
        school=task.school,
        due_on=task.due_on,
        missing_calendar=task.missing_calendar,
        school_days_left=_days_left(task.due_on, calendar, today),
        overdue=task.due_on is not None and task.due_on < today,
        to_be_confirmed=task.to_be_confirmed,
        assigned_to=assigned_to,
    )


def _days_left(due_on: date | None, calendar: SchoolCalendar | None, today: date) -> int | None:
    """Count the school days from tomorrow to the due date; overdue ones count backwards."""
    if due_on is None or calendar is None:
        return None
    try:
        if due_on >= today:
            return calendar.school_days_between(today, due_on)
        return -calendar.school_days_between(due_on, today)
    except CalendarTooShort:
        return None
