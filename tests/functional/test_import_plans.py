"""`mis-bridge import` takes IEPs as well: it keeps a draft of each, once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.demo.files import write_samples

COMMAND = str(Path(sys.executable).with_name("mis-bridge"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_samples(tmp_path / "samples", 2026)
    run(tmp_path, "la", "add", "661", "--name", "Awdurdod Enghraifft")
    run(tmp_path, "school", "add", "661/9901", "--name", "Ysgol Enghraifft")
    return tmp_path


def run(folder: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [COMMAND, *arguments],
        env=os.environ | {"MIS_BRIDGE_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return ended.stdout


def import_plans(folder: Path, *options: str) -> dict[str, Any]:
    file = str(folder / "samples" / "iep_9901.json")
    said = run(folder, "import", file, "--vendor", "iep", "--school", "661/9901", *options)
    report: dict[str, Any] = json.loads(said)["report"]
    return report


def test_a_dry_run_says_what_would_be_kept_and_keeps_nothing(folder: Path) -> None:
    assert import_plans(folder, "--dry-run")["drafts"] == {"created": 3}
    assert import_plans(folder)["drafts"] == {"created": 3}
    assert import_plans(folder)["drafts"] == {"unchanged": 3}


def test_plans_of_nobody_in_the_register_are_named_for_a_person(folder: Path) -> None:
    report = import_plans(folder)
    assert report["read"] == report["mapped"] == 3
    assert report["without_pupil"] == ["IEP-9901-01", "IEP-9901-02", "IEP-9901-03"]
