"""`mis-bridge bundle`: keys made and retired, plans sent and taken in, by commands alone."""

from __future__ import annotations

import sys

import pytest

from mis_bridge.cli.main import main
from mis_bridge.documents.bundles import verify
from tests.functional.test_operator_commands import SAMPLES, SCHOOL, Operator, operator, ready
from tests.support.plan_bundles import SENDERS_KEY, UPN, plan_json, sent

__all__ = ["operator", "ready"]

ORDER = ("--for", "662/4001", "--basis", "S.I. 2021/401 reg. 15", "--consent", "not needed")

# Somebody of the sample, as another body would name them.
SOMEBODY = {"name": None, "dob": "2014-02-17", "upn": UPN}


@pytest.fixture
def plan(ready: Operator) -> str:
    """Take a plan in at the school; returns its id."""
    ready.run(
        "import", str(SAMPLES / "wonde_students.json"), "--vendor", "wonde", "--school", SCHOOL
    )
    (ready.folder / "sent.zip").write_bytes(sent(plan_json(person=SOMEBODY), made_for=SCHOOL))
    taken = ready.run(
        "bundle", "import", "sent.zip", "--school", SCHOOL, "--key-id", SENDERS_KEY, "--json"
    )
    assert taken[0]["taken_in"] is True
    return str(taken[0]["plan_id"])


def test_keys_are_made_shown_listed_and_retired(ready: Operator) -> None:
    made = ready.run("bundle", "key", "make", "--la", "661", "--json")[0]
    assert ready.run("bundle", "key", "make", "--la", "661", code=2) == []
    shown = ready.run("bundle", "key", "show", "--la", "661", "--json")[0]
    assert (shown["key_id"], shown["pem"]) == (made["key_id"], made["pem"])
    assert set(made) == {"key_id", "state", "public_key", "pem", "made_at"}
    ready.run("bundle", "key", "retire", made["key_id"], "--la", "661")
    ready.run("bundle", "key", "show", "--la", "661", code=2)
    later = ready.run("bundle", "key", "make", "--la", "661", "--json")[0]
    listed = ready.run("bundle", "key", "list", "--la", "661", "--json")
    assert {(key["key_id"], key["state"]) for key in listed} == {
        (later["key_id"], "active"),
        (made["key_id"], "retired"),
    }


def test_a_plan_is_made_into_a_file_that_the_next_body_checks_offline(
    ready: Operator, plan: str
) -> None:
    out = ready.folder / "out.zip"
    ready.run("bundle", "make", plan, "--school", SCHOOL, *ORDER, "--out", str(out), code=2)
    assert not out.exists()
    key = ready.run("bundle", "key", "make", "--la", "661", "--json")[0]
    (ready.folder / "661.pem").write_text(key["pem"])
    made = ready.run(
        "bundle", "make", plan, "--school", SCHOOL, *ORDER, "--out", str(out), "--json"
    )[0]
    assert (made["recorded"], made["key_id"]) == (True, key["key_id"])
    assert out.stat().st_mode & 0o077 == 0
    assert sorted(verify(out.read_bytes()).files) == [
        "plan.cy.docx", "plan.cy.pdf", "plan.en.docx", "plan.en.pdf", "plan.json",
    ]  # fmt: skip
    said = ready.run("bundle", "verify", str(out), "--key", "661.pem", "--json")[0]
    assert (said["valid"], said["key_compared"], said["made_for"]) == (True, True, "662/4001")
    ready.run("bundle", "verify", str(out), "--key-id", SENDERS_KEY, code=2)
    # Never over another file; a second one of the same order is the same and is on record once.
    ready.run("bundle", "make", plan, "--school", SCHOOL, *ORDER, "--out", str(out), code=2)
    again = ready.folder / "again.zip"
    repeated = ready.run(
        "bundle", "make", plan, "--school", SCHOOL, *ORDER, "--out", str(again), "--json"
    )[0]
    assert (repeated["recorded"], repeated["digest"]) == (False, made["digest"])
    assert again.read_bytes() == out.read_bytes()


def test_another_schools_plan_is_no_plan(ready: Operator, plan: str) -> None:
    ready.run("school", "add", "661/9902", "--name", "Ysgol Arall")
    ready.run("bundle", "key", "make", "--la", "661", "--json")
    words = ("bundle", "make", plan, "--school", "661/9902", *ORDER, "--out", "x.zip")
    assert ready.run(*words, code=2) == []


def test_a_bundle_is_tried_taken_in_and_known_again(ready: Operator) -> None:
    ready.run(
        "import", str(SAMPLES / "wonde_students.json"), "--vendor", "wonde", "--school", SCHOOL
    )
    (ready.folder / "sent.zip").write_bytes(sent(plan_json(person=SOMEBODY), made_for=SCHOOL))
    words = ("bundle", "import", "sent.zip", "--school", SCHOOL, "--json")
    assert ready.run(*words, code=3) == []
    assert ready.run(*words, "--key-id", "0" * 64, code=3) == []
    assert ready.run(*words, "--key-id", "nonsense", code=2) == []
    trusted = (*words, "--key-id", SENDERS_KEY)
    tried = ready.run(*trusted, "--dry-run")[0]
    assert (tried["taken_in"], tried["plan_id"], tried["dry_run"]) == (False, None, True)
    taken = ready.run(*trusted)[0]
    assert (taken["taken_in"], taken["already_there"]) == (True, False)
    again = ready.run(*trusted)[0]
    assert (again["taken_in"], again["already_there"]) == (False, True)
    assert again["plan_id"] == taken["plan_id"]


def said(ready: Operator, *words: str) -> str:
    """Run a command that is refused; returns everything that it printed."""
    ready.patch.setattr(sys, "argv", ["mis-bridge", *words])
    ready.said.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    out, err = ready.said.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize("language", ["en", "cy"])
def test_what_is_refused_is_told_in_one_line_that_names_nobody(
    ready: Operator, language: str
) -> None:
    ready.patch.setenv("MIS_BRIDGE_LANG", language)
    file = ready.folder / "sent.zip"
    words = ("bundle", "import", str(file), "--school", SCHOOL, "--key-id", SENDERS_KEY)
    told = []
    for archive in (
        sent(made_for=SCHOOL),
        sent(made_for=SCHOOL)[:-9],
        sent(plan_json(extra=1), made_for=SCHOOL),
        sent(),
    ):
        file.write_bytes(archive)
        told.append(said(ready, *words))
    assert len(set(told)) == len(told)
    for line in told:
        assert line.count("\n") == 1
        for personal in ("Aled", "Canary", UPN):
            assert personal not in line
    assert ("Nothing was taken in" in told[0]) is (language == "en")
