"""Who is who: recorded on its page, superseded and withdrawn, and what it does to a notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from mis_bridge.storage.database import sessions
from mis_bridge.storage.routing_facts import kept_facts
from mis_bridge.storage.tables.operations import AuditEventRow
from tests.support.databases import BOTH
from tests.support.school_day import (
    ADMIN,
    FOREIGN_SCHOOL,
    HEAD,
    OTHER_SCHOOL,
    SCHOOL,
    TEACHER,
    TENANT,
    SchoolDay,
    Visitor,
)
from tests.support.site_fixtures import a_day_on


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def on(name: str, day_: int, month: int, year: int = 2026) -> dict[str, str]:
    """Return a date as the form sends it."""
    return {f"{name}-day": str(day_), f"{name}-month": str(month), f"{name}-year": str(year)}


CASE_FRIEND = {
    "name": "Gwenno Canary",
    "order_ref": "ETW-7",
    "address": "3 Canary Terrace",
    "language": "cy",
} | on("ordered_on", 3, 11)
LACKS = {
    "about": "child",
    "has_capacity": "no",
    "matter": "The decision on ALN",
    "decided_by": "ALNCo",
} | on("decided_on", 20, 11)
HOLDER = {
    "about": "contact:2",
    "name": "Hywel Canary",
    "kind": "lpa",
    "covers_aln_matters": "yes",
    "registered": "yes",
    "evidence": "OPG 77",
    "address": "",
    "language": "both",
} | on("from_on", 1, 6)
WILLING = {
    "about": "contact:1",
    "address": "rhian.told.us@example.test",
    "evidence": "Signed form",
} | on("given_on", 20, 11)


def people(day: SchoolDay, school: str = SCHOOL) -> str:
    """Return the address of the page about the school's pupil."""
    return f"/pupils/{day.pupils[school]}/people"


def record(browser: Visitor, page: str, sheet: str, fields: dict[str, str]) -> int:
    """Fill in one sheet and return the status."""
    return browser.post(page, f"{page}/{sheet}", fields).status_code


def receiving(browser: Visitor, page: str) -> dict[str, bool]:
    """Return, by name, whether the preview says that a person receives the notice."""
    table = browser.get(page).text.partition("<tbody")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return {re.findall(r"<span>([^<]+)</span>", row)[0]: "govuk-tag--green" in row for row in rows}


def test_a_case_friend_by_order_receives_in_place_of_the_child_until_the_order_goes(
    day: SchoolDay,
) -> None:
    browser, page = day.sign_in(), people(day)
    assert receiving(browser, page)["Angharad Canary"]
    assert record(browser, page, "case-friend", CASE_FRIEND) == 303
    with_friend = receiving(browser, page)
    assert (with_friend["Gwenno Canary"], with_friend["Angharad Canary"]) == (True, False)
    assert with_friend["Rhian Canary"]
    removed = {"removal_ref": "ETW-9"} | on("removed_on", 23, 11)
    assert record(browser, page, "case-friend-removed", removed) == 303
    without = receiving(browser, page)
    assert (without["Gwenno Canary"], without["Angharad Canary"]) == (False, True)
    shown = browser.get(page).text
    assert "ETW-7" in shown
    assert "ETW-9" in shown
    assert "Replaced and withdrawn: 1" in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"order_ref": " "}, "Reference of the order: fill this in"),
        ({"ordered_on-day": ""}, "Enter a real date"),
        (on("ordered_on", 24, 11), "This day lies ahead"),
        (on("ordered_on", 1, 1, 1900), "before 1950"),
        ({"language": "klingon"}, "Language of letters: choose one of the answers"),
        ({"name": "x" * 201}, "on one line, in 200 characters"),
        ({"name": "Two\nlines"}, "on one line, in 200 characters"),
        ({"address": "x" * 1001}, "in 1,000 characters"),
    ],
)
def test_a_case_friend_without_reference_or_date_is_not_taken(
    changed: dict[str, str], said: str
) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        answer = browser.post(page, f"{page}/case-friend", CASE_FRIEND | changed)
        assert answer.status_code == 422
        assert said in answer.text
        assert "There is a problem" in answer.text
        assert kept(day) == []


def test_all_that_is_missing_is_said_at_once_and_in_the_language_of_the_page() -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        browser.get(f"{page}?lang=cy")
        answer = browser.post(page, f"{page}/representative", {"about": "contact:2"})
        assert answer.status_code == 422
        for label in ("Enw&#39;r cynrychiolydd: llenwch hwn", "Drwy ba awdurdod: llenwch hwn"):
            assert label in answer.text
        assert 'href="#from_on-day"' in answer.text


