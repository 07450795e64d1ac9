"""Text lines of a delimited file with their numbers and byte offsets."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from adapters.text import is_readable

LINE_LIMIT: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file's rows begin, and the names of its columns in their order.

    `width` is how many cells its rows usually have: some exports close each with a delimiter.
    """

    path: Path
    encoding: str
    mark: int
    delimiter: str
    header_row: int
    columns: tuple[str, ...]
    width: int
    skip_footer: int


class Lines:
    """Text lines of a file with their number and byte offset; a line has a greatest length."""

    def __init__(self, binary: io.BufferedReader, layout: Layout) -> None:
        binary.seek(layout.mark)
        self._encoding = layout.encoding
        self._path = layout.path
        self._text = io.TextIOWrapper(binary, layout.encoding, errors="surrogateescape", newline="")
        self.number = 0
        self.begun = 1
        self.cut = False
        self.last = ""
        self.offset = layout.mark
        self._recent: list[tuple[int, str]] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) >= LINE_LIMIT:
            raise csv.Error
        self.last = line
        self.cut = not line.endswith(("\n", "\r"))
        self._recent.append((self.offset, line))
        self.offset += len(line.encode(self._encoding, "surrogateescape"))
        return line

    def forget(self) -> None:
        """Drop the lines of the record that has been dealt with."""
        self._recent.clear()

    def wrong_offset(self) -> int:
        """Return the byte offset of the first character of this record that cannot be read."""
        for offset, line in self._recent:
            for position, character in enumerate(line):
                if not is_readable(character):
                    before = line[:position].encode(self._encoding, "surrogateescape")
                    return offset + len(before)
        return self.offset
