"""How reading an MIS can fail: try again later, do not, skip this record, refuse this file."""

from __future__ import annotations

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class AdapterProblem(Problem):
    """Root of everything that can go wrong between an MIS and a source record."""


class OptionsRefused(AdapterProblem):
    """The `[read]` table of a mapping document holds something that no reader understands."""


class VendorUnavailable(AdapterProblem):
    """Try again later: a time-out, 429, 5xx, a broken answer. `retry_after` is in seconds."""

    def __init__(self, words: Words, *, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class VendorRefused(AdapterProblem):
    """Not to be tried again by itself: access withdrawn, a forbidden address, a bad request.

    `status` is that of the answer, where there was one.
    """

    def __init__(
        self, words: Words, *, needs_reauthorisation: bool = False, status: int | None = None
    ) -> None:
        super().__init__(words)
        self.needs_reauthorisation = needs_reauthorisation
        self.status = status


class RecordSkipped(AdapterProblem):
    """One record cannot be read; the others can. Yielded by a `Reading`, not raised out of it.

    `place` names file and row (or page and position); `path` the column or element, where known;
    `value_seen` tells type and length of what stood there, never the value.
    """

    def __init__(
        self,
        words: Words,
        *,
        place: str,
        record_id: str | None = None,
        path: str | None = None,
        value_seen: str | None = None,
    ) -> None:
        super().__init__(words)
        self.place = place
        self.record_id = record_id
        self.path = path
        self.value_seen = value_seen


class FileRefused(AdapterProblem):
    """A whole file is refused and nothing of it is used. `row` and `offset` (bytes) where known."""

    def __init__(
        self, words: Words, *, file: str, row: int | None = None, offset: int | None = None
    ) -> None:
        super().__init__(words)
        self.file = file
        self.row = row
        self.offset = offset
