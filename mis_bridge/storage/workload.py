"""Open tasks as plain rows, for whatever looks at all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import CalendarVersionRow
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant, system_wide


class OpenTask(NamedTuple):
    """One open task: whose, by which rule, since when, and the date on file."""

    la: str
    school: str
    rule: str
    trigger_on: date
    due_on: date | None


_COLUMNS = (
    DecisionTaskRow.la,
    DecisionTaskRow.school,
    DecisionTaskRow.rule,
    DecisionTaskRow.trigger_on,
    DecisionTaskRow.due_on,
)
EVERY_OPEN_TASK = (
    select(*_COLUMNS)
    .where(DecisionTaskRow.state == "open")
    .execution_options(**system_wide("the sweep looks at every open task once a day"))
)


def open_tasks(session: Session, tenant: Tenant) -> list[OpenTask]:
    """Return the tenant's open tasks, school by school, the earliest trigger first."""
    rows = session.execute(
        select(*_COLUMNS)
        .where(tenant.owns(DecisionTaskRow), DecisionTaskRow.state == "open")
        .order_by(DecisionTaskRow.school, DecisionTaskRow.trigger_on, DecisionTaskRow.id)
    )
    return [OpenTask(*row) for row in rows]


def every_open_task(session: Session) -> Iterable[tuple[str, str, str, date, date | None]]:
    """Return every open task of every tenant, its columns in the order of `OpenTask`."""
    return session.execute(EVERY_OPEN_TASK)


def newest_calendars(session: Session) -> dict[str, CalendarVersionRow]:
    """Return the newest version of every owner: an authority's code, or a school's reference."""
    rows = session.scalars(
        select(CalendarVersionRow)
        .order_by(CalendarVersionRow.number)
        .execution_options(**system_wide("the sweep counts on every calendar in force"))
    )
    return {row.owner: row for row in rows}
