"""The inbox: what a proven event becomes, and how it gets in with the work that it causes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from mis_bridge.services.ports import DRAIN, Jobs
from mis_bridge.storage import intake
from mis_bridge.storage.intake import Endpoint, Receipt
from mis_bridge.storage.sealing import KeyRing
from webhooks.base import VendorEvent

OTHER_SCHOOL = "other_school"
RECORD_NOT_ACCEPTED = "record_not_accepted"


def receipt(
    endpoint: Endpoint,
    event: VendorEvent,
    *,
    keys: KeyRing,
    now: datetime,
    proved_by: str | None = None,
) -> Receipt:
    """Decide what `event` is to the endpoint's connection: work, or something for a person.

    An unknown type is `unrecognised`. An event about a school that is not the endpoint's, or one
    that brings a record to a connection which takes none, is `quarantined` with the reason.
    `proved_by` is the id of the secret, where its use is worth writing down.
    """
    state, fault = _standing(endpoint, event)
    return Receipt(
        tenant=endpoint.tenant,
        connection_id=endpoint.connection_id,
        event_id=event.event_id,
        kind=event.kind,
        body=event.body,
        sealed_body=keys.seal(
            event.body, intake.body_place(endpoint.connection_id, event.event_id)
        ),
        body_digest=sha256(event.body).hexdigest(),
        received_at=now,
        state=state,
        fault=fault,
        record_id=event.record_id,
        occurred_at=event.occurred_at,
        noticed_on=event.noticed_on,
        proved_by=proved_by,
    )


def accept(
    session: Session, receipts: Sequence[Receipt], *, keys: KeyRing, jobs: Jobs
) -> tuple[Receipt, ...]:
    """Put `receipts` into the inbox and ask for the drains they cause, all in this transaction.

    Returns the receipts that contradict an older one of the same id; they wait for a person.
    """
    stored = intake.store(session, receipts, keys)
    for connection_id, generation in stored.drains:
        ask_for_drain(session, jobs, connection_id, generation)
    return stored.conflicts


def ask_for_drain(session: Session, jobs: Jobs, connection_id: str, generation: int) -> None:
    """Ask for the drain that holds a connection's mark under `generation`."""
    jobs.enqueue(
        session,
        DRAIN,
        drain_key(connection_id, generation),
        {"connection_id": connection_id, "generation": generation},
    )


def drain_key(connection_id: str, generation: int) -> str:
    """Return the business key of one drain."""
    return f"drain:{connection_id}:{generation}"


def _standing(endpoint: Endpoint, event: VendorEvent) -> tuple[str, str | None]:
    if not event.recognised:
        return intake.UNRECOGNISED, None
    if event.school is not None and event.school != endpoint.tenant.school:
        return intake.QUARANTINED, OTHER_SCHOOL
    if event.school_ref not in {None, endpoint.vendor_school or event.school_ref}:
        # A connection that does not know its vendor's school yet learns it from a claim that holds.
        return intake.QUARANTINED, OTHER_SCHOOL
    if event.record is not None and not endpoint.accepts_full_records:
        return intake.QUARANTINED, RECORD_NOT_ACCEPTED
    return intake.RECEIVED, None
