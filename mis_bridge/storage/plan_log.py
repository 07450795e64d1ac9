"""What was done to plans, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.plans import sealed
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.plans import PlanActRow, PlanRow
from mis_bridge.storage.tenants import Tenant

_NOTE = "plan_acts.sealed_note"


@dataclass(frozen=True, slots=True, repr=False)
class Done:
    """One thing done to a plan. `facts` holds ids, codes and dates; `note` a person's words."""

    act: str
    before: str
    on: date
    facts: Mapping[str, object]
    note: Mapping[str, object] | None = None

    def __repr__(self) -> str:
        return f"Done(act={self.act!r})"


def note_act(session: Session, row: PlanRow, done: Done, *, by: str, at: datetime) -> str:
    """Keep what was done to a plan, which stands as it is after it; returns the act's id."""
    act_id = new_id()
    session.add(
        PlanActRow(
            id=act_id,
            la=row.la,
            school=row.school,
            plan_id=row.id,
            act=done.act,
            from_status=done.before,
            to_status=row.status,
            edition=row.edition,
            done_on=done.on,
            done_by=by,
            done_at=at,
            sealed_note=sealed(session, done.note, _NOTE, act_id) if done.note else None,
            facts=dict(done.facts),
        )
    )
    session.flush()
    return act_id


def acts(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanActRow]:
    """Return what was done to a plan, in order."""
    return session.scalars(
        select(PlanActRow)
        .where(tenant.owns(PlanActRow), PlanActRow.plan_id == plan_id)
        .order_by(PlanActRow.done_at, PlanActRow.id)
    ).all()


def note_of(session: Session, row: PlanActRow) -> dict[str, Any]:
    """Open what a person wrote about an act; empty where nobody did."""
    if row.sealed_note is None:
        return {}
    opened = keys_of(session).unseal_json(row.sealed_note, place(_NOTE, row.id))
    return opened if isinstance(opened, dict) else {}
