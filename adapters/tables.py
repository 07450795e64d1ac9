"""Rows of delimited text by the names of their header, in flat memory."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final

from adapters.base import FileRefused
from adapters.decoding import wrong_byte
from adapters.joining import Fault, Row
from adapters.lines import Layout, Lines
from adapters.text import cleaned, is_readable, seen
from mis_bridge.domain.words import Words

CELL_LIMIT: Final = 1_000_000
_FOOTER_SEARCH: Final = 5
csv.field_size_limit(CELL_LIMIT)


class TableFile:
    """One delimited file; iterating reads it from the start again, row by row, in flat memory.

    A row longer than the header, or with a byte or character that cannot be read, has a fault:
    shifting its cells would load them into wrong columns. A shorter row lacks its last columns:
    they are absent from it, which is not the same as empty. `key` is the column by which records
    are known; `footer_rows` counts, after each pass, the closing lines that were left out.
    """

    def __init__(self, layout: Layout, key: str = "") -> None:
        self.layout = layout
        self.footer_rows = 0
        self._key = key
        self._shape: tuple[bool, bool] | None = None

    def __iter__(self) -> Iterator[Row]:
        """Yield rows; raise `FileRefused` for a file that breaks inside."""
        held: deque[Row] = deque()
        self.footer_rows = self.layout.skip_footer
        for row in self._all_rows():
            self._shape = self._shape or _shape(row.tree.get(self._key, ""))
            held.append(row)
            if len(held) > max(self.layout.skip_footer, _FOOTER_SEARCH):
                yield held.popleft()
        for _ in range(self.layout.skip_footer):
            if held:
                held.pop()
        while held and self._is_footer(held[-1]):
            held.pop()
            self.footer_rows += 1
        yield from held

    def _is_footer(self, row: Row) -> bool:
        """Tell whether a last row is a report's closing line and nobody's record.

        That is a row shorter than the table, with one or two texts, and with no key that looks like
        those of the rows before it.
        """
        filled = sum(1 for cell in row.tree.values() if cell)
        short = len(row.tree) < len(self.layout.columns)
        if not short or filled > 2 or len(self.layout.columns) < 4:
            return False
        here = _shape(row.tree.get(self._key, ""))
        return here != self._shape if self._shape else filled == 1

    def _all_rows(self) -> Iterator[Row]:
        layout = self.layout
        any_short = False
        endings: set[bool] = set()
        headed: set[bool] = set()
        with layout.path.open("rb") as binary:
            lines = Lines(binary, layout)
            reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
            try:
                for cells in reader:
                    # A record may span several lines; it is named by its first.
                    row, lines.begun = lines.begun, lines.number + 1
                    if row == layout.header_row:
                        headed = {lines.last.rstrip("\r\n").endswith('"')}
                    if row > layout.header_row and any(cell.strip() for cell in cells):
                        found = self._row(cells, row, lines)
                        short = len(cells) < len(layout.columns)
                        quoted = lines.last.rstrip("\r\n").endswith('"')
                        # Without a line end, and unlike the rows before it: broken off inside.
                        bare = not quoted and (endings or headed) == {True}
                        odd = (short and not any_short) or (bare and bool(endings or not cells[-1]))
                        if lines.cut and odd and not self._is_footer(found):
                            raise self._cut(row)
                        any_short = any_short or short
                        endings.add(quoted)
                        yield found
                    lines.forget()
            except csv.Error:
                raise self._broken(lines.begun) from None
            except UnicodeDecodeError as wrong:
                raise wrong_byte(layout.path, layout.encoding, lines.offset + wrong.start) from None

    def _row(self, cells: list[str], row: int, lines: Lines) -> Row:
        layout = self.layout
        place = f"{layout.path.name}:{row}"
        fault: Fault | None = None
        surplus = cells[len(layout.columns) :]
        if len(cells) > layout.width or any(cell.strip() for cell in surplus):
            fault = _too_long(place, len(cells), len(layout.columns))
        tree: dict[str, object] = {}
        for column, cell in zip(layout.columns, cells, strict=False):
            if not is_readable(cell):
                fault = fault or self._unreadable(column, cell, place, lines)
            elif column:
                tree[column] = cleaned(cell)
        return Row(tree, place, fault)

    def _unreadable(self, column: str, cell: str, place: str, lines: Lines) -> Fault:
        words = Words(
            "{place}, column {column}: the byte at offset {offset} cannot be read as {encoding}. "
            "Set [read] encoding to what the file is, or correct the cell.",
            "{place}, colofn {column}: ni ellir darllen y beit ar safle {offset} fel {encoding}. "
            "Gosodwch [read] encoding i'r hyn yw'r ffeil, neu cywirwch y gell.",
        ).fill(
            place=place,
            column=column,
            offset=lines.wrong_offset(),
            encoding=self.layout.encoding,
        )
        return Fault(words.en, words.cy, column, seen(cell))

    def _cut(self, row: int) -> FileRefused:
        return FileRefused(
            Words(
                "{file}, row {row}: the file ends in the middle of a row; it was cut. Export it "
                "again.",
                "{file}, rhes {row}: mae'r ffeil yn gorffen ynghanol rhes; fe'i torrwyd. "
                "Allforiwch hi eto.",
            ).fill(file=self.layout.path.name, row=row),
            file=self.layout.path.name,
            row=row,
        )

    def _broken(self, row: int) -> FileRefused:
        return FileRefused(
            Words(
                "{file}, from row {row} on: a quotation mark that is not closed or not doubled, or "
                "a cell of more than 1 MB; correct it and export again.",
                "{file}, o res {row} ymlaen: dyfynnod heb ei gau neu heb ei ddyblu, neu gell o fwy "
                "nag 1 MB; cywirwch hi ac allforiwch eto.",
            ).fill(file=self.layout.path.name, row=row),
            file=self.layout.path.name,
            row=row,
        )


def _shape(key: object) -> tuple[bool, bool] | None:
    """Return whether a key has digits and whether it has letters; None for an empty one."""
    text = str(key)
    return (any(map(str.isdigit, text)), any(map(str.isalpha, text))) if text else None


def _too_long(place: str, count: int, names: int) -> Fault:
    words = Words(
        "{place}: the row has {count} cells and the header {names}; one of its texts may hold the "
        "delimiter without quotation marks. Correct the row and read the file again.",
        "{place}: mae {count} cell yn y rhes a {names} yn y pennawd; efallai fod y gwahanydd mewn "
        "testun heb ddyfynodau. Cywirwch y rhes a darllenwch y ffeil eto.",
    ).fill(place=place, count=count, names=names)
    return Fault(words.en, words.cy)
