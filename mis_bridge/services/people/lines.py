"""What is recorded of a pupil's people, line by line: whence, since when, with what effect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.domain.people_sheets import SHEETS, Answer, Question, Sheet
from mis_bridge.domain.words import Words
from mis_bridge.services.people import words
from mis_bridge.services.people.named import PeopleNamed
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import lti_people
from mis_bridge.storage import routing_facts as stored
from mis_bridge.storage.routing_facts import WITHDRAWAL, KeptFact, RoutingFact


class State(StrEnum):
    """How a recorded fact stands today."""

    HOLDS = "holds"
    IN_DOUBT = "in_doubt"
    NOT_YET = "not_yet"
    ENDED = "ended"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, repr=False)
class FactLine:
    """One recorded fact: what it says, whence and since when, and what it does to notices."""

    fact_id: str
    about: Words
    title: Words
    answers: tuple[tuple[Words, Words | date], ...]
    effect: Words
    source: str
    from_on: date | None
    until_on: date | None
    recorded_by: str | None
    recorded_at: datetime
    state: State
    reason: str | None

    def __repr__(self) -> str:
        return f"FactLine(fact_id={self.fact_id!r})"

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it is current, so that it can be taken back as wrong."""
        return self.state not in {State.REPLACED, State.WITHDRAWN}


def fact_lines(
    session: Session, visitor: Visitor, pupil_id: str, named: PeopleNamed, today: date
) -> list[tuple[str, FactLine]]:
    """Return everything recorded about a pupil, oldest first, with the person on whose card it is.

    Source: 2018 Act ss.83-85, 88; S.I. 2021/401 regs 34-38.
    """
    kept = stored.kept_facts(session, visitor.tenant, pupil_id)
    live = [each.fact for each in kept if not each.withdrawn_at]
    holding = {fact.id for fact in stored.holding(live, today)}
    replaced = {older for fact in live for older in fact.supersedes}
    why = {each.fact.about: each.fact.detail for each in kept if each.fact.kind == WITHDRAWAL}
    people = [each.recorded_by.removeprefix("person:") for each in kept]
    names = lti_people.names_of(session, list(dict.fromkeys(people)))

    def state_of(each: KeptFact) -> State:
        fact = each.fact
        if each.withdrawn_at is not None:
            return State.WITHDRAWN
        if fact.id in replaced:
            return State.REPLACED
        if fact.id in holding:
            return State.IN_DOUBT if _in_doubt(fact, named) else State.HOLDS
        return State.NOT_YET if not fact.begun(today) else State.ENDED

    lines: list[tuple[str, FactLine]] = []
    for each, by in zip(kept, people, strict=True):
        fact = each.fact
        if fact.kind == WITHDRAWAL:
            continue
        sheet = SHEETS[_SHEET_OF[fact.kind]] if fact.kind in _SHEET_OF else None
        told = _SETTLED.get(fact.kind)
        reason = why.get(fact.id, {}).get("reason")
        line = FactLine(
            fact_id=fact.id,
            about=named.called(fact.about),
            title=sheet.title if sheet else told[0] if told else words.OTHER_FACT,
            answers=_answers(fact, sheet, named),
            effect=sheet.effect if sheet else told[1] if told else words.OTHER_FACT,
            source=sheet.source if sheet else "Education Act 1996 s.576",
            from_on=fact.from_on,
            until_on=fact.until_on,
            recorded_by=names.get(by),
            recorded_at=each.recorded_at,
            state=state_of(each),
            reason=str(reason) if reason else None,
        )
        lines.append((_card_of(fact, named), line))
    return lines


def _card_of(fact: RoutingFact, named: PeopleNamed) -> str:
    """Return the id of the person on whose card a fact stands."""
    if fact.detail.get("id"):
        return str(fact.detail["id"])
    return fact.about if fact.about in named.everybody() else named.learner


def _in_doubt(fact: RoutingFact, named: PeopleNamed) -> bool:
    return fact.about in named.doubtful and fact.detail.get("fingerprint") is not None


def _answers(
    fact: RoutingFact, sheet: Sheet | None, named: PeopleNamed
) -> tuple[tuple[Words, Words | date], ...]:
    if sheet is None:
        said = fact.detail.get("because")
        return ((words.GROUND, Words(str(said), str(said))),) if said else ()
    told: list[tuple[Words, Words | date]] = []
    if "represent" in fact.kind:
        told.append((words.REPRESENTS, named.called(fact.about)))
    questions = (*sheet.questions, *(_ENDING[name] for name in _ENDING if name in fact.detail))
    for question in questions:
        value = _value(question, fact.kind, fact.detail)
        if value is not None and (question.label, value) not in told:
            told.append((question.label, value))
    return tuple(told)


def _value(question: Question, kind: str, detail: Mapping[str, Any]) -> Words | date | None:
    """Return one answer as it was recorded, in words; None where the fact does not hold it."""
    name = question.name
    raw = detail.get("value") if name == kind else detail.get(name)
    if name == "office" or raw is None or raw == "":
        return None
    if question.answer is Answer.DAY:
        return date.fromisoformat(str(raw))
    if isinstance(raw, bool):
        raw = "yes" if raw else "no"
    text = str(raw)
    return question.choices.get(text) or Words(text, text)


_SHEET_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "capacity": "capacity",
        "la_view": "la-view",
        "tribunal_declaration": "declaration",
        "case_friend": "case-friend",
        "representative": "representative",
        "parent_representative": "representative",
        "consent": "consent",
        "language": "language",
        "iro": "office",
        "governing_body": "office",
        "person_in_charge": "office",
        "other_body": "office",
        "looked_after": "care",
        "area": "care",
        "detained": "detention",
        "in_youth_accommodation": "detention",
    }
)
_SETTLED: Final[Mapping[str, tuple[Words, Words]]] = MappingProxyType(
    {
        "parent_confirmed": (words.CONFIRMED_TITLE, words.CONFIRMED),
        "parent_withheld": (words.WITHHELD_TITLE, words.WITHHELD),
    }
)
_ENDING: Final = MappingProxyType(
    {
        "removed_on": SHEETS["case-friend-removed"].question("removed_on"),
        "removal_ref": SHEETS["case-friend-removed"].question("removal_ref"),
        "withdrawn_on": SHEETS["consent-withdrawn"].question("withdrawn_on"),
    }
)
"""What a fact holds beyond the questions of its sheet once something has ended it."""
