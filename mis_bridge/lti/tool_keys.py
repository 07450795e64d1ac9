"""The tool's own signing keys: RSA, named by their RFC 7638 thumbprint."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pylti1p3.registration import Registration

_BITS = 2048


@dataclass(frozen=True, slots=True, repr=False)
class NewToolKey:
    """A key just made: its private half as PEM, and what the tool publishes of it."""

    kid: str
    private_pem: bytes
    public_jwk: dict[str, object]

    def __repr__(self) -> str:
        return f"NewToolKey(kid={self.kid!r})"


def make() -> NewToolKey:
    """Make a key; its id is the thumbprint that the library too computes from the public half."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk: dict[str, object] = json.loads(json.dumps(Registration.get_jwk(public.decode())))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return NewToolKey(str(jwk["kid"]), private, jwk)
