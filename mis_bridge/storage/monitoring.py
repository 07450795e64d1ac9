"""What sources say was delivered and attended, week by week, and to which plan it belongs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import SchoolRow
from mis_bridge.storage.tables.plans import (
    DeliveredProvisionRow,
    PlanActRow,
    PlanRow,
    ProvisionLinkRow,
)
from mis_bridge.storage.tenants import Tenant

_DETAIL = "delivered_provision.sealed_detail"
REVIEWS = ("revise", "keep_unrevised")


class Key(NamedTuple):
    """What a source's telling of one week is known by."""

    pupil_id: str
    measure: str
    reference: str
    week_on: date


@dataclass(frozen=True, slots=True, repr=False)
class WeekTold:
    """One week of one provision, or of attendance; `detail` holds its name and each day's part."""

    unit: str
    planned: int | None
    delivered: int | None
    until_on: date
    detail: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"WeekTold({self.unit}, {self.planned}, {self.delivered})"


class WeekRow(NamedTuple):
    """A stored week as it is counted."""

    pupil_id: str
    vendor: str
    measure: str
    reference: str
    week_on: date
    told_until_on: date
    unit: str
    planned: int | None
    delivered: int | None


def held(
    session: Session, tenant: Tenant, vendor: str, pupil_ids: Collection[str]
) -> dict[Key, DeliveredProvisionRow]:
    """Return what one vendor told of these pupils, by its key."""
    found: dict[Key, DeliveredProvisionRow] = {}
    ids = sorted(pupil_ids)
    for begin in range(0, len(ids), 500):
        rows = session.scalars(
            select(DeliveredProvisionRow).where(
                tenant.owns(DeliveredProvisionRow),
                DeliveredProvisionRow.vendor == vendor,
                DeliveredProvisionRow.pupil_id.in_(ids[begin : begin + 500]),
            )
        )
        found |= {Key(row.pupil_id, row.measure, row.reference, row.week_on): row for row in rows}
    return found


def detail(session: Session, row: DeliveredProvisionRow) -> dict[str, Any]:
    """Open what a row's days told, and what the source calls the provision."""
    if row.sealed_detail is None:
        return {}
    opened = keys_of(session).unseal_json(row.sealed_detail, place(_DETAIL, row.id))
    return opened if isinstance(opened, dict) else {}


def add(
    session: Session, tenant: Tenant, vendor: str, key: Key, told: WeekTold, *, at: datetime
) -> None:
    """Store a week that no source told of before."""
    row_id = new_id()
    session.add(
        DeliveredProvisionRow(
            id=row_id,
            la=tenant.la,
            school=tenant.of_school,
            pupil_id=key.pupil_id,
            vendor=vendor,
            measure=key.measure,
            reference=key.reference,
            week_on=key.week_on,
            told_until_on=told.until_on,
            sealed_detail=_sealed(session, row_id, told.detail),
            unit=told.unit,
            planned=told.planned,
            delivered=told.delivered,
            read_at=at,
        )
    )


def replace(session: Session, row: DeliveredProvisionRow, told: WeekTold, *, at: datetime) -> None:
    """Put what a source tells now in the place of what it told before."""
    row.unit, row.planned, row.delivered = told.unit, told.planned, told.delivered
    row.told_until_on = told.until_on
    row.sealed_detail = _sealed(session, row.id, told.detail)
    row.read_at = at


