"""Converting cohorts: one run at a time, one transaction a batch, and a sweep for what was left."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from mis_bridge.services.conversion.runs import ask, job_key, work_on
from mis_bridge.storage import conversion_runs
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.durable import Durable, Json
from mis_bridge.workers.engine import EngineJobs

_SWEPT_HOURS = 6

log = logging.getLogger("mis_bridge.conversion")


class Conversions:
    """Works on the conversion of cohorts; one object serves every run in the process."""

    def __init__(self, jobs: EngineJobs) -> None:
        self._jobs = jobs

    def run(self, durable: Durable, argument: Mapping[str, object]) -> Json:
        """Settle one run's items until none is left; the result says how many this work settled."""
        tenant = Tenant(str(argument["la"]), str(argument["school"]))
        run_id = str(argument["run_id"])
        settled = 0
        while True:
            some = durable.transaction(
                "convert",
                lambda session: work_on(
                    session, tenant, run_id, now=durable.now(), jobs=self._jobs
                ),
            )
            if not some:
                return {"settled": settled}
            settled += some

    def sweep(self, durable: Durable, _argument: Mapping[str, object]) -> Json:
        """Ask again for runs that are not at their end although nobody is at work on them."""
        with durable.read() as session:
            open_runs = [row.id for row in conversion_runs.unfinished(session)]
        hours = [f"{durable.now() - timedelta(hours=n):%Y%m%d%H}" for n in range(_SWEPT_HOURS)]
        keys = {run: [job_key(run), *(job_key(run, hour) for hour in hours)] for run in open_runs}
        alive = self._jobs.unfinished([each for several in keys.values() for each in several])
        lost = {run for run, several in keys.items() if not alive.intersection(several)}
        if not lost:
            return 0
        return durable.transaction("sweep", lambda session: self._ask(session, lost, hours[0]))

    def _ask(self, session: Session, lost: set[str], hour: str) -> int:
        rows = [row for row in conversion_runs.unfinished(session) if row.id in lost]
        for row in rows:
            ask(session, row, self._jobs, hour)
            log.warning("conversion_restarted", extra={"facts": {"run": row.id}})
        return len(rows)
