"""Converting a cohort: who and what is frozen at the start, then settled a batch at a time.

Each batch is one transaction in which its drafts, its outcomes and the chain's entries stand
together: killed at any point, the run goes on with what is unsettled and does nothing twice. A
batch locks its run, so that several who work on one run share it.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import ProvisionType
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion.imports import plan_source
from mis_bridge.services.conversion.keeping import (
    CREATED,
    KEPT,
    MADE_ANEW,
    REGISTER,
    UNCHANGED,
    Keeper,
    KeptPlan,
)
from mis_bridge.services.decisions import NO_ALN
from mis_bridge.services.ports import CONVERT, Jobs
from mis_bridge.storage import audit, conversion_runs, idp_drafts, plans, register, views_pupils
from mis_bridge.storage.conversion_runs import NewItem
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tables.plans import ConversionItemRow, ConversionRunRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant

AT_ONCE: Final = 100
ON_REGISTER: Final = (
    ProvisionType.SCHOOL_ACTION.value,
    ProvisionType.SCHOOL_ACTION_PLUS.value,
    ProvisionType.EARLY_YEARS_ACTION.value,
    ProvisionType.EARLY_YEARS_ACTION_PLUS.value,
)
"""The stages below a statement: whom the school has identified, and nobody has decided on."""

FROM_REGISTER, GONE, REJECTED = "from_register", "no_longer_there", "rejected"
OUTCOMES: Final = (CREATED, MADE_ANEW, UNCHANGED, KEPT, FROM_REGISTER, REJECTED, GONE)

_FAULTS: Final = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What a strange record can bring about; a fault of the database is none of these, and ends all."""

log = logging.getLogger("mis_bridge.conversion")


class ConversionUnderWay(Problem):
    """The school has a run that is not at its end; `run_id` says which."""

    def __init__(self, run_id: str) -> None:
        super().__init__(_UNDER_WAY.fill(run=run_id))
        self.run_id = run_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pupils a run is about; no `nc_years` is every year group."""

    provision: tuple[str, ...] = ON_REGISTER
    nc_years: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exports:
    """The IEP exports of a school."""

    vendor: str
    paths: tuple[Path, ...]


def start(
    session: Session,
    tenant: Tenant,
    wanted: Wanted,
    exports: Exports | None,
    *,
    by: str,
    now: datetime,
    jobs: Jobs,
) -> str:
    """Freeze what a run of a school is to do, ask for the work, and return the run's id.

    Raises ConversionUnderWay, SchoolUnknown, and for exports what `plan_imports.import_plans`
    raises.
    """
    _refuse_a_second(session, tenant)
    about: dict[str, Any] = {
        "provision": list(wanted.provision),
        "nc_years": list(wanted.nc_years),
    }
    cohort = {
        row.id: None
        for row in conversion_runs.cohort(session, tenant, wanted.provision, wanted.nc_years)
    }
    items: list[NewItem] = []
    if exports is not None:
        items += _of_exports(session, tenant, exports, cohort, about, now)
    # The files are read by now: the school's lock is held no longer than the rows need.
    register.take_turn(session, tenant)
    _refuse_a_second(session, tenant)
    planned = {item.pupil_id for item in items if item.outcome is None}
    # Who was found to have no ALN needs no draft plan; an IEP is kept as evidence all the same.
    decided = conversion_runs.decided(session, tenant, NO_ALN)
    items += [
        NewItem(pupil_id=pupil_id)
        for pupil_id in cohort
        if pupil_id not in planned and pupil_id not in decided
    ]
    row = conversion_runs.add(session, tenant, items, wanted=about, by=by, at=now)
    entry = audit.AuditEntry(by, "conversion_started", f"conversion:{row.id}", {"items": row.items})
    audit.append(session, tenant, [entry], now)
    ask(session, row, jobs)
    return row.id


def _refuse_a_second(session: Session, tenant: Tenant) -> None:
    there = conversion_runs.under_way(session, tenant)
    if there is not None:
        raise ConversionUnderWay(there.id)


def ask(session: Session, row: ConversionRunRow, jobs: Jobs, again: str = "") -> None:
    """Ask for the work on a run; `again` tells a later asking from the first."""
    jobs.enqueue(
        session,
        CONVERT,
        job_key(row.id, again),
        {"la": row.la, "school": row.school, "run_id": row.id},
    )


def job_key(run_id: str, again: str = "") -> str:
    """Return the key under which a run's work is asked for."""
    return f"convert:{run_id}:again:{again}" if again else f"convert:{run_id}"


