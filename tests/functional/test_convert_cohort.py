"""`mis-bridge idp convert-cohort` and `idp conversions`: reports, refusals, a command killed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mis_bridge.cli.main import cli
from mis_bridge.domain.problems import Problem
from tests.support.serving import eventually

COMMAND = str(Path(sys.executable).with_name("mis-bridge"))
SAMPLE = Path(__file__).parents[1] / "vendor_samples" / "iep_export.json"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with one school, to be copied."""
    made = tmp_path_factory.mktemp("begun")
    told(made, "la", "add", "661", "--name", "Awdurdod Enghraifft")
    told(made, "school", "add", "661/9901", "--name", "Ysgol Enghraifft")
    return made


@pytest.fixture
def folder(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "data"))


def told(folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    """Run a command in this process; return what it printed, and its refusal in words."""
    done = CliRunner().invoke(cli, list(arguments), env={"MIS_BRIDGE_DIR": str(folder)})
    refusal = done.exception.words.en if isinstance(done.exception, Problem) else ""
    ended = getattr(done.exception, "exit_code", 2) if refusal else done.exit_code
    assert ended == code, (done.output, done.exception)
    return done.stdout, refusal or done.stderr


def cohort(folder: Path, *options: str, code: int = 0) -> dict[str, Any]:
    out, _ = told(
        folder, "idp", "convert-cohort", "--school", "661/9901", *options, "--json", code=code
    )
    report: dict[str, Any] = json.loads(out)["report"]
    return report


def test_an_export_is_converted_once_and_its_report_adds_up(folder: Path) -> None:
    report = cohort(folder, "--iep", str(SAMPLE), "--wait")
    assert (report["state"], report["items"], report["counts"]["created"]) == ("done", 7, 7)
    assert sum(report["counts"].values()) == report["items"]
    assert report["source"] == {
        "read": 7, "mapped": 7, "rejected": 0, "duplicates": 0, "deleted": 0
    }  # fmt: skip
    assert report["without_pupil"] == 7
    assert cohort(folder, "--iep", str(SAMPLE), "--wait")["counts"]["unchanged"] == 7
    listed, _ = told(folder, "idp", "conversions", "--school", "661/9901")
    lines = [json.loads(line) for line in listed.splitlines()]
    assert [line["settled"] for line in lines] == [7, 7]
    shown, _ = told(folder, "idp", "conversions", report["run_id"])
    assert json.loads(shown)["report"]["counts"] == report["counts"]


def test_a_record_that_cannot_be_mapped_is_named_and_ends_with_one(
    folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps({"plans": [{"planId": "P1"}, {"pupilName": "A, B"}]}), "utf-8")
    report = cohort(folder, "--iep", str(file), "--wait", code=1)
    assert (report["counts"]["created"], report["counts"]["rejected"]) == (1, 1)
    [rejection] = report["rejections"]
    assert rejection["code"] == "not_mapped"
    assert rejection["reason"]
    assert rejection["reason_cy"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--provision", "statement"], "statement is no stage below a statement"),
        (["--year", "99"], "99 is no year group"),
        (["--vendor", "sims", "--iep", str(SAMPLE)], "exports pupils, not plans"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_and_starts_nothing(
    folder: Path, options: list[str], said: str
) -> None:
    out, error = told(folder, "idp", "convert-cohort", "--school", "661/9901", *options, code=2)
    assert out == ""
    assert said in error
    assert told(folder, "idp", "conversions", "--school", "661/9901") == ("", "")


def test_an_authority_is_not_given_one_schools_export(folder: Path) -> None:
    _, error = told(folder, "idp", "convert-cohort", "--la", "661", "--iep", str(SAMPLE), code=2)
    assert "--school" in error


def test_an_authority_or_a_school_that_is_not_there_is_named(folder: Path) -> None:
    assert "999" in told(folder, "idp", "convert-cohort", "--la", "999", code=2)[1]
    _, error = told(folder, "idp", "convert-cohort", "--school", "661/1234", code=2)
    assert "661/1234" in error


def test_without_a_worker_a_second_start_is_refused_and_says_how_to_go_on(folder: Path) -> None:
    first = cohort(folder, "--iep", str(SAMPLE))
    assert (first["state"], first["settled"]) == ("waiting", 0)
    out, error = told(folder, "idp", "convert-cohort", "--school", "661/9901", code=3)
    assert out == ""
    assert f"idp conversions {first['run_id']} --wait" in error
    out, _ = told(folder, "idp", "conversions", first["run_id"], "--wait")
    assert json.loads(out)["report"]["counts"]["created"] == 7


def test_a_command_that_was_killed_is_taken_up_where_it_stood(folder: Path, tmp_path: Path) -> None:
    plans = [
        {"planId": f"P{at}", "pupilName": "Canary, Aled", "stage": "A",
         "targets": [{"target": "Ask for help", "provision": "Small group"}]}
        for at in range(900)
    ]  # fmt: skip
    file = tmp_path / "many.json"
    file.write_text(json.dumps({"plans": plans}), encoding="utf-8")
    running = subprocess.Popen(
        [COMMAND, "idp", "convert-cohort", "--school", "661/9901", "--iep", str(file), "--wait"],
        env=os.environ | {"MIS_BRIDGE_DIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert eventually(lambda: 0 < _settled(folder) < 900, 60)
    running.kill()
    running.wait(20)
    assert 0 < _settled(folder) < 900
    [line] = told(folder, "idp", "conversions")[0].splitlines()
    run_id = json.loads(line)["run_id"]
    report = json.loads(told(folder, "idp", "conversions", run_id, "--wait")[0])["report"]
    assert (report["state"], report["counts"]["created"]) == ("done", 900)
    drafts = told(folder, "idp", "list", "--school", "661/9901")[0].splitlines()
    assert len({json.loads(draft)["plan_id"] for draft in drafts}) == len(drafts) == 900
    assert {json.loads(draft)["version"] for draft in drafts} == {1}


def _settled(folder: Path) -> int:
    """Look into the database, which is quicker than to ask a command."""
    with closing(sqlite3.connect(folder / "mis-bridge.db")) as database:
        found = database.execute("SELECT counts FROM conversion_runs").fetchone()
    return sum(json.loads(found[0]).values()) if found else 0


def test_an_authority_converts_the_schools_where_anybody_is_in_the_cohort(folder: Path) -> None:
    told(folder, "school", "add", "661/4001", "--name", "Ysgol Wag")
    pupils = str(SAMPLE.with_name("wonde_students.json"))
    told(folder, "import", pupils, "--vendor", "wonde", "--school", "661/9901")
    out, _ = told(folder, "idp", "convert-cohort", "--la", "661", "--wait")
    [line] = out.splitlines()
    report = json.loads(line)["report"]
    assert report["school"] == "661/9901"
    assert report["counts"]["from_register"] == report["items"] > 0
    listed = told(folder, "idp", "list", "--la", "661")[0].splitlines()
    assert {json.loads(draft)["vendor"] for draft in listed} == {"register"}
    assert all(json.loads(draft)["gaps"] for draft in listed)
    with_plans = cohort(folder, "--iep", str(SAMPLE), "--wait")
    assert sum(with_plans["counts"].values()) == with_plans["items"]
    assert with_plans["counts"]["created"] == 7
    assert with_plans["without_pupil"] < 7
