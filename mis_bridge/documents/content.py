"""The content of a document: one value; HTML, PDF and Word are made from it in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mis_bridge.domain.words import Language, Words

PAGE = Words("Page", "Tudalen")
# What XML cannot hold, and what turns the direction of the text around it: shown as a mark.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def same(text: str) -> Words:
    """Return a text that is no sentence of ours (a name, an address) for both languages."""
    return Words(text, text)


def readable(text: str) -> str:
    """Return a text as every format shows it: whatever somebody typed, it stays plain text.

    A control character, or one that reverses what follows, becomes a visible mark.
    """
    return _UNSHOWABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's own title and does not occur among its blocks."""

    text: Words
    level: int = 2


@dataclass(frozen=True, slots=True, repr=False)
class Paragraph:
    """A paragraph; a notable one is set apart (a draft's warning, an open question)."""

    text: Words
    notable: bool = False

    def __repr__(self) -> str:
        return "Paragraph(***)"


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """Labels with their values, one pair a row."""

    rows: tuple[tuple[Words, Words], ...]

    def __repr__(self) -> str:
        return f"Facts({len(self.rows)} rows)"


@dataclass(frozen=True, slots=True, repr=False)
class Bullets:
    """A plain list."""

    items: tuple[Words, ...]

    def __repr__(self) -> str:
        return f"Bullets({len(self.items)} items)"


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A table with a heading row; every row is as long as it.

    The caption is left out where the heading right above says the same.
    """

    caption: Words | None
    head: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            msg = "a row of a table is as long as its heading"
            raise ValueError(msg)

    def __repr__(self) -> str:
        return f"Table({len(self.rows)} rows)"


Block = Heading | Paragraph | Facts | Bullets | Table


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A document with its title, the lines above it (an addressee), and its blocks in order.

    `header` and `footer` stand on every page in both languages; `mark` stands large beside the text
    of every page (a draft). None of them is part of the text. A compact one is set closer, so that
    it fits a page where it can.
    """

    title: Words
    blocks: tuple[Block, ...]
    opening: tuple[Words, ...] = ()
    footer: Words | None = None
    header: Words | None = None
    mark: Words | None = None
    compact: bool = False

    def __repr__(self) -> str:
        return f"Document({len(self.blocks)} blocks)"

    def texts(self, language: Language) -> Iterator[str]:
        """Yield every text in reading order: what each format has to show, no more and no less."""
        for line in self.opening:
            yield readable(line.in_(language))
        yield readable(self.title.in_(language))
        for block in self.blocks:
            for text in _texts(block):
                yield readable(text.in_(language))


def bilingual(text: Words, language: Language) -> str:
    """Return both wordings in one line, that of `language` first; a name in both stands once."""
    first, second = (text.cy, text.en) if language == "cy" else (text.en, text.cy)
    return readable(first if first == second else f"{first} \u00b7 {second}")


def _texts(block: Block) -> Iterator[Words]:
    match block:
        case Heading(text=text) | Paragraph(text=text):
            yield text
        case Facts(rows=rows):
            for label, value in rows:
                yield label
                yield value
        case Bullets(items=items):
            yield from items
        case Table(caption=caption, head=head, rows=rows):
            if caption is not None:
                yield caption
            yield from head
            for row in rows:
                yield from row
