"""The copies of plans that were given, and the notices with which they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.duties import NoticeRecipientRow, NoticeRow, OutboxRow
from mis_bridge.storage.tables.plans import PlanCopyRow, PlanRow
from mis_bridge.storage.tenants import Tenant


def days_given(session: Session, tenant: Tenant, pupil_id: str, occasion: str) -> list[date | None]:
    """Return, for each person who is to have a notice, the day they were given it, if they were."""
    found = session.execute(
        select(NoticeRecipientRow.id, func.min(OutboxRow.given_on))
        .join(NoticeRow, (NoticeRow.id == NoticeRecipientRow.notice_id) & tenant.owns(NoticeRow))
        .outerjoin(
            OutboxRow, (OutboxRow.recipient_id == NoticeRecipientRow.id) & tenant.owns(OutboxRow)
        )
        .where(
            tenant.owns(NoticeRecipientRow),
            NoticeRow.pupil_id == pupil_id,
            NoticeRow.occasion == occasion,
            NoticeRecipientRow.receives,
        )
        .group_by(NoticeRecipientRow.id)
    )
    return [given for _, given in found]


def notices_of(session: Session, tenant: Tenant, plan_id: str) -> Sequence[NoticeRow]:
    """Return the notices that were made about a plan, the newest first."""
    return session.scalars(
        select(NoticeRow)
        .where(tenant.owns(NoticeRow), NoticeRow.plan_id == plan_id)
        .order_by(NoticeRow.made_at.desc(), NoticeRow.id)
    ).all()


def copies(session: Session, tenant: Tenant, plan_id: str) -> Sequence[PlanCopyRow]:
    """Return the copies that were given, in order of the day."""
    return session.scalars(
        select(PlanCopyRow)
        .where(tenant.owns(PlanCopyRow), PlanCopyRow.plan_id == plan_id)
        .order_by(PlanCopyRow.given_on, PlanCopyRow.recorded_at, PlanCopyRow.id)
    ).all()


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an edition that somebody was given."""

    edition: int
    recipient: str
    slot: str
    channel: str
    given_on: date
    outbox_id: str | None = None


def add_copy(session: Session, row: PlanRow, copy: Copy, *, by: str, at: datetime) -> bool:
    """Record a copy; False where this recipient's copy of this edition is on record already."""
    tenant = Tenant(row.la, row.school)
    known = session.scalar(
        select(PlanCopyRow.id).where(
            tenant.owns(PlanCopyRow),
            PlanCopyRow.plan_id == row.id,
            PlanCopyRow.edition == copy.edition,
            PlanCopyRow.recipient == copy.recipient,
        )
    )
    if known is not None:
        return False
    session.add(
        PlanCopyRow(
            id=new_id(),
            la=row.la,
            school=row.school,
            plan_id=row.id,
            edition=copy.edition,
            recipient=copy.recipient,
            slot=copy.slot,
            channel=copy.channel,
            given_on=copy.given_on,
            outbox_id=copy.outbox_id,
            recorded_by=by,
            recorded_at=at,
        )
    )
    session.flush()
    return True


def forget_copy(session: Session, tenant: Tenant, outbox_id: str) -> None:
    """Take back the copy that a message carried: it did not arrive."""
    session.execute(
        delete(PlanCopyRow)
        .where(tenant.owns(PlanCopyRow), PlanCopyRow.outbox_id == outbox_id)
        .execution_options(synchronize_session="fetch")
    )
