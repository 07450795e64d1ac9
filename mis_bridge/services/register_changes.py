"""The one road into the register: for a webhook, a poll and a file alike.

A telling becomes a register change, the change what the law asks for today, the task its notice,
the notice its messages; all of it in the caller's transaction, with its audit rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from adapters.base import SourceRecord, Tombstone
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.register import ChangeKind, RegisterChange, changes, left
from mis_bridge.domain.tasks import DecisionTask, Setting, TaskKind, closed_by, opened_by
from mis_bridge.services import notice_making
from mis_bridge.services.calendars import CalendarInForce, in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.notice_making import GIVERS, Occasion
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.services.register_rows import Held, RegisterRows, carried_over, held_of
from mis_bridge.services.tellings import Applied, Outcome, Telling
from mis_bridge.storage import audit, connections, register
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tenants import Tenant

DECISION_STARTED = "decision_started"


def apply(  # noqa: PLR0913 - the one road's face, agreed with webhook, poll and file alike
    session: Session,
    tenant: Tenant,
    *,
    connection_id: str | None,
    pupil: Pupil | None,
    tombstone: Tombstone | None,
    raw: SourceRecord | None,
    mapping_version_id: str | None,
    noticed_on: date,
    noticed_confirmed: bool,
    cause: str,
    now: datetime,
    jobs: Jobs,
    told_at: datetime | None = None,
) -> Applied:
    """Apply one telling: a pupil's record, or the tombstone of one of a known connection.

    `mapping_version_id` is the mapping document's digest. `told_at` is the vendor's own time of
    the facts; without it they are of now. An older telling than the state held never overwrites
    it.
    """
    told = told_at or now
    if pupil is not None:
        vendor, record_id = pupil.source.vendor, pupil.source.record_id
    elif tombstone is not None and connection_id is not None:
        vendor = connections.vendor_of(session, tenant, connection_id)
        record_id, told = tombstone.record_id, tombstone.deleted_at or told
    else:
        msg = "a telling is a pupil's record, or a tombstone of a known connection"
        raise ValueError(msg)
    telling = Telling(
        vendor=vendor,
        record_id=record_id,
        pupil=pupil,
        told_at=told,
        noticed_on=noticed_on,
        cause=cause,
        noticed_confirmed=noticed_confirmed,
        connection_id=connection_id,
        raw_digest=raw.digest if raw is not None else None,
        mapping_digest=mapping_version_id,
    )
    return apply_all(session, tenant, [telling], now=now, jobs=jobs)[0]


def apply_all(
    session: Session,
    tenant: Tenant,
    tellings: Sequence[Telling],
    *,
    now: datetime,
    jobs: Jobs,
) -> list[Applied]:
    """Apply tellings of one school and one vendor in this order; return what became of each."""
    if not tellings:
        return []
    return _Road.begin(session, tenant, tellings, now, jobs).walk(tellings)


@dataclass(slots=True)
class _Road:
    """One batch on its way into the register."""

    session: Session
    tenant: Tenant
    now: datetime
    jobs: Jobs
    setting: Setting
    calendar: CalendarInForce | None
    rows: RegisterRows
    known: register.Known
    held: dict[str, Held]
    last_read_at: datetime | None
    entries: list[audit.AuditEntry]

    @classmethod
    def begin(
        cls,
        session: Session,
        tenant: Tenant,
        tellings: Sequence[Telling],
        now: datetime,
        jobs: Jobs,
    ) -> _Road:
        school = register.take_turn(session, tenant)
        rows = RegisterRows(tenant, keys_of(session), upn_hashes(session, now=now), now)
        hashes = {rows.upn_hash(t.pupil) for t in tellings if t.pupil is not None}
        known = register.known(
            session,
            tenant,
            tellings[0].vendor,
            {telling.record_id for telling in tellings},
            {value for value in hashes if value is not None},
        )
        connection_id = tellings[0].connection_id
        return cls(
            session=session,
            tenant=tenant,
            now=now,
            jobs=jobs,
            setting=Setting(school.setting),
            calendar=in_force(session, tenant),
            rows=rows,
            known=known,
            held={},
            last_read_at=(
                connections.last_read_at(session, tenant, connection_id) if connection_id else None
            ),
            entries=[],
        )

    def walk(self, tellings: Sequence[Telling]) -> list[Applied]:
        """Settle each telling, write the rows, then open what the law asks for."""
        settled = [self._settle(telling) for telling in tellings]
        register.write(self.session, self.tenant, self.rows.batch)
        desk = TaskDesk(self.session, self.tenant, self.calendar, self.now)
        applied = [self._conclude(step, desk) for step in settled]
        self._note_loads(settled)
        audit.append(self.session, self.tenant, self.entries, self.now)
        return applied

    def _settle(self, telling: Telling) -> _Settled:
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
            return _Settled(telling, held, standing)
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

    def _settle_deletion(self, telling: Telling, pupil_id: str | None) -> _Settled:
        if pupil_id is None:
            return _Settled(telling, None, Outcome.UNMATCHED)
        held = self._held(pupil_id)
        if held.pupil is None:
            return _Settled(telling, held, Outcome.UNMATCHED)
        if self._is_older(telling, held):
            return _Settled(telling, held, Outcome.SUPERSEDED)
        self.rows.source(telling, held.id)
        if held.record_id != telling.record_id or held.vendor != telling.vendor:
            return _Settled(telling, held, Outcome.DELETED)
        changed = left(held.pupil, on=telling.noticed_on) if held.state == "current" else ()
        gone = replace(
            held,
            state="left",
            left_on=held.left_on or telling.noticed_on,
            told_at=telling.told_at,
            version=held.version + 1,
        )
        return self._record(telling, gone, Outcome.DELETED, changed)

    def _take(self, telling: Telling, held: Held, outcome: Outcome) -> _Settled:
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
            return _Settled(telling, held, Outcome.UNCHANGED)
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
    ) -> _Settled:
        self.held[after.id] = after
        self.rows.pupil(after)
        self.rows.registrations(after)
        if after.pupil is not None and (found := self.rows.upn_hash(after.pupil)) is not None:
            self.known.by_upn[found] = after.id
        if changed:
            self.rows.entry(after, telling, superseded=False)
            self.rows.changes(after, changed)
        return _Settled(telling, after, outcome, changed)

    def _conclude(self, step: _Settled, desk: TaskDesk) -> Applied:
        """Open and close tasks, give notice, and write down what was done."""
        telling, held = step.telling, step.held
        if held is None:
            return Applied(step.outcome)
        effects = [change.kind.value for change in step.changed]
        if step.changed and held.pupil is not None:
            effects += self._duties(step, held, held.pupil, desk)
        elif telling.noticed_confirmed and step.outcome is not Outcome.SUPERSEDED:
            effects += desk.confirm_noticed(held.id, telling.noticed_on)
        if step.is_only_a_load(effects):
            return Applied(step.outcome, tuple(effects), held.id)
        if effects or step.outcome in _WORTH_A_ROW:
            self.entries.append(
                audit.AuditEntry(
                    actor=telling.cause,
                    action=f"pupil_{step.outcome.value}",
                    subject=f"pupil:{held.id}",
                    facts={"version": held.version, "effects": list(effects)},
                )
            )
        return Applied(step.outcome, tuple(effects), held.id)

    def _duties(self, step: _Settled, held: Held, pupil: Pupil, desk: TaskDesk) -> tuple[str, ...]:
        telling, today = step.telling, day_in_wales(self.now)
        opened = desk.apply(
            held.id,
            opened_by(
                step.changed,
                pupil=pupil,
                setting=self.setting,
                noticed_on=telling.noticed_on,
                noticed_confirmed=telling.noticed_confirmed,
                calendar=self.calendar.calendar if self.calendar else None,
                today=today,
            ),
            closed_by(
                step.changed,
                pupil=pupil,
                setting=self.setting,
                noticed_on=telling.noticed_on,
                today=today,
            ),
        )
        effects = list(opened.effects)
        for task_id, task in opened.tasks:
            effects += self._notice(held.id, pupil, task_id, task, desk)
        return tuple(effects)

    def _notice(
        self, pupil_id: str, pupil: Pupil, task_id: str, task: DecisionTask, desk: TaskDesk
    ) -> tuple[str, ...]:
        """Tell the family that a decision is being made; only a new concern is told by itself."""
        giver = GIVERS.get(self.setting)
        if task.kind is not TaskKind.DECIDE_ALN or giver is None:
            return ()
        made = notice_making.make(
            self.session,
            self.tenant,
            pupil_id,
            pupil,
            Occasion(DECISION_STARTED, giver, task.trigger, task_id),
            now=self.now,
            jobs=self.jobs,
        )
        if made.to_check is None:
            return made.effects
        return (*made.effects, *desk.apply(pupil_id, (made.to_check,), ()).effects)

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

    def _note_loads(self, settled: Sequence[_Settled]) -> None:
        """Write one audit row for all the pupils that were only seen for the first time."""
        loads = [step for step in settled if step.is_only_a_load([c.kind for c in step.changed])]
        if loads:
            self.entries.append(
                audit.AuditEntry(
                    actor=loads[0].telling.cause,
                    action="pupils_loaded",
                    subject=f"school:{self.tenant.of_school}",
                    facts={"pupils": len(loads)},
                )
            )


@dataclass(frozen=True, slots=True)
class _Match:
    """The pupil that a record tells of, and the record whose duplicate it is."""

    pupil_id: str
    duplicate_of: str | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """A telling with the pupil it is of and the changes it brings."""

    telling: Telling
    held: Held | None
    outcome: Outcome
    changed: tuple[RegisterChange, ...] = ()

    def is_only_a_load(self, effects: Sequence[str]) -> bool:
        """Say whether this was a first sight that asks nothing of anybody."""
        return self.outcome is Outcome.CREATED and list(effects) == [ChangeKind.JOINED]


_WORTH_A_ROW = frozenset({Outcome.DELETED, Outcome.DUPLICATE, Outcome.SUPERSEDED})


def _says_the_same(before: Pupil | None, after: Pupil) -> bool:
    """Say whether two records differ at most in when they were read."""
    if before is None:
        return False
    unread = replace(after.source, read_at=before.source.read_at)
    return replace(after, source=unread) == before


def _same(raw: str | None, mapping: str | None, telling: Telling) -> bool:
    return raw is not None and (raw, mapping) == (telling.raw_digest, telling.mapping_digest)
