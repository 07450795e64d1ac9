"""Where a plan's life turns: consent withdrawn, age reached, care and detention, moves, ceasing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.pupil import LookedAfter
from mis_bridge.services import deciding, routing_facts
from mis_bridge.services.deciding import Decided
from mis_bridge.services.decision_reasons import Reasons
from mis_bridge.services.giving import give
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import ceasing as plan_ceasing
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import finalising, reviewing
from mis_bridge.services.plans.problems import DECIDE_ON_TASK, PlanRefused
from mis_bridge.services.recipients import tell_newly_entitled
from mis_bridge.services.sessions import LA_ADMIN
from mis_bridge.services.task_action_words import ActionRefused
from mis_bridge.services.task_actions import Desk
from mis_bridge.storage import views_pupils
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tables.duties import DecisionTaskRow
from tests.factories.pupils import a_pupil, at_school_action
from tests.integration.test_plan_life import (
    BOTH,
    MAIR,
    TODAY,
    WHOLE,
    Story,
    begun,
    rules,
    somebody,
    tell,
)

IN_CARE = LookedAfter(in_care=True, care_authority="660")
YOUNG = date(2009, 3, 2)
LAST_YEAR_OF_SCHOOL = date(2011, 1, 10)  # a young person from 26 June 2027
ADMIN = somebody("admin", LA_ADMIN, school=None)


@pytest.fixture
def story(session: Session) -> Story:
    """Return a child with both parents, no concern open, and a plan just begun."""
    return begun(session, a_pupil())


@pytest.fixture
def young(session: Session) -> Story:
    """Return a young person whose plan, with consent, has been given."""
    story = begun(session, a_pupil(dob=YOUNG, nc_year="13"))
    story.decided()
    plan_acts.record_consent(story.desk(), consented=True, on=TODAY, by="young_person")
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    return story


def record(story: Story, kind: str, value: object, *, about: str = "pupil") -> None:
    """Record a fact about the pupil that the register does not carry."""
    row = views_pupils.pupil(story.session, story.tenant, story.pupil_id)
    pupil = pupil_of(story.session, row) if row is not None else None
    assert pupil is not None
    detail = value if isinstance(value, dict) else {"value": value}
    routing_facts.record(
        story.session, story.tenant, story.pupil_id, pupil,
        RoutingFact(kind, about, detail, TODAY), by="person:mair", at=story.now,
    )  # fmt: skip


def given(story: Story) -> Story:
    """Take a child's plan to everybody who is to have it."""
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    return story


def test_nobody_over_school_age_is_looked_after_in_the_acts_sense(session: Session) -> None:
    story = begun(session, a_pupil(dob=YOUNG, nc_year="13", looked_after=IN_CARE))
    assert story.row.form_id == "aln-code-2021-annex-a"
    story.decided()
    plan_acts.record_consent(story.desk(), consented=True, on=TODAY, by="young_person")
    notice = finalising.finalise(story.desk(), TODAY)
    assert set(story.messages(notice)) == {"young_person"}


def test_a_school_prepares_the_plan_of_a_looked_after_child_of_england(session: Session) -> None:
    story = begun(session, a_pupil(looked_after=IN_CARE))
    record(story, "area", "england")
    story.decided()
    finalising.finalise(story.desk(), TODAY)
    assert story.row.maintained_by == "school"


def test_a_school_finalises_nothing_while_the_pupil_is_detained(story: Story) -> None:
    story.decided()
    record(story, "detained", "detention_order")
    with pytest.raises(PlanRefused) as refused:
        finalising.finalise(story.desk(), TODAY)
    assert rules(refused) == {"detained_by_authority"}


def test_a_young_person_who_refuses_a_plan_that_stands_ends_the_duty_to_maintain_it(
    young: Story,
) -> None:
    young.go_to(date(2027, 2, 1))
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(young.desk(), date(2027, 2, 1))
    plan_acts.record_consent(young.desk(), consented=False, on=date(2027, 2, 1), by="young_person")
    assert (young.row.status, young.row.consent) == ("given", False)
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(young.desk(), date(2027, 1, 31))
    plan_ceasing.cease(young.desk(), date(2027, 2, 1))
    assert (young.row.status, young.row.ended_on) == ("ceased", date(2027, 2, 1))
    assert "review_plan" not in young.tasks()


