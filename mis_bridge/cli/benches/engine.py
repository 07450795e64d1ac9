"""P12: jobs that do nothing through the job engine, beside a bare loop that claims and deletes."""

from __future__ import annotations

import multiprocessing
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    delete,
    func,
    insert,
    make_url,
    select,
)
from sqlalchemy.orm import Session

from mis_bridge.config import command_settings
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio
from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers.durable import Durable, Json, Queue
from mis_bridge.workers.engine import EngineJobs, Executor, upgrade_engine

WORKERS = 2
ROUNDS = 5
NOTHING = "nothing"
_TABLE = Table("bench_jobs", MetaData(), Column("id", Integer, primary_key=True))

_P12 = Words(
    "jobs that do nothing, through the job engine with two workers on {backend}, beside a bare "
    "loop that claims and deletes rows",
    "tasgau nad ydynt yn gwneud dim, drwy'r peiriant gwaith gyda dau weithiwr ar {backend}, ochr "
    "yn ochr â dolen noeth sy'n hawlio ac yn dileu rhesi",
)


def measure(full: bool) -> list[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure on the configured PostgreSQL server; without one on SQLite, reported only."""
    count = 5_000 if full else 140
    with _database() as url:
        database = open_database(url)
        backend = database.dialect.name
        with database.begin() as connection:
            _TABLE.metadata.create_all(connection)
        jobs = EngineJobs(database)
        with _at_work(url, _keep_working):
            taken = [_through_the_engine(database, jobs, count, n) for n in range(ROUNDS)]
        with _at_work(url, _claim_and_delete):
            by_hand = [_by_hand(database, count) for _ in range(ROUNDS)]
        database.dispose()
    ours, bare = [count / seconds for seconds in taken], [count / seconds for seconds in by_hand]
    return [
        Ratio(
            name="P12",
            what=_P12.fill(backend=backend),
            ratios=tuple(one / other for one, other in zip(ours, bare, strict=True)),
            measured=statistics.median(ours),
            reference=statistics.median(bare),
            unit="/s",
            target=0.2 if backend == "postgresql" else 0.0,
            aim=0.4 if backend == "postgresql" else 0.0,
        )
    ]


def _through_the_engine(database: Engine, jobs: EngineJobs, count: int, number: int) -> float:
    keys = [f"{NOTHING}:{number}:{each}" for each in range(count)]
    with Session(database) as session, session.begin():
        for key in keys:
            jobs.enqueue(session, NOTHING, key, {})
    began = time.perf_counter()
    while jobs.unfinished(keys):
        time.sleep(0.02)
    return time.perf_counter() - began


def _by_hand(database: Engine, count: int) -> float:
    with database.begin() as connection:
        connection.execute(insert(_TABLE), [{"id": each} for each in range(count)])
    began = time.perf_counter()
    while _left(database):
        time.sleep(0.005)
    return time.perf_counter() - began


def _left(database: Engine) -> int:
    with database.connect() as connection:
        return connection.scalar(select(func.count()).select_from(_TABLE)) or 0


def _keep_working(url: str, number: int, ready: Barrier) -> None:
    """Be one of the workers, until ended."""

    def nothing(_run: Durable, _argument: Mapping[str, object]) -> Json:
        return None

    Executor(open_database(url), f"bench-{number}", [Queue(NOTHING, nothing, 50)]).start()
    ready.wait()
    while True:
        time.sleep(60)


def _claim_and_delete(url: str, _number: int, ready: Barrier) -> None:
    """Be one of the bare loops, until ended: a row a transaction."""
    database = open_database(url)
    first = select(_TABLE.c.id).order_by(_TABLE.c.id).limit(1)
    if database.dialect.name == "postgresql":
        first = first.with_for_update(skip_locked=True)
    one = delete(_TABLE).where(_TABLE.c.id == first.scalar_subquery())
    ready.wait()
    while True:
        with database.begin() as connection:
            taken = connection.execute(one).rowcount
        if not taken:
            time.sleep(0.005)


@contextmanager
def _at_work(url: str, work: Callable[[str, int, Barrier], None]) -> Iterator[None]:
    spawn = multiprocessing.get_context("spawn")
    ready = spawn.Barrier(WORKERS + 1)
    workers = [spawn.Process(target=work, args=(url, each, ready)) for each in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        # Starting an interpreter is no part of what is measured.
        ready.wait(60)
        yield
    finally:
        for worker in workers:
            worker.kill()
            worker.join()


@contextmanager
def _database() -> Iterator[str]:
    """Give a database of its own on the configured server, or a file; it is gone afterwards."""
    settings = command_settings()
    if settings.is_embedded:
        with TemporaryDirectory(prefix="mis-bridge-bench-") as folder:
            url = f"sqlite:///{Path(folder) / 'bench.db'}"
            _make_ready(url)
            yield url
        return
    name = f"mis_bridge_bench_{secrets.token_hex(4)}"
    address = make_url(settings.database_url).set(drivername="postgresql+psycopg")
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    try:
        own = address.set(database=name, drivername="postgresql")
        _make_ready(own.render_as_string(hide_password=False))
        yield own.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.dispose()


def _make_ready(url: str) -> None:
    database = open_database(url)
    migrating.upgrade(database)
    upgrade_engine(database)
    database.dispose()
