"""Every row on the duty to decide and what follows, as `explain` answers it.

The expectations were written from the reference, row by row, apart from the code.
"""

from __future__ import annotations

from typing import Any

import pytest

from mis_bridge.services.explain import duty
from mis_bridge.services.explain.cases import BadCase

SCHOOL = {"setting": "maintained_school", "raised_with": "school", "area": "wales"}
COLLEGE = {"setting": "fei", "raised_with": "fei", "person": "young_person", "area": "wales"}
LA = {"raised_with": "local_authority", "area": "wales"}
CHILD = {"person": "child"}
YOUNG = {"person": "young_person", "consent": "given"}

Row = tuple[dict[str, Any], dict[str, Any]]


def ask(*parts: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for part in parts:
        given |= part
    return duty.answer(given, {}).result


def holds(expected: object, found: object) -> bool:
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(holds(value, found.get(key, "absent")) for key, value in expected.items())
    return expected == found


# The rows of the reference's table, a to h, for the school and the college.
INSTITUTION: dict[str, Row] = {
    "no exception, school": (
        SCHOOL | CHILD,
        {"duty_to_decide": {"school": True}, "decided_by": "school", "reason": "s.11(1)"},
    ),
    "no exception, college": (
        COLLEGE | {"consent": "given"},
        {
            "duty_to_decide": {"fei": True},
            "decided_by": "fei",
            "reason": "s.11(2)",
            "consent_given_by": "young_person",
        },
    ),
    "a child at a college": (
        COLLEGE | CHILD,
        {
            "duty_to_decide": {"fei": False, "local_authority": True},
            "decided_by": "local_authority",
        },
    ),
    "a plan exists": (
        SCHOOL | CHILD | {"existing_idp": "school"},
        {
            "duty_to_decide": {"school": False},
            "decided_by": None,
            "reason": "s.11(3)(a)",
            "treat_as": "review_request",
            "maintains_idp": "school",
        },
    ),
    "a plan exists, of the authority": (
        SCHOOL | CHILD | {"existing_idp": "la"},
        {"treat_as": "review_request", "maintains_idp": "local_authority"},
    ),
    "decided before, nothing changed": (
        SCHOOL
        | CHILD
        | {
            "previous_decision": "no_aln",
            "needs_changed_materially": False,
            "new_material_information": False,
        },
        {
            "duty_to_decide": {"school": False},
            "reason": "s.11(3)(b)",
            "reconsideration_route": "s.26",
            "needs_human_decision": False,
        },
    ),
    "decided before, needs changed": (
        SCHOOL
        | CHILD
        | {
            "previous_decision": "no_aln",
            "needs_changed_materially": True,
            "new_material_information": False,
        },
        {"duty_to_decide": {"school": True}, "reason": "s.11(1)"},
    ),
    "decided before, new information": (
        SCHOOL
        | CHILD
        | {
            "previous_decision": "no_aln",
            "needs_changed_materially": False,
            "new_material_information": True,
        },
        {"duty_to_decide": {"school": True}},
    ),
    "decided before, one limb not known": (
        SCHOOL | CHILD | {"previous_decision": "no_aln", "needs_changed_materially": False},
        {"duty_to_decide": {"school": True}, "needs_human_decision": True},
    ),
    "a college decided before, nothing changed: an appeal, not section 26": (
        COLLEGE
        | {
            "consent": "given",
            "previous_decision": "no_aln",
            "needs_changed_materially": False,
            "new_material_information": False,
        },
        {
            "duty_to_decide": {"fei": False},
            "reason": "s.11(3)(b)",
            "reconsideration_route": "absent",
        },
    ),
    "young person refuses": (
        SCHOOL | {"person": "young_person", "consent": "refused"},
        {"duty_to_decide": {"school": False}, "decided_by": None, "reason": "s.11(3)(c)"},
    ),
    "young person not asked yet": (
        SCHOOL | {"person": "young_person"},
        {"duty_to_decide": {}, "reason": "s.11(3)(c)", "needs_human_decision": True},
    ),
    "a child's refusal counts for nothing": (
        SCHOOL | CHILD | {"consent": "refused"},
        {"duty_to_decide": {"school": True}, "decided_by": "school"},
    ),
    "young person without capacity, representative consents": (
        SCHOOL
        | {
            "person": "young_person",
            "has_capacity": False,
            "representative": {"type": "deputy", "consent": "given"},
        },
        {"duty_to_decide": {"school": True}, "consent_given_by": "representative"},
    ),
    "young person without capacity, representative refuses": (
        SCHOOL
        | {
            "person": "young_person",
            "consent": "given",
            "has_capacity": False,
            "representative": {"type": "lpa", "consent": "refused"},
        },
        {"duty_to_decide": {"school": False}, "reason": "s.11(3)(c)"},
    ),
    "young person without capacity, own consent only": (
        SCHOOL | {"person": "young_person", "consent": "given", "has_capacity": False},
        {"needs_human_decision": True, "consent_given_by": "absent"},
    ),
    "registered at two schools, taught at each": (
        SCHOOL
        | CHILD
        | {
            "other_registration": "maintained_school",
            "education_at_each": True,
            "la_responsible": "wales",
        },
        {
            "duty_to_decide": {"school": False},
            "reason": "s.11(3)(d)",
            "must_refer_to": "responsible_la",
            "decided_by": "local_authority",
        },
    ),
    "registered at two schools, not taught at each": (
        SCHOOL | CHILD | {"other_registration": "fei", "education_at_each": False},
        {
            "duty_to_decide": {"school": False},
            "reason": "s.11(3)(d)",
            "must_refer_to": "absent",
            "decided_by": None,
        },
    ),
    "registered at two schools, not known where taught": (
        SCHOOL | CHILD | {"other_registration": "fei"},
        {"duty_to_decide": {"school": False}, "needs_human_decision": True},
    ),
    "registered at two schools, an authority in England responsible": (
        SCHOOL
        | CHILD
        | {
            "other_registration": "maintained_school",
            "education_at_each": True,
            "la_responsible": "england",
        },
        {"duty_to_decide": {"school": True}, "decided_by": "school", "must_refer_to": "absent"},
    ),
    "registered at two schools, taught at each, with a plan": (
        SCHOOL
        | CHILD
        | {
            "other_registration": "maintained_school",
            "education_at_each": True,
            "la_responsible": "wales",
            "existing_idp": "school",
        },
        {"reason": "s.11(3)(a)", "must_refer_to": "absent", "maintains_idp": "local_authority"},
    ),
    "EHC plan": (
        SCHOOL | CHILD | {"ehc_plan": True},
        {"duty_to_decide": {"school": False}, "decided_by": None, "reason": "s.11(3)(e)"},
    ),
    "no EHC plan": (SCHOOL | CHILD | {"ehc_plan": False}, {"duty_to_decide": {"school": True}}),
    "looked after": (
        SCHOOL | CHILD | {"looked_after": "welsh_la"},
        {
            "duty_to_decide": {"school": False},
            "decided_by": "looking_after_la",
            "reason": "s.11(5)",
            "must_refer_to": "looking_after_la",
        },
    ),
    "looked after, with a plan": (
        SCHOOL | CHILD | {"looked_after": "welsh_la", "existing_idp": "la"},
        {
            "duty_to_decide": {"school": False},
            "decided_by": None,
            "reason": "s.11(5)",
            "must_refer_to": "looking_after_la",
            "treat_as": "review_request",
            "maintains_idp": "local_authority",
        },
    ),
    "looked after, in the area of an authority in England": (
        SCHOOL | CHILD | {"looked_after": "welsh_la", "area": "england"},
        {
            "duty_to_decide": {"school": True},
            "decided_by": "school",
            "must_refer_to": "absent",
            "needs_human_decision": True,
        },
    ),
    "looked after by an authority in England": (
        SCHOOL | CHILD | {"looked_after": "english_la"},
        {"duty_to_decide": {"school": True}, "must_refer_to": "absent"},
    ),
    "nobody over school age is looked after": (
        SCHOOL | YOUNG | {"looked_after": "welsh_la"},
        {"duty_to_decide": {"school": True}, "decided_by": "school"},
    ),
    "relevant youth accommodation": (
        SCHOOL | CHILD | {"detained": "relevant_youth_accommodation"},
        {
            "duty_to_decide": {"school": False, "local_authority": False},
            "decided_by": "home_authority",
            "reason": "s.44(1)",
        },
    ),
    "detained elsewhere: no duty, and no referral of a looked after child": (
        SCHOOL | CHILD | {"detained": "other_accommodation", "looked_after": "welsh_la"},
        {"duty_to_decide": {"school": False}, "decided_by": None, "must_refer_to": "absent"},
    ),
    "detained in hospital": (
        SCHOOL | CHILD | {"detained": "hospital_part_3"},
        {
            "duty_to_decide": {"school": False, "local_authority": True},
            "decided_by": "local_authority",
        },
    ),
    "higher education only": (
        COLLEGE | {"consent": "given", "course": "higher_education_only"},
        {"duty_to_decide": {"fei": False}, "reason": "s.86"},
    ),
}

AUTHORITY: dict[str, Row] = {
    "no exception": (
        LA | CHILD | {"setting": "maintained_school", "school_is_deciding": False},
        {
            "duty_to_decide": {"local_authority": True},
            "decided_by": "local_authority",
            "reason": "s.13(1)",
        },
    ),
    "a plan exists": (
        LA | CHILD | {"setting": "maintained_school", "existing_idp": "la"},
        {
            "duty_to_decide": {"local_authority": False},
            "reason": "s.13(2)(a)",
            "treat_as": "review_request",
        },
    ),
    "decided before": (
        LA
        | CHILD
        | {
            "previous_decision": "no_aln",
            "needs_changed_materially": False,
            "new_material_information": False,
        },
        {
            "duty_to_decide": {"local_authority": False},
            "reason": "s.13(2)(b)",
            "reconsideration_route": "absent",
        },
    ),
    "the school is deciding": (
        LA | CHILD | {"setting": "maintained_school", "school_is_deciding": True},
        {
            "duty_to_decide": {"school": True, "local_authority": False},
            "decided_by": "school",
            "reason": "s.13(2)(c)",
        },
    ),
    "a college deciding is no such exception": (
        LA | YOUNG | {"setting": "fei", "school_is_deciding": True, "fei_referral": True},
        {"duty_to_decide": {"local_authority": True}},
    ),
    "young person refuses": (
        LA | {"person": "young_person", "consent": "refused", "setting": "independent_school"},
        {"duty_to_decide": {"local_authority": False}, "reason": "s.13(2)(d)"},
    ),
    "a student at one college without its referral": (
        LA | YOUNG | {"setting": "fei", "fei_referral": False},
        {
            "duty_to_decide": {"local_authority": False},
            "decided_by": "fei",
            "reason": "s.13(2)(e)",
        },
    ),
    "a student at one college, referred": (
        LA | YOUNG | {"setting": "fei", "fei_referral": True},
        {"duty_to_decide": {"local_authority": True}, "decided_by": "local_authority"},
    ),
    "a student at two institutions": (
        LA | YOUNG | {"setting": "fei", "other_registration": "maintained_school"},
        {"duty_to_decide": {"local_authority": True}},
    ),
    "looked after": (
        LA | CHILD | {"setting": "maintained_school", "looked_after": "welsh_la"},
        {
            "duty_to_decide": {"local_authority": False},
            "decided_by": "looking_after_la",
            "reason": "s.13(4)",
            "must_refer_to": "looking_after_la",
        },
    ),
    "looked after, with a plan": (
        LA | CHILD | {"looked_after": "welsh_la", "existing_idp": "la"},
        {"decided_by": None, "reason": "s.13(4)", "treat_as": "review_request"},
    ),
    "looked after, in England's area": (
        LA | CHILD | {"looked_after": "welsh_la", "area": "england"},
        {"duty_to_decide": {"local_authority": False}, "reason": "s.18(2)"},
    ),
    "independent school": (
        CHILD | {"setting": "independent_school", "raised_with": "school", "area": "wales"},
        {
            "duty_to_decide": {"school": False, "local_authority": True},
            "decided_by": "local_authority",
            "alnco_required": False,
        },
    ),
    "home educated": (
        CHILD | {"setting": "home_educated", "raised_with": "local_authority", "area": "wales"},
        {
            "duty_to_decide": {"school": False, "local_authority": True},
            "decided_by": "local_authority",
        },
    ),
    "home educated in England": (
        CHILD | {"setting": "home_educated", "la_responsible": "england"},
        {"duty_to_decide": {"local_authority": False}, "decided_by": None},
    ),
    "relevant youth accommodation": (
        LA | CHILD | {"detained": "relevant_youth_accommodation"},
        {"duty_to_decide": {"local_authority": False}, "decided_by": "home_authority"},
    ),
}

ALN = {"decision": "aln"}
AFTER: dict[str, Row] = {
    "the school prepares and maintains": (
        SCHOOL | CHILD | ALN,
        {
            "prepares_idp": "school",
            "maintains_idp": "school",
            "reason": "s.12(1)",
            "interim_duty": "s.47(2)",
        },
    ),
    "the college prepares and maintains": (
        COLLEGE | {"consent": "given"} | ALN,
        {"prepares_idp": "fei", "maintains_idp": "fei", "interim_duty": "s.47(2)"},
    ),
    "not reasonable, and referred": (
        SCHOOL | CHILD | ALN | {"alp_reasonable_for_school": False, "refers_to_la": True},
        {
            "prepares_idp": "local_authority",
            "maintains_idp": "absent",
            "reason": "s.12(2)(a)",
            "interim_duty": "s.47(2)",
        },
    ),
    "cannot determine, and referred": (
        SCHOOL | CHILD | ALN | {"school_can_determine_alp": False, "refers_to_la": True},
        {"prepares_idp": "local_authority", "interim_duty": "s.47(2)"},
    ),
    "not reasonable, not referred: both are needed": (
        SCHOOL | CHILD | ALN | {"alp_reasonable_for_school": False, "refers_to_la": False},
        {"prepares_idp": "school", "maintains_idp": "school"},
    ),
    "referred without the opinion: both are needed": (
        SCHOOL
        | CHILD
        | ALN
        | {
            "school_can_determine_alp": True,
            "alp_reasonable_for_school": True,
            "refers_to_la": True,
        },
        {"prepares_idp": "school", "maintains_idp": "school"},
    ),
    "referred, opinion not recorded": (
        SCHOOL | CHILD | ALN | {"refers_to_la": True},
        {"prepares_idp": "local_authority", "needs_human_decision": True},
    ),
    "young person refuses the plan": (
        SCHOOL | YOUNG | ALN | {"consent_to_plan": "refused"},
        {
            "prepares_idp": None,
            "maintains_idp": None,
            "reason": "s.12(2)(b)",
            "interim_duty": "s.47(2)",
        },
    ),
    "young person refuses the plan, said as false": (
        SCHOOL | YOUNG | ALN | {"consent_to_plan": False},
        {"prepares_idp": None, "reason": "s.12(2)(b)"},
    ),
    "a child's refusal of the plan counts for nothing": (
        SCHOOL | CHILD | ALN | {"consent_to_plan": "refused"},
        {"prepares_idp": "school"},
    ),
    "EHC plan": (
        SCHOOL | CHILD | ALN | {"ehc_plan": True},
        {"prepares_idp": None, "maintains_idp": None, "reason": "s.12(2)(d)"},
    ),
    "the authority decided": (
        LA | CHILD | ALN | {"setting": "maintained_school", "school_is_deciding": False},
        {"prepares_idp": "local_authority", "maintains_idp": "absent", "interim_duty": "s.47(2)"},
    ),
    "the authority decided, taught at two places: no direction": (
        LA
        | CHILD
        | ALN
        | {
            "setting": "maintained_school",
            "other_registration": "maintained_school",
            "education_at_each": True,
        },
        {"prepares_idp": "local_authority", "maintains_idp": "local_authority"},
    ),
    "home educated child": (
        CHILD | ALN | {"setting": "home_educated", "raised_with": "local_authority"},
        {
            "prepares_idp": "local_authority",
            "maintains_idp": "local_authority",
            "interim_duty": "absent",
        },
    ),
    "young person at an independent school: only if necessary": (
        YOUNG | ALN | {"setting": "independent_school", "raised_with": "local_authority"},
        {"reason": "s.14(1)(c)", "needs_human_decision": True, "prepares_idp": "absent"},
    ),
    "young person refuses the authority's plan": (
        LA | YOUNG | ALN | {"setting": "independent_school", "consent_to_plan": "refused"},
        {"prepares_idp": None, "reason": "s.14(3)"},
    ),
    "looked after": (
        SCHOOL | CHILD | ALN | {"looked_after": "welsh_la"},
        {"prepares_idp": "local_authority", "reason": "s.19"},
    ),
    "no plan yet for a pupil known to have ALN": (
        SCHOOL | CHILD | {"previous_decision": "aln"},
        {"interim_duty": "s.47(2)"},
    ),
    "a plan ends the interim duty": (
        SCHOOL | CHILD | {"previous_decision": "aln", "existing_idp": "school"},
        {"interim_duty": "absent"},
    ),
    "a school that decides there is none may be asked again": (
        SCHOOL | CHILD | {"decision": "no_aln"},
        {"reconsideration_route": "s.26", "prepares_idp": "absent"},
    ),
    "IDP notice": (
        SCHOOL | CHILD | {"conversion": "idp_notice_given"},
        {
            "deemed_decision": "aln",
            "new_law_applies": True,
            "old_law_applies": False,
            "prepares_idp": "school",
            "interim_duty": "s.47(2)",
            "duty_to_decide": {"school": False},
        },
    ),
    "No IDP notice": (
        SCHOOL | CHILD | {"conversion": "no_idp_notice_given"},
        {
            "deemed_decision": "no_aln",
            "new_law_applies": True,
            "old_law_applies": False,
            "reconsideration_route": "s.26",
            "prepares_idp": "absent",
        },
    ),
    "No IDP notice, and new information since": (
        SCHOOL | CHILD | {"conversion": "no_idp_notice_given", "new_material_information": True},
        {
            "deemed_decision": "no_aln",
            "duty_to_decide": {"school": True},
            "decided_by": "school",
            "reason": "s.11(1)",
        },
    ),
    "IDP notice about a looked after child: the authority gave it": (
        SCHOOL | CHILD | {"conversion": "idp_notice_given", "looked_after": "welsh_la"},
        {"deemed_decision": "aln", "decided_by": "looking_after_la"}
        | dict.fromkeys(("prepares_idp", "maintains_idp"), "local_authority"),
    ),
    "No IDP notice of an authority: nothing for the authority to reconsider": (
        LA | CHILD | {"setting": "maintained_school", "conversion": "no_idp_notice_given"},
        {"decided_by": "local_authority", "reconsideration_route": "absent"},
    ),
    "a decision that there is ALN, and a plan already": (
        COLLEGE | {"consent": "given", "decision": "aln", "existing_idp": "la"},
        {"treat_as": "review_request", "prepares_idp": "absent", "interim_duty": "absent"}
        | {"maintains_idp": "local_authority"},
    ),
    "a plan and youth accommodation: the home authority keeps it": (
        SCHOOL | CHILD | {"existing_idp": "school", "detained": "relevant_youth_accommodation"},
        {"decided_by": "home_authority", "maintains_idp": "local_authority"},
    ),
    "a plan and hospital: the relevant authority keeps it": (
        SCHOOL | CHILD | {"existing_idp": "school", "detained": "hospital"},
        {"maintains_idp": "local_authority"},
    ),
    "a school's plan and detention elsewhere: who keeps it is not settled": (
        SCHOOL | CHILD | {"existing_idp": "school", "detained": "other_accommodation"},
        {"maintains_idp": "absent"},
    ),
    "a case friend cannot consent for a young person": (
        SCHOOL
        | {
            "person": "young_person",
            "has_capacity": False,
            "representative": {"type": "case_friend", "consent": "given"},
        },
        {"duty_to_decide": {}, "consent_given_by": "absent", "needs_human_decision": True},
    ),
}


@pytest.mark.parametrize("row", INSTITUTION)
def test_each_row_on_the_schools_and_colleges_duty(row: str) -> None:
    given, expected = INSTITUTION[row]
    found = ask(given)
    assert holds(expected, found), found


@pytest.mark.parametrize("row", AUTHORITY)
def test_each_row_on_the_local_authoritys_duty(row: str) -> None:
    given, expected = AUTHORITY[row]
    found = ask(given)
    assert holds(expected, found), found


@pytest.mark.parametrize("row", AFTER)
def test_each_row_on_what_follows_a_decision(row: str) -> None:
    given, expected = AFTER[row]
    found = ask(given)
    assert holds(expected, found), found


@pytest.mark.parametrize(
    ("setting", "required"),
    [
        ("maintained_school", True),
        ("pru", True),
        ("fei", True),
        ("maintained_special_school", False),
        ("independent_school", False),
        ("home_educated", "absent"),
    ],
)
def test_an_alnco_is_required_in_mainstream_schools_units_and_colleges(
    setting: str, required: object
) -> None:
    assert ask({"setting": setting, "person": "child"}).get("alnco_required", "absent") == required


def test_every_answer_has_a_step_with_a_provision_in_both_languages() -> None:
    for given, _ in (*INSTITUTION.values(), *AUTHORITY.values(), *AFTER.values()):
        steps = duty.answer(given, {}).trace.steps
        assert steps
        assert all(step.source and step.because.en != step.because.cy for step in steps)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"setting": "academy"}, "setting"),
        ({"person": "pupil"}, "person"),
        ({"looked_after": True}, "looked_after"),
        ({"looked_after": "scottish_la"}, "looked_after"),
        ({"ehc_plan": "yes"}, "ehc_plan"),
        ({"existing_idp": "local_authority"}, "existing_idp"),
        ({"consent": "awaited"}, "consent"),
        ({"consent_to_plan": 1}, "consent_to_plan"),
        ({"representative": "deputy"}, "representative"),
        ({"representative": {"kind": "deputy"}}, "representative.kind"),
        ({"representative": {"consent": "yes"}}, "representative.consent"),
        ({"conversion": "aln_notice_given"}, "conversion"),
        ({"course": "ba"}, "course"),
        ({"mood": "good"}, "mood"),
    ],
)
def test_a_key_or_value_outside_the_vocabulary_is_refused_by_its_key(
    given: dict[str, Any], key: str
) -> None:
    with pytest.raises(BadCase) as bad:
        duty.answer(given, {})
    assert bad.value.key == key


def test_nothing_known_is_answered_and_doubted() -> None:
    found = duty.answer({}, {})
    assert found.result["duty_to_decide"] == {"school": True}
    assert {doubt.point for doubt in found.trace.uncertain} == {"person"}


def test_who_acts_for_a_pupil_referral_unit_is_a_doubt() -> None:
    found = duty.answer({"setting": "pru", "person": "child"}, {})
    assert {doubt.point for doubt in found.trace.uncertain} == {"setting"}
