"""What people recorded for routing, beside the MIS: from stored rows to the law's own facts.

A fact about a contact carries a fingerprint of that contact, because the MIS may reorder its list:
a fact whose contact is no longer the same person is not used, and a person must look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.notice_case import (
    CaseFriend,
    Delivery,
    Representative,
    RepresentativeKind,
)
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.pupil import Contact, Pupil
from mis_bridge.domain.pupil_case import (
    CapacityView,
    ElectronicConsent,
    RoutingFacts,
    contact_ids,
)
from mis_bridge.domain.words import Words
from mis_bridge.storage import routing_facts as stored
from mis_bridge.storage.tenants import Tenant

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class RecordedFacts:
    """The facts that may be used, and the ids of contacts about whom a recorded fact is in doubt.

    `names` and `addresses` are of people whom the MIS does not list, such as a case friend.
    """

    facts: RoutingFacts
    doubtful: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)


def recorded(
    session: Session, tenant: Tenant, pupil_id: str, pupil: Pupil, on: date
) -> RecordedFacts:
    """Return what is on record about `pupil` and holds on `on`."""
    people = {who: fingerprint(contact) for who, contact in contact_ids(pupil)}
    usable: list[stored.RoutingFact] = []
    doubtful: set[str] = set()
    for fact in stored.in_force(session, tenant, pupil_id, on):
        known = fact.detail.get("fingerprint")
        if known is not None and people.get(fact.about) != known:
            doubtful.add(fact.about)
        else:
            usable.append(fact)
    names, addresses = _told_of("name", usable), _told_of("address", usable)
    return RecordedFacts(_facts(usable), tuple(sorted(doubtful)), names, addresses)


def _told_of(what: str, facts: Sequence[stored.RoutingFact]) -> dict[str, str]:
    return {
        str(fact.detail["id"]): str(fact.detail[what])
        for fact in facts
        if fact.detail.get("id") and fact.detail.get(what)
    }


def record(
    session: Session,
    tenant: Tenant,
    pupil_id: str,
    pupil: Pupil,
    fact: stored.RoutingFact,
    *,
    by: str,
    at: datetime,
) -> None:
    """Record one fact; one about a contact is tied to the person who is that contact now."""
    people = {who: fingerprint(contact) for who, contact in contact_ids(pupil)}
    tied = {"fingerprint": people[fact.about]} if fact.about in people else {}
    stored.add(
        session,
        tenant,
        pupil_id,
        replace(fact, detail={**fact.detail, **tied}),
        by=by,
        at=at,
    )


def fingerprint(contact: Contact) -> str:
    """Return what tells one contact from another whatever its place in the list."""
    told = f"{contact.relationship or ''}|{(contact.name or '').casefold()}"
    return sha256(told.encode()).hexdigest()[:16]


def _facts(rows: Sequence[stored.RoutingFact]) -> RoutingFacts:
    by_kind: dict[str, list[stored.RoutingFact]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)

    def last(kind: str) -> Detail | None:
        held = by_kind.get(kind)
        return held[-1].detail if held else None

    def value(kind: str) -> Any:
        held = last(kind)
        return held["value"] if held else None

    representatives: dict[str, list[Representative]] = {}
    for row in by_kind.get("parent_representative", ()):
        representatives.setdefault(row.about, []).append(_representative(row.detail))
    return RoutingFacts(
        area=value("area"),
        looked_after=value("looked_after"),
        detained=value("detained"),
        in_youth_accommodation=value("in_youth_accommodation"),
        capacity={row.about: _view(row.detail) for row in by_kind.get("capacity", ())},
        la_view=_view_or_none(last("la_view")),
        tribunal_declaration=_view_or_none(last("tribunal_declaration")),
        case_friend=_case_friend(last("case_friend")),
        representatives=tuple(
            _representative(row.detail) for row in by_kind.get("representative", ())
        ),
        parent_representatives={who: tuple(held) for who, held in representatives.items()},
        consents={row.about: _consent(row.detail) for row in by_kind.get("consent", ())},
        languages={row.about: row.detail["value"] for row in by_kind.get("language", ())},
        parents_confirmed=frozenset(row.about for row in by_kind.get("parent_confirmed", ())),
        parents_withheld={
            row.about: Words(row.detail["because"], row.detail["because_cy"])
            for row in by_kind.get("parent_withheld", ())
        },
        iro=value("iro"),
        governing_body=value("governing_body"),
        person_in_charge=value("person_in_charge"),
        other_bodies=tuple(row.detail["value"] for row in by_kind.get("other_body", ())),
    )


def _view_or_none(detail: Detail | None) -> CapacityView | None:
    return _view(detail) if detail is not None else None


def _view(detail: Detail) -> CapacityView:
    return CapacityView(
        bool(detail["has_capacity"]),
        date.fromisoformat(detail["decided_on"]),
        detail["decided_by"],
    )


def _case_friend(detail: Detail | None) -> CaseFriend | None:
    if detail is None:
        return None
    return CaseFriend(
        detail["id"],
        detail.get("order_ref"),
        _day(detail.get("ordered_on")),
        _day(detail.get("removed_on")),
        _delivery(detail),
    )


def _representative(detail: Detail) -> Representative:
    kind = detail.get("kind")
    return Representative(
        detail["id"],
        RepresentativeKind(kind) if kind else None,
        detail.get("covers_aln_matters"),
        detail.get("registered"),
        detail.get("registration_applied"),
        _delivery(detail),
    )


def _consent(detail: Detail) -> ElectronicConsent:
    return ElectronicConsent(
        detail["address"], Giver(detail["given_to"]), date.fromisoformat(detail["given_on"])
    )


def _delivery(detail: Detail) -> Delivery:
    return Delivery(
        detail.get("address"),
        detail.get("electronic_address"),
        detail.get("electronic_consent"),
        detail.get("language", "both"),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
