"""Reading the facts of a case: a strict vocabulary; absent and null both mean not known."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

Facts = Mapping[str, object]
_Member = TypeVar("_Member", bound=StrEnum)
# A date outside these years is a slip of the hand, and counting from it would leave the calendar.
_ISO_DATE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the law says of a case: the keys of `result` that apply, and the reasons."""

    result: dict[str, object]
    trace: Trace


class BadCase(Problem):
    """A key, or a value, outside the vocabulary; `key` is where, dotted for a nested one."""

    def __init__(self, key: str, message: Words) -> None:
        super().__init__(message)
        self.key = key


def known_keys(facts: Facts, keys: Collection[str], under: str = "") -> None:
    """Refuse a key that the vocabulary does not have."""
    for key in facts:
        if key not in keys:
            raise BadCase(
                _place(under, str(key)), Words("not a key of this question", "nid yw'n allwedd yma")
            )


def one_of(facts: Facts, key: str, values: Collection[str], under: str = "") -> str | None:
    """Return a word of the vocabulary, None when not known."""
    value = facts.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or value not in values:
        listed = ", ".join(sorted(values))
        raise BadCase(
            _place(under, key), Words(f"not one of: {listed}", f"nid yw'n un o: {listed}")
        )
    return value


def member_of(facts: Facts, key: str, words: type[_Member], under: str = "") -> _Member | None:
    """Return a word of the vocabulary as a member of its enumeration, None when not known."""
    value = one_of(facts, key, {str(word) for word in words}, under)
    return None if value is None else words(value)


def day(facts: Facts, key: str, under: str = "") -> date | None:
    """Return a date, None when not known."""
    value = facts.get(key)
    return None if value is None else day_of(value, _place(under, key))


def day_of(value: object, place: str) -> date:
    """Read `YYYY-MM-DD` and nothing else."""
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BadCase(place, Words("not a date as YYYY-MM-DD", "nid yw'n ddyddiad fel BBBB-MM-DD"))


def truth(facts: Facts, key: str, under: str = "") -> bool | None:
    """Return true or false, None when not known."""
    value = facts.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise BadCase(_place(under, key), Words("not true or false", "nid yw'n true na false"))


def text(facts: Facts, key: str, under: str = "") -> str | None:
    """Return any text, None when not known."""
    value = facts.get(key)
    if value is None or isinstance(value, str):
        return value
    raise BadCase(_place(under, key), Words("not a text", "nid yw'n destun"))


def listed(facts: Facts, key: str, under: str = "") -> list[object]:
    """Return a list; one that is not known is empty."""
    value = facts.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return list(value)
    raise BadCase(_place(under, key), Words("not a list", "nid yw'n rhestr"))


def nested(facts: Facts, key: str, under: str = "") -> Facts | None:
    """Return an object, None when not known."""
    value = facts.get(key)
    return None if value is None else object_of(value, _place(under, key))


def object_of(value: object, place: str) -> Facts:
    """Read an object."""
    if isinstance(value, Mapping):
        return value
    raise BadCase(place, Words("not an object", "nid yw'n wrthrych"))


def _place(under: str, key: str) -> str:
    return f"{under}.{key}" if under else key
