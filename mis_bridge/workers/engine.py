"""The job engine. The one module that names it, so that a change of engine stays in here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SQLAlchemyDatasource
from dbos import EnqueueOptions as Options
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from mis_bridge.workers.durable import Durable, Json, Queue, Schedule, T, Work

APPLICATION = "mis_bridge"
# Goes up when the steps of a piece of work change their order or number: work begun under another
# version is then left to a process that still has those steps.
WORKFLOWS_VERSION = "1"
CLOCK_QUEUE = "clock"
_POLL_SECONDS = 0.2
_LONDON = "Europe/London"
_UNFINISHED = ["ENQUEUED", "PENDING", "DELAYED"]
_ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

# Plain JSON: nothing stored can become code when it is read back.
_JSON = DBOSPortableJSONSerializer()


class EngineJobs:
    """Asks for work in the caller's own transaction; fulfils `services.ports.Jobs`."""

    def __init__(self, database: Engine) -> None:
        _be_quiet()
        self._client = DBOSClient(
            system_database_engine=database,
            serializer=_JSON,
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def enqueue(
        self,
        session: Session,
        name: str,
        key: str,
        argument: Mapping[str, object],
        *,
        after: timedelta = timedelta(0),
    ) -> None:
        """Ask for the work `name`; it starts only if the session's transaction commits.

        The same key twice is one piece of work, and the first argument stands.
        """
        options: Options = {
            "workflow_name": name,
            "queue_name": name,
            "workflow_id": key,
            "app_version": WORKFLOWS_VERSION,
        }
        if after > timedelta(0):
            options["delay_seconds"] = after.total_seconds()
        self._client.enqueue_in_transaction(session, options, dict(argument))

    def unfinished(self, keys: Sequence[str]) -> set[str]:
        """Return those of `keys` whose work waits or runs."""
        if not keys:
            return set()
        found = self._client.list_workflows(
            workflow_ids=list(keys), status=_UNFINISHED, load_input=False, load_output=False
        )
        return {work.workflow_id for work in found}

    def begun_before(self, moment: datetime) -> list[tuple[str, str | None]]:
        """Return key and executor of work that was begun before `moment` and has not ended."""
        found = self._client.list_workflows(
            status="PENDING", end_time=moment.isoformat(), load_input=False, load_output=False
        )
        return [(work.workflow_id, work.executor_id) for work in found]

    def forget(self, before: datetime, *, at_most: int = 1000) -> int:
        """Delete the engine's own record of work that ended before `before`; return how many."""
        ended = self._client.list_workflows(
            status=_ENDED,
            completed_before=before.isoformat(),
            limit=at_most,
            load_input=False,
            load_output=False,
        )
        if ended:
            self._client.delete_workflows([work.workflow_id for work in ended])
        return len(ended)


class Executor:
    """Takes work from the queues and does it, in this process, under a stable id.

    Work that this id had begun when its process died is taken up again at `start`.
    """

    def __init__(
        self,
        database: Engine,
        executor_id: str,
        queues: Sequence[Queue] = (),
        schedules: Sequence[Schedule] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._clock = database, clock
        self._queues, self._schedules = queues, schedules
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_engine": database,
            "executor_id": executor_id,
            "application_version": WORKFLOWS_VERSION,
            "serializer": _JSON,
            "log_level": "WARNING",
            "enable_otlp": False,
            "run_migrations": False,
            "max_executor_threads": 4 + sum(queue.at_once for queue in queues),
        }
        self._config = config

    def start(self) -> None:
        """Take up what was left and begin to work; the database must be up to date."""
        _be_quiet()
        _keep_writers_immediate(self._database)
        DBOS(config=self._config)
        self._rows = SQLAlchemyDatasource.create(
            _address(self._database),
            engine=self._database,
            serializer=_JSON,
            run_migrations=False,
        )
        for queue in self._queues:
            DBOS.workflow(name=queue.name)(self._asked(queue.work))
        timed = [
            (schedule, DBOS.workflow(name=schedule.name)(self._timed(schedule.work)))
            for schedule in self._schedules
        ]
        names = [queue.name for queue in self._queues]
        DBOS.listen_queues([*names, CLOCK_QUEUE] if timed else names)
        DBOS.launch()
        for queue in self._queues:
            DBOS.register_queue(
                queue.name,
                worker_concurrency=queue.at_once,
                polling_interval_sec=_POLL_SECONDS,
                on_conflict="always_update",
            )
        if timed:
            DBOS.register_queue(CLOCK_QUEUE, worker_concurrency=1, on_conflict="always_update")
            DBOS.apply_schedules(
                [
                    {
                        "schedule_name": schedule.name,
                        "workflow_fn": work,
                        "schedule": schedule.cron,
                        "cron_timezone": _LONDON,
                        "queue_name": CLOCK_QUEUE,
                    }
                    for schedule, work in timed
                ]
            )

    def stop(self, within_seconds: int) -> None:
        """Take no more work and wait for what runs; what is not done then is taken up next time."""
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=within_seconds)

    def _asked(self, work: Work) -> Callable[[dict[str, object]], Json]:
        def run(argument: dict[str, object]) -> Json:
            return work(_Run(self._database, self._rows, self._clock), argument)

        return run

    def _timed(self, work: Work) -> Callable[[datetime, Any], None]:
        def run(at: datetime, _context: Any) -> None:
            work(_Run(self._database, self._rows, self._clock), {"at": str(at)})

        return run


class _Run(Durable):
    """One run, with the engine's way of keeping steps."""

    def __init__(
        self, database: Engine, rows: SQLAlchemyDatasource, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._rows, self._clock = database, rows, clock

    @property
    def key(self) -> str:
        return str(DBOS.workflow_id)

    def now(self) -> datetime:
        return self._clock()

    def read(self) -> Session:
        return Session(self._database)

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        # Rows are locked by their first write, so the plain level is enough on PostgreSQL, and a
        # waiting writer goes on instead of failing. SQLite has one writer and one level.
        postgres = self._database.dialect.name == "postgresql"
        return self._rows.run_tx_step(
            {"name": name, "isolation_level": "READ COMMITTED" if postgres else "SERIALIZABLE"},
            lambda: work(self._rows.sql_session()),
        )

    def step(self, name: str, work: Callable[[], T]) -> T:
        return DBOS.run_step({"name": name}, work)


def upgrade_engine(database: Engine) -> None:
    """Bring the engine's own tables up to date; they share the database with ours."""
    _be_quiet()
    address = _address(database)
    DBOS.migrate(address)
    SQLAlchemyDatasource.migrate(address)


def _address(database: Engine) -> str:
    return database.url.set(drivername=database.dialect.name).render_as_string(hide_password=False)


def _be_quiet() -> None:
    # With a handler of its own in place the library adds none, and its records reach our log form.
    library = logging.getLogger("dbos")
    if not library.handlers:
        library.addHandler(logging.NullHandler())
    library.propagate = True


def _keep_writers_immediate(database: Engine) -> None:
    """Undo what the engine's choice of isolation level does to the driver on SQLite.

    Naming a level makes SQLAlchemy set the driver back to deferred transactions, for that
    connection's whole life in the pool; a deferred writer that has read fails at once when another
    writes, whatever the busy timeout.
    """
    if database.dialect.name != "sqlite":
        return

    def restore(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if driver.isolation_level == "":
            driver.isolation_level = "IMMEDIATE"

    event.listen(database, "begin", restore)
