"""What a person can record about who is who: one sheet for each kind of fact, with its questions.

Read from `law/people_sheets.toml`. A sheet is shown by one template and read by one view.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from mis_bridge.domain.words import Words


class Answer(StrEnum):
    """In which shape a question is answered."""

    LINE = "line"
    LINES = "lines"
    DAY = "day"
    CHOICE = "choice"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a sheet; one that is not `needed` may stay empty."""

    name: str
    answer: Answer
    label: Words
    hint: Words | None
    needed: bool
    choices: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of fact: what recording it does, under which provision, and its questions.

    `whom` names the group of people who are the choices of its PERSON question.
    """

    id: str
    title: Words
    effect: Words
    source: str
    questions: tuple[Question, ...]
    whom: str

    @property
    def texts(self) -> tuple[str, ...]:
        """The fields of the form that are not dates."""
        return tuple(one.name for one in self.questions if one.answer is not Answer.DAY)

    @property
    def days(self) -> tuple[str, ...]:
        """The fields of the form that are dates."""
        return tuple(one.name for one in self.questions if one.answer is Answer.DAY)

    def question(self, name: str) -> Question:
        """Return one question by its name; raises KeyError."""
        return {one.name: one for one in self.questions}[name]


def _words(row: Mapping[str, str]) -> Words:
    return Words(row["en"], row["cy"])


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        name=row["name"],
        answer=Answer(row["answer"]),
        label=_words(row["label"]),
        hint=_words(row["hint"]) if "hint" in row else None,
        needed=row.get("needed", True),
        choices=MappingProxyType({each["value"]: _words(each) for each in row.get("choices", ())}),
    )


def _load() -> Mapping[str, Sheet]:
    text = files("mis_bridge.domain").joinpath("law/people_sheets.toml").read_text("utf-8")
    return MappingProxyType(
        {
            sheet_id: Sheet(
                sheet_id,
                _words(row["title"]),
                _words(row["effect"]),
                row["source"],
                tuple(map(_question, row["questions"])),
                row.get("whom", ""),
            )
            for sheet_id, row in tomllib.loads(text).items()
        }
    )


SHEETS: Final = _load()
"""Every sheet by its id, in the order in which a page lists them."""
