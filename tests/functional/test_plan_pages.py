"""A plan on its pages: from a draft to the family, reviewed, kept, ended; what each role sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from mis_bridge.domain.pupil import LookedAfter, Pupil
from mis_bridge.services import giving
from mis_bridge.storage import plan_copies, plans, views_notices, views_tasks
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.register import PupilRow
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action
from tests.support.databases import BOTH
from tests.support.plan_writer import PlanWriter, decide_on_task, finalised, on, provision
from tests.support.school_day import (
    ADMIN,
    HEAD,
    OTHER_SCHOOL,
    SCHOOL,
    TEACHER,
    TENANT,
    SchoolDay,
    tell,
)
from tests.support.site_fixtures import a_day_on

LATER = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


@pytest.fixture
def one() -> Iterator[SchoolDay]:
    """Return a world on SQLite, for what does not turn on the database."""
    with a_day_on("sqlite") as world:
        yield world


def give_all(day: SchoolDay, plan_id: str, given_on: date) -> None:
    """Record that everybody was given every message of the plan that is still to be given."""
    with sessions(day.database).begin() as session:
        for notice in plan_copies.notices_of(session, TENANT, plan_id):
            for message in views_notices.messages(session, TENANT, notice.id):
                giving.give(
                    session,
                    TENANT,
                    message.id,
                    on=given_on,
                    way="hand",
                    by="test",
                    now=day.now,
                    jobs=day.jobs,
                )


def status_of(day: SchoolDay, plan_id: str) -> str:
    """Return the status as it is stored."""
    with sessions(day.database).begin() as session:
        row = plans.plan(session, TENANT, plan_id)
        assert row is not None
        return row.status


def test_a_plan_goes_from_the_draft_to_the_family_and_through_its_life(day: SchoolDay) -> None:
    writer = PlanWriter.begin(day, day.sign_in())
    write_and_decide(day, writer)
    finalise_and_give(day, writer)
    day.now = LATER
    writer = PlanWriter(day.sign_in(), writer.plan_id)
    review_twice(day, writer)
    propose_and_decide_to_cease(day, writer)
    day.now = LATER + timedelta(days=40)
    writer = PlanWriter(day.sign_in(), writer.plan_id)
    assert writer.act("cease", on("on", 12, 3, 2027)).status_code == 303
    assert status_of(day, writer.plan_id) == "ceased"
    assert "the plan has ceased" in writer.look()


def write_and_decide(day: SchoolDay, writer: PlanWriter) -> None:
    """Write the plan with the person, and follow the decision that the task asks for."""
    assert "Write the plan with the learner" in writer.look()
    assert "from wonde, 23 Nov 2026" in writer.look()
    refused = writer.act("finalise", on("on", 23, 11))
    assert refused.status_code == 422
    assert "This does not follow from where the plan stands now" in refused.text
    writer.fill()
    assert writer.act("involve", {"how": "With Angharad"} | on("on", 23, 11)).status_code == 303
    assert f"/tasks/{day.tasks[SCHOOL]}" in writer.look("/acts/decide")
    early = writer.act("decide", {"decision": "has_aln", "reasons": "x"} | on("decided_on", 23, 11))
    assert early.status_code == 422
    decide_on_task(day, writer.browser)
    follow = {"decision": "has_aln", "reasons": ""} | on("decided_on", 23, 11)
    assert writer.act("decide", follow).status_code == 303


def finalise_and_give(day: SchoolDay, writer: PlanWriter) -> None:
    """Finalise the plan, knowing who will receive it, and give it to each of them."""
    before = writer.look("/acts/finalise")
    for named in ("Rhian", "Owain", "Receives it"):
        assert named in before
    assert writer.act("finalise", on("on", 23, 11)).status_code == 303
    assert "Give the copies" in writer.look()
    give_all(day, writer.plan_id, date(2026, 11, 23))
    given = writer.look()
    assert "In force" in given
    assert "Review the plan by 22 November 2027" in given
    assert "by hand" in given
    assert "The plan&#39;s copy was first given to anyone on 23 November 2026" in given


def review_twice(day: SchoolDay, writer: PlanWriter) -> None:
    """Review the plan and revise it; review it again and keep it."""
    today = on("on", 1, 2, 2027)
    assert writer.act("begin-review", {"asked_by": "parent"} | today).status_code == 303
    assert "Asked by: A parent" in writer.look()
    assert writer.write("alp-0", {"provider": "The authority"}).status_code == 303
    open_still = writer.act("revise", today)
    assert open_still.status_code == 422
    assert 'href="#outcome-alp-0"' in open_still.text
    assert writer.act("revise", {"outcome-alp-0": "partly_met"} | today).status_code == 303
    assert "Edition: 2" in writer.look()
    assert "Outcome 1: Partly met" in writer.look()
    give_all(day, writer.plan_id, date(2027, 2, 1))
    assert "31 January 2028" in writer.look()
    assert writer.act("begin-review", {"asked_by": "body"} | today).status_code == 303
    kept = {"outcome-alp-0": "met", "reasons": "It works", "reasons_cy": ""} | today
    half = writer.act("keep", kept)
    assert half.status_code == 422
    assert 'href="#reasons"' in half.text
    assert writer.act("keep", kept | {"reasons_cy": "Mae'n gweithio"}).status_code == 303
    give_all(day, writer.plan_id, date(2027, 2, 1))


def propose_and_decide_to_cease(day: SchoolDay, writer: PlanWriter) -> None:
    """Give the notices of ceasing; the family's time is shown and holds the plan."""
    today = on("on", 1, 2, 2027)
    assert "First give notice of the proposal" in writer.look("/acts/decide-ceasing")
    assert writer.act("propose-ceasing", today).status_code == 303
    reasons = {"reasons": "No longer needed", "reasons_cy": "Nid oes ei angen mwyach"}
    assert writer.act("decide-ceasing", reasons | today).status_code == 422, "not told yet"
    give_all(day, writer.plan_id, date(2027, 2, 1))
    assert writer.act("decide-ceasing", reasons | today).status_code == 303
    assert "has not been given to everybody" in writer.look("/acts/cease")
    give_all(day, writer.plan_id, date(2027, 2, 1))
    window = writer.look("/acts/cease")
    assert "Unless a reconsideration is asked for by" in window
    assert "The plan may not cease yet" in window
    assert writer.act("cease", today).status_code == 422


