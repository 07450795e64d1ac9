"""A bundle that another product could have written, taken in or refused, on both databases."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import BundleRefused, SignerUnknown
from mis_bridge.domain.form_checks import form_text
from mis_bridge.domain.idp_form import ANNEX_A, FORMS
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.pupil import LookedAfter, Name, UpnStatus
from mis_bridge.domain.words import Words
from mis_bridge.services.bundles.problems import BundleNotTaken, MaintainerToSay, PupilToChoose
from mis_bridge.services.bundles.taking_in import TakenIn, Wanted, take_in
from mis_bridge.services.papers import forms
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import reviewing
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.storage import plans
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow
from mis_bridge.storage.tables.plans import PlanBundleRow, PlanRow, PlanVersionRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil, at_school_action
from tests.support.plan_bundles import (
    NEW,
    SENDERS_KEY,
    TODAY,
    UPN,
    at_new_school,
    give_all,
    plan_json,
    sent,
    tell,
    visitor_of,
    with_plan,
)

VALID, MISSING = UpnStatus.VALID, UpnStatus.MISSING


@dataclass
class Arrival:
    """A school to which a bundle comes."""

    session: Session
    tenant: Tenant
    jobs: RecordedJobs = field(default_factory=RecordedJobs)

    def pupil(self, **facts: Any) -> str:
        """Put the pupil on the school's register; returns the id there."""
        return tell(self.session, self.tenant, at_new_school(**facts), jobs=self.jobs)

    def take(
        self, archive: bytes, *, days: int = 0, key: str = SENDERS_KEY, **said: Any
    ) -> TakenIn:
        """Take a bundle in, `days` later."""
        wanted = Wanted(frozenset({key}), **said)
        now = NOW + timedelta(days=days)
        return take_in(
            self.session, self.tenant, archive, wanted, by="person:gwen", now=now, jobs=self.jobs
        )

    def row(self, taken: TakenIn) -> PlanRow:
        """Return the plan that came."""
        found = plans.plan(self.session, self.tenant, taken.plan_id)
        assert found is not None
        return found

    def desk(self, row: PlanRow) -> PlanDesk:
        """Return somebody of the school at the plan as it now stands."""
        who = visitor_of(self.tenant)
        return PlanDesk(self.session, who, row.id, row.version, NOW, self.jobs)

    def nothing_came(self) -> bool:
        """Say whether there is no trace of a plan."""
        counts = [
            self.session.scalar(select(func.count()).select_from(row).where(self.tenant.owns(row)))
            for row in (PlanRow, PlanVersionRow, PlanBundleRow, NoticeRow)
        ]
        return counts == [0, 0, 0, 0]

    def open_duties(self) -> dict[str, date | None]:
        """Return the open duties with their dates."""
        rows = self.session.scalars(
            select(DecisionTaskRow).where(
                self.tenant.owns(DecisionTaskRow), DecisionTaskRow.state == "open"
            )
        )
        return {row.duty: row.due_on for row in rows}

    def notices(self) -> list[str]:
        """Return the notices that were made, by event."""
        found = self.session.scalars(select(NoticeRow.event).where(self.tenant.owns(NoticeRow)))
        return sorted(found)


@pytest.fixture
def arrival(session: Session) -> Arrival:
    """Return a school of an authority that has never heard of the sender."""
    tenant = add_school(session, NEW)
    add_calendar(session, Tenant(tenant.la))
    return Arrival(session, tenant)


def test_it_is_a_plan_that_goes_on(arrival: Arrival) -> None:
    pupil = arrival.pupil()
    taken = arrival.take(sent())
    row = arrival.row(taken)
    assert (taken.fresh, row.pupil_id, row.status, row.edition) == (True, pupil, "given", 1)
    assert (row.has_aln, row.maintained_by, row.finalised_on) == (True, "school", date(2026, 10, 1))
    assert (row.first_given_on, row.period_start_on, row.review_by_on) == (
        date(2026, 10, 5), date(2026, 10, 5), date(2027, 10, 4),
    )  # fmt: skip
    assert arrival.notices() == ["now_responsible_s22_2"]


def test_the_task_to_obtain_the_plan_ends_and_the_review_is_dated(arrival: Arrival) -> None:
    pupil = at_new_school()
    tell(arrival.session, arrival.tenant, pupil, with_plan(pupil), jobs=arrival.jobs)
    assert "obtain_plan" in arrival.open_duties()
    arrival.take(sent())
    assert arrival.open_duties() == {"review_plan": date(2027, 10, 4)}


def test_a_plan_that_is_maintained_ends_the_duty_to_decide(arrival: Arrival) -> None:
    pupil = at_new_school()
    tell(arrival.session, arrival.tenant, pupil, at_school_action(pupil), jobs=arrival.jobs)
    assert "school_decide" in arrival.open_duties()
    arrival.take(sent())
    assert arrival.open_duties() == {"review_plan": date(2027, 10, 4)}


