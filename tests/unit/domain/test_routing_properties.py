"""What holds of every case of routing, whatever the facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.notices import events
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import (
    Capacity,
    CaseFriend,
    Delivery,
    Giver,
    Learner,
    NoticeCase,
    Parent,
    Representative,
    RepresentativeKind,
    Slot,
    Standing,
    recipients,
)
from tests.unit.domain.routing_table import (
    CONVERSION,
    GENERAL_INFORMATION,
    TODAY,
    VERIFIED,
    YOUNG_PERSON,
)

FACT = st.sampled_from([None, True, False])
DAYS = st.sampled_from([None, date(2026, 11, 19), TODAY, date(2026, 11, 21)])
IDS = ("ann", "bob", "cai", "dot", "eli")
DELIVERIES = st.builds(
    Delivery,
    address=st.none(),
    electronic_address=st.sampled_from([None, "someone@example.org"]),
    electronic_consent=FACT,
    language=st.sampled_from(["en", "cy", "both"]),
)
REPRESENTATIVES = st.builds(
    Representative,
    id=st.sampled_from(IDS),
    kind=st.sampled_from([None, *RepresentativeKind]),
    covers_aln_matters=FACT,
    registered=FACT,
    registration_applied=FACT,
    delivery=DELIVERIES,
)
NAMED = st.lists(REPRESENTATIVES, max_size=3).map(tuple)
PARENTS = st.lists(
    st.builds(
        Parent,
        id=st.sampled_from(["mother", "father", "ann"]),
        capacity=FACT,
        representatives=NAMED,
        standing=st.sampled_from(list(Standing)),
        delivery=DELIVERIES,
    ),
    max_size=3,
    unique_by=lambda parent: parent.id,
).map(tuple)
FRIENDS = st.none() | st.builds(
    CaseFriend,
    id=st.sampled_from(["friend", "mother", "ann"]),
    order_ref=st.sampled_from([None, "", "ETW/2026/001"]),
    ordered_on=DAYS,
    removed_on=DAYS,
)
OFFICERS = st.none() | st.sampled_from(["officer", "ann"])
LEARNERS = st.builds(
    Learner,
    id=st.just("learner"),
    kind=st.sampled_from([None, *PersonKind]),
    dob=st.none() | st.dates(date(2002, 1, 1), date(2021, 12, 31)),
    detained=FACT,
    capacity=FACT,
    delivery=DELIVERIES,
)
CASES = st.builds(
    NoticeCase,
    event=st.sampled_from([row.id for row in events()]),
    by=st.sampled_from([None, *Giver]),
    on=st.sampled_from([None, TODAY]),
    learner=st.none() | LEARNERS,
    area=st.sampled_from([None, "wales", "england"]),
    looked_after=FACT,
    la_view=st.sampled_from([None, *Capacity]),
    tribunal_declaration=st.sampled_from([None, *Capacity]),
    case_friend=FRIENDS,
    parents=PARENTS,
    representatives=NAMED,
    iro=OFFICERS,
    governing_body=OFFICERS,
    person_in_charge=OFFICERS,
    other_bodies=st.lists(st.sampled_from(["board", "college"]), max_size=2).map(tuple),
    others=st.lists(st.sampled_from(["aunt", "neighbour"]), max_size=2).map(tuple),
    sent_on=st.sampled_from([None, TODAY]),
)


def receives(case: NoticeCase) -> set[str]:
    return {one.id for one in recipients(case).recipients}


def may_hold_authority(who: Representative) -> bool:
    """Say whether somebody could hold authority on these facts, read apart from the code."""
    if who.kind is RepresentativeKind.ENDURING_POWER:
        return bool(who.registered or who.registration_applied)
    if who.kind is RepresentativeKind.LASTING_POWER and who.registered is False:
        return False
    return who.kind is not None and who.covers_aln_matters is True


def in_force(friend: CaseFriend, on: date | None) -> bool:
    ordered, removed = friend.ordered_on, friend.removed_on
    if not friend.order_ref or ordered is None:
        return False
    if on is None:
        return removed is None
    return ordered <= on and (removed is None or removed > on)


def could_receive(case: NoticeCase) -> set[str]:
    """Return everybody who could lawfully receive under some provision; nobody else ever may."""
    allowed = set(case.other_bodies)
    allowed |= {one for one in (case.iro, case.governing_body, case.person_in_charge) if one}
    if case.learner:
        allowed.add(case.learner.id)
        if case.learner.capacity is False:
            allowed |= {one.id for one in case.representatives if may_hold_authority(one)}
    if case.case_friend and in_force(case.case_friend, case.day):
        allowed.add(case.case_friend.id)
    for parent in case.parents:
        if parent.standing is not Standing.PARENT:
            continue
        if parent.capacity is False:
            allowed |= {one.id for one in parent.representatives if may_hold_authority(one)}
        if parent.capacity is not False or case.event in GENERAL_INFORMATION:
            allowed.add(parent.id)
    officers = {*case.other_bodies, case.iro, case.governing_body, case.person_in_charge}
    barred = {one.id for one in case.parents if one.standing is not Standing.PARENT}
    return allowed - (barred - officers)


def without_one_representative(case: NoticeCase) -> list[NoticeCase]:
    fewer = [
        replace(case, representatives=tuple(one for one in case.representatives if one is not gone))
        for gone in case.representatives
    ]
    for parent in case.parents:
        for gone in parent.representatives:
            left = tuple(one for one in parent.representatives if one is not gone)
            changed = replace(parent, representatives=left)
            parents = tuple(changed if one is parent else one for one in case.parents)
            fewer.append(replace(case, parents=parents))
    return fewer


@given(CASES)
def test_recipients_and_not_sent_partition_everybody_named(case: NoticeCase) -> None:
    routed = recipients(case)
    reached = [one.id for one in routed.recipients]
    left_out = [one.id for one in routed.not_sent]
    assert len(reached) == len(set(reached))
    assert len(left_out) == len(set(left_out))
    assert set(reached).isdisjoint(left_out)
    assert set(reached) | set(left_out) == set(case.named())


@given(CASES)
def test_nobody_who_could_not_lawfully_receive_ever_does(case: NoticeCase) -> None:
    assert receives(case) <= could_receive(case)


@given(CASES)
def test_removing_a_representative_never_sends_to_someone_barred(case: NoticeCase) -> None:
    for fewer in without_one_representative(case):
        assert receives(fewer) <= could_receive(fewer)


@given(CASES)
def test_adding_a_case_friend_never_changes_the_parents_places(case: NoticeCase) -> None:
    def parents(of: NoticeCase) -> list[tuple[str, str | None]]:
        return [
            (one.id, one.in_place_of)
            for one in recipients(of).recipients
            if one.slot is Slot.PARENT
        ]

    stranger = replace(VERIFIED, id="stranger")
    assert parents(replace(case, case_friend=stranger)) == parents(replace(case, case_friend=None))


@given(CASES)
def test_the_parent_of_a_young_person_with_capacity_never_receives(case: NoticeCase) -> None:
    learner = Learner("learner", YOUNG_PERSON, capacity=True)
    quiet = replace(case, learner=learner, iro=None, governing_body=None, person_in_charge=None)
    if quiet.event != "s9_4_information":
        assert not receives(quiet) & {parent.id for parent in quiet.parents}


@given(CASES)
def test_a_childs_own_capacity_never_changes_the_parents_places(case: NoticeCase) -> None:
    def parents(*, capacity: bool | None) -> list[str]:
        learner = Learner("learner", PersonKind.CHILD, capacity=capacity)
        routed = recipients(replace(case, learner=learner, case_friend=None))
        return [one.id for one in routed.recipients if one.slot is Slot.PARENT]

    assert parents(capacity=True) == parents(capacity=False) == parents(capacity=None)


@given(CASES)
def test_a_case_friend_in_force_always_stands_in_where_the_rule_covers_the_notice(
    case: NoticeCase,
) -> None:
    learner = Learner("learner", PersonKind.CHILD, capacity=True)
    child = replace(case, learner=learner, case_friend=VERIFIED)
    seats = [one.id for one in recipients(child).recipients if one.slot is Slot.PERSON]
    if child.event in CONVERSION:
        assert "case_friend" not in seats
    elif child.event not in GENERAL_INFORMATION:
        assert "learner" not in seats


@given(CASES)
def test_nobody_is_reached_electronically_without_both_consent_and_an_address(
    case: NoticeCase,
) -> None:
    for one in recipients(case).recipients:
        delivery = case.delivery_of(one.id)
        agreed = delivery.electronic_consent is True and bool(delivery.electronic_address)
        assert ("electronic" in one.channels) is agreed
        assert list(one.channels[:3]) == ["post", "hand", "leave_at_address"]


@given(CASES)
def test_the_order_in_which_people_are_named_changes_nobodys_answer(case: NoticeCase) -> None:
    turned = replace(
        case,
        parents=tuple(
            replace(parent, representatives=parent.representatives[::-1])
            for parent in case.parents[::-1]
        ),
        representatives=case.representatives[::-1],
    )

    def answer(of: NoticeCase) -> tuple[set[str], dict[str, str], set[str]]:
        routed = recipients(of)
        return (
            {one.id for one in routed.recipients},
            {one.id: one.why for one in routed.not_sent},
            set(routed.flags),
        )

    assert answer(turned) == answer(case)
