"""What the register remembers of the old system's stages, and what was decided since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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


def shown_at(session: Session, tenant: Tenant, provision_types: Sequence[str]) -> set[str]:
    """Return the pupils whom the register ever showed at one of these stages."""
    return set(
        session.scalars(
            select(RegisterEntryRow.pupil_id).where(
                tenant.owns(RegisterEntryRow),
                RegisterEntryRow.provision_type.in_(list(provision_types)),
            )
        )
    )


def decided_pupils(session: Session, tenant: Tenant) -> dict[str, str]:
    """Return, by pupil, the latest decision on record about ALN."""
    rows = session.execute(
        select(DecisionRow.pupil_id, DecisionRow.decision)
        .where(tenant.owns(DecisionRow), DecisionRow.decision.in_(("has_aln", "no_aln")))
        .order_by(DecisionRow.decided_on, DecisionRow.recorded_at)
    )
    return {row.pupil_id: row.decision for row in rows}