def test_nobody_of_this_school_has_confirmed_what_came(arrival: Arrival) -> None:
    arrival.pupil()
    row = arrival.row(arrival.take(sent()))
    held = plans.content(arrival.session, row)
    short = f"bundle:{SENDERS_KEY[:16]}"
    assert {entry["origin"]["record"] for entry in held["fields"].values()} == {short}
    assert {entry["confirmed_by"] for entry in held["fields"].values()} == {short}
    assert held["received"]["fields"]["aln.description"]["confirmed_by"] == "their-person"
    assert held["fields"]["person.school"]["value"] == {"en": "Old School", "cy": "Hen Ysgol"}
    assert plans.edition_content(arrival.session, arrival.tenant, row.id, 1) == held


def test_again_it_is_the_same_plan_and_an_older_edition_is_refused(arrival: Arrival) -> None:
    arrival.pupil()
    given = plan_json()["copies"]
    third = plan_json(edition=3, copies=[*given, dict(given[0], edition=3)])
    first = arrival.take(sent(third))
    version = arrival.row(first).version
    for again in (sent(third), sent(third, lawful_basis="said otherwise")):
        taken = arrival.take(again)
        assert (taken.fresh, taken.plan_id) == (False, first.plan_id)
    with pytest.raises(BundleNotTaken, match="newer edition"):
        arrival.take(sent(plan_json(edition=2)))
    assert arrival.row(first).version == version
    assert arrival.notices() == ["now_responsible_s22_2"]


def test_a_plan_that_went_on_may_come_back_as_it_went(arrival: Arrival) -> None:
    arrival.pupil()
    first = arrival.row(arrival.take(sent()))
    plan_acts.transfer(arrival.desk(first), "Ysgol Arall", TODAY)
    back = arrival.take(sent())
    assert (back.fresh, back.plan_id == first.id) == (True, False)
    again = arrival.take(sent())
    assert (again.fresh, again.plan_id) == (False, back.plan_id)


def test_a_plan_that_has_ceased_does_not_come_back(arrival: Arrival) -> None:
    arrival.pupil()
    row = arrival.row(arrival.take(sent()))
    row.status = "ceased"
    arrival.session.flush()
    with pytest.raises(BundleNotTaken, match="has ceased"):
        arrival.take(sent())


def test_an_unknown_signer_is_refused_and_named(arrival: Arrival) -> None:
    arrival.pupil()
    with pytest.raises(SignerUnknown) as refused:
        arrival.take(sent(), key="0" * 64)
    assert refused.value.key_id == SENDERS_KEY
    assert arrival.nothing_came()


def test_a_plan_that_does_not_fit_the_schema_is_refused_whoever_signed_it(arrival: Arrival) -> None:
    arrival.pupil()
    with pytest.raises(BundleRefused, match=r"plan\.json"):
        arrival.take(sent(plan_json(extra=1)))
    assert arrival.nothing_came()


@pytest.mark.parametrize("body", ["661/4002", "662"])
def test_a_bundle_for_another_body_is_refused(arrival: Arrival, body: str) -> None:
    arrival.pupil()
    with pytest.raises(BundleNotTaken, match=f"made for {body}"):
        arrival.take(sent(made_for=body))
    assert arrival.nothing_came()


@pytest.mark.parametrize("body", ["661", "Ysgol Newydd"])
def test_a_bundle_for_the_authority_or_for_a_body_by_name_is_taken(
    arrival: Arrival, body: str
) -> None:
    arrival.pupil()
    assert arrival.take(sent(made_for=body)).fresh


def test_nobody_is_added_to_the_register_by_a_bundle(arrival: Arrival) -> None:
    with pytest.raises(PupilToChoose) as refused:
        arrival.take(sent())
    assert refused.value.pupils == ()
    pupils = arrival.session.scalars(select(PupilRow.id).where(arrival.tenant.owns(PupilRow)))
    assert list(pupils) == []
    assert arrival.nothing_came()


def test_without_a_upn_a_person_chooses_where_name_and_birth_agree(arrival: Arrival) -> None:
    here = arrival.pupil(upn=None, upn_status=MISSING)
    with pytest.raises(PupilToChoose) as refused:
        arrival.take(sent())
    assert refused.value.pupils == (here,)
    assert arrival.nothing_came()
    assert arrival.take(sent(), pupil_id=here).pupil_id == here


