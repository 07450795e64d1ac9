"""From a pupil's record, and what people have recorded beside it, to the facts of one notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeVar

from mis_bridge.domain.notice_case import (
    Capacity,
    CaseFriend,
    Delivery,
    Learner,
    NoticeCase,
    NoticeLanguage,
    Parent,
    Representative,
    Standing,
)
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind, person_kind
from mis_bridge.domain.pupil import Contact, Pupil
from mis_bridge.domain.words import Words

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_StandsIn = TypeVar("_StandsIn", CaseFriend, Representative)

_NATURAL_PARENTS = frozenset({"mother", "father"})
_MAY_HAVE_CARE = frozenset({"step_mother", "step_father", "foster_carer", "guardian"})

_COURT_ORDER = Words(
    "A court order about this contact is on record: a person must read it before anything is sent.",
    "Mae gorchymyn llys ynghylch y cyswllt hwn ar gofnod: rhaid i berson ei ddarllen cyn "
    "anfon dim.",
)
_RECORDED_WITHOUT = Words(
    "The record says that this mother or father has no parental responsibility: a person must "
    "decide.",
    "Mae'r cofnod yn dweud nad oes gan y fam neu'r tad hwn gyfrifoldeb rhiant: rhaid i berson "
    "benderfynu.",
)
_CARE_NOT_KNOWN = Words(
    "This contact may have care of the child, which the record cannot say: a person must decide.",
    "Gall fod gan y cyswllt hwn ofal am y plentyn, ac ni all y cofnod ddweud hynny: rhaid i "
    "berson benderfynu.",
)


def _nothing() -> Mapping[_Key, _Value]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CapacityView:
    """What was decided of a capacity, when and by whom; it says nothing of earlier days."""

    has_capacity: bool
    decided_on: date
    decided_by: str


@dataclass(frozen=True, slots=True, repr=False)
class ElectronicConsent:
    """Willingness, told to one body, to be given notices at an address supplied for it."""

    address: str
    given_to: Giver
    given_on: date

    def __repr__(self) -> str:
        return f"ElectronicConsent(given_to={self.given_to!r})"


@dataclass(frozen=True, slots=True, repr=False)
class RoutingFacts:
    """What the MIS cannot know; mappings go by person id (`child`, `contact:1`).

    `capacity` holds the views of the body that gives the notice; `parents_confirmed` and
    `parents_withheld` what a person has recorded about who is told as a parent, with the reason.
    """

    area: Literal["wales", "england"] | None = None
    looked_after: bool | None = None
    detained: bool | None = None
    in_youth_accommodation: bool | None = None
    capacity: Mapping[str, CapacityView] = field(default_factory=_nothing)
    la_view: CapacityView | None = None
    tribunal_declaration: CapacityView | None = None
    case_friend: CaseFriend | None = None
    representatives: tuple[Representative, ...] = ()
    parent_representatives: Mapping[str, tuple[Representative, ...]] = field(
        default_factory=_nothing
    )
    consents: Mapping[str, ElectronicConsent] = field(default_factory=_nothing)
    languages: Mapping[str, NoticeLanguage] = field(default_factory=_nothing)
    parents_confirmed: frozenset[str] = frozenset()
    parents_withheld: Mapping[str, Words] = field(default_factory=_nothing)
    iro: str | None = None
    governing_body: str | None = None
    person_in_charge: str | None = None
    other_bodies: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "RoutingFacts(***)"


def contact_ids(pupil: Pupil) -> tuple[tuple[str, Contact], ...]:
    """Return each contact with its id: `contact:<priority>`, or by index where that is shared.

    Source: none; ids are the product's own.
    """
    priorities = [contact.priority for contact in pupil.contacts]
    return tuple(
        (
            f"contact:{contact.priority}"
            if contact.priority is not None and priorities.count(contact.priority) == 1
            else f"contact:n{index}",
            contact,
        )
        for index, contact in enumerate(pupil.contacts, start=1)
    )


def case_from_pupil(
    pupil: Pupil, *, event: str, by: str, on: date, facts: RoutingFacts
) -> NoticeCase:
    """Gather the facts of one notice about `pupil`, to be given by `by` (a Giver) on `on`.

    A contact is taken as a parent where parental responsibility is on record, or a mother or
    father is not recorded as without it. Who may have care of the child, or has a court order
    against them, waits for a person. Everybody else in the contact list is no parent, and is
    answered for as such.

    Source: 2018 anaw 2 ss.83(3), 88, 99(1); Education Act 1996 s.576.
    """
    giver = Giver(by)
    kind = person_kind(pupil.dob, on) if pupil.dob else None
    learner_id = "young_person" if kind is PersonKind.YOUNG_PERSON else "child"
    contacts = contact_ids(pupil)
    standings = {who: _standing(who, contact, facts) for who, contact in contacts}
    looked_after = facts.looked_after
    if looked_after is None and pupil.looked_after is not None:
        looked_after = pupil.looked_after.in_care
    return NoticeCase(
        event=event,
        by=giver,
        on=on,
        learner=Learner(
            learner_id,
            kind=kind,
            dob=pupil.dob,
            detained=facts.detained,
            in_youth_accommodation=facts.in_youth_accommodation,
            capacity=_capacity(facts, learner_id, on),
            delivery=_delivery(
                learner_id,
                facts,
                giver,
                on,
                Contact(preferred_language=pupil.correspondence_language),
            ),
        ),
        area=facts.area,
        looked_after=looked_after,
        la_view=_view(facts.la_view, on),
        tribunal_declaration=_view(facts.tribunal_declaration, on),
        case_friend=_as_wished(facts.case_friend, facts, giver, on) if facts.case_friend else None,
        parents=tuple(
            Parent(
                who,
                capacity=_capacity(facts, who, on),
                representatives=tuple(
                    _as_wished(one, facts, giver, on)
                    for one in facts.parent_representatives.get(who, ())
                ),
                standing=standing[0],
                standing_because=standing[1],
                delivery=_delivery(who, facts, giver, on, contact),
            )
            for who, contact in contacts
            if (standing := standings[who]) is not None
        ),
        representatives=tuple(_as_wished(one, facts, giver, on) for one in facts.representatives),
        iro=facts.iro,
        governing_body=facts.governing_body,
        person_in_charge=facts.person_in_charge,
        other_bodies=facts.other_bodies,
        others=tuple(who for who, _ in contacts if standings[who] is None),
    )


def _standing(
    who: str, contact: Contact, facts: RoutingFacts
) -> tuple[Standing, Words | None] | None:
    if who in facts.parents_withheld:
        return Standing.WITHHELD, facts.parents_withheld[who]
    if who in facts.parents_confirmed:
        return Standing.PARENT, None
    natural = contact.relationship in _NATURAL_PARENTS
    responsible = contact.parental_responsibility
    if not (natural or responsible or contact.relationship in _MAY_HAVE_CARE):
        return None
    if contact.court_order:
        return Standing.UNCONFIRMED, _COURT_ORDER
    if responsible or (natural and responsible is None):
        return Standing.PARENT, None
    return Standing.UNCONFIRMED, _RECORDED_WITHOUT if natural else _CARE_NOT_KNOWN


def _capacity(facts: RoutingFacts, who: str, on: date) -> bool | None:
    view = facts.capacity.get(who)
    return view.has_capacity if view is not None and view.decided_on <= on else None


def _view(view: CapacityView | None, on: date) -> Capacity | None:
    if view is None or view.decided_on > on:
        return None
    return Capacity.HAS if view.has_capacity else Capacity.LACKS


def _as_wished(who: _StandsIn, facts: RoutingFacts, giver: Giver, on: date) -> _StandsIn:
    """Return somebody who stands in, reached as they have told this body since.

    Source: 2018 anaw 2 s.88 (willingness is each recipient's own, told to the body that gives).
    """
    delivery, consent = who.delivery, _willingness(who.id, facts, giver, on)
    if consent is not None:
        delivery = replace(delivery, electronic_address=consent.address, electronic_consent=True)
    language = facts.languages.get(who.id, delivery.language)
    return replace(who, delivery=replace(delivery, language=language))


def _willingness(who: str, facts: RoutingFacts, giver: Giver, on: date) -> ElectronicConsent | None:
    consent = facts.consents.get(who)
    willing = consent is not None and consent.given_to is giver and consent.given_on <= on
    return consent if willing else None


def _delivery(who: str, facts: RoutingFacts, giver: Giver, on: date, contact: Contact) -> Delivery:
    consent = _willingness(who, facts, giver, on)
    preferred = contact.preferred_language
    language: NoticeLanguage = "cy" if preferred == "cy" else "en" if preferred == "en" else "both"
    return Delivery(
        address=contact.address,
        electronic_address=consent.address if consent is not None else contact.email,
        electronic_consent=True if consent is not None else None,
        language=facts.languages.get(who, language),
    )