def test_a_childs_plan_needs_the_consent_of_the_young_person_that_the_child_becomes(
    session: Session,
) -> None:
    story = given(begun(session, a_pupil(dob=LAST_YEAR_OF_SCHOOL, nc_year="11")))
    later = date(2027, 9, 6)
    story.go_to(later)
    reviewing.begin_review(story.desk(), later, asked_by="body")
    plan_editing.save(story.desk(), {"plan.review_by": "2028-05-01"})
    with pytest.raises(PlanRefused) as refused:
        reviewing.revise(story.desk(), later, {"alp[0]": "met"})
    assert rules(refused) == {"consent_missing"}
    plan_acts.record_consent(story.desk(), consented=True, on=later, by="representative")
    reviewing.revise(story.desk(), later, {"alp[0]": "met"})
    assert story.row.edition == 2


def test_whoever_may_be_told_no_longer_does_not_hold_up_the_end_of_the_familys_time(
    session: Session,
) -> None:
    story = given(begun(session, a_pupil(dob=LAST_YEAR_OF_SCHOOL, nc_year="11")))
    before, after = date(2027, 6, 24), date(2027, 6, 28)
    story.go_to(before)
    story.give_all(plan_ceasing.propose(story.desk(), before), before)
    notice = plan_ceasing.decide(story.desk(), before, BOTH)
    assert set(story.messages(notice)) == {"child", "contact:1", "contact:2"}
    story.go_to(after)
    assert notice is not None
    assert tell_newly_entitled(story.session, MAIR, notice, now=story.now, jobs=story.jobs) == (
        "young_person",
    )
    give(
        story.session, story.tenant, story.messages(notice)["young_person"], on=after, way="hand",
        by="person:mair", now=story.now, jobs=story.jobs,
    )  # fmt: skip
    story.go_to(date(2027, 7, 26))
    with pytest.raises(PlanRefused) as early:
        plan_ceasing.cease(story.desk(), date(2027, 7, 26))
    assert early.value.field == "on"
    story.go_to(date(2027, 7, 27))
    plan_ceasing.cease(story.desk(), date(2027, 7, 27))
    assert story.row.status == "ceased"


def test_ceasing_is_decided_only_after_the_family_was_told_of_the_proposal(story: Story) -> None:
    given(story)
    notice = plan_ceasing.propose(story.desk(), TODAY)
    with pytest.raises(PlanRefused):
        plan_ceasing.decide(story.desk(), TODAY, BOTH)
    later = date(2026, 11, 26)
    story.go_to(later)
    story.give_all(notice, later)
    with pytest.raises(PlanRefused) as before_it:
        plan_ceasing.decide(story.desk(), TODAY, BOTH)
    assert before_it.value.field == "on"
    assert plan_ceasing.decide(story.desk(), later, BOTH)


def decided_to_cease(story: Story) -> None:
    """Take a plan to the decision to cease, of which everybody has been told."""
    given(story)
    story.give_all(plan_ceasing.propose(story.desk(), TODAY), TODAY)
    story.give_all(plan_ceasing.decide(story.desk(), TODAY, BOTH), TODAY)
    story.go_to(date(2027, 3, 1))


def test_a_plan_that_is_to_go_on_ends_only_by_a_new_proposal_and_decision(story: Story) -> None:
    decided_to_cease(story)
    on = date(2027, 3, 1)
    plan_ceasing.record_challenge(story.desk(), plan_ceasing.UPHELD, on)
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(story.desk(), on)
    with pytest.raises(PlanRefused):
        plan_ceasing.decide(story.desk(), on, BOTH)
    again = date(2027, 3, 2)
    story.go_to(again)
    story.give_all(plan_ceasing.propose(story.desk(), again), again)
    story.give_all(plan_ceasing.decide(story.desk(), again, BOTH), again)
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(story.desk(), again)
    story.go_to(date(2027, 3, 31))
    plan_ceasing.cease(story.desk(), date(2027, 3, 31))
    assert story.row.status == "ceased"


def test_a_schools_plan_goes_on_while_an_appeal_is_open(story: Story) -> None:
    decided_to_cease(story)
    on = date(2027, 3, 1)
    plan_ceasing.record_challenge(story.desk(), plan_ceasing.APPEALED, on)
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(story.desk(), on)
    plan_ceasing.record_challenge(story.desk(), plan_ceasing.SETTLED, on)
    plan_ceasing.cease(story.desk(), on)
    assert story.row.status == "ceased"


def test_a_pupil_who_leaves_before_the_copy_is_given_takes_the_plan_along(story: Story) -> None:
    story.decided()
    finalising.finalise(story.desk(), TODAY)
    plan_acts.transfer(story.desk(), "661/4001", TODAY)
    assert (story.row.status, story.row.ended_on) == ("transferred", TODAY)


