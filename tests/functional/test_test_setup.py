"""What `make test` provides besides Python, and what it says when it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("bash", "id", "ls", "sort", "tail", "dirname", "readlink", "mktemp", "chmod", "chown",
         "rm", "env", "cat", "runuser")  # fmt: skip
ENDED = "echo LEFT_OUT=${LEFT_OUT[*]:-} CHROMIUM=${MIS_BRIDGE_TEST_CHROMIUM:-}"

CONNECT = """$PYTHON -c "
import os, sqlalchemy
url = os.environ['MIS_BRIDGE_TEST_POSTGRES']
engine = sqlalchemy.create_engine(url, isolation_level='AUTOCOMMIT')
engine.connect().execute(sqlalchemy.text('CREATE DATABASE shown'))
print('made a database')
" """


def run(script: str, bare: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script that sourced the provider, with only `TOOLS` to be found."""
    bare.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        if found:
            (bare / tool).symlink_to(found)
    environment = {
        "PATH": str(bare),
        "PYTHON": str(ROOT / ".venv/bin/python"),
        "PGHOST": "127.0.0.1",
        "PGPORT": "1",
        "HOME": str(bare),
    }
    return subprocess.run(
        ["bash", "-uo", "pipefail", "-c", f". scripts/provide-tests.sh; {script}"],
        cwd=ROOT,
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("provide", "marker", "remedy"),
    [
        ("provide_postgres", "postgres", "apt-get install postgresql"),
        ("provide_chromium", "browser", "apt-get install chromium"),
    ],
)
def test_what_cannot_be_had_is_left_out_by_name_with_its_remedy_in_both_languages(
    tmp_path: Path, provide: str, marker: str, remedy: str
) -> None:
    ended = run(f"{provide}; {ENDED}", tmp_path / "bin", POSTGRES_FOLDERS=str(tmp_path))
    assert f"LEFT_OUT={marker} " in ended.stdout
    assert "Left out:" in ended.stderr
    assert "Wedi'i adael allan:" in ended.stderr
    assert ended.stderr.count(remedy) == 2


@pytest.mark.parametrize("provide", ["provide_postgres", "provide_chromium"])
def test_with_ci_set_leaving_anything_out_is_a_failure(tmp_path: Path, provide: str) -> None:
    ended = run(provide, tmp_path / "bin", POSTGRES_FOLDERS=str(tmp_path), CI="true")
    assert ended.returncode == 1
    assert "CI=true" in ended.stderr


@pytest.mark.postgres
def test_where_no_server_answers_a_throw_away_one_serves_and_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir(mode=0o711)
    for parent in temporary.parents:
        if parent.owner() == temporary.owner() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    script = f"trap stop_throw_away_server EXIT; provide_postgres; {ENDED}; {CONNECT}; ls $TMPDIR"
    ended = run(script, tmp_path / "bin", TMPDIR=str(temporary))
    assert "LEFT_OUT= " in ended.stdout, ended.stderr
    assert "made a database" in ended.stdout
    assert "mis-bridge-postgres." in ended.stdout
    assert list(temporary.iterdir()) == []


def test_a_browser_that_is_named_is_used(tmp_path: Path) -> None:
    browser = tmp_path / "my-chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    ended = run(
        f"provide_chromium; {ENDED}", tmp_path / "bin", MIS_BRIDGE_TEST_CHROMIUM=str(browser)
    )
    assert f"CHROMIUM={browser}" in ended.stdout


def test_the_script_runs_from_any_folder_and_hands_its_arguments_to_pytest(tmp_path: Path) -> None:
    ended = subprocess.run(
        [ROOT / "scripts/test.sh", "--version"],
        cwd=tmp_path,
        env=os.environ | {"TEST_PROCESSES": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "pytest" in ended.stdout
