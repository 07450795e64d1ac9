"""Work that somebody began and nobody is at: its executor's lease has run out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.storage import leases
from mis_bridge.workers.engine import EngineJobs

LONG = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Stranded:
    """A piece of work by its business key, and the executor under whose id it can be taken up."""

    key: str
    executor_id: str


def stranded(database: Engine, *, now: datetime, longer_than: timedelta = LONG) -> list[Stranded]:
    """Return what was begun longer ago than that by executors that are not live.

    Nobody else takes such work up by itself: start a worker under the dead executor's id.
    """
    with Session(database) as session:
        live = leases.live(session, now=now)
    begun = EngineJobs(database).begun_before(now - longer_than)
    return [
        Stranded(key, executor or "") for key, executor in begun if (executor or "") not in live
    ]
