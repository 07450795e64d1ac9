"""What time itself brings about: sweeps for work that nobody is at, days that pass, old tokens."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from mis_bridge.services.days import day_in_wales
from mis_bridge.services.deadline_sweep import sweep
from mis_bridge.storage import audit, lti_people, lti_platforms
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.delivery import Delivery
from mis_bridge.workers.durable import Durable, Json, Schedule
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.inbox import Drain
from mis_bridge.workers.sync import Syncs

KEPT_WORK = timedelta(days=3)
KEPT_LOGINS = timedelta(days=1)

log = logging.getLogger("mis_bridge.clock")


class Clock:
    """The work that the clock asks for, at the times of `schedules`."""

    def __init__(self, jobs: EngineJobs, drain: Drain, delivery: Delivery, syncs: Syncs) -> None:
        self._jobs, self._drain, self._delivery, self._syncs = jobs, drain, delivery, syncs

    def schedules(self) -> list[Schedule]:
        """Return what is done when; six fields, seconds first, by the clocks of Wales."""
        return [
            Schedule("sweep_inboxes", "*/30 * * * * *", self._drain.sweep),
            Schedule("sweep_outbox", "15 */5 * * * *", self._delivery.sweep),
            Schedule("poll_sources", "0 */15 * * * *", self._syncs.ask_for_polls),
            Schedule("read_sources", "0 30 1 * * *", self._syncs.ask_for_all),
            Schedule("note_deadlines", "0 30 6 * * *", self.note_deadlines),
            Schedule("tidy", "0 40 3 * * *", self.tidy),
        ]

    def note_deadlines(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Judge every open task; write into each authority's chain what presses in each school."""
        return durable.transaction("note", lambda session: self._note(session, durable))

    def tidy(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Remove sessions and logins that ended, and the engine's record of work long done."""
        durable.transaction("purge", lambda session: self._purge(session, durable))
        forgotten = 0
        while some := self._jobs.forget(durable.now() - KEPT_WORK):
            forgotten += some
        return forgotten

    def _note(self, session: Session, durable: Durable) -> int:
        now = durable.now()
        pressing = [each for each in sweep(session, day_in_wales(now)) if each.is_pressing]
        for standing in pressing:
            entry = audit.AuditEntry(
                actor="clock",
                action="deadlines_noted",
                subject=f"school:{standing.school}",
                facts={
                    "overdue": standing.overdue,
                    "due_soon": standing.due_soon,
                    "undated": standing.undated,
                    "moved": standing.moved,
                },
            )
            audit.append(session, Tenant(standing.la, standing.school), [entry], now)
        return len(pressing)

    def _purge(self, session: Session, durable: Durable) -> None:
        before = durable.now() - KEPT_LOGINS
        lti_platforms.purge_logins(session, before)
        lti_people.purge_sessions(session, before)
