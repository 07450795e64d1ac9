"""Attendance as exported to JSON or CSV: one row a pupil and week, or one row a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters.base import Reading, ReadOptions
from adapters.exports import read_rows

NAME: Final = "attendance"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read what was possible and attended."""
    return read_rows(NAME, paths, replace(options, records=options.records or "marks"))
