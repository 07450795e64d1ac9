"""The rows of what people recorded for routing; nothing is overwritten, only added or withdrawn.

A fact may name older ones that it takes the place of (`supersedes` in its detail): they hold until
its first day and never again, not even once it has ended. Withdrawn as wrong, it lets them hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.register import RoutingFactRow
from mis_bridge.storage.tenants import Tenant

_COLUMN = "routing_facts.sealed_detail"
WITHDRAWAL = "withdrawal"
"""The kind of a row that says why another, named by its `about`, was withdrawn."""


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

    @property
    def supersedes(self) -> tuple[str, ...]:
        """The ids of the facts whose place it takes."""
        named = self.detail.get("supersedes")
        return tuple(named) if isinstance(named, list) else ()

    def begun(self, on: date) -> bool:
        """Say whether its first day has come on `on`."""
        return self.from_on is None or self.from_on <= on

    def ended(self, on: date) -> bool:
        """Say whether its last day is past on `on`."""
        return self.until_on is not None and self.until_on < on


@dataclass(frozen=True, slots=True, repr=False)
class KeptFact:
    """A fact as it is kept: who recorded it and when, and since when it is withdrawn."""

    fact: RoutingFact
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None

    def __repr__(self) -> str:
        return f"KeptFact(fact={self.fact!r})"


def in_force(session: Session, tenant: Tenant, pupil_id: str, on: date) -> list[RoutingFact]:
    """Return the facts about a pupil that hold on `on`, in the order in which they came to hold.

    What was recorded later of an earlier day stands before what holds since a later one.
    """
    facts = [kept.fact for kept in kept_facts(session, tenant, pupil_id) if not kept.withdrawn_at]
    return holding(facts, on)


def holding(facts: Iterable[RoutingFact], on: date) -> list[RoutingFact]:
    """Return those of `facts`, none withdrawn and oldest first, that hold on `on`."""
    begun = [fact for fact in facts if fact.begun(on) and fact.kind != WITHDRAWAL]
    replaced = {older for fact in begun for older in fact.supersedes}
    held = [fact for fact in begun if fact.id not in replaced and not fact.ended(on)]
    return sorted(held, key=lambda fact: fact.from_on or date.min)


def kept_facts(session: Session, tenant: Tenant, pupil_id: str) -> list[KeptFact]:
    """Return everything ever recorded about a pupil, withdrawn or not, oldest first."""
    ring = keys_of(session)
    rows = session.scalars(
        select(RoutingFactRow)
        .where(tenant.owns(RoutingFactRow), RoutingFactRow.pupil_id == pupil_id)
        .order_by(RoutingFactRow.recorded_at, RoutingFactRow.id)
        .execution_options(populate_existing=True)
    )
    kept: list[KeptFact] = []
    for row in rows:
        detail = ring.unseal_json(row.sealed_detail, place(_COLUMN, row.id))
        if isinstance(detail, dict):
            fact = RoutingFact(row.kind, row.about, detail, row.from_on, row.until_on, row.id)
            kept.append(KeptFact(fact, row.recorded_by, row.recorded_at, row.withdrawn_at))
    return kept


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
