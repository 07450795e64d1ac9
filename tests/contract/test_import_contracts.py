"""Each import contract of the house is shown to fail on a planted violation."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("mis_bridge", "adapters", "mappings", "webhooks")

PLANTED = [
    ("Imports point down, never up", "mis_bridge/domain/words.py", "import mis_bridge.services"),
    ("Imports point down, never up", "mappings/issues.py", "import adapters.base"),
    ("Every module of the product has its layer", "mis_bridge/homeless.py", '"""No layer."""'),
    ("Vendors do not know one another", "adapters/wonde.py", "import adapters.ctf"),
    ("Vendors do not know one another", "adapters/homeless.py", '"""No layer."""'),
    ("Senders do not know one another", "webhooks/standard.py", "import webhooks.github"),
    ("Law and mappings know no framework", "mis_bridge/domain/words.py", "import sqlalchemy"),
    ("Law and mappings know no framework", "mappings/issues.py", "import requests"),
    ("The law knows no schema library either", "mis_bridge/domain/words.py", "import marshmallow"),
    ("The engine is named in one module", "mis_bridge/config.py", "import dbos"),
    ("The front door stays empty", "mis_bridge/__init__.py", "import mis_bridge.domain"),
    ("No circle anywhere", "mis_bridge/storage/planted.py", "import mis_bridge.services.planted"),
]


def lint(folder: Path) -> str:
    """Run the contracts over a tree and return what they print."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=lambda folder, names: [
                name
                for name in names
                if not (name.endswith(".py") or (Path(folder) / name).is_dir())
            ],
        )
    return tmp_path


def test_the_product_keeps_every_contract(tree: Path) -> None:
    printed = lint(tree)
    assert "BROKEN" not in printed, printed
    assert " 0 broken" in printed, printed


@pytest.mark.parametrize(("contract", "place", "line"), PLANTED)
def test_a_planted_violation_breaks_the_contract(
    tree: Path, contract: str, place: str, line: str
) -> None:
    file = tree / place
    before = file.read_text(encoding="utf-8") if file.exists() else '"""Planted."""\n'
    file.write_text(before + f"\n{line}\n", encoding="utf-8")
    if "planted" in line:  # the other half of the circle
        (tree / "mis_bridge/services/planted.py").write_text(
            '"""Planted."""\n\nimport mis_bridge.storage.planted\n', encoding="utf-8"
        )
    printed = re.sub(r"\s+", " ", lint(tree))
    assert f"{contract} BROKEN" in printed, printed
