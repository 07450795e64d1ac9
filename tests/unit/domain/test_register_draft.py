"""A draft from the register alone: what is copied, what is a hint, and that all else stays open."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mis_bridge.domain.idp import IdpDraft, draft_from_json
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS
from mis_bridge.domain.pupil import (
    Contact,
    LookedAfter,
    Name,
    Need,
    Provision,
    ProvisionType,
    Pupil,
    Source,
    SupportLevels,
    UpnStatus,
)
from mis_bridge.domain.register_draft import draft_from_register

TODAY = date(2026, 11, 20)
PUPIL = Pupil(
    Source("wonde", "661/9901", "A1"),
    upn="P661990118001",
    upn_status=UpnStatus.VALID,
    name=Name("Siôn", "Rhys", "Prydderch"),
    dob=date(2014, 2, 17),
    provision=Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2022, 9, 1)),
    provision_history=(
        Provision(ProvisionType.SCHOOL_ACTION, "A", date(2021, 1, 11), date(2022, 8, 31)),
        Provision(ProvisionType.SCHOOL_ACTION_PLUS, "P", date(2022, 9, 1)),
    ),
    needs=(Need("dyslexia", "DYSL", 1), Need("unknown", "Q7", 2)),
    correspondence_language="cy",
    contacts=(Contact("Lowri Prydderch", "mother", parental_responsibility=True),),
)


def drafted(**facts: Any) -> IdpDraft:
    return draft_from_register(replace(PUPIL, **facts), "D1", school="661/9901", on=TODAY)


def gaps(draft: IdpDraft) -> set[str]:
    return {gap.field for gap in draft.gaps}


def summaries(draft: IdpDraft) -> list[str]:
    return [
        field.value["summary"]
        for key, field in draft.fields.items()
        if key.startswith("record[") and isinstance(field.value, dict)
    ]


def test_who_the_pupil_is_is_copied_with_the_register_as_its_origin() -> None:
    draft = drafted()
    copied = {key: field.value for key, field in draft.fields.items() if "person." in key}
    assert copied == {
        "person.name": "Siôn Prydderch",
        "person.other_names": "Rhys",
        "person.dob": "2014-02-17",
        "person.upn": "P661990118001",
        "person.languages": "cy",
        "person.school": "661/9901",
        "person.la": "661",
    }
    assert draft.fields["person.name"].origin.record == "wonde:A1"
    assert draft.fields["contacts[0]"].value == {
        "role": "mother",
        "basis": "parental_responsibility",
        "name": "Lowri Prydderch",
    }


def test_everything_that_a_person_must_write_or_decide_is_a_gap() -> None:
    form = FORMS[ANNEX_A]
    wanted = {field.key for field in form.fields if field.missing and field.part != "alp"}
    supplied = {
        "person.name", "person.dob", "person.upn", "person.school", "person.la",
        "person.languages", "contacts[]", "record[]",
    }  # fmt: skip
    assert gaps(drafted()) == (wanted - supplied) | {"alp[]"}


def test_stages_are_history_and_a_category_is_a_hint_in_the_record_alone() -> None:
    draft = drafted()
    told = summaries(draft)
    assert "School Action Plus; history only" in told[0]
    assert "School Action until 31 August 2022; history only" in told[1]
    assert len(told) == 4
    assert "no evidence" in told[2]
    assert "Q7" in told[3]
    assert {draft.fields[f"record[{at}]"].confidence for at in (2, 3)} == {"hint"}
    assert not [key for key in draft.fields if key.startswith(("aln", "alp", "health_alp"))]
    printed = json.dumps(draft.to_json())
    assert "has ALN" not in printed
    assert draft.to_json()["status"] == "draft"


def test_the_reasons_are_those_of_a_register_and_not_of_an_export() -> None:
    draft = drafted(name=Name(), dob=None, upn=None, upn_status=UpnStatus.MISSING)
    why = {gap.field: gap.why for gap in draft.gaps}
    for key in ("person.name", "person.dob", "person.upn", "aln.impact", "alp[]"):
        assert "register" in why[key].en
        assert "gofrestr" in why[key].cy
    assert "missing_upn" in draft.flags


@pytest.mark.parametrize(
    ("contact", "whole"),
    [
        (Contact("A", "mother", parental_responsibility=True), True),
        (Contact("A", "mother", parental_responsibility=False), True),
        (Contact("A", "mother"), False),
        (Contact("A", "unknown", parental_responsibility=True), False),
    ],
)
def test_a_contact_without_role_or_basis_leaves_the_contacts_open(
    contact: Contact, *, whole: bool
) -> None:
    draft = drafted(contacts=(contact,))
    assert "contacts[0]" in draft.fields
    assert ("contacts[]" not in gaps(draft)) is whole


def test_under_a_court_order_no_address_goes_into_a_plan() -> None:
    contact = Contact("A", "father", address="1 Canary Row", court_order=True)
    draft = drafted(contacts=(contact,))
    assert "Canary Row" not in json.dumps(draft.to_json())
    assert "court_order:contacts[0]" in draft.flags


def test_a_young_person_is_flagged_for_consent_and_a_child_is_not() -> None:
    assert "young_person_consent_needed" not in drafted().flags
    assert "young_person_consent_needed" in drafted(dob=date(2009, 5, 6)).flags


def test_a_looked_after_child_gets_the_other_form_with_the_authority_that_is_known() -> None:
    draft = drafted(looked_after=LookedAfter(in_care=True, care_authority="660"))
    assert draft.form.id == ANNEX_B
    assert draft.fields["looked_after.authority"].value == "660"
    assert "looked_after.authority" not in gaps(draft)
    assert "looked_after.social_worker" in gaps(draft)


def test_a_stage_that_nobody_translates_and_levels_of_support_are_kept_as_read() -> None:
    draft = drafted(
        provision=Provision(ProvisionType.UNKNOWN, "K9"),
        provision_history=(),
        needs=(),
        support_levels=SupportLevels(curriculum="C2", advice="A1"),
    )
    assert ["K9" in told for told in summaries(draft)] == [True, False]
    assert "C2; A1" in summaries(draft)[1]


def test_a_draft_of_the_register_is_read_back_as_it_was() -> None:
    draft = drafted()
    assert draft_from_json(json.loads(json.dumps(draft.to_json()))) == draft
