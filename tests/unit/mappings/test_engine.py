"""What the rules of a document make of a record: one test a need of the language."""

from __future__ import annotations

from typing import Any

import pytest

from mappings.canonical import to_pupil
from mappings.engine import compile_mapping
from mappings.language import MappingDocument, read_document, shipped, vendors
from tests.unit.mappings.builders import context, mapped, record_of

STATUS = '[provision.type]\nfrom = "sen.status"\n'
HISTORY = """
[provision_history]
each = "rows"
type = { from = "code" }
start = { from = "start" }
end = { from = "end" }
"""
NEEDS = """
[needs]
each = "needs"
type = { from = "code" }
rank = { from = "rank" }
start = { from = "start" }
end = { from = "end" }
"""
CONTACTS = """
[contacts]
each = "people"
name = { join = ["first", "last"] }
relationship = { from = "kin" }
parental_responsibility = { from = "pr" }
priority = { from = "order" }
email = { from = "mail" }
"""


def test_a_path_tolerates_a_missing_level_a_null_one_and_a_wrapper() -> None:
    rules = '[uln]\nfrom = "details.data?.uln"\n'
    assert record_of(rules, {"details": {"data": {"uln": "7"}}})["uln"] == "7"
    assert record_of(rules, {"details": {"uln": "7"}})["uln"] == "7"
    for tree in ({}, {"details": None}, {"details": {"data": None}}, {"details": "x"}):
        record = record_of(rules, tree)
        assert "uln" not in record
        assert "uln" in record["not_supplied"]


def test_absent_null_empty_and_none_stay_four_different_things() -> None:
    absent = record_of(STATUS, {"sen": {}})
    null = record_of(STATUS, {"sen": {"status": None}})
    empty = record_of(STATUS, {"sen": {"status": " "}})
    none = record_of(STATUS, {"sen": {"status": "N"}})
    assert "provision" in absent["not_supplied"]
    assert "provision" not in absent
    assert (null["provision"]["type"], null["provision"]["raw_code"]) == ("unknown", None)
    assert (empty["provision"]["type"], empty["provision"]["raw_code"]) == ("unknown", "")
    assert (none["provision"]["type"], none["provision"]["raw_code"]) == ("none", "N")
    assert null["flags"] == ["unknown_provision_code:null"]
    assert empty["flags"] == ["unknown_provision_code:"]


def test_a_vendor_may_say_what_a_null_means_but_not_against_an_open_need() -> None:
    rules = (
        STATUS
        + NEEDS
        + ('[provision.type.when_null]\nmeans = "none"\nbecause = "the published client says so"\n')
    )
    quiet = record_of(rules, {"sen": {"status": None}, "needs": []})
    assert quiet["provision"]["type"] == "none"
    assert "provision.raw_code" in quiet["not_supplied"]
    loud = record_of(rules, {"sen": {"status": None}, "needs": [{"code": "HI"}]})
    assert loud["provision"]["type"] == "unknown"
    assert "conflicting_values:provision" in loud["flags"]


@pytest.mark.parametrize("written", ["A", " a ", "school  ACTION", "Gweithredu gan yr Ysgol"])
def test_a_code_or_a_label_of_either_language_is_translated_without_regard_to_case(
    written: str,
) -> None:
    provision = record_of(STATUS, {"sen": {"status": written}})["provision"]
    assert provision["type"] == "school_action"
    assert provision["raw_code"] == " ".join(written.split())


@pytest.mark.parametrize(
    ("code", "kind", "flag"),
    [
        ("Q", "unknown", "unknown_provision_code:Q"),
        ("K", "english_sen_support", "english_code:K"),
        ("E", "english_ehc_plan", "english_code:E"),
        (5, "unknown", "unknown_provision_code:5"),
    ],
)
def test_an_unknown_or_english_code_is_flagged_and_never_made_welsh(
    code: object, kind: str, flag: str
) -> None:
    record = record_of(STATUS, {"sen": {"status": code}})
    assert record["provision"]["type"] == kind
    assert record["flags"] == [flag]


@pytest.mark.parametrize("code", ["SEMH", "SLCN", "SPLD", "PD", "OTH", "NSA"])
def test_a_need_code_that_only_england_has_is_flagged(code: str) -> None:
    record = record_of(NEEDS, {"needs": [{"code": code, "rank": 1}]})
    assert record["needs"][0]["type"] == "unknown"
    assert record["flags"] == [f"unknown_need_code:{code}"]


