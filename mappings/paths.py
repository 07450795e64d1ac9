"""Paths: where in a record a value stands. They name places and select rows, no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Choice = Literal["agree", "first", "current", "ended", "equals", "differs"]

MAX_STEPS: Final = 12
MAX_LENGTH: Final = 400
_NUMBERED = "{n}"
_BARE = re.compile(r"[^.\[\]'\"?]+")
_SELECTOR = re.compile(r"\[([^\]]*)\]")
_ARGUMENT = re.compile(r"'([^']*)'|(\S+)")
_COMPARISON = re.compile(r"(?:'([^']*)'|([^=!']+?))\s*(!?=)\s*(?:'([^']*)'|(.*))")


class PathRefused(ValueError):
    """A path that cannot be read; the argument is a key of `mappings.wording.PATH_FAULTS`."""


@dataclass(frozen=True, slots=True)
class Key:
    """Go down to a name; an `optional` one (`data?`) may be missing as a level."""

    name: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """Choose among the rows of a list; a lone row counts as a list of one.

    `agree`: what all rows say; `first`: the first row that says something; `current` and `ended`:
    the row in force, or the one ended last, by the columns of its start and end; `equals` and
    `differs`: rows whose column has, or has not, a value.
    """

    choice: Choice
    arguments: tuple[str, ...] = ()


Step = Key | Select


@dataclass(frozen=True, slots=True)
class Path:
    """A path and the text it was written as."""

    text: str
    steps: tuple[Step, ...]

    def folded(self) -> Path:
        """Return the path for a record whose names are all case-folded."""
        return Path(self.text, tuple(_folded(step) for step in self.steps))

    def numbered(self, number: int) -> Path:
        """Return the path with the number in the place of `{n}`."""
        return Path(
            self.text.replace(_NUMBERED, str(number)),
            tuple(
                Key(step.name.replace(_NUMBERED, str(number)), step.optional)
                if isinstance(step, Key)
                else step
                for step in self.steps
            ),
        )


def read_path(text: str) -> Path:
    """Read a path: `contacts.data?`, `'Legal Surname'`, `upns[current start end].upn`, `.`."""
    if len(text) > MAX_LENGTH:
        raise PathRefused("long")
    if text.strip() == ".":
        return Path(text, ())
    steps: list[Step] = []
    at = 0
    while True:
        name, at = _name(text, at)
        optional = text[at : at + 1] == "?"
        at += optional
        steps.append(Key(name, optional))
        while found := _SELECTOR.match(text, at):
            steps.append(_selector(found[1].strip()))
            at = found.end()
        if at == len(text):
            break
        if text[at] != ".":
            raise PathRefused("shape")
        at += 1
    if len(steps) > MAX_STEPS:
        raise PathRefused("deep")
    return Path(text, tuple(steps))


def _name(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == "'":
        end = text.find("'", at + 1)
        if end <= at + 1:
            raise PathRefused("shape")
        return text[at + 1 : end], end + 1
    found = _BARE.match(text, at)
    if not found or not found[0].strip():
        raise PathRefused("shape")
    if found[0].strip().startswith("__") or "{" in found[0].replace(_NUMBERED, ""):
        raise PathRefused("code")
    return found[0].strip(), found.end()


def _selector(inside: str) -> Select:
    if inside == "":
        return Select("agree")
    if inside == "first":
        return Select("first")
    words = [quoted or bare for quoted, bare in _ARGUMENT.findall(inside)]
    if words and words[0] in {"current", "ended"} and "=" not in inside:
        if len(words) != 3:
            raise PathRefused("dates")
        return Select("current" if words[0] == "current" else "ended", (words[1], words[2]))
    if found := _COMPARISON.fullmatch(inside):
        column = found[1] or found[2].strip()
        value = found[4] if found[4] is not None else found[5].strip()
        return Select("equals" if found[3] == "=" else "differs", (column, value))
    raise PathRefused("selector")


def _folded(step: Step) -> Step:
    if isinstance(step, Key):
        return Key(step.name.casefold(), step.optional)
    if step.choice in {"current", "ended"}:
        return Select(step.choice, tuple(name.casefold() for name in step.arguments))
    if step.choice in {"equals", "differs"}:
        return Select(step.choice, (step.arguments[0].casefold(), step.arguments[1]))
    return step
