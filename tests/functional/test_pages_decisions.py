"""From a decision that there are no ALN to its letters, and from the last copy given to the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mis_bridge.documents.letters import asked_for
from mis_bridge.domain.notice_case import Channel
from mis_bridge.domain.notices import Giver, event
from mis_bridge.services import notice_making, notices
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.people.pages import people_page
from mis_bridge.services.sending_results import record_failed
from mis_bridge.services.sessions import ALNCO as ALNCO_ROLE
from mis_bridge.services.sessions import Visitor as Person
from mis_bridge.storage import views_notices, views_pupils, views_tasks
from mis_bridge.storage.database import keys_of, sessions
from mis_bridge.storage.routing_facts import kept_facts
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import NoticeRow, OutboxRow
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action
from tests.functional.test_pages_people import CASE_FRIEND, LACKS, people, record
from tests.support.databases import BOTH
from tests.support.school_day import (
    FOREIGN_SCHOOL,
    OTHER_SCHOOL,
    SCHOOL,
    TEACHER,
    TENANT,
    SchoolDay,
    Visitor,
    message_of,
    task_of,
    tell,
    told,
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


NO_ALN = {
    "version": "1",
    "decision": "no_aln",
    "reasons": "Assessed <b>twice</b>",
    "reasons_cy": "Aseswyd ddwywaith",
} | on("decided_on", 23, 11)


def decide(day: SchoolDay, browser: Visitor, **changed: str) -> int:
    """Decide on the school's task that there are no ALN; the status of the answer."""
    page = f"/tasks/{day.tasks[SCHOOL]}"
    return browser.post(page, f"{page}/decide", NO_ALN | changed).status_code


def the_notice(day: SchoolDay) -> NoticeRow | None:
    """Return the notice of the school's decision, None where there is none."""
    with sessions(day.database).begin() as session:
        return session.scalars(
            select(NoticeRow).where(
                TENANT.owns(NoticeRow), NoticeRow.event == "no_aln_decision_s11_4"
            )
        ).one_or_none()


def copies(day: SchoolDay, notice_id: str) -> dict[str, OutboxRow]:
    """Return the first message of each person in a notice."""
    with sessions(day.database).begin() as session:
        people_ = {row.id: row.person for row in views_notices.people(session, TENANT, notice_id)}
        rows = views_notices.messages(session, TENANT, notice_id)
        return {people_[row.recipient_id]: row for row in rows if row.sending == 1}


def give(browser: Visitor, notice_id: str, message_id: str, day_: int, way: str = "hand") -> int:
    """Record that one copy was given in November; the status of the answer."""
    page = f"/notices/{notice_id}/messages/{message_id}"
    return browser.post(page, f"{page}/given", {"way": way} | on("given_on", day_, 11)).status_code


