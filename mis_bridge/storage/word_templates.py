"""An authority's own Word templates: one in force for a form and a language; none is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.plans import WordTemplateRow
from mis_bridge.storage.tenants import Tenant


def in_force(
    session: Session, tenant: Tenant, form_id: str, language: str
) -> WordTemplateRow | None:
    """Return the template of a form in a language, None where the authority has none."""
    return session.scalar(
        select(WordTemplateRow).where(
            WordTemplateRow.la == tenant.la,
            WordTemplateRow.form_id == form_id,
            WordTemplateRow.language == language,
            WordTemplateRow.state == "published",
        )
    )


def listed(session: Session, tenant: Tenant) -> Sequence[WordTemplateRow]:
    """Return every template of the tenant's authority, the oldest first."""
    return session.scalars(
        select(WordTemplateRow)
        .where(WordTemplateRow.la == tenant.la)
        .order_by(WordTemplateRow.form_id, WordTemplateRow.language, WordTemplateRow.added_at)
    ).all()


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template to put in force; `tags` are those that were read in it."""

    form_id: str
    language: str
    content: bytes
    digest: str
    tags: Sequence[str]


def add(
    session: Session, tenant: Tenant, new: NewTemplate, *, by: str, at: datetime
) -> WordTemplateRow:
    """Put a template in force; the one before it is retired."""
    retire(session, tenant, new.form_id, new.language)
    row = WordTemplateRow(
        id=new_id(),
        la=tenant.la,
        form_id=new.form_id,
        language=new.language,
        content=new.content,
        digest=new.digest,
        tags=list(new.tags),
        state="published",
        added_by=by,
        added_at=at,
    )
    session.add(row)
    session.flush()
    return row


def retire(session: Session, tenant: Tenant, form_id: str, language: str) -> None:
    """Take the template of a form and a language out of force."""
    session.execute(
        update(WordTemplateRow)
        .where(
            WordTemplateRow.la == tenant.la,
            WordTemplateRow.form_id == form_id,
            WordTemplateRow.language == language,
            WordTemplateRow.state == "published",
        )
        .values(state="retired")
        .execution_options(synchronize_session="fetch")
    )
