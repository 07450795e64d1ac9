"""A document as a Word file (DOCX) with real headings, table heads and the language set."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from mis_bridge.documents.content import (
    PAGE,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    bilingual,
    readable,
)
from mis_bridge.domain.words import Language, Words

_LABEL_WIDTH, _VALUE_WIDTH = Cm(5.2), Cm(10.2)
_LANGUAGE_TAGS: dict[Language, str] = {"en": "en-GB", "cy": "cy-GB"}


def word(document: Document, language: Language) -> bytes:
    """Return the bytes of the Word file."""
    file = WordFile()
    _set_language(file, language)
    file.core_properties.title = readable(document.title.in_(language))
    file.core_properties.language = _LANGUAGE_TAGS[language]
    file.core_properties.author = readable(document.footer.in_(language)) if document.footer else ""
    _frame_pages(file, document, language)
    for line in document.opening:
        file.add_paragraph(readable(line.in_(language)), style="No Spacing")
    file.add_heading(readable(document.title.in_(language)), level=1)
    for block in document.blocks:
        _write(file, block, language)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def _set_language(file: Any, language: Language) -> None:  # python-docx ships no types
    properties = file.styles["Normal"].element.get_or_add_rPr()
    tag = OxmlElement("w:lang")
    tag.set(qn("w:val"), _LANGUAGE_TAGS[language])
    properties.append(tag)


def _frame_pages(file: Any, document: Document, language: Language) -> None:
    """Put what stands on every page, in both languages, into the page's head and foot."""
    section = file.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    if document.header:
        head.add_run(bilingual(document.header, language))
    if document.mark:
        mark = head.add_run(f"\t\t{readable(document.mark.in_(language))}")
        mark.bold, mark.font.size = True, Pt(20)
    if document.footer:
        foot.add_run(bilingual(document.footer, language))
    foot.add_run(f"\t\t{PAGE.in_(language)} ")
    _count(foot, "PAGE")
    foot.add_run(" / ")
    _count(foot, "NUMPAGES")


def _count(paragraph: Any, field: str) -> None:
    """Add a number that Word counts itself."""
    counted = OxmlElement("w:fldSimple")
    counted.set(qn("w:instr"), field)
    paragraph._p.append(counted)  # noqa: SLF001 - python-docx has no public way
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    counted.append(run)


def _write(file: Any, block: Block, language: Language) -> None:
    match block:
        case Heading(text=text, level=level):
            file.add_heading(readable(text.in_(language)), level=level)
        case Paragraph(text=text, notable=notable):
            style = "Intense Quote" if notable else None
            file.add_paragraph(readable(text.in_(language)), style=style)
        case Facts(rows=rows):
            _write_facts(file, rows, language)
        case Bullets(items=items):
            for item in items:
                file.add_paragraph(readable(item.in_(language)), style="List Bullet")
        case Table():
            if block.caption is not None:
                caption = file.add_paragraph(readable(block.caption.in_(language)), style="Caption")
                caption.paragraph_format.keep_with_next = True
            _write_table(
                file.add_table(rows=1, cols=len(block.head), style="Table Grid"), block, language
            )
            _leave_space(file)


def _write_facts(file: Any, rows: tuple[tuple[Words, Words], ...], language: Language) -> None:
    grid = file.add_table(rows=0, cols=2)
    grid.autofit = False
    for label, value in rows:
        row = grid.add_row()
        _mark(row, "w:cantSplit")
        cells = row.cells
        cells[0].width, cells[1].width = _LABEL_WIDTH, _VALUE_WIDTH
        cells[0].paragraphs[0].add_run(readable(label.in_(language))).bold = True
        cells[1].text = readable(value.in_(language))
    _leave_space(file)


def _leave_space(file: Any) -> None:
    """Part a table from what follows: two tables that touch become one in Word."""
    file.add_paragraph(style="No Spacing")


def _write_table(grid: Any, table: Table, language: Language) -> None:
    # Known as its head to screen readers, and shown again on the next page.
    _mark(grid.rows[0], "w:tblHeader")
    for cell, text in zip(grid.rows[0].cells, table.head, strict=True):
        cell.paragraphs[0].add_run(readable(text.in_(language))).bold = True
    for texts in table.rows:
        row = grid.add_row()
        _mark(row, "w:cantSplit")
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = readable(text.in_(language))


def _mark(row: Any, kind: str) -> None:
    """Mark a row: the head of its table, or one that pages do not tear."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no public way
    mark = OxmlElement(kind)
    mark.set(qn("w:val"), "true")
    properties.append(mark)
