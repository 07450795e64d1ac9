"""Intervention sessions as exported to JSON or CSV: one row a session, or a pupil and week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters.base import Reading, ReadOptions
from adapters.exports import read_rows

NAME: Final = "interventions"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read what was planned and delivered."""
    return read_rows(NAME, paths, replace(options, records=options.records or "sessions"))
