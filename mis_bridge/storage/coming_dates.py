"""Open tasks and plans by the date that is coming to them, where somebody is to be told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from mis_bridge.storage.plans import ENDED
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tables.sending import SubscriptionRow
from mis_bridge.storage.tenants import Tenant, system_wide


class Coming(NamedTuple):
    """A task or a plan of a pupil, its school, and the date."""

    id: str
    school: str
    pupil_id: str
    on: date


def subscribed(session: Session) -> list[Tenant]:
    """Return the authorities and schools for which somebody has subscribed, none twice."""
    rows = session.execute(
        select(SubscriptionRow.la, SubscriptionRow.school)
        .where(SubscriptionRow.state.in_(("active", "paused")))
        .distinct()
        .order_by(SubscriptionRow.la, SubscriptionRow.school)
        .execution_options(**system_wide("the clock tells everybody's subscribers of the day"))
    ).all()
    whole = {row.la for row in rows if row.school is None}
    return [Tenant(row.la, row.school) for row in rows if row.school is None or row.la not in whole]


def tasks_due(session: Session, tenant: Tenant, until: date) -> Sequence[Coming]:
    """Return open tasks whose last day in time is `until` or before."""
    rows = session.execute(
        select(
            DecisionTaskRow.id,
            DecisionTaskRow.school,
            DecisionTaskRow.pupil_id,
            DecisionTaskRow.due_on,
        )
        .where(
            tenant.owns(DecisionTaskRow),
            DecisionTaskRow.state == "open",
            DecisionTaskRow.due_on <= until,
        )
        .order_by(DecisionTaskRow.due_on, DecisionTaskRow.id)
    )
    return _coming(rows)


def reviews_due(session: Session, tenant: Tenant, until: date) -> Sequence[Coming]:
    """Return plans in force that have to be reviewed by `until` or before."""
    rows = session.execute(
        select(PlanRow.id, PlanRow.school, PlanRow.pupil_id, PlanRow.review_by_on)
        .where(
            tenant.owns(PlanRow),
            PlanRow.status.not_in(ENDED),
            PlanRow.review_by_on <= until,
        )
        .order_by(PlanRow.review_by_on, PlanRow.id)
    )
    return _coming(rows)


def _coming(rows: Iterable[Row[str, str, str, date | None]]) -> list[Coming]:
    return [Coming(id_, school, pupil, on) for id_, school, pupil, on in rows if on is not None]
