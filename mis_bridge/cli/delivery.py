"""`delivery`: ways of sending, set up, listed, tried, paused and ended."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from mis_bridge.cli.opening import (
    JSON,
    LA,
    SCHOOL,
    desk,
    now,
    print_lines,
    school_tenant,
    tenant_given,
)
from mis_bridge.cli.words import DONE, SOME_REJECTED, CommandFailed, both, tell
from mis_bridge.config import command_language
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.services.sending import routes
from mis_bridge.services.sending.routes import Wanted
from mis_bridge.services.sending.settings import CHANNELS
from mis_bridge.storage import delivery_routes
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.sending import DeliveryRouteRow
from mis_bridge.storage.tenants import Tenant

_LARGEST_SECRET = 10_000


@click.group(
    help=both(
        "Ways of sending notices.\n\nExample: mis-bridge delivery list",
        "Ffyrdd o anfon hysbysiadau.\n\nEnghraifft: mis-bridge delivery list",
    )
)
def delivery() -> None:
    """Hold the verbs of ways of sending."""


@delivery.command(
    help=both(
        "Set up a way of sending. The secret is read from a file or from standard input, and is "
        "never shown.\n\nExample: mis-bridge delivery add --channel notify_email --la 661 --set "
        "template_id=11112222-1111-2222-3333-111122223333 --secret-file notify.key "
        "--owner 'ALN lead' --purpose 'ALN notices'",
        "Gosod ffordd o anfon. Darllenir y gyfrinach o ffeil neu o'r mewnbwn safonol, ac ni "
        "ddangosir hi byth.\n\nEnghraifft: mis-bridge delivery add --channel notify_email --la 661 "
        "--set template_id=11112222-1111-2222-3333-111122223333 --secret-file notify.key "
        "--owner 'Arweinydd ADY' --purpose 'Hysbysiadau ADY'",
    )
)
@click.option(
    "--channel",
    required=True,
    type=click.Choice(CHANNELS),
    help=both("What carries the notices.", "Beth sy'n cludo'r hysbysiadau."),
)
@LA()
@SCHOOL()
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help=both("A setting, as docs/delivery.md lists them.", "Gosodiad, fel yn docs/delivery.md."),
)
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help=both("File of the secret; - reads it.", "Ffeil y gyfrinach; - i'w darllen."),
)
@click.option(
    "--owner",
    required=True,
    help=both("Who answers for the secret.", "Pwy sy'n atebol am y gyfrinach."),
)
@click.option("--purpose", required=True, help=both("What it is for.", "At ba ddiben y mae."))
@click.option(
    "--expires-on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=both("Last day of its use.", "Diwrnod olaf ei defnyddio."),
)
@JSON()
@click.pass_context
def add(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    *,
    channel: str,
    la: str | None,
    school: str | None,
    settings: tuple[str, ...],
    secret_file: Path | None,
    owner: str,
    purpose: str,
    expires_on: Any,
    as_json: bool,
) -> None:
    """Set up a way of sending."""
    last_day: date | None = expires_on.date() if expires_on else None
    wanted = Wanted(
        channel, _secret(secret_file), owner, purpose, dict(map(_setting, settings)), last_day
    )
    with desk(ctx) as at, at.begin() as session:
        route_id = routes.add(
            session,
            tenant_given(la, school),
            wanted,
            by="operator",
            now=now(),
            trusted_origins=at.settings.trusted_origins,
        )
    if as_json:
        print_lines([{"route_id": route_id}])
    else:
        click.echo(f"route_id: {route_id}")
        tell(_TRY_IT.fill(route=route_id))


@delivery.command(
    "list",
    help=both(
        "List the ways of sending, one a line, without their secrets.\n\n"
        "Example: mis-bridge delivery list --la 661 --json",
        "Rhestru'r ffyrdd o anfon, un y llinell, heb eu cyfrinachau.\n\n"
        "Enghraifft: mis-bridge delivery list --la 661 --json",
    ),
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print each way of sending."""
    tenant = school_tenant(school) if school else Tenant(la) if la else None
    with desk(ctx) as at, at.begin() as session:
        today = now().date()
        rows = [_summary(row, today) for row in delivery_routes.listed(session, tenant)]
    if as_json:
        print_lines(rows)
        return
    for row in rows:
        click.echo(
            f"{row['route_id']}  {row['school'] or row['la']}  {row['channel']}  {row['state']}  "
            f"{row['fault'] or '-'}"
        )


