"""What the register remembers of the old system's stages, and what was decided since."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.duties import DecisionRow
from mis_bridge.storage.tables.register import PupilRow, RegisterEntryRow
from mis_bridge.storage.tenants import Tenant


def pupils(session: Session, tenant: Tenant) -> Iterator[PupilRow]:
    """Yield every pupil that is held, by school."""
    yield from session.scalars(
        select(PupilRow)
        .where(tenant.owns(PupilRow), PupilRow.state != "erased")
        .order_by(PupilRow.school, PupilRow.id)
        .execution_options(yield_per=500)
    )


def shown(session: Session, tenant: Tenant) -> dict[str, set[str]]:
    """Return, by pupil, every provision that the register ever showed."""
    rows = session.execute(
        select(RegisterEntryRow.pupil_id, RegisterEntryRow.provision_type)
        .where(tenant.owns(RegisterEntryRow), RegisterEntryRow.provision_type.is_not(None))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.pupil_id, set()).add(str(row.provision_type))
    return found


def decided_pupils(session: Session, tenant: Tenant) -> dict[str, str]:
    """Return, by pupil, the latest decision on record about ALN."""
    rows = session.execute(
        select(DecisionRow.pupil_id, DecisionRow.decision)
        .where(tenant.owns(DecisionRow), DecisionRow.decision.in_(("has_aln", "no_aln")))
        .order_by(DecisionRow.decided_on, DecisionRow.recorded_at)
    )
    return {row.pupil_id: row.decision for row in rows}
