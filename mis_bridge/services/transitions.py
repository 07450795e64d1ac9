"""The register's facts for the law's own question: who was swept across with no decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import ProvisionType
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.transition_audit import AuditedPupil, TransitionAudit, audit
from mis_bridge.domain.transition_case import SchoolKind
from mis_bridge.services.intake.register_rows import held_of
from mis_bridge.storage import authorities, transition_log
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.tenants import Tenant

_SCHOOL_KINDS: Final = {
    Setting.MAINTAINED_SCHOOL: SchoolKind.MAINTAINED_MAINSTREAM,
    Setting.MAINTAINED_SPECIAL_SCHOOL: SchoolKind.MAINTAINED_SPECIAL,
    Setting.PRU: SchoolKind.PRU,
    Setting.FEI: SchoolKind.FEI,
    Setting.INDEPENDENT_SCHOOL: SchoolKind.INDEPENDENT,
}


def audited(session: Session, tenant: Tenant, *, on: date) -> TransitionAudit:
    """Account for everybody whom the tenant's register ever showed at an action stage."""
    return audit(_pupils(session, tenant), on=on)


def _pupils(session: Session, tenant: Tenant) -> Iterator[AuditedPupil]:
    settings = {row.ref: Setting(row.setting) for row in authorities.schools_of(session, tenant.la)}
    shown = transition_log.shown(session, tenant)
    decided = transition_log.decided_pupils(session, tenant)
    for row in transition_log.pupils(session, tenant):
        yield AuditedPupil(
            key=row.id,
            school=row.school,
            school_kind=_SCHOOL_KINDS[settings[row.school]],
            record=held_of(row, keys_of(session)).pupil,
            shown=frozenset(map(ProvisionType, shown.get(row.id, ()))),
            decision=decided.get(row.id),
            has_left=row.state != "current",
        )
