"""Versions of term dates, and which of them holds for a school."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import CalendarVersionRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import Row, insert_ignoring


def latest(
    session: Session, tenant: Tenant, by: datetime | None = None
) -> CalendarVersionRow | None:
    """Return the newest version of exactly this owner: a school's own, or the authority's.

    With `by`, the one that was the newest at that moment.
    """
    chosen = select(CalendarVersionRow).where(
        CalendarVersionRow.la == tenant.la, CalendarVersionRow.owner == owner_of(tenant)
    )
    if by is not None:
        chosen = chosen.where(CalendarVersionRow.imported_at <= by)
    return session.scalar(chosen.order_by(CalendarVersionRow.number.desc()).limit(1))


def versions(session: Session, tenant: Tenant) -> list[CalendarVersionRow]:
    """Return every version of the tenant, and for a school those of its authority, newest first."""
    owners = {tenant.la, owner_of(tenant)}
    chosen = select(CalendarVersionRow).where(CalendarVersionRow.la == tenant.la)
    if tenant.school is not None:
        chosen = chosen.where(CalendarVersionRow.owner.in_(owners))
    return list(
        session.scalars(chosen.order_by(CalendarVersionRow.owner, CalendarVersionRow.number.desc()))
    )


def version(session: Session, tenant: Tenant, version_id: str) -> CalendarVersionRow | None:
    """Return one version by its id."""
    return session.scalar(
        select(CalendarVersionRow).where(
            CalendarVersionRow.la == tenant.la, CalendarVersionRow.id == version_id
        )
    )


def next_number(session: Session, tenant: Tenant) -> int:
    """Return the number that the owner's next version bears."""
    highest = session.scalar(
        select(func.max(CalendarVersionRow.number)).where(
            CalendarVersionRow.la == tenant.la, CalendarVersionRow.owner == owner_of(tenant)
        )
    )
    return (highest or 0) + 1


def add(session: Session, row: Row) -> bool:
    """Add a version; False where the owner has these very dates already."""
    return insert_ignoring(session, CalendarVersionRow, row)


def owner_of(tenant: Tenant) -> str:
    """Return the name under which a tenant's versions are numbered."""
    return tenant.school or tenant.la


def same(session: Session, tenant: Tenant, digest: str) -> CalendarVersionRow | None:
    """Return the owner's version that has these very dates, if it is the newest."""
    newest = latest(session, tenant)
    return newest if newest is not None and newest.digest == digest else None
