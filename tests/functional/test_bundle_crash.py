"""kill -9 while bundles are taken in: each plan is there whole, or not at all, and never twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Name, UpnStatus
from mis_bridge.storage import audit, plans
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.plans import PlanActRow, PlanBundleRow, PlanCopyRow, PlanRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import add_calendar, add_school
from tests.factories.databases import opened
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.bundle_child import person
from tests.support.databases import BOTH, ready_database
from tests.support.plan_bundles import NEW, tell

Kept = type[PlanBundleRow | PlanCopyRow | PlanActRow | NoticeRow | DecisionTaskRow]
COUNT = 14
ROOT = Path(__file__).parents[2]
TENANT = Tenant("661", NEW)
# After how many more plans, and how many thousandths of a second later, the process is killed.
KILLS = [(1, 0), (2, 7), (1, 13), (3, 21), (2, 34)]


@pytest.mark.parametrize("backend", BOTH)
def test_a_plan_is_taken_in_whole_or_not_at_all(backend: str, tmp_path: Path) -> None:
    with ready_database(backend, tmp_path) as url, opened(url) as database:
        _school(database)
        acknowledged: set[int] = set()
        for more, wait in KILLS:
            acknowledged |= _killed(url, len(acknowledged) + more, wait / 1000)
            _check(database, acknowledged, finished=False)
        with _child(url) as child:
            said, _ = child.communicate(timeout=60)
        assert [int(line) for line in said.split()] == list(range(COUNT))
        _check(database, set(range(COUNT)), finished=True)


def _school(database: Engine) -> None:
    with sessions(database).begin() as session:
        add_school(session, NEW)
        add_calendar(session, Tenant("661"))
        for number in range(COUNT):
            pupil = a_pupil(
                f"N{number}",
                school=NEW,
                upn=person(number)["upn"],
                upn_status=UpnStatus.VALID,
                name=Name(legal_forename=f"Aled{number}", legal_surname="Canary"),
            )
            tell(session, TENANT, pupil, jobs=RecordedJobs())


def _child(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.bundle_child", url, str(COUNT)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _killed(url: str, after: int, wait: float) -> set[int]:
    """Run the process until it has said `after` numbers, kill it, and return all that it said."""
    with _child(url) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(after)]
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        said += [int(line) for line in child.stdout.read().split()]
        child.wait(20)
    return set(said)


def _check(database: Engine, acknowledged: set[int], *, finished: bool) -> None:
    with sessions(database).begin() as session:
        rows = session.scalars(select(PlanRow).where(TENANT.owns(PlanRow))).all()
        taken = {plans.content(session, row)["received"]["plan_id"] for row in rows}
        assert {f"theirs-{number}" for number in acknowledged} <= taken
        # What was committed and not said yet is one plan at most.
        assert len(taken) == len(rows) <= len(acknowledged) + 1
        assert not finished or len(rows) == COUNT
        for row in rows:
            assert (row.status, row.edition, row.review_by_on is None) == ("given", 1, False)
            assert plans.edition_content(session, TENANT, row.id, 1) is not None
        wanted: dict[Kept, int] = {
            PlanBundleRow: 1, PlanCopyRow: 1, PlanActRow: 2, NoticeRow: 1, DecisionTaskRow: 1,
        }  # fmt: skip
        for of, each in wanted.items():
            assert _count(session, of) == each * len(rows), of
        told = select(func.count()).where(
            AuditEventRow.la == "661", AuditEventRow.action == "plan_bundle_taken_in"
        )
        assert session.scalar(told) == len(rows)
        assert audit.verify(session, "661").first_bad is None


def _count(
    session: Session,
    of: Kept,
) -> int:
    return int(session.scalar(select(func.count()).select_from(of).where(TENANT.owns(of))) or 0)