def test_a_decision_makes_its_letters_and_ends_with_the_last_copy_given(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    due = task_of(day, task_id).due_on
    assert decide(day, browser) == 303
    notice = the_notice(day)
    assert notice is not None
    assert (notice.task_id, notice.occasion.partition(":")[0]) == (task_id, "decision")
    letters = browser.get(f"/notices/{notice.id}/letters").text
    for said in ("Assessed &lt;b&gt;twice&lt;/b&gt;", "Aseswyd ddwywaith", "Penderfynwyd nad oes"):
        assert said in letters
    assert "appeal" not in letters.partition('lang="en"')[2].partition("</article>")[0].casefold()
    sent = copies(day, notice.id)
    assert set(sent) == {"child", "contact:1", "contact:2"}
    assert {f"notify:{row.id}" for row in sent.values()} <= set(day.jobs.asked)
    day.now += timedelta(days=3)
    browser = day.sign_in()
    assert give(browser, notice.id, sent["child"].id, 24) == 303
    assert give(browser, notice.id, sent["contact:1"].id, 26, "post") == 303
    page = browser.get(f"/tasks/{task_id}").text
    assert "Copies given: 2 of 3" in page
    assert (task_of(day, task_id).state, task_of(day, task_id).due_on) == ("open", due)
    assert give(browser, notice.id, sent["contact:2"].id, 25, "leave_at_address") == 303
    task = task_of(day, task_id)
    assert task.state == "closed"
    page = browser.get(f"/tasks/{task_id}").text
    assert "the last copy was given on 26 November 2026" in page
    assert "Copies given: 3 of 3" in page


@pytest.mark.parametrize("giver", [Giver.MAINTAINED_SCHOOL, Giver.FEI])
def test_decision_and_reasons_are_all_that_a_person_writes_for_the_letter(giver: Giver) -> None:
    assert asked_for(event("no_aln_decision_s11_4").content(giver)) == ("decision", "reasons")


def test_the_letter_waits_for_the_language_that_is_missing(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    page = f"/tasks/{task_id}"
    asked = len(day.jobs.asked)
    assert decide(day, browser, reasons="") == 303
    assert the_notice(day) is None
    assert len(day.jobs.asked) == asked
    shown = browser.get(page).text
    assert "The letter waits and nobody has been told" in shown
    assert "Monday 25 January 2027" in shown
    adding = {"version": "2", "reasons": "", "reasons_cy": "Something else"}
    assert browser.post(page, f"{page}/reasons", adding).status_code == 422
    adding["reasons"] = "Assessed twice"
    assert browser.post(page, f"{page}/reasons", adding).status_code == 303
    notice = the_notice(day)
    assert notice is not None
    letters = browser.get(f"/notices/{notice.id}/letters").text
    assert "Assessed twice" in letters
    # What was written first is not changed by what is added.
    assert "Aseswyd ddwywaith" in letters
    assert "Something else" not in letters
    assert browser.post(page, f"{page}/reasons", adding | {"version": "3"}).status_code == 409


def test_reasons_of_before_languages_were_asked_for_are_kept_beside_the_new_ones(
    day: SchoolDay,
) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    assert decide(day, browser, reasons_cy="") == 303
    with sessions(day.database).begin() as session:
        row = views_tasks.decision_of(session, TENANT, task_id)
        assert row is not None
        where = place("decisions.sealed_reasons", row.id)
        row.sealed_reasons = keys_of(session).seal(b"Written long ago", where)
    page = f"/tasks/{task_id}"
    both = {"version": "2", "reasons": "In English", "reasons_cy": "Yn Gymraeg"}
    assert browser.post(page, f"{page}/reasons", both).status_code == 303
    shown = browser.get(page).text
    for text in ("Written long ago", "In English", "Yn Gymraeg"):
        assert text in shown


def test_what_was_given_outside_makes_no_letter_and_closes_the_task(day: SchoolDay) -> None:
    browser = day.sign_in()
    assert decide(day, browser, **on("given_on", 23, 11)) == 303
    assert the_notice(day) is None
    assert task_of(day, day.tasks[SCHOOL]).state == "closed"


def test_a_day_recorded_by_hand_ends_the_task_and_takes_back_what_waits(day: SchoolDay) -> None:
    browser, task_id = day.sign_in(), day.tasks[SCHOOL]
    decide(day, browser)
    page = f"/tasks/{task_id}"
    fields = {"version": "2"} | on("given_on", 23, 11)
    assert browser.post(page, f"{page}/given", fields).status_code == 303
    notice = the_notice(day)
    assert notice is not None
    message = copies(day, notice.id)["child"]
    with sessions(day.database).begin() as session:
        standing = notices.prepare(session, TENANT, message.id, now=day.now)
    assert standing is notices.Standing.CANCELLED


def test_giving_the_earlier_letter_does_not_end_the_decision(day: SchoolDay) -> None:
    browser = day.sign_in()
    decide(day, browser)
    started = day.notices[SCHOOL]
    for message in copies(day, started).values():
        assert give(browser, started, message.id, 23) == 303
    assert task_of(day, day.tasks[SCHOOL]).state == "open"


def test_the_task_waits_for_whoever_a_person_has_yet_to_settle(day: SchoolDay) -> None:
    step = replace(
        FATHER, relationship="step_father", name="Step Canary", parental_responsibility=None
    )
    pupil_id, _ = told(day, a_pupil("A9", contacts=(MOTHER, step)))
    browser = day.sign_in()
    task_id = task_to_decide(day, pupil_id)
    page = f"/tasks/{task_id}"
    assert browser.post(page, f"{page}/decide", NO_ALN).status_code == 303
    notice = the_notice(day)
    assert notice is not None
    for message in copies(day, notice.id).values():
        give(browser, notice.id, message.id, 23)
    assert task_of(day, task_id).state == "open"
    where = f"/notices/{notice.id}"
    settled = {"person": "contact:2", "answer": "yes", "reason": "Lives with the child"}
    assert browser.post(where, f"{where}/people", settled).status_code == 303
    # The words that the letter needs are frozen with the notice, for whoever is added too.
    assert "Assessed" in browser.get(f"{where}/letters").text.partition("Step Canary")[2]
    assert give(browser, notice.id, copies(day, notice.id)["contact:2"].id, 23) == 303
    assert task_of(day, task_id).state == "closed"


def test_whoever_is_settled_as_not_told_last_ends_the_task(day: SchoolDay) -> None:
    step = replace(
        FATHER, relationship="step_father", name="Step Canary", parental_responsibility=None
    )
    pupil_id, _ = told(day, a_pupil("A9", contacts=(MOTHER, step)))
    browser, task_id = day.sign_in(), task_to_decide(day, pupil_id)
    browser.post(f"/tasks/{task_id}", f"/tasks/{task_id}/decide", NO_ALN)
    notice = the_notice(day)
    assert notice is not None
    for message in copies(day, notice.id).values():
        give(browser, notice.id, message.id, 23)
    where = f"/notices/{notice.id}"
    settled = {"person": "contact:2", "answer": "no", "reason": "Has no care of the child"}
    assert browser.post(where, f"{where}/people", settled).status_code == 303
    assert task_of(day, task_id).state == "closed"


def test_a_new_case_friend_gets_a_copy_and_the_child_no_longer_holds_it_up(
    day: SchoolDay,
) -> None:
    browser = day.sign_in()
    decide(day, browser)
    notice = the_notice(day)
    assert notice is not None
    where, sent = f"/notices/{notice.id}", copies(day, notice.id)
    assert "Somebody else is to be told today" not in browser.get(where).text
    assert record(browser, people(day), "case-friend", CASE_FRIEND) == 303
    assert "have no copy: 1" in browser.get(where).text
    with sessions(day.database).begin() as session:
        standing = notices.prepare(session, TENANT, sent["child"].id, now=day.now)
    assert standing is notices.Standing.BLOCKED
    assert "They may no longer be told" in browser.get(where).text
    assert browser.post(where, f"{where}/further", {}).status_code == 303
    again = len(copies(day, notice.id))
    assert browser.post(where, f"{where}/further", {}).status_code == 303
    assert (again, len(copies(day, notice.id))) == (4, 4)
    for person in ("contact:1", "contact:2", "case_friend"):
        assert task_of(day, day.tasks[SCHOOL]).state == "open"
        assert give(browser, notice.id, copies(day, notice.id)[person].id, 23) == 303
    assert task_of(day, day.tasks[SCHOOL]).state == "closed"
    assert "Gwenno Canary" in browser.get(where).text


def test_a_record_in_doubt_holds_the_letters_back_until_it_is_withdrawn(day: SchoolDay) -> None:
    pupil_id, _ = told(day, a_pupil("A7"))
    browser, page = day.sign_in(), f"/pupils/{pupil_id}/people"
    willing = {"about": "contact:1", "address": "a@b.test", "evidence": "Form"}
    assert record(browser, page, "consent", willing | on("given_on", 20, 11)) == 303
    swapped = (replace(FATHER, priority=1), replace(MOTHER, priority=2))
    day.now += timedelta(minutes=1)
    with sessions(day.database).begin() as session:
        tell(day, session, TENANT, at_school_action(a_pupil("A7", contacts=swapped)))
    assert "No longer fits the contact list" in browser.get(page).text
    assert "Nothing would be sent" in browser.get(page).text
    task_id = task_to_decide(day, pupil_id)
    decided = NO_ALN | {"version": str(task_of(day, task_id).version)}
    where = f"/tasks/{task_id}"
    assert browser.post(where, f"{where}/decide", decided).status_code == 303
    notice = the_notice(day)
    assert notice is not None
    assert copies(day, notice.id) == {}
    shown = f"/notices/{notice.id}"
    assert "Nobody is told for now" in browser.get(shown).text
    assert browser.post(shown, f"{shown}/further", {}).status_code == 303
    assert copies(day, notice.id) == {}
    with sessions(day.database).begin() as session:
        held = kept_facts(session, TENANT, pupil_id)[0].fact.id
    away = {"reason": "Of the other parent"}
    assert browser.post(page, f"{page}/facts/{held}/withdraw", away).status_code == 303
    assert "have no copy: 3" in browser.get(shown).text
    assert browser.post(shown, f"{shown}/further", {}).status_code == 303
    assert set(copies(day, notice.id)) == {"child", "contact:1", "contact:2"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"way": "hand"} | on("given_on", 24, 11), "lies ahead"),
        ({"way": "hand"} | on("given_on", 22, 11), "was made on 23 November 2026"),
        ({"way": "hand"}, "Enter a real date"),
        ({"way": ""} | on("given_on", 23, 11), "Choose in which way"),
        ({"way": "electronic"} | on("given_on", 23, 11), "Choose in which way"),
    ],
    ids=["tomorrow", "before it was made", "no day", "no way", "not a person's to record"],
)
def test_a_giving_that_cannot_be_is_refused(fields: dict[str, str], said: str) -> None:
    with a_day_on("sqlite") as day:
        browser, message = day.sign_in(), message_of(day, SCHOOL)
        page = f"/notices/{day.notices[SCHOOL]}/messages/{message}"
        answer = browser.post(page, f"{page}/given", fields)
        assert answer.status_code == 422
        assert said in answer.text
        assert copies(day, day.notices[SCHOOL])["child"].given_on is None


