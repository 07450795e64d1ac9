"""`events`: the inbox, told, replayed, parked and proved."""

from __future__ import annotations

import sys

import click
from sqlalchemy.orm import Session

from mis_bridge.cli.opening import (
    JSON,
    LA,
    SCHOOL,
    desk,
    now,
    print_lines,
    tenants_given,
)
from mis_bridge.cli.words import DONE, SOME_REJECTED, CommandFailed, both, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.intake import event_log
from mis_bridge.services.intake.event_log import EventsProblem
from mis_bridge.storage import event_log as stored
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import Tenant

_STATES = ("received", "applied", "superseded", "unrecognised", "quarantined", "parked")


@click.group(
    help=both(
        "What came in, and what it did.\n\nExample: mis-bridge events list --json",
        "Beth ddaeth i mewn, a beth wnaeth.\n\nEnghraifft: mis-bridge events list --json",
    )
)
def events() -> None:
    """Hold the verbs of the inbox."""


@events.command(
    "list",
    help=both(
        "List the events, one a line.\n\nExample: mis-bridge events list --json --connection ID",
        "Rhestru'r digwyddiadau, un y llinell.\n\n"
        "Enghraifft: mis-bridge events list --json --connection ID",
    ),
)
@click.option(
    "--connection", help=both("Only this connection's.", "Rhai'r cysylltiad hwn yn unig.")
)
@click.option("--state", type=click.Choice(_STATES), help=both("Only these.", "Y rhain yn unig."))
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def list_(
    ctx: click.Context,
    connection: str | None,
    state: str | None,
    la: str | None,
    school: str | None,
    *,
    as_json: bool,
) -> None:
    """Print each event."""
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            for row in stored.events(session, tenant, connection_id=connection, state=state):
                line = event_log.line(row)
                if as_json:
                    print_lines([line])
                else:
                    click.echo(
                        f"{line['event_id']}  {line['received_at']}  {line['kind']}  "
                        f"{line['state']}  {line['fault'] or ''}"
                    )


@events.command(
    help=both(
        "Show one event; its body stays sealed.\n\nExample: mis-bridge events show ID",
        "Dangos un digwyddiad; erys ei gorff dan sêl.\n\nEnghraifft: mis-bridge events show ID",
    )
)
@click.argument("event_id")
@JSON()
@click.pass_context
def show(ctx: click.Context, event_id: str, *, as_json: bool) -> None:
    """Print what is known of an event."""
    with desk(ctx) as at, at.begin() as session:
        _, row = _found(session, event_id)
        told = event_log.shown(row)
    if as_json:
        print_lines([told])
        return
    for name, value in told.items():
        click.echo(f"{name}: {value if value is not None else '-'}")


@events.command(
    help=both(
        "Put an event, or all that are parked, to work again; nothing happens twice.\n\n"
        "Example: mis-bridge events replay ID",
        "Rhoi digwyddiad, neu bob un a barciwyd, ar waith eto; ni ddigwydd dim ddwywaith.\n\n"
        "Enghraifft: mis-bridge events replay ID",
    )
)
@click.argument("event_id", required=False)
@click.option("--parked", is_flag=True, help=both("All that are parked.", "Pob un a barciwyd."))
@click.pass_context
def replay(ctx: click.Context, event_id: str | None, *, parked: bool) -> None:
    """Replay one event, or all parked ones."""
    if (event_id is None) != parked:
        raise CommandFailed(_ONE_OR_ALL)
    count = 0
    with desk(ctx) as at, at.begin() as session:
        chosen = [_found(session, event_id)] if event_id else list(_parked(session))
        for tenant, row in chosen:
            event_log.replay(session, tenant, row, by="operator", now=now(), jobs=at.jobs)
            count += 1
    tell(_REPLAYED.fill(count=count))


@events.command(
    help=both(
        "Take an event out of the work.\n\nExample: mis-bridge events park ID --why 'wrong school'",
        "Tynnu digwyddiad o'r gwaith.\n\n"
        "Enghraifft: mis-bridge events park ID --why 'ysgol anghywir'",
    )
)
@click.argument("event_id")
@click.option("--why", default="", help=both("Why, in a few words.", "Pam, mewn ychydig eiriau."))
@click.pass_context
def park(ctx: click.Context, event_id: str, why: str) -> None:
    """Park one event."""
    with desk(ctx) as at, at.begin() as session:
        tenant, row = _found(session, event_id)
        event_log.park(session, tenant, row, why, by="operator", now=now())


@events.command(
    help=both(
        "Prove that the log is whole, and that replaying it gives the same tasks and dates; exit 1 "
        "on a fault.\n\nExample: mis-bridge events verify --json",
        "Profi bod y log yn gyfan, a bod ei ailchwarae'n rhoi'r un tasgau a dyddiadau; allanfa 1 "
        "ar nam.\n\nEnghraifft: mis-bridge events verify --json",
    )
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def verify(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print what was looked at, and every fault."""
    del as_json
    whole = event_log.Proof()
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            proof = event_log.verify(session, tenant)
            whole.events += proof.events
            whole.tasks += proof.tasks
            whole.faults += proof.faults
    print_lines([whole.to_json()])
    sys.exit(SOME_REJECTED if whole.faults else DONE)


def _found(session: Session, event_id: str) -> tuple[Tenant, InboxEventRow]:
    for tenant in tenants_given(session, None, None):
        try:
            return tenant, event_log.found(session, tenant, event_id)
        except EventsProblem as problem:
            last = problem
    raise CommandFailed(last.words)


def _parked(session: Session) -> list[tuple[Tenant, InboxEventRow]]:
    return [
        (tenant, row)
        for tenant in tenants_given(session, None, None)
        for row in stored.events(session, tenant, state="parked")
        if not row.variant
    ]


_ONE_OR_ALL = Words(
    "name one event, or say --parked for all of them",
    "enwch un digwyddiad, neu rhowch --parked am bob un",
)
_REPLAYED = Words("{count} put to work again", "{count} ar waith eto")
