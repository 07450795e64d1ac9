"""What the pages show, what people do on them, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from mis_bridge.storage import lti_people, lti_platforms
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.lti import LtiRegistrationRow
from tests.factories.authorities import add_school
from tests.factories.pupils import a_pupil, at_school_action
from tests.support.databases import BOTH
from tests.support.school_day import (
    ADMIN,
    SCHOOL,
    TENANT,
    SchoolDay,
    tell,
)
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.stub_platform import NOW


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def test_the_list_shows_date_days_left_and_what_is_to_be_confirmed(day: SchoolDay) -> None:
    page = day.sign_in().get("/tasks").text
    for shown in (
        "Angharad Canary",
        "Monday 25 January 2027",
        "School days left: 35",
        "trigger date to be confirmed",
        "Record the young person&#39;s consent",
        "promptly",
    ):
        assert shown in page
    assert "Bleddyn" not in page


def test_the_task_shows_record_rule_law_calendar_arithmetic_and_recipients(
    day: SchoolDay,
) -> None:
    page = day.sign_in().get(f"/tasks/{day.tasks[SCHOOL]}").text
    for shown in (
        "Record A1 of wonde now says: School Action",
        "SCH-35",
        "ALN Code 2021 12.12, 12.21",
        "660 2026-27 v1",
        "day 1 is 24 November 2026",
        "weekend days",
        "What is uncertain",
        "Rhian Canary",
        "A parent of the child",
    ):
        assert shown in page


def test_the_same_task_in_welsh(day: SchoolDay) -> None:
    browser = day.sign_in()
    page = browser.get(f"/tasks/{day.tasks[SCHOOL]}?lang=cy").text
    for shown in (
        '<html lang="cy"',
        "Dydd Llun 25 Ionawr 2027",
        "Diwrnodau ysgol ar ôl: 35",
        "Gweithredu gan yr Ysgol",
        "Pam y dasg hon, a pham y dyddiad hwn",
        'lang="en" hreflang="en">English</a>',
    ):
        assert shown in page


def test_the_choice_of_language_is_remembered_for_the_person(day: SchoolDay) -> None:
    first = day.sign_in()
    first.get("/tasks?lang=cy")
    assert '<html lang="cy"' in first.get("/tasks").text
    again = day.sign_in()
    assert '<html lang="cy"' in again.get("/tasks").text
    again.get("/tasks?lang=en")
    assert '<html lang="en"' in again.get("/tasks").text
    assert '<html lang="en"' in again.get("/tasks?lang=xx").text


def test_a_missing_calendar_is_said_plainly() -> None:
    with a_day_on("sqlite") as day:
        with sessions(day.database).begin() as session:
            tenant = add_school(session, "662/4001")
            tell(day, session, tenant, at_school_action(a_pupil("Z1", school="662/4001")))
            row = session.scalars(select(LtiRegistrationRow)).one()
            lti_platforms.add_deployment(session, row.id, "dep-662", tenant, NOW)
            person = lti_people.person_of(session, row.id, "alnco-662", NOW)
            lti_people.add_grant(
                session, tenant, person, "alnco", status="active", granted_by="t", now=NOW
            )
        page = day.sign_in("alnco-662", "dep-662").get("/tasks").text
        assert "due date not known: no calendar for 2026-27" in page
        assert "Supply the term dates" in page


def test_the_letters_are_shown_in_both_languages(day: SchoolDay) -> None:
    page = day.sign_in().get(f"/notices/{day.notices[SCHOOL]}/letters").text
    assert "It has been brought to our attention" in page
    assert 'lang="cy"' in page
    assert page.count("mb-letter") == 6


def test_the_draft_shows_what_is_missing_and_where_the_rest_comes_from(day: SchoolDay) -> None:
    page = day.sign_in().get(f"/drafts/{day.drafts[SCHOOL]}").text
    for shown in (
        "does not say that the pupil has ALN",
        "Still missing",
        "Kind &lt;b&gt;and&lt;/b&gt; curious",
        "iep:P1, strengths",
        "not verified",
        "Paired reading",
        "2 March 2015",
    ):
        assert shown in page


def test_a_long_list_is_paged() -> None:
    with a_day_on("sqlite") as day:
        with sessions(day.database).begin() as session:
            for number in range(55):
                tell(day, session, TENANT, at_school_action(a_pupil(f"L{number}")))
        browser = day.sign_in()
        first, second = browser.get("/tasks").text, browser.get("/tasks?page=2").text
        assert "Next page" in first
        assert "Previous page" in second
        assert first.count("School days left") == 50
        assert browser.get("/tasks?page=-1").status_code == 200
        assert browser.get("/tasks?page=99999999999").status_code == 200


def test_an_administrator_sees_platforms_and_connections_without_secrets() -> None:
    with a_day_on("sqlite") as day:
        page = day.sign_in(ADMIN, "dep-la").get("/la/connections").text
        assert "https://mis.example" in page
        assert "wonde" in page
        assert "whsec_" not in page
