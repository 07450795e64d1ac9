"""What the pages show, what people do on them, and what is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from markupsafe import escape
from sqlalchemy import select

from mis_bridge.domain.pupil import Pupil
from mis_bridge.storage import lti_people, lti_platforms, views_tasks
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow
from mis_bridge.storage.tables.lti import LtiRegistrationRow
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.web import tasks as task_views
from tests.factories.authorities import add_school
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action
from tests.support.databases import BOTH
from tests.support.school_day import (
    ADMIN,
    ALNCO,
    HEAD,
    LA,
    SCHOOL,
    TEACHER,
    SchoolDay,
    Visitor,
    tell,
)
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.stub_platform import NOW

TENANT = Tenant(LA, SCHOOL)
TODAY = {"day": "23", "month": "11", "year": "2026"}


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def on(name: str, day_: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as the form sends it."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


def task_of(day: SchoolDay, task_id: str) -> DecisionTaskRow:
    """Return a task as it is stored."""
    with sessions(day.database).begin() as session:
        found = views_tasks.task(session, TENANT, task_id)
    assert found is not None
    return found[0]


def told(day: SchoolDay, pupil: Pupil) -> tuple[str, str]:
    """Tell the register of one more pupil; returns the ids of pupil and notice."""
    with sessions(day.database).begin() as session:
        tell(day, session, TENANT, pupil, at_school_action(pupil))
        row = session.scalars(
            select(PupilRow).where(
                TENANT.owns(PupilRow), PupilRow.record_id == pupil.source.record_id
            )
        ).one()
        notice = session.scalars(
            select(NoticeRow).where(TENANT.owns(NoticeRow), NoticeRow.pupil_id == row.id)
        ).one()
    return row.id, notice.id


def act(browser: Visitor, task_id: str, what: str, fields: dict[str, str]) -> int:
    """Send one of the task's forms and return the status."""
    page = f"/tasks/{task_id}"
    return browser.post(page, f"{page}/{what}", {"version": "1"} | fields).status_code


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


