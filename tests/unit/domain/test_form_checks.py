"""An authority's own version of a form: what is wrong with it, and how it differs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mis_bridge.domain.form_checks import (
    Difference,
    FormRefused,
    differences,
    form_text,
    read_form,
    required_by_law,
)
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B, FORMS

TEXT = form_text(FORMS[ANNEX_A]).replace('"2021-1"', '"661-1"', 1)


@pytest.mark.parametrize("form_id", [ANNEX_A, ANNEX_B])
def test_a_form_that_is_printed_reads_back_as_itself(form_id: str) -> None:
    form = FORMS[form_id]
    again = read_form(form_text(form).replace('"2021-1"', '"661-1"', 1))
    assert differences(form, again) == ()
    assert [field.key for field in again.fields] == [field.key for field in form.fields]


def without(key: str) -> Callable[[str], str]:
    """Return what takes one field out of a form's text."""

    def change(text: str) -> str:
        entries = text.split("[[fields]]\n")
        return "[[fields]]\n".join(each for each in entries if f'key = "{key}"\n' not in each)

    return change


def put(before: str, after: str) -> Callable[[str], str]:
    """Return what puts one text in the place of another that is there."""

    def change(text: str) -> str:
        assert before in text
        return text.replace(before, after, 1)

    return change


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (without("aln.description"), "fields", "aln.description is missing"),
        (without("plan.review_by"), "fields", "2018 s. 23"),
        (without("alp[].in_welsh"), "fields", "s. 12(6)"),
        (put('key = "travel"', 'key = "journey"'), "key", "no field of this form"),
        (put('key = "travel"', 'key = "transition"'), "fields[", "twice"),
        (put('cy = "Trefniadau teithio"', 'cy = " "'), "travel", "both languages"),
        (put(', cy = "Trefniadau teithio"', ""), "label.cy", "both languages"),
        (put('certainty = "law"', 'certainty = "sure"'), "certainty", "how sure"),
        (put('certainty = "law"\n', ""), "certainty", "how sure"),
        (put('section = "3D"', 'section = "D3"'), "section", "2B.1"),
        (put('section = "3D"', 'section = "4A"'), "section", "no heading"),
        (put('code = "3D"', 'code = "3C"'), "code", "each once"),
        (put('required = "always"', 'required = "never"'), "required", "no less"),
        (put("[[forms]]", "[[forms]]\nlogo = 'x.svg'"), "forms[0]", "logo is not known"),
        (put('"661-1"', '"2021-1"'), "version", "shipped version"),
        (put('"661-1"', '"661 1"'), "version", "letters, digits"),
        (put(ANNEX_A, "another"), "forms", "exactly one form"),
        (put("version =", "version"), "file", "not TOML"),
        (put("specific: {missing}", "specific: {else}"), "missing", "braces"),
        (lambda text: text + "#" * 500_000, "file", "too long"),
        (lambda _text: "forms = []\nfields = 3\nversion = []", "forms", "exactly one form"),
        (lambda _text: "[[forms]]\nid = []\n[[fields]]\nkey = {}", "forms", "exactly one form"),
    ],
)
def test_each_fault_has_its_place_and_its_remedy(
    change: Callable[[str], str], place: str, said: str
) -> None:
    with pytest.raises(FormRefused) as refused:
        read_form(change(TEXT))
    found = [(fault.place, fault.words.en) for fault in refused.value.faults]
    assert any(place in where and said in what for where, what in found), found
    assert all(fault.words.cy for fault in refused.value.faults)


def test_what_nobody_has_verified_may_be_left_out_and_what_is_unsaid_is_as_shipped() -> None:
    lean = without("person.other_names")(TEXT)
    lean = put('required = "always"\ncertainty = "secondary"\n', 'certainty = "authority"\n')(lean)
    form = read_form(lean)
    assert form.field("person.name").required == "always"
    assert form.field("person.name").missing == FORMS[ANNEX_A].field("person.name").missing
    assert differences(FORMS[ANNEX_A], form) == (
        Difference("person.name", "certainty", "secondary", "authority"),
        Difference("person.other_names", "field", "Other names / Enwau eraill", None),
    )


def test_a_field_may_be_asked_for_more_strictly_and_stand_elsewhere() -> None:
    changed = put('section = "3D"', 'section = "3C"')(TEXT)
    changed = put('required = "where_appropriate"', 'required = "always"')(changed)
    found = differences(FORMS[ANNEX_A], read_form(changed))
    assert {(each.place, each.what) for each in found} == {
        ("3D", "heading"),
        ("travel", "section"),
        ("travel", "required"),
    }


def test_a_change_of_order_heading_or_title_is_told() -> None:
    changed = put('en = "Travel"', 'en = "Journeys"')(TEXT)
    changed = put('en = "Individual development plan"', 'en = "My plan"')(changed)
    first, second = changed.split('[[fields]]\nkey = "person.dob"')
    head, rest = second.split("[[fields]]", 1)
    moved = f'{first}[[fields]]{rest}\n[[fields]]\nkey = "person.dob"{head}'
    found = {(each.place, each.what) for each in differences(FORMS[ANNEX_A], read_form(moved))}
    assert found == {("form", "title"), ("3D", "heading"), ("form", "order")}


def test_what_the_act_or_the_code_as_reported_asks_for_cannot_be_left_out() -> None:
    fields = {field.key: required_by_law(field) for field in FORMS[ANNEX_B].fields}
    assert all(
        fields[key]
        for key in (
            "aln.description", "alp[].provision", "alp[].in_welsh", "plan.maintained_by",
            "plan.review_by", "place.named", "looked_after.reviewing_officer", "contacts[]",
            "health_alp[].nhs_body",
        )
    )  # fmt: skip
    assert not any(fields[key] for key in ("person.other_names", "milestones[]", "timeline[]"))
