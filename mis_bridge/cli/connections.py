"""`connection`: ties to an MIS, added, listed and tried."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from adapters.base import AdapterProblem
from mappings.language import vendors
from mis_bridge.cli.opening import JSON, LA, SCHOOL, desk, now, print_lines, school_tenant
from mis_bridge.cli.words import DONE, SOME_REJECTED, CommandFailed, both, tell
from mis_bridge.config import command_language, secret_named
from mis_bridge.domain.words import Words
from mis_bridge.services import connecting
from mis_bridge.services.connecting import Wanted
from mis_bridge.services.intake.sources import open_source
from mis_bridge.storage import connections
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tenants import Tenant


@click.group(
    help=both(
        "Connections to an MIS.\n\nExample: mis-bridge connection list",
        "Cysylltiadau â MIS.\n\nEnghraifft: mis-bridge connection list",
    )
)
def connection() -> None:
    """Hold the verbs of connections."""


@connection.command(
    help=both(
        "Add a connection; its webhook secret is shown once.\n\nExample: mis-bridge connection add "
        "--vendor wonde --school 661/4001 --sender standard",
        "Ychwanegu cysylltiad; dangosir cyfrinach ei webfachyn unwaith.\n\nEnghraifft: mis-bridge "
        "connection add --vendor wonde --school 661/4001 --sender standard",
    )
)
@click.option(
    "--vendor",
    required=True,
    type=click.Choice(vendors()),
    help=both("Whose MIS it is.", "MIS pwy ydyw."),
)
@SCHOOL(required=True)
@click.option("--base-url", help=both("Address of its interface.", "Cyfeiriad ei ryngwyneb."))
@click.option(
    "--vendor-school",
    help=both("The vendor's own id of the school.", "Id y cyflenwr ei hun i'r ysgol."),
)
@click.option(
    "--token-env",
    help=both(
        "Name of the environment variable that holds the token.",
        "Enw'r newidyn amgylchedd sy'n dal y tocyn.",
    ),
)
@click.option(
    "--sender",
    type=click.Choice(["standard", "github", "wonde", "none"]),
    default="none",
    show_default=True,
    help=both("How its webhooks are signed.", "Sut y llofnodir ei webfachau."),
)
@click.option(
    "--full-records",
    is_flag=True,
    help=both(
        "Take whole records in events: there is no interface to ask.",
        "Derbyn cofnodion cyfan mewn digwyddiadau: nid oes rhyngwyneb i'w holi.",
    ),
)
@click.option(
    "--change-limit",
    type=click.IntRange(0, 100),
    help=both(
        "Percent of the register that a run may take away without a person.",
        "Canran o'r gofrestr y caiff rhediad ei thynnu heb berson.",
    ),
)
@JSON()
@click.pass_context
def add(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    vendor: str,
    school: str,
    base_url: str | None,
    vendor_school: str | None,
    token_env: str | None,
    sender: str,
    change_limit: int | None,
    *,
    full_records: bool,
    as_json: bool,
) -> None:
    """Add a connection."""
    token = secret_named(token_env) if token_env else None
    if token_env and token is None:
        raise CommandFailed(_NO_TOKEN.fill(name=token_env))
    wanted = Wanted(vendor, sender, base_url, vendor_school, token, full_records, change_limit)
    with desk(ctx) as at, at.begin() as session:
        added = connecting.add(session, school_tenant(school), wanted, by="operator", now=now())
    answer = {
        "connection_id": added.connection_id,
        "endpoint_path": added.endpoint_path,
        "secret": added.secret.reveal_text() if added.secret else None,
    }
    if as_json:
        print_lines([answer])
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value if value is not None else '-'}")
    if added.secret:
        tell(_SHOWN_ONCE)


@connection.command(
    "list",
    help=both(
        "List the connections, one a line.\n\nExample: mis-bridge connection list --la 661",
        "Rhestru'r cysylltiadau, un y llinell.\n\nEnghraifft: mis-bridge connection list --la 661",
    ),
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print each connection, without its secrets."""
    tenant = school_tenant(school) if school else Tenant(la) if la else None
    with desk(ctx) as at, at.begin() as session:
        rows = [_summary(row) for row in connections.listed(session, tenant)]
    if as_json:
        print_lines(rows)
        return
    for row in rows:
        click.echo(f"{row['connection_id']}  {row['school']}  {row['vendor']}  {row['state']}")


