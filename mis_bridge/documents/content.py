"""The content of a document: one value; HTML, PDF and Word are made from it in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mis_bridge.domain.words import Language, Words


def same(text: str) -> Words:
    """Return a text that is no sentence of ours (a name, an address) for both languages."""
    return Words(text, text)


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
    """A table with a caption and a heading row; every row is as long as the heading."""

    caption: Words
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
    """A document with its title, the lines above it (an addressee), and its blocks in order."""

    title: Words
    blocks: tuple[Block, ...]
    opening: tuple[Words, ...] = ()
    footer: Words | None = None

    def __repr__(self) -> str:
        return f"Document({len(self.blocks)} blocks)"

    def texts(self, language: Language) -> Iterator[str]:
        """Yield every text in reading order: what each format has to show, no more and no less."""
        for line in self.opening:
            yield line.in_(language)
        yield self.title.in_(language)
        for block in self.blocks:
            for text in _texts(block):
                yield text.in_(language)


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
            yield caption
            yield from head
            for row in rows:
                yield from row
