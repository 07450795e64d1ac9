"""Whether a sheet about somebody can be recorded as it is filled in: every fault by its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.people_sheets import Answer, Question, Sheet
from mis_bridge.domain.words import Words
from mis_bridge.services.people import words
from mis_bridge.services.people.named import PeopleNamed

_MAX_LINE, _MAX_LINES = 200, 1000
_EARLIEST: Final = date(1950, 1, 1)
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]+\.[^\s@,;<>\".]+")
_ACCOUNT: Final = re.compile(r"mis:[A-Za-z0-9._@-]{1,120}")
_MAY_LIE_AHEAD: Final = frozenset({"until_on"})


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """A sheet as a person filled it in: texts and days by field."""

    texts: Mapping[str, str]
    days: Mapping[str, date | None]

    def __repr__(self) -> str:
        return "Filled(***)"

    def text(self, name: str) -> str:
        """Return one answer without the space around it."""
        return self.texts.get(name, "").strip()

    def day(self, name: str) -> date:
        """Return one day that has been checked to be there."""
        value = self.days[name]
        if value is None:
            raise KeyError(name)
        return value


def faults(sheet: Sheet, filled: Filled, named: PeopleNamed, today: date) -> dict[str, Words]:
    """Return what is wrong with a filled sheet, by field; nothing where it can be recorded."""
    errors: dict[str, Words] = {}
    for question in sheet.questions:
        if question.answer is Answer.DAY:
            wrong = _wrong_day(question, filled.days.get(question.name), today)
        else:
            wrong = _wrong_text(question, filled.text(question.name), named.group(sheet.whom))
        if wrong is not None:
            errors[question.name] = wrong
    check = _TOGETHER.get(sheet.id)
    return errors or (check(filled, named) if check is not None else {})


def _wrong_day(question: Question, day: date | None, today: date) -> Words | None:
    if day is None:
        return words.DAY.fill(field=question.label) if question.needed else None
    if day > today and question.name not in _MAY_LIE_AHEAD:
        return words.IN_THE_FUTURE.fill(field=question.label)
    return words.TOO_EARLY.fill(field=question.label) if day < _EARLIEST else None


def _wrong_text(question: Question, text: str, group: Mapping[str, Words]) -> Words | None:
    if not text:
        return words.FILL_IN.fill(field=question.label) if question.needed else None
    match question.answer:
        case Answer.CHOICE:
            known = text in question.choices
        case Answer.PERSON:
            known = text in group
        case Answer.LINES:
            return words.TOO_LONG.fill(field=question.label) if len(text) > _MAX_LINES else None
        case _:
            plain = len(text) <= _MAX_LINE and text.isprintable()
            return None if plain else words.ONE_LINE.fill(field=question.label)
    return None if known else words.CHOOSE.fill(field=question.label)


def _address(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    del named
    address = filled.text("address")
    good = _ACCOUNT.fullmatch(address) or _EMAIL.fullmatch(address)
    return {} if good else {"address": words.ADDRESS}


def _authority(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    del named
    if filled.text("looked_after") != "yes":
        return {}
    wanted = {"authority": words.AUTHORITY, "area": words.AREA}
    return {name: said for name, said in wanted.items() if not filled.text(name)}


def _order(name: str, last: date | None, first: date | None) -> dict[str, Words]:
    backwards = last is not None and first is not None and last < first
    return {name: words.ENDS_BEFORE_IT_BEGINS} if backwards else {}


def _term(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    del named
    return _order("until_on", filled.days.get("until_on"), filled.days["from_on"])


def _ending(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    return _order("until_on", filled.days["until_on"], named.held(filled.text("about")).from_on)


def _removal(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    ordered = named.case_friend_fact().detail.get("ordered_on")
    first = date.fromisoformat(str(ordered)) if ordered else None
    return _order("removed_on", filled.days["removed_on"], first)


def _revoking(filled: Filled, named: PeopleNamed) -> dict[str, Words]:
    first = date.fromisoformat(str(named.willing()[filled.text("about")].detail["given_on"]))
    return _order("withdrawn_on", filled.days["withdrawn_on"], first)


_TOGETHER: Final[Mapping[str, Callable[[Filled, PeopleNamed], dict[str, Words]]]] = (
    MappingProxyType(
        {
            "consent": _address,
            "care": _authority,
            "representative": _term,
            "representative-ended": _ending,
            "case-friend-removed": _removal,
            "consent-withdrawn": _revoking,
        }
    )
)
"""What is looked at once every answer of a sheet is well formed by itself."""
