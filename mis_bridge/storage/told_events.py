"""What others were told: shown to the person it is about, destroyed with them, gone in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.sending import (
    OutgoingDeliveryRow,
    OutgoingEventRow,
    SubscriptionRow,
)
from mis_bridge.storage.tenants import Tenant, system_wide


def told_of_pupil(session: Session, tenant: Tenant, pupil_id: str) -> list[dict[str, Any]]:
    """Return what others were told of a pupil: the event, who was told, and what for."""
    rows = session.execute(
        select(OutgoingEventRow, OutgoingDeliveryRow, SubscriptionRow)
        .join(OutgoingDeliveryRow, OutgoingDeliveryRow.event_id == OutgoingEventRow.id)
        .join(SubscriptionRow, SubscriptionRow.id == OutgoingDeliveryRow.subscription_id)
        .where(
            _about(tenant, pupil_id),
            tenant.owns(OutgoingDeliveryRow),
            SubscriptionRow.la == tenant.la,
        )
        .order_by(OutgoingEventRow.occurred_at, OutgoingEventRow.id)
    )
    return [
        {
            "type": event.type,
            "occurred_at": event.occurred_at.isoformat(),
            "facts": event.facts,
            "owner": subscription.owner,
            "purpose": subscription.purpose,
            "state": delivery.state,
        }
        for event, delivery, subscription in rows
    ]


def erase_told(session: Session, tenant: Tenant, pupil_id: str) -> int:
    """Delete the events about a pupil, whether they were told or still wait; how many."""
    events = session.scalars(select(OutgoingEventRow.id).where(_about(tenant, pupil_id))).all()
    if events:
        session.execute(
            delete(OutgoingDeliveryRow)
            .where(tenant.owns(OutgoingDeliveryRow), OutgoingDeliveryRow.event_id.in_(events))
            .execution_options(synchronize_session=False)
        )
        session.execute(
            delete(OutgoingEventRow)
            .where(tenant.owns(OutgoingEventRow), OutgoingEventRow.id.in_(events))
            .execution_options(synchronize_session=False)
        )
    return len(events)


def purge(session: Session, before: datetime, limit: int) -> int:
    """Remove events from before `before` that wait for nobody; how many."""
    waiting = exists().where(
        OutgoingDeliveryRow.event_id == OutgoingEventRow.id,
        OutgoingDeliveryRow.state == "waiting",
    )
    old = session.scalars(
        select(OutgoingEventRow.id)
        .where(OutgoingEventRow.occurred_at < before, ~waiting)
        .limit(limit)
        .execution_options(**_PURGE)
    ).all()
    if old:
        session.execute(
            delete(OutgoingDeliveryRow)
            .where(OutgoingDeliveryRow.event_id.in_(old))
            .execution_options(synchronize_session=False, **_PURGE)
        )
        session.execute(
            delete(OutgoingEventRow)
            .where(OutgoingEventRow.id.in_(old))
            .execution_options(synchronize_session=False, **_PURGE)
        )
    return len(old)


def _about(tenant: Tenant, pupil_id: str) -> ColumnElement[bool]:
    of_pupil: ColumnElement[bool] = OutgoingEventRow.facts["pupil_id"].as_string() == pupil_id
    return tenant.owns(OutgoingEventRow) & of_pupil


_PURGE = system_wide("old events are removed for everybody")
