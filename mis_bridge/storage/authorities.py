"""Local authorities and schools as the operator lists them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import LocalAuthorityRow, SchoolRow


def all_of_them(session: Session) -> Sequence[LocalAuthorityRow]:
    """Return every authority, by code."""
    return session.scalars(select(LocalAuthorityRow).order_by(LocalAuthorityRow.code)).all()


def schools_of(session: Session, la: str) -> Sequence[SchoolRow]:
    """Return an authority's schools, by reference."""
    return session.scalars(
        select(SchoolRow).where(SchoolRow.la == la).order_by(SchoolRow.ref)
    ).all()
