"""New term dates: a task gets the date it waited for, and a date that moves is written down."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import calendar_from_json
from mis_bridge.services.calendar_imports import Imported, add_version
from mis_bridge.services.intake.event_log import verify
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.storage import calendars
from mis_bridge.storage.tables.duties import DecisionTaskRow, TaskDateRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, TERMS_2026_27, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

LA = Tenant("660")


@pytest.fixture
def school(session: Session, jobs: RecordedJobs) -> Tenant:
    """Return a school without any term dates, with one open concern."""
    tenant = add_school(session)
    connection = add_connection(session, tenant)
    for pupil in (a_pupil(), at_school_action(a_pupil())):
        apply(
            session,
            tenant,
            connection_id=connection.id,
            pupil=pupil,
            tombstone=None,
            raw=None,
            mapping_version_id=None,
            noticed_on=NOW.date(),
            noticed_confirmed=False,
            cause="webhook:e1",
            now=NOW,
            jobs=jobs,
        )
    return tenant


def dates(**more: Any) -> dict[str, Any]:
    """Return the terms of 2026-27, with what is given instead or besides."""
    return {**deepcopy(TERMS_2026_27), **more}


def bring(session: Session, tenant: Tenant, spec: dict[str, Any], *, after: int) -> Imported:
    """Import term dates some hours after the concern came in."""
    return add_version(
        session,
        tenant,
        spec,
        kind="school",
        name="terms",
        by="test",
        now=NOW + timedelta(hours=after),
    )


def task(session: Session, tenant: Tenant, kind: str = "decide_aln") -> DecisionTaskRow:
    """Return the school's only task of a kind."""
    session.expire_all()
    return session.scalars(
        select(DecisionTaskRow).where(tenant.owns(DecisionTaskRow), DecisionTaskRow.kind == kind)
    ).one()


def test_a_task_that_waited_for_a_calendar_gets_its_date_and_the_job_is_done(
    session: Session, school: Tenant
) -> None:
    assert task(session, school).due_on is None
    came = bring(session, LA, dates(), after=1)
    waited = task(session, school)
    assert came.moved == (waited.id,)
    assert (waited.due_on, waited.missing_calendar) == (date(2027, 1, 22), None)
    assert waited.calendar_version_id == came.version_id
    assert "no calendar" not in str(waited.trace)
    assert task(session, school, "supply_calendar").state == "closed"


def test_an_added_inset_day_moves_the_date_and_both_dates_are_kept(
    session: Session, school: Tenant
) -> None:
    bring(session, LA, dates(), after=1)
    bring(session, school, {"inset_days": ["2026-12-04"]}, after=2)
    moved = session.scalars(
        select(TaskDateRow).where(school.owns(TaskDateRow)).order_by(TaskDateRow.moved_at)
    ).all()
    assert [(row.due_before_on, row.due_on, row.reason) for row in moved] == [
        (None, date(2027, 1, 22), "new_calendar"),
        (date(2027, 1, 22), date(2027, 1, 25), "new_calendar"),
    ]
    assert task(session, school).due_on == date(2027, 1, 25)


def test_the_same_dates_again_are_no_new_version(session: Session, school: Tenant) -> None:
    first = bring(session, LA, dates(), after=1)
    again = bring(session, LA, dates(), after=2)
    assert (again.version_id, again.is_new, again.moved) == (first.version_id, False, ())


def test_going_back_to_older_dates_is_a_new_version(session: Session, school: Tenant) -> None:
    bring(session, LA, dates(), after=1)
    bring(session, LA, dates(closures=["2026-12-01"]), after=2)
    back = bring(session, LA, dates(), after=3)
    assert (back.number, back.is_new) == (3, True)
    assert task(session, school).due_on == date(2027, 1, 22)


def test_bank_holidays_on_file_are_no_school_days_even_if_the_import_lacks_them(
    session: Session, school: Tenant
) -> None:
    came = bring(session, LA, dates(bank_holidays=[]), after=1)
    row = calendars.version(session, LA, came.version_id)
    assert row is not None
    calendar = calendar_from_json(row.spec, "terms")
    assert calendar.is_school_day(date(2027, 5, 4))
    assert not calendar.is_school_day(date(2027, 5, 3))


def test_the_log_proves_every_date_on_the_calendar_as_it_stood(
    session: Session, school: Tenant
) -> None:
    bring(session, LA, dates(), after=1)
    bring(session, school, {"inset_days": ["2026-12-04"]}, after=2)
    assert verify(session, school).faults == []
    task(session, school).due_on = date(2027, 3, 1)
    session.flush()
    (fault,) = verify(session, school).faults
    assert fault["fault"] == "date_differs"
