"""Looking after what was handed over: the services that carry messages are asked how they stand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import DeliveryProblem, Fate, Outcome
from mis_bridge.services import sending_results
from mis_bridge.services.ports import LOOK
from mis_bridge.services.sending.channel_choice import TRACKED
from mis_bridge.services.sending.channels import Way, Ways
from mis_bridge.storage import outbox
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

AT_ONCE = 100

log = logging.getLogger("mis_bridge.delivery")


@dataclass(frozen=True, slots=True)
class _Due:
    """One message to ask about, and by which way it went."""

    outbox_id: str
    tenant: Tenant
    artefact: str
    way: Way | None


class Looks:
    """Asks for the later statuses of messages; a run asks about some, the longest unseen first."""

    def __init__(self, jobs: EngineJobs, ways: Ways) -> None:
        self._jobs, self._ways = jobs, ways

    def ask(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask that a worker look, where there is anything to look at."""
        with durable.read() as session:
            if not outbox.to_look_at(session, TRACKED, durable.now(), 1):
                return False
        key = f"look:{durable.now():%Y%m%d%H%M}"
        durable.transaction("ask", lambda session: self._jobs.enqueue(session, LOOK, key, {}))
        return True

    def run(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask about some messages and record what is said, each by itself."""
        told = durable.step("ask", lambda: self._told(durable))
        return [
            durable.transaction(f"record:{outbox_id}", self._recording(durable, outbox_id, said))
            for outbox_id, said in sorted(told.items())
        ]

    def _recording(
        self, durable: Durable, outbox_id: str, said: Sequence[str]
    ) -> Callable[[Session], str]:
        la, school, word, outcome = said
        fate = Fate(word, Outcome(outcome)) if word else None
        return lambda session: sending_results.record_fate(
            session, Tenant(la, school), outbox_id, fate, now=durable.now()
        )

    def _told(self, durable: Durable) -> dict[str, list[str]]:
        with durable.read() as session:
            due = [self._due(session, row) for row in self._rows(session, durable.now())]
        told: dict[str, list[str]] = {}
        silent: set[str] = set()
        for each in due:
            if each.way is None or each.way.route in silent:
                continue
            try:
                fate = each.way.channel.look(each.artefact)
            except DeliveryProblem as fault:
                # One that does not answer is not asked about the rest; the next run asks again.
                silent.add(each.way.route)
                log.warning(
                    "look_failed",
                    extra={"facts": {"route": each.way.route, "fault": type(fault).__name__}},
                )
                continue
            said = [fate.word, fate.outcome.value] if fate is not None else ["", ""]
            told[each.outbox_id] = [each.tenant.la, each.tenant.of_school, *said]
        return told

    def _rows(self, session: Session, now: datetime) -> list[tuple[str, Tenant, str]]:
        rows = outbox.to_look_at(session, TRACKED, now, AT_ONCE)
        return [(row.id, Tenant(row.la, row.school), row.artefact or "") for row in rows]

    def _due(self, session: Session, row: tuple[str, Tenant, str]) -> _Due:
        outbox_id, tenant, artefact = row
        route, _, message = artefact.partition("/")
        try:
            way = self._ways.of_route(session, tenant, route)
        except DeliveryProblem:
            way = None
        return _Due(outbox_id, tenant, message, way)
