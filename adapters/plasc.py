"""The pupil level census return of Wales as XML: every pupil on roll on the day of the count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters.base import Reading, ReadOptions
from adapters.xmlfiles import read_xml

NAME: Final = "plasc"
_PUPIL: Final = "PupilIdentifiers"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read census files."""
    return read_xml(NAME, paths, with_defaults(options))


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the element of a pupil. The structure is assumed: an overlay may set another path."""
    return replace(
        options,
        records=options.records or "PupilOnRoll",
        record_id=options.record_id or (f"{_PUPIL}.UPN",),
        fingerprint=options.fingerprint
        or (f"{_PUPIL}.Surname", f"{_PUPIL}.Forename", f"{_PUPIL}.DOB"),
    )
