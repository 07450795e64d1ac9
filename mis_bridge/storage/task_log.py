"""Tasks as the operator and the proof of a replay read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.duties import DecisionTaskRow, TaskDateRow, TaskTriggerRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant


def tasks(session: Session, tenant: Tenant, state: str | None = None) -> Iterator[DecisionTaskRow]:
    """Yield the tenant's tasks, oldest first."""
    chosen = select(DecisionTaskRow).where(tenant.owns(DecisionTaskRow))
    if state is not None:
        chosen = chosen.where(DecisionTaskRow.state == state)
    yield from session.scalars(
        chosen.order_by(
            DecisionTaskRow.school, DecisionTaskRow.opened_at, DecisionTaskRow.id
        ).execution_options(yield_per=500)
    )


def task(session: Session, tenant: Tenant, task_id: str) -> DecisionTaskRow | None:
    """Return one task of the tenant."""
    return session.scalar(
        select(DecisionTaskRow).where(tenant.owns(DecisionTaskRow), DecisionTaskRow.id == task_id)
    )


def records(session: Session, tenant: Tenant) -> dict[str, tuple[str, str]]:
    """Return, by pupil, the vendor and the vendor's key: who is meant, without a name."""
    rows = session.execute(
        select(PupilRow.id, PupilRow.vendor, PupilRow.record_id).where(tenant.owns(PupilRow))
    )
    return {row.id: (row.vendor, row.record_id) for row in rows}


def triggers(session: Session, tenant: Tenant, task_id: str) -> Sequence[TaskTriggerRow]:
    """Return every trigger that was noted on a task."""
    return session.scalars(
        select(TaskTriggerRow)
        .where(tenant.owns(TaskTriggerRow), TaskTriggerRow.task_id == task_id)
        .order_by(TaskTriggerRow.noted_at, TaskTriggerRow.trigger)
    ).all()


def dates(session: Session, tenant: Tenant, task_id: str) -> Sequence[TaskDateRow]:
    """Return how a task's date moved."""
    return session.scalars(
        select(TaskDateRow)
        .where(tenant.owns(TaskDateRow), TaskDateRow.task_id == task_id)
        .order_by(TaskDateRow.moved_at, TaskDateRow.id)
    ).all()


def counted_at(session: Session, row: DecisionTaskRow) -> datetime:
    """Return when a task's date was counted last."""
    moved = session.scalar(
        select(func.max(TaskDateRow.moved_at)).where(
            Tenant(row.la, row.school).owns(TaskDateRow), TaskDateRow.task_id == row.id
        )
    )
    return moved or row.opened_at


def twice_open(session: Session, tenant: Tenant) -> list[tuple[str, str]]:
    """Return pupils and duties with more than one open task; the schema allows none."""
    rows = session.execute(
        select(DecisionTaskRow.pupil_id, DecisionTaskRow.duty)
        .where(tenant.owns(DecisionTaskRow), DecisionTaskRow.state == "open")
        .group_by(DecisionTaskRow.pupil_id, DecisionTaskRow.duty)
        .having(func.count() > 1)
    )
    return [(row.pupil_id, row.duty) for row in rows]
