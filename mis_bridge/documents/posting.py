"""A letter as one PDF that a printer puts into an envelope with a window."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from math import isclose

from pypdf import PdfReader, PdfWriter

from mis_bridge.documents.problems import DocumentProblem, PdfUnavailable
from mis_bridge.domain.words import Words

MOST_PAGES = 10
_A4_POINTS = (595.28, 841.89)


class LetterUnfit(DocumentProblem):
    """The letter cannot be put into a printer's envelope: too many pages, or not A4."""


def posted(lines: Sequence[str], reference: str, parts: Sequence[bytes]) -> bytes:
    """Return the address page and after it every page of `parts`, in their order.

    The address stands where GOV.UK Notify's printer has its window: 24.6 to 120 mm from the left
    and 39.5 to 66.3 mm from the top, with nothing else above 95 mm. Raises LetterUnfit, and
    PdfUnavailable where this machine cannot make a PDF.
    """
    writer = PdfWriter()
    for part in (_address_page(lines, reference), *parts):
        for page in PdfReader(BytesIO(part)).pages:
            size = (float(page.mediabox.width), float(page.mediabox.height))
            if not all(
                isclose(side, wanted, abs_tol=5)
                for side, wanted in zip(size, _A4_POINTS, strict=True)
            ):
                raise LetterUnfit(_NOT_A4)
            writer.add_page(page)
    if len(writer.pages) > MOST_PAGES:
        raise LetterUnfit(_TOO_LONG.fill(pages=len(writer.pages), most=MOST_PAGES))
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _address_page(lines: Sequence[str], reference: str) -> bytes:
    try:
        # Imported here: the import itself loads the system libraries, which a machine may lack.
        from weasyprint import HTML  # noqa: PLC0415
    except (OSError, ImportError):
        raise PdfUnavailable from None
    page = _PAGE.format(
        lines="".join(f"<p>{escape(line)}</p>" for line in lines), reference=escape(reference)
    )
    return bytes(HTML(string=page).write_pdf())


_PAGE = """<!DOCTYPE html>
<html lang="cy">
<head>
<meta charset="utf-8">
<title>Llythyr / Letter</title>
<style>
@page {{ size: A4; margin: 0; }}
body {{ margin: 0; font: 9pt/10pt "DejaVu Sans", arial, sans-serif; }}
p {{ margin: 0; }}
address {{ position: absolute; left: 25.5mm; top: 40.5mm; width: 93mm; font-style: normal; }}
main {{ position: absolute; left: 20mm; top: 97mm; }}
</style>
</head>
<body>
<address>{lines}</address>
<main><p>{reference}</p></main>
</body>
</html>
"""
_NOT_A4 = Words(
    "a page of the letter is not upright A4, so a printer does not take it",
    "nid yw tudalen o'r llythyr yn A4 ar ei thraed, felly nid yw argraffwr yn ei derbyn",
)
_TOO_LONG = Words(
    "The letter has {pages} pages; a printer's envelope takes {most}. It has to be posted by hand.",
    "Tudalennau'r llythyr: {pages}; mae amlen argraffwr yn dal {most}. Rhaid ei bostio â llaw.",
)