def test_a_copy_that_failed_goes_again_for_a_reason_and_once(day: SchoolDay) -> None:
    browser, notice_id = day.sign_in(), day.notices[SCHOOL]
    message = message_of(day, SCHOOL)
    page = f"/notices/{notice_id}/messages/{message}"
    assert "Why is it sent again" not in browser.get(page).text
    with sessions(day.database).begin() as session:
        record_failed(session, TENANT, message, "no_such_address", now=day.now)
    shown = browser.get(page).text
    assert "the duty is to notify" in shown
    assert "Why is it sent again" in shown
    again = {"channel": "print_pack", "reason": " "}
    assert browser.post(page, f"{page}/again", again).status_code == 422
    unlawful = {"channel": "smtp", "reason": "Lost"}
    assert browser.post(page, f"{page}/again", unlawful).status_code == 422
    again["reason"] = "Lost in the post"
    assert browser.post(page, f"{page}/again", again).status_code == 303
    assert browser.post(page, f"{page}/again", again).status_code == 422
    assert "Lost in the post" in browser.get(f"/notices/{notice_id}").text


def test_a_copy_that_a_person_sends_again_goes_out_although_the_task_is_decided(
    day: SchoolDay,
) -> None:
    browser = day.sign_in()
    decide(day, browser)
    notice = the_notice(day)
    assert notice is not None
    for message in copies(day, notice.id).values():
        give(browser, notice.id, message.id, 23)
    first = copies(day, notice.id)["contact:1"].id
    page = f"/notices/{notice.id}/messages/{first}"
    again = {"channel": "print_pack", "reason": "Asked for it once more"}
    assert browser.post(page, f"{page}/again", again).status_code == 303
    with sessions(day.database).begin() as session:
        rows = views_notices.messages(session, TENANT, notice.id)
        second = next(row.id for row in rows if row.sending == 2)
        standing = notices.prepare(session, TENANT, second, now=day.now)
    assert standing is notices.Standing.READY


