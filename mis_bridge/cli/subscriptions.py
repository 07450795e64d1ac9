"""`subscription`: who is told of events, and what became of telling them."""

from __future__ import annotations

from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from mis_bridge.cli.opening import (
    JSON,
    LA,
    SCHOOL,
    Desk,
    desk,
    now,
    print_lines,
    tenant_given,
    tenants_given,
)
from mis_bridge.cli.words import CommandFailed, both, tell
from mis_bridge.config import command_language
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.services import outward
from mis_bridge.services.subscribers import pages as subscription_pages
from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.outgoing import KINDS
from mis_bridge.services.subscribers.pages import STATES, DeliveryLine, SubscriptionLine
from mis_bridge.services.subscribers.subscriptions import Wanted
from mis_bridge.storage import subscriptions as stored
from mis_bridge.storage.tables.sending import SubscriptionRow

_OPERATOR = "operator"


@click.group(
    help=both(
        "Who is told of events.\n\nExample: mis-bridge subscription list",
        "Pwy sy'n cael ei hysbysu o ddigwyddiadau.\n\nEnghraifft: mis-bridge subscription list",
    )
)
def subscription() -> None:
    """Hold the verbs of subscriptions."""


@subscription.command(
    help=both(
        "Add a subscription; its secret is shown once. The kinds of event are "
        f"{', '.join(KINDS)}.\n\nExample: mis-bridge subscription add --la 661 --url "
        "https://mis.example/hooks --owner 'MIS team' --purpose 'Show tasks in the MIS'",
        "Ychwanegu tanysgrifiad; dangosir ei gyfrinach unwaith. Y mathau o ddigwyddiad yw "
        f"{', '.join(KINDS)}.\n\nEnghraifft: mis-bridge subscription add --la 661 --url "
        "https://mis.example/hooks --owner 'Tîm yr MIS' --purpose 'Dangos tasgau yn yr MIS'",
    )
)
@LA()
@SCHOOL()
@click.option(
    "--url",
    required=True,
    help=both("Where events are posted; https.", "I ble y postir digwyddiadau; https."),
)
@click.option(
    "--type",
    "types",
    multiple=True,
    help=both(
        "Only this kind of event; may be given several times.",
        "Y math hwn o ddigwyddiad yn unig; gellir ei roi sawl gwaith.",
    ),
)
@click.option(
    "--owner",
    required=True,
    help=both("Who answers for it.", "Pwy sy'n atebol amdano."),
)
@click.option(
    "--purpose",
    required=True,
    help=both("What it is for.", "I beth y mae."),
)
@JSON()
@click.pass_context
def add(
    ctx: click.Context,
    la: str | None,
    school: str | None,
    url: str,
    types: tuple[str, ...],
    owner: str,
    purpose: str,
    *,
    as_json: bool,
) -> None:
    """Add a subscription."""
    tenant = tenant_given(la, school)
    with desk(ctx) as at:
        outward.vet(url, trusted_origins=at.settings.trusted_origins)
        with at.begin() as session:
            subscription_id, secret = subscriptions.add(
                session, tenant, Wanted(url, owner, purpose, types), by=_OPERATOR, now=now()
            )
    _show_secret(subscription_id, secret, as_json=as_json)


@subscription.command(
    "list",
    help=both(
        "List the subscriptions, one a line.\n\nExample: mis-bridge subscription list --la 661",
        "Rhestru'r tanysgrifiadau, un y llinell.\n\n"
        "Enghraifft: mis-bridge subscription list --la 661",
    ),
)
@LA()
@SCHOOL()
@JSON()
@click.pass_context
def list_(ctx: click.Context, la: str | None, school: str | None, *, as_json: bool) -> None:
    """Print each subscription, without its secrets."""
    with desk(ctx) as at, at.begin() as session:
        lines = [
            line
            for tenant in tenants_given(session, la, school)
            for line in subscription_pages.listed(session, tenant)
        ]
    for line in lines:
        if as_json:
            print_lines([_summary(line)])
            continue
        click.echo(
            f"{line.subscription_id}  {line.school or line.la}  {line.address}  {line.state}  "
            f"{line.fault or ''}"
        )


@subscription.command(
    help=both(
        "Give a subscription a new secret, shown once; the old one signs along for seven days.\n\n"
        "Example: mis-bridge subscription rotate ID",
        "Rhoi cyfrinach newydd i danysgrifiad, a ddangosir unwaith; bydd yr hen un yn "
        "cydlofnodi am saith diwrnod.\n\nEnghraifft: mis-bridge subscription rotate ID",
    )
)
@click.argument("subscription_id")
@JSON()
@click.pass_context
def rotate(ctx: click.Context, subscription_id: str, *, as_json: bool) -> None:
    """Rotate the secret."""
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        secret = subscriptions.rotate(session, row, by=_OPERATOR, now=now())
    _show_secret(subscription_id, secret, as_json=as_json)


@subscription.command(
    help=both(
        "Post nothing for a while; what happens meanwhile goes out afterwards.\n\n"
        "Example: mis-bridge subscription pause ID",
        "Peidio â phostio dim am dro; bydd yr hyn a ddigwydd yn y cyfamser yn mynd allan wedyn."
        "\n\nEnghraifft: mis-bridge subscription pause ID",
    )
)
@click.argument("subscription_id")
@click.pass_context
def pause(ctx: click.Context, subscription_id: str) -> None:
    """Pause a subscription."""
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        subscriptions.pause(session, row, by=_OPERATOR, now=now())
    tell(_PAUSED)