def work_on(
    session: Session, tenant: Tenant, run_id: str, *, now: datetime, jobs: Jobs | None
) -> int:
    """Settle the next items of a run and return how many; with none left, the run is done."""
    if not conversion_runs.hold(session, tenant, run_id):
        return 0
    row = conversion_runs.run(session, tenant, run_id)
    items = conversion_runs.waiting(session, tenant, run_id, at_most=AT_ONCE)
    if row is None:
        return 0
    if not items:
        row.state, row.finished_at = conversion_runs.DONE, now
        session.flush()
        return 0
    batch = _Batch(session, tenant, row, items, now, jobs)
    for item, (outcome, kept) in zip(items, batch.worked(), strict=True):
        conversion_runs.settle(
            item,
            outcome,
            at=now,
            draft_id=kept.draft_id if kept else None,
            pupil_id=kept.pupil_id if kept else None,
        )
        batch.note(outcome, kept)
    conversion_runs.count(row, batch.counts)
    audit.append(session, tenant, batch.entries, now)
    session.flush()
    return len(items)


Worked = tuple[str, KeptPlan | None]


class _Batch:
    """The items of one transaction; a fault in one of them is its own."""

    def __init__(
        self,
        session: Session,
        tenant: Tenant,
        row: ConversionRunRow,
        items: Sequence[ConversionItemRow],
        now: datetime,
        jobs: Jobs | None,
    ) -> None:
        self._session, self._tenant, self._items = session, tenant, items
        wanted: Mapping[str, Any] = row.wanted if isinstance(row.wanted, dict) else {}
        self._stages, self._mapping = wanted.get("provision", ()), str(wanted.get("mapping", ""))
        self._actor = row.asked_by
        about = {item.pupil_id for item in items if item.pupil_id}
        self._pupils = conversion_runs.pupils(session, tenant, about)
        plan_ids = {item.source_plan for item in items if item.source_plan} | about
        self._keeper = Keeper(
            session, tenant, now, jobs, idp_drafts.of_plans(session, tenant, plan_ids)
        )
        self.counts: Counter[str] = Counter()
        self.entries: list[audit.AuditEntry] = []

    def worked(self) -> list[Worked]:
        """Work on the items together; where one has a fault, on each by itself."""
        try:
            with self._session.begin_nested():
                return [self._of(item) for item in self._items]
        except _FAULTS:
            return [self._alone(item) for item in self._items]

    def note(self, outcome: str, kept: KeptPlan | None) -> None:
        """Count an outcome, and remember what the chain is to say."""
        self.counts[outcome] += 1
        entry = kept.entry(self._actor) if kept else None
        if entry is not None:
            self.entries.append(entry)

    def _alone(self, item: ConversionItemRow) -> Worked:
        try:
            with self._session.begin_nested():
                return self._of(item)
        except _FAULTS as fault:  # of what it says nothing is logged: it may quote the record
            log.warning(
                "conversion_item_failed",
                extra={"facts": {"item": item.id, "fault": type(fault).__name__}},
            )
            return f"{REJECTED}:fault", None

    def _of(self, item: ConversionItemRow) -> Worked:
        row = self._pupils.get(item.pupil_id) if item.pupil_id else None
        if item.pupil_id and not (
            row and row.state == "current" and row.provision_type in self._stages
        ):
            return GONE, None
        if item.vendor is not None:
            record = conversion_runs.record_of(self._session, item)
            kept = self._keeper.of_plan(item.vendor, record, self._mapping, row)
            return kept.outcome, kept
        return self._from_register(row) if row else (GONE, None)

    def _from_register(self, row: PupilRow) -> Worked:
        """Draft from the register alone, unless a plan or an earlier plan's draft is there."""
        if plans.live_plan(self._session, self._tenant, row.id) is not None:
            return KEPT, None
        held = views_pupils.drafts(self._session, self._tenant, row.id)
        if any(draft.vendor != REGISTER for draft in held):
            return UNCHANGED, None
        kept = self._keeper.of_register(row)
        if kept is None:
            return f"{REJECTED}:no_record", None
        return FROM_REGISTER if kept.outcome == CREATED else kept.outcome, kept