def test_a_young_person_is_decided_about_with_consent_on_record(day: SchoolDay) -> None:
    born = a_pupil("A8", dob=date(2015, 3, 2))
    pupil_id, _ = told(day, born)
    task_id = task_to_decide(day, pupil_id)
    grown = replace(born, dob=date(2009, 1, 12))
    with sessions(day.database).begin() as session:
        tell(day, session, TENANT, grown)
    browser, page = day.sign_in(), f"/tasks/{task_id}"
    fields = NO_ALN | {"version": str(task_of(day, task_id).version)}
    answer = browser.post(page, f"{page}/decide", fields)
    assert answer.status_code == 422
    assert "a decision needs their consent" in answer.text
    late = fields | on("consented_on", 24, 11)
    assert browser.post(page, f"{page}/decide", late).status_code == 422
    good = fields | on("consented_on", 20, 11)
    assert browser.post(page, f"{page}/decide", good).status_code == 303
    assert "The young person consented on" in browser.get(page).text
    notice = the_notice(day)
    assert notice is not None
    assert set(copies(day, notice.id)) == {"young_person"}


@pytest.mark.parametrize("school", [OTHER_SCHOOL, FOREIGN_SCHOOL])
def test_copies_of_another_school_do_not_exist(school: str, day: SchoolDay) -> None:
    browser, mine = day.sign_in(), day.notices[SCHOOL]
    theirs, message = day.notices[school], message_of(day, school)
    fields = {"way": "hand"} | on("given_on", 23, 11)
    again = {"channel": "print_pack", "reason": "x"}
    for notice_id in (theirs, mine):
        page = f"/notices/{notice_id}/messages/{message}"
        assert browser.get(page).status_code == 404
        assert browser.post("/tasks", f"{page}/given", fields).status_code == 404
        assert browser.post("/tasks", f"{page}/again", again).status_code == 404
    assert browser.post("/tasks", f"/notices/{theirs}/further", {}).status_code == 404