def test_a_plan_that_has_gone_leaves_no_review_behind(story: Story) -> None:
    given(story)
    assert "review_plan" in story.tasks()
    plan_acts.transfer(story.desk(), "661/4001", TODAY)
    assert "review_plan" not in story.tasks()


def test_no_school_is_directed_to_maintain_a_plan_that_names_a_place(story: Story) -> None:
    given(story)
    plan_acts.take_over(story.desk(), Maintainer.LOCAL_AUTHORITY, TODAY)
    reviewing.begin_review(story.desk(ADMIN), TODAY, asked_by="body")
    plan_editing.save(story.desk(ADMIN), {"place.named": "A school far away"})
    with pytest.raises(PlanRefused) as refused:
        plan_acts.take_over(story.desk(ADMIN), Maintainer.SCHOOL, TODAY)
    assert rules(refused) == {"place_needs_authority"}
    assert story.row.maintained_by == "la"


def test_no_school_is_made_to_maintain_a_looked_after_childs_plan(story: Story) -> None:
    given(story)
    plan_acts.take_over(story.desk(), Maintainer.LOOKING_AFTER_LA, TODAY)
    record(story, "looked_after", value=True)
    with pytest.raises(PlanRefused) as refused:
        plan_acts.take_over(story.desk(ADMIN), Maintainer.SCHOOL, TODAY)
    assert rules(refused) == {"looked_after_by_authority"}


def test_a_school_is_no_institution_of_further_education(story: Story) -> None:
    given(story)
    with pytest.raises(PlanRefused) as refused:
        plan_acts.take_over(story.desk(), Maintainer.FEI, TODAY)
    assert refused.value.field == "by"


def with_task(session: Session, dob: date | None = None) -> tuple[Story, DecisionTaskRow]:
    """Return a plan whose task asks for the decision, and has it: the pupil has ALN."""
    pupil = a_pupil() if dob is None else a_pupil(dob=dob, nc_year="11")
    story = begun(session, at_school_action(pupil))
    plan_editing.save(story.desk(), WHOLE)
    plan_acts.involve_person(story.desk(), TODAY, "A talk.")
    task = story.tasks()["school_decide"]
    desk = Desk(session, MAIR, task.id, task.version, story.now, story.jobs)
    deciding.decide(desk, Decided("has_aln", TODAY, Reasons("The evidence.", "Y dystiolaeth.")))
    plan_acts.decide(story.desk(), has_aln=True, on=TODAY, reasons="")
    return story, task


def test_the_day_of_a_plan_that_is_kept_here_is_recorded_with_its_copies(session: Session) -> None:
    story, task = with_task(session)
    notice = finalising.finalise(story.desk(), TODAY)
    desk = Desk(session, MAIR, task.id, task.version, story.now, story.jobs)
    with pytest.raises(ActionRefused):
        deciding.record_given(desk, TODAY)
    assert task.state == "open"
    story.give_all(notice, TODAY)
    assert (task.state, story.row.review_by_on) == ("closed", date(2027, 11, 19))


def test_an_earlier_decision_is_not_taken_for_the_one_that_is_asked_for(session: Session) -> None:
    story, _ = with_task(session)
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    plan_acts.transfer(story.desk(), "661/4001", TODAY)
    tell(session, story.tenant, a_pupil(), story.jobs)
    tell(session, story.tenant, at_school_action(a_pupil(), since=date(2026, 11, 13)), story.jobs)
    assert "school_decide" in story.tasks()
    story.plan_id = plan_editing.begin(session, MAIR, story.pupil_id, None, now=story.now)
    plan_acts.involve_person(story.desk(), TODAY, "Another talk.")
    with pytest.raises(PlanRefused) as refused:
        plan_acts.decide(story.desk(), has_aln=True, on=TODAY, reasons="")
    assert refused.value.words == DECIDE_ON_TASK


def test_whoever_may_be_told_no_longer_does_not_hold_up_the_end_of_the_schools_time(
    session: Session,
) -> None:
    story, task = with_task(session)
    notice = finalising.finalise(story.desk(), TODAY)
    messages = story.messages(notice)
    assert set(messages) == {"child", "contact:1", "contact:2"}
    because = {"because": "A court has ordered it.", "because_cy": "Gorchmynnodd llys hynny."}
    record(story, "parent_withheld", because, about="contact:2")
    for who in ("child", "contact:1"):
        assert task.state == "open"
        give(
            session, story.tenant, messages[who], on=TODAY, way="hand", by="person:mair",
            now=story.now, jobs=story.jobs,
        )  # fmt: skip
    assert task.state == "closed"