@pytest.mark.parametrize(
    "facts",
    [
        {"dob": date(2015, 3, 3)},
        {"name": Name(legal_forename="Alys", legal_surname="Canary")},
        {"upn": "A661990118002", "upn_status": VALID},
    ],
)
def test_a_pupil_who_is_not_alike_cannot_be_chosen(arrival: Arrival, facts: dict[str, Any]) -> None:
    here = arrival.pupil(**{"upn": None, "upn_status": MISSING, **facts})
    with pytest.raises(BundleNotTaken) as refused:
        arrival.take(sent(), pupil_id=here)
    assert refused.value.field == "pupil"
    assert arrival.nothing_came()


def test_a_pupil_of_another_school_cannot_be_chosen(arrival: Arrival) -> None:
    sister = add_school(arrival.session, "661/4002")
    known = a_pupil("Z1", school="661/4002")
    theirs = tell(arrival.session, sister, known, jobs=arrival.jobs)
    with pytest.raises(BundleNotTaken):
        arrival.take(sent(), pupil_id=theirs)
    assert arrival.nothing_came()


def test_one_upn_on_two_different_people_is_refused(arrival: Arrival) -> None:
    arrival.pupil(dob=date(2014, 1, 1))
    with pytest.raises(BundleNotTaken, match="do not belong to one pupil"):
        arrival.take(sent())
    assert arrival.nothing_came()


def test_a_pupil_with_a_living_plan_keeps_it(arrival: Arrival) -> None:
    here = arrival.pupil()
    who = visitor_of(arrival.tenant)
    plan_id = plan_editing.begin(arrival.session, who, here, None, now=NOW)
    with pytest.raises(BundleNotTaken, match="has a plan here"):
        arrival.take(sent())
    found = plans.plans_of_pupil(arrival.session, arrival.tenant, here)
    assert [row.id for row in found] == [plan_id]


def test_days_that_lie_ahead_are_refused(arrival: Arrival) -> None:
    arrival.pupil()
    with pytest.raises(BundleNotTaken, match="lies ahead"):
        arrival.take(sent(), days=-47)
    assert arrival.nothing_came()


@pytest.mark.parametrize(
    "about",
    [{"edition": 2}, {"plan_id": "x"}, {"made_by": ""}, {"consent": None}, {"made_for": "a\nb"}],
)
def test_a_manifest_that_speaks_of_something_else_is_refused(
    arrival: Arrival, about: dict[str, Any]
) -> None:
    arrival.pupil()
    with pytest.raises(BundleNotTaken, match="manifest"):
        arrival.take(sent(plan_json(), **about))
    assert arrival.nothing_came()


def test_fields_of_the_senders_own_form_stand_in_the_record_of_information(
    arrival: Arrival,
) -> None:
    data = plan_json(form_version="660-own-3")
    data["fields"]["leisure.clubs"] = {**data["fields"]["aln.description"], "value": "Swims."}
    data["labels"]["leisure.clubs"] = {"en": "Clubs", "cy": "Clybiau"}
    arrival.pupil()
    row = arrival.row(arrival.take(sent(data)))
    fields = plans.content(arrival.session, row)["fields"]
    assert fields["record[0]"]["value"]["source"] == "Educational psychologist"
    assert fields["record[1]"]["value"] == {"source": "Clubs / Clybiau", "summary": "Swims."}
    assert row.form_version == "2021-1"


def test_a_form_that_the_authority_has_too_is_kept(arrival: Arrival) -> None:
    text = form_text(FORMS[ANNEX_A]).replace('"2021-1"', '"661-1"', 1)
    forms.propose(arrival.session, Tenant("661"), text, by="Nia", now=NOW)
    arrival.pupil()
    row = arrival.row(arrival.take(sent(plan_json(form_version="661-1"))))
    assert row.form_version == "661-1"


def test_a_plan_that_an_authority_maintains_stays_with_the_authority(arrival: Arrival) -> None:
    arrival.pupil()
    taken = arrival.take(sent(plan_json(maintained_by="la")))
    row = arrival.row(taken)
    assert (row.maintained_by, row.status, taken.notice_id) == ("la", "given", None)
    assert row.review_by_on == date(2027, 10, 4)
    assert arrival.notices() == []


def test_a_child_who_is_looked_after_has_the_plan_with_that_authority(arrival: Arrival) -> None:
    arrival.pupil(looked_after=LookedAfter(in_care=True))
    assert arrival.take(sent()).maintained_by == "looking_after_la"


def test_where_the_law_leaves_it_open_a_person_says_who_maintains_the_plan(
    arrival: Arrival,
) -> None:
    arrival.pupil()
    archive = sent(plan_json(maintained_by="fei"))
    with pytest.raises(MaintainerToSay):
        arrival.take(archive)
    assert arrival.nothing_came()
    assert arrival.take(archive, maintainer=Maintainer.SCHOOL).maintained_by == "school"


