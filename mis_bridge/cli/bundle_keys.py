"""`mis-bridge bundle key`: the keys with which an authority signs what leaves it."""

from __future__ import annotations

import click

from mis_bridge.cli.opening import JSON, desk, now, print_lines
from mis_bridge.cli.words import both, tell
from mis_bridge.domain.words import Words
from mis_bridge.services.bundles import authority_keys
from mis_bridge.services.bundles.authority_keys import PublishedKey

OPERATOR = "operator"
_LA = click.option(
    "--la", required=True, help=both("Local authority: 661.", "Awdurdod lleol: 661.")
)


@click.group(
    help=both(
        "An authority's signing keys; other bodies know it by them.\n\n"
        "Example: mis-bridge bundle key make --la 661",
        "Allweddi llofnodi awdurdod; wrthynt y mae cyrff eraill yn ei adnabod.\n\n"
        "Enghraifft: mis-bridge bundle key make --la 661",
    )
)
def key() -> None:
    """Group the verbs on signing keys."""


@key.command(
    "make",
    help=both(
        "Make the key that signs from now on, and print its public half, to be published. The "
        "private half is kept sealed and is never shown.\n\n"
        "Example: mis-bridge bundle key make --la 661 > authority-661.pem",
        "Gwneud yr allwedd a fydd yn llofnodi o hyn ymlaen, ac argraffu ei hanner cyhoeddus, i'w "
        "gyhoeddi. Cedwir yr hanner preifat dan sêl ac nis dangosir byth.\n\n"
        "Enghraifft: mis-bridge bundle key make --la 661 > awdurdod-661.pem",
    ),
)
@_LA
@JSON()
@click.pass_context
def make(ctx: click.Context, la: str, *, as_json: bool) -> None:
    """Make a key."""
    with desk(ctx) as at, at.begin() as session:
        made = authority_keys.make(session, la, by=OPERATOR, now=now())
    _show(made, as_json=as_json)
    tell(_PUBLISH)


@key.command(
    "list",
    help=both(
        "List the keys of an authority by id, the newest first.\n\n"
        "Example: mis-bridge bundle key list --la 661",
        "Rhestru allweddi awdurdod yn ôl rhif adnabod, y diweddaraf yn gyntaf.\n\n"
        "Enghraifft: mis-bridge bundle key list --la 661",
    ),
)
@_LA
@JSON()
@click.pass_context
def list_(ctx: click.Context, la: str, *, as_json: bool) -> None:
    """List keys."""
    with desk(ctx) as at, at.begin() as session:
        found = authority_keys.listed(session, la)
    if as_json:
        print_lines(_as_json(each) for each in found)
        return
    for each in found:
        click.echo(
            f"{each.key_id}  {each.made_at.date().isoformat()}  {both(*_STATES[each.state])}"
        )


@key.command(
    "show",
    help=both(
        "Print the public half of the active key, or of another, to be published.\n\n"
        "Example: mis-bridge bundle key show --la 661",
        "Argraffu hanner cyhoeddus yr allwedd weithredol, neu un arall, i'w gyhoeddi.\n\n"
        "Enghraifft: mis-bridge bundle key show --la 661",
    ),
)
@click.argument("key_id", required=False)
@_LA
@JSON()
@click.pass_context
def show(ctx: click.Context, key_id: str | None, la: str, *, as_json: bool) -> None:
    """Show one key."""
    with desk(ctx) as at, at.begin() as session:
        found = authority_keys.shown(session, la, key_id)
    _show(found, as_json=as_json)


@key.command(
    "retire",
    help=both(
        "Sign nothing more with a key. What it has signed stays good; keep it published.\n\n"
        "Example: mis-bridge bundle key retire 3f9c2a77 --la 661",
        "Peidio â llofnodi dim rhagor ag allwedd. Mae'r hyn a lofnododd yn dal yn ddilys; "
        "cadwch hi'n gyhoeddus.\n\n"
        "Enghraifft: mis-bridge bundle key retire 3f9c2a77 --la 661",
    ),
)
@click.argument("key_id")
@_LA
@click.pass_context
def retire(ctx: click.Context, key_id: str, la: str) -> None:
    """Retire a key."""
    with desk(ctx) as at, at.begin() as session:
        authority_keys.retire(session, la, key_id, by=OPERATOR, now=now())
    tell(_RETIRED)


def _show(found: PublishedKey, *, as_json: bool) -> None:
    """Print a key so that what is printed may be published as it stands."""
    if as_json:
        print_lines([_as_json(found)])
        return
    click.echo(f"# {found.key_id}")
    click.echo(found.pem, nl=False)


def _as_json(found: PublishedKey) -> dict[str, object]:
    return {
        "key_id": found.key_id,
        "state": found.state,
        "public_key": found.public_key,
        "pem": found.pem,
        "made_at": found.made_at.isoformat(),
    }


_STATES = {"active": ("active", "gweithredol"), "retired": ("retired", "wedi'i thynnu'n ôl")}
_PUBLISH = Words(
    "Publish this key and its id where other authorities and schools find them, by a way that they "
    "can trust.",
    "Cyhoeddwch yr allwedd hon a'i rhif adnabod lle gall awdurdodau ac ysgolion eraill eu canfod, "
    "drwy ffordd y gallant ymddiried ynddi.",
)
_RETIRED = Words(
    "The key signs nothing more. Make the next one with mis-bridge bundle key make.",
    "Nid yw'r allwedd yn llofnodi dim rhagor. Gwnewch yr un nesaf â mis-bridge bundle key make.",
)
