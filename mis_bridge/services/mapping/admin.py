"""The life of a mapping document: published by two people, rolled back by one, all audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mappings.language import MappingDocument, read_document, shipped
from mappings.lint import lint_text
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import audit, mapping_log
from mis_bridge.storage.tables.authorities import MappingVersionRow
from mis_bridge.storage.tenants import Tenant


class ApprovalMissing(Problem):
    """A mapping that reaches statutory clocks needs a second person."""


class NothingToRollBack(Problem):
    """No version is in force, so none can be taken back."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document to publish: for a whole authority, or for one of its connections."""

    text: str
    name: str
    by: str
    approved_by: str | None
    connection_id: str | None = None
    note: str | None = None


def publish(
    session: Session, tenant: Tenant, proposal: Proposal, now: datetime
) -> MappingVersionRow:
    """Put a document in force for the next reading; what was read before keeps its version.

    Raises `MappingRefused` for a document with errors, and `ApprovalMissing` where nobody but the
    proposer has looked at it.
    """
    document = read_document(proposal.text, proposal.name)
    approver = (proposal.approved_by or "").strip()
    if not approver or approver.casefold() == proposal.by.strip().casefold():
        raise ApprovalMissing(_TWO_PEOPLE)
    row = MappingVersionRow(
        scope=proposal.connection_id or document.vendor,
        connection_id=proposal.connection_id,
        vendor=document.vendor,
        document=proposal.text,
        digest=document.digest,
        note=proposal.note,
        proposed_by=proposal.by,
        proposed_at=now,
        approved_by=approver,
        published_at=now,
    )
    published = mapping_log.publish(session, tenant, row)
    _note(session, tenant, published, "mapping_published", proposal.by, now)
    return published


def roll_back(
    session: Session, tenant: Tenant, scope: str, *, by: str, now: datetime
) -> MappingVersionRow | None:
    """Put the version before the present one in force again, as a new version.

    Returns it, or None where the shipped document is what was in force before. The next reading
    maps every record anew, because the digest differs. Raises `NothingToRollBack`.
    """
    history = mapping_log.versions(session, tenant, scope)
    present = next((row for row in reversed(history) if row.state == "published"), None)
    if present is None:
        raise NothingToRollBack(_NOTHING.fill(scope=scope))
    before = _before(history, present)
    _note(session, tenant, present, "mapping_rolled_back", by, now)
    if before is None:
        mapping_log.retire(session, tenant, scope)
        return None
    again = MappingVersionRow(
        scope=scope,
        connection_id=before.connection_id,
        vendor=before.vendor,
        document=before.document,
        digest=before.digest,
        note=f"rollback of {present.number} to {before.number}",
        proposed_by=by,
        proposed_at=now,
        approved_by=before.approved_by,
        published_at=now,
    )
    return mapping_log.publish(session, tenant, again)


def in_force(session: Session, tenant: Tenant, scope: str, vendor: str) -> MappingDocument:
    """Return the document that a scope is read with now."""
    for row in reversed(mapping_log.versions(session, tenant, scope)):
        if row.state == "published":
            return read_document(row.document, f"{scope} {row.number}")
    return shipped(vendor)


def faults(text: str, name: str) -> list[Words]:
    """Return what lint finds in a document, as sentences."""
    return [finding.sentence for finding in lint_text(text, name)]


def _before(
    history: list[MappingVersionRow], present: MappingVersionRow
) -> MappingVersionRow | None:
    """Return the version that stood before the present text was first put in force."""
    origin = next(row for row in history if row.digest == present.digest)
    earlier = [row for row in history if row.number < origin.number]
    return earlier[-1] if earlier else None


def _note(
    session: Session, tenant: Tenant, row: MappingVersionRow, action: str, by: str, now: datetime
) -> None:
    facts: dict[str, audit.Fact] = {"scope": row.scope, "number": row.number, "digest": row.digest}
    facts["approved_by"] = row.approved_by
    audit.append(
        session, tenant, [audit.AuditEntry(by, action, f"mapping:{row.scope}", facts)], now
    )


_TWO_PEOPLE = Words(
    "a mapping reaches statutory dates, so a second person must approve it: give --approved-by "
    "with somebody else's name",
    "mae mapio'n effeithio ar ddyddiadau statudol, felly rhaid i ail berson ei gymeradwyo: "
    "rhowch --approved-by gydag enw rhywun arall",
)
_NOTHING = Words(
    "no mapping is published for {scope}, so there is nothing to roll back",
    "nid oes mapiad wedi'i gyhoeddi ar gyfer {scope}, felly nid oes dim i'w ddadwneud",
)
