"""Reading whole sources: what the clock or a person asks for, one run a connection at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from adapters.base import AdapterProblem, VendorRefused, VendorUnavailable
from mis_bridge.services.intake import source_runs, standing
from mis_bridge.services.intake.bulk_sync import BulkSync, RunUnderWay, RunWaits
from mis_bridge.services.intake.event_work import ACCESS_WITHDRAWN, UNAVAILABLE
from mis_bridge.services.ports import SYNC
from mis_bridge.storage import connections
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

NOBODY_POSTS = "none"

log = logging.getLogger("mis_bridge.sync")


class Syncs:
    """Runs readings of sources, and asks for those that are due.

    A run keeps its own state in the register's database: killed at any point, the next run of the
    connection takes up what was left.
    """

    def __init__(self, database: Engine, jobs: EngineJobs, trusted: frozenset[str]) -> None:
        self._database, self._jobs, self._trusted = database, jobs, trusted

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Read one connection's source and apply it; the result says how the run ended."""
        connection_id = str(argument["connection_id"])
        full = argument.get("full") is True
        ended = durable.step("pull", lambda: self._pull(durable, connection_id, full=full))
        durable.transaction(
            "note", lambda session: self._note(session, connection_id, ended, durable)
        )
        return ended

    def ask_for_polls(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask for the changes of every connection on which nobody posts."""
        return durable.transaction(
            "polls",
            lambda session: self._ask(session, durable.now(), lambda row: not _is_told(row)),
        )

    def ask_for_all(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask for a whole reading of every source, so that nothing unsaid stays unseen for long."""
        return durable.transaction(
            "full", lambda session: self._ask(session, durable.now(), lambda _: True, full=True)
        )

    def _ask(
        self,
        session: Session,
        now: datetime,
        wanted: Callable[[ConnectionRow], bool],
        *,
        full: bool = False,
    ) -> int:
        due = [
            row for row in connections.listed(session, None) if _can_be_read(row) and wanted(row)
        ]
        for row in due:
            kind = "full" if full else "poll"
            key = f"sync:{row.id}:{kind}:{now:%Y%m%d%H%M}"
            self._jobs.enqueue(session, SYNC, key, {"connection_id": row.id, "full": full})
        return len(due)

    def _pull(self, durable: Durable, connection_id: str, *, full: bool) -> str:
        begin = sessions(self._database).begin
        road = BulkSync(begin, self._jobs, durable.now)
        try:
            report = source_runs.pull(road, connection_id, self._trusted, full=full)
        except RunUnderWay:
            return "under_way"
        except RunWaits:
            return "in_review"
        except VendorUnavailable:
            return UNAVAILABLE
        except VendorRefused as refused:
            return ACCESS_WITHDRAWN if refused.needs_reauthorisation else "refused"
        except AdapterProblem as problem:
            log.warning(
                "sync_failed",
                extra={"facts": {"connection": connection_id, "fault": type(problem).__name__}},
            )
            return "failed"
        return str(report["state"])

    def _note(self, session: Session, connection_id: str, ended: str, durable: Durable) -> None:
        if ended in {UNAVAILABLE, ACCESS_WITHDRAWN}:
            standing.note_fault(session, connection_id, ended, now=durable.now(), jobs=self._jobs)
        elif ended in {"done", "in_review"}:
            standing.note_answer(session, connection_id)


def _can_be_read(row: ConnectionRow) -> bool:
    return row.base_url is not None and not row.is_files and row.state in {"active", "failing"}


def _is_told(row: ConnectionRow) -> bool:
    return row.sender != NOBODY_POSTS
