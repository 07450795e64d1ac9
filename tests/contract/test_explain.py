"""`mis-bridge explain` as a whole: the examples of the contract, the exit codes, the refusals."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.services.explain.answers import CasesRefused, answer_one, answers, read_cases

EXAMPLES = Path(__file__).parents[1] / "contract_examples"
CASES = (EXAMPLES / "explain-cases.json").read_bytes()
EXPECTED = [
    json.loads(line)
    for line in (EXAMPLES / "explain-expected.jsonl").read_text(encoding="utf-8").splitlines()
]


def run(*words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [Path(sys.executable).with_name("mis-bridge"), "explain", *words],
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
    )


def holds(expected: object, found: object) -> bool:
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            key in found and holds(value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(map(holds, expected, found))
        )
    return expected == found


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda line: line["id"])
def test_the_examples_of_the_contract_are_answered_as_it_says(expected: dict[str, Any]) -> None:
    found = {answer["id"]: answer for answer in answers(read_cases(CASES))}
    assert holds(expected, found[expected["id"]]), found[expected["id"]]


def test_the_command_answers_in_order_and_says_by_its_exit_that_one_was_wrong() -> None:
    done = run(str(EXAMPLES / "explain-cases.json"))
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [
        line["id"] for line in EXPECTED
    ]
    assert done.stderr == b""


def test_standard_input_is_read_for_a_dash_and_all_answered_is_exit_0() -> None:
    case = {"id": 1, "ask": "duty", "given": {"setting": "fei"}}
    done = run("-", given=json.dumps({"cases": [case]}).encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)["result"]["alnco_required"] is True


@pytest.mark.parametrize(
    "document", [b"", b"{", b"[]", b"7", b"{}", b'{"cases": {}}', b'{"cases": [], "calendars": []}']
)
def test_a_document_that_cannot_be_used_is_exit_2_with_one_line(document: bytes) -> None:
    done = run("-", given=document)
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_exit_2_with_one_line() -> None:
    done = run("/nowhere/cases.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ({"id": "x", "ask": "weather", "given": {}}, "ask"),
        ({"id": "x", "given": {}}, "ask"),
        ({"id": "x", "ask": "duty"}, "given"),
        ({"id": "x", "ask": "duty", "given": []}, "given"),
        ({"ask": "duty", "given": {}}, "id"),
        ("x", "case"),
        ({"id": "x", "ask": "duty", "given": {"colour": "red"}}, "colour"),
    ],
)
def test_a_case_that_is_wrong_names_the_key_and_nothing_else_is_said(
    case: object, key: str
) -> None:
    found = answer_one(case, {})
    assert set(found) == {"id", "error"}
    assert holds({"error": {"key": key}}, found)


def test_a_wrong_case_does_not_stop_the_others() -> None:
    good = {"id": "good", "ask": "duty", "given": {}}
    found = list(answers(read_cases(json.dumps({"cases": [{"id": "bad"}, good]}))))
    assert ["error" in answer for answer in found] == [True, False]


def test_a_calendar_that_no_case_names_is_not_read() -> None:
    document = {"calendars": {"broken": 7}, "cases": [{"id": 1, "ask": "duty", "given": {}}]}
    assert "result" in next(answers(read_cases(json.dumps(document))))


def test_a_broken_calendar_is_the_fault_of_the_case_that_names_it() -> None:
    given = {"trigger": "consent", "calendar": "broken"}
    document = {"calendars": {"broken": 7}, "cases": [{"id": 1, "ask": "clock", "given": given}]}
    assert holds({"error": {"key": "calendar"}}, next(answers(read_cases(json.dumps(document)))))


def test_half_a_character_in_an_id_is_still_json() -> None:
    document = b'{"cases": [{"id": "\\ud800", "ask": "duty", "given": {}}]}'
    done = run("-", given=document)
    assert done.returncode == 0
    assert json.loads(done.stdout.decode("utf-8"))["id"] == "\ud800"


def test_brackets_without_end_are_refused_and_do_not_crash() -> None:
    with pytest.raises(CasesRefused):
        read_cases("[" * 100_000)


def test_every_answer_says_why_in_both_languages() -> None:
    for answer in answers(read_cases(CASES)):
        if "error" in answer:
            continue
        steps = answer["trace"]
        assert isinstance(steps, list)
        assert steps
        for step in steps:
            assert {"rule", "because", "because_cy", "source"} <= set(step)
