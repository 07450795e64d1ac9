"""The rows of what people recorded for routing; nothing is overwritten, only withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.register import RoutingFactRow
from mis_bridge.storage.tenants import Tenant

_COLUMN = "routing_facts.sealed_detail"


@dataclass(frozen=True, slots=True, repr=False)
class RoutingFact:
    """One recorded fact: a field of the law's facts, about a person, from and until when."""

    kind: str
    about: str
    detail: Mapping[str, Any]
    from_on: date | None = None
    until_on: date | None = None
    id: str = field(default_factory=new_id)

    def __repr__(self) -> str:
        return f"RoutingFact(kind={self.kind!r}, about={self.about!r})"


def in_force(session: Session, tenant: Tenant, pupil_id: str, on: date) -> list[RoutingFact]:
    """Return the facts about a pupil that hold on `on`, oldest first."""
    ring = keys_of(session)
    rows = session.scalars(
        select(RoutingFactRow)
        .where(
            tenant.owns(RoutingFactRow),
            RoutingFactRow.pupil_id == pupil_id,
            RoutingFactRow.withdrawn_at.is_(None),
            or_(RoutingFactRow.from_on.is_(None), RoutingFactRow.from_on <= on),
            or_(RoutingFactRow.until_on.is_(None), RoutingFactRow.until_on >= on),
        )
        .order_by(RoutingFactRow.recorded_at, RoutingFactRow.id)
    )
    facts: list[RoutingFact] = []
    for row in rows:
        detail = ring.unseal_json(row.sealed_detail, place(_COLUMN, row.id))
        if isinstance(detail, dict):
            facts.append(
                RoutingFact(row.kind, row.about, detail, row.from_on, row.until_on, row.id)
            )
    return facts


def add(
    session: Session, tenant: Tenant, pupil_id: str, fact: RoutingFact, *, by: str, at: datetime
) -> None:
    """Add a fact about a pupil."""
    session.add(
        RoutingFactRow(
            id=fact.id,
            la=tenant.la,
            school=tenant.of_school,
            pupil_id=pupil_id,
            kind=fact.kind,
            about=fact.about,
            sealed_detail=keys_of(session).seal_json(dict(fact.detail), place(_COLUMN, fact.id)),
            from_on=fact.from_on,
            until_on=fact.until_on,
            recorded_by=by,
            recorded_at=at,
        )
    )
    session.flush()


def withdraw(session: Session, tenant: Tenant, fact_id: str, *, at: datetime) -> bool:
    """Take a fact back; it stays readable. False where there is none."""
    row = session.scalars(
        update(RoutingFactRow)
        .where(
            tenant.owns(RoutingFactRow),
            RoutingFactRow.id == fact_id,
            RoutingFactRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
        .returning(RoutingFactRow.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return row is not None
