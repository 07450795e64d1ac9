"""`mapping`: its life from lint to publishing; who put which document in force."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mis_bridge.cli.mapping import diff, lint
from mis_bridge.cli.mapping_choices import (
    print_lines,
    read_mapping,
    school_named,
    text_of,
    today_or,
)
from mis_bridge.cli.opening import LA, SCHOOL, desk, now, tenant_given
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.mapping import admin as mapping_admin
from mis_bridge.services.mapping.diffs import differences
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun
from mis_bridge.storage import mapping_log
from mis_bridge.storage.tables.authorities import MappingVersionRow


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


_CONNECTION = click.option(
    "--connection", help=both("For this connection only.", "Ar gyfer y cysylltiad hwn yn unig.")
)
_BY = click.option("--by", required=True, help=both("Who does it.", "Pwy sy'n ei wneud."))


@mapping.command(
    "publish",
    help=both(
        "Put a mapping in force for the next reading, after showing what it changes.\n\n"
        "Example: mis-bridge mapping publish ours.toml --la 661 --sample students.json --by Nia "
        "--approved-by Huw",
        "Rhoi mapiad ar waith o'r darlleniad nesaf, ar ôl dangos beth mae'n ei newid.\n\n"
        "Enghraifft: mis-bridge mapping publish eiddom.toml --la 661 --sample disgyblion.json "
        "--by Nia --approved-by Huw",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LA()
@SCHOOL()
@_CONNECTION
@click.option(
    "--sample",
    "samples",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help=both("Records to show the change on.", "Cofnodion i ddangos y newid arnynt."),
)
@_BY
@click.option("--approved-by", help=both("The second person.", "Yr ail berson."))
@click.option("--note", help=both("Why.", "Pam."))
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    hidden=True,
    help=both("The day of the preview.", "Diwrnod y rhagolwg."),
)
@click.pass_context
def publish(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context,
    file: Path,
    la: str | None,
    school: str | None,
    connection: str | None,
    samples: tuple[Path, ...],
    by: str,
    approved_by: str | None,
    note: str | None,
    as_of: datetime | None,
) -> None:
    """Print the change in the sample, then the version; exit 3 without a second person."""
    tenant = tenant_given(la, school)
    document = read_mapping(file)
    for fault in mapping_admin.faults(text_of(file), file.name):
        tell(fault)
    proposal = mapping_admin.Proposal(text_of(file), file.name, by, approved_by, connection, note)
    with desk(ctx) as table, table.begin() as session:
        scope = connection or document.vendor
        before = mapping_admin.in_force(session, tenant, scope, document.vendor)
        runs = [
            MappingRun(
                reopenable(one.vendor, samples, ReadOptions.from_document(one.read)),
                compile_mapping(one),
                school=school_named(school),
                as_of=today_or(as_of),
            )
            for one in (before, document)
        ]
        preview = differences(runs[0], runs[1])
        tell(preview.summary)
        try:
            row = mapping_admin.publish(session, tenant, proposal, now())
        except mapping_admin.ApprovalMissing as missing:
            raise CommandFailed(missing.words, REFUSED_FOR_SAFETY) from missing
        print_lines([_shown(row), {"report": preview.report}])


@mapping.command(
    "rollback",
    help=both(
        "Put the version before the present one in force again.\n\n"
        "Example: mis-bridge mapping rollback wonde --la 661 --by Nia",
        "Rhoi'r fersiwn cyn yr un bresennol ar waith eto.\n\n"
        "Enghraifft: mis-bridge mapping rollback wonde --la 661 --by Nia",
    ),
)
@click.argument("scope")
@LA()
@SCHOOL()
@_BY
@click.pass_context
def rollback(ctx: click.Context, scope: str, la: str | None, school: str | None, by: str) -> None:
    """Print the version in force now; SCOPE is a vendor or a connection's id."""
    tenant = tenant_given(la, school)
    with desk(ctx) as table, table.begin() as session:
        row = mapping_admin.roll_back(session, tenant, scope, by=by, now=now())
        print_lines([_shown(row) if row else {"scope": scope, "state": "shipped"}])
    tell(
        Words(
            "The next reading maps every record anew.",
            "Bydd y darlleniad nesaf yn mapio pob cofnod o'r newydd.",
        )
    )


@mapping.command(
    "list",
    help=both(
        "Every version of every mapping, the present one marked `published`.\n\n"
        "Example: mis-bridge mapping list --la 661",
        "Pob fersiwn o bob mapiad, a'r un bresennol wedi'i nodi `published`.\n\n"
        "Enghraifft: mis-bridge mapping list --la 661",
    ),
)
@LA()
@SCHOOL()
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None) -> None:
    """Print one line a version."""
    tenant = tenant_given(la, school)
    with desk(ctx) as table, table.begin() as session:
        print_lines(_shown(row) for row in mapping_log.versions(session, tenant))


def _shown(row: MappingVersionRow) -> dict[str, object]:
    return {
        "scope": row.scope,
        "number": row.number,
        "vendor": row.vendor,
        "state": row.state,
        "digest": row.digest,
        "by": row.proposed_by,
        "approved_by": row.approved_by,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "note": row.note,
    }


mapping.add_command(lint)
mapping.add_command(diff)
