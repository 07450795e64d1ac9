"""A document as a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

from typing import Any, NoReturn

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
    written = page.write_pdf(pdf_variant="pdf/ua-1", finisher=_complete_tags)
    return bytes(written)


def _complete_tags(_document: object, file: Any) -> None:
    """Say which way each heading of a table looks, and list the headings by their ids.

    WeasyPrint ties cells to their headings by id, and leaves both of these out.

    Source: ISO 14289-1 7.5; ISO 32000-1 tables 322 (IDTree) and 349 (Scope).
    """
    by_reference = {each.reference: each for each in file.objects}
    root = by_reference[file.catalog["StructTreeRoot"]]
    headings = [each for each in file.objects if _is_tag(each, "/TH")]
    for heading in headings:
        row = by_reference[heading["P"]]
        in_head = _is_tag(by_reference[row["P"]], "/THead")
        heading["A"]["Scope"] = "/Column" if in_head else "/Row"
    if not headings:
        return
    named = sorted(headings, key=lambda each: str(each["ID"].string))
    kinds = type(root), type(root["K"])
    names = kinds[1]([part for each in named for part in (each["ID"], each.reference)])
    tree = kinds[0]({"Names": names})
    file.add_object(tree)
    root["IDTree"] = tree.reference


def _is_tag(thing: Any, kind: str) -> bool:
    return isinstance(thing, dict) and thing.get("S") == kind
