"""An authority's own versions of a form: proposed, published, retired; their text never changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.authorities import LocalAuthorityRow
from mis_bridge.storage.tables.plans import FormVersionRow
from mis_bridge.storage.tenants import Tenant


def versions(session: Session, tenant: Tenant) -> Sequence[FormVersionRow]:
    """Return every version of every form of the tenant's authority, the oldest first."""
    return session.scalars(
        select(FormVersionRow)
        .where(FormVersionRow.la == tenant.la)
        .order_by(FormVersionRow.form_id, FormVersionRow.proposed_at, FormVersionRow.version)
    ).all()


def published(session: Session, tenant: Tenant, form_id: str) -> FormVersionRow | None:
    """Return the version of a form that is in force, None where the shipped one is."""
    return session.scalar(
        select(FormVersionRow).where(
            FormVersionRow.la == tenant.la,
            FormVersionRow.form_id == form_id,
            FormVersionRow.state == "published",
        )
    )


def version(session: Session, tenant: Tenant, form_id: str, number: str) -> FormVersionRow | None:
    """Return one version of a form, whatever became of it."""
    return session.scalar(
        select(FormVersionRow).where(
            FormVersionRow.la == tenant.la,
            FormVersionRow.form_id == form_id,
            FormVersionRow.version == number,
        )
    )


def add(
    session: Session,
    tenant: Tenant,
    form_id: str,
    number: str,
    document: str,
    *,
    by: str,
    at: datetime,
) -> FormVersionRow:
    """Keep a proposed version."""
    row = FormVersionRow(
        id=new_id(),
        la=tenant.la,
        form_id=form_id,
        version=number,
        document=document,
        state="proposed",
        proposed_by=by,
        proposed_at=at,
    )
    session.add(row)
    session.flush()
    return row


def publish(session: Session, row: FormVersionRow, *, by: str, at: datetime) -> None:
    """Put a version in force; the one before it is retired."""
    retire(session, Tenant(row.la), row.form_id)
    row.state, row.published_by, row.published_at = "published", by, at
    session.flush()


def retire(session: Session, tenant: Tenant, form_id: str) -> None:
    """Take the version of a form that is in force out of it."""
    session.execute(
        update(FormVersionRow)
        .where(
            FormVersionRow.la == tenant.la,
            FormVersionRow.form_id == form_id,
            FormVersionRow.state == "published",
        )
        .values(state="retired")
        .execution_options(synchronize_session="fetch")
    )


def needs_two_people(session: Session, tenant: Tenant) -> bool:
    """Say whether the authority wants a second person for what reaches statutory documents."""
    row = session.get(LocalAuthorityRow, tenant.la)
    return row is None or row.two_person_publish
