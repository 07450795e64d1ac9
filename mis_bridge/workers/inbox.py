"""Draining an inbox: one drain a connection at a time, one transaction a batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from mis_bridge.services.intake import event_settling
from mis_bridge.services.intake.event_work import Prepared, prepare
from mis_bridge.services.intake.inbox import ask_for_drain, drain_key
from mis_bridge.services.intake.sources import OpenSource, open_source
from mis_bridge.storage import connections, inbox_work, intake
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

AT_ONCE = 500
WAKE = "wake"
_SOONEST_WAKE = timedelta(seconds=1)

log = logging.getLogger("mis_bridge.drain")


class Drain:
    """Works on the inboxes of connections; one object serves every run in the process."""

    def __init__(self, jobs: EngineJobs, trusted_origins: frozenset[str]) -> None:
        self._jobs, self._trusted = jobs, trusted_origins

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Drain one connection under the mark of one generation.

        Every step begins by locking the connection under that mark: a drain that was overtaken
        finds itself out and ends without touching anything.
        """
        connection_id, generation = str(argument["connection_id"]), _number(argument, "generation")
        applied = 0
        while True:
            ids = durable.transaction(
                "claim", lambda session: self._claim(session, connection_id, generation, durable)
            )
            if not ids:
                return {"settled": applied}
            applied += self._work_on(durable, connection_id, generation, ids)

    def wake(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Start a drain for a connection whose events were put off until now."""
        connection_id = str(argument["connection_id"])
        return durable.transaction("wake", lambda session: self._start(session, [connection_id]))

    def _start(self, session: Session, connection_ids: list[str]) -> int:
        marked = intake.mark(session, connection_ids)
        for connection_id, generation in marked:
            ask_for_drain(session, self._jobs, connection_id, generation)
        return len(marked)

    def sweep(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Start what should be draining and is not.

        On PostgreSQL a receipt may commit just after a drain looked and took its mark off; and a
        drain may have ended on a fault with its mark still on.
        """
        with durable.read() as session:
            waiting = inbox_work.unmarked(session, now=durable.now())
            marked = inbox_work.marked(session)
        keys = {drain_key(*mark): mark for mark in marked}
        alive = self._jobs.unfinished(list(keys))
        dead = [keys[key] for key in sorted(set(keys) - alive)]
        return durable.transaction("sweep", lambda session: self._restart(session, waiting, dead))

    def _restart(
        self, session: Session, waiting: list[str], dead: list[tuple[str, int]]
    ) -> dict[str, object]:
        started = self._start(session, waiting)
        for connection_id, generation in dead:
            renewed = inbox_work.renew_mark(session, connection_id, generation)
            if renewed is not None:
                ask_for_drain(session, self._jobs, connection_id, renewed)
                log.warning("drain_restarted", extra={"facts": {"connection": connection_id}})
        return {"started": started, "restarted": len(dead)}

    def _claim(
        self, session: Session, connection_id: str, generation: int, durable: Durable
    ) -> list[int]:
        """Return the next events that are due; with none left, take the mark off."""
        now = durable.now()
        if not inbox_work.hold_mark(session, connection_id, generation, now=now):
            return []
        ids = inbox_work.due_ids(session, connection_id, now=now, at_most=AT_ONCE)
        if ids:
            return ids
        inbox_work.take_mark_off(session, connection_id)
        due_at = inbox_work.next_due_at(session, connection_id)
        if due_at is not None:
            self._jobs.enqueue(
                session,
                WAKE,
                f"wake:{connection_id}:{generation}",
                {"connection_id": connection_id},
                after=max(due_at - now, _SOONEST_WAKE),
            )
        return []

    def _work_on(
        self, durable: Durable, connection_id: str, generation: int, ids: list[int]
    ) -> int:
        with durable.read() as session:
            source = open_source(session, connection_id, self._trusted, attempts=1)
            sender_name = connections.by_id(session, connection_id).sender
            waiting = inbox_work.still_waiting(session, source.tenant, ids)
            told = {event.record_id for event in waiting if event.record_id is not None}
            held = inbox_work.digests_held(session, source.tenant, source.vendor, told)
        # Run again after a crash, a batch that was settled asks the source nothing.
        batch = prepare(source, sender_name, waiting, held, durable.now) if waiting else []
        return durable.transaction(
            "settle", lambda session: self._settle(session, source, generation, batch, durable)
        )

    def _settle(
        self,
        session: Session,
        source: OpenSource,
        generation: int,
        batch: list[Prepared],
        durable: Durable,
    ) -> int:
        now = durable.now()
        if not inbox_work.hold_mark(session, source.connection_id, generation, now=now):
            return 0
        settlings = event_settling.settle(
            session, source.tenant, source.connection_id, batch, now=now, jobs=self._jobs
        )
        inbox_work.settle(session, settlings, now=now)
        return len(settlings)


def _number(argument: Mapping[str, object], name: str) -> int:
    value = argument[name]
    if not isinstance(value, int):
        msg = f"{name} is a whole number"
        raise TypeError(msg)
    return value
