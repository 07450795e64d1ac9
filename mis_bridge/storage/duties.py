"""The rows of tasks, decisions' triggers, notices and the outbox: written once, never twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.duties import (
    DecisionTaskRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
    TaskDateRow,
    TaskTriggerRow,
)
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import Row, insert_all, insert_ignoring


def note_trigger(session: Session, row: Row) -> bool:
    """Note a trigger of a duty towards a pupil; False where it was known."""
    return insert_ignoring(session, TaskTriggerRow, row)


def open_task(session: Session, row: Row) -> bool:
    """Open a task; False where the constraints say that one stands in its place."""
    return insert_ignoring(session, DecisionTaskRow, row)


def open_many(session: Session, triggers: Sequence[Row], tasks: Sequence[Row]) -> None:
    """Write triggers and tasks of pupils who are new; a constraint that one breaks fails all."""
    insert_all(session, TaskTriggerRow, triggers)
    insert_all(session, DecisionTaskRow, tasks)


def task_of_trigger(
    session: Session, tenant: Tenant, pupil_id: str, duty: str, trigger: str
) -> DecisionTaskRow | None:
    """Return the task that answers a trigger which was noted before."""
    return session.scalar(
        select(DecisionTaskRow)
        .join(TaskTriggerRow, TaskTriggerRow.task_id == DecisionTaskRow.id)
        .where(
            tenant.owns(DecisionTaskRow),
            tenant.owns(TaskTriggerRow),
            TaskTriggerRow.pupil_id == pupil_id,
            TaskTriggerRow.duty == duty,
            TaskTriggerRow.trigger == trigger,
        )
    )


def open_task_of(
    session: Session, tenant: Tenant, pupil_id: str, duty: str
) -> DecisionTaskRow | None:
    """Return the open task of a duty towards a pupil; there is one at most."""
    return session.scalar(
        select(DecisionTaskRow).where(
            tenant.owns(DecisionTaskRow),
            DecisionTaskRow.pupil_id == pupil_id,
            DecisionTaskRow.duty == duty,
            DecisionTaskRow.state == "open",
        )
    )


def point_trigger(
    session: Session, tenant: Tenant, key: tuple[str, str, str], task_id: str
) -> None:
    """Say which open task a further trigger was noted on; `key` is pupil, duty and trigger."""
    pupil_id, duty, trigger = key
    session.execute(
        update(TaskTriggerRow)
        .where(
            tenant.owns(TaskTriggerRow),
            TaskTriggerRow.pupil_id == pupil_id,
            TaskTriggerRow.duty == duty,
            TaskTriggerRow.trigger == trigger,
        )
        .values(task_id=task_id)
        .execution_options(synchronize_session=False)
    )


def move_due_date(
    session: Session, task: DecisionTaskRow, due_on: date | None, reason: str, *, at: datetime
) -> None:
    """Write down that a due date moves, with both dates; the caller then sets the task's own."""
    insert_all(
        session,
        TaskDateRow,
        [
            {
                "id": new_id(),
                "la": task.la,
                "school": task.school,
                "task_id": task.id,
                "due_before_on": task.due_on,
                "due_on": due_on,
                "calendar_version_id": task.calendar_version_id,
                "reason": reason,
                "moved_at": at,
            }
        ],
    )


def add_notice(
    session: Session, notice: Row, recipients: Sequence[Row], outbox: Sequence[Row]
) -> bool:
    """Add a notice with its people and messages; False where this occasion has its notice."""
    if not insert_ignoring(session, NoticeRow, notice):
        return False
    insert_all(session, NoticeRecipientRow, recipients)
    insert_all(session, OutboxRow, outbox)
    return True


def open_tasks_of(session: Session, tenant: Tenant, pupil_id: str) -> list[DecisionTaskRow]:
    """Return every open task about a pupil."""
    return list(
        session.scalars(
            select(DecisionTaskRow)
            .where(
                tenant.owns(DecisionTaskRow),
                DecisionTaskRow.pupil_id == pupil_id,
                DecisionTaskRow.state == "open",
            )
            .order_by(DecisionTaskRow.opened_at, DecisionTaskRow.id)
        )
    )


def with_days_to_confirm(session: Session, tenant: Tenant, pupil_ids: Collection[str]) -> set[str]:
    """Return those of the pupils who have an open task that stands on the day of receipt."""
    if not pupil_ids:
        return set()
    return set(
        session.scalars(
            select(DecisionTaskRow.pupil_id).where(
                tenant.owns(DecisionTaskRow),
                DecisionTaskRow.pupil_id.in_(list(pupil_ids)),
                DecisionTaskRow.state == "open",
                DecisionTaskRow.to_be_confirmed,
            )
        )
    )


def add_people(session: Session, recipients: Sequence[Row], outbox: Sequence[Row]) -> None:
    """Add people, with their messages, to a notice that is there."""
    insert_all(session, NoticeRecipientRow, recipients)
    insert_all(session, OutboxRow, outbox)


def open_tasks(session: Session, tenant: Tenant) -> list[DecisionTaskRow]:
    """Return every open task of the tenant; those that are dated come before the jobs about dates.

    A job to supply a calendar is looked at last, when it is known whether anybody waits for one.
    """
    return list(
        session.scalars(
            select(DecisionTaskRow)
            .where(tenant.owns(DecisionTaskRow), DecisionTaskRow.state == "open")
            .order_by(
                DecisionTaskRow.kind == "supply_calendar",
                DecisionTaskRow.opened_at,
                DecisionTaskRow.id,
            )
        )
    )


def calendar_asked_for(session: Session, tenant: Tenant, trigger: str) -> bool:
    """Say whether the school has an open job to supply this calendar, by whichever pupil."""
    found = session.scalar(
        select(DecisionTaskRow.id)
        .where(
            tenant.owns(DecisionTaskRow),
            DecisionTaskRow.trigger == trigger,
            DecisionTaskRow.kind == "supply_calendar",
            DecisionTaskRow.state == "open",
        )
        .limit(1)
    )
    return found is not None


def waits_for_calendar(session: Session, tenant: Tenant) -> bool:
    """Say whether a dated duty of the school still has no date for want of a calendar."""
    found = session.scalar(
        select(DecisionTaskRow.id)
        .where(
            tenant.owns(DecisionTaskRow),
            DecisionTaskRow.state == "open",
            DecisionTaskRow.kind != "supply_calendar",
            DecisionTaskRow.missing_calendar.is_not(None),
        )
        .limit(1)
    )
    return found is not None
