"""Individual education plans as exported to JSON (one object a plan) or CSV (one row a target)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters.base import Reading, ReadOptions
from adapters.exports import read_exports

NAME: Final = "iep"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read plans."""
    return read_exports(NAME, paths, replace(options, records=options.records or "plans"))
