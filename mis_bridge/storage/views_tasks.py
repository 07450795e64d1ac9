"""Tasks as the pages read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import CalendarVersionRow, SchoolRow
from mis_bridge.storage.tables.duties import (
    DecisionRow,
    DecisionTaskRow,
    NoticeRow,
    TaskDateRow,
)
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True)
class SchoolCount:
    """How a school's open tasks stand."""

    school: str
    name: str
    name_cy: str | None
    open: int
    overdue: int
    undated: int


def open_tasks(
    session: Session,
    tenant: Tenant,
    *,
    assigned_to: str | None,
    limit: int,
    offset: int,
) -> list[tuple[DecisionTaskRow, PupilRow]]:
    """Return open tasks with their pupils: those whose date is not known, by date, the others.

    `assigned_to` keeps to the tasks of one person; None is every task of the tenant.
    """
    rows = session.execute(
        select(DecisionTaskRow, PupilRow)
        .join(PupilRow, PupilRow.id == DecisionTaskRow.pupil_id)
        .where(tenant.owns(PupilRow), _open(tenant, assigned_to))
        .order_by(_group(), DecisionTaskRow.due_on, DecisionTaskRow.opened_on, DecisionTaskRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [(task, pupil) for task, pupil in rows]


def count_open(session: Session, tenant: Tenant, *, assigned_to: str | None) -> int:
    """Return how many tasks are open."""
    counted = session.scalar(
        select(func.count(DecisionTaskRow.id)).where(_open(tenant, assigned_to))
    )
    return counted or 0


def task(session: Session, tenant: Tenant, task_id: str) -> tuple[DecisionTaskRow, PupilRow] | None:
    """Return one task of the tenant with its pupil, whatever its state."""
    found = session.execute(
        select(DecisionTaskRow, PupilRow)
        .join(PupilRow, PupilRow.id == DecisionTaskRow.pupil_id)
        .where(tenant.owns(DecisionTaskRow), tenant.owns(PupilRow), DecisionTaskRow.id == task_id)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def tasks_of_pupil(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[DecisionTaskRow]:
    """Return a pupil's tasks, the open ones first."""
    return session.scalars(
        select(DecisionTaskRow)
        .where(tenant.owns(DecisionTaskRow), DecisionTaskRow.pupil_id == pupil_id)
        .order_by(DecisionTaskRow.state.desc(), DecisionTaskRow.opened_at, DecisionTaskRow.id)
    ).all()


def is_assigned(session: Session, tenant: Tenant, pupil_id: str, person_id: str) -> bool:
    """Say whether the person has an open task about the pupil."""
    found = session.scalar(
        select(DecisionTaskRow.id)
        .where(
            tenant.owns(DecisionTaskRow),
            DecisionTaskRow.pupil_id == pupil_id,
            DecisionTaskRow.assigned_to == person_id,
            DecisionTaskRow.state == "open",
        )
        .limit(1)
    )
    return found is not None


def dates_of(session: Session, tenant: Tenant, task_id: str) -> Sequence[TaskDateRow]:
    """Return how a task's due date moved, oldest first."""
    return session.scalars(
        select(TaskDateRow)
        .where(tenant.owns(TaskDateRow), TaskDateRow.task_id == task_id)
        .order_by(TaskDateRow.moved_at, TaskDateRow.id)
    ).all()


def decision_of(session: Session, tenant: Tenant, task_id: str) -> DecisionRow | None:
    """Return the decision that closed a task."""
    return session.scalar(
        select(DecisionRow).where(tenant.owns(DecisionRow), DecisionRow.task_id == task_id)
    )


def notices_of(session: Session, tenant: Tenant, task_id: str) -> Sequence[NoticeRow]:
    """Return the notices that a task gave rise to."""
    return session.scalars(
        select(NoticeRow)
        .where(tenant.owns(NoticeRow), NoticeRow.task_id == task_id)
        .order_by(NoticeRow.made_at, NoticeRow.id)
    ).all()


def calendar_name(session: Session, tenant: Tenant, version_id: str) -> str | None:
    """Return name and number of the calendar version that a date was counted on."""
    row = session.scalar(
        select(CalendarVersionRow).where(
            CalendarVersionRow.la == tenant.la, CalendarVersionRow.id == version_id
        )
    )
    return f"{row.name} v{row.number}" if row else None


def counts_by_school(session: Session, tenant: Tenant, today: date) -> list[SchoolCount]:
    """Return the open tasks of each school of an authority; no pupil is named."""
    open_ones = DecisionTaskRow.state == "open"
    rows = session.execute(
        select(
            SchoolRow.ref,
            SchoolRow.name,
            SchoolRow.name_cy,
            func.count(case((open_ones, 1))),
            func.count(case((open_ones & (DecisionTaskRow.due_on < today), 1))),
            func.count(case((open_ones & DecisionTaskRow.missing_calendar.is_not(None), 1))),
        )
        .outerjoin(
            DecisionTaskRow,
            (DecisionTaskRow.school == SchoolRow.ref) & (DecisionTaskRow.la == tenant.la),
        )
        .where(SchoolRow.la == tenant.la)
        .group_by(SchoolRow.ref, SchoolRow.name, SchoolRow.name_cy)
        .order_by(SchoolRow.name)
    )
    return [SchoolCount(*row) for row in rows]


def _open(tenant: Tenant, assigned_to: str | None) -> ColumnElement[bool]:
    wanted = tenant.owns(DecisionTaskRow) & (DecisionTaskRow.state == "open")
    return wanted if assigned_to is None else wanted & (DecisionTaskRow.assigned_to == assigned_to)


def _group() -> ColumnElement[int]:
    return case(
        (DecisionTaskRow.missing_calendar.is_not(None), 0),
        (DecisionTaskRow.due_on.is_not(None), 1),
        else_=2,
    )
