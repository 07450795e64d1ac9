"""Two people edited one plan: what each changed is kept; a field that both changed is shown.

Source: none; a rule of the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mis_bridge.domain.idp import DraftField

Fields = Mapping[str, DraftField]


@dataclass(frozen=True, slots=True, repr=False)
class Conflict:
    """A field that both changed, each in another way; None is a field that was taken out."""

    key: str
    before: DraftField | None
    mine: DraftField | None
    theirs: DraftField | None

    def __repr__(self) -> str:
        return f"Conflict(key={self.key!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Merged:
    """The fields after both changes. A conflict keeps `theirs`, which is already saved."""

    fields: Fields
    conflicts: tuple[Conflict, ...]


def merge(before: Fields, mine: Fields, theirs: Fields) -> Merged:
    """Merge two edits that both began at `before`.

    A change of one side stands; the same change by both is one change; two different changes of one
    field are a conflict, which a person settles, and nothing that was typed is lost meanwhile.

    Source: none; a rule of the product.
    """
    fields: dict[str, DraftField] = {}
    conflicts: list[Conflict] = []
    for key in dict.fromkeys((*theirs, *mine, *before)):
        was, ours, other = before.get(key), mine.get(key), theirs.get(key)
        result = other
        if other == was:
            result = ours
        elif ours not in (was, other):  # a set would ask for a hash, which an entry of a list lacks
            conflicts.append(Conflict(key, was, ours, other))
        if result is not None:
            fields[key] = result
    return Merged(fields, tuple(conflicts))
