"""Putting the records of a source beside the register, and counting what they would take away."""

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
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake import run_reports
from mis_bridge.services.mapping.translating import RecordNotMapped, Translator
from mis_bridge.storage import register, sync_runs
from mis_bridge.storage.searching import UpnHashes, upn_hashes
from mis_bridge.storage.sync_runs import NO_STATUS
from mis_bridge.storage.tables.intake import SyncRunRow
from mis_bridge.storage.tenants import Tenant

Begin = Callable[[], AbstractContextManager[Session]]
Progress = Callable[[int], None]

AT_ONCE = 250
ALIVE = timedelta(minutes=5)


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
class Tally:
    """What is known of a run while it is read."""

    unseen: set[str]
    position: int = 0
    pupils: int = 0
    leaving: int = 0
    losing: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Staging:
    """The reading of one run."""

    plan: Plan
    run_id: str
    begin: Begin
    clock: Callable[[], datetime]
    progress: Progress

    def read(self, reading: Reading) -> Tally:
        """Put every record that is not as it was applied last beside the register."""
        plan = self.plan
        with self.begin() as session:
            known = register.digests(session, plan.tenant, plan.vendor)
            hashes = upn_hashes(session, now=self.clock())
        tally = Tally(set(known))
        for items in _batches(reading):
            with self.begin() as session:
                self._stage_some(session, items, known, hashes, tally)
            self.progress(len(items))
        tally.flags.update(reading.flags)
        return tally

    def _stage_some(
        self,
        session: Session,
        items: Sequence[Item],
        known: dict[str, tuple[str | None, str | None]],
        hashes: UpnHashes,
        tally: Tally,
    ) -> None:
        plan, run_id = self.plan, self.run_id
        run = sync_runs.run(session, plan.tenant, run_id)
        run.alive_until = self.clock() + ALIVE
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
            row = self._row(run, item, tally.position, hashes)
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
        self._weigh_some(session, pupils, gone, tally)

    def _row(self, run: SyncRunRow, item: Item, position: int, hashes: UpnHashes) -> dict[str, Any]:
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
            told = self.plan.translator.translate(
                item, as_of=run.noticed_on, read_at=run.started_at
            )
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
        pupils: dict[str, Pupil],
        gone: Sequence[str],
        tally: Tally,
    ) -> None:
        """Count whom these records would take off the roll, or take an ALN status from."""
        plan = self.plan
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


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    left = iter(items)
    while batch := list(islice(left, AT_ONCE)):
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


def absentees(record_ids: Iterable[str], after: int) -> list[dict[str, Any]]:
    """Return the rows of pupils of whom a complete reading did not tell."""
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