@delivery.command(
    help=both(
        "Try a way of sending with nothing personal, to nobody; exit 1 if it does not work.\n\n"
        "Example: mis-bridge delivery test ID",
        "Profi ffordd o anfon heb ddim personol, at neb; allanfa 1 os nad yw'n gweithio.\n\n"
        "Enghraifft: mis-bridge delivery test ID",
    )
)
@click.argument("route_id")
@JSON()
@click.pass_context
def test(ctx: click.Context, route_id: str, *, as_json: bool) -> None:
    """Try a way and record what came of it."""
    with desk(ctx) as at:
        with at.begin() as session:
            channel = routes.opened(session, route_id, at.settings.trusted_origins, now())
        tried = routes.tried(channel, f"test-{new_id()}")
        with at.begin() as session:
            routes.record_tried(session, route_id, tried, by="operator", now=now())
    if as_json:
        line = {"route_id": route_id, "ok": tried.ok}
        print_lines([{**line, "words": tried.words.en, "words_cy": tried.words.cy}])
    else:
        click.echo(f"{'ok' if tried.ok else '--'}  {tried.words.in_(command_language())}")
    sys.exit(DONE if tried.ok else SOME_REJECTED)


@delivery.command(
    help=both(
        "Pause a way: new messages go another lawful way.\n\nExample: mis-bridge delivery pause ID",
        "Oedi ffordd: aiff negeseuon newydd ar hyd ffordd gyfreithlon arall.\n\n"
        "Enghraifft: mis-bridge delivery pause ID",
    )
)
@click.argument("route_id")
@click.pass_context
def pause(ctx: click.Context, route_id: str) -> None:
    """Pause a way."""
    _change(ctx, route_id, "paused")


@delivery.command(
    help=both(
        "Take a paused way into use again, once what was wrong is put right.\n\n"
        "Example: mis-bridge delivery resume ID",
        "Ailddechrau defnyddio ffordd a oedwyd, ar ôl cywiro'r hyn oedd o'i le.\n\n"
        "Enghraifft: mis-bridge delivery resume ID",
    )
)
@click.argument("route_id")
@click.pass_context
def resume(ctx: click.Context, route_id: str) -> None:
    """Take a way into use again."""
    _change(ctx, route_id, "active")


@delivery.command(
    help=both(
        "End a way for good; its secret is no longer used.\n\nExample: mis-bridge delivery end ID",
        "Dod â ffordd i ben am byth; ni ddefnyddir ei chyfrinach mwyach.\n\n"
        "Enghraifft: mis-bridge delivery end ID",
    )
)
@click.argument("route_id")
@click.pass_context
def end(ctx: click.Context, route_id: str) -> None:
    """End a way."""
    _change(ctx, route_id, "ended")


def _change(ctx: click.Context, route_id: str, state: str) -> None:
    with desk(ctx) as at, at.begin() as session:
        routes.change_state(session, route_id, state, by="operator", now=now())
    click.echo(f"{route_id}  {state}")


def _secret(file: Path | None) -> Secret:
    """Read the secret; without a file it is empty, as for a mail server that asks for none."""
    if file is None:
        return Secret("")
    try:
        if str(file) == "-":
            text = sys.stdin.read(_LARGEST_SECRET)
        else:
            text = file.read_bytes()[:_LARGEST_SECRET].decode()
    except (OSError, UnicodeDecodeError):
        raise CommandFailed(_NO_FILE.fill(file=file)) from None
    return Secret(text.strip())


def _setting(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name.strip():
        raise CommandFailed(_NO_SETTING)
    return name.strip(), value.strip()


def _summary(row: DeliveryRouteRow, today: date) -> dict[str, Any]:
    expired = row.state == "active" and not delivery_routes.is_usable(row, today)
    return {
        "route_id": row.id,
        "la": row.la,
        "school": row.school,
        "channel": row.channel,
        "state": "expired" if expired else row.state,
        "fault": row.fault,
        "settings": row.settings,
        "owner": row.owner,
        "purpose": row.purpose,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
    }


_TRY_IT = Words(
    "try it now: mis-bridge delivery test {route}",
    "profwch hi nawr: mis-bridge delivery test {route}",
)
_NO_FILE = Words(
    "the secret cannot be read from {file}; name a file of text, or - for standard input",
    "ni ellir darllen y gyfrinach o {file}; enwch ffeil destun, neu - am y mewnbwn safonol",
)
_NO_SETTING = Words(
    "write a setting as --set name=value", "ysgrifennwch osodiad fel --set enw=gwerth"
)
