"""How the open tasks of every school stand on a day: what the clock notes once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant, system_wide

SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DayCount:
    """Counts of one school's open tasks: late, due within a week, and with no date known."""

    tenant: Tenant
    overdue: int
    due_soon: int
    undated: int


def on(session: Session, day: date) -> list[DayCount]:
    """Return the schools with an open task that is late, soon due or without a date."""
    late = DecisionTaskRow.due_on < day
    soon = DecisionTaskRow.due_on.between(day, day + SOON)
    undated = DecisionTaskRow.due_on.is_(None)
    rows = session.execute(
        select(
            DecisionTaskRow.la,
            DecisionTaskRow.school,
            func.sum(case((late, 1), else_=0)),
            func.sum(case((soon, 1), else_=0)),
            func.sum(case((undated, 1), else_=0)),
        )
        .where(DecisionTaskRow.state == "open", late | soon | undated)
        .group_by(DecisionTaskRow.la, DecisionTaskRow.school)
        .order_by(DecisionTaskRow.la, DecisionTaskRow.school)
        .execution_options(**system_wide("the clock looks at every school once a day"))
    )
    return [
        DayCount(Tenant(la, school), int(overdue), int(due_soon), int(without))
        for la, school, overdue, due_soon, without in rows
    ]
