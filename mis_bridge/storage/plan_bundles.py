"""Bundles that were made of plans, and bundles that were taken in as plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.plans import PlanBundleRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import insert_ignoring

OUT, IN = "out", "in"


@dataclass(frozen=True, slots=True)
class NewBundle:
    """A bundle to record: of which plan and edition, to or from whom, and by which right."""

    plan_id: str
    direction: str
    edition: int
    other_body: str
    lawful_basis: str
    consent: str
    key_id: str
    digest: str


def add(session: Session, tenant: Tenant, new: NewBundle, *, by: str, at: datetime) -> bool:
    """Record a bundle; False where the school has this very one on record already."""
    return insert_ignoring(
        session,
        PlanBundleRow,
        {
            "id": new_id(),
            "la": tenant.la,
            "school": tenant.of_school,
            "plan_id": new.plan_id,
            "direction": new.direction,
            "edition": new.edition,
            "other_body": new.other_body,
            "lawful_basis": new.lawful_basis,
            "consent": new.consent,
            "key_id": new.key_id,
            "digest": new.digest,
            "recorded_by": by,
            "recorded_at": at,
        },
    )


def of_plan(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanBundleRow]:
    """Return the bundles of a plan, the newest first."""
    return session.scalars(
        select(PlanBundleRow)
        .where(tenant.owns(PlanBundleRow), PlanBundleRow.plan_id == plan_id)
        .order_by(PlanBundleRow.recorded_at.desc(), PlanBundleRow.id)
    ).all()


def taken_in(session: Session, tenant: Tenant, digest: str) -> PlanBundleRow | None:
    """Return the record of a bundle that the school has taken in, by its digest."""
    return session.scalar(
        select(PlanBundleRow).where(
            tenant.owns(PlanBundleRow),
            PlanBundleRow.direction == IN,
            PlanBundleRow.digest == digest,
        )
    )


def pupils_born_on(session: Session, tenant: Tenant, day: date) -> Sequence[PupilRow]:
    """Return the pupils on a school's roll who were born on a day."""
    return session.scalars(
        select(PupilRow)
        .where(tenant.owns(PupilRow), PupilRow.born_on == day, PupilRow.state == "current")
        .order_by(PupilRow.id)
    ).all()