def test_a_teacher_records_nothing_and_a_field_too_many_is_refused() -> None:
    with a_day_on("sqlite") as day:
        teacher, message = day.sign_in(TEACHER), message_of(day, SCHOOL)
        page = f"/notices/{day.notices[SCHOOL]}/messages/{message}"
        fields = {"way": "hand"} | on("given_on", 23, 11)
        assert teacher.post("/tasks", f"{page}/given", fields).status_code == 403
        alnco = day.sign_in()
        assert alnco.post(page, f"{page}/given", fields | {"state": "delivered"}).status_code == 422
        further = f"/notices/{day.notices[SCHOOL]}/further"
        assert alnco.post("/tasks", further, {"person": "contact:1"}).status_code == 422
        assert decide(day, alnco, decided_by="somebody") == 422


def test_decision_and_copies_are_read_in_welsh() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        assert decide(day, browser, reasons_cy="") == 303
        page = browser.get(f"/tasks/{day.tasks[SCHOOL]}?lang=cy").text
        assert "Mae'r llythyr yn aros" in page.replace("&#39;", "'")
        message = message_of(day, SCHOOL)
        copy = browser.get(f"/notices/{day.notices[SCHOOL]}/messages/{message}").text
        assert "Sut y'i rhoddwyd?" in copy.replace("&#39;", "'")


EVENTS = ("no_aln_decision_s11_4", "idp_copy_s22_1", "idp_notice", "propose_cease_s31_7")
SHEETS = st.lists(
    st.sampled_from(
        [
            ("case-friend", CASE_FRIEND),
            ("capacity", LACKS),
            ("capacity", LACKS | {"about": "contact:2"}),
            ("language", {"about": "contact:1", "language": "en"}),
            ("consent", {"about": "contact:1", "address": "a@b.test", "evidence": "Form"}
             | on("given_on", 20, 11)),
            ("care", {"looked_after": "yes", "authority": "660", "area": "england"}
             | on("from_on", 2, 11)),
            ("office", {"office": "iro", "name": "Officer", "address": ""}),
        ]
    ),
    max_size=5,
)  # fmt: skip


@given(sheets=SHEETS, event_id=st.sampled_from(EVENTS))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_preview_is_the_notice_that_is_made_on_the_same_day(
    sheets: list[tuple[str, dict[str, str]]], event_id: str
) -> None:
    with a_day_on("sqlite") as day:
        browser, page = day.sign_in(), people(day)
        for sheet, fields in sheets:
            assert record(browser, page, sheet, fields) == 303
        who = Person("p", TENANT, frozenset({ALNCO_ROLE}), "en", (), None, "c", "s")
        with sessions(day.database).begin() as session:
            seen = people_page(session, who, day.pupils[SCHOOL], event_id, day.now.date())
            row = views_pupils.pupil(session, TENANT, day.pupils[SCHOOL])
            assert row is not None
            pupil = pupil_of(session, row)
            assert pupil is not None
            made = notice_making.make(
                session,
                TENANT,
                row.id,
                pupil,
                Occasion(event_id, Giver.MAINTAINED_SCHOOL, "test"),
                now=day.now,
                jobs=day.jobs,
            )
            assert made.notice_id is not None
            stored = views_notices.people(session, TENANT, made.notice_id)
            was = [
                (each.person, each.receives, each.because_en, each.channels, each.language)
                for each in stored
            ]
        assert seen is not None
        assert seen.preview is not None
        assert [
            (
                each.person,
                each.receives,
                each.because.en,
                [Channel(way).value for way in each.channels] if each.receives else None,
                each.language,
            )
            for each in seen.preview.people
        ] == was


def task_to_decide(day: SchoolDay, pupil_id: str) -> str:
    """Return the id of the pupil's task to decide."""
    with sessions(day.database).begin() as session:
        tasks = views_tasks.tasks_of_pupil(session, TENANT, pupil_id)
        return next(task.id for task in tasks if task.kind == "decide_aln")
