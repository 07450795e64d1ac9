"""An executor's id belongs to one live process: a second is refused, a dead one is succeeded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, column, table, update
from sqlalchemy.orm import Session

from mis_bridge.config import child_environment
from mis_bridge.storage import leases
from mis_bridge.storage.database import open_database
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.leases import LEASE_LASTS, ExecutorLease, LeaseHeld, is_gone, this_process
from mis_bridge.workers.stranded import Stranded, stranded
from tests.factories.databases import key_ring
from tests.support.databases import BOTH, ready_database
from tests.support.serving import KEY

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ELSEWHERE = "another-machine/00000000/1 pid 7 started 1"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return a database that is ready to be worked on."""
    with ready_database(request.param, tmp_path) as url:
        engine = open_database(url, key_ring())
        yield engine
        engine.dispose()


def hold(database: Engine, holder: str, *, now: datetime = NOW) -> leases.Lease:
    with Session(database) as session, session.begin():
        return leases.take(
            session, "worker-1", holder, now=now, until=now + LEASE_LASTS, is_gone=is_gone
        )


def test_a_live_holder_elsewhere_is_respected_and_named(database: Engine) -> None:
    hold(database, ELSEWHERE)
    with pytest.raises(LeaseHeld) as held:
        ExecutorLease(database, "worker-1", lambda: NOW + timedelta(seconds=30))
    assert ELSEWHERE in held.value.words.en
    assert "2026-11-20T09:00:00Z" in held.value.words.cy


def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_is_fenced(database: Engine) -> None:
    stale = hold(database, ELSEWHERE)
    later = NOW + LEASE_LASTS + timedelta(seconds=1)
    lease = ExecutorLease(database, "worker-1", lambda: later)
    with Session(database) as session, session.begin():
        assert not leases.renew(session, stale, now=later, until=later + LEASE_LASTS)
    lease.release()


def test_a_dead_process_of_this_machine_keeps_nobody_waiting(database: Engine) -> None:
    machine = this_process().rpartition(" pid ")[0]
    hold(database, f"{machine} pid 4194303 started 1")
    ExecutorLease(database, "worker-1", lambda: NOW).release()


def test_a_live_process_of_this_machine_is_not_taken_for_dead() -> None:
    assert not is_gone(this_process())
    assert is_gone(this_process() + "0")
    assert not is_gone(ELSEWHERE)
    assert not is_gone("nonsense")


def test_a_lease_given_back_is_free_at_once(database: Engine) -> None:
    ExecutorLease(database, "worker-1", lambda: NOW).release()
    assert hold(database, ELSEWHERE, now=NOW + timedelta(seconds=1)).holder == ELSEWHERE


def test_only_live_executors_are_listed_as_live(database: Engine) -> None:
    hold(database, ELSEWHERE)
    with Session(database) as session:
        assert leases.live(session, now=NOW) == {"worker-1"}
        assert leases.live(session, now=NOW + LEASE_LASTS) == set()


def test_work_of_an_executor_that_is_gone_is_found(database: Engine) -> None:
    jobs = EngineJobs(database)
    with Session(database) as session, session.begin():
        jobs.enqueue(session, "drain", "drain:c1:1", {})
    schema = "dbos" if database.dialect.name == "postgresql" else None
    work = table("workflow_status", column("status"), column("executor_id"), schema=schema)
    with database.begin() as connection:
        connection.execute(update(work).values(status="PENDING", executor_id="worker-9"))
    later = datetime.now(UTC) + timedelta(hours=1)
    assert stranded(database, now=later) == [Stranded("drain:c1:1", "worker-9")]
    assert stranded(database, now=datetime.now(UTC)) == []
    lease = ExecutorLease(database, "worker-9", lambda: later)
    assert stranded(database, now=later) == []
    lease.release()


def test_a_second_worker_under_one_id_is_refused_with_the_code_for_safety(tmp_path: Path) -> None:
    with ready_database("sqlite", tmp_path) as url:
        database = open_database(url, key_ring())
        lease = ExecutorLease(database, "worker-1")
        environment = child_environment(
            {"DATABASE_URL": url, "DIR": str(tmp_path / "data"), "KEYS": KEY, "LANG": "en"}
        )
        second = subprocess.run(
            [sys.executable, "-c", "from mis_bridge.cli.main import main; main()", "worker"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        lease.release()
        database.dispose()
    assert second.returncode == 3
    assert f"pid {os.getpid()}" in second.stderr
    assert "Traceback" not in second.stderr
