"""Who is who for a pupil: as the MIS says, as people recorded it, and who a notice would go to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.notice_case import Channel, Standing
from mis_bridge.domain.notices import NoticeEvent, events
from mis_bridge.domain.people_sheets import SHEETS, Sheet
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services import notice_making
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.notice_pages import person_label
from mis_bridge.services.people import words
from mis_bridge.services.people.lines import FactLine, fact_lines
from mis_bridge.services.people.named import PeopleNamed, people_named
from mis_bridge.services.sessions import Visitor

DEFAULT_EVENT: Final = "no_aln_decision_s11_4"


@dataclass(frozen=True, slots=True, repr=False)
class PersonCard:
    """Somebody whom routing knows: what the MIS makes of them, and what people recorded."""

    person: str
    label: Words
    name: str | None
    standing: Words
    source: str
    facts: tuple[FactLine, ...]

    def __repr__(self) -> str:
        return f"PersonCard(person={self.person!r})"


@dataclass(frozen=True, slots=True, repr=False)
class WouldBe:
    """Somebody named in a notice that is not made: whether they would receive it, and why."""

    person: str
    label: Words
    name: str | None
    receives: bool
    undecided: bool
    because: Words
    in_place_of: Words | None
    channels: tuple[Channel, ...] = ()
    language: str | None = None

    def __repr__(self) -> str:
        return f"WouldBe(person={self.person!r}, receives={self.receives!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Preview:
    """Who would receive one notice today, by the routing that makes it."""

    event: NoticeEvent
    people: tuple[WouldBe, ...]
    trace: Trace
    doubtful: tuple[Words, ...]

    def __repr__(self) -> str:
        return f"Preview(event={self.event.id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class PeoplePage:
    """Everything that stands on record about who is who for one pupil."""

    pupil_id: str
    pupil_name: str | None
    cards: tuple[PersonCard, ...]
    earlier: tuple[FactLine, ...]
    sheets: tuple[Sheet, ...]
    events: tuple[NoticeEvent, ...]
    preview: Preview | None

    def __repr__(self) -> str:
        return f"PeoplePage(pupil_id={self.pupil_id!r})"


def people_page(
    session: Session, visitor: Visitor, pupil_id: str, event_id: str, today: date
) -> PeoplePage | None:
    """Return a pupil's people as routing sees them today; None where there is no such pupil."""
    named = people_named(session, visitor.tenant, pupil_id, today)
    if named is None:
        return None
    lines = fact_lines(session, visitor, pupil_id, named, today)
    given_here = tuple(
        row for row in events() if named.giver is not None and named.giver in row.giver
    )
    chosen = next((row for row in given_here if row.id == event_id), None)
    default = next((row for row in given_here if row.id == DEFAULT_EVENT), None)
    current = [(who, line) for who, line in lines if line.may_be_withdrawn]
    return PeoplePage(
        pupil_id=pupil_id,
        pupil_name=named.pupil.name.known_as or None,
        cards=_cards(named, current),
        earlier=tuple(line for _, line in reversed(lines) if not line.may_be_withdrawn),
        sheets=tuple(SHEETS[sheet_id] for sheet_id in named.sheets()),
        events=given_here,
        preview=_preview(session, visitor, pupil_id, named, chosen or default, today),
    )


def _preview(
    session: Session,
    visitor: Visitor,
    pupil_id: str,
    named: PeopleNamed,
    row: NoticeEvent | None,
    today: date,
) -> Preview | None:
    if row is None or named.giver is None:
        return None
    occasion = Occasion(row.id, named.giver, "preview")
    asked = notice_making.ask(session, visitor.tenant, pupil_id, named.pupil, occasion, today)

    def called(person: str) -> tuple[Words, str | None]:
        label, name = person_label(person, named.pupil)
        return label, name or named.names.get(person)

    receiving = tuple(
        WouldBe(
            each.id,
            *called(each.id),
            receives=True,
            undecided=False,
            because=each.because,
            in_place_of=named.called(each.in_place_of) if each.in_place_of else None,
            channels=each.channels,
            language=each.language,
        )
        for each in asked.routed.recipients
    )
    left_out = tuple(
        WouldBe(
            each.id,
            *called(each.id),
            receives=False,
            undecided=each.why.value == "not_verified",
            because=each.because,
            in_place_of=None,
        )
        for each in asked.routed.not_sent
    )
    doubtful = tuple(named.called(who) for who in asked.doubtful)
    return Preview(row, (*receiving, *left_out), asked.routed.trace, doubtful)


def _cards(named: PeopleNamed, lines: Sequence[tuple[str, FactLine]]) -> tuple[PersonCard, ...]:
    everybody = dict.fromkeys((*named.everybody(), *(who for who, _ in lines)))
    cards: list[PersonCard] = []
    for person in everybody:
        label, name = person_label(person, named.pupil)
        standing, source = _standing(person, named)
        own = tuple(line for who, line in lines if who == person)
        cards.append(
            PersonCard(person, label, name or named.names.get(person), standing, source, own)
        )
    return tuple(cards)


def _standing(person: str, named: PeopleNamed) -> tuple[Words, str]:
    """Return what somebody is to a notice by the MIS and the law alone, and the provision."""
    if person == named.learner:
        return (words.CHILD if named.is_child else words.YOUNG_PERSON), "2018 Act ss.84(1), 99(1)"
    if not person.startswith("contact:"):
        return words.STANDS_HERE_BY_RECORD, "2018 Act s.85; S.I. 2021/401 reg. 34"
    standing, because = named.standing_of(person)
    source = "2018 Act s.99(1); Education Act 1996 s.576"
    if standing is None:
        return words.NO_PARENT, source
    if not named.is_child:
        return words.PARENT_OF_YOUNG_PERSON, "S.I. 2021/401 regs 34(d), 37"
    if standing is Standing.PARENT:
        return words.PARENT, source
    return because or words.PARENT_OPEN, source
