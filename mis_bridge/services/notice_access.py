"""Who may open a notice: its school, and the authority that gives it of a plan of its own."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import Giver
from mis_bridge.services.plans.desk import seen
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import views_notices
from mis_bridge.storage.tenants import Tenant


def reader_of(session: Session, visitor: Visitor, notice_id: str) -> Visitor | None:
    """Return the visitor as they may read and act on a notice, None where they may not.

    An authority's people come to the notices that it gives about a plan which it maintains, and for
    those they are let in to the school's records; to no other notice.

    Source: 2018 anaw 2 ss. 22, 23(10)-(11), 24(9)-(10), 31 (the maintaining body gives).
    """
    row = views_notices.notice(session, visitor.tenant, notice_id)
    if row is None or visitor.tenant.school is not None:
        return visitor if row is not None else None
    if Giver(row.given_by).is_school_or_fei or row.plan_id is None:
        return None
    if seen(session, visitor, row.plan_id) is None:
        return None
    return replace(visitor, tenant=Tenant(row.la, row.school))
