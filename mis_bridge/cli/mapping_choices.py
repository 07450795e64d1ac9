"""What a command names (a mapping document, a school, a day), and how its answers are printed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mappings.findings import Finding, MappingRefused
from mappings.language import MappingDocument, read_document, shipped
from mis_bridge.cli.words import UNUSABLE, stop, tell
from mis_bridge.domain.words import Words

_SCHOOL = re.compile(r"([0-9]{3})/?([0-9]{4})")


def document_for(vendor: str, file: Path | None) -> MappingDocument:
    """Return the document of `file`, or the one shipped for the vendor; ends with 2 otherwise."""
    if file is None:
        return shipped(vendor)
    document = read_mapping(file)
    if document.vendor != vendor:
        stop(
            Words(
                f"{file.name} maps {document.vendor}, not {vendor}; give the mapping of {vendor}, "
                f"or --vendor {document.vendor}.",
                f"Mae {file.name} yn mapio {document.vendor}, nid {vendor}; rhowch fapiad "
                f"{vendor}, neu --vendor {document.vendor}.",
            )
        )
    return document


def read_mapping(file: Path) -> MappingDocument:
    """Return the document of a file; one with findings ends the command with 2 and shows them."""
    try:
        return read_document(text_of(file), file.name)
    except MappingRefused as refused:
        show(refused.findings, as_json=False)
        sys.exit(UNUSABLE)


def text_of(file: Path) -> str:
    """Return the text of a UTF-8 file; another encoding ends the command with 2."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        stop(
            Words(
                f"{file.name} is not UTF-8 at byte {fault.start}; save it as UTF-8.",
                f"Nid UTF-8 yw {file.name} ar feit {fault.start}; cadwch hi fel UTF-8.",
            )
        )


def school_named(written: str | None) -> str | None:
    """Return `661/9901` for what was written; ends with 2 for what is no school number."""
    if written is None:
        return None
    found = _SCHOOL.fullmatch(written.strip())
    if not found:
        stop(
            Words(
                "--school wants the numbers of LA and school, such as 661/9901.",
                "Mae ar --school eisiau rhifau'r ALl a'r ysgol, megis 661/9901.",
            )
        )
    return f"{found[1]}/{found[2]}"


def today_or(given: datetime | None) -> date:
    """Return the day given, or today in Wales."""
    return given.date() if given else datetime.now(ZoneInfo("Europe/London")).date()


def show(findings: Iterable[Finding], *, as_json: bool) -> None:
    """Print findings: JSON lines for programs, sentences for people."""
    if as_json:
        print_lines(finding.to_json() for finding in findings)
        return
    for finding in findings:
        tell(finding.sentence)


def print_lines(lines: Iterable[dict[str, Any]]) -> None:
    """Print one JSON object a line, as UTF-8 whatever the terminal says."""
    write = sys.stdout.buffer.write
    for line in lines:
        write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()
