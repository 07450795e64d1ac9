"""`calendar`: term dates in, and which of them hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from mis_bridge.cli.opening import JSON, LA, SCHOOL, desk, now, print_lines, tenant_given
from mis_bridge.cli.words import CommandFailed, both
from mis_bridge.domain.words import Words
from mis_bridge.services import calendar_imports
from mis_bridge.services.calendar_files import read_calendar
from mis_bridge.storage import calendars
from mis_bridge.storage.tables.authorities import CalendarVersionRow, SchoolRow
from mis_bridge.storage.tenants import Tenant


@click.group(
    help=both(
        "Term dates: each import is a new version.\n\n"
        "Example: mis-bridge calendar import terms.csv --la 661",
        "Dyddiadau tymor: fersiwn newydd yw pob mewnforiad.\n\n"
        "Enghraifft: mis-bridge calendar import tymhorau.csv --la 661",
    )
)
def calendar() -> None:
    """Hold the verbs of calendars."""


@calendar.command(
    "import",
    help=both(
        "Import term dates (CSV with kind,start,end, or iCalendar).\n\n"
        "Example: mis-bridge calendar import terms.csv --la 661",
        "Mewnforio dyddiadau tymor (CSV â math,dechrau,diwedd, neu iCalendar).\n\n"
        "Enghraifft: mis-bridge calendar import tymhorau.csv --la 661",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LA()
@SCHOOL()
@click.pass_context
def import_(ctx: click.Context, file: Path, la: str | None, school: str | None) -> None:
    """Import a file as the owner's next version."""
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        print_lines([import_dates(session, tenant, file)])


@calendar.command(
    "list",
    help=both(
        "List the versions, one a line.\n\nExample: mis-bridge calendar list --school 661/4001",
        "Rhestru'r fersiynau, un y llinell.\n\n"
        "Enghraifft: mis-bridge calendar list --school 661/4001",
    ),
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print each version without its dates."""
    del as_json  # one JSON object a line either way
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        print_lines(_summary(row) for row in calendar_imports.listed(session, tenant))


@calendar.command(
    help=both(
        "Show one version with its dates.\n\nExample: mis-bridge calendar show ID --la 661",
        "Dangos un fersiwn gyda'i dyddiadau.\n\nEnghraifft: mis-bridge calendar show ID --la 661",
    )
)
@click.argument("version_id")
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def show(
    ctx: click.Context, version_id: str, la: str | None, school: str | None, *, as_json: bool
) -> None:
    """Print one version."""
    del as_json
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        row = calendars.version(session, Tenant(tenant.la), version_id)
        if row is None:
            raise CommandFailed(_UNKNOWN)
        print_lines([{**_summary(row), "dates": row.spec}])


def import_dates(session: Session, tenant: Tenant, file: Path) -> dict[str, Any]:
    """Store a file's term dates for a school or an authority; what came of it, for printing."""
    kind = "school"
    if tenant.school is not None:
        row = session.get(SchoolRow, tenant.school)
        if row is None:
            raise CommandFailed(_NO_SCHOOL.fill(school=tenant.school))
        kind = "fei" if row.setting == "fei" else "school"
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(_NOT_UTF8.fill(file=file.name)) from None
    came = calendar_imports.add_version(
        session,
        tenant,
        read_calendar(text),
        kind="fei" if kind == "fei" else "school",
        name=file.stem,
        by="operator",
        now=now(),
    )
    return {
        "calendar_id": came.version_id,
        "number": came.number,
        "new": came.is_new,
        "tasks_moved": list(came.moved),
    }


def _summary(row: CalendarVersionRow) -> dict[str, Any]:
    return {
        "calendar_id": row.id,
        "owner": row.owner,
        "number": row.number,
        "name": row.name,
        "kind": row.kind,
        "first_on": row.first_on,
        "last_on": row.last_on,
        "imported_at": row.imported_at.isoformat(),
    }


_UNKNOWN = Words("there is no such calendar", "nid oes calendr o'r fath")
_NO_SCHOOL = Words(
    "the school {school} is not in this database; add it with mis-bridge school add",
    "nid yw'r ysgol {school} yn y gronfa ddata hon; ychwanegwch hi â mis-bridge school add",
)
_NOT_UTF8 = Words(
    "{file} is not UTF-8; save it as UTF-8", "nid UTF-8 yw {file}; cadwch hi fel UTF-8"
)
