"""The keys with which an authority signs what leaves it: one is active, retired ones are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from mis_bridge.storage.tables.plans import AuthorityKeyRow
from mis_bridge.storage.tenants import Tenant

ACTIVE, RETIRED = "active", "retired"
_COLUMN = "authority_keys.sealed_private_key"


def take_turn(session: Session, la: str) -> bool:
    """Lock an authority's keys until the transaction ends; False where there is no such authority.

    It is the first statement of a change, so that two people never make two active keys.
    """
    taken = session.execute(
        update(LocalAuthorityRow)
        .where(LocalAuthorityRow.code == la)
        .values(code=LocalAuthorityRow.code)
        .returning(LocalAuthorityRow.code)
        .execution_options(synchronize_session=False)
    ).first()
    return taken is not None


def add(
    session: Session, la: str, key_id: str, public_key: str, private_key: bytes, *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a new active key; the private half is sealed."""
    session.add(
        AuthorityKeyRow(
            key_id=key_id,
            la=la,
            school=None,
            public_key=public_key,
            sealed_private_key=keys_of(session).seal(private_key, place(_COLUMN, key_id)),
            state=ACTIVE,
            made_by=by,
            made_at=at,
        )
    )
    session.flush()


def listed(session: Session, la: str) -> Sequence[AuthorityKeyRow]:
    """Return an authority's keys, the newest first."""
    return session.scalars(
        select(AuthorityKeyRow)
        .where(Tenant(la).owns(AuthorityKeyRow))
        .order_by(AuthorityKeyRow.made_at.desc(), AuthorityKeyRow.key_id)
    ).all()


def active(session: Session, la: str) -> AuthorityKeyRow | None:
    """Return the key with which an authority signs now."""
    return session.scalar(
        select(AuthorityKeyRow)
        .where(Tenant(la).owns(AuthorityKeyRow), AuthorityKeyRow.state == ACTIVE)
        .execution_options(populate_existing=True)
    )


def private_half(session: Session, row: AuthorityKeyRow) -> bytes:
    """Open the private half of a key."""
    return keys_of(session).unseal(row.sealed_private_key, place(_COLUMN, row.key_id))
