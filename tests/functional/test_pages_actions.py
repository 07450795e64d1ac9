"""What people do on the pages: dates confirmed, consents, decisions, people settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.operations import AuditEventRow
from tests.factories.pupils import FATHER, MOTHER, a_pupil
from tests.support.databases import BOTH
from tests.support.school_day import (
    ALNCO,
    HEAD,
    LA,
    SCHOOL,
    TEACHER,
    SchoolDay,
    Visitor,
    task_of,
    told,
)
from tests.support.site_fixtures import a_day_on

TODAY = {"day": "23", "month": "11", "year": "2026"}


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def on(name: str, day_: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as the form sends it."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


def act(browser: Visitor, task_id: str, what: str, fields: dict[str, str]) -> int:
    """Send one of the task's forms and return the status."""
    page = f"/tasks/{task_id}"
    return browser.post(page, f"{page}/{what}", {"version": "1"} | fields).status_code


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


@pytest.mark.parametrize("extra", [{"tenant_id": "661"}, {"due_on": "2030-01-01"}])
def test_a_field_too_many_refuses_the_form(extra: dict[str, str]) -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        assert act(browser, day.tasks[SCHOOL], "assign", {"person": ""} | extra) == 422
