"""The inbox as the operator reads it: what came, what it did, and putting it to work again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.intake import RECEIVED, body_place
from mis_bridge.storage.sealing import SealBroken
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import Tenant


def events(
    session: Session,
    tenant: Tenant,
    *,
    connection_id: str | None = None,
    state: str | None = None,
) -> Iterator[InboxEventRow]:
    """Yield the tenant's events in the order in which they came."""
    chosen = select(InboxEventRow).where(tenant.owns(InboxEventRow))
    if connection_id is not None:
        chosen = chosen.where(InboxEventRow.connection_id == connection_id)
    if state is not None:
        chosen = chosen.where(InboxEventRow.state == state)
    yield from session.scalars(chosen.order_by(InboxEventRow.id).execution_options(yield_per=500))


def named(session: Session, tenant: Tenant, event_id: str) -> Sequence[InboxEventRow]:
    """Return the events of the tenant with this id: the first, and those that contradict it."""
    return session.scalars(
        select(InboxEventRow)
        .where(
            tenant.owns(InboxEventRow),
            or_(InboxEventRow.event_id == event_id, InboxEventRow.variant == event_id),
        )
        .order_by(InboxEventRow.id)
    ).all()


def body(session: Session, row: InboxEventRow) -> bytes:
    """Open the body of an event as it was received."""
    if row.sealed_body is None:
        return b""
    return keys_of(session).unseal(
        row.sealed_body, body_place(row.connection_id, row.event_id, row.variant)
    )


def is_whole(session: Session, row: InboxEventRow) -> bool:
    """Say whether the stored body is the one that was received."""
    try:
        return sha256(body(session, row)).hexdigest() == row.body_digest
    except SealBroken:
        return False


def put_back(row: InboxEventRow, *, at: datetime) -> None:
    """Let an event wait again, as if it had just come."""
    row.state, row.attempts, row.next_at = RECEIVED, 0, at
    row.fault, row.settled_at = None, None
    row.replays += 1


def park(row: InboxEventRow, why: str, *, at: datetime) -> None:
    """Take an event out of the work until a person puts it back."""
    row.state, row.fault, row.settled_at, row.next_at = "parked", why, at, None


def tasks_there(session: Session, tenant: Tenant, ids: Sequence[str]) -> set[str]:
    """Return which of these tasks exist."""
    return set(
        session.scalars(
            select(DecisionTaskRow.id).where(
                tenant.owns(DecisionTaskRow), DecisionTaskRow.id.in_(list(ids))
            )
        )
    )
