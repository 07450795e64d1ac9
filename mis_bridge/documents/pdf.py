"""A document as a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

from typing import NoReturn

from mis_bridge.documents.content import Document
from mis_bridge.documents.html import html
from mis_bridge.documents.problems import ForbiddenFetch, PdfUnavailable
from mis_bridge.domain.words import Language


def _refuse(url: str, *_rest: object, **_more: object) -> NoReturn:
    del url  # it may hold what a person wrote
    raise ForbiddenFetch


def pdf(document: Document, language: Language) -> bytes:
    """Return the PDF; raises PdfUnavailable where the machine lacks the libraries for it.

    Nothing is fetched: a document that refers to something outside itself raises ForbiddenFetch.
    """
    try:
        # Imported here: the import itself loads the system libraries, which a machine may lack.
        from weasyprint import HTML  # noqa: PLC0415
    except (OSError, ImportError):
        raise PdfUnavailable from None
    page = HTML(string=html(document, language), url_fetcher=_refuse)
    written = page.write_pdf(pdf_variant="pdf/ua-1")
    return bytes(written)
