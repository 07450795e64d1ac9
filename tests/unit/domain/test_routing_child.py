"""The child's own place: the first state that matches decides, and the parents never notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import (
    Capacity,
    CaseFriend,
    Giver,
    Learner,
    NoticeCase,
    Representative,
    RepresentativeKind,
    Role,
    Slot,
    Why,
    recipients,
)
from tests.unit.domain.routing_table import (
    CONVERSION,
    FATHER,
    GENERAL_INFORMATION,
    LA,
    MOTHER,
    SCHOOL,
    TODAY,
    VERIFIED,
)

FRIENDS = {
    "none": None,
    "in force": VERIFIED,
    "in force since today": replace(VERIFIED, ordered_on=TODAY),
    "removed tomorrow": replace(VERIFIED, removed_on=date(2026, 11, 21)),
    "removed today": replace(VERIFIED, removed_on=TODAY),
    "removed long ago": replace(VERIFIED, removed_on=date(2026, 10, 9)),
    "ordered tomorrow": replace(VERIFIED, ordered_on=date(2026, 11, 21)),
    "no reference": replace(VERIFIED, order_ref=None),
    "blank reference": replace(VERIFIED, order_ref=""),
    "no date": replace(VERIFIED, ordered_on=None),
    "nothing": CaseFriend("case_friend"),
}
IN_FORCE = {"in force", "in force since today", "removed tomorrow"}
REMOVED = {"removed today", "removed long ago"}
VIEWS = (None, Capacity.HAS, Capacity.LACKS)


def case_of(
    event: str = "no_aln_decision_s11_4",
    by: Giver = SCHOOL,
    *,
    capacity: bool | None = None,
    friend: CaseFriend | None = None,
    declaration: Capacity | None = None,
    la_view: Capacity | None = None,
) -> NoticeCase:
    return NoticeCase(
        event=event,
        by=by,
        on=TODAY,
        learner=Learner("child", PersonKind.CHILD, capacity=capacity),
        tribunal_declaration=declaration,
        la_view=la_view,
        case_friend=friend,
        parents=(MOTHER, FATHER),
    )


def who_fills_the_childs_place(
    friend: str,
    declaration: Capacity | None,
    la_view: Capacity | None,
    *,
    capacity: bool | None,
    school: bool,
) -> str | None:
    """Read the decision table of the reference from top to bottom."""
    table = [
        (friend in IN_FORCE, "case_friend"),
        (declaration is Capacity.HAS, "child"),
        (declaration is Capacity.LACKS, None),
        (school and la_view is Capacity.LACKS, None),
        (school and la_view is Capacity.HAS, "child"),
        (capacity is False, None),
    ]
    return next((who for holds, who in table if holds), "child")


@pytest.mark.parametrize("friend", FRIENDS)
@pytest.mark.parametrize(
    ("event", "by"), [("no_aln_decision_s11_4", SCHOOL), ("no_aln_decision_s13_3", LA)]
)
def test_the_first_state_that_matches_decides(friend: str, event: str, by: Giver) -> None:
    for declaration, la_view, capacity in product(VIEWS, VIEWS, (None, True, False)):
        routed = recipients(
            case_of(
                event,
                by,
                capacity=capacity,
                friend=FRIENDS[friend],
                declaration=declaration,
                la_view=la_view,
            )
        )
        wanted = who_fills_the_childs_place(
            friend, declaration, la_view, capacity=capacity, school=by is SCHOOL
        )
        in_place = [one.id for one in routed.recipients if one.slot is Slot.PERSON]
        assert in_place == ([] if wanted is None else [wanted])
        assert [one.id for one in routed.recipients if one.slot is Slot.PARENT] == [
            "mother",
            "father",
        ]
        why = {left_out.id: left_out.why for left_out in routed.not_sent}
        if wanted == "case_friend":
            assert why == {"child": Why.REPLACED}
        elif wanted is None:
            assert why["child"] is Why.NO_DUTY
        if friend not in IN_FORCE and friend != "none":
            removed = friend in REMOVED
            assert why["case_friend"] is (Why.NOT_ENTITLED if removed else Why.NOT_VERIFIED)
            assert routed.flags == (() if removed else ("case_friend_not_verified",))


def test_the_case_friend_stands_in_the_childs_place_and_says_so() -> None:
    friend = recipients(case_of(friend=VERIFIED, capacity=False)).recipients[0]
    assert (friend.id, friend.in_place_of, friend.capacities) == (
        "case_friend",
        "child",
        (Role.CASE_FRIEND,),
    )


def test_a_declaration_of_capacity_beside_an_order_asks_a_person() -> None:
    routed = recipients(case_of(friend=VERIFIED, declaration=Capacity.HAS))
    assert routed.recipients[0].id == "case_friend"
    assert routed.flags == ("escalate:child",)


@pytest.mark.parametrize("declaration", [Capacity.HAS, Capacity.LACKS])
def test_a_declaration_against_the_authoritys_view_prevails_and_is_marked_as_a_doubt(
    declaration: Capacity,
) -> None:
    other = Capacity.LACKS if declaration is Capacity.HAS else Capacity.HAS
    routed = recipients(case_of(declaration=declaration, la_view=other))
    assert ("child" in {one.id for one in routed.recipients}) is (declaration is Capacity.HAS)
    points = [doubt.point for doubt in routed.trace.uncertain]
    assert "tribunal_declaration_and_la_view" in points
    agreed = recipients(case_of(declaration=declaration, la_view=declaration))
    assert "tribunal_declaration_and_la_view" not in [
        doubt.point for doubt in agreed.trace.uncertain
    ]


@pytest.mark.parametrize("event", sorted(GENERAL_INFORMATION - {"s9_5_information"}))
@pytest.mark.parametrize("capacity", [None, True, False])
def test_general_information_goes_to_the_child_and_the_case_friend(
    event: str, capacity: bool | None
) -> None:
    by = LA if event == "s9_3_information" else SCHOOL
    routed = recipients(
        case_of(event, by, capacity=capacity, friend=VERIFIED, declaration=Capacity.LACKS)
    )
    assert {one.id: one.in_place_of for one in routed.recipients} == {
        "child": None,
        "case_friend": None,
        "mother": None,
        "father": None,
    }


@pytest.mark.parametrize("event", sorted(CONVERSION - {"aln_notice"}))
@pytest.mark.parametrize("capacity", [None, True, False])
def test_a_conversion_notice_asks_the_givers_own_view_alone(
    event: str, capacity: bool | None
) -> None:
    for friend, declaration, la_view in product((None, VERIFIED), VIEWS, VIEWS):
        routed = recipients(
            case_of(
                event,
                capacity=capacity,
                friend=friend,
                declaration=declaration,
                la_view=la_view,
            )
        )
        child = [] if capacity is False else ["child"]
        assert [one.id for one in routed.recipients] == [*child, "mother", "father"]
        why = {left_out.id: left_out.why for left_out in routed.not_sent}
        if capacity is False:
            assert why["child"] is Why.NO_DUTY
        if friend:
            assert why["case_friend"] is Why.NOT_ENTITLED
        assert routed.flags == ()


def test_a_mother_who_is_the_case_friend_gets_one_copy_in_both_capacities() -> None:
    friend = replace(VERIFIED, id="mother")
    routed = recipients(case_of(friend=friend))
    assert [one.id for one in routed.recipients] == ["mother", "father"]
    mother = routed.recipients[0]
    assert (mother.slot, mother.in_place_of) == (Slot.PERSON, "child")
    assert mother.capacities == (Role.CASE_FRIEND, Role.PARENT)
    assert routed.flags == ("dual_capacity:mother",)
    assert [left_out.id for left_out in routed.not_sent] == ["child"]


def test_a_mother_named_as_case_friend_without_an_order_still_receives_as_a_parent() -> None:
    routed = recipients(case_of(friend=CaseFriend("mother")))
    assert [one.id for one in routed.recipients] == ["child", "mother", "father"]
    assert routed.recipients[1].capacities == (Role.PARENT,)
    assert routed.flags == ("case_friend_not_verified",)


def test_a_child_has_no_representative() -> None:
    deputy = Representative("deputy", RepresentativeKind.DEPUTY, covers_aln_matters=True)
    routed = recipients(replace(case_of(capacity=False), representatives=(deputy,)))
    assert [one.id for one in routed.recipients] == ["mother", "father"]
    assert {one.id: one.why for one in routed.not_sent}["deputy"] is Why.NOT_ENTITLED


@pytest.mark.parametrize(
    ("on", "receives"),
    [
        (date(2026, 6, 25), {"learner", "mother", "father"}),
        (date(2026, 6, 26), {"learner", "mother", "father"}),
        (date(2026, 6, 27), {"learner"}),
    ],
)
def test_recipients_change_overnight_on_the_last_friday_in_june(
    on: date, receives: set[str]
) -> None:
    case = replace(case_of(), on=on, learner=Learner("learner", dob=date(2010, 1, 15)))
    assert {one.id for one in recipients(case).recipients} == receives


def test_a_stated_kind_that_the_date_of_birth_contradicts_is_used_and_marked() -> None:
    learner = Learner("learner", PersonKind.CHILD, dob=date(2008, 1, 15))
    routed = recipients(replace(case_of(), learner=learner))
    assert {one.id for one in routed.recipients} == {"learner", "mother", "father"}
    assert "person_kind" in [doubt.point for doubt in routed.trace.uncertain]


def test_two_parents_get_a_copy_each_and_the_answer_says_that_this_was_not_read() -> None:
    assert "several_parents" in [doubt.point for doubt in recipients(case_of()).trace.uncertain]
    alone = recipients(replace(case_of(), parents=(MOTHER,)))
    assert "several_parents" not in [doubt.point for doubt in alone.trace.uncertain]


def test_a_view_that_is_not_heard_is_named_as_a_near_miss() -> None:
    authority = recipients(case_of("no_aln_decision_s13_3", LA, la_view=Capacity.LACKS))
    assert "la_view_not_heard" in [step.rule for step in authority.trace.steps]
    school = recipients(case_of(la_view=Capacity.LACKS))
    assert "la_view_not_heard" not in [step.rule for step in school.trace.steps]
    grown = Learner("yp", PersonKind.YOUNG_PERSON)
    young = recipients(replace(case_of(declaration=Capacity.LACKS), learner=grown))
    assert [one.id for one in young.recipients] == ["yp"]
    assert "views_of_a_childs_capacity" in [step.rule for step in young.trace.steps]


def test_a_parent_named_twice_gets_one_copy_and_no_second_capacity() -> None:
    routed = recipients(replace(case_of(), parents=(MOTHER, MOTHER)))
    assert [one.id for one in routed.recipients] == ["child", "mother"]
    assert routed.flags == ()
