"""The tool's signing keys, their private halves sealed: next, active or retired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.lti import ToolKeyRow
from mis_bridge.storage.writing import insert_ignoring

NEXT, ACTIVE, RETIRED = "next", "active", "retired"


def add(
    session: Session,
    kid: str,
    private_pem: bytes,
    public_jwk: dict[str, object],
    *,
    state: str,
    now: datetime,
) -> None:
    """Keep a key in `state`."""
    insert_ignoring(
        session,
        ToolKeyRow,
        {
            "kid": kid,
            "sealed_private_key": keys_of(session).seal(
                private_pem, place("tool_keys.sealed_private_key", kid)
            ),
            "public_jwk": public_jwk,
            "state": state,
            "created_at": now,
            "activated_at": now if state == ACTIVE else None,
        },
    )


def published(session: Session, retired_since: datetime) -> Sequence[ToolKeyRow]:
    """Return the keys to publish: those in use, and those retired after `retired_since`."""
    return session.scalars(
        select(ToolKeyRow)
        .where(or_(ToolKeyRow.state != RETIRED, ToolKeyRow.retired_at > retired_since))
        .order_by(ToolKeyRow.created_at, ToolKeyRow.kid)
    ).all()


def in_state(session: Session, state: str) -> Sequence[ToolKeyRow]:
    """Return the keys in one state, oldest first."""
    return session.scalars(
        select(ToolKeyRow).where(ToolKeyRow.state == state).order_by(ToolKeyRow.created_at)
    ).all()


def private_pem(session: Session, row: ToolKeyRow) -> bytes:
    """Open the private half of a key."""
    return keys_of(session).unseal(
        row.sealed_private_key, place("tool_keys.sealed_private_key", row.kid)
    )


def retire_active(session: Session, now: datetime) -> None:
    """Stop signing with the active key; it stays published for a while."""
    session.execute(
        update(ToolKeyRow).where(ToolKeyRow.state == ACTIVE).values(state=RETIRED, retired_at=now)
    )


def activate(session: Session, kid: str, now: datetime) -> None:
    """Sign with this key from now on."""
    session.execute(
        update(ToolKeyRow).where(ToolKeyRow.kid == kid).values(state=ACTIVE, activated_at=now)
    )