def of_pupil(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[DeliveredProvisionRow]:
    """Return every week that sources told of one pupil, in order."""
    return session.scalars(
        select(DeliveredProvisionRow)
        .where(tenant.owns(DeliveredProvisionRow), DeliveredProvisionRow.pupil_id == pupil_id)
        .order_by(
            DeliveredProvisionRow.vendor,
            DeliveredProvisionRow.reference,
            DeliveredProvisionRow.week_on,
        )
    ).all()


def weeks(session: Session, tenant: Tenant, first: date, last: date) -> Sequence[WeekRow]:
    """Return the weeks of all the tenant's pupils whose Monday lies in a period."""
    row = DeliveredProvisionRow
    return [
        WeekRow(*found)
        for found in session.execute(
            select(
                row.pupil_id, row.vendor, row.measure, row.reference, row.week_on,
                row.told_until_on, row.unit, row.planned, row.delivered,
            )
            .where(tenant.owns(row), row.week_on >= first, row.week_on <= last)
            .order_by(row.pupil_id, row.week_on, row.id)
        )
    ]  # fmt: skip


def links(
    session: Session, tenant: Tenant, plan_ids: Collection[str]
) -> Sequence[ProvisionLinkRow]:
    """Return what people have said belongs to these plans."""
    return session.scalars(
        select(ProvisionLinkRow)
        .where(tenant.owns(ProvisionLinkRow), ProvisionLinkRow.plan_id.in_(sorted(plan_ids)))
        .order_by(ProvisionLinkRow.vendor, ProvisionLinkRow.reference)
    ).all()


def links_of_school(session: Session, tenant: Tenant) -> Sequence[ProvisionLinkRow]:
    """Return what people have said belongs to any plan of the tenant."""
    return session.scalars(
        select(ProvisionLinkRow)
        .where(tenant.owns(ProvisionLinkRow))
        .order_by(ProvisionLinkRow.plan_id, ProvisionLinkRow.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Link:
    """A source's provision, and the place in the plan to which a person says it belongs."""

    vendor: str
    reference: str
    alp: str
    provision_digest: str


def link(session: Session, plan: PlanRow, chosen: Link, *, by: str, at: datetime) -> None:
    """Say to which of a plan's provisions one of a source belongs, whatever was said before."""
    unlink(session, plan, chosen.vendor, chosen.reference)
    session.add(
        ProvisionLinkRow(
            id=new_id(),
            la=plan.la,
            school=plan.school,
            plan_id=plan.id,
            pupil_id=plan.pupil_id,
            vendor=chosen.vendor,
            reference=chosen.reference,
            alp=chosen.alp,
            provision_digest=chosen.provision_digest,
            chosen_by=by,
            chosen_at=at,
        )
    )
    session.flush()


def unlink(session: Session, plan: PlanRow, vendor: str, reference: str) -> None:
    """Say that one of a source's provisions belongs to none of a plan's."""
    tenant = Tenant(plan.la, plan.school)
    session.execute(
        delete(ProvisionLinkRow)
        .where(
            tenant.owns(ProvisionLinkRow),
            ProvisionLinkRow.plan_id == plan.id,
            ProvisionLinkRow.vendor == vendor,
            ProvisionLinkRow.reference == reference,
        )
        .execution_options(synchronize_session="fetch")
    )


def reviews(
    session: Session, tenant: Tenant, first: date, last: date
) -> Sequence[tuple[str, PlanActRow]]:
    """Return the reviews of a period with the pupil of each, the earliest first."""
    rows = session.execute(
        select(PlanRow.pupil_id, PlanActRow)
        .join(PlanRow, PlanRow.id == PlanActRow.plan_id)
        .where(
            tenant.owns(PlanRow),
            tenant.owns(PlanActRow),
            PlanActRow.act.in_(REVIEWS),
            PlanActRow.done_on >= first,
            PlanActRow.done_on <= last,
        )
        .order_by(PlanActRow.done_on, PlanActRow.done_at, PlanActRow.id)
    )
    return [(pupil_id, act) for pupil_id, act in rows]


def schools(session: Session, tenant: Tenant) -> Sequence[SchoolRow]:
    """Return the schools of the tenant's authority, by name."""
    return session.scalars(
        select(SchoolRow).where(SchoolRow.la == tenant.la).order_by(SchoolRow.name, SchoolRow.ref)
    ).all()


def _sealed(session: Session, row_id: str, told: Mapping[str, Any]) -> bytes:
    return keys_of(session).seal_json(dict(told), place(_DETAIL, row_id))