def test_a_code_means_what_it_meant_on_the_day_the_spell_began() -> None:
    dated = """
[codes.provision]
X = [
  { means = "school_action", until = 2023-08-31 },
  { means = "idp_school", from = 2023-09-01 },
]
"""
    tree = {"rows": [{"code": "X", "start": "2022-01-10"}, {"code": "X", "start": "2024-01-10"}]}
    history = record_of(dated + HISTORY, tree)["provision_history"]
    assert [row["type"] for row in history] == ["school_action", "idp_school"]


def test_the_policy_for_an_unknown_code_can_reject_or_name_a_default() -> None:
    rejecting = '[sex]\nfrom = "sex"\nunknown = "reject"\n'
    refused = mapped(rejecting, {"sex": "??"})
    assert refused.canonical is None
    assert refused.issues[-1].rejects
    assert "??" not in str(refused.issues)
    assert record_of('[sex]\nfrom = "sex"\nunknown = "default:U"\n', {"sex": "??"})["sex"] == "U"


def test_needs_are_sorted_by_rank_with_nulls_last_and_a_doubtful_primary_is_flagged() -> None:
    rows = [
        {"code": "HI", "rank": None},
        {"code": "VI", "rank": "10"},
        {"code": "MSI", "rank": "2"},
    ]
    record = record_of(NEEDS, {"needs": rows})
    assert [row["rank"] for row in record["needs"]] == [2, 10, None]
    assert "ambiguous_primary_need" in record["flags"]
    twice = record_of(NEEDS, {"needs": [{"code": "HI", "rank": 1}, {"code": "VI", "rank": 1}]})
    assert "ambiguous_primary_need" in twice["flags"]
    ended = [{"code": "HI", "rank": 1, "end": "2020-01-01"}, {"code": "VI", "rank": 1}]
    assert record_of(NEEDS, {"needs": ended})["flags"] == []


def test_needs_in_numbered_columns_are_one_list() -> None:
    rules = """
[needs]
each = "."
numbered = { from = 1, to = 3 }
type = { from = "Need {n}" }
rank = { from = "Rank {n}" }
"""
    tree = {
        "Need 1": "HI",
        "Rank 1": "2",
        "Need 2": "VI",
        "Rank 2": "1",
        "Need 3": "",
        "Rank 3": "",
    }
    needs = record_of(rules, tree)["needs"]
    assert [(row["raw_code"], row["rank"]) for row in needs] == [("VI", 1), ("HI", 2)]


def test_rows_of_one_pupil_agree_or_the_difference_is_flagged() -> None:
    rules = '[uln]\nfrom = "rows[].ULN"\n'
    assert record_of(rules, {"rows": [{"ULN": ""}, {"ULN": "7"}]})["uln"] == "7"
    told = record_of(rules, {"rows": [{"ULN": "6"}, {"ULN": "7"}]})
    assert told["uln"] == "6"
    assert told["flags"] == ["conflicting_values:uln"]


def test_a_row_repeated_word_for_word_is_one_row() -> None:
    row = {"code": "HI", "rank": 1, "start": "2024-01-01"}
    assert len(record_of(NEEDS, {"needs": [row, dict(row)]})["needs"]) == 1


def test_a_list_can_be_filtered_by_what_its_rows_say() -> None:
    rules = (
        CONTACTS
        + 'where = [{ path = "kin", in = ["mother", "FATHER"] }, { path = "gone", is = "empty" }]\n'
    )
    tree = {
        "people": [
            {"first": "A", "kin": "Mother"},
            {"first": "B", "kin": "Aunt"},
            {"first": "C", "kin": "Father", "gone": "yes"},
        ]
    }
    assert [c["name"] for c in record_of(rules, tree)["contacts"]] == ["A"]


def test_the_row_in_force_on_the_day_is_chosen_and_the_ended_one_is_the_former() -> None:
    rules = (
        '[upn]\nfrom = "upns[current from to].upn"\n'
        '[former_upn]\nfrom = "upns[ended from to].upn"\n'
    )
    upns = [
        {"upn": "P661990913777", "from": "2013-09-02", "to": "2023-09-03"},
        {"upn": "Q661990113014", "from": "2023-09-04", "to": None},
    ]
    record = record_of(rules, {"upns": upns})
    assert (record["upn"], record["former_upn"]) == ("Q661990113014", "P661990913777")
    assert record["flags"] == ["former_upn"]


