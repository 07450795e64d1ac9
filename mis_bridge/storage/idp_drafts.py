"""Draft plans kept for a school: one a plan of a source, its content sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.register import IdpDraftRow, PupilRow, PupilSourceRow
from mis_bridge.storage.tenants import Tenant

_COLUMN = "idp_drafts.sealed_content"


@dataclass(frozen=True, slots=True, repr=False)
class NewDraft:
    """A draft to keep; `gaps` are the keys of its gaps, `digest` that of what it was made of."""

    vendor: str
    plan_id: str
    pupil_id: str | None
    form_id: str
    content: Mapping[str, Any]
    gaps: Sequence[str]
    digest: str
    id: str = field(default_factory=new_id)

    def __repr__(self) -> str:
        return f"NewDraft(plan_id={self.plan_id!r})"


def of_plan(session: Session, tenant: Tenant, vendor: str, plan_id: str) -> IdpDraftRow | None:
    """Return the draft that is kept for a plan of a source, None where there is none."""
    return session.scalar(
        select(IdpDraftRow).where(
            tenant.owns(IdpDraftRow), IdpDraftRow.vendor == vendor, IdpDraftRow.plan_id == plan_id
        )
    )


def of_plans(
    session: Session, tenant: Tenant, plan_ids: Collection[str]
) -> dict[tuple[str, str], IdpDraftRow]:
    """Return the drafts that are kept for any of these plans, by source and plan."""
    rows = session.scalars(
        select(IdpDraftRow).where(tenant.owns(IdpDraftRow), IdpDraftRow.plan_id.in_(plan_ids))
    )
    return {(row.vendor, row.plan_id): row for row in rows}


def listed(session: Session, tenant: Tenant) -> Sequence[IdpDraftRow]:
    """Return every draft of the tenant, by plan."""
    return session.scalars(
        select(IdpDraftRow)
        .where(tenant.owns(IdpDraftRow))
        .order_by(IdpDraftRow.school, IdpDraftRow.vendor, IdpDraftRow.plan_id)
    ).all()


def add(session: Session, tenant: Tenant, draft: NewDraft, *, by: str, at: datetime) -> None:
    """Keep a draft for a plan that has none yet."""
    session.add(
        IdpDraftRow(
            id=draft.id,
            la=tenant.la,
            school=tenant.of_school,
            pupil_id=draft.pupil_id,
            vendor=draft.vendor,
            plan_id=draft.plan_id,
            form_id=draft.form_id,
            status="draft",
            sealed_content=_sealed(session, draft.id, draft.content),
            gaps=list(draft.gaps),
            source_digest=draft.digest,
            created_at=at,
            changed_at=at,
            changed_by=by,
        )
    )


def make_anew(
    session: Session, row: IdpDraftRow, draft: NewDraft, *, by: str, at: datetime
) -> None:
    """Put a draft made anew in the place of one that is kept."""
    row.pupil_id, row.form_id = draft.pupil_id, draft.form_id
    row.sealed_content = _sealed(session, row.id, draft.content)
    row.gaps, row.source_digest = list(draft.gaps), draft.digest
    row.version += 1
    row.changed_at, row.changed_by = at, by


def pupil_with_upn(session: Session, tenant: Tenant, upn_hash: str) -> PupilRow | None:
    """Return the one pupil of the school with that valid UPN, None where there is no such one."""
    found = session.scalars(
        select(PupilRow).where(
            tenant.owns(PupilRow), PupilRow.upn_hash == upn_hash, PupilRow.upn_status == "valid"
        )
    ).all()
    return found[0] if len(found) == 1 else None


def pupil_with_record(
    session: Session, tenant: Tenant, record_id: str, born_on: date
) -> PupilRow | None:
    """Return the one pupil of the school who has that record id and that date of birth."""
    found = session.scalars(
        select(PupilRow)
        .join(PupilSourceRow, PupilSourceRow.pupil_id == PupilRow.id)
        .where(
            tenant.owns(PupilRow),
            tenant.owns(PupilSourceRow),
            PupilSourceRow.record_id == record_id,
            PupilRow.born_on == born_on,
        )
        .distinct()
    ).all()
    return found[0] if len(found) == 1 else None


def _sealed(session: Session, draft_id: str, content: Mapping[str, Any]) -> bytes:
    return keys_of(session).seal_json(dict(content), place(_COLUMN, draft_id))
