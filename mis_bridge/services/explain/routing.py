"""The question `routing`: who receives a notice, how, and why everybody else named does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mis_bridge.domain import notices, routing
from mis_bridge.domain.notice_case import (
    Capacity,
    CaseFriend,
    Channel,
    Delivery,
    Learner,
    NoticeCase,
    NoticeLanguage,
    Parent,
    Representative,
    RepresentativeKind,
)
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind
from mis_bridge.services.explain.cases import (
    Answer,
    Facts,
    day,
    known_keys,
    listed,
    member_of,
    nested,
    object_of,
    one_of,
    text,
    truth,
)

_REACHED = {"email", "electronic_consent", "address", "language"}
_KEYS = {
    "event", "by", "on", "area", "person", "la_view", "tribunal_declaration", "case_friend",
    "parents", "representatives", "iro", "governing_body", "person_in_charge", "other_body",
    "sent_on", "channel",
}  # fmt: skip
_PERSON = {"id", "kind", "dob", "detained", "capacity"} | _REACHED
_CASE_FRIEND = {"id", "order_ref", "order_date", "removed_on"} | _REACHED
_PARENT = {"id", "capacity", "representatives"} | _REACHED
_REPRESENTATIVE = {
    "id", "type", "covers_aln_matters", "registered", "registration_applied",
} | _REACHED  # fmt: skip
_LANGUAGES: dict[str, NoticeLanguage] = {"en": "en", "cy": "cy", "both": "both"}
_AREAS: dict[str, Literal["wales", "england"]] = {"wales": "wales", "england": "england"}
_YOUTH_ACCOMMODATION = "relevant_youth_accommodation"
_DETENTIONS = {_YOUTH_ACCOMMODATION, "other_accommodation", "hospital"}


def answer(given: Facts, _calendars: Mapping[str, object]) -> Answer:
    """Answer one case of routing; no calendar is needed. Raises `BadCase`."""
    case = read_case(given)
    routed = routing.recipients(case)
    return Answer(routed.to_json(), routed.trace)


def read_case(given: Facts) -> NoticeCase:
    """Read the facts of one notice; absent and null both mean not known. Raises `BadCase`."""
    known_keys(given, _KEYS)
    by = member_of(given, "by", Giver)
    iro = text(given, "iro")
    area = one_of(given, "area", _AREAS)
    return NoticeCase(
        event=one_of(given, "event", [row.id for row in notices.events()]),
        by=by,
        on=day(given, "on"),
        learner=_learner(given),
        area=None if area is None else _AREAS[area],
        looked_after=True if iro is not None or by is Giver.LOOKING_AFTER_LA else None,
        la_view=member_of(given, "la_view", Capacity),
        tribunal_declaration=member_of(given, "tribunal_declaration", Capacity),
        case_friend=_case_friend(given),
        parents=tuple(
            _parent(object_of(value, f"parents.{place}"), place)
            for place, value in enumerate(listed(given, "parents"), start=1)
        ),
        representatives=_representatives(given, ""),
        iro=iro,
        governing_body=text(given, "governing_body"),
        person_in_charge=text(given, "person_in_charge"),
        other_bodies=_bodies(given),
        sent_on=day(given, "sent_on"),
        channel=member_of(given, "channel", Channel),
    )


def _learner(given: Facts) -> Learner | None:
    person = nested(given, "person")
    if person is None:
        return None
    known_keys(person, _PERSON, "person")
    kind = member_of(person, "kind", PersonKind, "person")
    detained = person.get("detained")
    if isinstance(detained, str):
        detained = one_of(person, "detained", _DETENTIONS, "person")
    else:
        truth(person, "detained", "person")
    return Learner(
        id=text(person, "id", "person") or (kind.value if kind else "person"),
        kind=kind,
        dob=day(person, "dob", "person"),
        detained=None if detained is None else bool(detained),
        in_youth_accommodation=detained == _YOUTH_ACCOMMODATION or None,
        capacity=truth(person, "capacity", "person"),
        delivery=_delivery(person, "person"),
    )


def _case_friend(given: Facts) -> CaseFriend | None:
    friend = nested(given, "case_friend")
    if friend is None:
        return None
    known_keys(friend, _CASE_FRIEND, "case_friend")
    return CaseFriend(
        id=text(friend, "id", "case_friend") or "case_friend",
        order_ref=text(friend, "order_ref", "case_friend"),
        ordered_on=day(friend, "order_date", "case_friend"),
        removed_on=day(friend, "removed_on", "case_friend"),
        delivery=_delivery(friend, "case_friend"),
    )


def _parent(parent: Facts, number: int) -> Parent:
    place = f"parents.{number}"
    known_keys(parent, _PARENT, place)
    return Parent(
        id=text(parent, "id", place) or f"parent:{number}",
        capacity=truth(parent, "capacity", place),
        representatives=_representatives(parent, place),
        delivery=_delivery(parent, place),
    )


def _representatives(of: Facts, under: str) -> tuple[Representative, ...]:
    read = []
    for number, value in enumerate(listed(of, "representatives", under), start=1):
        place = f"{under}.representatives.{number}" if under else f"representatives.{number}"
        facts = object_of(value, place)
        known_keys(facts, _REPRESENTATIVE, place)
        read.append(
            Representative(
                id=text(facts, "id", place) or place.replace(".", ":"),
                kind=member_of(facts, "type", RepresentativeKind, place),
                covers_aln_matters=truth(facts, "covers_aln_matters", place),
                registered=truth(facts, "registered", place),
                registration_applied=truth(facts, "registration_applied", place),
                delivery=_delivery(facts, place),
            )
        )
    return tuple(read)


def _delivery(facts: Facts, under: str) -> Delivery:
    language = one_of(facts, "language", _LANGUAGES, under)
    return Delivery(
        address=text(facts, "address", under),
        electronic_address=text(facts, "email", under),
        electronic_consent=truth(facts, "electronic_consent", under),
        language=_LANGUAGES[language or "both"],
    )


def _bodies(given: Facts) -> tuple[str, ...]:
    if not isinstance(given.get("other_body"), list):
        one = text(given, "other_body")
        return (one,) if one else ()
    named = {str(number): value for number, value in enumerate(listed(given, "other_body"), 1)}
    read = (text(named, number, "other_body") for number in named)
    return tuple(one for one in read if one)