def test_a_person_does_not_say_otherwise_than_the_law(arrival: Arrival) -> None:
    arrival.pupil()
    with pytest.raises(BundleNotTaken, match="names another body"):
        arrival.take(sent(), maintainer=Maintainer.LOCAL_AUTHORITY)
    assert arrival.nothing_came()


def test_a_young_persons_consent_comes_with_the_plan(arrival: Arrival) -> None:
    arrival.pupil()
    row = arrival.row(
        arrival.take(sent(plan_json(consent={"on": "2026-09-30", "by": "young_person"})))
    )
    assert (row.consent, row.consent_on, row.consent_by) == (
        True, date(2026, 9, 30), "young_person",
    )  # fmt: skip


def test_an_edition_that_nobody_was_given_yet_is_the_new_bodys_to_give(arrival: Arrival) -> None:
    arrival.pupil()
    row = arrival.row(
        arrival.take(
            sent(plan_json(copies=[], first_given_on=None, period_start_on=None, review_by_on=None))
        )
    )
    assert (row.status, row.first_given_on, row.review_by_on) == ("finalised", None, None)
    assert arrival.notices() == ["idp_copy_s22_1", "now_responsible_s22_2"]
    give_all(arrival.session, row, arrival.jobs, on=TODAY)
    assert (row.status, row.first_given_on) == ("given", TODAY)
    assert row.review_by_on == date(2027, 11, 19)


def test_a_review_that_is_late_comes_late(arrival: Arrival) -> None:
    """The period that ended with no review is followed by the next, as it was at the old school."""
    arrival.pupil()
    long_ago = plan_json(
        copies=[{"edition": 1, "slot": "child", "way": "hand", "given_on": "2025-01-10"}],
        finalised_on="2025-01-10",
        first_given_on="2025-01-10",
        period_start_on="2025-01-10",
        review_by_on="2026-01-09",
    )
    row = arrival.row(arrival.take(sent(long_ago)))
    assert (row.first_given_on, row.period_start_on) == (date(2025, 1, 10), date(2026, 1, 10))


def test_the_next_review_counts_from_what_the_old_school_told(arrival: Arrival) -> None:
    """An outcome of the old school and one of the new stand in one chain of periods."""
    arrival.pupil()
    kept_there = plan_json(
        copies=[{"edition": 1, "slot": "parent", "way": "post", "given_on": "2025-01-10"}],
        finalised_on="2025-01-10",
        not_revised_on=["2025-12-01"],
        first_given_on="2025-01-10",
        period_start_on="2025-12-01",
        review_by_on="2026-11-30",
    )
    row = arrival.row(arrival.take(sent(kept_there)))
    assert (row.first_given_on, row.period_start_on, row.review_by_on) == (
        date(2025, 1, 10), date(2025, 12, 1), date(2026, 11, 30),
    )  # fmt: skip
    reviewing.begin_review(arrival.desk(row), TODAY, asked_by="body")
    both = Words("Nothing has changed.", "Nid oes dim wedi newid.")
    reviewing.keep_unrevised(arrival.desk(row), TODAY, both, {"alp[0]": "partly_met"})
    give_all(arrival.session, row, arrival.jobs, on=TODAY)
    assert (row.first_given_on, row.period_start_on) == (date(2025, 1, 10), TODAY)
    assert arrival.open_duties() == {"review_plan": date(2027, 11, 19)}


def test_two_schools_may_each_have_the_plan_of_the_pupil_they_have(arrival: Arrival) -> None:
    """The record of one school says nothing in another: neither helps nor hinders."""
    arrival.pupil()
    arrival.take(sent(made_for="661"))
    sister = add_school(arrival.session, "661/4002")
    known = replace(
        at_new_school(), source=replace(at_new_school().source, school="661/4002")
    )  # fmt: skip
    other = Arrival(arrival.session, sister)
    tell(arrival.session, sister, known, jobs=arrival.jobs)
    assert other.take(sent(made_for="661")).fresh
    assert UPN not in repr(other.take(sent(made_for="661")))


def test_two_people_at_once_take_one_bundle_in_once(database: Engine) -> None:
    with sessions(database).begin() as session:
        tenant = add_school(session, NEW)
        add_calendar(session, Tenant(tenant.la))
        Arrival(session, tenant).pupil()
    together, outcomes = threading.Barrier(4), list[bool]()

    def take() -> None:
        together.wait(10)
        with sessions(database).begin() as session:
            outcomes.append(Arrival(session, tenant).take(sent()).fresh)

    people = [threading.Thread(target=take) for _ in range(4)]
    for each in people:
        each.start()
    for each in people:
        each.join(60)
    assert sorted(outcomes) == [False, False, False, True]
    with sessions(database).begin() as session:
        assert Arrival(session, tenant).notices() == ["now_responsible_s22_2"]
