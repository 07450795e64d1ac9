"""`explain` answers transitions as the contract says, and refuses what its vocabulary has not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mis_bridge.services.explain.answers import answer_one
from mis_bridge.services.explain.cases import BadCase
from mis_bridge.services.explain.transition import answer

EXAMPLES = Path(__file__).parents[1] / "contract_examples"
GIVEN: dict[str, object] = {
    "on": "2022-10-03",
    "dob": "2014-03-01",
    "school_kind": "maintained_mainstream",
    "nc_year": "3",
    "nc_school_year": "2021-2022",
    "provision": {"2022-01-01": "SA"},
}
KEYS = (
    "on", "dob", "school_kind", "school_kind_at", "nc_year", "nc_school_year", "year_groups",
    "provision", "first_identified", "looked_after", "dual_registered", "detained",
    "in_area_of_english_la", "la_in_wales_responsible", "lacks_capacity", "already_in_system",
    "placement", "given", "notices", "events", "appeal",
)  # fmt: skip


def result(**more: object) -> dict[str, object]:
    return answer({**GIVEN, **more}, {}).result


def test_the_contracts_examples_come_out_as_written() -> None:
    cases = json.loads((EXAMPLES / "explain-cases.json").read_text(encoding="utf-8"))["cases"]
    lines = (EXAMPLES / "explain-expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = {written["id"]: written for written in map(json.loads, lines)}
    ours = [case for case in cases if case["ask"] == "transition"]
    assert ours
    for case in ours:
        found = answer_one(case, {})
        assert found["id"] == case["id"]
        assert found["ask"] == "transition"
        assert isinstance(found["result"], dict)
        assert expected[case["id"]]["result"].items() <= found["result"].items()


def test_a_pupil_of_a_group_is_answered_key_by_key() -> None:
    assert result() == {
        "system": "SEN",
        "rule": "SASAP_C1",
        "responsible_body": "governing_body",
        "notice_required": ["IDP_NOTICE", "NO_IDP_NOTICE"],
        "notice_recipients": ["child", "parent"],
        "window": {"from": "2022-01-01", "to": "2023-08-31"},
        "must_transfer_by": "2023-08-31",
        "mandated_school_year": "2021-2022",
        "notice_due_by": "2023-08-31",
        "notice_duty_now": True,
        "overdue": False,
        "idp_time_limit": {"amount": 35, "unit": "school_day", "from": "idp_notice_date"},
        "transfer_date": "2023-08-31",
        "transfer_cause": "automatic_end_of_year",
        "next_step": "give_notice",
        "person_kind": "child",
        "compulsory_school_age_ends": "2030-06-28",
        "stale_sen_code": False,
        "data_quality_warning": False,
    }


def test_a_group_without_notices_says_that_there_is_none() -> None:
    found = result(provision={"2021-09-01": "NONE"})
    assert found == {
        "system": "ALN",
        "rule": "NEW_2021",
        "responsible_body": "governing_body",
        "notice_required": None,
        "window": None,
        "must_transfer_by": None,
        "notice_duty_now": False,
        "overdue": False,
        "transfer_date": "2021-09-01",
        "transfer_cause": "commencement",
        "aln_status": "undetermined",
        "person_kind": "child",
        "compulsory_school_age_ends": "2030-06-28",
        "stale_sen_code": False,
        "data_quality_warning": False,
    }


def test_an_event_that_moved_the_pupil_is_the_rule_and_names_the_group() -> None:
    left = {"type": "deregistered", "date": "2022-10-03", "reason": "home_education"}
    found = result(events=[left])
    assert found["rule"] == "LEFT_SCHOOL"
    assert found["cohort"] == "SASAP_C1"
    assert found["responsible_body"] == "local_authority"
    assert found["transfer_cause"] == "ceased_registration"
    assert found["notice_required"] is None
    assert "notice_due_by" not in found


def test_a_decision_against_is_answered_with_the_next_right() -> None:
    refused = {"type": "NO_IDP_NOTICE", "date": "2022-10-03", "given_by": "governing_body"}
    found = result(notices=[refused])
    assert found["aln_status"] == "deemed_not_aln"
    assert found["next_right"] == "local_authority_reconsideration"
    assert "idp_time_limit" not in found


def test_a_derived_group_a_placement_and_a_young_person_are_told() -> None:
    found = result(nc_year=None, nc_school_year=None)
    assert found["derived_year_group"] == "3"
    assert found["data_quality_warning"] is True
    assert result(placement="ispi")["placement_decision_by"] is None
    flows = result(
        on="2025-09-01", dob="2007-02-01", already_in_system="ALN", placement="ispi",
        school_kind="none", provision=None,
    )  # fmt: skip
    assert flows["rule"] == "YP_FLOW_THROUGH"
    assert flows["person_kind"] == "young_person"
    assert flows["placement_decision_by"] == "local_authority"
    assert "transfer_date" not in flows


def test_an_open_appeal_leaves_the_day_of_the_move_open() -> None:
    found = result(
        on="2023-09-04", provision={"2022-09-01": ["SA", "STATEMENT"]}, nc_year="6",
        nc_school_year="2022-2023", appeal={"made": True, "finally_determined": None},
    )  # fmt: skip
    assert found["rule"] == "STMT_APPEAL"
    assert found["cohort"] == "STMT_Y2"
    assert found["system"] == "SEN"
    assert found["notice_duty_now"] is False
    assert found["transfer_date"] is None
    assert found["must_transfer_by"] is None
    assert found["window"] == {"from": None, "to": None}
    assert found["data_quality_warning"] is True


@pytest.mark.parametrize("key", KEYS)
def test_null_is_the_same_as_absent_and_never_an_error(key: str) -> None:
    without = {name: value for name, value in GIVEN.items() if name != key}
    assert answer({**without, key: None}, {}).result == answer(without, {}).result


def test_no_facts_at_all_are_answered() -> None:
    found = answer({}, {})
    assert found.result["system"] is None
    assert found.result["rule"] is None
    assert found.trace.uncertain


def test_the_document_s_null_entries_are_not_known() -> None:
    plain = result()
    assert result(provision={"2022-01-01": "SA", "2022-09-01": None}) == plain
    assert result(year_groups={"2022-2023": None}) == plain
    assert result(school_kind_at={"2022-01-01": None}) == plain
    assert result(notices=[{"type": "IDP_NOTICE", "date": None, "given_by": None}]) == plain
    assert result(events=[{"type": None, "date": "2022-01-01", "reason": None}]) == plain
    assert result(appeal={"made": None, "ordered_actions": None}) == plain
    assert result(looked_after=None, notices=None, events=None) == plain


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"year": "3"}, "year"),
        ({"on": "3 October 2022"}, "on"),
        ({"on": "2022-13-01"}, "on"),
        ({"dob": 2014}, "dob"),
        ({"school_kind": "academy"}, "school_kind"),
        ({"school_kind_at": {"2022-01-01": "academy"}}, "school_kind_at.2022-01-01"),
        ({"school_kind_at": {"then": "pru"}}, "school_kind_at.then"),
        ({"nc_year": "15"}, "nc_year"),
        ({"nc_year": 3}, "nc_year"),
        ({"nc_school_year": "2021-22"}, "nc_school_year"),
        ({"year_groups": {"2021-22": "3"}}, "year_groups.2021-22"),
        ({"year_groups": {"2021-2022": "Y3"}}, "year_groups.2021-2022"),
        ({"provision": {"2022-02-01": "SA"}}, "provision.2022-02-01"),
        ({"provision": {"2022-01-01": "K"}}, "provision.2022-01-01"),
        ({"provision": {"2022-01-01": ["SA", "K"]}}, "provision.2022-01-01.1"),
        ({"provision": "SA"}, "provision"),
        ({"first_identified": "soon"}, "first_identified"),
        ({"looked_after": "yes"}, "looked_after"),
        ({"dual_registered": 1}, "dual_registered"),
        ({"detained": "hospital"}, "detained"),
        ({"in_area_of_english_la": 0}, "in_area_of_english_la"),
        ({"la_in_wales_responsible": "yes"}, "la_in_wales_responsible"),
        ({"lacks_capacity": "no"}, "lacks_capacity"),
        ({"already_in_system": "aln"}, "already_in_system"),
        ({"placement": "college"}, "placement"),
        ({"given": 1}, "given"),
        ({"notices": {}}, "notices"),
        ({"notices": ["IDP_NOTICE"]}, "notices.0"),
        ({"notices": [{"type": "LETTER"}]}, "notices.0.type"),
        ({"notices": [{"type": "IDP_NOTICE", "day": "2022-05-01"}]}, "notices.0.day"),
        ({"notices": [{"type": "IDP_NOTICE", "date": "May"}]}, "notices.0.date"),
        ({"notices": [{"given_by": "school"}]}, "notices.0.given_by"),
        ({"events": [{"type": "moved"}]}, "events.0.type"),
        ({"events": [{"type": "deregistered", "why": "x"}]}, "events.0.why"),
        ({"events": [{"type": "deregistered", "reason": 1}]}, "events.0.reason"),
        ({"appeal": True}, "appeal"),
        ({"appeal": {"won": True}}, "appeal.won"),
        ({"appeal": {"made": 1}}, "appeal.made"),
        ({"appeal": {"period_ends": "x"}}, "appeal.period_ends"),
        ({"appeal": {"finally_determined": True}}, "appeal.finally_determined"),
        ({"appeal": {"ordered_actions": "2023-01-01"}}, "appeal.ordered_actions"),
        ({"appeal": {"ordered_actions": ["x"]}}, "appeal.ordered_actions.0"),
    ],
)  # fmt: skip
def test_what_the_vocabulary_does_not_have_is_refused_at_its_key(
    more: dict[str, object], key: str
) -> None:
    with pytest.raises(BadCase) as refused:
        answer({**GIVEN, **more}, {})
    assert refused.value.key == key
    assert refused.value.words.cy != refused.value.words.en


def test_a_wrong_case_is_an_error_of_its_own() -> None:
    wrong = answer_one({"id": "w", "ask": "transition", "given": {"school_kind": "academy"}}, {})
    assert wrong["id"] == "w"
    assert isinstance(wrong["error"], dict)
    assert wrong["error"]["key"] == "school_kind"


@pytest.mark.parametrize("of", ["dob", "given"])
def test_every_step_names_an_instrument_and_speaks_both_languages(of: str) -> None:
    found = answer({**GIVEN, "on": "2023-09-04", of: GIVEN.get(of, "Told by the school.")}, {})
    written = found.trace.to_json()
    assert isinstance(written["trace"], list)
    for step in written["trace"]:
        assert step["source"]
        assert step["because"] != step["because_cy"]
        assert str(GIVEN["dob"]) not in json.dumps(step)
