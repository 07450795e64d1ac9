"""`mis-bridge idp`: draft plans from IEPs, and a kept plan as a document."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mis_bridge.cli.conversions import conversions_, convert_cohort
from mis_bridge.cli.mapping_choices import document_for, print_lines, school_named, today_or
from mis_bridge.cli.opening import LA, SCHOOL, desk, tenants_given
from mis_bridge.cli.rendering import render
from mis_bridge.cli.words import DONE, SOME_REJECTED, both, stop, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion.drafting import drafts
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun
from mis_bridge.storage import idp_drafts, plans
from mis_bridge.storage.tenants import Tenant


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


idp.add_command(convert_cohort)
idp.add_command(conversions_)
idp.add_command(render)


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
        remainder=True,
    )
    print_lines(
        draft.to_json() for draft in drafts(run.records(), vendor=vendor, school=tenant, on=on)
    )
    report = run.report
    print_lines([{"report": report.to_json(time.monotonic() - began)}])
    if report.incomplete:
        tell(report.incomplete)
    sys.exit(SOME_REJECTED if report.incomplete or report.rejected else DONE)


@idp.command(
    "list",
    help=both(
        "List the drafts that are kept, or the plans, one a line.\n\n"
        "Example: mis-bridge idp list --school 661/9901",
        "Rhestru'r drafftiau a gedwir, neu'r cynlluniau, un y llinell.\n\n"
        "Enghraifft: mis-bridge idp list --school 661/9901",
    ),
)
@LA()
@SCHOOL()
@click.option(
    "--plans",
    "of_plans",
    is_flag=True,
    help=both("The plans, not the drafts from IEPs.", "Y cynlluniau, nid y drafftiau o CAUau."),
)
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None, *, of_plans: bool) -> None:
    """Print each draft, or each plan: its id, how it stands; nothing personal."""
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            print_lines(_plans(session, tenant) if of_plans else _drafts(session, tenant))


def _drafts(session: Session, tenant: Tenant) -> Iterator[dict[str, object]]:
    for row in idp_drafts.listed(session, tenant):
        yield {
            "id": row.id,
            "school": row.school,
            "vendor": row.vendor,
            "plan_id": row.plan_id,
            "status": row.status,
            "version": row.version,
            "gaps": len(row.gaps) if isinstance(row.gaps, list) else 0,
        }


def _plans(session: Session, tenant: Tenant) -> Iterator[dict[str, object]]:
    for row in plans.listed(session, tenant):
        yield {
            "id": row.id,
            "school": row.school,
            "form": row.form_id,
            "form_version": row.form_version,
            "status": row.status,
            "edition": row.edition,
            "review_by": row.review_by_on.isoformat() if row.review_by_on else None,
        }
