"""A document as a Word file (DOCX) with real headings, table heads and the language set."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from docx import Document as WordFile
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from mis_bridge.documents.content import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
)
from mis_bridge.domain.words import Language, Words

_LANGUAGE_TAGS: dict[Language, str] = {"en": "en-GB", "cy": "cy-GB"}


def word(document: Document, language: Language) -> bytes:
    """Return the bytes of the Word file."""
    file = WordFile()
    _set_language(file, language)
    file.core_properties.title = document.title.in_(language)
    file.core_properties.language = _LANGUAGE_TAGS[language]
    file.core_properties.author = document.footer.in_(language) if document.footer else ""
    for line in document.opening:
        file.add_paragraph(line.in_(language), style="No Spacing")
    file.add_heading(document.title.in_(language), level=1)
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


def _write(file: Any, block: Block, language: Language) -> None:
    match block:
        case Heading(text=text, level=level):
            file.add_heading(text.in_(language), level=level)
        case Paragraph(text=text, notable=notable):
            style = "Intense Quote" if notable else None
            file.add_paragraph(text.in_(language), style=style)
        case Facts(rows=rows):
            _write_facts(file.add_table(rows=0, cols=2), rows, language)
        case Bullets(items=items):
            for item in items:
                file.add_paragraph(item.in_(language), style="List Bullet")
        case Table():
            file.add_paragraph(block.caption.in_(language), style="Caption")
            _write_table(
                file.add_table(rows=1, cols=len(block.head), style="Table Grid"), block, language
            )


def _write_facts(grid: Any, rows: tuple[tuple[Words, Words], ...], language: Language) -> None:
    for label, value in rows:
        cells = grid.add_row().cells
        cells[0].paragraphs[0].add_run(label.in_(language)).bold = True
        cells[1].text = value.in_(language)


def _write_table(grid: Any, table: Table, language: Language) -> None:
    _repeat(grid.rows[0])
    for cell, text in zip(grid.rows[0].cells, table.head, strict=True):
        cell.paragraphs[0].add_run(text.in_(language)).bold = True
    for row in table.rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text.in_(language)


def _repeat(row: Any) -> None:
    """Mark a table's first row as its head, so that screen readers and page breaks know it."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no public way
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)