def test_a_parent_who_lacks_capacity_is_represented_until_the_authority_ends(
    day: SchoolDay,
) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "capacity", LACKS | {"about": "contact:2"}) == 303
    assert not receiving(browser, page)["Owain Canary"]
    assert record(browser, page, "representative", HOLDER) == 303
    assert receiving(browser, page)["Hywel Canary"]
    ended = {"about": "representative:1", "evidence": "OPG 78"} | on("until_on", 22, 11)
    assert record(browser, page, "representative-ended", ended) == 303
    # Ended, it lets nothing older come back.
    assert "Hywel Canary" not in receiving(browser, page)
    assert "Ended" in browser.get(page).text


def test_two_with_authority_at_once_stop_the_notice_for_a_person(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    record(browser, page, "capacity", LACKS | {"about": "contact:2"})
    record(browser, page, "representative", HOLDER)
    second = HOLDER | {"name": "Mair Canary", "kind": "deputy", "registered": ""}
    assert record(browser, page, "representative", second) == 303
    shown = receiving(browser, page)
    assert (shown["Hywel Canary"], shown["Mair Canary"]) == (False, False)
    assert "A person must decide" in browser.get(page).text


def test_willingness_counts_from_its_day_and_ends_with_its_withdrawal(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert "electronically" not in browser.get(page).text.partition("In which ways")[2][:900]
    assert record(browser, page, "consent", WILLING) == 303
    shown = browser.get(page).text.partition("In which ways")[2]
    assert "electronically" in shown[:1500]
    gone = {"about": "contact:1"} | on("withdrawn_on", 23, 11)
    assert record(browser, page, "consent-withdrawn", gone) == 303
    assert "electronically" not in browser.get(page).text.partition("In which ways")[2][:1500]


@pytest.mark.parametrize(
    "address", ["", "rhian", "a@b", "a b@c.test", "mis:", "mis:a b", "x@y.z\n"]
)
def test_an_address_that_is_none_is_not_taken_as_willingness(address: str) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        fields = WILLING | {"address": address}
        # A line break at the end falls away like any space around an answer.
        assert record(browser, page, "consent", fields) == (303 if address == "x@y.z\n" else 422)


def test_an_account_of_the_mis_is_an_address_that_was_supplied(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "consent", WILLING | {"address": "mis:parent-12"}) == 303
    assert "mis:parent-12" in browser.get(page).text


def test_the_address_of_the_mis_is_never_filled_in_as_a_consent() -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        form = browser.get(f"{page}/consent").text
        assert "rhian@example.test" not in form
        assert "nobody gave it as a consent" in form


def test_the_tribunal_prevails_over_the_authority_and_the_school(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "capacity", LACKS) == 303
    assert not receiving(browser, page)["Angharad Canary"]
    told = {"has_capacity": "yes", "decided_by": "660", "evidence": "Letter 4"}
    assert record(browser, page, "la-view", told | on("decided_on", 20, 11)) == 303
    assert receiving(browser, page)["Angharad Canary"]
    declared = {"has_capacity": "no", "reference": "ETW-3"} | on("decided_on", 21, 11)
    assert record(browser, page, "declaration", declared) == 303
    assert not receiving(browser, page)["Angharad Canary"]


def test_a_view_recorded_late_does_not_displace_a_newer_one(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "capacity", LACKS | {"has_capacity": "yes"}) == 303
    assert record(browser, page, "capacity", LACKS | on("decided_on", 2, 11)) == 303
    assert receiving(browser, page)["Angharad Canary"]


def test_a_looked_after_child_is_referred_and_nobody_is_told_by_the_school(
    day: SchoolDay,
) -> None:
    browser, page = day.sign_in(), people(day)
    cared_for = {"looked_after": "yes", "authority": "660", "area": "wales"}
    assert record(browser, page, "care", {"looked_after": "yes"} | on("from_on", 2, 11)) == 422
    assert record(browser, page, "care", cared_for | on("from_on", 2, 11)) == 303
    assert not any(receiving(browser, page).values())
    task = f"/tasks/{day.tasks[SCHOOL]}"
    assert "it refers to that authority" in browser.get(task).text
    refused = browser.post(
        task,
        f"{task}/decide",
        {"version": "1", "decision": "no_aln", "reasons": "x", "reasons_cy": "y"}
        | on("decided_on", 23, 11),
    )
    assert refused.status_code == 422
    assert "refer the matter" in refused.text
    no_duty = {"version": "1", "decision": "no_duty", "reasons": "Referred"}
    answer = browser.post(task, f"{task}/decide", no_duty | on("decided_on", 23, 11))
    assert answer.status_code == 303


def test_a_wrong_record_is_withdrawn_with_a_reason_and_stays_readable(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    record(browser, page, "capacity", LACKS)
    fact_id = kept(day)[0]
    away = f"{page}/facts/{fact_id}/withdraw"
    empty = browser.post(page, away, {"reason": " "})
    assert empty.status_code == 422
    assert f'href="#reason-{fact_id}"' in empty.text
    assert browser.post(page, away, {"reason": "Another <b>child</b>"}).status_code == 303
    assert receiving(browser, page)["Angharad Canary"]
    shown = browser.get(page).text
    assert "Another &lt;b&gt;child&lt;/b&gt;" in shown
    assert "Withdrawn" in shown
    assert browser.post(page, away, {"reason": "Twice"}).status_code == 422


def test_withdrawing_the_newer_record_lets_the_older_one_hold_again(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    record(browser, page, "language", {"about": "contact:1", "language": "en"})
    day.now += timedelta(minutes=1)
    record(browser, page, "language", {"about": "contact:1", "language": "both"})
    older, newer = kept(day)
    again = {"reason": "Wrong"}
    assert browser.post(page, f"{page}/facts/{older}/withdraw", again).status_code == 422
    assert browser.post(page, f"{page}/facts/{newer}/withdraw", again).status_code == 303
    assert "English first" in browser.get(page).text.partition("In which ways")[2][:1500]


def test_the_same_form_sent_twice_records_one_fact(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    assert record(browser, page, "case-friend", CASE_FRIEND) == 303
    assert record(browser, page, "case-friend", CASE_FRIEND) == 303
    assert len(kept(day)) == 1


def test_everything_recorded_is_in_the_audit_without_names(day: SchoolDay) -> None:
    browser, page = day.sign_in(), people(day)
    record(browser, page, "case-friend", CASE_FRIEND)
    browser.post(page, f"{page}/facts/{kept(day)[0]}/withdraw", {"reason": "Canary reason"})
    with sessions(day.database).begin() as session:
        rows = session.scalars(
            select(AuditEventRow).where(
                AuditEventRow.la == TENANT.la,
                AuditEventRow.subject == f"pupil:{day.pupils[SCHOOL]}",
                AuditEventRow.action.in_(("person_recorded", "person_withdrawn")),
            )
        ).all()
        told = [(row.action, str(row.facts)) for row in rows]
    assert [action for action, _ in told] == ["person_recorded", "person_withdrawn"]
    assert not any("Canary" in facts or "ETW" in facts for _, facts in told)


@pytest.mark.parametrize("school", [OTHER_SCHOOL, FOREIGN_SCHOOL])
def test_people_of_another_school_do_not_exist(school: str, day: SchoolDay) -> None:
    browser, theirs = day.sign_in(), people(day, school)
    mine = people(day)
    record(browser, mine, "case-friend", CASE_FRIEND)
    fact_id = kept(day)[0]
    assert browser.get(theirs).status_code == 404
    assert browser.get(f"{theirs}/consent").status_code == 404
    for address, fields in (
        (f"{theirs}/case-friend", CASE_FRIEND),
        (f"{theirs}/facts/{fact_id}/withdraw", {"reason": "x"}),
        (f"{mine}/facts/{'0' * 24}/withdraw", {"reason": "x"}),
    ):
        assert browser.post(mine, address, fields).status_code == 404


@pytest.mark.parametrize("sheet", ["nonsense", "consent-withdrawn", "representative-ended"])
def test_a_sheet_that_nobody_can_fill_in_today_does_not_exist(sheet: str) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        assert browser.get(f"{page}/{sheet}").status_code == 404


def test_head_may_and_teacher_may_not(day: SchoolDay) -> None:
    page = people(day)
    assert day.sign_in(HEAD).get(page).status_code == 200
    teacher = day.sign_in(TEACHER)
    assert teacher.get(page).status_code == 403
    assert teacher.post("/tasks", f"{page}/case-friend", CASE_FRIEND).status_code == 403


@pytest.mark.parametrize(
    "extra", [{"given_to": "local_authority"}, {"id": "contact:1"}, {"supersedes": "x"}]
)
def test_a_field_too_many_refuses_the_whole_sheet(extra: dict[str, str]) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        assert record(browser, page, "consent", WILLING | extra) == 422
        assert kept(day) == []


def test_a_person_whom_the_page_does_not_offer_is_not_taken() -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        for who in ("contact:9", "young_person", "iro"):
            assert record(browser, page, "consent", WILLING | {"about": who}) == 422


def test_an_administrator_sees_by_what_the_platform_knows_whoever_never_came() -> None:
    with a_day_on("sqlite") as day:
        listed = day.sign_in(ADMIN, "dep-la").get("/la/people").text
        assert "<code>alnco-2</code>" in listed
        assert day.people["alnco-2"] not in listed


def kept(day: SchoolDay, kind: str | None = None) -> list[str]:
    """Return the ids of what was recorded of the school's pupil, without the withdrawals.

    Of facts that were recorded at one instant, ask for a `kind`: their order says nothing.
    """
    with sessions(day.database).begin() as session:
        facts = kept_facts(session, TENANT, day.pupils[SCHOOL])
        return [
            each.fact.id
            for each in facts
            if each.fact.kind != "withdrawal" and kind in {None, each.fact.kind}
        ]
