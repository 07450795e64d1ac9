"""The keys that authorities publish, as a receiving school writes them down: PEM, or their ids.

A file, or a text that was pasted, may hold several: one for each authority that sends plans.
"""

from __future__ import annotations

import re

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from mis_bridge.documents.bundles import key_id
from mis_bridge.documents.problems import DocumentProblem
from mis_bridge.domain.words import Words

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,500}-----END PUBLIC KEY-----")
_ID = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_LONGEST = 100_000


class KeysUnreadable(DocumentProblem):
    """What was given as published keys is none."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "This is no published key. Give an Ed25519 public key in PEM, or its id of 64 "
                "hexadecimal digits, as the sending authority publishes it.",
                "Nid allwedd gyhoeddedig yw hon. Rhowch allwedd gyhoeddus Ed25519 ar ffurf PEM, "
                "neu ei rhif adnabod o 64 digid hecsadegol, fel y mae'r awdurdod anfon yn ei "
                "chyhoeddi.",
            )
        )


def key_ids(text: str) -> frozenset[str]:
    """Return the ids of the keys in a text; raises KeysUnreadable for anything that is no key.

    Between keys there may be blank lines, and lines that begin with `#` to say whose they are.
    """
    if len(text) > _LONGEST:
        raise KeysUnreadable
    found = {_of_pem(pem) for pem in _PEM.findall(text)}
    for line in _PEM.sub("", text).splitlines():
        said = line.strip()
        if _ID.fullmatch(said):
            found.add(said.lower())
        elif said and not said.startswith("#"):
            raise KeysUnreadable
    if not found:
        raise KeysUnreadable
    return frozenset(found)


def as_pem(key: Ed25519PublicKey) -> str:
    """Write a public key as an authority publishes it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _of_pem(pem: str) -> str:
    try:
        key = load_pem_public_key(pem.encode("ascii"))
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise KeysUnreadable
    return key_id(key)
