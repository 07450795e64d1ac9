"""`mis-bridge idp`: draft plans from IEPs."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

import click

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mis_bridge.cli.mapping_choices import document_for, print_lines, school_named, today_or
from mis_bridge.cli.words import DONE, SOME_REJECTED, both, stop, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion import drafts
from mis_bridge.services.file_sources import reopenable
from mis_bridge.services.mapping_runs import MappingRun


@click.group(
    help=both(
        "Draft individual development plans from individual education plans.\n\n"
        "Example: mis-bridge idp convert plans.json --school 661/9901",
        "Llunio drafftiau o gynlluniau datblygu unigol o gynlluniau addysg unigol.\n\n"
        "Enghraifft: mis-bridge idp convert cynlluniau.json --school 661/9901",
    )
)
def idp() -> None:
    """Group the verbs on plans."""


@idp.command(
    "convert",
    help=both(
        "Print one draft plan a line, then the report; stores nothing.\n\n"
        "Example: mis-bridge idp convert plans.csv --school 661/9901",
        "Argraffu un cynllun drafft y llinell, yna'r adroddiad; nid yw'n storio dim.\n\n"
        "Enghraifft: mis-bridge idp convert cynlluniau.csv --school 661/9901",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--school", help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901."))
@click.option(
    "--vendor",
    default="iep",
    show_default=True,
    help=both("Whose format it is.", "Fformat pwy ydyw."),
)
@click.option(
    "--mapping",
    "document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both("A whole mapping document, or an overlay.", "Dogfen fapio gyfan, neu droshaen."),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help=both("The day of conversion.", "Diwrnod y trosi."),
)
def convert(
    paths: tuple[Path, ...],
    school: str | None,
    vendor: str,
    document: Path | None,
    as_of: datetime | None,
) -> None:
    """Convert every plan; exit 1 if a record was left out, as `map` does."""
    began = time.monotonic()
    mapping = document_for(vendor, document)
    if mapping.kind != "plan":
        stop(
            Words(
                f"{vendor} exports pupils, not plans; give --vendor iep, or a mapping of plans.",
                f"Mae {vendor} yn allforio disgyblion, nid cynlluniau; rhowch --vendor iep, neu "
                "fapiad o gynlluniau.",
            )
        )
    tenant = school_named(school)
    on = today_or(as_of)
    run = MappingRun(
        reopenable(vendor, paths, ReadOptions.from_document(mapping.read)),
        compile_mapping(mapping),
        school=tenant,
        as_of=on,
    )
    print_lines(
        draft.to_json() for draft in drafts(run.records(), vendor=vendor, school=tenant, on=on)
    )
    report = run.report
    print_lines([{"report": report.to_json(time.monotonic() - began)}])
    if report.incomplete:
        tell(report.incomplete)
    sys.exit(SOME_REJECTED if report.incomplete or report.rejected else DONE)
