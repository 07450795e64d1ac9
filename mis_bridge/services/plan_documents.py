"""A kept draft plan as a document, in the format and the language that a person asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from mis_bridge.documents.content import Document
from mis_bridge.documents.html import html
from mis_bridge.documents.pdf import pdf
from mis_bridge.documents.plans import plan
from mis_bridge.documents.word import word
from mis_bridge.domain.idp import draft_from_json
from mis_bridge.domain.words import Language
from mis_bridge.storage import views_pupils
from mis_bridge.storage.tenants import Tenant

FORMATS: Mapping[str, Callable[[Document, Language], bytes]] = {
    "html": lambda document, language: html(document, language).encode(),
    "pdf": pdf,
    "docx": word,
}


def rendered(
    session: Session, tenant: Tenant, draft_id: str, *, form: str, language: Language
) -> bytes | None:
    """Return the draft in a format of FORMATS, None where the tenant keeps no such draft.

    Raises PdfUnavailable where this machine cannot make a PDF.
    """
    row = views_pupils.draft(session, tenant, draft_id)
    if row is None:
        return None
    draft = draft_from_json(views_pupils.draft_content(session, row))
    return FORMATS[form](plan(draft), language)
