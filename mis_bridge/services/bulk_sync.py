"""Reading a whole source into the register: beside it first, then by the road of every change.

A run is read, weighed and applied in many short transactions, which the caller's `begin` opens and
commits. Killed at any point, the next run of the connection takes up what was left: a reading
begins anew, an applying goes on. Running it twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from adapters.base import Item, Reading, RecordSkipped, SourceRecord, Tombstone
from mappings.canonical import CanonicalRefused, to_json
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil, UpnStatus
from mis_bridge.domain.register import changes
from mis_bridge.domain.words import Words
from mis_bridge.services import brake, register_changes, run_reports
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.duplicates import beaten
from mis_bridge.services.ports import Jobs
from mis_bridge.services.stored_pupil import pupil_of
from mis_bridge.services.tellings import Outcome, Telling
from mis_bridge.services.translating import RecordNotMapped, Translator
from mis_bridge.storage import audit, connections, register, sync_runs
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.searching import UpnHashes, upn_hashes
from mis_bridge.storage.sync_runs import NO_STATUS, Staged
from mis_bridge.storage.tables.intake import SyncRunRow
from mis_bridge.storage.tenants import Tenant

Begin = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int], None]

_AT_ONCE = 250
_ALIVE = timedelta(minutes=5)


class RunUnderWay(Problem):
    """Another run of the connection is at work."""


class RunWaits(Problem):
    """A run of the connection waits for a named person; `run_id` says which."""

    def __init__(self, run_id: str) -> None:
        super().__init__(_WAITS.fill(run=run_id))
        self.run_id = run_id


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read, and how much its silence means.

    `is_full`: the source was asked for everybody, so whoever is missing counts towards the brake.
    `removes_absent`: whoever is missing from a complete reading has left.
    """

    tenant: Tenant
    connection_id: str
    vendor: str
    cause: str
    translator: Translator
    is_full: bool = True
    removes_absent: bool = False
    change_limit: int | None = None
    cursor: str | None = None


