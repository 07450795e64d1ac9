"""The worker's conversion and its sweep: worked to the end, and asked for again where nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Provision, ProvisionType
from mis_bridge.services.conversion import runs
from mis_bridge.services.conversion.runs import Wanted
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.storage import conversion_runs
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.conversion import Conversions
from mis_bridge.workers.engine import EngineJobs
from tests.factories.authorities import add_school
from tests.factories.databases import key_ring
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.databases import BOTH, ready_database
from tests.support.durable import InlineRun

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HERE = Tenant("660", "660/4001")
PUPILS = runs.AT_ONCE + 20


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return a database with a cohort that is larger than a batch."""
    action = Provision(ProvisionType.SCHOOL_ACTION, "A", date(2021, 9, 1))
    with ready_database(request.param, tmp_path) as url:
        engine = open_database(url, key_ring())
        with Session(engine) as session, session.begin():
            add_school(session, HERE.of_school)
            tellings = [
                Telling("wonde", f"A{at}", a_pupil(f"A{at}", provision=action), NOW, NOW.date(),
                        "file:test")
                for at in range(PUPILS)
            ]  # fmt: skip
            apply_all(session, HERE, tellings, now=NOW, jobs=RecordedJobs())
        yield engine
        engine.dispose()


def started(database: Engine, jobs: RecordedJobs | EngineJobs) -> str:
    with Session(database) as session, session.begin():
        return runs.start(session, HERE, Wanted(), None, by="test", now=NOW, jobs=jobs)


def argument(run_id: str) -> dict[str, object]:
    return {"la": HERE.la, "school": HERE.of_school, "run_id": run_id}


def test_a_run_is_worked_to_its_end_and_a_second_work_on_it_does_nothing(database: Engine) -> None:
    run_id = started(database, RecordedJobs())
    work = Conversions(EngineJobs(database))
    assert work.run(InlineRun(database, NOW), argument(run_id)) == {"settled": PUPILS}
    assert work.run(InlineRun(database, NOW), argument(run_id)) == {"settled": 0}
    with Session(database) as session:
        row = conversion_runs.run(session, HERE, run_id)
        assert row is not None
        assert (row.state, runs.counts_of(row)["from_register"]) == ("done", PUPILS)


def test_a_run_that_nobody_is_at_work_on_is_asked_for_again_and_once(database: Engine) -> None:
    jobs = EngineJobs(database)
    work = Conversions(jobs)
    lost = started(database, RecordedJobs())
    assert work.sweep(InlineRun(database, NOW), {}) == 1
    assert work.sweep(InlineRun(database, NOW + timedelta(minutes=1)), {}) == 0
    assert jobs.unfinished([runs.job_key(lost, "2026112009")])


def test_a_run_that_waits_for_a_worker_or_is_done_is_left_alone(database: Engine) -> None:
    jobs = EngineJobs(database)
    work = Conversions(jobs)
    run_id = started(database, jobs)
    assert jobs.unfinished([runs.job_key(run_id)])
    assert work.sweep(InlineRun(database, NOW), {}) == 0
    work.run(InlineRun(database, NOW), argument(run_id))
    assert work.sweep(InlineRun(database, NOW), {}) == 0
