"""From an IEP to a draft IDP: what is carried, what is left out, what stays open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.idp import DraftWithoutGaps, IdpDraft, draft_from_json
from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS, outside_help
from mis_bridge.domain.iep import IepPlan, IepTarget
from mis_bridge.domain.pupil import Contact, LookedAfter, Name, Pupil, Source, UpnStatus

TODAY = date(2026, 11, 20)
TARGET = IepTarget(
    number="1",
    area_of_need="dyslexia",
    target="Read the first hundred words",
    success_criteria="Reads 90 of 100 at sight",
    strategies=("Overlearning", "Coloured overlay"),
    provision="Phonics programme",
    staff="Literacy assistant",
    frequency="20 minutes, 4 times a week",
    start=date(2025, 9, 8),
    review=date(2027, 2, 10),
    outcome="Partly met",
    place="targets[0]",
)
PLAN = IepPlan(
    plan_id="IEP-1",
    record="iep.json#plans[0]",
    upn="P661990118001",
    upn_status="valid",
    record_id="001201",
    name="Prydderch, Siôn",
    dob=date(2014, 2, 17),
    stage="school_action_plus",
    language="cy",
    start=date(2025, 9, 8),
    review=date(2027, 2, 10),
    author="ALNCo",
    strengths="Kind and curious",
    parental_views="We agree",
    pupil_views="I like small groups",
    targets=(TARGET,),
)
PUPIL = Pupil(
    Source("wonde", "661/9901", "A1"),
    upn="P661990118001",
    upn_status=UpnStatus.VALID,
    name=Name("Siôn", None, "Prydderch"),
    dob=date(2014, 2, 17),
    contacts=(Contact("Lowri Prydderch", "mother", parental_responsibility=True),),
)


def gaps(draft: IdpDraft) -> set[str]:
    return {gap.field for gap in draft.gaps}


def test_what_no_iep_can_supply_is_always_a_gap() -> None:
    draft = convert(PLAN, on=TODAY)
    assert gaps(draft) >= {
        "plan.prepared_by", "plan.maintained_by", "plan.contact", "plan.review_by",
        "alp[0].outcome", "alp[0].in_welsh", "alp[0].provider", "alp[0].from", "alp[0].rationale",
        "aln.impact", "profile.support", "contacts[]", "transition", "travel", "timeline[]",
    }  # fmt: skip


def test_what_the_iep_supplies_is_carried_with_its_origin_and_is_no_gap() -> None:
    draft = convert(PLAN, school="661/9901", on=TODAY)
    assert draft.fields["alp[0].provision"].value == (
        "Phonics programme; Literacy assistant; 20 minutes, 4 times a week"
    )
    assert draft.fields["alp[0].measure"].origin.path == "targets[0].criteria"
    assert draft.fields["person.school"].value == "661/9901"
    assert draft.fields["person.la"].value == "661"
    assert draft.fields["profile.admire"].confidence == "proposed"
    assert not gaps(draft) & {"person.name", "person.upn", "person.school", "profile.admire",
                              "alp[0].provision", "alp[0].measure"}  # fmt: skip
    assert all(field.confirmed_by is None for field in draft.fields.values())


def test_strategies_are_universal_provision_until_a_person_says_otherwise() -> None:
    draft = convert(PLAN, on=TODAY)
    left = [item.text for item in draft.left_out]
    assert left[:1] == ["2025-09-08"]
    assert left[1:] == ["Overlearning", "Coloured overlay"]
    assert "Overlearning" not in json.dumps(
        {key: field.value for key, field in draft.fields.items()}
    )


def test_a_short_term_target_goes_to_the_appendix_and_not_into_the_outcome() -> None:
    draft = convert(PLAN, on=TODAY)
    assert [item.target for item in draft.appendix] == ["Read the first hundred words"]
    assert "alp[0].outcome" not in draft.fields


@pytest.mark.parametrize(
    ("review", "carried"),
    [
        (date(2026, 11, 19), False),
        (date(2026, 11, 20), True),
        (date(2027, 11, 19), True),
        (date(2027, 11, 20), False),
    ],
)
def test_a_review_date_is_a_hint_only_inside_the_period(review: date, *, carried: bool) -> None:
    draft = convert(replace(PLAN, targets=(replace(TARGET, review=review),)), on=TODAY)
    assert ("alp[0].review" in draft.fields) is carried
    assert ("alp[0].review" in gaps(draft)) is not carried
    assert (review.isoformat() in [item.text for item in draft.left_out]) is not carried


@pytest.mark.parametrize(("review", "dated"), [(TODAY, True), (date(2026, 11, 21), False)])
def test_progress_is_dated_only_by_a_review_that_has_been(review: date, *, dated: bool) -> None:
    draft = convert(replace(PLAN, targets=(replace(TARGET, review=review),)), on=TODAY)
    entries = [field.value for key, field in draft.fields.items() if key.startswith("record[")]
    [progress] = [
        entry for entry in entries if isinstance(entry, dict) and "Partly met" in entry["summary"]
    ]
    assert ("date" in progress) is dated


def test_the_proposed_description_is_in_the_language_of_the_earlier_plan() -> None:
    assert "Meysydd pryder" in str(convert(PLAN, on=TODAY).fields["aln.description"].value)
    english = convert(replace(PLAN, language=None), on=TODAY)
    assert "Areas of concern" in str(english.fields["aln.description"].value)


def test_a_leap_day_has_a_review_period_too() -> None:
    plan = replace(PLAN, targets=(replace(TARGET, review=date(2029, 2, 28)),))
    assert "alp[0].review" in convert(plan, on=date(2028, 2, 29)).fields


def test_a_plan_without_targets_is_kept_and_flagged() -> None:
    draft = convert(replace(PLAN, targets=()), on=TODAY)
    assert draft.flags == ("no_targets",)
    assert "alp[]" in gaps(draft)
    assert draft.appendix == ()


def test_a_missing_frequency_or_person_is_a_gap_of_the_provision() -> None:
    draft = convert(replace(PLAN, targets=(replace(TARGET, staff=None, frequency=None),)), on=TODAY)
    [why] = [gap.why for gap in draft.gaps if gap.field == "alp[0].provision"]
    assert "who provides it" in why.en
    assert "pa mor aml" in why.cy


@pytest.mark.parametrize(
    ("frequency", "unsaid"),
    [
        ("20 minutes, 4 times a week", None),
        ("daily", "for how long each time"),
        ("20 minutes", "how often"),
        ("as required", "how often; for how long each time"),
        ("Monday and Wednesday, 15 minutes", None),
        ("Dydd Llun, 15 munud", None),
        ("Monday and Wednesday", "for how long each time"),
        ("10 munud bob dydd", None),
    ],
)
def test_a_provision_must_say_how_often_and_for_how_long(
    frequency: str, unsaid: str | None
) -> None:
    draft = convert(replace(PLAN, targets=(replace(TARGET, frequency=frequency),)), on=TODAY)
    told = [gap.why.en for gap in draft.gaps if gap.field == "alp[0].provision"]
    assert told == ([f"The provision is not yet specific: {unsaid}"] if unsaid else [])


def test_a_language_that_is_only_hinted_at_stays_an_open_question() -> None:
    assert "person.languages" in gaps(convert(PLAN, on=TODAY))
    pupil = replace(PUPIL, correspondence_language="en")
    draft = convert(PLAN, pupil, on=TODAY)
    assert "person.languages" not in gaps(draft)
    assert draft.fields["person.languages"].value == "en"


def test_a_name_written_the_other_way_round_is_no_conflict_and_another_name_is() -> None:
    assert "conflicting_values:person.name" not in convert(PLAN, PUPIL, on=TODAY).flags
    other = convert(replace(PLAN, name="Someone Else"), PUPIL, on=TODAY)
    assert "conflicting_values:person.name" in other.flags
    assert other.fields["person.name"].value == "Siôn Prydderch"
    assert other.name == "Someone Else"


def test_help_from_health_asks_for_a_referral_and_never_fills_the_health_section() -> None:
    draft = convert(
        replace(PLAN, targets=(replace(TARGET, staff="TA trained by physiotherapist"),)), on=TODAY
    )
    assert "possible_s20_referral" in draft.flags
    assert not [key for key in draft.fields if key.startswith("health_alp")]


def test_the_register_supplies_name_and_contacts_with_its_own_origin() -> None:
    draft = convert(PLAN, PUPIL, school="661/9901", on=TODAY)
    assert draft.fields["person.name"].value == "Siôn Prydderch"
    assert draft.fields["person.name"].origin.record == "wonde:A1"
    assert draft.fields["contacts[0]"].value == {
        "role": "mother",
        "basis": "parental_responsibility",
        "name": "Lowri Prydderch",
    }
    assert "contacts[]" not in gaps(draft)


def test_two_dates_of_birth_are_flagged_and_the_register_stands() -> None:
    draft = convert(replace(PLAN, dob=date(2013, 2, 17)), PUPIL, on=TODAY)
    assert "conflicting_values:person.dob" in draft.flags
    assert draft.fields["person.dob"].value == "2014-02-17"
    assert "2013-02-17" in [item.text for item in draft.left_out]
    unknown = convert(PLAN, replace(PUPIL, dob=None), on=TODAY)
    assert unknown.fields["person.dob"].origin.record == PLAN.record


def test_a_looked_after_child_gets_the_other_form() -> None:
    pupil = replace(PUPIL, looked_after=LookedAfter(in_care=True))
    draft = convert(PLAN, pupil, on=TODAY)
    assert draft.form.id == ANNEX_B
    assert "looked_after.reviewing_officer" in gaps(draft)
    assert convert(PLAN, PUPIL, on=TODAY).form.id == ANNEX_A


def test_nothing_in_a_draft_says_that_the_pupil_has_aln() -> None:
    printed = json.dumps(convert(PLAN, PUPIL, on=TODAY).to_json())
    assert "has ALN" not in printed
    assert "has additional learning needs" not in printed
    assert convert(PLAN, on=TODAY).to_json()["status"] == "draft"


def test_a_draft_without_gaps_is_a_fault() -> None:
    with pytest.raises(DraftWithoutGaps):
        IdpDraft("X", FORMS[ANNEX_A], None, None, None, {}, (), (), (), ())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Physiotherapist", "health"),
        ("Seicolegydd addysg", "agency"),
        ("Teacher of the Deaf", "agency"),
        ("Class teacher", None),
        ("Nursery nurse", None),
        ("Nyrs feithrin", None),
        ("School nurse", "health"),
        ("Nursery visit by the school nurse", "health"),
        ("Physio exercises", "health"),
        ("Iechyd a Lles", None),
        (None, None),
    ],
)
def test_outside_help_is_recognised_in_both_languages(text: str | None, kind: str | None) -> None:
    assert outside_help(text) == kind


_TEXT = st.one_of(st.none(), st.text(min_size=1, max_size=30))
_TARGETS = st.builds(
    IepTarget,
    target=_TEXT,
    success_criteria=_TEXT,
    strategies=st.lists(st.text(min_size=1, max_size=20), max_size=3).map(tuple),
    provision=_TEXT,
    staff=_TEXT,
    frequency=_TEXT,
    review=st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))),
    outcome=_TEXT,
    place=st.just("targets[0]"),
)


def _said(target: IepTarget) -> tuple[str | None, ...]:
    return target.target, target.provision, target.outcome, target.staff, target.frequency


@given(st.lists(_TARGETS, max_size=4).map(tuple))
def test_every_text_of_an_iep_lands_somewhere(targets: tuple[IepTarget, ...]) -> None:
    draft = convert(replace(PLAN, targets=targets), on=TODAY)
    printed = json.dumps(draft.to_json(), ensure_ascii=False)
    assert len(draft.appendix) == len(targets)
    for target in targets:
        for text in (*_said(target), *target.strategies):
            assert text is None or json.dumps(text, ensure_ascii=False)[1:-1] in printed
    assert draft_from_json(json.loads(printed)) == draft
    provisions = sum(1 for target in targets if target.provision)
    assert sum(1 for gap in draft.gaps if gap.field.endswith("in_welsh")) == provisions


@pytest.mark.parametrize("form_id", [ANNEX_A, ANNEX_B])
def test_every_field_that_a_plan_always_needs_says_why_it_may_be_missing(form_id: str) -> None:
    for field in FORMS[form_id].fields:
        assert field.required != "always" or field.missing, field.key
