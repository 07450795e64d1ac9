"""Reading a whole source into the register: beside it first, then by the road of every change.

A run is read, weighed and applied in many short transactions, which the caller's `begin` opens and
commits. Killed at any point, the next run of the connection takes up what was left: a reading
begins anew, an applying goes on. Running it twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from adapters.base import Reading
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake import brake, register_changes, run_reports
from mis_bridge.services.intake.duplicates import beaten
from mis_bridge.services.intake.staging import (
    ALIVE,
    AT_ONCE,
    Begin,
    Plan,
    Progress,
    Staging,
    Tally,
    absentees,
)
from mis_bridge.services.intake.stored_pupil import pupil_of
from mis_bridge.services.intake.tellings import Outcome, Telling
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import audit, connections, register, sync_runs
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.sync_runs import Staged
from mis_bridge.storage.tables.intake import SyncRunRow
from mis_bridge.storage.tenants import Tenant


class RunUnderWay(Problem):
    """Another run of the connection is at work."""


class RunWaits(Problem):
    """A run of the connection waits for a named person; `run_id` says which."""

    def __init__(self, run_id: str) -> None:
        super().__init__(_WAITS.fill(run=run_id))
        self.run_id = run_id


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
            tally = Staging(plan, run_id, self.begin, self.clock, self.progress).read(reading)
        except Exception as fault:  # whatever it was: the run says so, and it goes on up
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
            "alive_until": now + ALIVE,
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

    def _weigh(self, plan: Plan, run_id: str, reading: Reading, tally: Tally) -> bool:
        """Settle duplicates, weigh the whole, and say whether the run may be applied."""
        tenant = plan.tenant
        with self.begin() as session:
            run = sync_runs.run(session, tenant, run_id)
            lost, stands_for, told = beaten(sync_runs.repeated(session, tenant, run_id))
            sync_runs.settle(session, tenant, run_id, dict.fromkeys(lost, Outcome.DUPLICATE.value))
            sync_runs.mark_winners(session, tenant, run_id, stands_for)
            missing: dict[str, str | None] = {}
            whole = plan.is_full and not reading.partial and reading.incomplete is None
            if whole and tally.pupils:
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
                sync_runs.stage(session, tenant, run_id, absentees(missing, tally.position))
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
                staged = sync_runs.waiting(session, tenant, run_id, AT_ONCE)
                if not staged or run.state != "applying":
                    break
                run.alive_until = self.clock() + ALIVE
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
            run.state, run.reviewed_by, run.alive_until = state, by.strip(), now + ALIVE
            if state == "refused":
                run.finished_at = now
            entry = audit.AuditEntry(by.strip(), f"run_{state}", f"run:{run_id}", {})
            audit.append(session, tenant, [entry], now)


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
