"""`map` and `mapping`: what a mapping makes of a source, and whether a mapping is sound."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.findings import Finding, MappingRefused
from mappings.language import MappingDocument, read_document, shipped, vendors
from mappings.lint import lint_text
from mis_bridge.cli.words import DONE, SOME_REJECTED, UNUSABLE, both, stop, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.mapping_diffs import differences
from mis_bridge.services.mapping_runs import MappingRun
from mis_bridge.services.file_sources import reopenable

_SCHOOL = re.compile(r"([0-9]{3})/?([0-9]{4})")
_PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
_AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=both("The day that decides what is current.", "Y diwrnod sy'n penderfynu beth sy'n gyfredol."),
)


@click.command(
    help=both(
        "Map records without storing anything: one canonical pupil a line, then the report.\n\n"
        "Example: mis-bridge map students.json --vendor wonde --school 661/9901",
        "Mapio cofnodion heb storio dim: un disgybl canonaidd y llinell, yna'r adroddiad.\n\n"
        "Enghraifft: mis-bridge map disgyblion.json --vendor wonde --school 661/9901",
    )
)
@_PATHS
@click.option(
    "--vendor",
    required=True,
    type=click.Choice(vendors()),
    help=both("Whose format it is.", "Fformat pwy ydyw."),
)
@click.option(
    "--mapping",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both("A whole mapping document, or an overlay.", "Dogfen fapio gyfan, neu droshaen."),
)
@click.option("--school", help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901."))
@_AS_OF
@click.option(
    "--provenance",
    is_flag=True,
    help=both("Show where every fact came from.", "Dangos o ble y daeth pob ffaith."),
)
def map_(
    paths: tuple[Path, ...],
    vendor: str,
    document: Path | None,
    school: str | None,
    as_of: datetime | None,
    *,
    provenance: bool,
) -> None:
    """Print the canonical records, then `{"report": ...}`; exit 1 if anything was left out."""
    began = time.monotonic()
    mapping = _document(document, vendor)
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=_school(school),
        as_of=_day(as_of),
        provenance=provenance,
    )
    _print(_with_progress(run.records()))
    report = run.report
    _print([{"report": report.to_json(time.monotonic() - began)}])
    if report.incomplete:
        tell(report.incomplete)
    sys.exit(SOME_REJECTED if report.incomplete or report.rejected else DONE)


@click.group(
    help=both(
        "Check, compare, publish and roll back mapping documents.\n\n"
        "Example: mis-bridge mapping lint ours.toml --sample students.json",
        "Gwirio, cymharu, cyhoeddi a dadwneud dogfennau mapio.\n\n"
        "Enghraifft: mis-bridge mapping lint eiddom.toml --sample disgyblion.json",
    )
)
def mapping() -> None:
    """Hold the verbs of a mapping's life."""


