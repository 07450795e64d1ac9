"""What a run reports: counts that add up, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from mis_bridge.services.intake.tellings import Outcome
from mis_bridge.storage import sync_runs
from mis_bridge.storage.tables.intake import SyncRunRow
from mis_bridge.storage.tenants import Tenant

Report = dict[str, Any]

COUNTED: Final = ("created", "updated", "unchanged", "duplicates", "deleted", "rejected")
REJECTED, ABSENT = "rejected", "absent"

# What each outcome counts as; a deletion of nobody known is still a deletion that was told.
_COUNTS_AS: Final[Mapping[str, str]] = {
    Outcome.CREATED: "created",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.SUPERSEDED: "unchanged",
    Outcome.DUPLICATE: "duplicates",
    Outcome.DELETED: "deleted",
    Outcome.UNMATCHED: "rejected",
    "deleted_unknown": "deleted",
    REJECTED: "rejected",
}


def report(session: Session, tenant: Tenant, run: SyncRunRow) -> Report:
    """Return a run's report; `read` is the sum of the counts, once the run is done."""
    stored: dict[str, Any] = dict(run.counts) if isinstance(run.counts, dict) else {}
    counts = {name: int(stored.get(name, 0)) for name in ("read", *COUNTED)}
    answer: Report = {
        "run_id": run.id,
        "connection_id": run.connection_id,
        "state": run.state,
        **counts,
        "left_by_absence": int(stored.get(ABSENT, 0)),
        "superseded": int(stored.get("superseded", 0)),
        "tasks_opened": int(stored.get("task_opened", 0)),
        "notices_made": int(stored.get("notice_made", 0)),
        "rejections": sync_runs.issues(session, tenant, run.id),
        "duplicate_records": stored.get("duplicate_records", []),
        "flags": stored.get("flags", {}),
        "incomplete": run.incomplete,
    }
    if run.review is not None:
        answer["review"] = run.review
    return answer


def settled_counts(counts: Mapping[str, Any], outcomes: Mapping[str, int]) -> Report:
    """Return a run's counts with what became of its staged records added in."""
    total: Report = dict(counts)
    for outcome, count in outcomes.items():
        if outcome == ABSENT:
            total[ABSENT] = count
            continue
        name = _COUNTS_AS[outcome]
        total[name] = int(total.get(name, 0)) + count
        if outcome == Outcome.SUPERSEDED:
            total["superseded"] = count
    return total
