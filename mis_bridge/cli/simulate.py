"""`mis-bridge simulate`: the work-load that facts would bring, by week; nothing is written."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from mis_bridge.cli.opening import JSON, LA, SCHOOL, desk, tenant_given
from mis_bridge.cli.words import CommandFailed, both, tell
from mis_bridge.config import command_language
from mis_bridge.domain.words import Words
from mis_bridge.services import simulate as what_if
from mis_bridge.services.simulate import Policy, Workload
from mis_bridge.services.simulate_facts import Given, from_file, from_register, with_changes
from mis_bridge.services.workload_chart import chart

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    name="simulate",
    help=both(
        "Lay out the work-load by week and school: of the register, of a file of facts, or of both "
        "together. Nothing is written to the database.\n\nExample: mis-bridge simulate --from "
        "2026-11-23 --to 2027-03-31 --school 661/9901 --target 25 --svg load.svg",
        "Gosod y llwyth gwaith fesul wythnos ac ysgol: o'r gofrestr, o ffeil o ffeithiau, neu o'r "
        "ddau gyda'i gilydd. Ni ysgrifennir dim i'r gronfa ddata.\n\nEnghraifft: mis-bridge "
        "simulate --from 2026-11-23 --to 2027-03-31 --school 661/9901 --target 25 --svg llwyth.svg",
    ),
)
@click.option(
    "--from", "first", type=_DAY, required=True, help=both("First day.", "Diwrnod cyntaf.")
)
@click.option("--to", "last", type=_DAY, required=True, help=both("Last day.", "Diwrnod olaf."))
@LA()
@SCHOOL()
@click.option(
    "--facts",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help=both(
        'What-if file: {"calendars": {...}, "facts": [{"school", "rule", "trigger_date"}]}.',
        'Ffeil beth-os: {"calendars": {...}, "facts": [{"school", "rule", "trigger_date"}]}.',
    ),
)
@click.option(
    "--target",
    type=click.IntRange(1, 35),
    help=both("Aim at this many school days.", "Anelu at hyn o ddiwrnodau ysgol."),
)
@click.option(
    "--hours",
    type=click.FloatRange(0.1, 200),
    default=6.0,
    show_default=True,
    help=both("Hours of work on a case.", "Oriau o waith ar achos."),
)
@click.option(
    "--staff",
    type=click.FloatRange(0, 500),
    help=both("Hours a school day at each school.", "Oriau bob diwrnod ysgol ym mhob ysgol."),
)
@click.option(
    "--svg",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help=both("Write the chart here.", "Ysgrifennu'r siart yma."),
)
@JSON()
@click.pass_context
def simulate(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    *,
    first: datetime,
    last: datetime,
    la: str | None,
    school: str | None,
    facts: Path | None,
    target: int | None,
    hours: float,
    staff: float | None,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Print one JSON object; without `--json` a table for a person goes to standard error."""
    if last < first:
        raise CommandFailed(_BACKWARDS)
    given = _given(ctx, la, school, facts)
    policy = Policy(target_school_days=target, hours_a_case=hours, hours_a_day=staff)
    found = what_if.simulate(given.facts, given.calendars, first.date(), last.date(), policy)
    if svg is not None:
        svg.write_text(chart(found, command_language()), encoding="utf-8")
    if not as_json:
        _table(found)
    click.echo(json.dumps(_printed(found, policy), ensure_ascii=False, default=str))


def _given(ctx: click.Context, la: str | None, school: str | None, facts: Path | None) -> Given:
    changed = from_file(facts.read_bytes()) if facts is not None else Given((), {})
    if la is None and school is None:
        if facts is None:
            raise CommandFailed(_NOTHING_GIVEN)
        return changed
    tenant = tenant_given(la, school)
    with desk(ctx) as opened, opened.begin() as session:
        return with_changes(from_register(session, tenant), changed)


def _printed(found: Workload, policy: Policy) -> dict[str, object]:
    weeks = [asdict(week) for week in found.weeks]
    return {
        "from": found.first,
        "to": found.last,
        "policy": asdict(policy),
        "weeks": weeks,
        "overdue_at_start": found.overdue,
        "undated": [
            {"school": school, "missing": missing, "cases": count}
            for (school, missing), count in found.undated.items()
        ],
        "totals": {
            "due": sum(week.due for week in found.weeks),
            "begun": sum(week.begun for week in found.weeks),
            "late": None
            if policy.hours_a_day is None
            else sum(week.late or 0 for week in found.weeks),
        },
    }


def _table(found: Workload) -> None:
    for week in found.weeks:
        if not (week.due or week.open or week.begun):
            continue
        tell(
            _LINE.fill(
                week=week.starts_on,
                school=week.school,
                begun=week.begun,
                due=week.due,
                open=week.open,
                days=week.school_days,
            )
        )
    for (school, missing), count in found.undated.items():
        tell(_UNDATED.fill(school=school, missing=missing, count=count))


_LINE = Words(
    "{week}  {school}: begun {begun}, due {due}, open {open}, school days {days}",
    "{week}  {school}: dechreuwyd {begun}, yn ddyledus {due}, ar agor {open}, diwrnodau ysgol "
    "{days}",
)
_UNDATED = Words(
    "{school}: {count} without a date; no calendar for {missing}",
    "{school}: {count} heb ddyddiad; dim calendr ar gyfer {missing}",
)
_BACKWARDS = Words("--to lies before --from", "mae --to cyn --from")
_NOTHING_GIVEN = Words(
    "say --la or --school for the register, --facts for a file, or both",
    "rhowch --la neu --school am y gofrestr, --facts am ffeil, neu'r ddau",
)
