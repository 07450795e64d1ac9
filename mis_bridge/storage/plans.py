"""Plans as they stand, with every saved version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from mis_bridge.storage.tables.duties import DecisionRow
from mis_bridge.storage.tables.plans import PlanRow, PlanVersionRow
from mis_bridge.storage.tenants import Tenant

ENDED = ("closed", "transferred", "ceased")
_CONTENT = "plans.sealed_content"
_VERSION = "plan_versions.sealed_content"

Content = Mapping[str, Any]


def plan(session: Session, tenant: Tenant, plan_id: str) -> PlanRow | None:
    """Return a plan of the tenant as the database has it now."""
    return session.scalar(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.id == plan_id)
        .execution_options(populate_existing=True)
    )


def plans_of_pupil(session: Session, tenant: Tenant, pupil_id: str) -> Sequence[PlanRow]:
    """Return every plan that a pupil has or had, the newest first."""
    return session.scalars(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.pupil_id == pupil_id)
        .order_by(PlanRow.created_at.desc(), PlanRow.id)
    ).all()


def live_plan(session: Session, tenant: Tenant, pupil_id: str) -> PlanRow | None:
    """Return the plan of a pupil that has not ended; there is one at most."""
    return session.scalar(
        select(PlanRow).where(
            tenant.owns(PlanRow), PlanRow.pupil_id == pupil_id, PlanRow.status.not_in(ENDED)
        )
    )


def plan_of_draft(session: Session, tenant: Tenant, draft_id: str) -> PlanRow | None:
    """Return the plan that was begun from a draft, the newest where there were several."""
    return session.scalars(
        select(PlanRow)
        .where(tenant.owns(PlanRow), PlanRow.draft_id == draft_id)
        .order_by(PlanRow.created_at.desc())
    ).first()


def listed(
    session: Session, tenant: Tenant, *, maintained_by: Iterable[str] | None = None
) -> Sequence[PlanRow]:
    """Return the tenant's plans, those to be reviewed soonest first; ended ones come last."""
    chosen = select(PlanRow).where(tenant.owns(PlanRow))
    if maintained_by is not None:
        chosen = chosen.where(PlanRow.maintained_by.in_(tuple(maintained_by)))
    return session.scalars(
        chosen.order_by(
            PlanRow.status.in_(ENDED),
            PlanRow.review_by_on.is_(None),
            PlanRow.review_by_on,
            PlanRow.changed_at.desc(),
            PlanRow.id,
        )
    ).all()


def content(session: Session, row: PlanRow) -> dict[str, Any]:
    """Open a plan: `{"fields": {...}, "appendix": [...], "left_out": [...]}`."""
    opened = keys_of(session).unseal_json(row.sealed_content, place(_CONTENT, row.id))
    return opened if isinstance(opened, dict) else {}


def version_at(
    session: Session, tenant: Tenant, plan_id: str, number: int
) -> PlanVersionRow | None:
    """Return what was saved when the plan stood at `number`: not every act saves anew."""
    return session.scalars(
        select(PlanVersionRow)
        .where(
            tenant.owns(PlanVersionRow),
            PlanVersionRow.plan_id == plan_id,
            PlanVersionRow.version <= number,
        )
        .order_by(PlanVersionRow.version.desc())
    ).first()


def versions(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanVersionRow]:
    """Return every saved version, the newest first."""
    return session.scalars(
        select(PlanVersionRow)
        .where(tenant.owns(PlanVersionRow), PlanVersionRow.plan_id == plan_id)
        .order_by(PlanVersionRow.version.desc())
    ).all()


def version_content(session: Session, row: PlanVersionRow) -> dict[str, Any]:
    """Open a saved version."""
    opened = keys_of(session).unseal_json(
        row.sealed_content, place(_VERSION, row.plan_id, row.version)
    )
    return opened if isinstance(opened, dict) else {}


def edition_content(
    session: Session, tenant: Tenant, plan_id: str, edition: int
) -> dict[str, Any] | None:
    """Open the version that was finalised as `edition`, None where there is none."""
    row = session.scalars(
        select(PlanVersionRow)
        .where(
            tenant.owns(PlanVersionRow),
            PlanVersionRow.plan_id == plan_id,
            PlanVersionRow.edition == edition,
        )
        .order_by(PlanVersionRow.version.desc())
    ).first()
    return version_content(session, row) if row is not None else None


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to begin."""

    pupil_id: str
    draft_id: str | None
    form_id: str
    form_version: str
    maintained_by: str | None
    status: str = "draft"


def add(
    session: Session, tenant: Tenant, new: NewPlan, held: Content, *, by: str, at: datetime
) -> PlanRow:
    """Begin a plan, at version 1."""
    plan_id = new_id()
    row = PlanRow(
        id=plan_id,
        la=tenant.la,
        school=tenant.of_school,
        pupil_id=new.pupil_id,
        draft_id=new.draft_id,
        form_id=new.form_id,
        form_version=new.form_version,
        status=new.status,
        maintained_by=new.maintained_by,
        sealed_content=sealed(session, held, _CONTENT, plan_id),
        version=1,
        edition=0,
        created_at=at,
        changed_at=at,
        changed_by=by,
    )
    session.add(row)
    session.flush()
    _keep_version(session, row, held, act="begin", edition=None)
    return row


def save(
    session: Session,
    row: PlanRow,
    held: Content,
    *,
    act: str,
    by: str,
    at: datetime,
    edition: int | None = None,
) -> None:
    """Put a new version in place and keep it beside the ones before."""
    row.sealed_content = sealed(session, held, _CONTENT, row.id)
    row.version += 1
    row.changed_at, row.changed_by = at, by
    session.flush()
    _keep_version(session, row, held, act=act, edition=edition)


def authority_of(session: Session, row: PlanRow) -> LocalAuthorityRow:
    """Return the authority in whose area the plan's school is."""
    return session.scalars(select(LocalAuthorityRow).where(LocalAuthorityRow.code == row.la)).one()


def decision_on_aln(
    session: Session, tenant: Tenant, pupil_id: str, decisions: Iterable[str]
) -> DecisionRow | None:
    """Return the newest of a pupil's decisions that is one of `decisions`."""
    return session.scalars(
        select(DecisionRow)
        .where(
            tenant.owns(DecisionRow),
            DecisionRow.pupil_id == pupil_id,
            DecisionRow.decision.in_(tuple(decisions)),
        )
        .order_by(DecisionRow.decided_on.desc(), DecisionRow.recorded_at.desc())
    ).first()


def _keep_version(
    session: Session, row: PlanRow, held: Content, *, act: str, edition: int | None
) -> None:
    session.add(
        PlanVersionRow(
            la=row.la,
            school=row.school,
            plan_id=row.id,
            version=row.version,
            edition=edition,
            act=act,
            sealed_content=sealed(session, held, _VERSION, row.id, row.version),
            saved_at=row.changed_at,
            saved_by=row.changed_by,
        )
    )
    session.flush()


def sealed(session: Session, value: Mapping[str, Any], column: str, *bound: object) -> bytes:
    return keys_of(session).seal_json(dict(value), place(column, *bound))
