"""Is a provision specific, is its outcome measurable and dated: shown where the words stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mis_bridge.domain.idp import DraftField
from mis_bridge.domain.specificity import Remark, remarks
from mis_bridge.domain.words import Words

_LANGUAGE = "language"


@dataclass(frozen=True, slots=True, repr=False)
class Reason:
    """Why a text could be more specific, with an example; `words` are the vague ones, if any."""

    because: Words
    example: Words
    words: str | None

    def __repr__(self) -> str:
        return "Reason(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Checked:
    """A text with what is marked in it, piece by piece, and the reasons."""

    pieces: tuple[tuple[str, bool], ...]
    reasons: tuple[Reason, ...]

    def __repr__(self) -> str:
        return f"Checked({len(self.reasons)} reasons)"


def checked(base: str, fields: Mapping[str, DraftField]) -> dict[str, Checked]:
    """Return what could be more specific in a provision's texts, by field (`outcome`, `provision`).

    The measure may hold what the outcome leaves open, and the question about Welsh has a field of
    its own: once answered, the text need not repeat it. It warns and blocks nothing.

    Source: ALN Code for Wales 2021 23.20, 23.31, 23.37 (as reported).
    """
    outcome, measure = _text(fields, base, "outcome"), _text(fields, base, "measure")
    provision = _text(fields, base, "provision")
    open_still = {remark.aspect for remark in remarks(f"{outcome}\n{measure}", "outcome")}
    wanting = [each for each in remarks(outcome, "outcome") if each.aspect in open_still]
    language_known = isinstance(_value(fields, base, "in_welsh"), bool)
    unspecific = [
        each
        for each in remarks(provision, "provision")
        if not (each.aspect == _LANGUAGE and language_known)
    ]
    found = {"outcome": _marked(outcome, wanting), "provision": _marked(provision, unspecific)}
    return {name: told for name, told in found.items() if told.reasons}


def _marked(text: str, found: list[Remark]) -> Checked:
    """Mark vague words where there are any, and the first sentence only where there are none."""
    vague = [each for each in found if each.aspect == "vague"]
    spans = sorted({(each.start, each.end) for each in vague or found})
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        if start > at:
            pieces.append((text[at:start], False))
        if end > max(at, start):
            pieces.append((text[max(at, start) : end], True))
        at = max(at, end)
    if at < len(text):
        pieces.append((text[at:], False))
    words = ", ".join(dict.fromkeys(text[each.start : each.end] for each in vague))
    reasons = dict.fromkeys((each.because, each.example, each in vague) for each in found)
    return Checked(
        tuple(pieces),
        tuple(
            Reason(because, example, words if is_vague else None)
            for because, example, is_vague in reasons
        ),
    )


def _value(fields: Mapping[str, DraftField], base: str, name: str) -> object:
    held = fields.get(f"{base}.{name}")
    return held.value if held is not None else None


def _text(fields: Mapping[str, DraftField], base: str, name: str) -> str:
    value = _value(fields, base, name)
    return value if isinstance(value, str) else ""
