"""From a filled sheet to the facts that it states, for routing to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from mis_bridge.domain.notices import Giver
from mis_bridge.services.people.checks import Filled
from mis_bridge.services.people.named import CASE_FRIEND, REPRESENTATIVES, PeopleNamed
from mis_bridge.storage.routing_facts import RoutingFact

_KNOWN: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unknown": None, "": None}
_VIEWS: Final = {
    "capacity": "capacity",
    "la-view": "la_view",
    "declaration": "tribunal_declaration",
}


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """A filled sheet, the people it is about, what was recorded before, and today."""

    sheet_id: str
    filled: Filled
    named: PeopleNamed
    kept: Sequence[RoutingFact]
    today: date

    def __repr__(self) -> str:
        return f"Desk(sheet_id={self.sheet_id!r})"

    def text(self, name: str) -> str:
        """Return one answer."""
        return self.filled.text(name)


def facts_of(desk: Desk) -> tuple[RoutingFact, ...]:
    """Return the facts that a filled sheet, found without fault, states."""
    return _MAKERS[desk.sheet_id](desk)


def _view(desk: Desk) -> tuple[RoutingFact, ...]:
    on = desk.filled.day("decided_on")
    detail: dict[str, Any] = {
        "has_capacity": desk.text("has_capacity") == "yes",
        "decided_on": on.isoformat(),
        "decided_by": desk.text("decided_by") or "tribunal",
    }
    for name in ("matter", "evidence", "reference"):
        if desk.text(name):
            detail[name] = desk.text(name)
    about = desk.text("about") or desk.named.learner
    return (RoutingFact(_VIEWS[desk.sheet_id], about, detail, on),)


def _case_friend(desk: Desk) -> tuple[RoutingFact, ...]:
    ordered = desk.filled.day("ordered_on")
    detail = _reached(desk) | {
        "id": CASE_FRIEND,
        "order_ref": desk.text("order_ref"),
        "ordered_on": ordered.isoformat(),
    }
    return (RoutingFact(CASE_FRIEND, "child", detail, ordered),)


def _case_friend_removed(desk: Desk) -> tuple[RoutingFact, ...]:
    ends = {
        "removed_on": desk.filled.day("removed_on").isoformat(),
        "removal_ref": desk.text("removal_ref"),
    }
    return (_again(desk.named.case_friend_fact(), ends),)


def _representative(desk: Desk) -> tuple[RoutingFact, ...]:
    """Return a representative; the same person under the same authority keeps the same id."""
    about, name = desk.text("about"), desk.text("name")
    kind = "representative" if about == desk.named.learner else "parent_representative"
    detail: dict[str, Any] = _reached(desk) | {
        "kind": desk.text("kind"),
        "covers_aln_matters": _KNOWN[desk.text("covers_aln_matters")],
        "registered": _KNOWN[desk.text("registered")],
        "registration_applied": _KNOWN[desk.text("registration_applied")],
        "evidence": desk.text("evidence"),
    }
    known = [each for each in desk.kept if each.kind in REPRESENTATIVES]
    same = [
        each
        for each in known
        if (each.kind, each.about, each.detail.get("kind")) == (kind, about, detail["kind"])
        and str(each.detail.get("name", "")).casefold() == name.casefold()
    ]
    ids = {str(each.detail.get("id")) for each in known}
    number = next(n for n in range(1, len(ids) + 2) if f"representative:{n}" not in ids)
    detail["id"] = same[-1].detail["id"] if same else f"representative:{number}"
    from_on, until_on = desk.filled.day("from_on"), desk.filled.days.get("until_on")
    return (RoutingFact(kind, about, detail, from_on, until_on),)


def _representative_ended(desk: Desk) -> tuple[RoutingFact, ...]:
    ended = _again(desk.named.held(desk.text("about")), {"ended_by": desk.text("evidence")})
    return (replace(ended, until_on=desk.filled.day("until_on")),)


def _consent(desk: Desk) -> tuple[RoutingFact, ...]:
    given, giver = desk.filled.day("given_on"), desk.named.giver or Giver.MAINTAINED_SCHOOL
    detail = {
        "address": desk.text("address"),
        "given_to": giver.value,
        "given_on": given.isoformat(),
        "evidence": desk.text("evidence"),
    }
    return (RoutingFact("consent", desk.text("about"), detail, given),)


def _consent_withdrawn(desk: Desk) -> tuple[RoutingFact, ...]:
    on = desk.filled.day("withdrawn_on")
    ended = _again(desk.named.willing()[desk.text("about")], {"withdrawn_on": on.isoformat()})
    return (replace(ended, until_on=on - timedelta(days=1)),)


def _language(desk: Desk) -> tuple[RoutingFact, ...]:
    detail = {"value": desk.text("language")}
    return (RoutingFact("language", desk.text("about"), detail, desk.today),)


def _office(desk: Desk) -> tuple[RoutingFact, ...]:
    office = desk.text("office")
    detail = {"value": office, "id": office, "name": desk.text("name")}
    if desk.text("address"):
        detail["address"] = desk.text("address")
    return (RoutingFact(office, office, detail, desk.today),)


def _care(desk: Desk) -> tuple[RoutingFact, ...]:
    since, cared_for = desk.filled.day("from_on"), desk.text("looked_after") == "yes"
    detail: dict[str, Any] = {"value": cared_for}
    if cared_for:
        detail["authority"] = desk.text("authority")
    facts = [RoutingFact("looked_after", desk.named.learner, detail, since)]
    if desk.text("area"):
        area = {"value": desk.text("area")}
        facts.append(RoutingFact("area", desk.named.learner, area, since))
    return tuple(facts)


def _detention(desk: Desk) -> tuple[RoutingFact, ...]:
    since, detained = desk.filled.day("from_on"), desk.text("detained") == "yes"
    housed = detained and desk.text("in_youth_accommodation") == "yes"
    return (
        RoutingFact("detained", desk.named.learner, {"value": detained}, since),
        RoutingFact("in_youth_accommodation", desk.named.learner, {"value": housed}, since),
    )


def _reached(desk: Desk) -> dict[str, Any]:
    return {
        "name": desk.text("name"),
        "address": desk.text("address") or None,
        "language": desk.text("language"),
    }


def _again(held: RoutingFact, ends: Mapping[str, Any]) -> RoutingFact:
    """Return a held fact once more, under an id of its own, with what ends it."""
    own = {name: value for name, value in held.detail.items() if name != "supersedes"}
    return RoutingFact(held.kind, held.about, {**own, **ends}, held.from_on, held.until_on)


_MAKERS: Final[Mapping[str, Callable[[Desk], tuple[RoutingFact, ...]]]] = MappingProxyType(
    {
        "capacity": _view,
        "la-view": _view,
        "declaration": _view,
        "case-friend": _case_friend,
        "case-friend-removed": _case_friend_removed,
        "representative": _representative,
        "representative-ended": _representative_ended,
        "consent": _consent,
        "consent-withdrawn": _consent_withdrawn,
        "language": _language,
        "office": _office,
        "care": _care,
        "detention": _detention,
    }
)
