"""What can be decided on a task, in the words of the form and of the record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mis_bridge.domain.tasks import DECIDING, TaskKind
from mis_bridge.domain.words import Words

HAS_ALN, NO_ALN, NO_DUTY, DONE = "has_aln", "no_aln", "no_duty", "done"

_WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        HAS_ALN: Words("The pupil has ALN", "Mae gan y disgybl ADY"),
        NO_ALN: Words("The pupil does not have ALN", "Nid oes gan y disgybl ADY"),
        NO_DUTY: Words(
            "The duty to decide does not apply", "Nid yw'r ddyletswydd i benderfynu yn gymwys"
        ),
        DONE: Words("Done", "Wedi'i wneud"),
    }
)


def choices(kind: TaskKind) -> tuple[str, ...]:
    """Return the decisions that a task of this kind admits."""
    return (HAS_ALN, NO_ALN, NO_DUTY) if kind in DECIDING else (DONE,)


def decision_words(decision: str) -> Words:
    """Return a decision in words."""
    return _WORDS.get(decision, _WORDS[DONE])


def needs_giving(decision: str) -> bool:
    """Say whether a notification or a plan has yet to be given before the duty is done.

    Source: 2018 Act ss.11(4), 22(1).
    """
    return decision in {HAS_ALN, NO_ALN}
