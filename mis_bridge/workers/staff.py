"""Who does what in a worker and in the clock: the pieces of work, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from mis_bridge.services.ports import CONVERT, DELIVER, DRAIN, LOOK, POST, SYNC
from mis_bridge.services.sending.channels import OpenWays
from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers.clock import Clock
from mis_bridge.workers.conversion import Conversions
from mis_bridge.workers.delivery import Delivery
from mis_bridge.workers.durable import Queue, Schedule
from mis_bridge.workers.engine import EngineJobs, Executor
from mis_bridge.workers.inbox import WAKE, Drain
from mis_bridge.workers.leases import ExecutorLease
from mis_bridge.workers.looks import Looks
from mis_bridge.workers.outgoing import Outgoing
from mis_bridge.workers.places import Place
from mis_bridge.workers.sync import Syncs

PRINT_PACKS = "print-packs"
STOP_WITHIN_SECONDS = 20


@dataclass(slots=True)
class OnDuty:
    """A process at work: its lease and its executor."""

    database: Engine
    lease: ExecutorLease
    executor: Executor

    def leave(self) -> None:
        """Stop taking work, wait for what runs, give the lease back."""
        self.executor.stop(STOP_WITHIN_SECONDS)
        self.lease.release()
        self.database.dispose()


def worker(
    place: Place,
    executor_id: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> OnDuty:
    """Start to drain inboxes and deliver messages under `executor_id`; raises LeaseHeld."""
    database = _database(place)
    jobs = EngineJobs(database)
    drain, ways = _drain(jobs, place), _ways(place, clock)
    # An embedded database has one writer: more drains at once would only wait for one another.
    at_once = 2 if place.is_embedded else 8
    queues = [
        Queue(DRAIN, drain.run, at_once),
        Queue(WAKE, drain.wake, 1),
        Queue(DELIVER, Delivery(jobs, ways).run, at_once),
        Queue(LOOK, Looks(jobs, ways).run, 1),
        Queue(POST, Outgoing(jobs, place.trusted_origins).run, at_once),
        Queue(SYNC, _syncs(database, jobs, place).run, 1),
        Queue(CONVERT, Conversions(jobs).run, 1),
    ]
    lease = ExecutorLease(database, executor_id, clock)
    executor = Executor(database, executor_id, queues, clock=clock)
    executor.start()
    return OnDuty(database, lease, executor)


def clock_keeper(
    place: Place,
    executor_id: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> OnDuty:
    """Start to keep the schedules under `executor_id`; raises LeaseHeld."""
    database = _database(place)
    jobs = EngineJobs(database)
    ways = _ways(place, clock)
    keeper = Clock(
        jobs,
        _drain(jobs, place),
        Delivery(jobs, ways),
        _syncs(database, jobs, place),
    )
    schedules = [
        *keeper.schedules(),
        Schedule("ask_for_looks", "50 */5 * * * *", Looks(jobs, ways).ask),
        *Outgoing(jobs, place.trusted_origins).schedules(),
        Schedule("sweep_conversions", "45 * * * * *", Conversions(jobs).sweep),
    ]
    lease = ExecutorLease(database, executor_id, clock)
    executor = Executor(database, executor_id, schedules=schedules, clock=clock)
    executor.start()
    return OnDuty(database, lease, executor)


def _database(place: Place) -> Engine:
    database = open_database(place.database_url, place.keys)
    migrating.check(database)
    return database


def _drain(jobs: EngineJobs, place: Place) -> Drain:
    return Drain(jobs, place.trusted_origins)


def _syncs(database: Engine, jobs: EngineJobs, place: Place) -> Syncs:
    return Syncs(database, jobs, place.trusted_origins)


def _ways(place: Place, clock: Callable[[], datetime]) -> OpenWays:
    return OpenWays(place.folder / PRINT_PACKS, place.trusted_origins, clock)
