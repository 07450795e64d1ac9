"""`mis-bridge form`: an authority copies a form, changes it, and puts it in force by two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mis_bridge.cli.main import cli

LA = ("--la", "661")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with an authority in an embedded database."""
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    run("la", "add", "661", "--name", "Authority", "--name-cy", "Awdurdod")
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def code(done: Result) -> int:
    return int(getattr(done.exception, "exit_code", done.exit_code))


def test_a_form_goes_from_print_to_force_and_back(place: Path) -> None:
    shipped = run("form", "show")
    assert "not verified" in shipped.stderr or "compared" in shipped.stderr
    file = place / "ours.toml"
    changed = shipped.stdout.replace('"2021-1"', '"661-1"', 1)
    file.write_text(changed.replace('en = "Travel arrangements"', 'en = "Getting there"'))
    proposed = run("form", "propose", str(file), *LA, "--by", "Nia")
    lines = [json.loads(line) for line in proposed.stdout.splitlines()]
    assert [line.get("place") for line in lines[:-1]] == ["travel"]
    assert lines[-1]["state"] == "proposed"
    alone = run("form", "publish", "661-1", *LA, "--by", "Nia")
    assert (code(alone), alone.stdout) == (3, "")
    assert json.loads(run("form", "publish", "661-1", *LA, "--by", "Huw").stdout)["state"] == (
        "published"
    )
    assert "Getting there" in run("form", "show", *LA).stdout
    assert "Getting there" not in run("form", "show").stdout
    run("form", "retire", *LA, "--by", "Huw")
    assert "Getting there" not in run("form", "show", *LA).stdout
    assert "Getting there" in run("form", "show", *LA, "--version", "661-1").stdout
    listed = [json.loads(line) for line in run("form", "list", *LA).stdout.splitlines()]
    assert [(row["version"], row["state"]) for row in listed] == [("661-1", "retired")]


def test_a_form_with_faults_is_refused_with_every_place(place: Path) -> None:
    file = place / "bad.toml"
    file.write_text(run("form", "show").stdout.replace('cy = "Enw"', 'cy = ""'))
    refused = run("form", "propose", str(file), *LA, "--by", "Nia")
    assert code(refused) != 0
    assert refused.stdout == ""
    assert "bad.toml: version" in refused.stderr
    assert "(person.name).label.cy" in refused.stderr
    assert run("form", "list", *LA).stdout == ""
    assert code(run("form", "show", "--version", "661-1")) == 2
