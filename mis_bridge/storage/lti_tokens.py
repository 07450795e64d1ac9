"""Tokens for a platform's services, sealed, until they end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.lti import AccessTokenRow
from mis_bridge.storage.writing import upsert_all


def token(session: Session, registration_id: str, scopes: str) -> tuple[str, datetime] | None:
    """Return a kept token and when it ends."""
    row = session.get(AccessTokenRow, (registration_id, scopes), populate_existing=True)
    if row is None:
        return None
    opened = keys_of(session).unseal(row.sealed_token, _place(registration_id, scopes))
    return opened.decode(), row.expires_at


def keep(
    session: Session, registration_id: str, scopes: str, value: str, expires_at: datetime
) -> None:
    """Keep a token in place of the one before it."""
    sealed = keys_of(session).seal(value.encode(), _place(registration_id, scopes))
    row = {
        "registration_id": registration_id,
        "scopes": scopes,
        "sealed_token": sealed,
        "expires_at": expires_at,
    }
    upsert_all(session, AccessTokenRow, [row])


def _place(registration_id: str, scopes: str) -> str:
    return place("access_token_cache.sealed_token", registration_id, scopes)
