"""`sar` and `retention`: showing a person what is held, and destroying what is held too long."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from mis_bridge.cli.opening import JSON, LA, SCHOOL, desk, now, print_lines, tenants_given
from mis_bridge.cli.words import CommandFailed, both, tell
from mis_bridge.domain.words import Words
from mis_bridge.services import privacy
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.privacy import PrivacyProblem

_BY = click.option("--by", required=True, help=both("Who asks for it.", "Pwy sy'n gofyn amdano."))
_ON = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=both("As of this day.", "O'r diwrnod hwn."),
)


@click.command(
    help=both(
        "Write everything held of one pupil into a folder; other people's data is redacted and "
        "listed as redacted.\n\nExample: mis-bridge sar P661990118001 --out ./sar --by 'A. Person'",
        "Ysgrifennu popeth a gedwir am un disgybl mewn ffolder; golygir data pobl eraill, a'i "
        "restru.\n\nEnghraifft: mis-bridge sar P661990118001 --out ./sar --by 'A. Person'",
    )
)
@click.argument("upn")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help=both("The folder to write.", "Y ffolder i'w hysgrifennu."),
)
@_BY
@LA()
@SCHOOL()
@click.pass_context
def sar(
    ctx: click.Context, upn: str, out: Path, by: str, la: str | None, school: str | None
) -> None:
    """Write a subject access bundle."""
    found: list[dict[str, Any]] = []
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            try:
                found.append(privacy.bundle(session, tenant, upn, by=by, now=now()))
            except PrivacyProblem as problem:
                nobody = problem
    if not found:
        raise CommandFailed(nobody.words)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(out / "held.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(found, opened, ensure_ascii=False, indent=2, default=str)
    tell(_WRITTEN.fill(folder=out))


@click.group(
    help=both(
        "Destruction dates.\n\nExample: mis-bridge retention plan --la 661",
        "Dyddiadau dinistrio.\n\nEnghraifft: mis-bridge retention plan --la 661",
    )
)
def retention() -> None:
    """Hold the verbs of retention."""


@retention.command(
    help=both(
        "List whose time is over, and what stands against it; nothing is destroyed.\n\n"
        "Example: mis-bridge retention plan --la 661",
        "Rhestru'r rhai y daeth eu hamser i ben, a'r hyn sy'n rhwystr; ni ddinistrir dim.\n\n"
        "Enghraifft: mis-bridge retention plan --la 661",
    )
)
@LA()
@SCHOOL()
@_ON
@JSON()
@click.pass_context
def plan(
    ctx: click.Context,
    la: str | None,
    school: str | None,
    on: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Print a line a pupil."""
    del as_json
    day = on.date() if on else day_in_wales(now())
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            print_lines(due.to_json() for due in privacy.plan(session, tenant, on=day))


@retention.command(
    "apply",
    help=both(
        "Destroy what is held of the pupils named, of those whose time is over.\n\n"
        "Example: mis-bridge retention apply ID ID --by 'A. Person' --ground retention",
        "Dinistrio'r hyn a gedwir am y disgyblion a enwir, o'r rhai y daeth eu hamser i ben.\n\n"
        "Enghraifft: mis-bridge retention apply ID ID --by 'A. Person' --ground retention",
    ),
)
@click.argument("pupils", nargs=-1, required=True, metavar="PUPIL...")
@_BY
@click.option(
    "--ground",
    default="retention",
    show_default=True,
    help=both("On what ground.", "Ar ba sail."),
)
@_ON
@click.pass_context
def apply_(
    ctx: click.Context, pupils: tuple[str, ...], by: str, ground: str, on: datetime | None
) -> None:
    """Destroy, and print what was."""
    day = on.date() if on else day_in_wales(now())
    wanted = set(pupils)
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, None, None):
            for due in list(privacy.plan(session, tenant, on=day)):
                if due.pupil_id in wanted:
                    counts = privacy.erase(session, due, ground=ground, by=by, now=now())
                    wanted.discard(due.pupil_id)
                    print_lines([{"pupil": due.pupil_id, "destroyed": counts}])
        if wanted:
            raise CommandFailed(_NOT_DUE.fill(pupils=", ".join(sorted(wanted))))


_WRITTEN = Words(
    "{folder}/held.json is written; it holds one person's data: hand it over safely",
    "ysgrifennwyd {folder}/held.json; data un person sydd ynddo: trosglwyddwch ef yn ddiogel",
)
_NOT_DUE = Words(
    "nothing was destroyed: {pupils} are not among those whose time is over",
    "ni ddinistriwyd dim: nid yw {pupils} ymhlith y rhai y daeth eu hamser i ben",
)
