"""`keys`: the encryption keys, by id; a key itself is shown only when it is made."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mis_bridge.cli.opening import JSON, desk, now, print_lines
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.config import command_settings, new_key
from mis_bridge.domain.words import Words
from mis_bridge.services import resealing, tool_keys
from mis_bridge.services.tool_keys import RotationTooEarly
from mis_bridge.storage.sealing import read_keys


@click.group(
    help=both(
        "Encryption keys.\n\nExample: mis-bridge keys list",
        "Allweddi amgryptio.\n\nEnghraifft: mis-bridge keys list",
    )
)
def keys() -> None:
    """Hold the verbs of keys."""


@keys.command(
    help=both(
        "Make a key and print it, once, for MIS_BRIDGE_KEYS.\n\nExample: mis-bridge keys new",
        "Gwneud allwedd a'i dangos, unwaith, ar gyfer MIS_BRIDGE_KEYS.\n\n"
        "Enghraifft: mis-bridge keys new",
    )
)
def new() -> None:
    """Print a new key."""
    click.echo(new_key())


@keys.command(
    "list",
    help=both(
        "List the keys by id, with how many values each has sealed.\n\n"
        "Example: mis-bridge keys list --json",
        "Rhestru'r allweddi yn ôl id, gyda faint o werthoedd a seliodd pob un.\n\n"
        "Enghraifft: mis-bridge keys list --json",
    ),
)
@JSON()
@click.pass_context
def list_(ctx: click.Context, *, as_json: bool) -> None:
    """Print each key's id."""
    with desk(ctx) as at:
        ring, held = at.settings.keys, resealing.keys_in_use(at.begin)
    ids = [*ring.key_ids, *sorted(set(held) - set(ring.key_ids))]
    lines = [
        {
            "key_id": key_id,
            "seals": key_id == ring.sealing_id,
            "known": key_id in ring.key_ids,
            "values": held[key_id],
        }
        for key_id in ids
    ]
    if as_json:
        print_lines(lines)
        return
    for line in lines:
        click.echo(f"{line['key_id']}  {line['values']}{'  *' if line['seals'] else ''}")


@keys.command(
    help=both(
        "Put a new key first and seal everything anew; old keys that seal nothing more are taken "
        "away. With MIS_BRIDGE_KEYS set, put the new key there first yourself.\n\n"
        "Example: mis-bridge keys rotate",
        "Rhoi allwedd newydd yn gyntaf a selio popeth o'r newydd; tynnir hen allweddi nad ydynt yn "
        "selio dim bellach. Os yw MIS_BRIDGE_KEYS wedi'i osod, rhowch yr allwedd newydd yno yn "
        "gyntaf eich hun.\n\nEnghraifft: mis-bridge keys rotate",
    )
)
@click.pass_context
def rotate(ctx: click.Context) -> None:
    """Rotate the keys; stopped half-way, run it again."""
    settings = command_settings(ctx.find_root().obj["config"])
    file = settings.key_file or settings.own_key_file
    if settings.key_text is None:
        if file is None:
            raise CommandFailed(_NO_FILE)
        _ = settings.keys
        _put_first(file)
    with desk(ctx) as at:
        count = resealing.reseal(at.begin)
        left = resealing.keys_in_use(at.begin)
    if settings.key_text is None and file is not None:
        _keep_only(file, set(left))
    tell(_DONE.fill(count=count))


@keys.command(
    help=both(
        "Sign with the tool's next LTI key and publish the one after it. A platform keeps our key "
        "set for a day: a key that was published later is refused, and nothing changes.\n\n"
        "Example: mis-bridge keys rotate-tool",
        "Llofnodi ag allwedd LTI nesaf yr offeryn a chyhoeddi'r un ar ei hôl. Mae platfform yn "
        "cadw ein set allweddi am ddiwrnod: gwrthodir allwedd a gyhoeddwyd yn ddiweddarach, ac ni "
        "newidir dim.\n\nEnghraifft: mis-bridge keys rotate-tool",
    )
)
@click.pass_context
def rotate_tool(ctx: click.Context) -> None:
    """Rotate the keys with which the tool signs towards platforms."""
    try:
        with desk(ctx) as at, at.begin() as session:
            kid = tool_keys.rotate(session, now())
    except RotationTooEarly as early:
        raise CommandFailed(early.words, REFUSED_FOR_SAFETY) from None
    click.echo(kid)


def _put_first(file: Path) -> None:
    """Put a new key first, unless a rotation that was stopped has left one that seals little."""
    known = file.read_text(encoding="ascii")
    _write(file, f"{new_key()}\n{known}")


def _keep_only(file: Path, in_use: set[str]) -> None:
    """Take away the keys that seal nothing any more, never the first."""
    entries = [line for line in file.read_text(encoding="ascii").split() if line]
    first = entries[0].partition(":")[0]
    kept = [entry for entry in entries if entry.partition(":")[0] in {first, *in_use}]
    _write(file, "\n".join(kept) + "\n")


def _write(file: Path, text: str) -> None:
    """Write the key file aside and move it into place, readable by its owner alone."""
    read_keys(text)
    aside = file.with_name(f".{file.name}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    aside.replace(file)


_NO_FILE = Words(
    "set MIS_BRIDGE_KEYS or MIS_BRIDGE_KEY_FILE first",
    "gosodwch MIS_BRIDGE_KEYS neu MIS_BRIDGE_KEY_FILE yn gyntaf",
)
_DONE = Words(
    "{count} values are sealed with the new key; processes that run now must be started again",
    "mae {count} o werthoedd wedi'u selio â'r allwedd newydd; rhaid ailgychwyn y prosesau sy'n "
    "rhedeg nawr",
)
