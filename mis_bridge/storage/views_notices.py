"""Notices as the pages read them: who receives, who does not, and how the sending stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import NoticeRecipientRow, NoticeRow, OutboxRow
from mis_bridge.storage.tenants import Tenant


def notice(session: Session, tenant: Tenant, notice_id: str) -> NoticeRow | None:
    """Return a notice of the tenant."""
    return session.scalar(
        select(NoticeRow).where(tenant.owns(NoticeRow), NoticeRow.id == notice_id)
    )


def of_occasion(
    session: Session, tenant: Tenant, pupil_id: str, occasion: str
) -> Sequence[NoticeRow]:
    """Return the notices about a pupil that were made on one occasion."""
    return session.scalars(
        select(NoticeRow).where(
            tenant.owns(NoticeRow), NoticeRow.pupil_id == pupil_id, NoticeRow.occasion == occasion
        )
    ).all()


def people(session: Session, tenant: Tenant, notice_id: str) -> Sequence[NoticeRecipientRow]:
    """Return everybody named in a notice, those who receive it first."""
    return session.scalars(
        select(NoticeRecipientRow)
        .where(tenant.owns(NoticeRecipientRow), NoticeRecipientRow.notice_id == notice_id)
        .order_by(NoticeRecipientRow.receives.desc(), NoticeRecipientRow.position)
    ).all()


def messages(session: Session, tenant: Tenant, notice_id: str) -> Sequence[OutboxRow]:
    """Return the messages of a notice, oldest first."""
    return session.scalars(
        select(OutboxRow)
        .where(tenant.owns(OutboxRow), OutboxRow.notice_id == notice_id)
        .order_by(OutboxRow.queued_at, OutboxRow.id)
    ).all()


def addressee(session: Session, row: OutboxRow) -> dict[str, Any]:
    """Open the name and address to which a message goes."""
    opened = keys_of(session).unseal_json(
        row.sealed_addressee, place("outbox.sealed_addressee", row.id)
    )
    return opened if isinstance(opened, dict) else {}


def content(session: Session, row: NoticeRow) -> dict[str, Any]:
    """Open the facts that fill a notice's text."""
    if row.sealed_content is None:
        return {}
    opened = keys_of(session).unseal_json(
        row.sealed_content, place("notices.sealed_content", row.id)
    )
    return opened if isinstance(opened, dict) else {}