def test_open_spells_are_closed_by_the_next_and_the_one_in_force_is_current() -> None:
    rows = [{"code": "P", "start": "2022-09-05"}, {"code": "A", "start": "2020-09-07"}]
    record = record_of(HISTORY, {"rows": rows})
    assert [(row["type"], row["end"]) for row in record["provision_history"]] == [
        ("school_action", "2022-09-04"),
        ("school_action_plus", None),
    ]
    assert record["provision"] == {
        "type": "school_action_plus", "raw_code": "P", "start": "2022-09-05",
    }  # fmt: skip


def test_spells_that_overlap_or_lie_ahead_are_flagged() -> None:
    overlap = [
        {"code": "A", "start": "2020-09-07", "end": "2023-01-01"},
        {"code": "P", "start": "2022-09-05"},
    ]
    assert record_of(HISTORY, {"rows": overlap})["flags"] == [
        "conflicting_values:provision_history"
    ]
    ahead = record_of(HISTORY, {"rows": [{"code": "P", "start": "2025-09-01"}]})
    assert ahead["flags"] == ["future_start:provision"]
    assert "provision" in ahead["not_supplied"]


def test_a_spell_that_ended_leaves_none_and_says_so() -> None:
    record = record_of(
        HISTORY, {"rows": [{"code": "A", "start": "2020-09-07", "end": "2022-07-20"}]}
    )
    assert record["provision"] == {"type": "none", "start": None}
    assert record["flags"] == ["ended_provision"]


@pytest.mark.parametrize("side", ["start", "end"])
def test_a_spell_with_a_date_that_cannot_be_read_makes_what_is_in_force_unknown(side: str) -> None:
    row = {"code": "A", "start": "2020-09-07", "end": None, side: "31/12/23"}
    record = record_of(HISTORY, {"rows": [row]})
    assert record["provision"]["type"] == "unknown"
    assert f"unreadable_value:provision_history.{side}" in record["flags"]


def test_a_status_that_contradicts_the_history_is_flagged_and_the_history_stands() -> None:
    tree = {"sen": {"status": "P"}, "rows": [{"code": "A", "start": "2020-09-07"}]}
    record = record_of(STATUS + HISTORY, tree)
    assert record["provision"]["type"] == "school_action"
    assert record["flags"] == ["conflicting_values:provision"]


def test_no_row_means_none_only_where_every_block_of_the_history_was_sent() -> None:
    rules = (
        HISTORY
        + """
[provision_history.when_no_row]
means = "none"
because = "the listing holds only pupils with SEN"
[provision_history.also.plan]
each = "plans"
type = { from = "by", codes = { S = "idp_school" } }
start = { from = "start" }
"""
    )
    assert record_of(rules, {"rows": [], "plans": []})["provision"]["type"] == "none"
    partial: list[dict[str, Any]] = [{}, {"rows": []}, {"plans": []}, {"rows": None, "plans": []}]
    for tree in partial:
        record = record_of(rules, tree)
        assert "provision" in record["not_supplied"]
        assert "provision_history" in record["not_supplied"]
    plan = {"plans": [{"by": "S", "start": "2024-02-26"}]}
    assert record_of(rules, plan)["provision"]["type"] == "idp_school"


def test_alternatives_are_tried_in_order_and_conditions_choose_between_them() -> None:
    rules = """
[first_language]
from = [
  { path = "code", when = { path = "kind", in = ["F"] } },
  { path = "label" },
]
"""
    assert (
        record_of(rules, {"code": "CYM", "kind": "F", "label": "English"})["first_language"] == "cy"
    )
    assert (
        record_of(rules, {"code": "CYM", "kind": "H", "label": "English"})["first_language"] == "en"
    )
    assert record_of(rules, {"code": "", "kind": "F", "label": "English"})["first_language"] == "en"
    assert record_of(rules, {"code": None, "kind": "F"})["first_language"] is None


def test_a_pattern_takes_a_part_of_the_text() -> None:
    rules = '[uln]\nfrom = "ids"\nthen = [{ pattern = "uln:([0-9]+)", take = 1 }]\n'
    assert record_of(rules, {"ids": "upn:1;uln:987"})["uln"] == "987"
    assert record_of(rules, {"ids": "upn:1"})["uln"] is None


def test_a_contact_without_a_fact_is_left_out_and_one_told_twice_is_flagged() -> None:
    people = [
        {"first": "", "last": None, "kin": "", "pr": None, "order": "", "mail": ""},
        {"first": "Beth", "last": "Evans", "kin": "Mother", "pr": "T", "order": 1, "mail": None},
        {"first": "Beth", "last": "Evans", "kin": "Mother", "pr": "F", "order": 1, "mail": None},
    ]
    record = record_of(CONTACTS, {"people": people})
    assert len(record["contacts"]) == 2
    assert record["flags"] == ["two_contacts_same_priority", "conflicting_values:contacts"]


