"""Which text of a mapping document is published for whom."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.authorities import MappingVersionRow
from mis_bridge.storage.tenants import Tenant


def published(session: Session, tenant: Tenant, scopes: Collection[str]) -> dict[str, str]:
    """Return the published documents of the tenant's authority for these scopes, by scope."""
    rows = session.execute(
        select(MappingVersionRow.scope, MappingVersionRow.document).where(
            MappingVersionRow.la == tenant.la,
            MappingVersionRow.scope.in_(list(scopes)),
            MappingVersionRow.state == "published",
        )
    )
    return {row.scope: row.document for row in rows}
