"""Every version of a mapping document there has been: added and retired, never edited."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import MappingVersionRow
from mis_bridge.storage.tenants import Tenant


def versions(session: Session, tenant: Tenant, scope: str | None = None) -> list[MappingVersionRow]:
    """Return the versions of the tenant's authority, of one scope or all, the oldest first."""
    chosen = (
        select(MappingVersionRow)
        .where(MappingVersionRow.la == tenant.la)
        .order_by(MappingVersionRow.scope, MappingVersionRow.number)
    )
    if scope is not None:
        chosen = chosen.where(MappingVersionRow.scope == scope)
    return list(session.scalars(chosen))


def publish(session: Session, tenant: Tenant, row: MappingVersionRow) -> MappingVersionRow:
    """Store a version as the published one of its scope; the one before it is retired."""
    highest = session.scalar(
        select(func.max(MappingVersionRow.number)).where(
            MappingVersionRow.la == tenant.la, MappingVersionRow.scope == row.scope
        )
    )
    retire(session, tenant, row.scope)
    row.la, row.number, row.state = tenant.la, (highest or 0) + 1, "published"
    session.add(row)
    session.flush()
    return row


def retire(session: Session, tenant: Tenant, scope: str) -> None:
    """Take the published version of a scope out of force; the shipped document applies again."""
    session.execute(
        update(MappingVersionRow)
        .where(
            MappingVersionRow.la == tenant.la,
            MappingVersionRow.scope == scope,
            MappingVersionRow.state == "published",
        )
        .values(state="retired")
        .execution_options(synchronize_session="fetch")
    )
