"""What may be done to a plan next, what stands against it, and what two editors make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.idp import DraftField, Origin
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_life import (
    Maintainer,
    NotFromHere,
    Plan,
    PlanAct,
    PlanStatus,
    acts_open_to,
    after,
    open_to,
)
from mis_bridge.domain.plan_merge import merge
from mis_bridge.domain.plan_rules import against_changing, against_finalising, elements


def field(value: str = "x", confirmed_by: str | None = "alnco") -> DraftField:
    return DraftField(value, Origin("test", "here"), "proposed", confirmed_by)


WHOLE = {
    f"alp[0].{name}": field()
    for name in (
        "outcome", "measure", "provision", "in_welsh", "provider", "from", "rationale", "review",
    )
} | {"aln.description": field(), "plan.review_by": field("2027-07-01")}  # fmt: skip
PLAN = Plan(
    "P-1",
    PlanStatus.DECIDED,
    Maintainer.SCHOOL,
    PersonKind.CHILD,
    WHOLE,
    has_aln=True,
    last_review_day=date(2027, 11, 19),
)


def rules(plan: Plan) -> set[str]:
    return {obstacle.rule for obstacle in against_finalising(plan)}


def without(key: str) -> dict[str, DraftField]:
    return {name: value for name, value in WHOLE.items() if name != key}


def test_a_whole_plan_may_be_finalised() -> None:
    assert against_finalising(PLAN) == ()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"has_aln": None}, "decision_missing"),
        ({"has_aln": False}, "decision_missing"),
        ({"maintained_by": None}, "maintainer_missing"),
        ({"looked_after": True}, "looked_after_by_authority"),
        ({"person": PersonKind.YOUNG_PERSON}, "consent_missing"),
        ({"person": PersonKind.YOUNG_PERSON, "consent": False}, "consent_missing"),
        ({"fields": without("aln.description")}, "description_missing"),
        ({"fields": without("alp[0].in_welsh")}, "welsh_not_considered"),
        ({"fields": without("alp[0].rationale")}, "provision_incomplete"),
        ({"fields": without("alp[0].review")}, "provision_incomplete"),
        ({"fields": without("plan.review_by")}, "review_date_missing"),
        ({"last_review_day": date(2027, 6, 30)}, "review_date_too_late"),
        ({"fields": WHOLE | {"place.named": field()}}, "place_needs_authority"),
        ({"fields": WHOLE | {"profile.admire": field(confirmed_by=None)}}, "unconfirmed"),
        ({"fields": {"plan.review_by": field("2027-07-01")}}, "provision_missing"),
    ],
)
def test_each_rule_stands_against_finalising(change: dict[str, object], rule: str) -> None:
    assert rule in rules(replace(PLAN, **change))  # type: ignore[arg-type] # by name, as tabled


@pytest.mark.parametrize(
    "change",
    [
        {"last_review_day": date(2027, 7, 1)},
        {"person": PersonKind.YOUNG_PERSON, "consent": True},
        {"looked_after": True, "maintained_by": Maintainer.LOOKING_AFTER_LA},
        {
            "maintained_by": Maintainer.LOCAL_AUTHORITY,
            "fields": WHOLE | {"place.named": field()},
        },
        {"fields": without("alp[0].review") | {"alp[0].end": field()}},
    ],
)
def test_the_other_side_of_each_rule_is_free(change: dict[str, object]) -> None:
    assert rules(replace(PLAN, **change)) == set()  # type: ignore[arg-type] # by name, as tabled


def test_health_provision_is_locked_outside_a_review() -> None:
    key, school = "health_alp[0].provision", Maintainer.SCHOOL
    finalised = replace(PLAN, edition=1)
    locked = against_changing(finalised, key, body=school, nhs_agreed=True)
    assert locked is not None
    assert locked.rule == "nhs_provision_locked"
    review = replace(finalised, status=PlanStatus.UNDER_REVIEW)
    assert against_changing(review, key, body=school, nhs_agreed=True) is None


@pytest.mark.parametrize(
    ("edition", "status"), [(0, PlanStatus.DRAFT), (1, PlanStatus.UNDER_REVIEW)]
)
def test_health_provision_stands_on_the_word_of_the_nhs_body(
    edition: int, status: PlanStatus
) -> None:
    plan = replace(PLAN, edition=edition, status=status)
    missing = against_changing(plan, "health_alp[0].provision", body=Maintainer.SCHOOL)
    assert missing is not None
    assert missing.rule == "nhs_agreement_missing"
    told = against_changing(
        plan, "health_alp[0].provision", body=Maintainer.SCHOOL, nhs_agreed=True
    )
    assert told is None


def test_a_body_acts_on_the_plans_that_it_maintains_or_that_nobody_does_yet() -> None:
    assert open_to(Maintainer.SCHOOL, replace(PLAN, maintained_by=None))
    assert open_to(Maintainer.SCHOOL, replace(PLAN, maintained_by=Maintainer.SCHOOL))
    assert not open_to(Maintainer.SCHOOL, replace(PLAN, maintained_by=Maintainer.LOCAL_AUTHORITY))


def test_a_place_is_an_authoritys_to_name() -> None:
    assert against_changing(PLAN, "place.named", body=Maintainer.SCHOOL) is not None
    assert against_changing(PLAN, "place.named", body=Maintainer.LOCAL_AUTHORITY) is None


def test_the_road_from_draft_to_given_and_round_a_review() -> None:
    status = PlanStatus.DRAFT
    for act in (
        PlanAct.INVOLVE_PERSON,
        PlanAct.DECIDE_ALN,
        PlanAct.FINALISE,
        PlanAct.GIVE,
        PlanAct.BEGIN_REVIEW,
        PlanAct.REVISE,
        PlanAct.GIVE,
    ):
        assert act in acts_open_to(status)
        status = after(status, act)
    assert status is PlanStatus.GIVEN


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (PlanStatus.DRAFT, PlanAct.FINALISE),
        (PlanStatus.DRAFT, PlanAct.DECIDE_ALN),
        (PlanStatus.WITH_PERSON, PlanAct.GIVE),
        (PlanStatus.CLOSED, PlanAct.EDIT),
        (PlanStatus.CEASED, PlanAct.GIVE),
        (PlanStatus.FINALISED, PlanAct.EDIT),
    ],
)
def test_no_step_of_the_road_is_skipped(status: PlanStatus, act: PlanAct) -> None:
    with pytest.raises(NotFromHere):
        after(status, act)


_FIELDS = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.sampled_from(["1", "2", "3"]).map(field)
)


@given(_FIELDS, _FIELDS, _FIELDS)
def test_no_edit_is_lost_without_a_word(
    before: dict[str, DraftField], mine: dict[str, DraftField], theirs: dict[str, DraftField]
) -> None:
    merged = merge(before, mine, theirs)
    conflicts = {conflict.key for conflict in merged.conflicts}
    for key in {*before, *mine, *theirs}:
        was, ours, other = before.get(key), mine.get(key), theirs.get(key)
        if ours != was and other == was:
            assert merged.fields.get(key) == ours
        if other != was:
            assert merged.fields.get(key) == other
        assert (key in conflicts) == (ours != was and other not in {was, ours})


def test_entries_of_a_list_are_merged_like_any_field() -> None:
    entry = [
        DraftField({"name": name}, Origin("person:1", "plan"), "stated", "person:1")
        for name in ("Was", "Mine", "Theirs")
    ]
    before, mine, theirs = ({"contacts[0]": each} for each in entry)
    merged = merge(before, mine, theirs)
    assert dict(merged.fields) == theirs
    assert [conflict.key for conflict in merged.conflicts] == ["contacts[0]"]


@given(_FIELDS, _FIELDS)
def test_an_edit_against_an_untouched_plan_stands_whole(
    before: dict[str, DraftField], mine: dict[str, DraftField]
) -> None:
    assert dict(merge(before, mine, before).fields) == mine


def test_provisions_stand_in_the_order_of_their_numbers() -> None:
    keys = ("health_alp[0].provision", "alp[10].outcome", "alp[2].outcome", "aln.impact")
    assert elements(keys) == ("alp[2]", "alp[10]", "health_alp[0]")
