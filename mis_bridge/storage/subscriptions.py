"""Who is told of events, the events as they are told, and each one's way to each subscription."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, SessionTransaction

from mis_bridge.storage.tables.sending import (
    OutgoingDeliveryRow,
    OutgoingEventRow,
    SubscriptionRow,
)
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.storage.writing import Row, insert_ignoring

_KNOWN = "outgoing.interested"


class Interested(NamedTuple):
    """A subscription that may want an event; `types` is empty for every type."""

    id: str
    types: frozenset[str]
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Delivering:
    """One delivery with its event and its subscription."""

    delivery: OutgoingDeliveryRow
    event: OutgoingEventRow
    subscription: SubscriptionRow


def interested(session: Session, tenant: Tenant) -> Sequence[Interested]:
    """Return who is to be told of what happens in a school: asked for once in a transaction.

    A reading of 50,000 pupils tells of each of them, and mostly there is nobody to be told.
    """
    kept = session.info.get(_KNOWN)
    if not isinstance(kept, _Kept) or kept.transaction is not session.get_transaction():
        found = _interested(session, tenant)
        # Asked here, for it is the question that may have begun the transaction.
        session.info[_KNOWN] = _Kept(session.get_transaction(), {tenant.of_school: found})
        return found
    if tenant.of_school not in kept.by_school:
        kept.by_school[tenant.of_school] = _interested(session, tenant)
    return kept.by_school[tenant.of_school]


def forget_interested(session: Session) -> None:
    """Forget who is told, because this transaction has changed it."""
    session.info.pop(_KNOWN, None)


def keep_event(session: Session, row: Row) -> bool:
    """Keep an event to be told; False where it was kept before."""
    return insert_ignoring(session, OutgoingEventRow, row)


def keep_delivery(session: Session, row: Row) -> bool:
    """Keep that an event goes to a subscription; False where it does already."""
    return insert_ignoring(session, OutgoingDeliveryRow, row)


def add(session: Session, row: SubscriptionRow) -> None:
    """Keep a subscription."""
    session.add(row)
    session.flush()
    forget_interested(session)


def listed(session: Session, tenant: Tenant) -> Sequence[SubscriptionRow]:
    """Return the tenant's subscriptions; an authority sees those of its schools too."""
    return session.scalars(
        select(SubscriptionRow)
        .where(tenant.owns(SubscriptionRow))
        .order_by(SubscriptionRow.created_at, SubscriptionRow.id)
    ).all()


def by_id(session: Session, tenant: Tenant, subscription_id: str) -> SubscriptionRow | None:
    """Return one of the tenant's subscriptions."""
    return session.scalar(
        select(SubscriptionRow).where(
            tenant.owns(SubscriptionRow), SubscriptionRow.id == subscription_id
        )
    )


def of_anybody(session: Session, subscription_id: str) -> SubscriptionRow | None:
    """Return a subscription by its id, for the operator; its own columns say whose it is."""
    return session.scalar(
        select(SubscriptionRow)
        .where(SubscriptionRow.id == subscription_id)
        .execution_options(**system_wide("a subscription's id is what tells the operator whose"))
    )


def delivering(
    session: Session, tenant: Tenant, subscription_id: str, event_id: str
) -> Delivering | None:
    """Return one delivery of the tenant's."""
    row = session.execute(
        _deliveries(tenant, subscription_id)
        .where(OutgoingDeliveryRow.event_id == event_id)
        .execution_options(populate_existing=True)
    ).first()
    return Delivering(*row) if row is not None else None


def locked(
    session: Session, tenant: Tenant, subscription_id: str, event_id: str
) -> Delivering | None:
    """Return one delivery of the tenant's; until the end nobody else changes its subscription.

    The subscription is locked first, and weakly enough that events can be told meanwhile.
    """
    session.execute(
        select(SubscriptionRow.id)
        .where(SubscriptionRow.la == tenant.la, SubscriptionRow.id == subscription_id)
        .with_for_update(key_share=True)
    )
    return delivering(session, tenant, subscription_id, event_id)