@dataclass(slots=True)
class _Tally:
    """What is known of a run while it is read."""

    unseen: set[str]
    position: int = 0
    pupils: int = 0
    leaving: int = 0
    losing: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class BulkSync:
    """The road of a whole source; `begin` opens a transaction and commits it at its end."""

    begin: Begin
    jobs: Jobs
    clock: Callable[[], datetime]
    progress: Progress = lambda _: None

    def run(self, plan: Plan, read: Callable[[], Reading]) -> run_reports.Report:
        """Read the source and apply it; the report says in which state the run ended.

        Raises RunUnderWay, RunWaits, and what the adapter raises for a source that it cannot use.
        """
        run_id = self._start(plan)
        try:
            reading = read()
            tally = self._stage(plan, run_id, reading)
        except Exception as fault:
            self._fail(plan, run_id, type(fault).__name__)
            raise
        if self._weigh(plan, run_id, reading, tally):
            self._apply(plan.tenant, run_id)
        return self.report(plan.tenant, run_id)

    def approve(self, tenant: Tenant, run_id: str, *, by: str) -> run_reports.Report:
        """Go on with a run that waited, on the word of a named person."""
        self._reviewed(tenant, run_id, "applying", by)
        self._apply(tenant, run_id)
        return self.report(tenant, run_id)

    def refuse(self, tenant: Tenant, run_id: str, *, by: str) -> run_reports.Report:
        """Drop a run that waited, on the word of a named person; the register stays as it is."""
        self._reviewed(tenant, run_id, "refused", by)
        with self.begin() as session:
            sync_runs.forget_staged(session, tenant, run_id)
        return self.report(tenant, run_id)

    def report(self, tenant: Tenant, run_id: str) -> run_reports.Report:
        """Return a run's report."""
        with self.begin() as session:
            return run_reports.report(session, tenant, sync_runs.run(session, tenant, run_id))

    def _start(self, plan: Plan) -> str:
        self._take_up_what_was_left(plan)
        now, run_id = self.clock(), new_id()
        row = {
            "id": run_id,
            "la": plan.tenant.la,
            "school": plan.tenant.of_school,
            "connection_id": plan.connection_id,
            "cause": plan.cause,
            "is_full": plan.is_full,
            "state": "reading",
            "counts": {},
            "cursor_before": plan.cursor,
            "mapping_digest": plan.translator.digest,
            "noticed_on": day_in_wales(now),
            "started_at": now,
            "alive_until": now + _ALIVE,
        }
        with self.begin() as session:
            if not sync_runs.begin(session, row):
                raise RunUnderWay(_UNDER_WAY)
        return run_id

    def _take_up_what_was_left(self, plan: Plan) -> None:
        with self.begin() as session:
            left = sync_runs.live(session, plan.tenant, plan.connection_id)
            if left is None:
                return
            run_id, state, dead = left.id, left.state, left.alive_until < self.clock()
        if state == "in_review":
            raise RunWaits(run_id)
        if not dead:
            raise RunUnderWay(_UNDER_WAY)
        if state == "applying":
            self._apply(plan.tenant, run_id)
        else:
            self._fail(plan, run_id, "interrupted")

    def _stage(self, plan: Plan, run_id: str, reading: Reading) -> _Tally:
        """Put every record that is not as it was applied last beside the register."""
        with self.begin() as session:
            known = register.digests(session, plan.tenant, plan.vendor)
            hashes = upn_hashes(session, now=self.clock())
        tally = _Tally(set(known))
        for items in _batches(reading):
            with self.begin() as session:
                self._stage_some(session, plan, run_id, items, known, hashes, tally)
            self.progress(len(items))
        tally.flags.update(reading.flags)
        return tally

    def _stage_some(
        self,
        session: Session,
        plan: Plan,
        run_id: str,
        items: Sequence[Item],
        known: dict[str, tuple[str | None, str | None]],
        hashes: UpnHashes,
        tally: _Tally,
    ) -> None:
        run = sync_runs.run(session, plan.tenant, run_id)
        run.alive_until = self.clock() + _ALIVE
        rows: list[dict[str, Any]] = []
        pupils: dict[str, Pupil] = {}
        gone: list[str] = []
        for item in items:
            tally.counts["read"] += 1
            tally.position += 1
            if isinstance(item, SourceRecord) and item.record_id in known:
                again = item.record_id not in tally.unseen
                if known[item.record_id] == (item.digest, plan.translator.digest):
                    tally.unseen.discard(item.record_id)
                    tally.pupils += 1
                    tally.counts["duplicates" if again else "unchanged"] += 1
                    continue
            row = self._row(plan, run, item, tally.position, hashes)
            match row["kind"]:
                case "pupil":
                    pupils[row["record_id"]] = row.pop("pupil")
                    tally.pupils += 1
                case "tombstone":
                    gone.append(row["record_id"])
            if row["record_id"] is not None:
                tally.unseen.discard(row["record_id"])
            rows.append(row)
        sync_runs.stage(session, plan.tenant, run_id, rows)
        self._weigh_some(session, plan, pupils, gone, tally)

    def _row(
        self, plan: Plan, run: SyncRunRow, item: Item, position: int, hashes: UpnHashes
    ) -> dict[str, Any]:
        base: dict[str, Any] = {
            "position": position,
            "kind": "rejected",
            "record_id": item.record_id,
            "upn_hash": None,
            "raw_digest": None,
            "vendor_at": None,
            "record": None,
            "issue": None,
            "outcome": None,
        }
        match item:
            case Tombstone():
                return {**base, "kind": "tombstone", "vendor_at": item.deleted_at}
            case RecordSkipped():
                return {**base, **_rejection(item.record_id or item.place, item.path, item)}
        try:
            told = plan.translator.translate(item, as_of=run.noticed_on, read_at=run.started_at)
        except RecordNotMapped as refused:
            return {**base, **_rejection(item.record_id or item.place, refused.path, refused)}
        except CanonicalRefused as refused:
            return {**base, **_rejection(item.record_id or item.place, None, refused)}
        pupil = told.pupil
        trusted = pupil.upn is not None and pupil.upn_status is UpnStatus.VALID
        return {
            **base,
            "kind": "pupil",
            "record_id": pupil.source.record_id,
            "upn_hash": hashes.of(pupil.upn or "") if trusted else None,
            "raw_digest": item.digest,
            "vendor_at": told.changed_at,
            "record": to_json(pupil),
            "pupil": pupil,
        }

    def _weigh_some(
        self,
        session: Session,
        plan: Plan,
        pupils: dict[str, Pupil],
        gone: Sequence[str],
        tally: _Tally,
    ) -> None:
        """Count whom these records would take off the roll, or take an ALN status from."""
        held = sync_runs.provisions(session, plan.tenant, plan.vendor, {*pupils, *gone})
        on = day_in_wales(self.clock())
        tally.leaving += sum(record_id in held for record_id in gone)
        for record_id, pupil in pupils.items():
            if record_id not in held:
                continue
            if not changes(None, pupil, on=on):  # whoever is here is seen to join
                tally.leaving += 1
            elif pupil.supplies("provision") and held[record_id] not in NO_STATUS:
                now = pupil.provision.type.value if pupil.provision else None
                tally.losing += now in NO_STATUS

    def _weigh(self, plan: Plan, run_id: str, reading: Reading, tally: _Tally) -> bool:
        """Settle duplicates, weigh the whole, and say whether the run may be applied."""
        tenant = plan.tenant
        with self.begin() as session:
            run = sync_runs.run(session, tenant, run_id)
            lost, stands_for, told = beaten(sync_runs.repeated(session, tenant, run_id))
            sync_runs.settle(session, tenant, run_id, dict.fromkeys(lost, Outcome.DUPLICATE.value))
            sync_runs.mark_winners(session, tenant, run_id, stands_for)
            missing: dict[str, str | None] = {}
            if plan.is_full and reading.incomplete is None and tally.pupils:
                missing = sync_runs.provisions(session, tenant, plan.vendor, tally.unseen)
            held, with_status = sync_runs.held(session, tenant, plan.vendor)
            standing = brake.Standing(
                held,
                tally.leaving + len(missing),
                with_status,
                tally.losing,
                plan.change_limit,
            )
            reasons = brake.why_stopped(standing)
            if plan.removes_absent:
                sync_runs.stage(session, tenant, run_id, _absentees(missing, tally.position))
            run.counts = {
                **tally.counts,
                "flags": dict(tally.flags),
                "duplicate_records": told,
            }
            run.incomplete = reading.incomplete
            run.cursor_after = reading.cursor
            run.state = "in_review" if reasons else "applying"
            if reasons:
                run.review = {
                    "reasons": list(reasons),
                    "held": held,
                    "leaving": standing.leaving,
                    "with_status": with_status,
                    "losing": tally.losing,
                }
        return not reasons

    def _apply(self, tenant: Tenant, run_id: str) -> None:
        """Apply what waits, a batch a transaction; a batch that is done is never done again."""
        while True:
            with self.begin() as session:
                register.take_turn(session, tenant)
                run = sync_runs.run(session, tenant, run_id)
                staged = sync_runs.waiting(session, tenant, run_id, _AT_ONCE)
                if not staged or run.state != "applying":
                    break
                run.alive_until = self.clock() + _ALIVE
                self._apply_some(session, tenant, run, staged)
            self.progress(len(staged))
        self._finish(tenant, run_id)

    def _apply_some(
        self, session: Session, tenant: Tenant, run: SyncRunRow, staged: Sequence[Staged]
    ) -> None:
        vendor = connections.vendor_of(session, tenant, run.connection_id)
        applied = register_changes.apply_all(
            session,
            tenant,
            [_telling(run, vendor, each) for each in staged],
            now=self.clock(),
            jobs=self.jobs,
        )
        outcomes: dict[int, str] = {}
        effects: Counter[str] = Counter()
        for each, came in zip(staged, applied, strict=True):
            outcomes[each.position] = _outcome(each, came.outcome)
            effects.update(effect.partition(":")[0] for effect in came.effects)
        sync_runs.settle(session, tenant, run.id, outcomes)
        counts = dict(run.counts) if isinstance(run.counts, dict) else {}
        for name in ("task_opened", "notice_made"):
            counts[name] = counts.get(name, 0) + effects[name]
        run.counts = counts
        session.flush()

    def _finish(self, tenant: Tenant, run_id: str) -> None:
        """Close the run; the cursor moves only now, when the last record is applied."""
        now = self.clock()
        with self.begin() as session:
            run = sync_runs.run(session, tenant, run_id)
            if run.state != "applying":
                return
            stored = dict(run.counts) if isinstance(run.counts, dict) else {}
            run.counts = run_reports.settled_counts(
                stored, sync_runs.outcomes(session, tenant, run_id)
            )
            run.state, run.finished_at = "done", now
            if run.incomplete is None:
                sync_runs.move_cursor(
                    session, tenant, run.connection_id, run.cursor_after, at=run.started_at
                )
            sync_runs.forget_staged(session, tenant, run_id)
            counted = {name: int(run.counts.get(name, 0)) for name in run_reports.COUNTED}
            entry = audit.AuditEntry(
                run.reviewed_by or run.cause, "run_applied", f"run:{run_id}", {"counts": counted}
            )
            audit.append(session, tenant, [entry], now)

    def _fail(self, plan: Plan, run_id: str, why: str) -> None:
        with self.begin() as session:
            run = sync_runs.run(session, plan.tenant, run_id)
            run.state, run.incomplete, run.finished_at = "failed", why, self.clock()
            sync_runs.forget_staged(session, plan.tenant, run_id)

    def _reviewed(self, tenant: Tenant, run_id: str, state: str, by: str) -> None:
        now = self.clock()
        with self.begin() as session:
            register.take_turn(session, tenant)
            run = sync_runs.run(session, tenant, run_id)
            if run.state != "in_review" or not by.strip():
                raise RunUnderWay(_NOT_IN_REVIEW)
            run.state, run.reviewed_by, run.alive_until = state, by.strip(), now + _ALIVE
            if state == "refused":
                run.finished_at = now
            entry = audit.AuditEntry(by.strip(), f"run_{state}", f"run:{run_id}", {})
            audit.append(session, tenant, [entry], now)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, _AT_ONCE)):
        yield batch