def test_the_obstacles_lead_to_their_fields_and_are_said_before_the_button(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    page = writer.look()
    assert f'href="{writer.page}/edit/alp-0#in_welsh"' in page
    assert f'href="{writer.page}/edit/alp-0#from-day"' in page
    assert f'href="{writer.page}/edit/plan#review_by-day"' in page
    for anchor, section in (
        ("in_welsh", "alp-0"),
        ("from-day", "alp-0"),
        ("review_by-day", "plan"),
    ):
        assert f'id="{anchor}"' in writer.look(f"/edit/{section}")
    assert writer.act("involve", {"how": "We met"} | on("on", 23, 11)).status_code == 303
    decide_on_task(one, writer.browser)
    follow = {"decision": "has_aln", "reasons": ""} | on("decided_on", 23, 11)
    assert writer.act("decide", follow).status_code == 303
    before = writer.look("/acts/finalise")
    assert "Not yet: this is still open" in before
    assert "Finalise it and make the copies" not in before
    refused = writer.act("finalise", on("on", 23, 11))
    assert refused.status_code == 422
    assert "Nobody has decided whether this provision should be in Welsh" in refused.text


def test_an_act_on_a_plan_that_moved_changes_nothing_and_shows_it_as_it_stands(
    one: SchoolDay,
) -> None:
    browser = one.sign_in()
    writer = PlanWriter.begin(one, browser)
    stale = writer.version()
    assert writer.act("involve", {"how": "We met"} | on("on", 23, 11)).status_code == 303
    late = browser.post(
        writer.page,
        f"{writer.page}/acts/involve",
        {"version": stale, "how": "Again"} | on("on", 23, 11),
    )
    assert late.status_code == 409
    assert "Somebody else has changed this plan" in late.text
    assert "With the person" in late.text


def test_a_day_ahead_and_a_choice_left_open_are_said_at_their_fields(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    ahead = writer.act("involve", {"how": "We met"} | on("on", 24, 11))
    assert ahead.status_code == 422
    assert 'href="#on-day"' in ahead.text
    silent = writer.act("involve", {"how": "  "} | on("on", 23, 11))
    assert silent.status_code == 422
    assert 'href="#how"' in silent.text
    assert "We met" in ahead.text


def test_a_young_person_consents_first(one: SchoolDay) -> None:
    young = a_pupil(
        "A7",
        dob=date(2009, 1, 12),
        nc_year="12",
        contacts=(MOTHER, replace(FATHER, parental_responsibility=None)),
    )
    pupil = young_person_of(one, young)
    browser = one.sign_in()
    begun = browser.post(f"/pupils/{pupil}", "/plans", {"pupil_id": pupil, "draft_id": ""})
    writer = PlanWriter(browser, begun.location.rpartition("/")[2])
    page = writer.look()
    assert "A young person&#39;s consent to the plan" in page
    assert f"{writer.page}/acts/consent" in page
    without = writer.act("consent", {"consented": "yes"} | on("consented_on", 23, 11))
    assert without.status_code == 422
    done = writer.act(
        "consent", {"consented": "yes", "by": "young_person"} | on("consented_on", 23, 11)
    )
    assert done.status_code == 303
    after = writer.look()
    assert "A young person&#39;s consent to the plan" not in after
    assert "Consented to the plan" in after


def young_person_of(day: SchoolDay, pupil: Pupil) -> str:
    """Tell the register of a young person at School Action; the pupil's id."""
    with sessions(day.database).begin() as session:
        tell(day, session, TENANT, pupil, at_school_action(pupil))
        return str(
            session.scalars(
                select(PupilRow.id).where(
                    TENANT.owns(PupilRow), PupilRow.record_id == pupil.source.record_id
                )
            ).one()
        )


def test_a_looked_after_childs_form_has_care_and_a_school_does_not_finalise_it(
    one: SchoolDay,
) -> None:
    care = LookedAfter(in_care=True, care_authority="660")
    pupil = young_person_of(one, replace(a_pupil("A8"), looked_after=care))
    browser = one.sign_in()
    begun = browser.post(f"/pupils/{pupil}", "/plans", {"pupil_id": pupil, "draft_id": ""})
    writer = PlanWriter(browser, begun.location.rpartition("/")[2])
    page = writer.look()
    assert "Individual development plan for a looked after child" in page
    assert "a school cannot finalise it" in page
    assert "Form not verified" in page
    carer = {"carer": "Nia", "reviewing_officer": "Huw"}
    assert writer.write("looked_after", carer).status_code == 303
    assert "Nia" in writer.look()


def test_papers_come_as_files_in_both_languages(one: SchoolDay) -> None:
    writer = finalised(one, one.sign_in())
    for language in ("cy", "en"):
        for ending, starts in (("html", b"<!"), ("docx", b"PK"), ("pdf", b"%PDF")):
            answer = writer.browser.get(f"{writer.page}/papers/plan/{language}/{ending}")
            assert answer.status_code == 200
            assert answer.data.lstrip().startswith(starts)
            disposition = answer.headers["Content-Disposition"]
            assert disposition == f'attachment; filename="plan-{language}.{ending}"'
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    summary = writer.browser.get(f"{writer.page}/papers/summary/en/html")
    assert summary.status_code == 200
    for wrong in ("plan/fr/pdf", "plan/en/exe", "acts/en/pdf"):
        assert writer.browser.get(f"{writer.page}/papers/{wrong}").status_code == 404


def test_an_invitation_goes_to_one_of_those_who_receive_the_plan(one: SchoolDay) -> None:
    writer = finalised(one, one.sign_in())
    give_all(one, writer.plan_id, date(2026, 11, 23))
    person = re.search(r'name="person" type="radio" value="([^"]+)"', writer.look("/acts/invite"))
    assert person is not None
    fields = {
        "person": person[1], "hour": "14", "minute": "30", "place": "The hall",
        "place_cy": "Y neuadd", "language": "cy", "format": "html",
    } | on("on", 1, 12)  # fmt: skip
    made = writer.act("invite", fields)
    assert made.status_code == 200
    assert made.headers["Content-Disposition"] == 'attachment; filename="invitation-cy.html"'
    assert "Y neuadd" in made.text
    assert "14" in made.text
    wrong = writer.act("invite", fields | {"hour": "25", "place_cy": ""})
    assert wrong.status_code == 422
    assert 'href="#hour"' in wrong.text
    assert 'href="#place"' in wrong.text
    stranger = writer.act("invite", fields | {"person": "somebody"})
    assert stranger.status_code == 422


def test_a_teacher_sees_profile_and_provision_of_a_pupil_with_a_task_of_theirs_and_no_more(
    day: SchoolDay,
) -> None:
    alnco = day.sign_in()
    writer = PlanWriter.begin(day, alnco)
    profile = {"admire": "I am funny", "important": "My dog", "support": "Time to think"}
    assert writer.write("profile", profile).status_code == 303
    teacher = day.sign_in(TEACHER)
    page = f"/tasks/{day.tasks[SCHOOL]}"
    assign = {"version": "1", "person": day.people[TEACHER]}
    assert alnco.post(page, f"{page}/assign", assign).status_code == 303
    assert teacher.get(f"{writer.page}/support").status_code == 404, "it is not finalised"
    writer.fill()
    assert writer.act("involve", {"how": "We talked"} | on("on", 23, 11)).status_code == 303
    fields = {"version": "2", "decision": "has_aln", "reasons": "Slow"} | on("decided_on", 23, 11)
    assert alnco.post(page, f"{page}/decide", fields).status_code == 303
    follow = {"decision": "has_aln", "reasons": ""} | on("decided_on", 23, 11)
    assert writer.act("decide", follow).status_code == 303
    assert writer.act("finalise", on("on", 23, 11)).status_code == 303
    seen = teacher.get(f"{writer.page}/support").text
    for shown in ("I am funny", "Time to think", "three times a week", "Angharad"):
        assert shown in seen
    for hidden in (
        "Reading is slow",
        "Cannot follow",
        "Rhian",
        "Canary Row",
        "record of information",
    ):
        assert hidden not in seen
    assert f"{writer.page}/support" in teacher.get(f"/pupils/{day.pupils[SCHOOL]}").text
    assert teacher.get(writer.page).status_code == 403
    with sessions(day.database).begin() as session:
        found = views_tasks.task(session, TENANT, day.tasks[SCHOOL])
        assert found is not None
        found[0].assigned_to = None
    assert teacher.get(f"{writer.page}/support").status_code == 404


def test_an_authority_sees_and_writes_the_plans_that_it_maintains_and_no_others(
    day: SchoolDay,
) -> None:
    writer = finalised(day, day.sign_in())
    give_all(day, writer.plan_id, date(2026, 11, 23))
    admin = day.sign_in(ADMIN, "dep-la")
    assert "Angharad" not in admin.get("/plans").text
    assert admin.get(writer.page).status_code == 404
    assert admin.get(f"{writer.page}/edit/aln").status_code == 404
    taken = writer.act("take-over", {"by": "la"} | on("on", 23, 11))
    assert taken.status_code == 303
    assert "only that body acts on it" in writer.look()
    refused = writer.send("aln", {"version": "1", "add": "", "description": "x", "impact": "x"})
    assert refused.status_code == 422
    assert "Angharad" in admin.get("/plans").text
    theirs = PlanWriter(admin, writer.plan_id)
    assert "The local authority" in theirs.look()
    assert theirs.act("begin-review", {"asked_by": "body"} | on("on", 23, 11)).status_code == 303
    named = theirs.write("place", {"named": "Ysgol Arbennig", "board_and_lodging": ""})
    assert named.status_code == 303
    assert "Ysgol Arbennig" in theirs.look()
    assert day.sign_in(ADMIN, "dep-foreign-la").get(writer.page).status_code == 404


def test_an_authority_records_that_the_copies_of_its_own_plan_were_given(day: SchoolDay) -> None:
    writer = finalised(day, day.sign_in())
    give_all(day, writer.plan_id, date(2026, 11, 23))
    admin = day.sign_in(ADMIN, "dep-la")
    school_notice, *_ = notices_linked(writer.look())
    writer.act("take-over", {"by": "la"} | on("on", 23, 11))
    theirs = PlanWriter(admin, writer.plan_id)
    assert notices_linked(theirs.look()) == []
    assert admin.get(school_notice).status_code == 404
    theirs.act("begin-review", {"asked_by": "body"} | on("on", 23, 11))
    revised = theirs.act("revise", {"outcome-alp-0": "met"} | on("on", 23, 11))
    assert revised.status_code == 303, revised.text
    own_notice = notices_linked(theirs.look())[0]
    shown = admin.get(own_notice)
    assert shown.status_code == 200
    copies = sorted(set(re.findall(rf'href="({own_notice}/messages/[0-9a-f]+)"', shown.text)))
    assert len(copies) == 3
    for copy in copies:
        given = {"way": "hand"} | on("given_on", 23, 11)
        assert admin.post(copy, f"{copy}/given", given).status_code == 303
    assert "In force" in theirs.look()
    assert day.sign_in(ADMIN, "dep-foreign-la").get(own_notice).status_code == 404


def notices_linked(page: str) -> list[str]:
    """Return the notices that a plan's page leads to, as they stand there, once each."""
    return list(dict.fromkeys(re.findall(r'href="(/notices/[0-9a-f]+)"', page)))


@pytest.mark.parametrize("rest", ["", "/edit/aln", "/acts/involve", "/support", "/versions/1"])
def test_a_plan_of_another_school_does_not_exist(rest: str, one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    other = one.sign_in("alnco-2", "dep-2")
    theirs, nothing = other.get(f"{writer.page}{rest}"), other.get(f"/plans/{'0' * 24}{rest}")
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert "Angharad" not in theirs.text
    assert "Angharad" not in other.get("/plans").text
    mine = {"pupil_id": one.pupils[SCHOOL], "draft_id": one.drafts[SCHOOL]}
    page = f"/pupils/{one.pupils[OTHER_SCHOOL]}"
    assert other.post(page, "/plans", mine).status_code == 404


def test_a_head_sees_the_list_and_no_title_names_anybody(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    head = one.sign_in(HEAD)
    assert "Angharad" in head.get("/plans").text
    for address in ("/plans", writer.page, f"{writer.page}/edit/aln", f"{writer.page}/acts/decide"):
        title = re.search(r"<title[^>]*>([^<]*)</title>", head.get(address).text)
        assert title is not None
        assert "Angharad" not in title[1]


def test_a_second_plan_is_not_begun_beside_a_live_one(one: SchoolDay) -> None:
    browser = one.sign_in()
    writer = PlanWriter.begin(one, browser)
    fields = {"pupil_id": one.pupils[SCHOOL], "draft_id": one.drafts[SCHOOL]}
    again = browser.post(writer.page, "/plans", fields)
    assert again.status_code == 400
    assert "The pupil has a plan already" in again.text
    assert "The plan of this pupil" in browser.get(f"/drafts/{one.drafts[SCHOOL]}").text


def test_a_target_and_a_strategy_become_provisions_when_a_person_says_so(one: SchoolDay) -> None:
    writer = PlanWriter.begin(one, one.sign_in())
    page = writer.look()
    assert "Read 20 words" in page
    for kind in ("target", "strategy"):
        sent = {"version": writer.version(), "kind": kind, "number": "0"}
        done = writer.browser.post(writer.page, f"{writer.page}/promote", sent)
        assert done.status_code == 303
    after = writer.look()
    assert "Provision 3" in after
    assert "Make it the outcome" not in after
    stale = {"version": "1", "kind": "target", "number": "0"}
    assert writer.browser.post(writer.page, f"{writer.page}/promote", stale).status_code == 409


def test_a_family_that_asks_again_holds_the_plan_until_that_is_settled(one: SchoolDay) -> None:
    writer = finalised(one, one.sign_in())
    give_all(one, writer.plan_id, date(2026, 11, 23))
    today = on("on", 23, 11)
    early = writer.look("/acts/family-response")
    assert "First decide to cease" in early
    assert writer.act("propose-ceasing", today).status_code == 303
    give_all(one, writer.plan_id, date(2026, 11, 23))
    reasons = {"reasons": "No longer needed", "reasons_cy": "Nid oes ei angen mwyach"}
    assert writer.act("decide-ceasing", reasons | today).status_code == 303
    give_all(one, writer.plan_id, date(2026, 11, 23))
    one.now += timedelta(days=10)
    writer = PlanWriter(one.sign_in(), writer.plan_id)
    asked = {"what": "asked_again"} | on("on", 3, 12)
    assert writer.act("family-response", asked).status_code == 303
    one.now += timedelta(days=60)
    writer = PlanWriter(one.sign_in(), writer.plan_id)
    held = writer.act("cease", on("on", 1, 2, 2027))
    assert held.status_code == 422
    assert "A reconsideration was asked for on 3 December 2026, in time" in held.text
    settled = {"what": "challenge_settled"} | on("on", 1, 2, 2027)
    assert writer.act("family-response", settled).status_code == 303
    assert writer.act("cease", on("on", 1, 2, 2027)).status_code == 303


def test_a_transfer_ends_the_plan_here(one: SchoolDay) -> None:
    writer = finalised(one, one.sign_in())
    give_all(one, writer.plan_id, date(2026, 11, 23))
    nowhere = writer.act("transfer", {"to_body": " "} | on("on", 23, 11))
    assert nowhere.status_code == 422
    assert writer.act("transfer", {"to_body": "Ysgol Arall"} | on("on", 23, 11)).status_code == 303
    assert "Ysgol Arall" in writer.look()
    assert "Transferred" in writer.look()
    sent = provision() | {"version": "1", "add": ""}
    assert writer.send("alp-0", sent).status_code == 422
