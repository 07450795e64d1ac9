"""Common Transfer File: a snapshot of some pupils as XML. Nothing in it says that anybody left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters.base import Reading, ReadOptions
from adapters.xmlfiles import read_xml

NAME: Final = "ctf"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read CTF files; absence from one is never a removal, so the reading is partial."""
    reading = read_xml(NAME, paths, with_defaults(options))
    reading.partial = True
    return reading


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill where a CTF keeps its pupils; its only key is the UPN, which a pupil may lack."""
    return replace(
        options,
        records=options.records or "CTFpupilData/Pupil",
        record_id=options.record_id or ("UPN",),
        fingerprint=options.fingerprint or ("Surname", "Forename", "DOB"),
    )
