"""A plan's whole life on both databases: written by two, decided, finalised, given, reviewed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.domain.idp import Value
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.pupil import LookedAfter, Pupil
from mis_bridge.domain.words import Words
from mis_bridge.services import privacy
from mis_bridge.services.giving import GivingRefused, give, take_back
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import ceasing as plan_ceasing
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import finalising, reviewing
from mis_bridge.services.plans import notices as plan_notices
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.services.plans.problems import PlanGone, PlanMoved, PlanRefused
from mis_bridge.services.sessions import ALNCO, HEAD, LA_ADMIN, TEACHER, Visitor
from mis_bridge.storage import plan_copies, plan_typing, plans
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.privacy import everything_about
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import (
    DecisionRow,
    DecisionTaskRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
)
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action

TODAY = NOW.date()
BOTH = Words("Because of the evidence.", "Oherwydd y dystiolaeth.")
WHOLE: dict[str, Value | None] = {
    "aln.description": "Difficulty in reading connected text.",
    "aln.impact": "Written tasks take twice as long.",
    "alp[0].outcome": "Reads 90 words a minute by June 2027.",
    "alp[0].measure": "Timed reading each half-term.",
    "alp[0].provision": "Reading support, 3 times a week for 20 minutes, one to one.",
    "alp[0].in_welsh": True,
    "alp[0].provider": "The school",
    "alp[0].from": "2026-11-23",
    "alp[0].review": "2027-06-30",
    "alp[0].rationale": "The assessment of October 2026.",
    "plan.review_by": "2027-06-30",
}


def somebody(who: str, *roles: str, school: str | None = "660/4001") -> Visitor:
    """Return a visitor with roles."""
    return Visitor(who, Tenant("660", school), frozenset(roles), "en", (), None, "", "")


MAIR, SION = somebody("mair", ALNCO), somebody("sion", HEAD)


@dataclass
class Story:
    """A pupil with a plan, and the days that go by."""

    session: Session
    tenant: Tenant
    pupil_id: str
    plan_id: str = ""
    now: datetime = NOW
    jobs: RecordedJobs = field(default_factory=RecordedJobs)

    def desk(self, visitor: Visitor = MAIR, version: int | None = None) -> PlanDesk:
        """Return somebody at the plan as it now stands, or as it stood at `version`."""
        seen = self.row.version if version is None else version
        return PlanDesk(self.session, visitor, self.plan_id, seen, self.now, self.jobs)

    @property
    def row(self) -> PlanRow:
        row = plans.plan(self.session, self.tenant, self.plan_id)
        assert row is not None
        return row

    def fields(self) -> dict[str, object]:
        """Return the values of the plan."""
        held = plans.content(self.session, self.row)["fields"]
        return {key: entry["value"] for key, entry in held.items()}

    def go_to(self, day: date) -> None:
        """Let time pass."""
        self.now += timedelta(days=(day - self.now.date()).days)

    def decided(self) -> None:
        """Take the plan to the decision."""
        plan_editing.save(self.desk(), WHOLE)
        plan_acts.involve_person(self.desk(), TODAY, "A talk with the child and the mother.")
        plan_acts.decide(self.desk(), has_aln=True, on=TODAY, reasons="The evidence.")

    def messages(self, notice_id: str | None) -> dict[str, str]:
        """Return the messages of a notice by recipient."""
        found = self.session.execute(
            select(NoticeRecipientRow.person, OutboxRow.id)
            .join(OutboxRow, OutboxRow.recipient_id == NoticeRecipientRow.id)
            .where(
                self.tenant.owns(NoticeRecipientRow),
                self.tenant.owns(OutboxRow),
                NoticeRecipientRow.notice_id == notice_id,
            )
        )
        return {row.person: row.id for row in found}

    def give_all(self, notice_id: str | None, on: date) -> None:
        """Record that everybody was given a notice by hand."""
        for message in self.messages(notice_id).values():
            give(
                self.session, self.tenant, message, on=on, way="hand", by="person:mair",
                now=self.now, jobs=self.jobs,
            )  # fmt: skip

    def tasks(self, state: str = "open") -> dict[str, DecisionTaskRow]:
        """Return the tasks in a state, by duty."""
        rows = self.session.scalars(
            select(DecisionTaskRow).where(
                self.tenant.owns(DecisionTaskRow), DecisionTaskRow.state == state
            )
        )
        return {row.duty: row for row in rows}


def tell(session: Session, tenant: Tenant, pupil: Pupil, jobs: RecordedJobs) -> None:
    """Tell the register of a pupil."""
    apply(
        session, tenant, connection_id=add_connection(session, tenant).id, pupil=pupil,
        tombstone=None, raw=None, mapping_version_id=None, noticed_on=TODAY,
        noticed_confirmed=True, cause="webhook:e1", now=NOW, jobs=jobs,
    )  # fmt: skip


def begun(session: Session, pupil: Pupil) -> Story:
    """Return a story whose plan has been begun from the register."""
    tenant = add_school(session)
    add_calendar(session, Tenant("660"))
    jobs = RecordedJobs()
    tell(session, tenant, pupil, jobs)
    pupil_id = session.scalars(select(PupilRow.id).where(tenant.owns(PupilRow))).one()
    story = Story(session, tenant, pupil_id, jobs=jobs)
    story.plan_id = plan_editing.begin(session, MAIR, pupil_id, None, now=NOW)
    return story


@pytest.fixture
def story(session: Session) -> Story:
    """Return a child with both parents, no concern open, and a plan just begun."""
    return begun(session, a_pupil())


def rules(refused: pytest.ExceptionInfo[PlanRefused]) -> set[str]:
    """Return the rules that stand against an act."""
    return {obstacle.rule for obstacle in refused.value.obstacles}


def test_a_plan_begins_as_a_draft_with_what_the_register_knows(story: Story) -> None:
    fields = story.fields()
    assert (story.row.status, story.row.has_aln) == ("draft", None)
    assert fields["person.name"] == "Aled Canary"
    assert fields["contacts[0]"] == {
        "role": "mother",
        "basis": "parental_responsibility",
        "name": "Rhian Canary",
        "language": "cy",  # no address: the father lives at another, and reads the plan too
    }


def test_a_pupil_has_one_plan_at_a_time(story: Story) -> None:
    with pytest.raises(PlanRefused):
        plan_editing.begin(story.session, SION, story.pupil_id, None, now=NOW)


def test_what_two_people_changed_in_different_fields_is_merged(story: Story) -> None:
    seen = story.row.version
    plan_editing.save(story.desk(MAIR, seen), {"aln.description": "One."})
    saved = plan_editing.save(story.desk(SION, seen), {"aln.impact": "Two."})
    assert saved.conflicts == ()
    assert (story.fields()["aln.description"], story.fields()["aln.impact"]) == ("One.", "Two.")


def test_a_field_that_both_changed_is_a_conflict_and_nothing_typed_is_lost(story: Story) -> None:
    seen = story.row.version
    plan_editing.save(story.desk(MAIR, seen), {"aln.description": "Hers."})
    saved = plan_editing.save(
        story.desk(SION, seen), {"aln.description": "His.", "aln.impact": "Also his."}
    )
    assert [conflict.key for conflict in saved.conflicts] == ["aln.description"]
    assert (story.fields()["aln.description"], story.fields()["aln.impact"]) == (
        "Hers.",
        "Also his.",
    )
    kept = plan_typing.unsaved(story.session, story.tenant, story.plan_id, "sion")
    assert kept is not None
    assert kept.changes == {"aln.description": "His."}
    settled = plan_editing.save(story.desk(SION, kept.base_version), kept.changes)
    assert settled.conflicts == ()
    assert story.fields()["aln.description"] == "His."
    assert plan_typing.unsaved(story.session, story.tenant, story.plan_id, "sion") is None


def test_what_is_typed_is_kept_for_the_person_alone_and_changes_nothing(story: Story) -> None:
    before = story.fields()
    plan_editing.keep_typing(story.desk(), {"aln.description": "Half a sen"})
    assert story.fields() == before
    assert [who for who, _ in plan_typing.editors(story.session, story.tenant, story.plan_id)] == [
        "mair"
    ]
    plan_editing.discard_typing(story.desk())
    assert plan_typing.editors(story.session, story.tenant, story.plan_id) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("no.such", "x"),
        ("alp[]", "x"),
        ("plan.review_by", "soon"),
        ("alp[0].in_welsh", "yes"),
        ("aln.description", "x" * 20_001),
        ("place.named", "A school"),
        ("health_alp[0].provision", "Therapy"),
    ],
)
def test_a_value_that_a_field_cannot_bear_is_refused_and_changes_nothing(
    story: Story, key: str, value: Value
) -> None:
    before, version = story.fields(), story.row.version
    with pytest.raises(PlanRefused) as refused:
        plan_editing.save(story.desk(), {"aln.impact": "Fine.", key: value})
    assert refused.value.field == key
    assert (story.fields(), story.row.version) == (before, version)


def test_health_provision_enters_on_the_word_of_the_nhs_body(story: Story) -> None:
    plan_editing.save(story.desk(), {"health_alp[0].provision": "Therapy"}, nhs_agreed=True)
    assert story.fields()["health_alp[0].provision"] == "Therapy"


def test_nothing_is_finalised_before_everything_that_the_law_asks_is_there(story: Story) -> None:
    plan_acts.involve_person(story.desk(), TODAY, "A talk.")
    plan_acts.decide(story.desk(), has_aln=True, on=TODAY, reasons="The evidence.")
    with pytest.raises(PlanRefused) as refused:
        finalising.finalise(story.desk(), TODAY)
    assert rules(refused) == {"description_missing", "provision_missing", "review_date_missing"}
    assert story.row.status == "decided"


def test_the_road_to_the_letterbox_and_round_a_review(story: Story) -> None:
    story.decided()
    notice = finalising.finalise(story.desk(), TODAY)
    assert (story.row.status, story.row.edition, story.row.maintained_by) == (
        "finalised",
        1,
        "school",
    )
    assert story.fields()["plan.maintained_by"] == {
        "en": "School 660/4001",
        "cy": "Ysgol 660/4001",
    }
    messages = story.messages(notice)
    assert set(messages) == {"child", "contact:1", "contact:2"}

    story.go_to(date(2026, 11, 26))
    first, *others = messages.values()
    give(
        story.session, story.tenant, first, on=date(2026, 11, 24), way="hand", by="person:mair",
        now=story.now, jobs=story.jobs,
    )  # fmt: skip
    assert (story.row.status, story.row.first_given_on) == ("given", date(2026, 11, 24))
    assert story.row.review_by_on == date(2027, 11, 23)
    assert story.tasks()["review_plan"].due_on == date(2027, 11, 23)
    for message in others:
        give(
            story.session, story.tenant, message, on=date(2026, 11, 26), way="post",
            by="person:mair", now=story.now, jobs=story.jobs,
        )  # fmt: skip
    assert story.row.first_given_on == date(2026, 11, 24)
    assert len(plan_copies.copies(story.session, story.tenant, story.plan_id)) == 3

    story.go_to(date(2027, 6, 1))
    reviewing.begin_review(story.desk(), date(2027, 6, 1), asked_by="body")
    plan_editing.save(
        story.desk(), {"alp[0].measure": "A new test.", "plan.review_by": "2028-05-01"}
    )
    revised = reviewing.revise(story.desk(), date(2027, 6, 1), {"alp[0]": "partly_met"})
    assert (story.row.status, story.row.edition) == ("finalised", 2)
    story.give_all(revised, date(2027, 6, 1))
    assert (story.row.status, story.row.period_start_on) == ("given", date(2027, 6, 1))
    assert story.row.review_by_on == date(2028, 5, 31)
    assert story.tasks()["review_plan"].due_on == date(2028, 5, 31)
    assert story.tasks("closed")["review_plan"].due_on == date(2027, 11, 23)
    editions = [
        plans.edition_content(story.session, story.tenant, story.plan_id, number)
        for number in (1, 2)
    ]
    assert [edition["fields"]["alp[0].measure"]["value"] for edition in editions if edition] == [
        "Timed reading each half-term.",
        "A new test.",
    ]


def test_a_copy_that_did_not_arrive_was_not_given_and_its_period_never_began(
    story: Story,
) -> None:
    story.decided()
    messages = story.messages(finalising.finalise(story.desk(), TODAY))
    give(
        story.session, story.tenant, messages["contact:1"], on=TODAY, way="electronic",
        by="delivery", now=NOW, jobs=story.jobs,
    )  # fmt: skip
    assert (story.row.status, story.row.review_by_on) == ("given", date(2027, 11, 19))
    take_back(story.session, story.tenant, messages["contact:1"], by="delivery", now=NOW)
    assert (story.row.status, story.row.first_given_on, story.row.review_by_on) == (
        "finalised",
        None,
        None,
    )
    assert "review_plan" not in story.tasks()
    assert not plan_copies.copies(story.session, story.tenant, story.plan_id)
    story.go_to(date(2026, 11, 25))
    story.give_all(_notice_of(story), date(2026, 11, 25))
    assert (story.row.status, story.row.first_given_on) == ("given", date(2026, 11, 25))
    assert story.tasks()["review_plan"].due_on == date(2027, 11, 24)


def _notice_of(story: Story) -> str:
    return plan_copies.notices_of(story.session, story.tenant, story.plan_id)[0].id


def test_a_review_that_changes_nothing_begins_a_period_when_its_notice_is_given(
    story: Story,
) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    story.go_to(date(2027, 5, 4))
    reviewing.begin_review(story.desk(), date(2027, 5, 4), asked_by="parent")
    plan_editing.save(story.desk(), {"aln.impact": "Tried and not kept."})
    with pytest.raises(PlanRefused) as unsaid:
        reviewing.keep_unrevised(story.desk(), date(2027, 5, 4), BOTH, {})
    assert unsaid.value.field == "outcomes"
    with pytest.raises(PlanRefused) as one_language:
        plan_notices.in_both("Only English.", " ", "reasons")
    assert one_language.value.field == "reasons"
    notice = reviewing.keep_unrevised(story.desk(), date(2027, 5, 4), BOTH, {"alp[0]": "met"})
    assert story.fields()["aln.impact"] == WHOLE["aln.impact"]
    assert (story.row.status, story.row.period_start_on) == ("given", TODAY)
    story.go_to(date(2027, 5, 6))
    story.give_all(notice, date(2027, 5, 6))
    assert (story.row.period_start_on, story.row.review_by_on) == (
        date(2027, 5, 6),
        date(2028, 5, 5),
    )


def test_a_plan_ceases_only_after_the_familys_time(story: Story) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    with pytest.raises(PlanRefused):
        plan_ceasing.decide(story.desk(), TODAY, BOTH)
    story.give_all(plan_ceasing.propose(story.desk(), TODAY), TODAY)
    notice = plan_ceasing.decide(story.desk(), TODAY, BOTH)
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(story.desk(), TODAY)
    story.give_all(notice, TODAY)
    story.go_to(date(2026, 12, 18))
    with pytest.raises(PlanRefused) as early:
        plan_ceasing.cease(story.desk(), date(2026, 12, 18))
    assert early.value.field == "on"
    plan_ceasing.record_challenge(story.desk(), plan_ceasing.ASKED_AGAIN, date(2026, 12, 18))
    story.go_to(date(2027, 1, 20))
    with pytest.raises(PlanRefused):
        plan_ceasing.cease(story.desk(), date(2027, 1, 20))
    plan_ceasing.record_challenge(story.desk(), plan_ceasing.SETTLED, date(2027, 1, 20))
    plan_ceasing.cease(story.desk(), date(2027, 1, 20))
    assert (story.row.status, story.row.ended_on) == ("ceased", date(2027, 1, 20))


def test_a_school_cannot_finalise_a_looked_after_childs_plan(session: Session) -> None:
    story = begun(session, a_pupil(looked_after=LookedAfter(in_care=True, care_authority="660")))
    assert story.row.form_id == "aln-code-2021-annex-b"
    story.decided()
    with pytest.raises(PlanRefused) as refused:
        finalising.finalise(story.desk(), TODAY)
    assert "looked_after_by_authority" in rules(refused)


def test_a_young_persons_plan_waits_for_consent(session: Session) -> None:
    story = begun(session, a_pupil(dob=date(2009, 3, 2), nc_year="13"))
    story.decided()
    with pytest.raises(PlanRefused) as refused:
        finalising.finalise(story.desk(), TODAY)
    assert rules(refused) == {"consent_missing"}
    plan_acts.record_consent(story.desk(), consented=True, on=TODAY, by="young_person")
    notice = finalising.finalise(story.desk(), TODAY)
    assert set(story.messages(notice)) == {"young_person"}


def test_only_a_young_person_consents(story: Story) -> None:
    with pytest.raises(PlanRefused):
        plan_acts.record_consent(story.desk(), consented=True, on=TODAY, by="young_person")


def test_a_decision_that_a_task_asks_for_is_recorded_on_the_task(session: Session) -> None:
    story = begun(session, at_school_action(a_pupil()))
    plan_editing.save(story.desk(), WHOLE)
    plan_acts.involve_person(story.desk(), TODAY, "A talk.")
    with pytest.raises(PlanRefused) as refused:
        plan_acts.decide(story.desk(), has_aln=True, on=TODAY, reasons="The evidence.")
    assert refused.value.field == "decision"
    task = story.tasks()["school_decide"]
    decision_id = new_id()
    session.add(
        DecisionRow(
            id=decision_id,
            la="660",
            school="660/4001",
            task_id=task.id,
            pupil_id=story.pupil_id,
            decision="has_aln",
            decided_on=TODAY,
            decided_by="person:mair",
            sealed_reasons=keys_of(session).seal(
                b"Plain words.", place("decisions.sealed_reasons", decision_id)
            ),
            recorded_at=NOW,
        )
    )
    session.flush()
    with pytest.raises(PlanRefused):
        plan_acts.decide(story.desk(), has_aln=False, on=TODAY, reasons="")
    plan_acts.decide(story.desk(), has_aln=True, on=TODAY, reasons="")
    notice = finalising.finalise(story.desk(), TODAY)
    messages = list(story.messages(notice).values())
    for message in messages[:-1]:
        give(
            session, story.tenant, message, on=TODAY, way="hand", by="person:mair", now=story.now,
            jobs=story.jobs,
        )  # fmt: skip
    assert "school_decide" in story.tasks()
    story.go_to(date(2026, 11, 25))
    give(
        session, story.tenant, messages[-1], on=date(2026, 11, 25), way="post", by="person:mair",
        now=story.now, jobs=story.jobs,
    )  # fmt: skip
    closed = story.tasks("closed")["school_decide"]
    take_back(session, story.tenant, messages[0], by="delivery", now=story.now)
    assert "school_decide" in story.tasks()
    give(
        session, story.tenant, messages[0], on=date(2026, 11, 25), way="hand", by="person:mair",
        now=story.now, jobs=story.jobs,
    )  # fmt: skip
    closed = story.tasks("closed")["school_decide"]
    assert isinstance(closed.closing, dict)
    assert closed.closing["rule"] == "DECIDED:has_aln"
    for pupil in (a_pupil(), at_school_action(a_pupil())):
        tell(session, story.tenant, pupil, story.jobs)
    assert "school_decide" not in story.tasks()


def test_a_draft_that_is_set_aside_decides_nothing_and_makes_room(session: Session) -> None:
    story = begun(session, at_school_action(a_pupil()))
    with pytest.raises(PlanRefused) as silent:
        plan_acts.set_aside(story.desk(), TODAY, " ")
    assert silent.value.field == "why"
    plan_acts.set_aside(story.desk(), TODAY, "The pupil's plan comes from the school before.")
    assert (story.row.status, story.row.has_aln, story.row.ended_on) == ("closed", None, TODAY)
    assert "school_decide" in story.tasks()
    assert plan_editing.begin(session, MAIR, story.pupil_id, None, now=NOW) != story.plan_id


def test_a_plan_that_was_finalised_is_not_set_aside(story: Story) -> None:
    story.decided()
    finalising.finalise(story.desk(), TODAY)
    with pytest.raises(PlanRefused):
        plan_acts.set_aside(story.desk(), TODAY, "No.")


def test_a_decision_that_there_is_no_aln_ends_the_draft(story: Story) -> None:
    plan_acts.involve_person(story.desk(), TODAY, "A talk.")
    with pytest.raises(PlanRefused):
        plan_acts.decide(story.desk(), has_aln=False, on=TODAY, reasons="The evidence.")
    plan_acts.decide(story.desk(), has_aln=False, on=TODAY, reasons=BOTH.en, reasons_cy=BOTH.cy)
    assert (story.row.status, story.row.ended_on) == ("closed", TODAY)
    (notice,) = plan_copies.notices_of(story.session, story.tenant, story.plan_id)
    assert notice.event == "no_aln_decision_s11_4"
    assert set(story.messages(notice.id)) == {"child", "contact:1", "contact:2"}
    with pytest.raises(PlanRefused):
        plan_editing.save(story.desk(), {"aln.impact": "Too late."})


def test_an_act_on_a_plan_that_has_moved_on_is_refused(story: Story) -> None:
    seen = story.row.version
    plan_editing.save(story.desk(), {"aln.impact": "Newer."})
    with pytest.raises(PlanMoved):
        plan_acts.involve_person(story.desk(SION, seen), TODAY, "A talk.")
    assert story.row.status == "draft"


@pytest.mark.parametrize(
    "visitor",
    [
        somebody("t", TEACHER),
        somebody("x", ALNCO, school="660/4002"),
        somebody("a", LA_ADMIN, school=None),
    ],
)
def test_nobody_else_finds_the_schools_plan(story: Story, visitor: Visitor) -> None:
    add_school(story.session, "660/4002")
    for act in (
        lambda desk: plan_editing.save(desk, {"aln.impact": "x"}),
        lambda desk: plan_acts.involve_person(desk, TODAY, "A talk."),
        lambda desk: plan_editing.keep_typing(desk, {"aln.impact": "x"}),
    ):
        with pytest.raises(PlanGone):
            act(story.desk(visitor))


def test_a_plan_taken_over_is_the_authoritys_to_act_on(story: Story) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    plan_acts.take_over(story.desk(), Maintainer.LOCAL_AUTHORITY, TODAY)
    with pytest.raises(PlanRefused):
        reviewing.begin_review(story.desk(), TODAY, asked_by="body")
    admin = somebody("admin", LA_ADMIN, school=None)
    reviewing.begin_review(story.desk(admin), TODAY, asked_by="body")
    assert story.row.status == "under_review"
    notice = reviewing.revise(story.desk(admin), TODAY, {"alp[0]": "not_met"})
    row = story.session.scalars(
        select(NoticeRow).where(story.tenant.owns(NoticeRow), NoticeRow.id == notice)
    ).one()
    assert (row.given_by, row.event) == ("local_authority", "revised_copy_s23_11")


def test_a_school_directed_to_maintain_a_plan_tells_the_family_that_it_is_responsible(
    story: Story,
) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    plan_acts.take_over(story.desk(), Maintainer.LOCAL_AUTHORITY, TODAY)
    told = {row.event for row in plan_copies.notices_of(story.session, story.tenant, story.plan_id)}
    assert "now_responsible_s22_2" not in told
    admin = somebody("admin", LA_ADMIN, school=None)
    plan_acts.take_over(story.desk(admin), Maintainer.SCHOOL, TODAY)
    (notice,) = (
        row
        for row in plan_copies.notices_of(story.session, story.tenant, story.plan_id)
        if row.event == "now_responsible_s22_2"
    )
    assert notice.given_by == "maintained_school"
    assert set(story.messages(notice.id)) == {"child", "contact:1", "contact:2"}


def test_a_plan_that_moves_to_another_school_ends_here_without_notice(story: Story) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    made = len(plan_copies.notices_of(story.session, story.tenant, story.plan_id))
    plan_acts.transfer(story.desk(), "661/4001", TODAY)
    assert (story.row.status, story.row.ended_on) == ("transferred", TODAY)
    assert len(plan_copies.notices_of(story.session, story.tenant, story.plan_id)) == made


def test_targets_and_strategies_are_promoted_by_a_person_and_stay_proposed(story: Story) -> None:
    row = story.row
    origin = {"record": "iep:1", "path": "targets[0]"}
    strategy = {"record": "iep:1", "path": "targets[0].strategies[0]"}
    held = plans.content(story.session, row) | {
        "appendix": [
            {"area": None, "target": "Reads aloud", "criteria": "4 of 5", "review": None,
             "progress": None, "origin": origin}
        ],
        "left_out": [
            {"text": "2025-09-01", "why": "-", "why_cy": "-", "origin": origin},
            {"text": "Word bank", "why": "-", "why_cy": "-", "origin": strategy},
        ],
    }  # fmt: skip
    plans.save(story.session, row, held, act="edit", by="person:mair", at=NOW)
    plan_editing.promote_target(story.desk(), 0)
    with pytest.raises(PlanRefused):
        plan_editing.promote_strategy(story.desk(), 0)
    plan_editing.promote_strategy(story.desk(), 1)
    fields = plans.content(story.session, story.row)["fields"]
    assert fields["alp[0].outcome"]["value"] == "Reads aloud"
    assert fields["alp[0].outcome"]["confirmed_by"] is None
    assert fields["alp[1].provision"]["value"] == "Word bank"
    assert plan_editing.confirm(story.desk(), ["alp[0].outcome"]) == story.row.version
    fields = plans.content(story.session, story.row)["fields"]
    assert fields["alp[0].outcome"]["confirmed_by"] == "person:mair"


@pytest.mark.parametrize(
    ("on", "way", "field"),
    [
        (TODAY + timedelta(days=1), "hand", "given_on"),
        (TODAY - timedelta(days=1), "hand", "given_on"),
        (TODAY, "pigeon", "way"),
    ],
)
def test_a_giving_that_cannot_be_is_refused(story: Story, on: date, way: str, field: str) -> None:
    story.decided()
    messages = story.messages(finalising.finalise(story.desk(), TODAY))
    with pytest.raises(GivingRefused) as refused:
        give(
            story.session, story.tenant, messages["child"], on=on, way=way, by="person:mair",
            now=NOW, jobs=story.jobs,
        )  # fmt: skip
    assert refused.value.field == field
    assert story.row.status == "finalised"


def test_everything_of_a_plan_is_shown_to_the_person_it_is_about_and_destroyed_in_its_time(
    story: Story,
) -> None:
    story.decided()
    story.give_all(finalising.finalise(story.desk(), TODAY), TODAY)
    plan_editing.keep_typing(story.desk(), {"aln.impact": "Half a sen"})
    found = everything_about(story.session, story.tenant, story.pupil_id)
    assert len(found["idps"]) == 1
    assert found["idps"][0]["content"]["fields"]["aln.impact"]["value"] == WHOLE["aln.impact"]
    assert {entry["act"] for entry in found["idp_acts"]} >= {"finalise", "give"}
    assert len(found["idp_copies"]) == 3
    assert found["idp_unsaved"][0]["changes"] == {"aln.impact": "Half a sen"}
    due = privacy.Due(story.pupil_id, story.tenant, date(2060, 1, 1))
    counts = privacy.erase(story.session, due, ground="date", by="operator", now=NOW)
    assert counts["plans"] == 1
    assert counts["plan_versions"] > 1
    emptied = everything_about(story.session, story.tenant, story.pupil_id)
    assert not any(emptied[name] for name in emptied if name.startswith("idp"))
