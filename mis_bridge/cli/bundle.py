"""`mis-bridge bundle`: a portable plan, checked without a network and without a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from mis_bridge.cli.words import CommandFailed, both, tell
from mis_bridge.documents.bundles import MOST_BYTES, verify
from mis_bridge.documents.published_keys import KeysUnreadable, key_ids
from mis_bridge.domain.words import Words

KEY = partial(
    click.option,
    "--key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both(
        "A file with the public keys (PEM, or their ids) of authorities that you trust.",
        "Ffeil ag allweddi cyhoeddus (PEM, neu eu rhifau adnabod) yr awdurdodau yr ymddiriedwch "
        "ynddynt.",
    ),
)
KEY_ID = partial(
    click.option,
    "--key-id",
    "ids",
    multiple=True,
    help=both(
        "The id of a key that an authority publishes: 64 hexadecimal digits.",
        "Rhif adnabod allwedd y mae awdurdod yn ei chyhoeddi: 64 digid hecsadegol.",
    ),
)


def trusted_keys(keys: Sequence[Path], ids: Sequence[str]) -> frozenset[str]:
    """Return the ids of the keys that the person trusts; a file that holds none is refused."""
    found: set[str] = set()
    for file in keys:
        try:
            found |= key_ids(file.read_text("utf-8", errors="replace"))
        except KeysUnreadable as unreadable:
            said = unreadable.words
            raise CommandFailed(Words(f"{file}: {said.en}", f"{file}: {said.cy}")) from None
    for written in ids:
        found |= key_ids(written)
    return frozenset(found)


def archive_in(file: Path) -> bytes:
    """Read a file, and no more of it than tells that it is too large for a bundle."""
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


@click.command(
    "verify",
    help=both(
        "Check that a bundle is whole and signed, and say by which key. With keys to trust, one "
        "of them must have signed it.\n\n"
        "Example: mis-bridge bundle verify plan.zip --key authorities.pem --json",
        "Gwirio bod bwndel yn gyfan ac wedi'i lofnodi, a dweud gan ba allwedd. Os rhoddir "
        "allweddi i ymddiried ynddynt, rhaid i un ohonynt fod wedi'i lofnodi.\n\n"
        "Enghraifft: mis-bridge bundle verify cynllun.zip --key awdurdodau.pem --json",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@KEY()
@KEY_ID()
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=both("Print one JSON object.", "Argraffu un gwrthrych JSON."),
)
def verify_(file: Path, keys: tuple[Path, ...], ids: tuple[str, ...], *, as_json: bool) -> None:
    """Check one bundle; a bundle that does not hold ends with exit code 2 and one line."""
    trusted = trusted_keys(keys, ids)
    found = verify(archive_in(file), trusted or None)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "valid": True,
                    "key_id": found.key_id,
                    "key_compared": bool(trusted),
                    "plan_id": found.manifest.get("plan_id"),
                    "edition": found.manifest.get("edition"),
                    "made_by": found.manifest.get("made_by"),
                    "made_for": found.manifest.get("made_for"),
                    "digest": found.digest,
                    "files": sorted(found.files),
                },
                ensure_ascii=False,
            )
        )
    tell(
        Words(
            f"The bundle is whole. It is signed by the key {found.key_id}.",
            f"Mae'r bwndel yn gyfan. Fe'i llofnodwyd gan yr allwedd {found.key_id}.",
        )
    )
    if not trusted:
        tell(
            Words(
                "Whose key that is, this does not say: compare it with the one that the sending "
                "authority publishes; or use --key.",
                "Nid yw hyn yn dweud allwedd pwy yw honno: cymharwch hi â'r un y mae'r awdurdod "
                "anfon yn ei chyhoeddi, neu rhowch --key.",
            )
        )