@subscription.command(
    help=both(
        "Post again after a pause, or after the receiver said that it was gone.\n\n"
        "Example: mis-bridge subscription resume ID",
        "Postio eto ar ôl oedi, neu ar ôl i'r derbynnydd ddweud ei fod wedi mynd.\n\n"
        "Enghraifft: mis-bridge subscription resume ID",
    )
)
@click.argument("subscription_id")
@click.pass_context
def resume(ctx: click.Context, subscription_id: str) -> None:
    """Resume a subscription."""
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        subscriptions.resume(session, row, by=_OPERATOR, now=now())
    tell(_RESUMED)


@subscription.command(
    help=both(
        "End a subscription for good; its log stays.\n\nExample: mis-bridge subscription end ID",
        "Dod â thanysgrifiad i ben am byth; erys ei log.\n\n"
        "Enghraifft: mis-bridge subscription end ID",
    )
)
@click.argument("subscription_id")
@click.pass_context
def end(ctx: click.Context, subscription_id: str) -> None:
    """End a subscription."""
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        subscriptions.end(session, row, by=_OPERATOR, now=now())
    tell(_ENDED)


@subscription.command(
    help=both(
        "Post an event, or all that failed, once more under the same id.\n\n"
        "Example: mis-bridge subscription replay ID EVENT",
        "Postio digwyddiad, neu bob un a fethodd, unwaith eto o dan yr un id.\n\n"
        "Enghraifft: mis-bridge subscription replay ID DIGWYDDIAD",
    )
)
@click.argument("subscription_id")
@click.argument("event_id", required=False)
@click.option("--failed", is_flag=True, help=both("All that failed.", "Pob un a fethodd."))
@click.pass_context
def replay(ctx: click.Context, subscription_id: str, event_id: str | None, *, failed: bool) -> None:
    """Replay one event, or all that failed."""
    if (event_id is None) != failed:
        raise CommandFailed(_ONE_OR_ALL)
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        chosen = [event_id] if event_id else _failed(session, row)
        for each in chosen:
            _replay(at, session, row, each)
    tell(_REPLAYED.fill(count=len(chosen)))


@subscription.command(
    help=both(
        "Show what went to a subscription, each attempt with its answer.\n\n"
        "Example: mis-bridge subscription log ID --state failed",
        "Dangos beth aeth i danysgrifiad, pob ymgais gyda'i hateb.\n\n"
        "Enghraifft: mis-bridge subscription log ID --state failed",
    )
)
@click.argument("subscription_id")
@click.option("--state", type=click.Choice(STATES), help=both("Only these.", "Y rhain yn unig."))
@JSON()
@click.pass_context
def log(ctx: click.Context, subscription_id: str, state: str | None, *, as_json: bool) -> None:
    """Print each delivery, the newest event first."""
    with desk(ctx) as at, at.begin() as session:
        row = subscriptions.found(session, subscription_id)
        told = stored.told(session, subscriptions.tenant_of(row), row.id, state=state)
        lines = [subscription_pages.delivery_line(each) for each in told]
    for line in lines:
        if as_json:
            print_lines([_told(line)])
            continue
        click.echo(f"{line.event_id}  {line.occurred_at.isoformat()}  {line.type}  {line.state}")
        for attempt in line.attempts:
            words = attempt.words.in_(command_language())
            click.echo(f"    {attempt.at.isoformat()}  {attempt.milliseconds} ms  {words}")


def _failed(session: Session, row: SubscriptionRow) -> list[str]:
    told = stored.told(session, subscriptions.tenant_of(row), row.id, state="failed")
    return [each.event.id for each in told]


def _replay(at: Desk, session: Session, row: SubscriptionRow, event_id: str) -> None:
    subscriptions.replay_one(
        session,
        subscriptions.tenant_of(row),
        row.id,
        event_id,
        by=_OPERATOR,
        now=now(),
        jobs=at.jobs,
    )


def _show_secret(subscription_id: str, secret: Secret, *, as_json: bool) -> None:
    answer = {"subscription_id": subscription_id, "secret": secret.reveal_text()}
    if as_json:
        print_lines([answer])
        return
    for name, value in answer.items():
        click.echo(f"{name}: {value}")
    tell(_SHOWN_ONCE)


def _summary(line: SubscriptionLine) -> dict[str, object]:
    return {**asdict(line), "counts": dict(line.counts)}


def _told(line: DeliveryLine) -> dict[str, object]:
    attempts = [
        {
            "at": each.at.isoformat(),
            "milliseconds": each.milliseconds,
            "words": each.words.en,
            "words_cy": each.words.cy,
        }
        for each in line.attempts
    ]
    return {**asdict(line), "attempts": attempts}


_SHOWN_ONCE = Words(
    "this secret is shown once; give it to the receiver now",
    "dangosir y gyfrinach hon unwaith; rhowch hi i'r derbynnydd nawr",
)
_PAUSED = Words("paused", "wedi'i oedi")
_RESUMED = Words("active again", "ar waith eto")
_ENDED = Words("ended", "wedi dod i ben")
_ONE_OR_ALL = Words(
    "name one event, or say --failed for all that failed",
    "enwch un digwyddiad, neu rhowch --failed am bob un a fethodd",
)
_REPLAYED = Words("on their way again: {count}", "ar eu ffordd eto: {count}")
