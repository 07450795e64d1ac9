"""The facts on which it turns who receives a notice; None means that nobody has said.

These values hold addresses and dates of birth: their `repr` shows ids and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.words import Words

NoticeLanguage = Literal["en", "cy", "both"]


class Channel(StrEnum):
    """A way in which a notice is given (2018 anaw 2 s.88)."""

    POST = "post"
    HAND = "hand"
    LEAVE_AT_ADDRESS = "leave_at_address"
    ELECTRONIC = "electronic"


class RepresentativeKind(StrEnum):
    """By what authority somebody represents a parent or young person (S.I. 2021/401 reg. 34)."""

    DEPUTY = "deputy"
    LASTING_POWER = "lpa"
    ENDURING_POWER = "epa"


class Capacity(StrEnum):
    """What a local authority considers, or the Tribunal has declared, of a child's capacity."""

    HAS = "has_capacity"
    LACKS = "lacks_capacity"


class Standing(StrEnum):
    """Whether somebody named as a parent may be told without a person looking first."""

    PARENT = "parent"
    UNCONFIRMED = "unconfirmed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True, repr=False)
class Delivery:
    """Where somebody is reached; an electronic address is no consent, nor the reverse."""

    address: str | None = None
    electronic_address: str | None = None
    electronic_consent: bool | None = None
    language: NoticeLanguage = "both"

    def __repr__(self) -> str:
        return "Delivery(***)"


NOWHERE = Delivery()


@dataclass(frozen=True, slots=True, repr=False)
class Representative:
    """Somebody said to represent a parent or young person who lacks capacity."""

    id: str
    kind: RepresentativeKind | None = None
    covers_aln_matters: bool | None = None
    registered: bool | None = None
    registration_applied: bool | None = None
    delivery: Delivery = NOWHERE

    def __repr__(self) -> str:
        return f"Representative(id={self.id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class CaseFriend:
    """Somebody said to be a child's case friend: only an order of the Tribunal makes one."""

    id: str
    order_ref: str | None = None
    ordered_on: date | None = None
    removed_on: date | None = None
    delivery: Delivery = NOWHERE

    def __repr__(self) -> str:
        return f"CaseFriend(id={self.id!r})"

    def order_is_recorded(self) -> bool:
        """Say whether the order's reference and date are both on record.

        Source: 2018 anaw 2 s.85(2); S.I. 2021/406 reg. 62(2).
        """
        return bool(self.order_ref) and self.ordered_on is not None

    def is_removed(self, on: date | None) -> bool:
        """Say whether the order is removed by `on`; it ends with the start of the day of removal.

        Source: S.I. 2021/406 reg. 63.
        """
        return self.removed_on is not None and (on is None or self.removed_on <= on)

    def is_in_force(self, on: date | None) -> bool:
        """Say whether a recorded order is in force on `on`.

        Source: 2018 anaw 2 s.85(2); S.I. 2021/406 regs 62, 63.
        """
        if self.ordered_on is None or not self.order_is_recorded() or self.is_removed(on):
            return False
        return on is None or self.ordered_on <= on


@dataclass(frozen=True, slots=True, repr=False)
class Parent:
    """A parent of the learner, and what a person has recorded of the right to be told."""

    id: str
    capacity: bool | None = None
    representatives: tuple[Representative, ...] = ()
    standing: Standing = Standing.PARENT
    standing_because: Words | None = None
    delivery: Delivery = NOWHERE

    def __repr__(self) -> str:
        return f"Parent(id={self.id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Learner:
    """The child or young person; `capacity` is the view of the body that gives the notice."""

    id: str
    kind: PersonKind | None = None
    dob: date | None = None
    detained: bool | None = None
    in_youth_accommodation: bool | None = None
    capacity: bool | None = None
    delivery: Delivery = NOWHERE

    def __repr__(self) -> str:
        return f"Learner(id={self.id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class NoticeCase:
    """One notice about to be given, on `on`, by `by`; `others` are people named who are no parents.

    `event` is None where nobody has said which notice it is. `looked_after` means: by a local
    authority in Wales. `channel` is the way that was used, once sent.
    """

    event: str | None
    by: Giver | None = None
    on: date | None = None
    learner: Learner | None = None
    area: Literal["wales", "england"] | None = None
    looked_after: bool | None = None
    la_view: Capacity | None = None
    tribunal_declaration: Capacity | None = None
    case_friend: CaseFriend | None = None
    parents: tuple[Parent, ...] = ()
    representatives: tuple[Representative, ...] = ()
    iro: str | None = None
    governing_body: str | None = None
    person_in_charge: str | None = None
    other_bodies: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sent_on: date | None = None
    channel: Channel | None = None

    def __repr__(self) -> str:
        return f"NoticeCase(event={self.event!r}, by={self.by!r})"

    @property
    def day(self) -> date | None:
        """The relevant time: the day asked about, else the day of sending (s.83(3))."""
        return self.on or self.sent_on

    def named(self) -> tuple[str, ...]:
        """Return the id of everybody whom the case names, once each."""
        people = [
            *([self.learner.id] if self.learner else []),
            *([self.case_friend.id] if self.case_friend else []),
            *(person.id for person in self.representatives),
        ]
        for parent in self.parents:
            people += [parent.id, *(person.id for person in parent.representatives)]
        people += [body for body in (self.iro, self.governing_body, self.person_in_charge) if body]
        return tuple(dict.fromkeys([*people, *self.other_bodies, *self.others]))

    def delivery_of(self, person_id: str) -> Delivery:
        """Return how `person_id` is reached: the first place that knows it."""
        people: list[Learner | CaseFriend | Parent | Representative] = []
        if self.learner:
            people.append(self.learner)
        if self.case_friend:
            people.append(self.case_friend)
        people += self.representatives
        for parent in self.parents:
            people += [parent, *parent.representatives]
        known = [
            person.delivery
            for person in people
            if person.id == person_id and person.delivery != NOWHERE
        ]
        return known[0] if known else NOWHERE
