"""People record who is who for routing: a new fact takes an older one's place, none is overwritten.

Every refusal names the fields and the remedy, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.people_sheets import SHEETS
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services import routing_facts
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.people import words
from mis_bridge.services.people.checks import Filled, faults
from mis_bridge.services.people.making import Desk, facts_of
from mis_bridge.services.people.named import people_named
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import register
from mis_bridge.storage import routing_facts as stored
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.routing_facts import WITHDRAWAL, RoutingFact

_MAX_REASON: Final = 2000


class FactRefused(Problem):
    """What was entered cannot be taken; `errors` says why, by field."""

    def __init__(self, errors: Mapping[str, Words]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = dict(errors)


class NobodyHere(Problem):
    """There is no such pupil, sheet or fact for this person."""

    def __init__(self) -> None:
        super().__init__(words.NOBODY_HERE)


def record(
    session: Session,
    visitor: Visitor,
    pupil_id: str,
    sheet_id: str,
    filled: Filled,
    *,
    now: datetime,
) -> tuple[str, ...]:
    """Record one filled sheet about a pupil; the ids of the facts, none where all were known.

    Source: 2018 Act ss.83-85, 88; S.I. 2021/401 regs 34-38; S.I. 2021/406 regs 59, 62-63.
    """
    register.take_turn(session, visitor.tenant)
    today = day_in_wales(now)
    named = people_named(session, visitor.tenant, pupil_id, today)
    if named is None or sheet_id not in named.sheets():
        raise NobodyHere
    errors = faults(SHEETS[sheet_id], filled, named, today)
    if errors:
        raise FactRefused(errors)
    kept = [
        each.fact
        for each in stored.kept_facts(session, visitor.tenant, pupil_id)
        if not each.withdrawn_at
    ]
    added: list[str] = []
    for fact in facts_of(Desk(sheet_id, filled, named, kept, today)):
        if _is_known(fact, stored.holding(kept, max(today, fact.from_on or today))):
            continue
        older = [each.id for each in kept if _key(each) == _key(fact) and _not_after(each, fact)]
        placed = replace(fact, detail={**fact.detail, "supersedes": older})
        routing_facts.record(
            session, visitor.tenant, pupil_id, named.pupil, placed, by=visitor.actor, at=now
        )
        told: dict[str, Fact] = {"kind": fact.kind, "fact": fact.id, "about": fact.about}
        told["supersedes"] = older
        entry = AuditEntry(visitor.actor, "person_recorded", f"pupil:{pupil_id}", told)
        append(session, visitor.tenant, [entry], now)
        added.append(fact.id)
    return tuple(added)


def withdraw(
    session: Session, visitor: Visitor, pupil_id: str, fact_id: str, reason: str, *, now: datetime
) -> None:
    """Take back a fact that was wrong, with the reason; it stays readable.

    What it had taken the place of holds again. A fact whose place another has taken is history.

    Source: none; the product keeps every record.
    """
    register.take_turn(session, visitor.tenant)
    kept = {each.fact.id: each for each in stored.kept_facts(session, visitor.tenant, pupil_id)}
    found = kept.get(fact_id)
    if found is None or found.fact.kind == WITHDRAWAL:
        raise NobodyHere
    replaced = {
        older for each in kept.values() if not each.withdrawn_at for older in each.fact.supersedes
    }
    if found.withdrawn_at is not None or fact_id in replaced:
        raise FactRefused({"reason": words.NOT_CURRENT})
    if not reason.strip() or len(reason) > _MAX_REASON:
        raise FactRefused({"reason": words.REASON})
    stored.withdraw(session, visitor.tenant, fact_id, at=now)
    why = RoutingFact(WITHDRAWAL, fact_id, {"reason": reason.strip()})
    stored.add(session, visitor.tenant, pupil_id, why, by=visitor.actor, at=now)
    told: dict[str, Fact] = {"kind": found.fact.kind, "fact": fact_id, "about": found.fact.about}
    entry = AuditEntry(visitor.actor, "person_withdrawn", f"pupil:{pupil_id}", told)
    append(session, visitor.tenant, [entry], now)


def _key(fact: RoutingFact) -> tuple[str, str, object]:
    return fact.kind, fact.about, fact.detail.get("id")


def _not_after(older: RoutingFact, newer: RoutingFact) -> bool:
    """Say whether `older` began no later: what is entered of an earlier day replaces nothing."""
    return (older.from_on or date.min) <= (newer.from_on or date.min)


def _is_known(fact: RoutingFact, held: Sequence[RoutingFact]) -> bool:
    own = ("supersedes", "fingerprint")

    def told(one: RoutingFact) -> tuple[object, ...]:
        detail = {name: value for name, value in one.detail.items() if name not in own}
        return detail, one.from_on, one.until_on

    return any(_key(each) == _key(fact) and told(each) == told(fact) for each in held)
