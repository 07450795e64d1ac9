"""`mis-bridge bundle`: a portable plan, checked without a network and without a database."""

from __future__ import annotations

import json
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from mis_bridge.cli.words import CommandFailed, both, tell
from mis_bridge.documents.bundles import verify
from mis_bridge.domain.words import Words


@click.group(
    help=both(
        "Check a portable plan bundle.\n\nExample: mis-bridge bundle verify plan.zip",
        "Gwirio bwndel cynllun cludadwy.\n\nEnghraifft: mis-bridge bundle verify cynllun.zip",
    )
)
def bundle() -> None:
    """Group the verbs on bundles."""


@bundle.command(
    "verify",
    help=both(
        "Check that a bundle is whole and signed, and say by which key.\n\n"
        "Example: mis-bridge bundle verify plan.zip --key authority.pem --json",
        "Gwirio bod bwndel yn gyfan ac wedi'i lofnodi, a dweud gan ba allwedd.\n\n"
        "Enghraifft: mis-bridge bundle verify cynllun.zip --key awdurdod.pem --json",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both(
        "The sending authority's public key (PEM).", "Allwedd gyhoeddus yr awdurdod anfon (PEM)."
    ),
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=both("Print one JSON object.", "Argraffu un gwrthrych JSON."),
)
def verify_(file: Path, key: Path | None, *, as_json: bool) -> None:
    """Check one bundle; a bundle that does not hold ends with exit code 2 and one line."""
    trusted = _public_key(key) if key else None
    found = verify(file.read_bytes(), trusted)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "valid": True,
                    "key_id": found.key_id,
                    "key_compared": trusted is not None,
                    "plan_id": found.manifest.get("plan_id"),
                    "made_by": found.manifest.get("made_by"),
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
    if trusted is None:
        tell(
            Words(
                "Compare that key with the one that the sending authority publishes; or use --key.",
                "Cymharwch yr allwedd honno â'r un y mae'r awdurdod anfon yn ei chyhoeddi, neu "
                "rhowch --key.",
            )
        )


def _public_key(file: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(file.read_bytes())
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise CommandFailed(
            Words(
                f"{file}: not an Ed25519 public key in PEM. Ask the sending authority for its key.",
                f"{file}: nid allwedd gyhoeddus Ed25519 ar ffurf PEM. Gofynnwch i'r awdurdod anfon "
                "am ei allwedd.",
            )
        )
    return key
