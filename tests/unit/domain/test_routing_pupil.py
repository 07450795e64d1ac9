"""From a pupil's record to the facts of a notice: who of the contacts is told as a parent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mis_bridge.domain.pupil import Contact, LookedAfter, Pupil, Source
from mis_bridge.domain.routing import (
    Capacity,
    CapacityView,
    ElectronicConsent,
    Giver,
    Representative,
    RepresentativeKind,
    Routed,
    RoutingFacts,
    Why,
    case_from_pupil,
    contact_ids,
    recipients,
)
from mis_bridge.domain.words import Words
from tests.unit.domain.routing_table import TODAY, VERIFIED

MOTHER = Contact(relationship="mother", parental_responsibility=True, priority=1, email="m@e.org")
FATHER = Contact(relationship="father", parental_responsibility=True, priority=2)
GRANDMOTHER = Contact(relationship="grandmother", parental_responsibility=False, priority=3)
CHILD = Pupil(
    Source("wonde", "681/4001", "A1"),
    dob=date(2014, 3, 4),
    contacts=(MOTHER, FATHER, GRANDMOTHER),
    correspondence_language="cy",
)
GROWN = replace(CHILD, dob=date(2009, 3, 4))


def route(
    pupil: Pupil = CHILD,
    facts: RoutingFacts | None = None,
    event: str = "no_aln_decision_s11_4",
    on: date = TODAY,
) -> Routed:
    return recipients(
        case_from_pupil(
            pupil, event=event, by="maintained_school", on=on, facts=facts or RoutingFacts()
        )
    )


def reached(routed: Routed) -> list[str]:
    return [one.id for one in routed.recipients]


def reasons(routed: Routed) -> dict[str, Why]:
    return {one.id: one.why for one in routed.not_sent}


def test_a_child_and_each_parent_receive_and_the_grandmother_is_answered_for() -> None:
    routed = route()
    assert reached(routed) == ["child", "contact:1", "contact:2"]
    assert reasons(routed) == {"contact:3": Why.NOT_ENTITLED}
    assert routed.flags == ()


def test_a_young_person_receives_alone() -> None:
    routed = route(GROWN)
    assert reached(routed) == ["young_person"]
    assert set(reasons(routed)) == {"contact:1", "contact:2", "contact:3"}


def test_an_unknown_date_of_birth_reaches_nobody() -> None:
    assert reached(route(replace(CHILD, dob=None))) == []


@pytest.mark.parametrize(
    ("contact", "why"),
    [
        (replace(MOTHER, parental_responsibility=None), None),
        (replace(FATHER, parental_responsibility=None, priority=1), None),
        (replace(MOTHER, relationship="social_worker"), None),
        (replace(MOTHER, relationship="unknown"), None),
        (replace(MOTHER, parental_responsibility=False), Why.NOT_VERIFIED),
        (replace(MOTHER, court_order=True), Why.NOT_VERIFIED),
        (replace(MOTHER, court_order=False), None),
        (replace(GRANDMOTHER, priority=1, relationship="foster_carer"), Why.NOT_VERIFIED),
        (replace(GRANDMOTHER, priority=1, relationship="step_father"), Why.NOT_VERIFIED),
        (replace(GRANDMOTHER, priority=1), Why.NOT_ENTITLED),
        (
            replace(GRANDMOTHER, priority=1, parental_responsibility=None, court_order=True),
            Why.NOT_ENTITLED,
        ),
    ],
)
def test_who_is_told_as_a_parent(contact: Contact, why: Why | None) -> None:
    routed = route(replace(CHILD, contacts=(contact,)))
    assert ("contact:1" in reached(routed)) is (why is None)
    assert reasons(routed).get("contact:1") is why
    assert routed.flags == (("escalate:contact:1",) if why is Why.NOT_VERIFIED else ())


def test_what_a_person_has_recorded_of_a_parent_comes_first() -> None:
    carer = replace(CHILD, contacts=(replace(MOTHER, court_order=True), FATHER, GRANDMOTHER))
    facts = RoutingFacts(
        parents_confirmed=frozenset({"contact:1", "contact:3"}),
        parents_withheld={"contact:2": Words("A court order.", "Gorchymyn llys.")},
    )
    routed = route(carer, facts)
    assert reached(routed) == ["child", "contact:1", "contact:3"]
    assert reasons(routed) == {"contact:2": Why.NOT_ENTITLED}
    assert routed.not_sent[0].because.en == "A court order."
    assert routed.flags == ()


def test_a_withheld_parent_never_represents_a_young_person() -> None:
    facts = RoutingFacts(
        capacity={
            "young_person": CapacityView(has_capacity=False, decided_on=TODAY, decided_by="school")
        },
        parents_withheld={"contact:2": Words("A court order.", "Gorchymyn llys.")},
    )
    routed = route(GROWN, facts)
    assert reached(routed) == ["contact:1"]
    assert reasons(routed)["contact:2"] is Why.NOT_ENTITLED


def test_a_withheld_parent_never_receives_as_the_other_parents_representative() -> None:
    deputy = Representative("contact:2", RepresentativeKind.DEPUTY, covers_aln_matters=True)
    lacks = CapacityView(has_capacity=False, decided_on=TODAY, decided_by="school")
    facts = RoutingFacts(
        capacity={"contact:1": lacks},
        parent_representatives={"contact:1": (deputy,)},
        parents_withheld={"contact:2": Words("A court order.", "Gorchymyn llys.")},
    )
    routed = route(facts=facts)
    assert reached(routed) == ["child"]
    assert routed.flags == ("escalate:contact:2",)


def test_a_view_of_capacity_counts_from_the_day_it_was_formed() -> None:
    lacks = CapacityView(has_capacity=False, decided_on=TODAY, decided_by="school")
    facts = RoutingFacts(capacity={"child": lacks})
    assert reached(route(facts=facts)) == ["contact:1", "contact:2"]
    assert "child" in reached(route(facts=facts, on=date(2026, 11, 19)))


def test_the_authoritys_view_and_the_tribunals_count_from_their_day() -> None:
    lacks = CapacityView(has_capacity=False, decided_on=TODAY, decided_by="la")
    for facts in (RoutingFacts(la_view=lacks), RoutingFacts(tribunal_declaration=lacks)):
        assert "child" not in reached(route(facts=facts))
        assert "child" in reached(route(facts=facts, on=date(2026, 11, 19)))
    case = case_from_pupil(
        CHILD,
        event="idp_copy_s22_1",
        by="fei",
        on=TODAY,
        facts=RoutingFacts(la_view=replace(lacks, has_capacity=True)),
    )
    assert case.la_view is Capacity.HAS


def test_a_case_friend_and_a_parents_deputy_stand_in() -> None:
    deputy = Representative("deputy", RepresentativeKind.DEPUTY, covers_aln_matters=True)
    lacks = CapacityView(has_capacity=False, decided_on=TODAY, decided_by="school")
    facts = RoutingFacts(
        case_friend=VERIFIED,
        capacity={"contact:1": lacks},
        parent_representatives={"contact:1": (deputy,)},
    )
    assert reached(route(facts=facts)) == ["case_friend", "deputy", "contact:2"]


@pytest.mark.parametrize(
    ("given_to", "given_on", "electronic"),
    [
        (Giver.MAINTAINED_SCHOOL, date(2026, 11, 1), True),
        (Giver.MAINTAINED_SCHOOL, TODAY, True),
        (Giver.MAINTAINED_SCHOOL, date(2026, 11, 21), False),
        (Giver.LOCAL_AUTHORITY, date(2026, 11, 1), False),
    ],
)
def test_willingness_counts_when_told_earlier_to_this_very_body(
    given_to: Giver, given_on: date, electronic: bool
) -> None:
    consent = ElectronicConsent("m@e.org", given_to, given_on)
    routed = route(facts=RoutingFacts(consents={"contact:1": consent}))
    mother = next(one for one in routed.recipients if one.id == "contact:1")
    assert ("electronic" in mother.channels) is electronic
    assert "electronic" not in routed.recipients[0].channels


def test_an_e_mail_address_in_the_record_is_no_consent() -> None:
    assert all("electronic" not in one.channels for one in route().recipients)


def test_languages_come_from_the_record_until_a_person_says_otherwise() -> None:
    contacts = (replace(MOTHER, preferred_language="en"), replace(FATHER, preferred_language="pl"))
    routed = route(replace(CHILD, contacts=contacts))
    assert {one.id: one.language for one in routed.recipients} == {
        "child": "cy",
        "contact:1": "en",
        "contact:2": "both",
    }
    said = route(replace(CHILD, contacts=contacts), RoutingFacts(languages={"contact:2": "cy"}))
    assert said.recipients[2].language == "cy"


def test_the_school_of_a_looked_after_child_notifies_nobody() -> None:
    cared_for = replace(CHILD, looked_after=LookedAfter(in_care=True))
    assert route(cared_for, RoutingFacts(area="wales")).flags == ("school_is_not_the_notifier",)
    assert reached(route(cared_for, RoutingFacts(area="england"))) == [
        "child",
        "contact:1",
        "contact:2",
    ]
    assert reached(route(cared_for, RoutingFacts(looked_after=False)))[0] == "child"


def test_contacts_that_share_a_priority_or_have_none_go_by_their_index() -> None:
    shared = replace(CHILD, contacts=(MOTHER, replace(FATHER, priority=1), Contact()))
    assert [who for who, _ in contact_ids(shared)] == ["contact:n1", "contact:n2", "contact:n3"]
    assert [who for who, _ in contact_ids(CHILD)] == ["contact:1", "contact:2", "contact:3"]


def test_a_pupil_nobody_is_named_for_still_gets_an_answer() -> None:
    routed = route(replace(CHILD, contacts=()))
    assert reached(routed) == ["child"]
    assert "no_parent_named" in [step.rule for step in routed.trace.steps]


def test_the_record_and_the_facts_never_show_in_a_repr() -> None:
    consent = ElectronicConsent("m@e.org", Giver.FEI, TODAY)
    facts = RoutingFacts(consents={"contact:1": consent})
    assert "m@e.org" not in repr(facts) + repr(consent)
