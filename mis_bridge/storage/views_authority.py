"""An authority as its own pages read it: its schools, their connections and mappings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import (
    ConnectionRow,
    LocalAuthorityRow,
    MappingVersionRow,
    SchoolRow,
)
from mis_bridge.storage.tenants import Tenant


def authority(session: Session, la: str) -> LocalAuthorityRow | None:
    """Return an authority by its code."""
    return session.get(LocalAuthorityRow, la)


def school(session: Session, tenant: Tenant) -> SchoolRow | None:
    """Return the tenant's school, None where it is not one of that authority."""
    return session.scalar(
        select(SchoolRow).where(SchoolRow.la == tenant.la, SchoolRow.ref == tenant.of_school)
    )


def connections(session: Session, tenant: Tenant) -> Sequence[tuple[ConnectionRow, SchoolRow]]:
    """Return the connections of the authority's schools."""
    rows = session.execute(
        select(ConnectionRow, SchoolRow)
        .join(SchoolRow, SchoolRow.ref == ConnectionRow.school)
        .where(tenant.owns(ConnectionRow), SchoolRow.la == tenant.la)
        .order_by(SchoolRow.name, ConnectionRow.vendor, ConnectionRow.id)
    )
    return [(connection, school) for connection, school in rows]


def mapping_versions(session: Session, tenant: Tenant) -> Sequence[MappingVersionRow]:
    """Return the authority's mapping versions, the newest of each first."""
    return session.scalars(
        select(MappingVersionRow)
        .where(tenant.owns(MappingVersionRow))
        .order_by(
            MappingVersionRow.vendor, MappingVersionRow.scope, MappingVersionRow.number.desc()
        )
    ).all()
