"""One PDF for the printer: its address in the window, every page behind it, A4 and not too many."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from mis_bridge.documents.content import Document, Paragraph, same
from mis_bridge.documents.pdf import pdf
from mis_bridge.documents.posting import LetterUnfit, posted

LINES = ("Siân Ŵyn-Jones", "1 Heol y Llŷn", "Trefddychmygol", "CF10 1AA")
_MM = 72 / 25.4


def letter(text: str, language: str = "cy") -> bytes:
    """Return a letter of one page."""
    document = Document(same(text), (Paragraph(same(text)),))
    return pdf(document, "cy" if language == "cy" else "en")


def test_the_address_stands_alone_in_the_window_of_the_first_page() -> None:
    whole = PdfReader(BytesIO(posted(LINES, "mb-1", (letter("Un"), letter("One", "en")))))
    assert len(whole.pages) == 3
    height = float(whole.pages[0].mediabox.height)
    seen: list[tuple[str, float, float]] = []

    def note(text: str, _cm: Any, matrix: list[float], *_font: Any) -> None:
        if text.strip():
            seen.append((text.strip(), matrix[4] / _MM, (height - matrix[5]) / _MM))

    # The page's own matrix is that of a page whose origin is at the top; pypdf gives it apart.
    def visit(text: str, cm: list[float], tm: list[float], *_font: Any) -> None:
        x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
        y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
        note(text, cm, [0, 0, 0, 0, x, y])

    shown = whole.pages[0].extract_text(visitor_text=visit)
    for line in LINES:
        assert line in shown
    above = [(x, y) for _, x, y in seen if y < 95]
    assert above
    assert all(24.6 <= x <= 120 and 39.5 <= y <= 66.3 for x, y in above), seen
    assert "Un" in whole.pages[1].extract_text()
    assert "One" in whole.pages[2].extract_text()


def test_a_letter_of_too_many_pages_is_not_for_a_printer() -> None:
    one = letter("Un")
    posted(LINES, "mb-1", (one,) * 9)
    with pytest.raises(LetterUnfit) as unfit:
        posted(LINES, "mb-1", (one,) * 10)
    assert "11" in unfit.value.words.cy


def test_markup_in_an_address_is_text() -> None:
    whole = PdfReader(BytesIO(posted(("<b>A</b> & B", *LINES[1:]), "mb-1", (letter("Un"),))))
    assert "<b>A</b> & B" in whole.pages[0].extract_text()