@mapping.command(
    help=both(
        "Find what is wrong with a mapping document: file, line and remedy; exit 1 if anything is.\n\n"
        "Example: mis-bridge mapping lint ours.toml --sample students.json",
        "Canfod beth sydd o'i le ar ddogfen fapio: ffeil, llinell a chywiriad; allanfa 1 os oes "
        "rhywbeth.\n\nEnghraifft: mis-bridge mapping lint eiddom.toml --sample disgyblion.json",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sample",
    "samples",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help=both("Records to try every path on.", "Cofnodion i roi cynnig ar bob llwybr arnynt."),
)
@_AS_OF
@click.option("--json", "as_json", is_flag=True, help=both("For programs.", "I raglenni."))
def lint(file: Path, samples: tuple[Path, ...], as_of: datetime | None, *, as_json: bool) -> None:
    """Print every finding; exit 1 if there is one."""
    text = _text(file)
    findings = lint_text(text, file.name)
    if samples and not findings:
        checked = read_document(text, file.name)
        options = ReadOptions.from_document(checked.read)
        trees = _trees(checked.vendor, samples, options)
        findings = lint_text(text, file.name, trees, _day(as_of).isoformat())
    _show(findings, as_json=as_json)
    if not findings:
        tell(Words(f"{file.name}: nothing found.", f"{file.name}: dim wedi'i ganfod."))
    sys.exit(SOME_REJECTED if findings else DONE)


@mapping.command(
    help=both(
        "Show, pupil by pupil and fact by fact, what changing mapping A for B would do; exit 1 if "
        "anything would change.\n\nExample: mis-bridge mapping diff wonde ours.toml --sample s.json",
        "Dangos, fesul disgybl a ffaith, beth a wnâi newid mapio A am B; allanfa 1 pe newidiai "
        "rhywbeth.\n\nEnghraifft: mis-bridge mapping diff wonde eiddom.toml --sample s.json",
    )
)
@click.argument("a")
@click.argument("b")
@click.option(
    "--sample",
    "samples",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help=both("The records to map twice.", "Y cofnodion i'w mapio ddwywaith."),
)
@click.option("--school", help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901."))
@_AS_OF
@click.option("--json", "as_json", is_flag=True, help=both("For programs.", "I raglenni."))
def diff(
    a: str,
    b: str,
    samples: tuple[Path, ...],
    school: str | None,
    as_of: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Print one object a pupil that would change, then the counts."""
    runs = [
        MappingRun(
            reopenable(document.vendor, samples, ReadOptions.from_document(document.read)),
            compile_mapping(document),
            school=_school(school),
            as_of=_day(as_of),
        )
        for document in (_named(a), _named(b))
    ]
    found = differences(runs[0], runs[1])
    _print(found.lines)
    _print([{"report": found.report}])
    if not as_json:
        tell(found.summary)
    sys.exit(SOME_REJECTED if found.lines else DONE)


def _document(file: Path | None, vendor: str) -> MappingDocument:
    if file is None:
        return shipped(vendor)
    document = _read(file)
    if document.vendor != vendor:
        stop(
            Words(
                f"{file.name} maps {document.vendor}, not {vendor}; give the mapping of {vendor}, "
                f"or --vendor {document.vendor}.",
                f"Mae {file.name} yn mapio {document.vendor}, nid {vendor}; rhowch fapiad {vendor}, "
                f"neu --vendor {document.vendor}.",
            )
        )
    return document


def _named(name: str) -> MappingDocument:
    if name in vendors():
        return shipped(name)
    file = Path(name)
    if not file.is_file():
        stop(
            Words(
                f"{name} is neither a file nor one of {', '.join(vendors())}.",
                f"Nid ffeil yw {name}, nac un o {', '.join(vendors())}.",
            )
        )
    return _read(file)


def _read(file: Path) -> MappingDocument:
    try:
        return read_document(_text(file), file.name)
    except MappingRefused as refused:
        _show(refused.findings, as_json=False)
        sys.exit(UNUSABLE)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        stop(
            Words(
                f"{file.name} is not UTF-8 at byte {fault.start}; save it as UTF-8.",
                f"Nid UTF-8 yw {file.name} ar feit {fault.start}; cadwch hi fel UTF-8.",
            )
        )


def _trees(
    vendor: str, samples: Sequence[Path], options: ReadOptions
) -> list[dict[str, Any]]:
    source = reopenable(vendor, samples, options)()
    return [dict(item.tree) for item in source if hasattr(item, "tree")]


def _school(written: str | None) -> str | None:
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


def _day(given: datetime | None) -> date:
    return given.date() if given else datetime.now(ZoneInfo("Europe/London")).date()


def _show(findings: Iterable[Finding], *, as_json: bool) -> None:
    if as_json:
        _print(finding.to_json() for finding in findings)
        return
    for finding in findings:
        tell(finding.sentence)


def _print(lines: Iterable[dict[str, Any]]) -> None:
    write = sys.stdout.buffer.write
    for line in lines:
        write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    sys.stdout.buffer.flush()


def _with_progress(records: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from records
        return
    label = both("records", "cofnod")
    for count, record in enumerate(records, start=1):
        if count % 500 == 0:
            click.echo(f"\r{count} {label}", nl=False, err=True)
        yield record
    click.echo("\r", nl=False, err=True)
