"""An authority's own Word forms: taken in after a check, used from then on, retired."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.documents.samples import sample_paper
from mis_bridge.documents.word_forms import (
    TemplateRead,
    TemplateRefused,
    fill_template,
    read_template,
)
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.papers.forms import form_in_force
from mis_bridge.storage import audit, word_templates
from mis_bridge.storage.tables.plans import WordTemplateRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.word_templates import NewTemplate


@dataclass(frozen=True, slots=True)
class Added:
    """A template that is in force now, and what was read in it."""

    row: WordTemplateRow
    read: TemplateRead


def add(
    session: Session,
    tenant: Tenant,
    form_id: str,
    language: Language,
    content: bytes,
    *,
    by: str,
    now: datetime,
) -> Added:
    """Put a template in force for plans on a form; it has been read, and filled on a trial plan.

    Raises TemplateRefused with everything that is wrong with it; nothing is changed then. The same
    template again changes nothing.
    """
    read = checked(content, form_in_force(session, tenant, form_id), language)
    digest = hashlib.sha256(content).hexdigest()
    present = word_templates.in_force(session, tenant, form_id, language)
    if present is not None and present.digest == digest:
        return Added(present, read)
    new = NewTemplate(form_id, language, content, digest, read.tags)
    row = word_templates.add(session, tenant, new, by=by, at=now)
    _note(session, tenant, row, "word_template_added", by, now)
    return Added(row, read)


def checked(content: bytes, form: Form, language: Language) -> TemplateRead:
    """Return what a template says, once the invented plan filled it; raises TemplateRefused."""
    read = read_template(content, form)
    if read.faults:
        raise TemplateRefused(_FAULTS.fill(count=len(read.faults)), read.faults)
    fill_template(content, sample_paper(form), language)
    return read


def tried(content: bytes, form: Form, language: Language) -> bytes:
    """Return a template filled with the invented plan; raises TemplateRefused."""
    checked(content, form, language)
    return fill_template(content, sample_paper(form), language)


def retire(
    session: Session, tenant: Tenant, form_id: str, language: Language, *, by: str, now: datetime
) -> None:
    """Take a template out of force; Word files look as the product makes them again."""
    row = word_templates.in_force(session, tenant, form_id, language)
    if row is None:
        raise TemplateRefused(_NONE)
    word_templates.retire(session, tenant, form_id, language)
    _note(session, tenant, row, "word_template_retired", by, now)


def listed(session: Session, tenant: Tenant) -> Sequence[WordTemplateRow]:
    """Return every template that the authority has had."""
    return word_templates.listed(session, tenant)


def template_of(session: Session, tenant: Tenant, form_id: str, language: Language) -> bytes | None:
    """Return the template in force for a form and a language, None where there is none."""
    row = word_templates.in_force(session, tenant, form_id, language)
    return row.content if row is not None else None


def _note(
    session: Session, tenant: Tenant, row: WordTemplateRow, action: str, by: str, now: datetime
) -> None:
    facts: dict[str, audit.Fact] = {
        "form": row.form_id,
        "language": row.language,
        "digest": row.digest,
    }
    entry = audit.AuditEntry(by, action, f"word_template:{row.id}", facts)
    audit.append(session, tenant, [entry], now)


_FAULTS = Words(
    "the template cannot be used: things to put right: {count}",
    "ni ellir defnyddio'r templed: pethau i'w cywiro: {count}",
)
_NONE = Words(
    "the authority has no template in force for this form and language",
    "nid oes gan yr awdurdod dempled mewn grym ar gyfer y ffurflen a'r iaith hon",
)
