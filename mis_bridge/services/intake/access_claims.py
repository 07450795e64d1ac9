"""Unsigned notices about a school's approval: claims, until the source bears them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from json import loads

from sqlalchemy.orm import Session

from adapters.base import VendorClient, VendorRefused
from mis_bridge.domain.secrets import Secret
from mis_bridge.services.intake.sources import OpenSource
from mis_bridge.storage import connections
from webhooks.base import VendorEvent

NOT_CONFIRMED = "claim_not_confirmed"
FOR_A_PERSON = "claim_for_a_person"
CONFIRMED, WITHDRAWN = "access_confirmed", "access_withdrawn"
_APPROVED, _MIGRATION = "schoolApproved", "schoolMigration"


@dataclass(frozen=True, slots=True)
class ClaimSettled:
    """What the source says of a claim: an `effect`, or the `fault` for which a person is asked."""

    effect: str | None = None
    fault: str | None = None
    token: Secret | None = field(default=None)
    vendor_school: str | None = None


def settle_claim(source: OpenSource, event: VendorEvent) -> ClaimSettled:
    """Ask the source whether the claim holds; nothing is stored here. May raise VendorUnavailable.

    An approval is asked about with the token and for the school that it brings, a withdrawal with
    our own. A change of system is for a person: the mapping may have to change with it.
    """
    notice = event.changed[0] if event.changed and event.school_ref is not None else None
    if notice == _MIGRATION:
        return ClaimSettled(fault=FOR_A_PERSON)
    if notice == _APPROVED:
        return _approval(source, event)
    client = source.client()
    if client is None:
        return ClaimSettled(fault=FOR_A_PERSON)
    lets_us_in = _lets_us_in(client)
    if notice is None:
        return ClaimSettled(effect=CONFIRMED if lets_us_in else WITHDRAWN)
    return ClaimSettled(fault=NOT_CONFIRMED) if lets_us_in else ClaimSettled(effect=WITHDRAWN)


def apply_claim(session: Session, connection_id: str, claim: ClaimSettled) -> tuple[str, ...]:
    """Let a claim that holds have its effect on the connection."""
    if claim.effect is None:
        return ()
    row = connections.by_id(session, connection_id)
    if claim.effect == WITHDRAWN:
        row.state, row.fault = "revoked", WITHDRAWN
    else:
        row.state, row.fault, row.failing_since = "active", None, None
        if claim.token:
            connections.set_token(session, row, claim.token)
            row.vendor_school = claim.vendor_school
    session.flush()
    return (claim.effect,)


def _approval(source: OpenSource, event: VendorEvent) -> ClaimSettled:
    body = loads(event.body)
    token, school = body.get("school_token"), event.school_ref
    if not isinstance(token, str) or not token or school is None:
        return ClaimSettled(fault=NOT_CONFIRMED)
    client = source.client_with(token, school)
    if client is None or not _lets_us_in(client):
        return ClaimSettled(fault=NOT_CONFIRMED)
    return ClaimSettled(effect=CONFIRMED, token=Secret(token), vendor_school=school)


def _lets_us_in(client: VendorClient) -> bool:
    try:
        findings = client.check()
    except VendorRefused:
        return False
    return all(finding.ok for finding in findings if finding.name == "token")