def test_an_earlier_day_confirmed_by_a_person_moves_the_date(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    before = task_of(day, task_id).due_on
    assert act(browser, task_id, "trigger", on("noticed_on", 16, 11)) == 303
    task = task_of(day, task_id)
    assert before == date(2027, 1, 25)
    assert (task.due_on, task.trigger_on) == (date(2027, 1, 18), date(2026, 11, 16))
    assert not task.to_be_confirmed
    page = browser.get(f"/tasks/{task_id}").text
    assert "How the date moved" in page
    assert "A person confirmed that the matter came to the school&#39;s attention" in page
    assert "trigger date to be confirmed" not in browser.get("/tasks").text.split("consent")[0]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (on("noticed_on", 24, 11), "at the latest"),
        (on("noticed_on", 31, 2), "Enter a real date"),
        (on("noticed_on", 0, 0, 0), "Enter a real date"),
        ({f"noticed_on-{part}": "" for part in TODAY}, "Enter a real date"),
        ({"noticed_on-day": "٣", "noticed_on-month": "11", "noticed_on-year": "2026"}, "real date"),
        ({"noticed_on-day": "9" * 5000, "noticed_on-month": "1", "noticed_on-year": "1"}, "real"),
    ],
    ids=["after receipt", "no such day", "zeros", "empty", "other digits", "huge"],
)
def test_a_day_that_cannot_be_is_refused_and_said_at_its_field(
    fields: dict[str, str], said: str
) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), f"/tasks/{day.tasks[SCHOOL]}"
        answer = browser.post(page, f"{page}/trigger", {"version": "1"} | fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert 'href="#noticed_on-day"' in answer.text
        assert task_of(day, day.tasks[SCHOOL]).to_be_confirmed


def test_a_consent_opens_the_decision_from_its_own_day(day: SchoolDay) -> None:
    browser, page = day.sign_in(), f"/tasks/{day.tasks['consent']}"
    fields = {"version": "1", "consented": "yes"} | on("consented_on", 23, 11)
    answer = browser.post(page, f"{page}/consent", fields)
    assert answer.status_code == 303
    opened = browser.get(answer.location).text
    assert "Decide whether the pupil has ALN" in opened
    assert "The young person consented on 23 November 2026" in opened
    assert "Monday 25 January 2027" in opened
    assert task_of(day, day.tasks["consent"]).state == "closed"


def test_a_refused_consent_closes_without_a_decision(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks["consent"]
    assert act(browser, task_id, "consent", {"consented": "no"} | on("consented_on", 23, 11)) == 303
    page = browser.get(f"/tasks/{task_id}").text
    assert "The young person did not consent" in page
    assert "Aled" not in browser.get("/tasks").text


def test_a_decision_stays_open_until_it_was_given(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    decided = {"decision": "no_aln", "reasons": "Because <b>of</b> X"} | on("decided_on", 20, 11)
    empty = {f"given_on-{part}": "" for part in TODAY}
    assert act(browser, task_id, "decide", decided | empty) == 303
    task = task_of(day, task_id)
    assert (task.state, task.version) == ("open", 2)
    page = browser.get(f"/tasks/{task_id}").text
    assert "Because &lt;b&gt;of&lt;/b&gt; X" in page
    assert "Person alnco-1" in page
    assert act(browser, task_id, "given", {"version": "2"} | on("given_on", 19, 11)) == 422
    assert act(browser, task_id, "given", {"version": "2"} | on("given_on", 23, 11)) == 303
    assert task_of(day, task_id).state == "closed"
    assert "was given on 23 November 2026" in browser.get(f"/tasks/{task_id}").text
    with sessions(day.database).begin() as session:
        actions = session.scalars(
            select(AuditEventRow.action).where(
                AuditEventRow.la == LA, AuditEventRow.subject == f"task:{task_id}"
            )
        ).all()
    assert [a for a in actions if a.startswith(("decision", "task_closed"))] == [
        "decision_recorded",
        "task_closed",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"decision": "no_aln", "reasons": " "} | on("decided_on", 20, 11), "Give the reasons"),
        ({"decision": "", "reasons": "x"} | on("decided_on", 20, 11), "Choose what was decided"),
        ({"decision": "done", "reasons": "x"} | on("decided_on", 20, 11), "Choose what was"),
        ({"decision": "no_aln", "reasons": "x"} | on("decided_on", 24, 11), "lies ahead"),
        ({"decision": "no_aln", "reasons": "x" * 20_001} | on("decided_on", 20, 11), "longer"),
    ],
    ids=["no reasons", "no decision", "another kind's", "tomorrow", "too long"],
)
def test_an_unfit_decision_is_refused_and_what_was_entered_is_kept(
    fields: dict[str, str], said: str
) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), f"/tasks/{day.tasks[SCHOOL]}"
        answer = browser.post(page, f"{page}/decide", {"version": "1"} | fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{fields["decided_on-day"]}"' in answer.text
        assert task_of(day, day.tasks[SCHOOL]).version == 1


def test_whoever_was_second_is_told_so_and_changes_nothing(day: SchoolDay) -> None:
    one, two = day.sign_in(ALNCO), day.sign_in(HEAD)
    task_id = day.tasks[SCHOOL]
    assert act(one, task_id, "assign", {"person": day.people[TEACHER]}) == 303
    assert act(two, task_id, "assign", {"person": ""}) == 409
    assert task_of(day, task_id).assigned_to == day.people[TEACHER]


def test_a_task_is_given_to_staff_of_the_school_only(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    assert act(browser, task_id, "assign", {"person": day.people["alnco-2"]}) == 422
    assert act(browser, task_id, "assign", {"person": "nobody"}) == 422
    assert act(browser, task_id, "assign", {"person": day.people[HEAD]}) == 303


def test_a_person_settles_who_is_told_and_nobody_is_told_twice(day: SchoolDay) -> None:
    step_father = replace(
        FATHER, relationship="step_father", name="Step Canary", parental_responsibility=None
    )
    _, notice_id = told(day, a_pupil("A9", contacts=(MOTHER, step_father)))
    browser, page = day.sign_in(), f"/notices/{notice_id}"
    assert "A person must decide" in browser.get(page).text
    waiting = len(day.jobs.asked)
    fields = {"person": "contact:2", "answer": "yes", "reason": "Lives with the child"}
    assert browser.post(page, f"{page}/people", fields | {"reason": " "}).status_code == 422
    assert browser.post(page, f"{page}/people", fields | {"answer": ""}).status_code == 422
    assert browser.post(page, f"{page}/people", fields).status_code == 303
    assert len(day.jobs.asked) == waiting + 1
    assert "Step Canary" in browser.get(f"{page}/letters").text
    assert browser.post(page, f"{page}/people", fields).status_code == 422
    assert len(day.jobs.asked) == waiting + 1


def test_somebody_who_is_withheld_gets_nothing(day: SchoolDay) -> None:
    step_father = replace(
        FATHER, relationship="step_father", name="Step Canary", parental_responsibility=None
    )
    _, notice_id = told(day, a_pupil("A9", contacts=(MOTHER, step_father)))
    browser, page = day.sign_in(), f"/notices/{notice_id}"
    waiting = len(day.jobs.asked)
    fields = {"person": "contact:2", "answer": "no", "reason": "Has no care of the child"}
    assert browser.post(page, f"{page}/people", fields).status_code == 303
    assert len(day.jobs.asked) == waiting


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


HOSTILE = ("<script>alert(1)</script>", "{{7*7}}", "%n%s", "\u202edlrow", "=cmd|'/C calc'!A0")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_everywhere(name: str) -> None:
    with a_day_on("sqlite") as day:
        known = a_pupil("H1")
        pupil_id, notice_id = told(
            day, replace(known, name=replace(known.name, legal_forename=name))
        )
        browser = day.sign_in()
        for page in ("/tasks", f"/pupils/{pupil_id}", f"/notices/{notice_id}"):
            text = browser.get(page).text
            assert str(escape(f"{name} Canary")) in text


FORGED: tuple[tuple[dict[str, str] | None, dict[str, str], str], ...] = (
    ({}, {}, "no token"),
    ({"csrf_token": "0" * 64}, {}, "another token"),
    ({"csrf_token": "é"}, {}, "no ASCII"),
    (None, {"Origin": "https://evil.example"}, "another origin"),
    (None, {"Origin": "null"}, "nameless without the browser's word"),
    (None, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, "nameless and cross-site"),
    (None, {"Sec-Fetch-Site": "cross-site"}, "cross-site"),
    (None, {"Sec-Fetch-Site": "same-site"}, "same-site"),
)


@pytest.mark.parametrize(
    ("token", "headers"), [row[:2] for row in FORGED], ids=[row[2] for row in FORGED]
)
def test_a_forged_form_changes_nothing(
    token: dict[str, str] | None, headers: dict[str, str]
) -> None:
    with a_day_on("sqlite") as day:
        browser, task_id = day.sign_in(), day.tasks[SCHOOL]
        good = browser.get(f"/tasks/{task_id}").text.partition('csrf_token" value="')[2][:64]
        fields = {"version": "1", "person": ""} | ({"csrf_token": good} if token is None else token)
        answer = browser.client.post(f"/tasks/{task_id}/assign", data=fields, headers=headers)
        assert answer.status_code == 403
        assert task_of(day, task_id).version == 1


def test_the_token_of_another_session_is_no_token() -> None:
    with a_day_on("sqlite") as day:
        other = day.sign_in(HEAD).get(f"/tasks/{day.tasks[SCHOOL]}").text
        token = other.partition('csrf_token" value="')[2][:64]
        answer = day.sign_in().client.post(
            f"/tasks/{day.tasks[SCHOOL]}/assign",
            data={"csrf_token": token, "version": "1", "person": ""},
        )
        assert answer.status_code == 403


@pytest.mark.parametrize("extra", [{"tenant_id": "661"}, {"due_on": "2030-01-01"}])
def test_a_field_too_many_refuses_the_form(extra: dict[str, str]) -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        assert act(browser, day.tasks[SCHOOL], "assign", {"person": ""} | extra) == 422


def test_a_fault_shows_a_number_and_nothing_of_the_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Angharad Canary, UPN A123")

    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        monkeypatch.setattr(task_views, "task_list", fail)
        with caplog.at_level(logging.DEBUG):
            answer = browser.get("/tasks")
    assert answer.status_code == 500
    number = answer.headers["X-Request-Id"]
    assert number in answer.text
    assert "Something went wrong" in answer.text
    assert "Aeth rhywbeth o" in answer.text
    assert "Canary" not in answer.text + caplog.text
    assert "request_failed" in caplog.text


PLACES = (
    ("/tasks", 401),
    ("/nowhere", 404),
    ("/lti/launch", 405),
    ("/lti/login", 400),
    ("/lti/jwks.json", 200),
    ("/static/style.css", 200),
    ("/health/live", 200),
)


@pytest.mark.parametrize(("place", "status"), PLACES, ids=[place for place, _ in PLACES])
def test_every_answer_to_a_stranger_has_the_headers(place: str, status: int) -> None:
    with a_day_on("sqlite") as day:
        answer = day.browser().get(place)
        answer.close()
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize("place", ["/tasks", "/nowhere", "/la/"], ids=["page", "404", "403"])
def test_pages_may_be_framed_by_the_registered_origins_alone(place: str) -> None:
    with a_day_on("sqlite") as day:
        answer = day.sign_in().get(place)
    ancestors = answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    assert ancestors == "https://mis.example https://portal.example"
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_script_of_a_page_carries_the_nonce_of_its_answer() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        first, second = browser.get("/tasks"), browser.get("/tasks")
    for answer in (first, second):
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        assert answer.text.count(f'nonce="{nonce}"') == answer.text.count("<script")
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]


def test_no_address_on_any_page_names_a_pupil() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        for page in ("/tasks", f"/tasks/{day.tasks[SCHOOL]}", f"/pupils/{day.pupils[SCHOOL]}"):
            addresses = browser.get(page).text.split('href="')[1:]
            assert not any("Canary" in part.partition('"')[0] for part in addresses)


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
