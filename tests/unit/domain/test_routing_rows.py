"""Each row of the table of notices, with and without each person, for both kinds of person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import Giver, NoticeCase, Routed, Why, recipients
from tests.unit.domain.routing_table import (
    CHILD,
    FEI,
    HOME,
    LA,
    LOOKING_AFTER,
    MOTHER,
    NHS,
    ROWS,
    SCHOOL,
    YOUNG_PERSON,
    Row,
    everybody,
    expected_recipients,
)

GIVEN = [(row, by) for row in ROWS for by in row.givers]
KINDS = (CHILD, YOUNG_PERSON)


def ids(routed: Routed) -> set[str]:
    return {recipient.id for recipient in routed.recipients}


def row_of(event: str) -> Row:
    return next(row for row in ROWS if row.event == event)


def without(case: NoticeCase) -> list[NoticeCase]:
    return [
        case,
        replace(case, case_friend=None),
        replace(case, parents=()),
        replace(case, parents=(MOTHER,)),
        replace(case, iro=None),
        replace(case, governing_body=None),
        replace(case, person_in_charge=None),
        replace(case, other_bodies=()),
    ]


@pytest.mark.parametrize(
    ("row", "by"), GIVEN, ids=lambda value: getattr(value, "event", str(value))
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_reaches_whom_the_reference_names_and_nobody_else(
    row: Row, by: Giver, kind: PersonKind
) -> None:
    if row.event == "nhs_referral_intended_s20_3" and kind is YOUNG_PERSON:
        assert ids(recipients(everybody(row, FEI, kind))) == {"learner"}
    for case in without(everybody(row, by, kind)):
        routed = recipients(case)
        expected = expected_recipients(row, by, case)
        assert ids(routed) == expected
        assert {left_out.id for left_out in routed.not_sent} == set(case.named()) - expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_every_answer_gives_its_reasons_in_both_languages_with_a_source(row: Row) -> None:
    routed = recipients(everybody(row, row.givers[0], row.only or CHILD))
    assert routed.trace.steps
    for step in routed.trace.steps:
        assert step.source
        assert step.because.en != step.because.cy
    for because in [one.because for one in routed.recipients] + [
        one.because for one in routed.not_sent
    ]:
        assert because.en != because.cy


@pytest.mark.parametrize(
    ("event", "by"),
    [
        ("no_aln_decision_s11_4", LA),
        ("no_aln_decision_s11_4", HOME),
        ("no_aln_decision_s11_4", NHS),
        ("no_aln_decision_s13_3", SCHOOL),
        ("no_aln_decision_s13_3", HOME),
        ("nhs_referral_intended_s20_3", SCHOOL),
        ("nhs_outcome_s21", LA),
        ("takeover_decision_s28_7", SCHOOL),
        ("idp_copy_s40_5", SCHOOL),
        ("idp_copy_s40_5", LA),
        ("aln_notice", SCHOOL),
        ("aln_notice", FEI),
        ("capacity_view_s84", SCHOOL),
        ("decision_started", LA),
    ],
)
def test_a_body_that_the_row_does_not_name_gives_it_to_nobody(event: str, by: Giver) -> None:
    routed = recipients(everybody(row_of(event), by, CHILD))
    assert routed.recipients == ()
    assert {left_out.why for left_out in routed.not_sent} == {Why.NO_DUTY}
    school = by in {SCHOOL, FEI}
    assert routed.flags == (
        "school_is_not_the_notifier" if school else f"not_the_notifier:{by.value}",
    )


@pytest.mark.parametrize(
    "event",
    [
        "no_aln_decision_s11_4",
        "idp_copy_s22_1",
        "revised_copy_s23_11",
        "cease_s31_8_and_9",
        "idp_notice",
        "decision_started",
    ],
)
def test_a_looked_after_childs_school_in_wales_never_notifies(event: str) -> None:
    row = row_of(event)
    case = replace(everybody(row, SCHOOL, CHILD), area="wales")
    routed = recipients(case)
    assert routed.recipients == ()
    assert routed.flags == ("school_is_not_the_notifier",)
    unsaid = recipients(replace(case, area=None))
    assert unsaid.recipients == ()
    assert "area_of_looked_after_child" in [doubt.point for doubt in unsaid.trace.uncertain]


def test_a_school_still_hands_over_the_plan_of_a_child_who_became_looked_after() -> None:
    row = row_of("plan_copy_reg15")
    assert ids(recipients(replace(everybody(row, SCHOOL, CHILD), area="wales"))) == {"other"}


@pytest.mark.parametrize("by", [SCHOOL, FEI])
def test_the_school_of_a_detained_person_does_not_notify(by: Giver) -> None:
    row = row_of("no_aln_decision_s11_4")
    case = everybody(row, by, YOUNG_PERSON)
    assert case.learner is not None
    routed = recipients(replace(case, learner=replace(case.learner, detained=True)))
    assert routed.recipients == ()
    assert routed.flags == ("school_is_not_the_notifier",)


def test_in_youth_accommodation_the_local_authority_stands_back_too() -> None:
    row = row_of("idp_copy_s22_1")
    case = everybody(row, LA, YOUNG_PERSON)
    assert case.learner is not None
    detained = replace(case.learner, detained=True, in_youth_accommodation=True)
    assert recipients(replace(case, learner=detained)).flags == (
        "not_the_notifier:local_authority",
    )
    in_hospital = replace(case.learner, detained=True)
    assert ids(recipients(replace(case, learner=in_hospital))) == {"learner"}


def test_a_fei_never_refers_a_child_to_an_nhs_body() -> None:
    row = row_of("nhs_referral_intended_s20_3")
    assert recipients(everybody(row, FEI, CHILD)).recipients == ()


def test_a_row_for_the_other_kind_of_person_asks_a_person() -> None:
    row = row_of("plan_not_necessary_reg10")
    routed = recipients(everybody(row, LA, CHILD))
    assert routed.flags == ("escalate:learner",)
    assert {left_out.why for left_out in routed.not_sent} == {Why.NOT_ENTITLED}


def test_each_recipients_copy_holds_what_that_place_is_owed() -> None:
    wanted: dict[tuple[str, Giver, PersonKind], dict[str, tuple[str, ...]]] = {
        ("now_responsible_s22_2", LA, CHILD): {
            "iro": ("plan_copy",),
            "mother": ("now_responsible",),
        },
        ("no_aln_s40_4", HOME, CHILD): {"warden": ("decision", "reasons")},
        ("health_opinion_s64_3", NHS, CHILD): {"other": ("opinion",)},
        ("cease_s31_8_and_9", SCHOOL, CHILD): {"iro": ("decision", "reasons")},
        ("no_aln_decision_s18_3", LOOKING_AFTER, CHILD): {"iro": ("decision", "reasons")},
    }
    for (event, by, kind), contents in wanted.items():
        row = row_of(event)
        found = {one.id: one.content for one in recipients(everybody(row, by, kind)).recipients}
        assert {who: found[who] for who in contents} == contents


def test_the_local_authority_is_asked_again_only_about_what_a_maintained_school_gave() -> None:
    asked = {
        (row.event, by)
        for row, by in GIVEN
        for routed in [recipients(everybody(row, by, row.only or CHILD))]
        if routed.reconsideration_body == "local_authority"
    }
    assert asked == {
        (event, SCHOOL)
        for event in (
            "no_aln_decision_s11_4",
            "idp_copy_s22_1",
            "not_revise_s23_10",
            "revised_copy_s23_11",
            "cease_s31_8_and_9",
            "no_idp_notice",
            "idp_copy_c5_13",
        )
    }


def test_the_notice_that_a_decision_has_started_says_that_it_is_practice() -> None:
    row = row_of("decision_started")
    routed = recipients(everybody(row, SCHOOL, CHILD))
    assert "practice_not_law" in [step.rule for step in routed.trace.steps]
    assert "practice_not_law" in [doubt.point for doubt in routed.trace.uncertain]
    assert ids(routed) == {"case_friend", "mother", "father"}


def test_an_unknown_kind_of_person_is_never_guessed() -> None:
    row = row_of("no_aln_decision_s11_4")
    case = everybody(row, SCHOOL, CHILD)
    assert case.learner is not None
    routed = recipients(
        replace(case, learner=replace(case.learner, kind=None), iro=None, looked_after=None)
    )
    assert routed.recipients == ()
    assert routed.flags == ("escalate:learner",)
    assert "person_kind" in [doubt.point for doubt in routed.trace.uncertain]


@pytest.mark.parametrize(
    ("event", "by", "doubted"),
    [
        ("not_revise_s27_4", LA, True),
        ("takeover_decision_s28_7", LA, True),
        ("not_revise_s23_10", FEI, True),
        ("not_revise_s23_10", SCHOOL, False),
        ("no_aln_decision_s13_3", LA, False),
        ("cease_s31_8", LA, False),
    ],
)
def test_a_right_of_appeal_that_was_only_inferred_is_doubted(
    event: str, by: Giver, *, doubted: bool
) -> None:
    points = [
        doubt.point for doubt in recipients(everybody(row_of(event), by, CHILD)).trace.uncertain
    ]
    assert ("right_of_appeal" in points) is doubted
