"""The operator's day: from an empty folder to dated tasks, by commands alone, on both databases."""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.cli.main import main
from tests.factories.databases import postgres_database

SAMPLES = Path(__file__).parents[1] / "vendor_samples"
SCHOOL = "661/9901"
TERMS = """kind,start,end
term,2026-09-01,2026-12-18
term,2027-01-04,2027-03-19
term,2027-04-05,2027-07-20
half term,2026-10-26,2026-10-30
"""
BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@dataclass
class Operator:
    """Somebody at a terminal."""

    folder: Path
    patch: pytest.MonkeyPatch
    said: pytest.CaptureFixture[str]

    def run(self, *words: str, code: int = 0) -> list[Any]:
        """Run one command, and return the JSON lines that it prints."""
        self.patch.setattr(sys, "argv", ["mis-bridge", *words])
        self.said.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.said.readouterr()
        assert ended.value.code == code, (words, out[-2000:], err[-2000:])
        assert "Traceback" not in err
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


@pytest.fixture(params=BACKENDS)
def operator(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Operator]:
    """Return an operator with an empty database."""
    for name in os.environ:
        if name.startswith("MIS_BRIDGE_") and not name.startswith("MIS_BRIDGE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MIS_BRIDGE_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")  # the command sets it; so it is put back afterwards
    monkeypatch.chdir(tmp_path)
    (tmp_path / "terms.csv").write_text(TERMS)
    if request.param == "sqlite":
        yield Operator(tmp_path, monkeypatch, capsys)
        return
    with postgres_database() as url:
        monkeypatch.setenv("MIS_BRIDGE_DATABASE_URL", url)
        monkeypatch.setenv("MIS_BRIDGE_KEYS", f"k1:{b64encode(b'k' * 32).decode()}")
        yield Operator(tmp_path, monkeypatch, capsys)


@pytest.fixture
def ready(operator: Operator) -> Operator:
    """Return an operator whose database has one school with term dates."""
    operator.run("db", "upgrade")
    operator.run("la", "add", "661", "--name", "Sir Ddychmygol")
    operator.run("school", "add", SCHOOL, "--name", "Ysgol Un")
    operator.run("calendar", "import", "terms.csv", "--la", "661")
    return operator


def students(folder: Path, keep: int) -> str:
    """Write the vendor's sample with only its first pupils; its path."""
    told = json.loads((SAMPLES / "wonde_students.json").read_text(encoding="utf-8"))
    page = told["pages"][0]
    every = [each for one in told["pages"] for each in one["body"]["data"]]
    page["body"]["data"] = every[:keep]
    page["body"]["meta"]["pagination"].update({"more": False, "next": None})
    file = folder / f"first-{keep}.json"
    file.write_text(json.dumps({"pages": [page]}), encoding="utf-8")
    return str(file)


def test_from_nothing_to_dated_tasks_that_explain_themselves(ready: Operator) -> None:
    sample = str(SAMPLES / "wonde_students.json")
    (first,) = ready.run("import", sample, "--vendor", "wonde", "--school", SCHOOL)
    (again,) = ready.run("import", sample, "--vendor", "wonde", "--school", SCHOOL)
    report = first["report"]
    assert report["read"] == sum(
        report[name]
        for name in ("created", "updated", "unchanged", "duplicates", "deleted", "rejected")
    )
    assert report["tasks_opened"] > 0
    assert (again["report"]["created"], again["report"]["updated"]) == (0, 0)
    tasks = ready.run("tasks", "list", "--json", "--state", "open")
    assert len(tasks) == report["tasks_opened"]
    dated = [task for task in tasks if task["kind"] == "undecided_pupil"]
    assert dated
    assert all(task["due_on"] for task in dated)
    (shown,) = ready.run("tasks", "show", dated[0]["id"], "--json")
    assert {"SOURCE-RECORD", "SCH-35"} <= {step["rule"] for step in shown["trace"]}
    assert shown["calendar"]["number"] == 1
    assert ready.run("events", "verify", "--json") == [
        {"events": 0, "tasks": len(tasks), "faults": []}
    ]


def test_a_dry_run_says_what_would_happen_and_changes_nothing(ready: Operator) -> None:
    sample = str(SAMPLES / "wonde_students.json")
    (dry,) = ready.run("import", sample, "--vendor", "wonde", "--school", SCHOOL, "--dry-run")
    assert dry["report"]["dry_run"]
    assert dry["report"]["tasks_opened"] > 0
    assert ready.run("tasks", "list", "--json") == []
    (real,) = ready.run("import", sample, "--vendor", "wonde", "--school", SCHOOL)
    for name in ("read", "created", "duplicates", "tasks_opened"):
        assert real["report"][name] == dry["report"][name]


def test_half_a_school_missing_from_a_file_ends_with_3_until_somebody_is_named(
    ready: Operator,
) -> None:
    words = ("--vendor", "wonde", "--school", SCHOOL, "--whole-roll")
    ready.run("import", students(ready.folder, 10), *words)
    (held,) = ready.run("import", students(ready.folder, 4), *words, code=3)
    report = held["report"]
    assert report["state"] == "in_review"
    ready.run("import", students(ready.folder, 10), *words, code=3)
    place = (report["connection_id"], "--approve", report["run_id"])
    ready.run("sync", *place, code=2)
    (approved,) = ready.run("sync", *place, "--by", "A. Person")
    assert (approved["report"]["state"], approved["report"]["left_by_absence"]) == ("done", 6)


def test_a_connection_shows_its_secret_once_and_lists_without_it(ready: Operator) -> None:
    (added,) = ready.run(
        "connection", "add", "--vendor", "wonde", "--school", SCHOOL, "--sender", "standard",
        "--json",
    )  # fmt: skip
    assert set(added) == {"connection_id", "endpoint_path", "secret"}
    assert added["endpoint_path"].startswith("/webhooks/standard/")
    listed = ready.run("connection", "list", "--json")
    assert [row["connection_id"] for row in listed] == [added["connection_id"]]
    assert added["secret"] not in json.dumps(listed)


def test_the_doctor_the_chain_and_the_schema_are_well(ready: Operator) -> None:
    assert all(check["ok"] for check in ready.run("doctor", "--json"))
    (chain,) = ready.run("audit", "verify", "--json")
    assert chain["holds"]
    ready.run("audit", "verify", "--expect", chain["end"])
    ready.run("audit", "verify", "--expect", "661:1:otherhash", code=1)
    ready.run("db", "check")


def test_totals_of_the_transition_add_up_to_the_register(ready: Operator) -> None:
    sample = str(SAMPLES / "wonde_students.json")
    ready.run("import", sample, "--vendor", "wonde", "--school", SCHOOL)
    *pupils, last = ready.run("audit", "transitions", "--school", SCHOOL)
    report = last["report"]
    assert report["ever_at_action"] == len(pupils) > 0
    assert report["ever_at_action"] == sum(
        report[name] for name in ("decision", "transfer", "departure", "undecided")
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("school", "add", "661/9999", "--name", "x"), 2),
        (("la", "add", "66", "--name", "x"), 2),
        (("calendar", "import", "terms.csv"), 2),
        (("import", "terms.csv", "--vendor", "wonde", "--school", "661/9901"), 2),
        (("tasks", "show", "nobody"), 2),
        (("connection", "test", "nobody"), 2),
        (("keys", "rotate-tool"), 3),
    ],
)
def test_what_cannot_be_done_ends_with_one_line_and_no_traceback(
    operator: Operator, words: tuple[str, ...], code: int
) -> None:
    operator.run("db", "upgrade")
    operator.run(*words, code=code)