def told(
    session: Session,
    tenant: Tenant,
    subscription_id: str,
    *,
    state: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Delivering]:
    """Return what went, or goes, to a subscription, the newest event first."""
    chosen = (
        _deliveries(tenant, subscription_id)
        .where(*_in_state(state))
        .order_by(OutgoingEventRow.occurred_at.desc(), OutgoingEventRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [Delivering(*row) for row in session.execute(chosen)]


def count_told(
    session: Session, tenant: Tenant, subscription_id: str, *, state: str | None = None
) -> int:
    """Return how many deliveries a subscription has in a state, or in any."""
    chosen = select(func.count(OutgoingDeliveryRow.event_id)).where(
        tenant.owns(OutgoingDeliveryRow),
        OutgoingDeliveryRow.subscription_id == subscription_id,
        *_in_state(state),
    )
    return session.scalar(chosen) or 0


def counts(session: Session, tenant: Tenant) -> dict[tuple[str, str], int]:
    """Return how many deliveries each of the tenant's subscriptions has in each state."""
    rows = session.execute(
        select(
            OutgoingDeliveryRow.subscription_id,
            OutgoingDeliveryRow.state,
            func.count(OutgoingDeliveryRow.event_id),
        )
        .where(tenant.owns(OutgoingDeliveryRow))
        .group_by(OutgoingDeliveryRow.subscription_id, OutgoingDeliveryRow.state)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def due(session: Session, now: datetime, limit: int) -> list[OutgoingDeliveryRow]:
    """Return deliveries that are due, or that nobody was asked to post, the oldest first.

    Those of a subscription that rests, or is paused, wait with it.
    """
    return list(
        session.scalars(
            select(OutgoingDeliveryRow)
            .join(SubscriptionRow, SubscriptionRow.id == OutgoingDeliveryRow.subscription_id)
            .where(
                OutgoingDeliveryRow.state == "waiting",
                or_(OutgoingDeliveryRow.next_at.is_(None), OutgoingDeliveryRow.next_at <= now),
                SubscriptionRow.state == "active",
                or_(SubscriptionRow.held_until.is_(None), SubscriptionRow.held_until <= now),
            )
            .order_by(OutgoingDeliveryRow.next_at.asc().nulls_first())
            .limit(limit)
            .execution_options(**system_wide("the sweep looks for deliveries of everybody"))
        )
    )


def cancel_waiting(session: Session, row: SubscriptionRow, *, at: datetime) -> None:
    """Let what still waits for a subscription go no further; it stays in the log."""
    session.execute(
        update(OutgoingDeliveryRow)
        .where(
            Tenant(row.la, row.school).owns(OutgoingDeliveryRow),
            OutgoingDeliveryRow.subscription_id == row.id,
            OutgoingDeliveryRow.state == "waiting",
        )
        .values(state="cancelled", next_at=None, settled_at=at)
        .execution_options(synchronize_session="fetch")
    )


def take(session: Session, keys: Iterable[tuple[str, str]]) -> Sequence[OutgoingDeliveryRow]:
    """Return deliveries by subscription and event, locked; others' sweeps pass them over."""
    return session.scalars(
        select(OutgoingDeliveryRow)
        .where(
            tuple_(OutgoingDeliveryRow.subscription_id, OutgoingDeliveryRow.event_id).in_(
                list(keys)
            )
        )
        .with_for_update(skip_locked=True)
        .execution_options(**system_wide("the sweep asks again for deliveries of everybody"))
    ).all()


@dataclass(frozen=True, slots=True)
class _Kept:
    transaction: SessionTransaction | None
    by_school: dict[str, Sequence[Interested]]


def _interested(session: Session, tenant: Tenant) -> Sequence[Interested]:
    rows = session.execute(
        select(SubscriptionRow.id, SubscriptionRow.types, SubscriptionRow.state).where(
            SubscriptionRow.la == tenant.la,
            or_(SubscriptionRow.school.is_(None), SubscriptionRow.school == tenant.of_school),
            SubscriptionRow.state.in_(("active", "paused")),
        )
    )
    return [Interested(row[0], frozenset(row[1]), row[2] == "paused") for row in rows]


def _deliveries(
    tenant: Tenant, subscription_id: str
) -> Select[OutgoingDeliveryRow, OutgoingEventRow, SubscriptionRow]:
    return (
        select(OutgoingDeliveryRow, OutgoingEventRow, SubscriptionRow)
        .join(OutgoingEventRow, OutgoingEventRow.id == OutgoingDeliveryRow.event_id)
        .join(SubscriptionRow, SubscriptionRow.id == OutgoingDeliveryRow.subscription_id)
        .where(
            tenant.owns(OutgoingDeliveryRow),
            tenant.owns(OutgoingEventRow),
            SubscriptionRow.la == tenant.la,
            OutgoingDeliveryRow.subscription_id == subscription_id,
        )
    )


def _in_state(state: str | None) -> list[ColumnElement[bool]]:
    return [OutgoingDeliveryRow.state == state] if state is not None else []
