"""Finding the header of a delimited file: its encoding, its delimiter, its row, its names."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path
from typing import Final

from adapters.base import FileRefused, ReadOptions, Table
from adapters.decoding import encoding_of, wrong_byte
from adapters.lines import Layout, Lines
from mis_bridge.domain.words import Words

_HEADER_SEARCH: Final = 40
_DELIMITERS: Final = (",", ";", "\t", "|")
_BLANKS: Final = re.compile(r"\s+")


class HeaderMissing(FileRefused):
    """No row of a file looks like the header that is wanted."""


def layout_of(path: Path, options: ReadOptions, table: Table | None = None) -> Layout:
    """Find encoding, delimiter and header of a file; raise `FileRefused` where that fails."""
    encoding, mark = encoding_of(path, (table and table.encoding) or options.encoding)
    wanted = (table and table.header) or options.header
    footer = (table and table.skip_footer) or options.skip_footer
    layout = Layout(path, encoding, mark, ",", 0, (), 0, footer)
    lines = _first_lines(layout)
    given = (table and table.delimiter) or options.delimiter
    delimiters = ({"tab": "\t", "\\t": "\t"}.get(given, given),) if given else _DELIMITERS
    names = wanted if isinstance(wanted, tuple) else table.columns if table else ()
    row, delimiter, cells, width = _find_header(
        lines, delimiters, wanted if isinstance(wanted, int) else None, names, layout
    )
    columns = tuple(column_name(cell, options) for cell in cells)
    _refuse_doubles(columns, path, row)
    return Layout(path, encoding, mark, delimiter, row, columns, width, footer)


def column_name(cell: str, options: ReadOptions) -> str:
    """Return a header cell as the name that mappings use: NFC, blanks made one."""
    name = _BLANKS.sub(" ", unicodedata.normalize("NFC", cell)).strip().lstrip("\ufeff")
    return name.casefold() if options.case == "fold" else name


def _first_lines(layout: Layout) -> list[str]:
    found: list[str] = []
    with layout.path.open("rb") as binary:
        lines = Lines(binary, layout)
        try:
            for line in lines:
                found.append(line)
                if len(found) == _HEADER_SEARCH:
                    break
        except csv.Error:
            raise _no_header(layout.path) from None
        except UnicodeDecodeError as wrong:
            raise wrong_byte(layout.path, layout.encoding, wrong.start) from None
    return found


Header = tuple[int, str, list[str], int]


def _find_header(
    lines: list[str],
    delimiters: tuple[str, ...],
    number: int | None,
    names: tuple[str, ...],
    layout: Layout,
) -> Header:
    """Return row number, delimiter and cells of the header, and the usual width of the rows below.

    By its number; else the first row that holds all `names`; else the first row that is as wide as
    the rows below it are, for a preamble is narrower than the table.
    """
    best: Header | None = None
    wanted = {_folded(name) for name in names}
    for delimiter in delimiters:
        rows = _rows_of(lines, delimiter)
        if number is not None:
            found = next((row for row in rows if row[0] == number), None)
        elif wanted:
            found = next(
                (row for row in rows if wanted <= {_folded(cell) for cell in row[1]}), None
            )
        else:
            found = _widest(rows)
        if found and (best is None or len(found[1]) > len(best[2])):
            below = sorted(len(cells) for row, cells in rows if row > found[0])
            usual = below[len(below) // 2] if below else 0
            best = found[0], delimiter, found[1], max(len(found[1]), usual)
    if best is None:
        raise _no_header(layout.path, names)
    return best


def _widest(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]] | None:
    width = max((sum(1 for cell in cells if cell.strip()) for _, cells in rows), default=0)
    if width < 2:
        return None
    for number, cells in rows:
        filled = sum(1 for cell in cells if cell.strip())
        below = sorted(len(others) for other, others in rows if other > number)
        usual = below[len(below) // 2] if below else 0
        if filled * 2 > width and len(cells) + 1 >= usual:
            return number, cells
    return None


def _rows_of(lines: list[str], delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    begun = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begun, cells))
            begun = reader.line_num + 1
    except csv.Error:
        return rows
    return rows


def _folded(name: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", name)).strip().lstrip("\ufeff").casefold()


def _refuse_doubles(columns: tuple[str, ...], path: Path, row: int) -> None:
    for number, column in enumerate(columns):
        if column and column in columns[:number]:
            raise FileRefused(
                Words(
                    "{file}, row {row}: columns {first} and {second} of the header have one name; "
                    "which is meant cannot be known. Rename one in the report and export again.",
                    "{file}, rhes {row}: yr un enw sydd ar golofnau {first} a {second} y pennawd; "
                    "ni ellir gwybod pa un a olygir. Ailenwch un yn yr adroddiad ac allforiwch hi.",
                ).fill(file=path.name, row=row, first=columns.index(column) + 1, second=number + 1),
                file=path.name,
                row=row,
            )


def _no_header(path: Path, names: tuple[str, ...] = ()) -> HeaderMissing:
    return HeaderMissing(
        Words(
            "{file}: no header row {names} was found in the first {count} lines; is it this table? "
            "Set [read] header to its row number or to names in it, and delimiter.",
            "{file}: ni chafwyd rhes bennawd {names} yn y {count} llinell gyntaf; ai'r tabl hwn yw "
            "hi? Gosodwch [read] header i rif y rhes neu i enwau ynddi, a delimiter.",
        ).fill(
            file=path.name, count=_HEADER_SEARCH, names=f"({', '.join(names)})" if names else ""
        ),
        file=path.name,
    )
