"""kill -9 of the worker all through a cohort's conversion: every draft is made, and made once."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Provision, ProvisionType
from mis_bridge.services.conversion import runs
from mis_bridge.services.conversion.runs import Exports, Wanted
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.storage import audit, conversion_runs
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.register import IdpDraftRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.workers.engine import EngineJobs
from tests.factories.authorities import add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.databases import BOTH
from tests.support.serving import Serving, eventually, now, serving

EVERYTHING = system_wide("a test looks at everything")
PUPILS, PLANS = 700, 400
SCHOOL = Tenant("660", "660/4001")
LOADED = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)
# Seconds after the run shows its first progress, and after each restart, to the next kill.
PAUSES = (0.0, 0.1, 0.3, 0.5)


@pytest.mark.parametrize("backend", BOTH)
def test_a_killed_conversion_goes_on_where_it_stood(backend: str, tmp_path: Path) -> None:
    with serving(backend, tmp_path) as running:
        run_id = _asked(running, tmp_path)
        killed = 0
        for pause in PAUSES:
            before = _settled(running, run_id)
            assert eventually(lambda: _settled(running, run_id) > before, 40)  # noqa: B023
            time.sleep(pause)
            if _settled(running, run_id) < PUPILS:
                killed += 1
                running.kill("worker")
        assert killed >= 3
        assert eventually(lambda: _report(running, run_id)["state"] == "done", 60)
        report = _report(running, run_id)
        assert report["items"] == report["settled"] == PUPILS
        assert {each: n for each, n in report["counts"].items() if n} == {
            "created": PLANS,
            "from_register": PUPILS - PLANS,
        }
        with Session(running.database) as session:
            drafts = session.scalars(select(IdpDraftRow).execution_options(**EVERYTHING)).all()
            assert len({draft.pupil_id for draft in drafts}) == len(drafts) == PUPILS
            assert {draft.version for draft in drafts} == {1}
            told = Counter(
                session.scalars(
                    select(AuditEventRow.subject).where(AuditEventRow.action == "idp_drafted")
                )
            )
            assert len(told) == PUPILS
            assert set(told.values()) == {1}
            assert audit.verify(session, SCHOOL.la).first_bad is None


def _asked(running: Serving, folder: Path) -> str:
    """Fill a school's register, and ask for the conversion of everybody in it."""
    action = Provision(ProvisionType.SCHOOL_ACTION, "A", date(2021, 9, 1))
    with Session(running.database) as session, session.begin():
        add_school(session, SCHOOL.of_school)
        tellings = [
            Telling("wonde", f"A{at}", a_pupil(f"A{at}", provision=action), LOADED, LOADED.date(),
                    "file:test")
            for at in range(PUPILS)
        ]  # fmt: skip
        apply_all(session, SCHOOL, tellings, now=LOADED, jobs=RecordedJobs())
    file = folder / "ieps.json"
    file.write_text(json.dumps({"plans": [_iep(at) for at in range(PLANS)]}), encoding="utf-8")
    with Session(running.database) as session, session.begin():
        return runs.start(
            session, SCHOOL, Wanted(), Exports("iep", (file,)),
            by="test", now=now(), jobs=EngineJobs(running.database),
        )  # fmt: skip


def _iep(at: int) -> dict[str, Any]:
    return {
        "planId": f"P{at}",
        "adno": f"A{at}",
        "dateOfBirth": "2015-03-02",
        "pupilName": "Canary, Aled",
        "stage": "A",
        "targets": [{"targetNo": 1, "target": "Ask for help", "provision": "Small group"}],
    }


def _report(running: Serving, run_id: str) -> dict[str, Any]:
    with Session(running.database) as session:
        row = conversion_runs.run(session, SCHOOL, run_id)
        assert row is not None
        return runs.report(session, SCHOOL, row)


def _settled(running: Serving, run_id: str) -> int:
    return int(_report(running, run_id)["settled"])
