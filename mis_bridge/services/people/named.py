"""Everybody whom routing knows of a pupil today, and of whom which facts can be recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.notice_case import NoticeCase, Standing
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.people_sheets import SHEETS
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.pupil_case import case_from_pupil
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.words import Words
from mis_bridge.services.notice_making import GIVERS
from mis_bridge.services.notice_pages import person_label
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.routing_facts import recorded
from mis_bridge.storage import routing_facts as stored
from mis_bridge.storage import views_authority, views_pupils
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tenants import Tenant

_OF_A_CHILD: Final = frozenset(
    {"la-view", "declaration", "case-friend", "case-friend-removed", "care"}
)
CASE_FRIEND: Final = "case_friend"
REPRESENTATIVES: Final = frozenset({"representative", "parent_representative"})


@dataclass(frozen=True, slots=True, repr=False)
class PeopleNamed:
    """A pupil's people on a day: the case that routing would look at, and the facts that hold."""

    pupil: Pupil
    giver: Giver | None
    case: NoticeCase
    facts: tuple[RoutingFact, ...]
    doubtful: tuple[str, ...]
    names: Mapping[str, str]

    def __repr__(self) -> str:
        return "PeopleNamed(***)"

    @property
    def learner(self) -> str:
        """The id of the child or young person."""
        return self.case.learner.id if self.case.learner else "child"

    @property
    def is_child(self) -> bool:
        """Whether the learner is a child; without a date of birth nobody has said otherwise."""
        known = self.case.learner.kind if self.case.learner else None
        return known is not PersonKind.YOUNG_PERSON

    def held(self, person: str) -> RoutingFact:
        """Return the fact that makes somebody a case friend or representative; or KeyError."""
        return {str(fact.detail.get("id")): fact for fact in self.facts}[person]

    def case_friend_fact(self) -> RoutingFact:
        """Return the fact that names the case friend; KeyError where nobody is named."""
        return {fact.kind: fact for fact in self.facts}[CASE_FRIEND]

    def willing(self) -> dict[str, RoutingFact]:
        """Return, by person, the electronic willingness that holds."""
        return {fact.about: fact for fact in self.facts if fact.kind == "consent"}

    def called(self, person: str) -> Words:
        """Return how a choice names somebody: name, and what they are to the pupil."""
        label, name = person_label(person, self.pupil)
        name = name or self.names.get(person)
        return Words(f"{name} ({label.en})", f"{name} ({label.cy})") if name else label

    def group(self, whom: str) -> dict[str, Words]:
        """Return the people of whom a sheet asks, by id, as a choice names them."""
        return {person: self.called(person) for person in self._ids(whom)}

    def sheets(self) -> tuple[str, ...]:
        """Return the sheets that can be filled in about this pupil today."""
        return tuple(
            sheet.id
            for sheet in SHEETS.values()
            if (self.is_child or sheet.id not in _OF_A_CHILD)
            and (not sheet.whom or self._ids(sheet.whom))
            and (sheet.id != "case-friend-removed" or self._has_case_friend())
            and (sheet.id != "consent" or self.giver is not None)
        )

    def everybody(self) -> tuple[str, ...]:
        """Return the ids of all whom the case names, the learner first."""
        return self.case.named()

    def standing_of(self, person: str) -> tuple[Standing | None, Words | None]:
        """Return how somebody stands as a parent, None for whoever is none, and why."""
        for parent in self.case.parents:
            if parent.id == person:
                return parent.standing, parent.standing_because
        return None, None

    def _ids(self, whom: str) -> tuple[str, ...]:
        parents = tuple(parent.id for parent in self.case.parents)
        stand_in = tuple(
            str(fact.detail["id"]) for fact in self.facts if fact.kind in REPRESENTATIVES
        )
        match whom:
            case "capacity":
                return (self.learner, *parents)
            case "represented":
                return parents if self.is_child else (self.learner,)
            case "representatives":
                return stand_in
            case "recipients":
                friend = (self.case.case_friend.id,) if self.case.case_friend else ()
                return tuple(dict.fromkeys((self.learner, *parents, *friend, *stand_in)))
            case "willing":
                return tuple(self.willing())
            case _:
                return ()

    def _has_case_friend(self) -> bool:
        friend = self.case.case_friend
        return friend is not None and friend.removed_on is None


def people_named(session: Session, tenant: Tenant, pupil_id: str, on: date) -> PeopleNamed | None:
    """Return a pupil's people on a day; None where there is no such pupil, or it was erased."""
    row = views_pupils.pupil(session, tenant, pupil_id)
    pupil = pupil_of(session, row) if row is not None else None
    school = views_authority.school(session, tenant)
    if pupil is None or school is None:
        return None
    giver = GIVERS.get(Setting(school.setting))
    held = recorded(session, tenant, pupil_id, pupil, on)
    return PeopleNamed(
        pupil,
        giver,
        case_from_pupil(
            pupil,
            event="no_aln_decision_s11_4",
            by=giver or Giver.MAINTAINED_SCHOOL,
            on=on,
            facts=held.facts,
        ),
        tuple(stored.in_force(session, tenant, pupil_id, on)),
        held.doubtful,
        held.names,
    )