def test_a_column_that_no_row_has_is_not_supplied_and_absent() -> None:
    record = record_of(CONTACTS, {"people": [{"first": "Beth", "kin": "Mother", "order": 1}]})
    assert record["contacts"] == [{"name": "Beth", "relationship": "mother", "priority": 1}]
    assert {"contacts.parental_responsibility", "contacts.email", "contacts.court_order"} <= set(
        record["not_supplied"]
    )


def test_what_is_no_row_is_flagged_and_the_others_stay() -> None:
    record = record_of(NEEDS, {"needs": [{"code": "HI"}, "VI", None]})
    assert len(record["needs"]) == 1
    assert record["flags"] == ["unreadable_value:needs"]


def test_a_key_that_the_source_cannot_carry_is_listed_whatever_the_rules_say() -> None:
    rules = 'cannot_carry = ["needs", "contacts.email"]\n'
    document = read_document(rules + 'extends = "wonde"\n', "ours.toml")
    assert isinstance(document, MappingDocument)
    assert "needs" not in document.rules.lists
    keys = [rule.key for rule in document.rules.lists["contacts"].columns]
    assert "contacts.email" not in keys


def test_a_record_that_says_nothing_of_whose_it_is_is_rejected() -> None:
    refused = mapped("", {"surname": "", "born": None})
    assert refused.canonical is None
    assert refused.issues[0].kind == "nobody"
    kept = mapped("", {"surname": "", "born": "2014-02-17"})
    assert kept.canonical is not None


def test_a_record_without_a_key_is_rejected_and_a_missing_upn_never_is() -> None:
    assert mapped("", {"id": None}).canonical is None
    assert record_of('[upn]\nfrom = "upn"\n', {})["flags"] == ["missing_upn"]


def test_a_preferred_name_equal_to_the_legal_one_is_null() -> None:
    rules = '[name.preferred_surname]\nfrom = "known"\n'
    assert record_of(rules, {"known": "Prydderch"})["name"]["preferred_surname"] is None
    assert record_of(rules, {"known": "Puw"})["name"]["preferred_surname"] == "Puw"


def test_a_young_person_is_one_over_compulsory_school_age_on_the_day() -> None:
    flag = "young_person_over_compulsory_school_age"
    assert flag in record_of("", {"born": "2008-08-31"})["flags"]
    assert flag not in record_of("", {"born": "2008-09-01"})["flags"]
    assert record_of("", {"born": "2031-01-01"})["flags"] == ["future_start:dob"]


def test_provenance_tells_path_raw_value_and_rule_of_every_fact() -> None:
    traced = mapped(CONTACTS + STATUS, {
        "sen": {"status": " A"}, "people": [{"first": "Beth", "last": "Evans", "pr": "T"}],
    }, provenance=True).provenance  # fmt: skip
    assert traced is not None
    assert traced["provision.type"]["path"] == "sen.status"
    assert traced["provision.type"]["raw"] == " A"
    assert traced["contacts[0].parental_responsibility"]["path"] == "people[0].pr"
    assert traced["contacts[0].name"]["raw"] == ["Beth", "Evans"]
    assert "acme.toml" in traced["dob"]["rule"]
    assert "[dob]" in traced["dob"]["rule"]


def test_names_are_kept_in_nfc_and_never_recased() -> None:
    assert record_of("", {"surname": "ap  rhw\u0302s-MO\u0302N"})["name"]["legal_surname"] == (
        "ap rhŵs-MÔN"
    )


@pytest.mark.parametrize("vendor", vendors())
def test_every_shipped_document_loads_and_names_its_vendor(vendor: str) -> None:
    assert shipped(vendor).vendor == vendor


@pytest.mark.parametrize("vendor", [name for name in vendors() if shipped(name).kind == "pupil"])
def test_an_empty_record_gives_no_fact_from_any_vendor(vendor: str) -> None:
    mapped_empty = compile_mapping(shipped(vendor)).apply({}, context(record_id="1"))
    record = mapped_empty.canonical
    if record is None:
        assert mapped_empty.issues[0].kind == "required"
        return
    assert set(record) <= {"schema", "source", "upn", "upn_status", "not_supplied", "flags"}
    assert to_pupil(record).provision is None
