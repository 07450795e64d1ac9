"""The invented pupils of the sample files, as rows to serve."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "vendor_samples"


def read_json(name: str) -> Any:
    """Return one sample file, parsed."""
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def read_csv(name: str) -> list[dict[str, str]]:
    """Return the rows of one sample table."""
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
