"""A document as one self-contained HTML page."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from mis_bridge.documents.content import (
    PAGE,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    bilingual,
    readable,
)
from mis_bridge.domain.words import Language

_PAGES = Environment(
    loader=PackageLoader("mis_bridge.documents", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.tests |= {
    kind.__name__.lower(): (lambda block, kind=kind: isinstance(block, kind))
    for kind in (Heading, Paragraph, Facts, Bullets, Table)
}


def html(document: Document, language: Language) -> str:
    """Return the whole page; every text is escaped, nothing outside it is referred to."""
    return _PAGES.get_template("document.html").render(
        document=document,
        language=language,
        page_word=PAGE,
        shown=lambda text: readable(text.in_(language)),
        both=lambda text: bilingual(text, language),
    )
