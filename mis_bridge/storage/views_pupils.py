"""A pupil as the pages read them: the canonical record, the register's history, the drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import NoticeRow
from mis_bridge.storage.tables.register import (
    IdpDraftRow,
    PupilRow,
    PupilSourceRow,
    RegisterEntryRow,
)
from mis_bridge.storage.tenants import Tenant


def pupil(session: Session, tenant: Tenant, pupil_id: str) -> PupilRow | None:
    """Return a pupil of the tenant."""
    return session.scalar(select(PupilRow).where(tenant.owns(PupilRow), PupilRow.id == pupil_id))


def record(session: Session, row: PupilRow) -> dict[str, Any] | None:
    """Open the canonical record of a pupil; None where it was erased."""
    if row.sealed_record is None:
        return None
    opened = keys_of(session).unseal_json(row.sealed_record, place("pupils.sealed_record", row.id))
    return opened if isinstance(opened, dict) else None


def entries(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[RegisterEntryRow]:
    """Return what the register said of a pupil, newest first."""
    return session.scalars(
        select(RegisterEntryRow)
        .where(tenant.owns(RegisterEntryRow), RegisterEntryRow.pupil_id == pupil_id)
        .order_by(RegisterEntryRow.recorded_at.desc(), RegisterEntryRow.id.desc())
    ).all()


def sources(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[PupilSourceRow]:
    """Return the records of vendors that tell of a pupil."""
    return session.scalars(
        select(PupilSourceRow)
        .where(tenant.owns(PupilSourceRow), PupilSourceRow.pupil_id == pupil_id)
        .order_by(PupilSourceRow.vendor, PupilSourceRow.record_id)
    ).all()


def drafts(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[IdpDraftRow]:
    """Return a pupil's draft plans, newest first."""
    return session.scalars(
        select(IdpDraftRow)
        .where(tenant.owns(IdpDraftRow), IdpDraftRow.pupil_id == pupil_id)
        .order_by(IdpDraftRow.changed_at.desc(), IdpDraftRow.id)
    ).all()


def draft(session: Session, tenant: Tenant, draft_id: str) -> IdpDraftRow | None:
    """Return one draft plan of the tenant."""
    return session.scalar(
        select(IdpDraftRow).where(tenant.owns(IdpDraftRow), IdpDraftRow.id == draft_id)
    )


def draft_content(session: Session, row: IdpDraftRow) -> dict[str, Any]:
    """Open the content of a draft plan."""
    opened = keys_of(session).unseal_json(
        row.sealed_content, place("idp_drafts.sealed_content", row.id)
    )
    return opened if isinstance(opened, dict) else {}


def notices(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[NoticeRow]:
    """Return the notices about a pupil, newest first."""
    return session.scalars(
        select(NoticeRow)
        .where(tenant.owns(NoticeRow), NoticeRow.pupil_id == pupil_id)
        .order_by(NoticeRow.made_at.desc(), NoticeRow.id)
    ).all()
