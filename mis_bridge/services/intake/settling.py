"""Which pupil a telling is of, and what it changes: before any duty is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.register import ChangeKind, RegisterChange, changes, left
from mis_bridge.services.intake.register_rows import Held, RegisterRows, carried_over, held_of
from mis_bridge.services.intake.tellings import Outcome, Telling
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.register import Known


@dataclass(frozen=True, slots=True)
class _Match:
    """The pupil that a record tells of, and the record whose duplicate it is."""

    pupil_id: str
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A telling with the pupil it is of and the changes it brings."""

    telling: Telling
    held: Held | None
    outcome: Outcome
    changed: tuple[RegisterChange, ...] = ()

    def is_only_a_load(self, effects: Sequence[str]) -> bool:
        """Say whether this was a first sight that asks nothing of anybody."""
        return self.outcome is Outcome.CREATED and list(effects) == [ChangeKind.JOINED]


@dataclass(slots=True)
class Settling:
    """The tellings of one batch, each settled upon what the ones before it left."""

    rows: RegisterRows
    known: Known
    last_read_at: datetime | None
    held: dict[str, Held] = field(default_factory=dict)

    def settle(self, telling: Telling) -> Settled:
        """Find the pupil that a telling is of, and what it changes."""
        source = self.known.sources.get(telling.record_id)
        if telling.pupil is None:
            return self._settle_deletion(telling, source.pupil_id if source else None)
        match = (
            _Match(source.pupil_id, source.duplicate_of)
            if source is not None
            else self._matched(telling.pupil, telling)
        )
        if match is None:
            held = Held(new_id(), "current", telling.vendor, telling.record_id, 0, None, None)
            return self._take(telling, held, Outcome.CREATED)
        held = self._held(match.pupil_id)
        standing = self._standing(telling, held, match)
        if standing is not None:
            return Settled(telling, held, standing)
        return self._take(telling, held, Outcome.UPDATED)

    def _standing(self, telling: Telling, held: Held, match: _Match) -> Outcome | None:
        """Return why a telling changes nothing of a known pupil, None where it is to be taken."""
        source = self.known.sources.get(telling.record_id)
        if held.state == "erased":
            return Outcome.UNMATCHED
        if match.duplicate_of is not None and self._still_there(match.duplicate_of):
            self.rows.source(telling, held.id, duplicate_of=match.duplicate_of)
            return Outcome.DUPLICATE
        if source is not None and _same(source.raw_digest, source.mapping_digest, telling):
            return Outcome.UNCHANGED
        if self._is_older(telling, held):
            self.rows.entry(held, telling, superseded=True)
            return Outcome.SUPERSEDED
        return None

    def _settle_deletion(self, telling: Telling, pupil_id: str | None) -> Settled:
        if pupil_id is None:
            return Settled(telling, None, Outcome.UNMATCHED)
        held = self._held(pupil_id)
        if held.pupil is None:
            return Settled(telling, held, Outcome.UNMATCHED)
        if self._is_older(telling, held):
            return Settled(telling, held, Outcome.SUPERSEDED)
        self.rows.source(telling, held.id)
        if held.record_id != telling.record_id or held.vendor != telling.vendor:
            return Settled(telling, held, Outcome.DELETED)
        changed = left(held.pupil, on=telling.noticed_on) if held.state == "current" else ()
        gone = replace(
            held,
            state="left",
            left_on=held.left_on or telling.noticed_on,
            told_at=telling.told_at,
            version=held.version + 1,
        )
        return self._record(telling, gone, Outcome.DELETED, changed)

    def _take(self, telling: Telling, held: Held, outcome: Outcome) -> Settled:
        """Take a telling as the pupil's new state."""
        told = telling.pupil
        if told is None:
            msg = "a deletion brings no new state"
            raise ValueError(msg)
        before = held.pupil if held.state == "current" else None
        changed = changes(before, told, on=telling.noticed_on)
        kinds = {change.kind for change in changed}
        kept = carried_over(held.pupil, told)
        self.rows.source(telling, held.id)
        if not changed and _says_the_same(held.pupil, kept):
            return Settled(telling, held, Outcome.UNCHANGED)
        now_left = ChangeKind.LEFT in kinds
        here = held.state != "left" or ChangeKind.JOINED in kinds
        after = replace(
            held,
            state="left" if now_left or not here else "current",
            left_on=telling.noticed_on if now_left else (None if here else held.left_on),
            vendor=telling.vendor,
            record_id=telling.record_id,
            pupil=kept,
            told_at=telling.told_at,
            version=held.version + 1,
        )
        return self._record(telling, after, outcome, changed)

    def _record(
        self,
        telling: Telling,
        after: Held,
        outcome: Outcome,
        changed: tuple[RegisterChange, ...],
    ) -> Settled:
        self.held[after.id] = after
        self.rows.pupil(after)
        self.rows.registrations(after)
        if after.pupil is not None and (found := self.rows.upn_hash(after.pupil)) is not None:
            self.known.by_upn[found] = after.id
        if changed:
            self.rows.entry(after, telling, superseded=False)
            self.rows.changes(after, changed)
        return Settled(telling, after, outcome, changed)

    def _held(self, pupil_id: str) -> Held:
        if pupil_id not in self.held:
            self.held[pupil_id] = held_of(self.known.pupils[pupil_id], self.rows.ring)
        return self.held[pupil_id]

    def _matched(self, pupil: Pupil, telling: Telling) -> _Match | None:
        """Return the pupil whose valid UPN this unknown record bears, None for a new pupil.

        A record of another vendor, or one whose predecessor was deleted, carries the pupil on; two
        live records of one vendor are duplicates, and facts of two are never merged.
        """
        found = self.rows.upn_hash(pupil)
        pupil_id = self.known.by_upn.get(found) if found is not None else None
        if pupil_id is None:
            return None
        held = self._held(pupil_id)
        live = held.vendor == telling.vendor and held.state == "current"
        live = live and held.record_id not in telling.stands_for
        return _Match(pupil_id, held.record_id if live else None)

    def _still_there(self, record_id: str) -> bool:
        source = self.known.sources.get(record_id)
        pending = self.rows.batch.sources.get(record_id)
        if pending is not None:
            return pending["deleted_at"] is None
        return source is None or source.deleted_at is None

    def _is_older(self, telling: Telling, held: Held) -> bool:
        floor = max((at for at in (held.told_at, self.last_read_at) if at), default=None)
        return floor is not None and telling.told_at < floor


def _says_the_same(before: Pupil | None, after: Pupil) -> bool:
    """Say whether two records differ at most in when they were read."""
    if before is None:
        return False
    unread = replace(after.source, read_at=before.source.read_at)
    return replace(after, source=unread) == before


def _same(raw: str | None, mapping: str | None, telling: Telling) -> bool:
    return raw is not None and (raw, mapping) == (telling.raw_digest, telling.mapping_digest)
