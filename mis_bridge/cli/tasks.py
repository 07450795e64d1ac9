"""`tasks`: what is to be done, by when, and why."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.orm import Session

from mis_bridge.cli.opening import (
    JSON,
    LA,
    SCHOOL,
    desk,
    print_lines,
    tenants_given,
)
from mis_bridge.cli.words import CommandFailed, both
from mis_bridge.config import command_language
from mis_bridge.domain.words import Words
from mis_bridge.services import task_lists
from mis_bridge.storage import task_log
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant


@click.group(
    help=both(
        "Decision tasks.\n\nExample: mis-bridge tasks list --school 661/4001",
        "Tasgau penderfynu.\n\nEnghraifft: mis-bridge tasks list --school 661/4001",
    )
)
def tasks() -> None:
    """Hold the verbs of tasks."""


@tasks.command(
    "list",
    help=both(
        "List tasks, one a line.\n\nExample: mis-bridge tasks list --la 661 --json",
        "Rhestru tasgau, un y llinell.\n\nEnghraifft: mis-bridge tasks list --la 661 --json",
    ),
)
@LA()
@SCHOOL()
@click.option(
    "--state",
    type=click.Choice(["open", "closed"]),
    help=both("Only these.", "Y rhain yn unig."),
)
@JSON()
@click.pass_context
def list_(
    ctx: click.Context, la: str | None, school: str | None, state: str | None, *, as_json: bool
) -> None:
    """Print each task."""
    with desk(ctx) as at, at.begin() as session:
        for tenant in tenants_given(session, la, school):
            lines = task_lists.lines(session, tenant, state)
            if as_json:
                print_lines(lines)
            else:
                for line in lines:
                    click.echo(_plain(line))


@tasks.command(
    help=both(
        "Show one task with its trace: record, rule, provision of law, calendar, arithmetic.\n\n"
        "Example: mis-bridge tasks show ID --json",
        "Dangos un dasg gyda'i holrhain: cofnod, rheol, darpariaeth, calendr, rhifyddeg.\n\n"
        "Enghraifft: mis-bridge tasks show ID --json",
    )
)
@click.argument("task_id")
@JSON()
@click.pass_context
def show(ctx: click.Context, task_id: str, *, as_json: bool) -> None:
    """Print one task."""
    with desk(ctx) as at, at.begin() as session:
        tenant, row = _found(session, task_id)
        task = task_lists.whole(session, tenant, row)
    if as_json:
        print_lines([task])
        return
    click.echo(_plain(task))
    because = "because_cy" if command_language() == "cy" else "because"
    for step in task.get("trace", ()):
        click.echo(f"  {step['rule']}  {step[because]}  ({step['source']})")
    for doubt in task.get("uncertain_cy" if because == "because_cy" else "uncertain", ()):
        click.echo(f"  ? {doubt}")


def _found(session: Session, task_id: str) -> tuple[Tenant, DecisionTaskRow]:
    for tenant in tenants_given(session, None, None):
        row = task_log.task(session, tenant, task_id)
        if row is not None:
            return tenant, row
    raise CommandFailed(_UNKNOWN)


def _plain(task: dict[str, Any]) -> str:
    due = task["due_on"] or _no_date(task["missing_calendar"])
    return f"{task['id']}  {task['school']}  {task['kind']}  {task['state']}  {due}"


def _no_date(missing: str | None) -> str:
    if missing is None:
        return "-"
    return both(
        f"due date not known: no calendar for {missing}",
        f"dyddiad cau ddim yn hysbys: dim calendr ar gyfer {missing}",
    )


_UNKNOWN = Words(
    "there is no task of this id; see mis-bridge tasks list",
    "nid oes tasg â'r id hwn; gweler mis-bridge tasks list",
)
