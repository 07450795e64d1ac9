"""Signatures and time stamps: constant time, on bytes, and never a crash on hostile input."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from webhooks.base import WebhookRejected

TOLERANCE_SECONDS = 300
# A header is read no further: a sender that rotates its secret sends two signatures, not hundreds.
MAX_SIGNATURES = 16
SHORTEST_SECRET_BYTES = 24

_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_HEX_DIGEST = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_SYMMETRIC, _PUBLIC = "whsec_", "whpk_"


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """A secret made ready: exactly one of the two ways of checking is there."""

    shared: bytes | None = None
    public: Ed25519PublicKey | None = None

    def __repr__(self) -> str:
        return "Key(***)"

    def proves(self, version: str, signature: bytes, signed: bytes) -> bool:
        """Say whether `signature`, of scheme `version`, was made over `signed` with this key."""
        if version == "v1" and self.shared is not None:
            return hmac.compare_digest(hmac.digest(self.shared, signed, hashlib.sha256), signature)
        if version == "v1a" and self.public is not None:
            try:
                self.public.verify(signature, signed)
            except InvalidSignature:
                return False
            return True
        return False


@lru_cache(maxsize=4096)
def key_from_secret(secret: str) -> Key | None:
    """Read `whsec_` + base64, `whpk_` + base64 or plain base64; None for anything else."""
    if secret.startswith(_PUBLIC):
        material = _from_base64(secret.removeprefix(_PUBLIC))
        if material is None or len(material) != 32:
            return None
        return Key(public=Ed25519PublicKey.from_public_bytes(material))
    material = _from_base64(secret.removeprefix(_SYMMETRIC))
    if material is None or len(material) < SHORTEST_SECRET_BYTES:
        return None
    return Key(shared=material)


def sign(message_id: str, at: int, body: bytes, secrets: Sequence[bytes]) -> str:
    """Return the `webhook-signature` header of a message: one `v1` signature a secret.

    `at` is the `webhook-timestamp` in whole seconds. Whoever holds any of the secrets can verify,
    so that a secret is changed without a moment in which a message proves nothing.
    """
    signed = b".".join((message_id.encode("ascii"), str(at).encode("ascii"), body))
    made = (hmac.digest(secret, signed, hashlib.sha256) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(each).decode('ascii')}" for each in made)


def proving_secret(header: str, signed: bytes, secrets: Sequence[str]) -> int:
    """Return the index of the secret that made one of the signatures of a Standard Webhooks header.

    The header is a blank-separated list of `version,base64`; unknown versions are passed over.
    Raises `WebhookRejected` when none holds, whatever the header looks like.
    """
    claims = [_claim(part) for part in header.split(" ", MAX_SIGNATURES)[:MAX_SIGNATURES]]
    keys = [key_from_secret(secret) for secret in secrets]
    for claim in claims:
        if claim is None:
            continue
        for position, key in enumerate(keys):
            if key is not None and key.proves(*claim, signed):
                return position
    raise WebhookRejected("signature")


def proving_digest(header: str, raw: bytes, secrets: Sequence[str]) -> int:
    """Return the index of the secret behind `sha256=<hex>` over the raw body.

    The secret is the text itself, as the senders of this scheme use it. Raises `WebhookRejected`.
    """
    match = _HEX_DIGEST.fullmatch(header)
    if match is None:
        raise WebhookRejected("signature")
    claimed = match[1].lower().encode("ascii")
    for position, secret in enumerate(secrets):
        made = hmac.new(secret.encode("utf-8"), raw, hashlib.sha256).hexdigest().encode("ascii")
        if hmac.compare_digest(made, claimed):
            return position
    raise WebhookRejected("signature")


def proving_text(given: bytes, secrets: Sequence[str]) -> int:
    """Return the index of the secret that equals `given`; raises `WebhookRejected`."""
    for position, secret in enumerate(secrets):
        if given and hmac.compare_digest(secret.encode("utf-8"), given):
            return position
    raise WebhookRejected("secret")


def check_fresh(stamp: str, now: datetime) -> None:
    """Refuse a time stamp (whole seconds, ASCII digits) further than five minutes from `now`."""
    if _STAMP.fullmatch(stamp) is None:
        raise WebhookRejected("time stamp")
    if abs(int(stamp) - now.timestamp()) > TOLERANCE_SECONDS:
        raise WebhookRejected("not fresh")


def _claim(part: str) -> tuple[str, bytes] | None:
    version, comma, text = part.partition(",")
    signature = _from_base64(text) if comma and version in {"v1", "v1a"} else None
    return (version, signature) if signature else None


def _from_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
