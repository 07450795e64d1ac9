"""The key with which a local authority signs bundles: made, published, retired.

The private half never leaves the database. What is published is the public half and its id, the
SHA-256 of it, which a receiving body compares. Bundles that a retired key signed stay good.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from mis_bridge.documents.bundles import key_id
from mis_bridge.documents.published_keys import as_pem
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage import authority_keys
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.tables.plans import AuthorityKeyRow
from mis_bridge.storage.tenants import Tenant


class KeyRefused(Problem):
    """A key cannot be made, retired or shown as asked."""


class NoSigningKey(Problem):
    """The authority has no active key, so nothing can be signed for it."""

    def __init__(self, la: str) -> None:
        super().__init__(_NO_ACTIVE.fill(la=la))


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """What an authority publishes of a key."""

    key_id: str
    state: str
    pem: str
    public_key: str
    made_at: datetime


def make(session: Session, la: str, *, by: str, now: datetime) -> PublishedKey:
    """Make an authority's key; raises KeyRefused where one is active already."""
    if not authority_keys.take_turn(session, la):
        raise KeyRefused(_NO_AUTHORITY.fill(la=la))
    standing = authority_keys.active(session, la)
    if standing is not None:
        raise KeyRefused(_ONE_ACTIVE.fill(key_id=standing.key_id))
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    made, raw = key_id(public), public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    authority_keys.add(
        session, la, made, raw.hex(), private.private_bytes_raw(), by=by, at=now
    )  # fmt: skip
    _audit(session, la, "authority_key_made", made, by, now)
    return PublishedKey(made, authority_keys.ACTIVE, as_pem(public), raw.hex(), now)


def retire(session: Session, la: str, wanted: str, *, by: str, now: datetime) -> None:
    """Sign nothing more with a key; raises KeyRefused where the authority has no such key."""
    if not authority_keys.take_turn(session, la):
        raise KeyRefused(_NO_AUTHORITY.fill(la=la))
    row = _own(session, la, wanted)
    if row.state == authority_keys.ACTIVE:
        row.state = authority_keys.RETIRED
        session.flush()
        _audit(session, la, "authority_key_retired", row.key_id, by, now)


def listed(session: Session, la: str) -> list[PublishedKey]:
    """Return every key of an authority, the newest first."""
    return [_published(row) for row in authority_keys.listed(session, la)]


def shown(session: Session, la: str, wanted: str | None) -> PublishedKey:
    """Return one key by its id or the beginning of it; without one the active key."""
    if wanted is not None:
        return _published(_own(session, la, wanted))
    row = authority_keys.active(session, la)
    if row is None:
        raise NoSigningKey(la)
    return _published(row)


def signing_key(session: Session, la: str) -> Ed25519PrivateKey:
    """Return the key that signs for an authority now; raises NoSigningKey."""
    row = authority_keys.active(session, la)
    if row is None:
        raise NoSigningKey(la)
    return Ed25519PrivateKey.from_private_bytes(authority_keys.private_half(session, row))


def own_key_ids(session: Session, la: str) -> frozenset[str]:
    """Return the ids of an authority's own keys: its schools trust them without being told."""
    return frozenset(row.key_id for row in authority_keys.listed(session, la))


def _own(session: Session, la: str, wanted: str) -> AuthorityKeyRow:
    found = [
        row
        for row in authority_keys.listed(session, la)
        if len(wanted) >= _SHORTEST and row.key_id.startswith(wanted.lower())
    ]
    if len(found) != 1:
        raise KeyRefused(_NO_SUCH_KEY.fill(la=la))
    return found[0]


def _published(row: AuthorityKeyRow) -> PublishedKey:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.public_key))
    return PublishedKey(row.key_id, row.state, as_pem(public), row.public_key, row.made_at)


def _audit(session: Session, la: str, action: str, key: str, by: str, now: datetime) -> None:
    append(session, Tenant(la), [AuditEntry(by, action, f"authority_key:{key}", {})], now)


_SHORTEST = 8
_NO_AUTHORITY = Words(
    "the local authority {la} is not in this database; add it with mis-bridge la add {la}",
    "nid yw'r awdurdod lleol {la} yn y gronfa ddata hon; ychwanegwch ef â mis-bridge la add {la}",
)
_ONE_ACTIVE = Words(
    "the key {key_id} is active, and one at a time signs; retire it first with "
    "mis-bridge bundle key retire",
    "mae'r allwedd {key_id} yn weithredol, ac un ar y tro sy'n llofnodi; tynnwch hi'n ôl yn gyntaf "
    "â mis-bridge bundle key retire",
)
_NO_SUCH_KEY = Words(
    "the local authority {la} has no such key; see mis-bridge bundle key list --la {la}",
    "nid oes gan yr awdurdod lleol {la} allwedd o'r fath; gweler mis-bridge bundle key list "
    "--la {la}",
)
_NO_ACTIVE = Words(
    "The local authority {la} has no key to sign with. Make one with mis-bridge bundle key make "
    "--la {la}, and publish it.",
    "Nid oes gan yr awdurdod lleol {la} allwedd i lofnodi â hi. Gwnewch un â mis-bridge bundle key "
    "make --la {la}, a'i chyhoeddi.",
)
