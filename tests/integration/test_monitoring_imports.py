"""Delivered provision and attendance, kept week by week: once, corrected, and never for nobody."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import UpnStatus
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.mapping.runs import Report
from mis_bridge.services.monitoring.imports import (
    Kept,
    NotDelivery,
    import_delivery,
    reference_of,
)
from mis_bridge.storage import audit, monitoring
from mis_bridge.storage.tables.plans import DeliveredProvisionRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil

UPN = "P661990118001"
BORN = date(2015, 2, 17)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def tenant(session: Session) -> Tenant:
    return add_school(session)


@pytest.fixture
def pupil_id(session: Session, tenant: Tenant) -> str:
    return tell_of(session, tenant, "A1")


def tell_of(session: Session, tenant: Tenant, record_id: str, **facts: Any) -> str:
    """Put a pupil into the register; returns its id."""
    connection = add_connection(session, tenant)
    known = {"upn": UPN, "upn_status": UpnStatus.VALID, "dob": BORN, **facts}
    applied = apply(
        session,
        tenant,
        connection_id=connection.id,
        pupil=a_pupil(record_id, **known),
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


def lesson(day: int, delivered: Any = 20, **facts: Any) -> dict[str, Any]:
    """Return a session on a day of the week, 0 for Monday."""
    return {
        "upn": UPN,
        "intervention": "Reading canaries",
        "sessionDate": (MONDAY + timedelta(days=day)).isoformat(),
        "unit": "minutes",
        "planned": 20,
        "delivered": delivered,
        **facts,
    }


def in_week(delivered: int, **facts: Any) -> dict[str, Any]:
    """Return the total of a week."""
    row = lesson(0, delivered, planned=60, weekCommencing=MONDAY.isoformat(), **facts)
    return {key: value for key, value in row.items() if key != "sessionDate"}


def keep(
    session: Session, tenant: Tenant, folder: Path, *rows: dict[str, Any], days: int = 0
) -> tuple[Kept, Report]:
    file = folder / "sessions.json"
    file.write_text(json.dumps({"sessions": rows}), "utf-8")
    kept, report = import_delivery(
        session, tenant, "interventions", [file], now=NOW + timedelta(days=days)
    )
    assert report.read == report.mapped + report.rejected + report.duplicates + report.deleted
    assert sum(kept.rows.values()) == report.mapped
    return kept, report


def stored(session: Session, tenant: Tenant, pupil_id: str) -> list[DeliveredProvisionRow]:
    return list(monitoring.of_pupil(session, tenant, pupil_id))


def test_the_sessions_of_a_week_are_kept_as_one_week_with_its_name_sealed(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    kept, _ = keep(session, tenant, tmp_path, lesson(0), lesson(2, 15), lesson(4, 0))
    assert kept.weeks == Counter(new=1)
    (row,) = stored(session, tenant, pupil_id)
    assert (row.week_on, row.unit, row.planned, row.delivered) == (MONDAY, "minutes", 60, 35)
    assert row.told_until_on == MONDAY + timedelta(days=4)
    assert row.reference == reference_of("Reading canaries")
    assert row.sealed_detail is not None
    assert b"canaries" not in row.sealed_detail
    assert monitoring.detail(session, row)["name"] == "Reading canaries"


def test_the_same_file_twice_changes_nothing(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, lesson(0), lesson(2))
    (before,) = [
        (row.id, row.planned, row.delivered, row.read_at, bytes(row.sealed_detail or b""))
        for row in stored(session, tenant, pupil_id)
    ]
    audited = audit.verify(session, tenant.la).rows
    kept, _ = keep(session, tenant, tmp_path, lesson(0), lesson(2), days=1)
    assert kept.weeks == Counter(unchanged=1)
    (after,) = [
        (row.id, row.planned, row.delivered, row.read_at, bytes(row.sealed_detail or b""))
        for row in stored(session, tenant, pupil_id)
    ]
    assert before == after
    assert audit.verify(session, tenant.la).rows == audited


def test_a_corrected_week_replaces_the_week(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, lesson(0), lesson(1), lesson(4))
    # The session of Tuesday was recorded by mistake: the file no longer has it.
    kept, _ = keep(session, tenant, tmp_path, lesson(0, 10), lesson(4), days=1)
    assert kept.weeks == Counter(replaced=1)
    (row,) = stored(session, tenant, pupil_id)
    assert (row.planned, row.delivered) == (40, 30)


def test_a_file_says_nothing_of_the_days_outside_its_own_span(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, lesson(0), lesson(1))
    keep(session, tenant, tmp_path, lesson(3), lesson(4, 0), days=1)
    (row,) = stored(session, tenant, pupil_id)
    assert (row.planned, row.delivered, row.told_until_on) == (80, 60, MONDAY + timedelta(days=4))
    # An older file again takes nothing away.
    keep(session, tenant, tmp_path, lesson(0), lesson(1), days=2)
    (row,) = stored(session, tenant, pupil_id)
    assert (row.planned, row.delivered, row.told_until_on) == (80, 60, MONDAY + timedelta(days=4))


def test_the_total_of_a_week_stands_for_its_days(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, lesson(0))
    kept, _ = keep(session, tenant, tmp_path, in_week(45), days=1)
    assert kept.weeks == Counter(replaced=1)
    (row,) = stored(session, tenant, pupil_id)
    assert (row.planned, row.delivered, row.told_until_on) == (60, 45, MONDAY + timedelta(days=6))


@pytest.mark.parametrize(
    "rows",
    [
        (in_week(45), in_week(50)),
        (in_week(45), lesson(2)),
        (lesson(0), lesson(2, 1, unit="sessions", planned=1)),
    ],
)
def test_a_week_that_is_told_in_two_ways_is_refused_with_the_places(
    rows: tuple[dict[str, Any], ...],
    session: Session,
    tenant: Tenant,
    pupil_id: str,
    tmp_path: Path,
) -> None:
    keep(session, tenant, tmp_path, in_week(60))
    kept, report = keep(session, tenant, tmp_path, *rows, days=1)
    assert (report.rejected, report.mapped, kept.weeks) == (2, 0, Counter())
    assert [told["record"] for told in report.rejections] == [
        "sessions.json#.sessions[0]",
        "sessions.json#.sessions[1]",
    ]
    assert all("import the file again" in told["reason"] for told in report.rejections)
    (row,) = stored(session, tenant, pupil_id)
    assert row.delivered == 60


def test_a_bad_row_is_refused_with_its_place_and_the_good_ones_go_on(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    kept, report = keep(session, tenant, tmp_path, lesson(0), lesson(1, delivered="much"))
    assert (report.mapped, report.rejected) == (1, 1)
    (refused,) = report.rejections
    assert refused["record"] == "sessions.json#.sessions[1]"
    assert refused["path"] == "delivered"
    assert "much" not in json.dumps(report.rejections)
    assert kept.weeks == Counter(new=1)
    (row,) = stored(session, tenant, pupil_id)
    assert row.delivered == 20


def test_rows_of_nobody_are_named_and_nobody_is_made_up(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    stranger = {"upn": None, "adno": "A1"}
    kept, report = keep(
        session,
        tenant,
        tmp_path,
        lesson(0, upn="W661990115002"),
        lesson(0, **stranger),
        lesson(0, **stranger, dateOfBirth="2015-02-18"),
        lesson(1, **stranger, dateOfBirth=BORN.isoformat()),
    )
    assert kept.rows == Counter(without_pupil=3, kept=1)
    assert kept.without_pupil == [f"sessions.json#.sessions[{n}]" for n in range(3)]
    assert report.rejected == 0
    assert len(stored(session, tenant, pupil_id)) == 1


def test_a_pupil_of_another_school_is_never_matched(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    other = add_school(session, "660/4002")
    theirs = tell_of(session, other, "A1")
    kept, _ = keep(session, tenant, tmp_path, lesson(0))
    assert kept.rows == Counter(without_pupil=1)
    assert stored(session, other, theirs) == []


def test_what_one_day_leaves_out_the_week_does_not_know(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    keep(session, tenant, tmp_path, lesson(0, None), lesson(1))
    (row,) = stored(session, tenant, pupil_id)
    assert (row.planned, row.delivered) == (40, None)


def test_marks_of_attendance_are_counted_by_the_week(
    session: Session, tenant: Tenant, pupil_id: str, tmp_path: Path
) -> None:
    file = tmp_path / "marks.csv"
    file.write_text(
        "UPN,Date,Session,Mark\n"
        f"{UPN},02/11/2026,AM,/\n{UPN},02/11/2026,PM,\\\n"
        f"{UPN},03/11/2026,AM,I\n{UPN},03/11/2026,PM,L\n"
        f"{UPN},04/11/2026,AM,#\n{UPN},04/11/2026,PM,#\n{UPN},05/11/2026,AM,@\n",
        "utf-8",
    )
    kept, report = import_delivery(session, tenant, "attendance", [file], now=NOW)
    assert (report.mapped, report.rejected, kept.weeks) == (6, 1, Counter(new=1))
    assert report.rejections[0]["record"] == "marks.csv:8"
    (row,) = stored(session, tenant, pupil_id)
    assert (row.measure, row.reference, row.planned, row.delivered) == ("attendance", "", 4, 3)


def test_an_export_of_pupils_is_not_taken_for_what_was_delivered(
    session: Session, tenant: Tenant, tmp_path: Path
) -> None:
    with pytest.raises(NotDelivery, match="sims"):
        import_delivery(session, tenant, "sims", [tmp_path], now=NOW)
