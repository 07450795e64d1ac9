"""Is a provision specific, is an outcome measurable and dated? A help; it decides nothing.

A plan's provision should be detailed, specific and quantified, its outcomes measurable and dated.
What is missing is named with a reason and an example; what is vague is marked where it stands.
Source: ALN Code for Wales 2021 23.20, 23.31, 23.37 (as reported; see `law/specificity.toml`).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from mis_bridge.domain.words import Words

TextKind = Literal["provision", "outcome"]
MOST_CHARACTERS = 5_000


@dataclass(frozen=True, slots=True)
class Remark:
    """What is missing (`aspect`), or vague, in one text.

    `start` and `end` mark the sentence or the words in the text as it was given, in characters.
    """

    aspect: str
    start: int
    end: int
    because: Words
    example: Words


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    kind: str
    patterns: tuple[re.Pattern[str], ...]
    because: Words
    example: Words

    def found(self, folded: str) -> Iterator[re.Match[str]]:
        for pattern in self.patterns:
            yield from pattern.finditer(folded)


def _rule(name: str, entry: dict[str, Any]) -> _Rule:
    return _Rule(
        name,
        entry["for"],
        tuple(re.compile(pattern) for pattern in entry["patterns"]),
        Words(**entry["because"]),
        Words(**entry["example"]),
    )


_LAW: dict[str, Any] = tomllib.loads(
    files("mis_bridge.domain").joinpath("law/specificity.toml").read_text(encoding="utf-8")
)
_ASPECTS = tuple(_rule(name, entry) for name, entry in _LAW["aspects"].items())
_VAGUE = _rule("vague", _LAW["vague"])
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;]?")


def remarks(text: str, kind: TextKind) -> tuple[Remark, ...]:
    """Return what is missing or vague in `text`, in the order in which it stands there.

    A missing aspect is looked for in the whole text, because a provision is often told over several
    sentences; it marks the first sentence. Only the first 5,000 characters are looked at. An empty
    text has no remarks: that it is empty is the form's business.

    Source: ALN Code for Wales 2021 23.20, 23.31, 23.37.
    """
    shown = text[:MOST_CHARACTERS]
    if not shown.strip():
        return ()
    folded = _folded(shown)
    first = _SENTENCE.search(shown)
    start, end = first.span() if first else (0, len(shown))
    missing = [
        Remark(rule.name, start, end, rule.because, rule.example)
        for rule in _ASPECTS
        if rule.kind == kind and next(rule.found(folded), None) is None
    ]
    vague = [
        Remark("vague", found.start(), found.end(), _VAGUE.because, _VAGUE.example)
        for found in _VAGUE.found(folded)
        if kind == "provision"
    ]
    return tuple(sorted((*missing, *vague), key=lambda remark: (remark.start, remark.aspect)))


def _folded(text: str) -> str:
    """Fold case and accents, one character for one, so that places in the text hold."""
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character
