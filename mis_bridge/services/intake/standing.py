"""How a connection's source stands, for those who look after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.services.ports import Jobs
from mis_bridge.services.subscribers.outgoing import CONNECTION_FAILING, tell
from mis_bridge.storage import connections

_ACTIVE, _FAILING = "active", "failing"


def note_fault(
    session: Session,
    connection_id: str,
    fault: str,
    *,
    now: datetime,
    jobs: Jobs | None = None,
) -> None:
    """Note that the source does not answer, or shut us out; the first time stands."""
    row = connections.by_id(session, connection_id)
    if row.state == _ACTIVE:
        row.state, row.fault, row.failing_since = _FAILING, fault, now
        session.flush()
        tell(
            session,
            connections.tenant_of(row),
            CONNECTION_FAILING,
            {"connection_id": row.id},
            key=f"{row.id}:{now.isoformat()}",
            now=now,
            jobs=jobs,
        )


def note_answer(session: Session, connection_id: str) -> None:
    """Note that the source answers again."""
    row = connections.by_id(session, connection_id)
    if row.state == _FAILING:
        row.state, row.fault, row.failing_since = _ACTIVE, None, None
        session.flush()
