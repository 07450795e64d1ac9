"""Young people and parents who lack capacity: exactly one representative, or a person decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import (
    Learner,
    NoticeCase,
    Parent,
    Recipient,
    Representative,
    RepresentativeKind,
    Role,
    Routed,
    Slot,
    Why,
    recipients,
)
from tests.unit.domain.routing_table import FATHER, FEI, LA, MOTHER, SCHOOL, TODAY, VERIFIED

DEPUTY = Representative("deputy", RepresentativeKind.DEPUTY, covers_aln_matters=True)
MONEY_DEPUTY = replace(DEPUTY, id="money_deputy", covers_aln_matters=False)
UNREAD_DEPUTY = replace(DEPUTY, id="unread_deputy", covers_aln_matters=None)
DONEE = Representative("donee", RepresentativeKind.LASTING_POWER, covers_aln_matters=True)
UNREGISTERED_DONEE = replace(DONEE, id="unregistered", registered=False)
ATTORNEY = Representative("attorney", RepresentativeKind.ENDURING_POWER, registered=True)
APPLIED = Representative(
    "applied", RepresentativeKind.ENDURING_POWER, registered=False, registration_applied=True
)
NOT_REGISTERED = Representative(
    "not_registered",
    RepresentativeKind.ENDURING_POWER,
    registered=False,
    registration_applied=False,
    covers_aln_matters=True,
)
UNKNOWN_DEED = Representative("unknown_deed", RepresentativeKind.ENDURING_POWER)
NO_DEED = Representative("no_deed")


def young_person(
    *named: Representative,
    capacity: bool | None = False,
    parents: tuple[Parent, ...] = (MOTHER, FATHER),
) -> NoticeCase:
    return NoticeCase(
        event="idp_copy_s22_1",
        by=SCHOOL,
        on=TODAY,
        learner=Learner("yp", PersonKind.YOUNG_PERSON, capacity=capacity),
        parents=parents,
        representatives=named,
    )


def child_of(*parents: Parent) -> NoticeCase:
    return NoticeCase(
        event="idp_copy_s22_1",
        by=SCHOOL,
        on=TODAY,
        learner=Learner("child", PersonKind.CHILD),
        parents=parents,
    )


def lacking(*named: Representative, who: str = "mother") -> Parent:
    return Parent(who, capacity=False, representatives=named)


def reached(routed: Routed) -> dict[str, str | None]:
    return {one.id: one.in_place_of for one in routed.recipients}


def reasons(routed: Routed) -> dict[str, Why]:
    return {one.id: one.why for one in routed.not_sent}


@pytest.mark.parametrize("capacity", [True, None])
def test_a_young_person_with_capacity_receives_and_nobody_else(capacity: bool | None) -> None:
    routed = recipients(young_person(DEPUTY, DONEE, capacity=capacity))
    assert reached(routed) == {"yp": None}
    assert set(reasons(routed).values()) == {Why.NOT_ENTITLED}
    assert routed.flags == ()


@pytest.mark.parametrize(
    ("named", "holder"),
    [
        ((DEPUTY,), "deputy"),
        ((DONEE,), "donee"),
        ((ATTORNEY,), "attorney"),
        ((APPLIED,), "applied"),
        ((DEPUTY, MONEY_DEPUTY), "deputy"),
        ((MONEY_DEPUTY, NOT_REGISTERED, DONEE), "donee"),
        ((DEPUTY, replace(DONEE, id="deputy")), "deputy"),
    ],
)
def test_exactly_one_holder_of_authority_stands_in(
    named: tuple[Representative, ...], holder: str
) -> None:
    routed = recipients(young_person(*named))
    assert reached(routed) == {holder: "yp"}
    why = reasons(routed)
    assert why.pop("yp") is Why.REPLACED
    assert set(why.values()) == {Why.NOT_ENTITLED}
    assert routed.flags == ()
    parent = recipients(child_of(lacking(*named)))
    assert reached(parent) == {"child": None, holder: "mother"}
    assert reasons(parent)["mother"] is Why.REPLACED


@pytest.mark.parametrize(
    "named", [(DEPUTY, DONEE), (DEPUTY, ATTORNEY, MONEY_DEPUTY), (DONEE, APPLIED, UNREAD_DEPUTY)]
)
def test_two_holders_of_authority_stop_everything_until_a_person_decides(
    named: tuple[Representative, ...],
) -> None:
    routed = recipients(young_person(*named))
    assert reached(routed) == {}
    assert routed.flags == ("conflicting_representatives",)
    assert reasons(routed)["yp"] is Why.REPLACED
    assert reasons(routed)["mother"] is Why.NOT_ENTITLED
    assert reasons(routed)[named[0].id] is Why.NOT_VERIFIED
    parent = recipients(child_of(lacking(*named), FATHER))
    assert reached(parent) == {"child": None, "father": None}
    assert parent.flags == ("conflicting_representatives",)


@pytest.mark.parametrize("named", [(), (MONEY_DEPUTY,), (NOT_REGISTERED,)])
def test_without_a_holder_of_authority_each_parent_represents_the_young_person(
    named: tuple[Representative, ...],
) -> None:
    routed = recipients(young_person(*named))
    assert reached(routed) == {"mother": "yp", "father": "yp"}
    assert {one.slot for one in routed.recipients} == {Slot.PERSON}
    assert {one.capacities for one in routed.recipients} == {(Role.REPRESENTATIVE,)}
    assert reasons(routed)["yp"] is Why.REPLACED
    assert routed.flags == ()


@pytest.mark.parametrize(
    "unsettled", [UNREAD_DEPUTY, UNREGISTERED_DONEE, UNKNOWN_DEED, NO_DEED], ids=lambda one: one.id
)
def test_an_authority_that_the_facts_do_not_settle_reaches_nobody(
    unsettled: Representative,
) -> None:
    for named in ((unsettled,), (unsettled, DEPUTY)):
        routed = recipients(young_person(*named))
        assert reached(routed) == {}
        assert routed.flags == ("escalate:yp",)
        assert reasons(routed)[unsettled.id] is Why.NOT_VERIFIED
        parent = recipients(child_of(lacking(*named)))
        assert reached(parent) == {"child": None}
        assert parent.flags == ("escalate:mother",)


def test_a_parent_who_lacks_capacity_does_not_represent_while_the_other_does() -> None:
    routed = recipients(young_person(parents=(Parent("mother", capacity=False), FATHER)))
    assert reached(routed) == {"father": "yp"}
    assert reasons(routed)["mother"] is Why.NOT_VERIFIED
    assert routed.flags == ()


def test_when_the_parents_lack_capacity_too_a_person_must_decide() -> None:
    mother = lacking(DEPUTY)
    routed = recipients(young_person(parents=(mother,)))
    assert reached(routed) == {}
    assert routed.flags == ("escalate:yp",)
    points = [doubt.point for doubt in routed.trace.uncertain]
    assert points == ["parent_as_representative_lacks_capacity"]
    assert reasons(routed)["deputy"] is Why.NOT_ENTITLED


def test_a_young_person_without_anybody_is_flagged() -> None:
    routed = recipients(young_person(parents=()))
    assert reached(routed) == {}
    assert routed.flags == ("no_representative:yp",)


def test_a_mother_who_is_the_deputy_receives_as_the_representative_alone() -> None:
    routed = recipients(young_person(replace(DEPUTY, id="mother")))
    assert reached(routed) == {"mother": "yp"}
    assert routed.recipients[0].capacities == (Role.REPRESENTATIVE,)
    assert routed.flags == ()


def test_a_former_case_friend_receives_nothing_for_a_young_person() -> None:
    routed = recipients(replace(young_person(capacity=True), case_friend=VERIFIED))
    assert reached(routed) == {"yp": None}
    assert reasons(routed)["case_friend"] is Why.NOT_ENTITLED
    assert routed.flags == ()


def test_an_enduring_power_of_a_young_person_is_doubted() -> None:
    points = [doubt.point for doubt in recipients(young_person(ATTORNEY)).trace.uncertain]
    assert points == ["enduring_power_of_a_young_person"]


def test_a_detained_young_person_is_represented_under_regulation_38() -> None:
    case = replace(young_person(DEPUTY), event="idp_copy_s40_5", by=None)
    assert case.learner is not None
    routed = recipients(replace(case, learner=replace(case.learner, detained=True)))
    assert reached(routed) == {"deputy": "yp"}
    sources = {step.source for step in routed.trace.steps}
    assert "S.I. 2021/401 reg. 38" in sources
    assert "S.I. 2021/401 reg. 37(1)" not in sources


def test_a_parent_without_a_representative_leaves_the_place_empty() -> None:
    routed = recipients(child_of(lacking(MONEY_DEPUTY), FATHER))
    assert reached(routed) == {"child": None, "father": None}
    assert routed.flags == ("no_representative:mother",)
    assert reasons(routed) == {"mother": Why.NO_DUTY, "money_deputy": Why.NOT_ENTITLED}


@pytest.mark.parametrize("capacity", [True, None])
def test_a_parent_with_capacity_is_not_represented(capacity: bool | None) -> None:
    mother = Parent("mother", capacity=capacity, representatives=(DEPUTY,))
    routed = recipients(child_of(mother))
    assert reached(routed) == {"child": None, "mother": None}
    assert reasons(routed) == {"deputy": Why.NOT_ENTITLED}


def test_a_father_who_represents_the_mother_gets_one_copy_in_both_capacities() -> None:
    routed = recipients(child_of(FATHER, lacking(replace(DEPUTY, id="father"))))
    father: Recipient = routed.recipients[1]
    assert father.capacities == (Role.PARENT, Role.REPRESENTATIVE)
    assert (father.in_place_of, father.also_in_place_of) == (None, ("mother",))
    assert routed.flags == ("dual_capacity:father",)


def test_one_deputy_for_both_parents_gets_one_copy() -> None:
    routed = recipients(child_of(lacking(DEPUTY), lacking(DEPUTY, who="father")))
    assert [one.id for one in routed.recipients] == ["child", "deputy"]
    deputy = routed.recipients[1]
    assert (deputy.in_place_of, deputy.also_in_place_of) == ("mother", ("father",))
    assert routed.flags == ("dual_capacity:deputy",)


def test_general_information_goes_to_the_represented_as_well() -> None:
    young = replace(young_person(DEPUTY), event="s9_5_information", by=FEI)
    assert reached(recipients(young)) == {"yp": None, "deputy": None}
    child = replace(child_of(lacking(DEPUTY), FATHER), event="s9_3_information", by=LA)
    assert reached(recipients(child)) == {
        "child": None,
        "mother": None,
        "deputy": None,
        "father": None,
    }


def test_general_information_without_a_deputy_reaches_the_parents_as_representatives() -> None:
    young = replace(young_person(), event="s9_5_information", by=FEI)
    assert reached(recipients(young)) == {"yp": None, "mother": None, "father": None}


def test_a_schools_general_information_reaches_the_parents_of_its_young_pupils() -> None:
    young = replace(young_person(DEPUTY, capacity=True), event="s9_4_information")
    assert reached(recipients(young)) == {"yp": None, "mother": None, "father": None}
    lacks = recipients(replace(young_person(DEPUTY), event="s9_4_information"))
    assert reached(lacks) == {"yp": None, "mother": None, "father": None}
    assert reasons(lacks) == {"deputy": Why.NO_DUTY}


def test_an_authoritys_general_information_does_not_reach_a_young_persons_parents() -> None:
    young = replace(young_person(capacity=True), event="s9_3_information", by=LA)
    assert reached(recipients(young)) == {"yp": None}


def test_a_parent_nobody_represents_still_gets_general_information() -> None:
    child = replace(child_of(lacking()), event="s9_4_information")
    routed = recipients(child)
    assert reached(routed) == {"child": None, "mother": None}
    assert routed.flags == ()


def test_a_conversion_notice_goes_to_a_young_person_alone_and_says_what_was_not_read() -> None:
    young = replace(young_person(capacity=True), event="idp_notice")
    routed = recipients(young)
    assert reached(routed) == {"yp": None}
    assert "conversion_young_person" in [doubt.point for doubt in routed.trace.uncertain]
