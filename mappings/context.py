"""What surrounds the mapping of one record, and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mappings.issues import MappingIssue


@dataclass(frozen=True, slots=True)
class MapContext:
    """Whose record it is and the day that decides what is current.

    `school` is `LLL/EEEE` or None, `read_at` an ISO instant or None. `record_id` is the key the
    reader found, for documents without a rule of their own for it. With `provenance` every fact is
    traced to its place.
    """

    vendor: str
    school: str | None
    as_of: date
    read_at: str | None = None
    record_id: str | None = None
    provenance: bool = False
    on: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "on", self.as_of.isoformat())


@dataclass(frozen=True, slots=True, repr=False)
class Mapped:
    """The record, or None with the issue that rejected it.

    `changed_at` is the vendor's own time stamp in a form that sorts, `provenance` maps each key to
    `{path, raw, rule}` when it was asked for.
    """

    canonical: dict[str, Any] | None
    issues: tuple[MappingIssue, ...] = ()
    provenance: dict[str, Any] | None = None
    changed_at: str | None = None

    def __repr__(self) -> str:
        return f"Mapped({'a record' if self.canonical else 'rejected'}, {len(self.issues)} issues)"
