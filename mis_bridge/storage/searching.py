"""Searching for a UPN without storing one in the clear."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import keyed_hash, place
from mis_bridge.storage.tables.operations import SealedKeyRow
from mis_bridge.storage.writing import insert_ignoring

_NAME = "upn_search"
_PLACE = place("sealed_keys.sealed_value", _NAME)


class UpnHashes:
    """The keyed hash of UPNs of one database. Its key is sealed in it and outlives rotations."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, upn: str) -> str:
        """Return the hash of `upn`, blanks and case apart."""
        return keyed_hash(self._key, "".join(upn.split()).upper())


def upn_hashes(session: Session, *, now: datetime) -> UpnHashes:
    """Return the database's hashes; its key is made on first use, and once."""
    return UpnHashes(_read(session) or _make(session, now))


def _read(session: Session) -> bytes | None:
    sealed = session.scalar(select(SealedKeyRow.sealed_value).where(SealedKeyRow.name == _NAME))
    return keys_of(session).unseal(sealed, _PLACE) if sealed is not None else None


def _make(session: Session, now: datetime) -> bytes:
    sealed = keys_of(session).seal(secrets.token_bytes(32), _PLACE)
    insert_ignoring(session, SealedKeyRow, {"name": _NAME, "sealed_value": sealed, "made_at": now})
    made = _read(session)
    if made is None:
        msg = "the key that hashes UPNs could not be stored"
        raise RuntimeError(msg)
    return made
