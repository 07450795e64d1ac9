"""`mis-bridge import` takes interventions and attendance: once, and for pupils who are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mis_bridge.cli.main import cli

SAMPLES = Path(__file__).parents[1] / "vendor_samples"
SCHOOL = "661/9901"


@pytest.fixture(autouse=True)
def a_school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a school to an embedded database, with the pupils of a sample."""
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    for words in (
        ["la", "add", "661", "--name", "Awdurdod"],
        ["school", "add", SCHOOL, "--name", "Ysgol"],
    ):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output


def import_file(name: str, vendor: str, *options: str, code: int = 0) -> dict[str, Any]:
    """Import a file and return the report."""
    words = ["import", str(SAMPLES / name), "--vendor", vendor, "--school", SCHOOL, *options]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == code, done.output
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])["report"]
    assert report["read"] == report["mapped"] + report["rejected"] + report["duplicates"]
    return report


def test_an_export_is_tried_kept_once_and_its_rows_add_up() -> None:
    roll = ["import", str(SAMPLES / "xporter_learners.json"), "--vendor", "xporter"]
    assert CliRunner().invoke(cli, [*roll, "--school", SCHOOL]).exit_code == 0
    tried = import_file("interventions_export.csv", "interventions", "--dry-run")
    assert tried["dry_run"]
    assert tried["weeks"]["new"] > 0
    kept = import_file("interventions_export.csv", "interventions")
    assert kept["weeks"] == tried["weeks"]
    assert sum(kept["rows"].values()) == kept["mapped"] == 11
    # The same rows in the other format are no others.
    again = import_file("interventions_export.json", "interventions")
    assert again["weeks"] == {"unchanged": kept["weeks"]["new"]}


def test_rows_of_nobody_in_the_register_are_named_by_their_place() -> None:
    report = import_file("attendance_export.csv", "attendance")
    assert report["rows"] == {"without_pupil": 10}
    assert report["without_pupil"][0] == "attendance_export.csv:2"
    assert report["weeks"] == {}


def test_a_row_that_cannot_be_read_is_told_and_ends_in_an_error(tmp_path: Path) -> None:
    file = tmp_path / "weeks.csv"
    file.write_text(
        "UPN,Week Commencing,Possible Sessions,Attended Sessions\nP661990118001,2026-09-07,10,11\n",
        "utf-8",
    )
    words = ["import", str(file), "--vendor", "attendance", "--school", SCHOOL]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    (refused,) = json.loads(done.stdout.splitlines()[-1])["report"]["rejections"]
    assert refused["record"] == "weeks.csv:2"
    assert "more sessions were attended" in refused["reason"]
    assert "P661990118001" not in done.output


def test_a_change_of_the_mapping_is_shown_row_by_row(tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(
        'format = 1\nextends = "interventions"\n[delivered]\nfrom = "Planned"\n', "utf-8"
    )
    sample = str(SAMPLES / "interventions_export.csv")
    words = ["mapping", "diff", "interventions", str(ours), "--sample", sample, "--json"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 1
    report = json.loads(done.stdout.splitlines()[-1])["report"]
    assert report["compared"] == 11
    assert report["facts"]["delivered"] > 0


def test_an_authority_publishes_a_mapping_for_an_export_that_ours_cannot_read(
    tmp_path: Path,
) -> None:
    ours, export = tmp_path / "ours.toml", tmp_path / "export.csv"
    ours.write_text(
        'format = 1\nextends = "interventions"\n'
        '[read]\ntables = [{ name = "sessions", columns = ["Strategy"] }]\n'
        '[pupil.upn]\nfrom = "Number"\n[name]\nfrom = "Strategy"\n[date]\nfrom = "Held on"\n'
        '[unit]\nconstant = "minutes"\n[delivered]\nfrom = "Given"\n',
        "utf-8",
    )
    export.write_text("Number,Strategy,Held on,Given\nX,Reading,04/11/2026,15\n", "utf-8")
    words = ["import", str(export), "--vendor", "interventions", "--school", SCHOOL]
    assert "none of these is the table" in str(CliRunner().invoke(cli, words).exception)
    publish = ["mapping", "publish", str(ours), "--la", "661", "--sample", str(export)]
    done = CliRunner().invoke(cli, [*publish, "--by", "Nia", "--approved-by", "Huw"])
    assert done.exit_code == 0, done.output
    report = json.loads(CliRunner().invoke(cli, words).stdout.splitlines()[-1])["report"]
    assert (report["mapped"], report["rows"]) == (1, {"without_pupil": 1})
