"""What people have typed in a plan and not saved yet: theirs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.plans import sealed
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.plans import PlanEditRow
from mis_bridge.storage.tenants import Tenant

_CHANGES = "plan_edits.sealed_changes"


@dataclass(frozen=True, slots=True, repr=False)
class Unsaved:
    """What somebody typed and has not saved: values by field, begun from `base_version`."""

    base_version: int
    changes: Mapping[str, Any]
    saved_at: datetime

    def __repr__(self) -> str:
        return f"Unsaved(base_version={self.base_version})"


def unsaved(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> Unsaved | None:
    """Return what a person has typed and not saved yet."""
    row = _edit(session, tenant, plan_id, person_id)
    if row is None:
        return None
    opened = keys_of(session).unseal_json(
        row.sealed_changes, place(_CHANGES, row.plan_id, row.person_id)
    )
    return Unsaved(row.base_version, opened if isinstance(opened, dict) else {}, row.saved_at)


def keep_unsaved(
    session: Session,
    tenant: Tenant,
    plan_id: str,
    person_id: str,
    base_version: int,
    changes: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Keep what a person is typing, in place of what was kept before."""
    kept = sealed(session, changes, _CHANGES, plan_id, person_id)
    row = _edit(session, tenant, plan_id, person_id)
    if row is None:
        row = PlanEditRow(
            la=tenant.la, school=tenant.of_school, plan_id=plan_id, person_id=person_id
        )
        session.add(row)
    row.base_version, row.sealed_changes, row.saved_at = base_version, kept, at
    session.flush()


def forget_unsaved(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> None:
    """Drop what was kept for a person: it is saved, or no longer wanted."""
    session.execute(
        delete(PlanEditRow)
        .where(
            tenant.owns(PlanEditRow),
            PlanEditRow.plan_id == plan_id,
            PlanEditRow.person_id == person_id,
        )
        .execution_options(synchronize_session="fetch")
    )


def editors(session: Session, tenant: Tenant, plan_id: str) -> Sequence[tuple[str, datetime]]:
    """Return who has unsaved changes, and since when they were last kept."""
    return [
        (row.person_id, row.saved_at)
        for row in session.scalars(
            select(PlanEditRow)
            .where(tenant.owns(PlanEditRow), PlanEditRow.plan_id == plan_id)
            .order_by(PlanEditRow.saved_at)
        )
    ]


def _edit(session: Session, tenant: Tenant, plan_id: str, person_id: str) -> PlanEditRow | None:
    return session.scalar(
        select(PlanEditRow).where(
            tenant.owns(PlanEditRow),
            PlanEditRow.plan_id == plan_id,
            PlanEditRow.person_id == person_id,
        )
    )
