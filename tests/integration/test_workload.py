"""The sweep and the simulation over a real register; neither writes anything."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from mis_bridge.services.deadline_sweep import Standing, sweep
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.simulate import Policy, simulate
from mis_bridge.services.simulate_facts import from_register
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

TODAY = date(2026, 11, 20)
DUE = date(2027, 1, 22)


@pytest.fixture
def schools(session: Session, jobs: RecordedJobs) -> list[Tenant]:
    """Return two schools with a concern each; only the first has term dates."""
    tenants = [add_school(session, ref) for ref in ("660/4001", "661/4001")]
    add_calendar(session, tenants[0])
    for tenant in tenants:
        connection = add_connection(session, tenant).id
        plain = a_pupil(school=tenant.of_school)
        for pupil in (plain, at_school_action(plain)):
            apply(
                session,
                tenant,
                connection_id=connection,
                pupil=pupil,
                tombstone=None,
                raw=None,
                mapping_version_id="m1",
                noticed_on=TODAY,
                noticed_confirmed=True,
                cause="webhook:e1",
                now=NOW,
                jobs=jobs,
            )
    session.commit()
    return tenants


def test_the_sweep_judges_every_tenants_tasks_on_their_own_calendar(
    session: Session, schools: list[Tenant]
) -> None:
    assert sweep(session, TODAY) == [
        Standing("660", "660/4001", in_time=1),
        Standing("661", "661/4001", undated=1),
    ]
    assert sweep(session, date(2027, 1, 15))[0].due_soon == 1
    assert sweep(session, DUE)[0].due_soon == 1
    assert sweep(session, date(2027, 1, 23))[0].overdue == 1
    assert [standing.school for standing in sweep(session, TODAY)] == [
        tenant.of_school for tenant in schools
    ]


def test_a_simulation_reads_one_tenants_register_and_writes_nothing(
    session: Session, schools: list[Tenant]
) -> None:
    written: list[str] = []

    def spy(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.lstrip().upper().startswith("SELECT"):
            written.append(statement)

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", spy)
    try:
        given = from_register(session, schools[0])
    finally:
        event.remove(bind, "before_cursor_execute", spy)
    assert [statement for statement in written if "INSERT" in statement.upper()] == []
    assert [(fact.school, fact.rule, fact.trigger_on) for fact in given.facts] == [
        ("660/4001", "SCH-35", TODAY)
    ]
    found = simulate(given.facts, given.calendars, TODAY, date(2027, 2, 1), Policy())
    assert [week.starts_on for week in found.weeks if week.due] == [date(2027, 1, 18)]


def test_a_simulation_of_a_school_without_term_dates_has_a_case_without_a_date(
    session: Session, schools: list[Tenant]
) -> None:
    given = from_register(session, schools[1])
    found = simulate(given.facts, given.calendars, TODAY, date(2027, 2, 1), Policy())
    assert found.undated == {("661/4001", "2026-27"): 1}
