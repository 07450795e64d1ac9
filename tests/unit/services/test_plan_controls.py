"""What a page of a plan changes, and what could be more specific in it: no database, no web."""

from __future__ import annotations

import pytest

from mis_bridge.domain.idp import DraftField, Origin, Value
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS
from mis_bridge.services.plans.control_words import PARTS
from mis_bridge.services.plans.controls import (
    NEW,
    Slug,
    changes_of,
    controls_of,
    next_number,
    place_of_key,
    slug_of,
)
from mis_bridge.services.plans.remarks import checked

FORM = FORMS[ANNEX_A]


def held(**values: Value) -> dict[str, DraftField]:
    """Return fields of a plan; `__` in a name stands for the dot of its key."""
    return {
        name.replace("__", "."): DraftField(value, Origin("iep:1", "here"), "proposed")
        for name, value in values.items()
    }


def provision(**values: Value) -> dict[str, DraftField]:
    """Return the fields of one provision."""
    return {f"alp[0].{name}": field for name, field in held(**values).items()}


@pytest.mark.parametrize("form_id", [ANNEX_A, ANNEX_B])
def test_every_part_of_a_form_has_a_page_a_name_and_controls(form_id: str) -> None:
    form = FORMS[form_id]
    for part in {field.part for field in form.fields} - {"milestones"}:
        assert part in PARTS
        slug = Slug(part, NEW) if part in {"alp", "health_alp"} else slug_of(part, form)
        assert slug is not None
        controls = controls_of(form, slug, {}, with_new=True)
        assert controls
        assert len({control.name for control in controls}) == len(controls)


@pytest.mark.parametrize("text", ["milestones", "alp", "alp-x", "alp-99999", "looked_after", ""])
def test_a_page_that_the_form_does_not_have_is_none(text: str) -> None:
    assert slug_of(text, FORM) is None


@pytest.mark.parametrize(
    ("key", "page", "anchor"),
    [
        ("alp[2].from", "alp-2", "from-day"),
        ("health_alp[0].nhs_body", "health_alp-0", "nhs_body"),
        ("alp[]", "alp-new", "main-content"),
        ("record[1]", "record", "main-content"),
        ("plan.review_by", "plan", "review_by-day"),
        ("transition", "transition", "transition"),
    ],
)
def test_a_field_leads_to_its_place(key: str, page: str, anchor: str) -> None:
    slug, found = place_of_key(key)
    assert (str(slug), found) == (page, anchor)


def test_only_what_differs_is_a_change_whatever_the_line_ends() -> None:
    fields = held(aln__description="One\r\ntwo ", aln__impact="Old")
    controls = controls_of(FORM, Slug("aln"), fields)
    same = {"description": "One\ntwo", "impact": "Old"}
    assert changes_of(controls, same, fields) == {}
    assert changes_of(controls, same | {"impact": None}, fields) == {"aln.impact": None}
    assert changes_of(controls, same | {"impact": "New"}, fields) == {"aln.impact": "New"}


def test_an_answer_of_no_is_an_answer() -> None:
    fields = provision(in_welsh=True)
    controls = controls_of(FORM, Slug("alp", "0"), fields)
    assert changes_of(controls, {"in_welsh": False}, fields) == {"alp[0].in_welsh": False}
    assert changes_of(controls, {"in_welsh": None}, fields) == {"alp[0].in_welsh": None}


def test_an_empty_new_entry_is_none_and_a_removed_one_goes() -> None:
    entry: Value = {"name": "Rhian", "role": "mother"}
    fields = {"contacts[0]": DraftField(entry, Origin("wonde:1", "c"), "copied")}
    controls = controls_of(FORM, Slug("contacts"), fields, with_new=True)
    typed = {"contacts-0-name": "Rhian", "contacts-0-role": "mother"}
    assert changes_of(controls, typed, fields) == {}
    gone = changes_of(controls, typed, fields, ["contacts[0]"])
    assert gone == {"contacts[0]": None}
    assert next_number("contacts", fields) == "1"


def test_a_code_that_no_list_knows_stays_a_choice_of_its_own() -> None:
    fields = {"person.languages": DraftField("Pwyleg", Origin("wonde:1", "x"), "copied")}
    control = next(c for c in controls_of(FORM, Slug("person"), fields) if c.name == "languages")
    assert "Pwyleg" in {code for code, _ in control.choices}


def test_vague_words_are_marked_where_they_stand_and_said_once() -> None:
    told = checked("alp[0]", provision(provision="Access to support as required", in_welsh=True))
    pieces = told["provision"].pieces
    assert "".join(text for text, _ in pieces) == "Access to support as required"
    assert [text for text, marked in pieces if marked] == ["Access to", "as required"]
    vague = [reason.words for reason in told["provision"].reasons if reason.words]
    assert vague == ["Access to, as required"]


def test_the_measure_counts_with_the_outcome_and_the_answer_on_welsh_with_the_provision() -> None:
    outcome = "Reads common words"
    assert "outcome" in checked("alp[0]", provision(outcome=outcome))
    dated = provision(outcome=outcome, measure="90 of 100 words by the end of July 2027")
    assert "outcome" not in checked("alp[0]", dated)
    whole = "One to one with a teaching assistant, for 20 minutes, three times a week"
    assert "provision" in checked("alp[0]", provision(provision=whole))
    assert "provision" not in checked("alp[0]", provision(provision=whole, in_welsh=False))
