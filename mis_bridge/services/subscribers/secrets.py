"""The secrets of a subscription: made here, kept sealed, shown once, several alive at a time."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.secrets import Secret
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.sending import SubscriptionRow

OVERLAP: Final = timedelta(days=7)
"""How long a secret lives on beside its successor, so that a receiver has time to change over."""

# Each live secret makes one signature, and a receiver reads only so many of a header.
_MOST: Final = 4
_COLUMN: Final = "subscriptions.sealed_secrets"


def live_secrets(session: Session, row: SubscriptionRow, now: datetime) -> list[Secret]:
    """Return the secrets that hold now, the newest first."""
    return [Secret(secret) for secret, until in _opened(session, row) if _holds(until, now)]


def first_secret(session: Session, row: SubscriptionRow) -> Secret:
    """Give a new subscription its secret, to be shown this once."""
    fresh = _new()
    _seal(session, row, [(fresh, None)])
    return Secret(fresh)


def next_secret(session: Session, row: SubscriptionRow, now: datetime) -> Secret:
    """Give a subscription one more secret; those before it hold for seven days more."""
    until = now + OVERLAP
    older = [
        (secret, min(ends, until) if ends is not None else until)
        for secret, ends in _opened(session, row)
        if _holds(ends, now)
    ]
    fresh = _new()
    _seal(session, row, [(fresh, None), *older][:_MOST])
    return Secret(fresh)


def no_secrets(session: Session, row: SubscriptionRow) -> None:
    """Destroy the secrets of a subscription that has ended."""
    _seal(session, row, [])


def _new() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


def _holds(until: datetime | None, now: datetime) -> bool:
    return until is None or until > now


def _opened(session: Session, row: SubscriptionRow) -> list[tuple[str, datetime | None]]:
    kept = keys_of(session).unseal_json(row.sealed_secrets, place(_COLUMN, row.id))
    return [
        (each["secret"], datetime.fromisoformat(each["until"]) if each["until"] else None)
        for each in (kept if isinstance(kept, list) else [])
    ]


def _seal(
    session: Session, row: SubscriptionRow, several: list[tuple[str, datetime | None]]
) -> None:
    row.sealed_secrets = keys_of(session).seal_json(
        [
            {"secret": each, "until": until.isoformat() if until else None}
            for each, until in several
        ],
        place(_COLUMN, row.id),
    )
