"""IEP exports kept as drafts: whose each is, made once, made anew, and left alone once touched."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Name, UpnStatus
from mis_bridge.services.conversion.imports import KeptPlan, NotPlans, import_plans
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.storage import audit, idp_drafts, views_pupils
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil

UPN = "P661990118001"
BORN = date(2015, 2, 17)


def plan(plan_id: str = "P1", **facts: Any) -> dict[str, Any]:
    target = {
        "targetNo": 1,
        "areaOfNeed": "SLCD",
        "target": "Ask for help in a whole sentence",
        "successCriteria": "In four of five lessons",
        "strategies": ["Prompt cards"],
        "provision": "Small group",
    }
    return {
        "planId": plan_id,
        "planType": "IEP",
        "upn": UPN,
        "adno": "A1",
        "pupilName": "Canary, Gwen",
        "dateOfBirth": BORN.isoformat(),
        "stage": "A",
        "language": "cy",
        "planStart": "2026-09-21",
        "targets": [target],
        **facts,
    }


@pytest.fixture
def tenant(session: Session) -> Tenant:
    return add_school(session)


def keep(
    session: Session, tenant: Tenant, folder: Path, *plans: dict[str, Any], days: int = 0
) -> list[KeptPlan]:
    file = folder / "plans.json"
    file.write_text(json.dumps({"plans": plans}), "utf-8")
    kept, report = import_plans(session, tenant, "iep", [file], now=NOW + timedelta(days=days))
    assert report.mapped == len(plans)
    return kept


def tell_of(session: Session, tenant: Tenant, record_id: str, **facts: Any) -> str:
    """Put a pupil into the register; returns its id."""
    connection = add_connection(session, tenant)
    pupil = a_pupil(record_id, **{"upn": UPN, "upn_status": UpnStatus.VALID, "dob": BORN, **facts})
    applied = apply(
        session,
        tenant,
        connection_id=connection.id,
        pupil=pupil,
        tombstone=None,
        raw=None,
        mapping_version_id="m1",
        noticed_on=NOW.date(),
        noticed_confirmed=False,
        cause="test",
        now=NOW,
        jobs=RecordedJobs(),
    )
    assert applied.pupil_id is not None
    return applied.pupil_id


def test_a_plan_is_kept_as_a_sealed_draft_of_the_pupil_with_its_upn(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    pupil_id = tell_of(session, tenant, "W77")
    (kept,) = keep(session, tenant, tmp_path, plan())
    assert (kept.plan_id, kept.pupil_id, kept.outcome) == ("P1", pupil_id, "created")
    (row,) = views_pupils.drafts(session, tenant, pupil_id)
    assert row.gaps == list(kept.gaps)
    assert row.gaps
    assert b"Canary" not in row.sealed_content
    content = views_pupils.draft_content(session, row)
    assert content["status"] == "draft"
    assert "Small group" in json.dumps(content)


def test_a_plan_without_a_upn_needs_record_id_and_date_of_birth_together(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    pupil_id = tell_of(session, tenant, "A1", upn=None, upn_status=UpnStatus.MISSING)
    kept = keep(
        session,
        tenant,
        tmp_path,
        plan("both", upn=None),
        plan("other-birthday", upn=None, dateOfBirth="2015-02-18"),
        plan("no-birthday", upn=None, dateOfBirth=None),
        plan("other-record", upn=None, adno="A2"),
    )
    assert {each.plan_id: each.pupil_id for each in kept} == {
        "both": pupil_id,
        "other-birthday": None,
        "no-birthday": None,
        "other-record": None,
    }


def test_a_temporary_upn_matches_nobody_by_itself(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    temporary = "E66199012401A"
    tell_of(session, tenant, "W77", upn=temporary, upn_status=UpnStatus.TEMPORARY)
    (kept,) = keep(session, tenant, tmp_path, plan(upn=temporary))
    assert kept.pupil_id is None


def test_a_pupil_of_another_school_is_never_matched(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    tell_of(session, add_school(session, "660/4002"), "A1")
    (kept,) = keep(session, tenant, tmp_path, plan())
    assert kept.pupil_id is None


def test_the_same_export_again_changes_nothing_and_another_text_makes_the_draft_anew(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    tell_of(session, tenant, "W77")
    assert keep(session, tenant, tmp_path, plan())[0].outcome == "created"
    assert keep(session, tenant, tmp_path, plan(), days=1)[0].outcome == "unchanged"
    (anew,) = keep(session, tenant, tmp_path, plan(strengths="Swims well"), days=2)
    assert anew.outcome == "made_anew"
    (row,) = idp_drafts.listed(session, tenant)
    assert row.version == 2
    assert "Swims well" in json.dumps(views_pupils.draft_content(session, row))


def test_a_draft_kept_before_its_pupil_was_known_finds_the_pupil_later(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    assert keep(session, tenant, tmp_path, plan())[0].pupil_id is None
    pupil_id = tell_of(session, tenant, "W77", name=Name("Gwen", None, "Canary"))
    (kept,) = keep(session, tenant, tmp_path, plan(), days=1)
    assert (kept.pupil_id, kept.outcome) == (pupil_id, "made_anew")


def test_what_a_person_has_changed_is_never_made_anew(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, plan())
    (row,) = idp_drafts.listed(session, tenant)
    row.changed_by = "person:p1"
    session.flush()
    (kept,) = keep(session, tenant, tmp_path, plan(strengths="Swims well"), days=1)
    assert kept.outcome == "kept"
    assert "Swims well" not in json.dumps(views_pupils.draft_content(session, row))


def test_the_chain_says_that_a_draft_was_made_and_not_what_it_says(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, plan())
    keep(session, tenant, tmp_path, plan())
    assert audit.verify(session, tenant.la).why is None
    assert audit.verify(session, tenant.la).rows == 1


def test_an_export_of_pupils_is_not_taken_for_plans(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    with pytest.raises(NotPlans, match="sims"):
        import_plans(session, tenant, "sims", [tmp_path], now=NOW)
