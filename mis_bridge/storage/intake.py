"""Receipts into the inbox, and the mark by which one drain at a time works on a connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from mis_bridge.storage.sealing import KeyRing, place
from mis_bridge.storage.tables.authorities import ConnectionRow, ConnectionSecretRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.storage.writing import insert_all_ignoring

RECEIVED, UNRECOGNISED, QUARANTINED = "received", "unrecognised", "quarantined"


@dataclass(frozen=True, slots=True)
class LiveSecret:
    """A webhook secret and the time in which it proves; the text is never shown."""

    id: str
    text: str = field(repr=False)
    valid_from: datetime
    valid_until: datetime | None

    def lives_at(self, now: datetime) -> bool:
        """Say whether the secret proves at `now`."""
        return self.valid_from <= now and (self.valid_until is None or now < self.valid_until)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one connection is posted to."""

    tenant: Tenant
    connection_id: str
    sender: str
    vendor_school: str | None
    accepts_full_records: bool
    secrets: tuple[LiveSecret, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Receipt:
    """One event on its way into the inbox; `sealed_body` is sealed for the first variant.

    `proved_by` is the secret whose use is to be written down with it.
    """

    tenant: Tenant
    connection_id: str
    event_id: str
    kind: str
    body: bytes
    sealed_body: bytes
    body_digest: str
    received_at: datetime
    state: str = RECEIVED
    fault: str | None = None
    record_id: str | None = None
    upn_hash: str | None = None
    occurred_at: datetime | None = None
    noticed_on: date | None = None
    headers_kept: dict[str, str] | None = None
    proved_by: str | None = None

    def __repr__(self) -> str:
        return f"Receipt(connection_id={self.connection_id!r}, event_id={self.event_id!r})"


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: drains to ask for, and events that contradict an older one."""

    drains: tuple[tuple[str, int], ...]
    conflicts: tuple[Receipt, ...]


def body_place(connection_id: str, event_id: str, variant: str = "") -> str:
    """Name the place that an inbox body is sealed for."""
    return place("inbox_events.sealed_body", connection_id, event_id, variant)


def endpoint(session: Session, sender: str, endpoint_id: str, keys: KeyRing) -> Endpoint | None:
    """Find the connection behind an address; None where there is none that takes posts."""
    found = session.scalar(
        select(ConnectionRow)
        .where(
            ConnectionRow.endpoint_id == endpoint_id,
            ConnectionRow.sender == sender,
            ConnectionRow.state.in_(("active", "failing")),
        )
        .execution_options(**system_wide("the address itself says whose the event is"))
    )
    if found is None:
        return None
    tenant = Tenant(found.la, found.school)
    secrets = session.scalars(
        select(ConnectionSecretRow)
        .where(tenant.owns(ConnectionSecretRow), ConnectionSecretRow.connection_id == found.id)
        .order_by(ConnectionSecretRow.valid_from.desc())
    )
    return Endpoint(
        tenant=tenant,
        connection_id=found.id,
        sender=found.sender,
        vendor_school=found.vendor_school,
        accepts_full_records=found.accepts_full_records,
        secrets=tuple(
            LiveSecret(
                secret.id,
                keys.unseal(
                    secret.sealed_secret, place("connection_secrets.sealed_secret", secret.id)
                ).decode(),
                secret.valid_from,
                secret.valid_until,
            )
            for secret in secrets
        ),
    )


def store(session: Session, receipts: Sequence[Receipt], keys: KeyRing) -> Stored:
    """Write a batch in as few statements as can be: all rows, then all marks.

    An id that is known stays as it is; the same id with another body is kept beside it, for a
    person, under its digest. Drains are returned for connections whose mark this batch turned on.
    """
    columns = [_columns(receipt) for receipt in receipts]
    inserted = insert_all_ignoring(session, InboxEventRow, columns)
    conflicts: tuple[Receipt, ...] = ()
    if inserted < len(receipts):
        conflicts = _contradicting(session, receipts)
        insert_all_ignoring(
            session, InboxEventRow, [_as_conflict(receipt, keys) for receipt in conflicts]
        )
    for receipt in receipts:
        if receipt.proved_by is not None:
            _note_use(session, receipt.proved_by, now=receipt.received_at)
    waiting = {receipt.connection_id for receipt in receipts if receipt.state == RECEIVED}
    return Stored(mark(session, waiting), conflicts)


def mark(session: Session, connection_ids: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Turn the drain's mark on where it is off; return those connections with their generation."""
    wanted = sorted(set(connection_ids))
    if not wanted:
        return ()
    marked = session.execute(
        update(ConnectionRow)
        .where(ConnectionRow.id.in_(wanted), ConnectionRow.draining.is_(False))
        .values(draining=True, generation=ConnectionRow.generation + 1)
        .returning(ConnectionRow.id, ConnectionRow.generation)
        .execution_options(
            synchronize_session=False, **system_wide("a drain's mark, by the connection's key")
        )
    )
    return tuple((found.id, found.generation) for found in marked)


def _note_use(session: Session, secret_id: str, *, now: datetime) -> None:
    """Remember when a secret last proved a delivery."""
    session.execute(
        update(ConnectionSecretRow)
        .where(ConnectionSecretRow.id == secret_id)
        .values(last_used_at=now)
        .execution_options(
            synchronize_session=False, **system_wide("a secret's use, by the secret's key")
        )
    )


def _contradicting(session: Session, receipts: Sequence[Receipt]) -> tuple[Receipt, ...]:
    known = {
        (row.connection_id, row.event_id): row.body_digest
        for row in session.execute(
            select(InboxEventRow.connection_id, InboxEventRow.event_id, InboxEventRow.body_digest)
            .where(
                tuple_(InboxEventRow.connection_id, InboxEventRow.event_id).in_(
                    [(receipt.connection_id, receipt.event_id) for receipt in receipts]
                ),
                InboxEventRow.variant == "",
            )
            .execution_options(**system_wide("events by their own key"))
        )
    }
    return tuple(
        receipt
        for receipt in receipts
        if known[receipt.connection_id, receipt.event_id] != receipt.body_digest
    )


def _columns(receipt: Receipt) -> dict[str, Any]:
    return {
        "la": receipt.tenant.la,
        "school": receipt.tenant.school,
        "connection_id": receipt.connection_id,
        "event_id": receipt.event_id,
        "variant": "",
        "kind": receipt.kind,
        "record_id": receipt.record_id,
        "upn_hash": receipt.upn_hash,
        "occurred_at": receipt.occurred_at,
        "noticed_on": receipt.noticed_on,
        "received_at": receipt.received_at,
        "sealed_body": receipt.sealed_body,
        "body_digest": receipt.body_digest,
        "headers_kept": receipt.headers_kept,
        "state": receipt.state,
        "fault": receipt.fault,
    }


def _as_conflict(receipt: Receipt, keys: KeyRing) -> dict[str, Any]:
    sealed = keys.seal(
        receipt.body, body_place(receipt.connection_id, receipt.event_id, receipt.body_digest)
    )
    return _columns(receipt) | {
        "variant": receipt.body_digest,
        "sealed_body": sealed,
        "state": QUARANTINED,
        "fault": "conflict",
    }
