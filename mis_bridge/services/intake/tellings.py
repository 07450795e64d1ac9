"""What a source told of one pupil, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mis_bridge.domain.pupil import Pupil


@dataclass(frozen=True, slots=True)
class Telling:
    """One record, or its deletion (`pupil` None), as a source told it.

    `told_at` is the vendor's own time of the facts: for a record fetched now, the moment of the
    fetch. `noticed_on` is the day on which the matter came to the school's attention, confirmed
    only where the source stated it. `cause` names the event or run (`webhook:ID`, `sync:ID`).
    `stands_for` names older records of the same source which this one has beaten as duplicates.
    """

    vendor: str
    record_id: str
    pupil: Pupil | None
    told_at: datetime
    noticed_on: date
    cause: str
    noticed_confirmed: bool = False
    connection_id: str | None = None
    raw_digest: str | None = None
    mapping_digest: str | None = None
    stands_for: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """What became of a telling; a run's report counts each, and the sum is what was read."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    DELETED = "deleted"
    SUPERSEDED = "superseded"
    UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome, and the effects by name: `concern_added`, `task_opened:<id>`."""

    outcome: Outcome
    effects: tuple[str, ...] = ()
    pupil_id: str | None = None
