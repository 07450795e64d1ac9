"""A cohort's conversion: frozen at its start, done once, told in counts that add up."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Name, Provision, ProvisionType, Pupil, Source, UpnStatus
from mis_bridge.services.conversion import runs
from mis_bridge.services.conversion.runs import ConversionUnderWay, Exports, Wanted
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.ports import CONVERT
from mis_bridge.storage import audit, conversion_runs, idp_drafts, views_pupils
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil

SCHOOL_ACTION = Provision(ProvisionType.SCHOOL_ACTION, "A", date(2021, 9, 1))


@pytest.fixture
def tenant(session: Session) -> Tenant:
    return add_school(session)


def known(session: Session, tenant: Tenant, *pupils: Pupil) -> dict[str, str]:
    """Put pupils into the register; returns the id of each by its record id."""
    tellings = [
        Telling("wonde", one.source.record_id, one, NOW, NOW.date(), "file:test") for one in pupils
    ]
    applied = apply_all(session, tenant, tellings, now=NOW, jobs=RecordedJobs())
    return {
        one.source.record_id: str(done.pupil_id)
        for one, done in zip(pupils, applied, strict=True)
        if done.pupil_id
    }


def on_action(record_id: str, **facts: Any) -> Pupil:
    return a_pupil(record_id, **{"provision": SCHOOL_ACTION, **facts})


def iep(plan_id: str, record_id: str, **facts: Any) -> dict[str, Any]:
    return {
        "planId": plan_id,
        "adno": record_id,
        "dateOfBirth": "2015-03-02",
        "pupilName": "Canary, Aled",
        "stage": "A",
        "planStart": "2026-09-21",
        "targets": [{"targetNo": 1, "target": "Ask for help", "provision": "Small group"}],
        **facts,
    }


def exports(folder: Path, *plans: Any) -> Exports:
    file = folder / "ieps.json"
    file.write_text(json.dumps({"plans": plans}), "utf-8")
    return Exports("iep", (file,))


def started(
    session: Session,
    tenant: Tenant,
    files: Exports | None = None,
    wanted: Wanted = Wanted(),  # noqa: B008 - frozen
    days: int = 0,
) -> str:
    now = NOW + timedelta(days=days)
    return runs.start(session, tenant, wanted, files, by="test", now=now, jobs=RecordedJobs())


def finished(session: Session, tenant: Tenant, run_id: str, days: int = 0) -> dict[str, Any]:
    while runs.work_on(session, tenant, run_id, now=NOW + timedelta(days=days), jobs=None):
        pass
    row = conversion_runs.run(session, tenant, run_id)
    assert row is not None
    report = runs.report(session, tenant, row)
    assert sum(report["counts"].values()) == report["items"] == report["settled"]
    assert set(report["counts"]) == set(runs.OUTCOMES)
    return report


def told(report: dict[str, Any]) -> dict[str, int]:
    return {outcome: number for outcome, number in report["counts"].items() if number}


def test_each_of_a_cohort_gets_a_draft_of_the_plan_or_of_the_register(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    ids = known(
        session, tenant, on_action("A1"), on_action("A2"), a_pupil("B1"),
        on_action("A3", provision=Provision(ProvisionType.IDP_SCHOOL, "I", date(2025, 9, 1))),
    )  # fmt: skip
    run_id = started(
        session,
        tenant,
        exports(tmp_path, iep("P1", "A1"), iep("P2", "nobody"), iep("P3", "B1"), iep("", "A2")),
    )
    report = finished(session, tenant, run_id)
    assert report["state"] == "done"
    assert told(report) == {"created": 2, "from_register": 1, "rejected": 2}
    assert report["without_pupil"] == 1
    assert [each["code"] for each in report["rejections"]] == ["outside_cohort", "not_mapped"]
    assert all(each["reason"] and each["reason_cy"] for each in report["rejections"])
    drafts = {row.plan_id: row for row in idp_drafts.listed(session, tenant)}
    assert set(drafts) == {"P1", "P2", ids["A2"]}
    assert drafts[ids["A2"]].vendor == "register"
    assert drafts[ids["A2"]].gaps


def test_a_run_again_changes_nothing_and_a_change_makes_the_draft_anew(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    known(session, tenant, on_action("A1"), on_action("A2"))
    finished(session, tenant, started(session, tenant, exports(tmp_path, iep("P1", "A1"))))
    again = started(session, tenant, exports(tmp_path, iep("P1", "A1")), days=1)
    assert told(finished(session, tenant, again, 1)) == {"unchanged": 2}
    known(session, tenant, on_action("A2", name=Name("Aled", None, "Canary-Jones")))
    other = started(session, tenant, exports(tmp_path, iep("P1", "A1", strengths="Sings")), days=2)
    assert told(finished(session, tenant, other, 2)) == {"made_anew": 2}
    assert audit.verify(session, tenant.la).why is None


def test_without_an_export_the_draft_of_an_earlier_plan_stands(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    known(session, tenant, on_action("A1"))
    finished(session, tenant, started(session, tenant, exports(tmp_path, iep("P1", "A1"))))
    assert told(finished(session, tenant, started(session, tenant, days=1), 1)) == {"unchanged": 1}
    assert len(idp_drafts.listed(session, tenant)) == 1


def test_what_a_person_has_begun_is_kept(session: Session, tenant: Tenant, tmp_path: Path) -> None:
    ids = known(session, tenant, on_action("A1"), on_action("A2"))
    finished(session, tenant, started(session, tenant, exports(tmp_path, iep("P1", "A1"))))
    drafts = {str(row.pupil_id): row for row in idp_drafts.listed(session, tenant)}
    for pupil_id, draft in drafts.items():
        session.add(
            PlanRow(
                la=tenant.la, school=tenant.of_school, pupil_id=pupil_id, draft_id=draft.id,
                form_id=draft.form_id, form_version="2021-1", status="draft",
                sealed_content=b"", created_at=NOW, changed_at=NOW, changed_by="person:p1",
            )
        )  # fmt: skip
    session.flush()
    before = {row.id: (row.version, row.source_digest) for row in drafts.values()}
    known(session, tenant, on_action("A2", name=Name("Aled", None, "Canary-Jones")))
    again = started(session, tenant, exports(tmp_path, iep("P1", "A1", strengths="Sings")), days=1)
    assert told(finished(session, tenant, again, 1)) == {"kept": 2}
    after = {row.id: (row.version, row.source_digest) for row in idp_drafts.listed(session, tenant)}
    assert after == before
    assert set(drafts) == set(ids.values())


def test_who_has_left_or_moved_on_since_is_told_as_no_longer_there(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    ids = known(session, tenant, on_action("A1"), on_action("A2"), on_action("A3"))
    run_id = started(session, tenant, exports(tmp_path, iep("P1", "A1")))
    for record_id, facts in {"A1": {"state": "left"}, "A2": {"provision_type": "idp_la"}}.items():
        row = views_pupils.pupil(session, tenant, ids[record_id])
        assert row is not None
        for name, value in facts.items():
            setattr(row, name, value)
    session.flush()
    assert told(finished(session, tenant, run_id)) == {"from_register": 1, "no_longer_there": 2}


def test_the_cohort_is_chosen_by_stage_and_year(session: Session, tenant: Tenant) -> None:
    plus = Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2021, 9, 1))
    ids = known(
        session, tenant, on_action("A1", nc_year="5"), on_action("A2", nc_year="6"),
        on_action("A3", nc_year="5", provision=plus),
    )  # fmt: skip
    run_id = started(session, tenant, wanted=Wanted(("school_action_plus",), ("5",)))
    assert told(finished(session, tenant, run_id)) == {"from_register": 1}
    assert [row.pupil_id for row in idp_drafts.listed(session, tenant)] == [ids["A3"]]


def test_two_runs_of_a_school_are_never_at_work_at_once(session: Session, tenant: Tenant) -> None:
    known(session, tenant, on_action("A1"))
    run_id = started(session, tenant)
    with pytest.raises(ConversionUnderWay, match=run_id):
        started(session, tenant)
    finished(session, tenant, run_id)
    assert started(session, tenant, days=1) != run_id


def test_of_two_who_start_at_the_same_moment_one_does(
    database: Engine, session: Session, tenant: Tenant
) -> None:
    known(session, tenant, on_action("A1"))
    session.commit()
    together = Barrier(2)

    def start(_: int) -> str:
        with Session(database) as own, own.begin():
            together.wait(10)
            try:
                return started(own, tenant)
            except ConversionUnderWay:
                return "under way"

    with ThreadPoolExecutor(2) as both:
        ended = list(both.map(start, range(2)))
    assert ended.count("under way") == 1
    assert len(conversion_runs.listed(session, tenant)) == 1


def test_a_run_asks_for_its_work_in_the_transaction_that_keeps_it(
    session: Session, tenant: Tenant
) -> None:
    known(session, tenant, on_action("A1"))
    jobs = RecordedJobs()
    run_id = runs.start(session, tenant, Wanted(), None, by="test", now=NOW, jobs=jobs)
    assert list(jobs.asked) == [f"convert:{run_id}"]
    assert jobs.asked[f"convert:{run_id}"][0] == CONVERT


def test_one_strange_record_is_rejected_alone(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    known(session, tenant, on_action("A1"), on_action("A2"))
    run_id = started(session, tenant, exports(tmp_path, iep("P1", "A1"), iep("P2", "A2")))
    [first, _] = conversion_runs.waiting(session, tenant, run_id, at_most=9)
    spoiled = {**conversion_runs.record_of(session, first), "start": "no day"}
    item = conversion_runs.NewItem(record=spoiled, id=first.id)
    first.sealed_record = conversion_runs.sealed(session, item)
    report = finished(session, tenant, run_id)
    assert told(report) == {"created": 1, "rejected": 1}
    assert report["rejections"][0]["code"] == "fault"


def test_nothing_of_a_plan_stays_in_a_run_that_made_its_draft(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    known(session, tenant, on_action("A1"))
    run_id = started(session, tenant, exports(tmp_path, iep("P1", "A1", strengths="Sings")))
    [item] = conversion_runs.waiting(session, tenant, run_id, at_most=9)
    assert item.sealed_record is not None
    assert b"Sings" not in item.sealed_record
    finished(session, tenant, run_id)
    session.refresh(item)
    assert [item.sealed_record, bool(item.draft_id)] == [None, True]


def test_a_draft_of_the_register_copies_and_hints_and_decides_nothing(
    session: Session, tenant: Tenant
) -> None:
    ids = known(
        session, tenant,
        on_action("A1", upn="P661990118001", upn_status=UpnStatus.VALID,
                  source=Source("wonde", tenant.school, "A1")),
    )  # fmt: skip
    finished(session, tenant, started(session, tenant))
    [row] = views_pupils.drafts(session, tenant, ids["A1"])
    content = views_pupils.draft_content(session, row)
    assert content["status"] == "draft"
    assert content["flags"] == ["no_iep"]
    assert "School Action" in content["fields"]["record[0]"]["value"]["summary"]
    assert not [key for key in content["fields"] if key.startswith(("aln.", "alp", "health_alp"))]


def test_another_school_sees_nothing_of_a_run(session: Session, tenant: Tenant) -> None:
    known(session, tenant, on_action("A1"))
    run_id = started(session, tenant)
    other = add_school(session, "660/4002")
    assert conversion_runs.run(session, other, run_id) is None
    assert runs.work_on(session, other, run_id, now=NOW, jobs=None) == 0
    assert not conversion_runs.listed(session, other)