def _of_exports(
    session: Session,
    tenant: Tenant,
    exports: Exports,
    cohort: Collection[str],
    about: dict[str, Any],
    now: datetime,
) -> Iterator[NewItem]:
    run, digest = plan_source(session, tenant, exports.vendor, exports.paths, now=now)
    about |= {"vendor": exports.vendor, "mapping": digest}
    owner = _Owners(session, tenant, now)
    for record in run.records():
        pupil_id = owner.of(record.get("pupil", {}))
        outside = pupil_id is not None and pupil_id not in cohort
        yield NewItem(
            pupil_id,
            exports.vendor,
            record["plan_id"],
            None if outside else record,
            f"{REJECTED}:outside_cohort" if outside else None,
        )
    for refused in run.report.rejections:
        yield NewItem(
            None,
            exports.vendor,
            str(refused["record"]),
            {"why": refused["reason"], "why_cy": refused["reason_cy"]},
            f"{REJECTED}:not_mapped",
        )
    report = run.report.to_json(0.0)
    about["source"] = {
        key: report[key] for key in ("read", "mapped", "rejected", "duplicates", "deleted")
    }
    about["incomplete"] = report["incomplete"]


class _Owners:
    """Whose plans are, by the rules of `keeping`, for a whole export at once."""

    def __init__(self, session: Session, tenant: Tenant, now: datetime) -> None:
        self._hashes = upn_hashes(session, now=now)
        self._by_upn = conversion_runs.by_upn(session, tenant)
        self._by_record = conversion_runs.by_record(session, tenant)

    def of(self, pupil: Mapping[str, Any]) -> str | None:
        """Return the one pupil whom a plan names, None where there is no such one."""
        if pupil.get("upn_status") == "valid" and pupil.get("upn"):
            found: Sequence[str] = self._by_upn.get(self._hashes.of(pupil["upn"]), ())
        elif pupil.get("record_id") and pupil.get("dob"):
            found = sorted(self._by_record.get((pupil["record_id"], pupil["dob"]), ()))
        else:
            found = ()
        return found[0] if len(found) == 1 else None


def report(session: Session, tenant: Tenant, row: ConversionRunRow) -> dict[str, Any]:
    """Return what a run did: its counts add up to its items, and each rejection says why."""
    counts = counts_of(row)
    wanted: Mapping[str, Any] = row.wanted if isinstance(row.wanted, dict) else {}
    return {
        "run_id": row.id,
        "school": row.school,
        "state": row.state,
        "wanted": {key: wanted.get(key) for key in ("provision", "nc_years")},
        "items": row.items,
        "settled": sum(counts.values()),
        "counts": counts,
        "without_pupil": len(conversion_runs.without_pupil(session, tenant, row.id)),
        "rejections": [
            {
                "item": item.position,
                "record": item.source_plan or item.pupil_id,
                "code": (item.outcome or "").partition(":")[2],
                "reason": why.en,
                "reason_cy": why.cy,
            }
            for item in conversion_runs.rejected(session, tenant, row.id)
            for why in (rejection(session, item),)
        ],
        "source": wanted.get("source"),
        "incomplete": wanted.get("incomplete"),
        "asked_at": row.asked_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def counts_of(row: ConversionRunRow) -> dict[str, int]:
    """Return how many items of a run came to each outcome, every outcome named."""
    known = row.counts if isinstance(row.counts, dict) else {}
    counts = dict.fromkeys(OUTCOMES, 0)
    for outcome, number in known.items():
        counts[outcome.partition(":")[0]] += number
    return counts


def rejection(session: Session, item: ConversionItemRow) -> Words:
    """Return why an item was rejected, and what helps."""
    code = (item.outcome or "").partition(":")[2]
    if code == "not_mapped":
        told = conversion_runs.record_of(session, item)
        return Words(str(told["why"]), str(told["why_cy"]))
    return _REASONS.get(code, _REASONS["fault"])


_REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "outside_cohort": Words(
            "The plan is of a pupil outside the cohort that was asked for; import it by itself, or "
            "ask for a wider cohort.",
            "Cynllun disgybl y tu allan i'r garfan y gofynnwyd amdani ydyw; mewnforiwch ef ar ei "
            "ben ei hun, neu gofynnwch am garfan ehangach.",
        ),
        "no_record": Words(
            "The register holds no record of the pupil; read the source again.",
            "Nid yw'r gofrestr yn dal cofnod o'r disgybl; darllenwch y ffynhonnell eto.",
        ),
        "fault": Words(
            "The record could not be converted; the log says under the item's id of what kind the "
            "fault was.",
            "Ni ellid trosi'r cofnod; mae'r log yn dweud, o dan ddynodydd yr eitem, o ba fath oedd "
            "y nam.",
        ),
    }
)
_UNDER_WAY = Words(
    "a conversion of this school is under way; follow it to its end: mis-bridge idp conversions "
    "{run} --wait",
    "mae trosi eisoes ar waith yn yr ysgol hon; dilynwch ef i'w ddiwedd: mis-bridge idp "
    "conversions {run} --wait",
)
