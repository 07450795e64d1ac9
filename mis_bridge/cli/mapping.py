"""`map` and `mapping`: what a mapping makes of a source, and whether a mapping is sound."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.language import MappingDocument, read_document, shipped, vendors
from mappings.lint import lint_text
from mis_bridge.cli.mapping_choices import (
    document_for,
    print_lines,
    read_mapping,
    school_named,
    show,
    text_of,
    today_or,
)
from mis_bridge.cli.words import DONE, SOME_REJECTED, both, stop, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.mapping.diffs import differences
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun

_PATHS = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
_AS_OF = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=both(
        "The day that decides what is current.", "Y diwrnod sy'n penderfynu beth sy'n gyfredol."
    ),
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
    mapping = document_for(vendor, document)
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=school_named(school),
        as_of=today_or(as_of),
        provenance=provenance,
    )
    print_lines(_with_progress(run.records()))
    report = run.report
    print_lines([{"report": report.to_json(time.monotonic() - began)}])
    if report.incomplete:
        tell(report.incomplete)
    sys.exit(SOME_REJECTED if report.incomplete or report.rejected else DONE)


@click.command(
    help=both(
        "Find what is wrong with a mapping document: file, line, remedy; exit 1 if anything is.\n\n"
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
    text = text_of(file)
    findings = lint_text(text, file.name)
    if samples and not findings:
        checked = read_document(text, file.name)
        options = ReadOptions.from_document(checked.read)
        trees = _trees(checked.vendor, samples, options)
        findings = lint_text(text, file.name, trees, today_or(as_of).isoformat())
    show(findings, as_json=as_json)
    if not findings:
        tell(Words(f"{file.name}: nothing found.", f"{file.name}: dim wedi'i ganfod."))
    sys.exit(SOME_REJECTED if findings else DONE)


@click.command(
    help=both(
        "Show, pupil by pupil and fact by fact, what changing mapping A for B would do; exit 1 if "
        "anything would change.\n\n"
        "Example: mis-bridge mapping diff wonde ours.toml --sample s.json",
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
            school=school_named(school),
            as_of=today_or(as_of),
        )
        for document in (_named(a), _named(b))
    ]
    found = differences(runs[0], runs[1])
    print_lines(found.lines)
    print_lines([{"report": found.report}])
    if not as_json:
        tell(found.summary)
    sys.exit(SOME_REJECTED if found.lines else DONE)


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
    return read_mapping(file)


def _trees(vendor: str, samples: Sequence[Path], options: ReadOptions) -> list[dict[str, Any]]:
    source = reopenable(vendor, samples, options)()
    return [dict(item.tree) for item in source if hasattr(item, "tree")]


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
