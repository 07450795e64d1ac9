"""The inbox as work: what waits on a connection, who works on it, and what became of each event."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.intake import RECEIVED, body_place
from mis_bridge.storage.sealing import KeyRing, SealBroken
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tables.register import PupilSourceRow
from mis_bridge.storage.tenants import Tenant, system_wide

_BY_KEY = system_wide("a drain works on one connection, by its key")
_CLOCK = system_wide("the clock looks for connections that wait")


@dataclass(frozen=True, slots=True, repr=False)
class WaitingEvent:
    """One event that waits, with its body opened; None where the body does not open."""

    id: int
    event_id: str
    kind: str
    record_id: str | None
    occurred_at: datetime | None
    noticed_on: date | None
    received_at: datetime
    attempts: int
    body: bytes | None

    def __repr__(self) -> str:
        return f"WaitingEvent({self.id})"


@dataclass(frozen=True, slots=True)
class Settling:
    """What became of one event: its state, and for one that waits on, when it is due again."""

    id: int
    state: str
    fault: str | None = None
    effects: tuple[str, ...] = ()
    next_at: datetime | None = None


def hold_mark(session: Session, connection_id: str, generation: int, *, now: datetime) -> bool:
    """Lock the connection for this transaction; False where another drain has its mark by now.

    It is the first statement of every step of a drain: what is read after it stays true.
    """
    held = session.scalar(
        update(ConnectionRow)
        .where(
            ConnectionRow.id == connection_id,
            ConnectionRow.generation == generation,
            ConnectionRow.draining.is_(True),
        )
        .values(last_event_at=now)
        .returning(ConnectionRow.id)
        .execution_options(synchronize_session=False, **_BY_KEY)
    )
    return held is not None


def take_mark_off(session: Session, connection_id: str) -> None:
    """Say that nobody drains the connection."""
    session.execute(
        update(ConnectionRow)
        .where(ConnectionRow.id == connection_id)
        .values(draining=False)
        .execution_options(synchronize_session=False, **_BY_KEY)
    )


def due_ids(session: Session, connection_id: str, *, now: datetime, at_most: int) -> list[int]:
    """Return the oldest events of the connection that are due."""
    return list(
        session.scalars(
            select(InboxEventRow.id)
            .where(InboxEventRow.connection_id == connection_id, *_is_due(now))
            .order_by(InboxEventRow.id)
            .limit(at_most)
            .execution_options(**_BY_KEY)
        )
    )


def next_due_at(session: Session, connection_id: str) -> datetime | None:
    """Return when the next event of the connection, put off until then, is due."""
    return session.scalar(
        select(func.min(InboxEventRow.next_at))
        .where(InboxEventRow.connection_id == connection_id, InboxEventRow.state == RECEIVED)
        .execution_options(**_BY_KEY)
    )


def still_waiting(session: Session, tenant: Tenant, ids: Collection[int]) -> list[WaitingEvent]:
    """Return those of `ids` that nobody has settled since, in the order in which they came."""
    ring = keys_of(session)
    rows = session.scalars(
        select(InboxEventRow)
        .where(
            tenant.owns(InboxEventRow),
            InboxEventRow.id.in_(list(ids)),
            InboxEventRow.state == RECEIVED,
        )
        .order_by(InboxEventRow.id)
    )
    return [
        WaitingEvent(
            id=row.id,
            event_id=row.event_id,
            kind=row.kind,
            record_id=row.record_id,
            occurred_at=row.occurred_at,
            noticed_on=row.noticed_on,
            received_at=row.received_at,
            attempts=row.attempts,
            body=_opened(ring, row),
        )
        for row in rows
    ]


def digests_held(
    session: Session, tenant: Tenant, vendor: str, record_ids: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Return, of live records that the register took, the digests of record and mapping."""
    if not record_ids:
        return {}
    rows = session.execute(
        select(
            PupilSourceRow.record_id, PupilSourceRow.raw_digest, PupilSourceRow.mapping_digest
        ).where(
            tenant.owns(PupilSourceRow),
            PupilSourceRow.vendor == vendor,
            PupilSourceRow.record_id.in_(list(record_ids)),
            PupilSourceRow.deleted_at.is_(None),
        )
    )
    return {row.record_id: (row.raw_digest, row.mapping_digest) for row in rows}


def _opened(ring: KeyRing, row: InboxEventRow) -> bytes | None:
    if row.sealed_body is None:
        return None
    try:
        return ring.unseal(
            row.sealed_body, body_place(row.connection_id, row.event_id, row.variant)
        )
    except SealBroken:
        # One body that does not open must not stop the connection: a person sees this event.
        return None


def settle(session: Session, settlings: Sequence[Settling], *, now: datetime) -> None:
    """Write what became of the events; an event settled meanwhile is left as it is."""
    if not settlings:
        return
    table: Any = InboxEventRow.__table__
    session.connection().execute(
        table.update()
        .where(table.c.id == bindparam("row"), table.c.state == RECEIVED)
        .values(
            state=bindparam("to_state"),
            fault=bindparam("to_fault"),
            effects=bindparam("to_effects"),
            next_at=bindparam("to_next_at"),
            settled_at=bindparam("to_settled_at"),
            attempts=table.c.attempts + 1,
        ),
        [
            {
                "row": one.id,
                "to_state": one.state,
                "to_fault": one.fault,
                "to_effects": list(one.effects),
                "to_next_at": one.next_at,
                "to_settled_at": None if one.state == RECEIVED else now,
            }
            for one in settlings
        ],
    )


def unmarked(session: Session, *, now: datetime) -> list[str]:
    """Return the connections on which events are due and which nobody drains."""
    return list(
        session.scalars(
            select(ConnectionRow.id)
            .where(
                ConnectionRow.draining.is_(False),
                select(InboxEventRow.id)
                .where(InboxEventRow.connection_id == ConnectionRow.id, *_is_due(now))
                .exists(),
            )
            .order_by(ConnectionRow.id)
            .execution_options(**_CLOCK)
        )
    )


def marked(session: Session) -> list[tuple[str, int]]:
    """Return the connections that bear the mark, with its generation."""
    rows = session.execute(
        select(ConnectionRow.id, ConnectionRow.generation)
        .where(ConnectionRow.draining.is_(True))
        .order_by(ConnectionRow.id)
        .execution_options(**_CLOCK)
    )
    return [(row.id, row.generation) for row in rows]


def renew_mark(session: Session, connection_id: str, generation: int) -> int | None:
    """Give the mark of a drain that ended without taking it off to a new one; return its number."""
    return session.scalar(
        update(ConnectionRow)
        .where(
            ConnectionRow.id == connection_id,
            ConnectionRow.generation == generation,
            ConnectionRow.draining.is_(True),
        )
        .values(generation=ConnectionRow.generation + 1)
        .returning(ConnectionRow.generation)
        .execution_options(synchronize_session=False, **_CLOCK)
    )


def _is_due(now: datetime) -> tuple[Any, ...]:
    return (
        InboxEventRow.state == RECEIVED,
        or_(InboxEventRow.next_at.is_(None), InboxEventRow.next_at <= now),
    )
