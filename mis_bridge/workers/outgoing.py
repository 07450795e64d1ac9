"""Posting events to subscribers: one job an attempt, and a sweep for what nobody is at."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.services import outward
from mis_bridge.services.ports import POST
from mis_bridge.services.subscribers import attempts
from mis_bridge.services.subscribers import dates as outgoing_dates
from mis_bridge.services.subscribers.attempts import Attempt, Standing
from mis_bridge.services.subscribers.outgoing import job_argument, job_key
from mis_bridge.storage import coming_dates, subscriptions, told_events
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.durable import Durable, Json, Schedule
from mis_bridge.workers.engine import EngineJobs

# So many are asked for in one sweep: the next one is half a minute away.
_SWEPT_AT_ONCE = 500
# A subscriber asks about an event for some days, an auditor for a year: then it may go.
KEPT = timedelta(days=400)
_PURGED_AT_ONCE = 1000

log = logging.getLogger("mis_bridge.outgoing")


class Outgoing:
    """Carries events to subscriptions; one object serves every run in the process."""

    def __init__(self, jobs: EngineJobs, trusted_origins: frozenset[str]) -> None:
        self._jobs, self._trusted = jobs, trusted_origins

    def schedules(self) -> list[Schedule]:
        """Return what the clock asks for here, as `Clock.schedules` does."""
        return [
            Schedule("sweep_outgoing", "5/15 * * * * *", self.sweep),
            Schedule("tell_of_dates", "0 45 6 * * *", self.tell_of_dates),
            Schedule("tidy_outgoing", "0 50 3 * * *", self.tidy),
        ]

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Make one attempt at one delivery, unless this job has been overtaken."""
        about = (
            Tenant(str(argument["la"]), str(argument["school"])),
            str(argument["subscription_id"]),
            str(argument["event_id"]),
        )
        standing = durable.transaction(
            "prepare",
            lambda session: str(
                attempts.prepare(session, *about, key=durable.key, now=durable.now()).value
            ),
        )
        if standing != Standing.READY.value:
            return standing
        told = durable.step("post", lambda: self._post(durable, *about))
        return durable.transaction(
            "record", lambda session: self._record(session, *about, told, durable.now())
        )

    def sweep(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask for deliveries that are due although nobody is at work on them."""
        with durable.read() as session:
            due = {
                job_key(row): (row.subscription_id, row.event_id)
                for row in subscriptions.due(session, durable.now(), _SWEPT_AT_ONCE)
            }
        alive = self._jobs.unfinished(list(due))
        lost = {key: which for key, which in due.items() if key not in alive}
        return durable.transaction(
            "sweep", lambda session: self._ask_again(session, lost, durable.now())
        )

    def tell_of_dates(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Tell of what the day brings: periods that end soon or have ended, reviews that are due.

        The sweep asks for the posting: a morning's events are no reason to hurry.
        """
        subscribed = durable.transaction(
            "subscribed",
            lambda session: [[each.la, each.school] for each in coming_dates.subscribed(session)],
        )
        told = 0
        for la, school in subscribed:
            tenant = Tenant(str(la), school)
            told += durable.transaction("tell", partial(_tell_of_dates, tenant, durable.now()))
        return told

    def tidy(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Remove what was told long ago, some at a time."""
        before = durable.now() - KEPT
        purged = 0
        while some := durable.transaction(
            "purge_events", lambda session: told_events.purge(session, before, _PURGED_AT_ONCE)
        ):
            purged += some
        return purged

    def _post(
        self, durable: Durable, tenant: Tenant, subscription_id: str, event_id: str
    ) -> dict[str, Any]:
        def post(at: datetime) -> outward.Answer | None:
            with durable.read() as session:
                wanted = attempts.request(session, tenant, subscription_id, event_id, now=at)
            if wanted is None:
                return None
            return outward.post(
                wanted.url, wanted.body, wanted.headers(at), trusted_origins=self._trusted
            )

        return _timed(durable.now(), post, event_id)

    def _record(
        self,
        session: Session,
        tenant: Tenant,
        subscription_id: str,
        event_id: str,
        told: Mapping[str, Any],
        now: datetime,
    ) -> str:
        if not told:
            return Standing.OVERTAKEN.value
        attempt = Attempt(**{**told, "at": datetime.fromisoformat(told["at"])})
        again = attempts.record(session, tenant, subscription_id, event_id, attempt, now=now)
        if again is not None:
            self._ask(session, again, now)
        return f"status_{attempt.status}" if attempt.status else str(attempt.fault)

    def _ask_again(
        self, session: Session, lost: Mapping[str, tuple[str, str]], now: datetime
    ) -> int:
        asked = 0
        for row in subscriptions.take(session, lost.values()) if lost else ():
            if row.state == "waiting" and job_key(row) in lost:
                row.next_at = now
                session.flush()
                self._ask(session, row, now)
                asked += 1
        return asked

    def _ask(self, session: Session, row: OutgoingDeliveryRow, now: datetime) -> None:
        after = max(row.next_at - now, timedelta(0)) if row.next_at else timedelta(0)
        self._jobs.enqueue(session, POST, job_key(row), job_argument(row), after=after)


def _tell_of_dates(tenant: Tenant, now: datetime, session: Session) -> int:
    return outgoing_dates.tell_of_dates(session, tenant, now=now)


def _timed(
    at: datetime, post: Callable[[datetime], outward.Answer | None], event_id: str
) -> dict[str, Any]:
    """Post once and return what came of it, as plain values; nothing where nothing was posted."""
    answer: outward.Answer | None = None
    fault: str | None = None
    began = time.monotonic()
    try:
        answer = post(at)
    except outward.OutwardProblem as problem:
        fault = problem.fault
    except Exception as broken:  # whatever it was: tried again, and told in the end
        log.exception("posting_failed", extra={"facts": {"event": event_id}})
        fault = type(broken).__name__
    if answer is None and fault is None:
        return {}
    return {
        "at": at.isoformat(),
        "milliseconds": round((time.monotonic() - began) * 1000),
        "status": answer.status if answer else None,
        "fault": fault,
        "retry_after": answer.retry_after_seconds if answer else None,
    }