@connection.command(
    help=both(
        "Try a connection: does it answer, is everything there; exit 1 if not.\n\n"
        "Example: mis-bridge connection test ID",
        "Profi cysylltiad: a yw'n ateb, a yw popeth yno; allanfa 1 os nad yw.\n\n"
        "Enghraifft: mis-bridge connection test ID",
    )
)
@click.argument("connection_id")
@JSON()
@click.pass_context
def test(ctx: click.Context, connection_id: str, *, as_json: bool) -> None:
    """Print a finding a line."""
    with desk(ctx) as at:
        with at.begin() as session:
            source = open_source(session, connection_id, at.settings.trusted_origins)
        client = source.client()
        if client is None:
            raise CommandFailed(_NO_INTERFACE)
        try:
            findings = list(client.check())
        except AdapterProblem as problem:
            raise CommandFailed(problem.words, SOME_REJECTED) from problem
    for finding in findings:
        if as_json:
            line = {"name": finding.name, "ok": finding.ok}
            said = {"words": finding.words.en, "words_cy": finding.words.cy}
            click.echo(json.dumps({**line, **said}, ensure_ascii=False))
        else:
            mark = "ok" if finding.ok else "--"
            click.echo(f"{mark}  {finding.name}: {finding.words.in_(command_language())}")
    sys.exit(DONE if all(finding.ok for finding in findings) else SOME_REJECTED)


@connection.command(
    help=both(
        "Give a connection a new webhook secret; the old one holds for seven days more.\n\n"
        "Example: mis-bridge connection rotate ID --json",
        "Rhoi cyfrinach newydd i webfachyn cysylltiad; mae'r hen un yn para saith diwrnod.\n\n"
        "Enghraifft: mis-bridge connection rotate ID --json",
    )
)
@click.argument("connection_id")
@JSON()
@click.pass_context
def rotate(ctx: click.Context, connection_id: str, *, as_json: bool) -> None:
    """Print the new secret, once."""
    with desk(ctx) as at, at.begin() as session:
        secret = connecting.change_secret(session, connection_id, by="operator", now=now())
    if as_json:
        print_lines([{"connection_id": connection_id, "secret": secret.reveal_text()}])
    else:
        click.echo(f"secret: {secret.reveal_text()}")
        tell(_SHOWN_ONCE)


def _summary(row: ConnectionRow) -> dict[str, Any]:
    return {
        "connection_id": row.id,
        "school": row.school,
        "vendor": row.vendor,
        "sender": row.sender,
        "endpoint_path": f"/webhooks/{row.sender}/{row.endpoint_id}" if row.endpoint_id else None,
        "base_url": row.base_url,
        "state": row.state,
        "fault": row.fault,
        "last_read_at": row.last_read_at.isoformat() if row.last_read_at else None,
        "last_event_at": row.last_event_at.isoformat() if row.last_event_at else None,
    }


_NO_TOKEN = Words(
    "the environment variable {name} is empty or not set; put the token in it",
    "mae'r newidyn amgylchedd {name} yn wag neu heb ei osod; rhowch y tocyn ynddo",
)
_NO_INTERFACE = Words(
    "this connection has no interface to ask: it is fed by files or by whole records",
    "nid oes rhyngwyneb i'w holi gan y cysylltiad hwn: ffeiliau neu gofnodion cyfan sy'n ei fwydo",
)
_SHOWN_ONCE = Words(
    "this secret is shown once; give it to the sender now",
    "dangosir y gyfrinach hon unwaith; rhowch hi i'r anfonwr nawr",
)