def _rejection(record: str, path: str | None, problem: Problem) -> dict[str, Any]:
    return {
        "issue": {
            "record": record,
            "path": path,
            "value_seen": getattr(problem, "value_seen", None),
            "reason": problem.words.en,
            "reason_cy": problem.words.cy,
        },
        "outcome": run_reports.REJECTED,
    }


def _absentees(record_ids: Iterable[str], after: int) -> list[dict[str, Any]]:
    return [
        {
            "position": after + number,
            "kind": "absent",
            "record_id": record_id,
            "upn_hash": None,
            "raw_digest": None,
            "vendor_at": None,
            "record": None,
            "issue": None,
            "outcome": None,
        }
        for number, record_id in enumerate(sorted(record_ids), start=1)
    ]


def _telling(run: SyncRunRow, vendor: str, staged: Staged) -> Telling:
    return Telling(
        vendor=vendor,
        record_id=staged.record_id,
        pupil=pupil_of(staged.record) if staged.record is not None else None,
        told_at=run.started_at,
        noticed_on=run.noticed_on,
        cause=f"{run.cause}:{run.id}",
        connection_id=run.connection_id,
        raw_digest=staged.raw_digest,
        mapping_digest=run.mapping_digest,
        stands_for=staged.stands_for,
    )


def _outcome(staged: Staged, outcome: Outcome) -> str:
    if staged.kind == "absent":
        return run_reports.ABSENT
    if staged.kind == "tombstone" and outcome is Outcome.UNMATCHED:
        return "deleted_unknown"
    return outcome.value


_UNDER_WAY = Words(
    "another run of this connection is under way; wait until it has ended",
    "mae rhediad arall o'r cysylltiad hwn ar y gweill; arhoswch nes iddo ddod i ben",
)
_WAITS = Words(
    "the run {run} of this connection waits for a person; look at it and approve or refuse it with "
    "mis-bridge sync CONNECTION --approve RUN --by NAME (or --refuse RUN)",
    "mae'r rhediad {run} o'r cysylltiad hwn yn aros am berson; edrychwch arno a'i gymeradwyo neu "
    "ei wrthod â mis-bridge sync CYSYLLTIAD --approve RHEDIAD --by ENW (neu --refuse RHEDIAD)",
)
_NOT_IN_REVIEW = Words(
    "this run does not wait for a person, or nobody was named who looked at it",
    "nid yw'r rhediad hwn yn aros am berson, neu ni enwyd neb a edrychodd arno",
)
