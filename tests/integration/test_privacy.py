"""What is held of a pupil can be shown to the person, and destroyed when its time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.base import Tombstone
from mis_bridge.domain.pupil import UpnStatus
from mis_bridge.services import privacy
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.privacy import PrivacyProblem, usual_date
from mis_bridge.storage import audit
from mis_bridge.storage.columns import Base
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.operations import ErasureRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

UPN = "A123456789012"
LATER = date(2051, 1, 1)


@pytest.fixture
def school(session: Session, jobs: RecordedJobs) -> Tenant:
    """Return a school with one pupil at School Action, told and notified."""
    tenant = add_school(session)
    add_calendar(session, Tenant("660"))
    connection = add_connection(session, tenant)
    known = replace(a_pupil(), upn=UPN, upn_status=UpnStatus.VALID)
    for hours, pupil in enumerate((known, at_school_action(known), None)):
        apply(
            session,
            tenant,
            connection_id=connection.id,
            pupil=pupil,
            tombstone=Tombstone("A1") if pupil is None else None,
            raw=None,
            mapping_version_id=None,
            noticed_on=NOW.date(),
            noticed_confirmed=False,
            cause="webhook:e1",
            now=NOW + timedelta(hours=hours),
            jobs=jobs,
        )
    return tenant


def pupil(session: Session, tenant: Tenant) -> PupilRow:
    """Return the school's only pupil."""
    session.expire_all()
    return session.scalars(select(PupilRow).where(tenant.owns(PupilRow))).one()


def test_one_bundle_holds_record_tasks_notices_and_audit(session: Session, school: Tenant) -> None:
    told = privacy.bundle(session, Tenant("660"), UPN.lower(), by="person:1", now=NOW)
    (held,) = told["records"]
    assert held["record"]["name"]["legal_surname"] == "Canary"
    assert [task["kind"] for task in held["tasks"]] == ["decide_aln"]
    assert {line["person"] for line in held["sent_to"]} == {"child", "contact:1", "contact:2"}
    assert held["audit"]


def test_what_is_about_others_is_left_out_and_listed_as_left_out(
    session: Session, school: Tenant
) -> None:
    told = privacy.bundle(session, school, UPN, by="person:1", now=NOW)
    (held,) = told["records"]
    assert "contacts.1.address" in held["redacted"]
    assert "1 Canary Row" not in str(held["record"])


def test_each_access_is_audited(session: Session, school: Tenant) -> None:
    before = audit.verify(session, "660").rows
    privacy.bundle(session, school, UPN, by="person:1", now=NOW)
    assert audit.verify(session, "660").rows == before + 1


def test_nobody_elses_tenant_finds_the_pupil(session: Session, school: Tenant) -> None:
    other = add_school(session, "661/4001")
    with pytest.raises(PrivacyProblem):
        privacy.bundle(session, other, UPN, by="person:1", now=NOW)


def test_a_leaver_is_due_only_when_the_time_is_over(session: Session, school: Tenant) -> None:
    assert list(privacy.plan(session, school, on=date(2050, 3, 2))) == []
    (due,) = privacy.plan(session, school, on=date(2050, 3, 3))
    assert (due.destroy_after_on, due.refused) == (date(2050, 3, 2), None)


def test_a_hold_and_an_open_task_stand_against_destruction(
    session: Session, school: Tenant
) -> None:
    task = session.scalars(select(DecisionTaskRow).where(school.owns(DecisionTaskRow))).one()
    task.state = "open"
    session.flush()
    (open_task,) = privacy.plan(session, school, on=LATER)
    assert open_task.refused == "open_tasks"
    pupil(session, school).on_hold = True
    session.flush()
    (held,) = privacy.plan(session, school, on=LATER)
    assert held.refused == "on_hold"
    with pytest.raises(PrivacyProblem):
        privacy.erase(session, held, ground="retention", by="person:1", now=NOW)


def test_destruction_leaves_nothing_of_the_person_and_the_chain_holds(
    session: Session, school: Tenant
) -> None:
    (due,) = privacy.plan(session, school, on=LATER)
    counts = privacy.erase(session, due, ground="retention", by="person:1", now=NOW)
    assert counts["decision_tasks"] == 1
    left = pupil(session, school)
    assert (left.state, left.sealed_record, left.upn_hash, left.born_on) == (
        "erased",
        None,
        None,
        None,
    )
    for table in Base.metadata.sorted_tables:
        if "pupil_id" in table.c and table.name != ErasureRow.__tablename__:
            rows = session.connection().execute(
                table.select().where(table.c.pupil_id == due.pupil_id)
            )
            assert rows.all() == [], table.name
    erased = session.get(ErasureRow, due.pupil_id)
    assert erased is not None
    assert erased.approved_by == "person:1"
    assert audit.verify(session, "660").first_bad is None
    assert list(privacy.plan(session, school, on=LATER)) == []


@pytest.mark.parametrize(
    ("born", "left", "expected"),
    [
        (date(2012, 2, 29), date(2024, 7, 1), date(2047, 2, 28)),
        (date(2010, 9, 1), date(2026, 7, 1), date(2045, 9, 1)),
        (None, date(2026, 7, 1), None),
        (date(2010, 9, 1), None, None),
    ],
)
def test_the_usual_date_is_ten_years_after_the_25th_birthday(
    born: date | None, left: date | None, expected: date | None
) -> None:
    assert usual_date(born, left) == expected
