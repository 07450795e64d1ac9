"""Sorting any number of rows in flat memory: sorted runs in unnamed temporary files, merged."""

from __future__ import annotations

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Final

Order = tuple[int, int, int]
Entry = tuple[str, Order, str]

_RUN_BYTES: Final = 1024 * 1024
_OPEN_FILES: Final = 32
_ENTRY_BYTES: Final = 200


class Sorter:
    """Takes `(key, order, tree)` in any order and gives them sorted, once.

    Small inputs never touch the disk. Runs lie in files without a name (removed as they are opened,
    readable by this process alone), because they hold what the source holds.
    """

    def __init__(self, run_bytes: int = _RUN_BYTES) -> None:
        self._limit = run_bytes
        self._run: list[Entry] = []
        self._size = 0
        self._files: list[IO[str]] = []

    def add(self, key: str, order: Order, tree: object) -> None:
        """Take one row; `tree` is anything that JSON can hold."""
        text = json.dumps(tree)
        self._run.append((key, order, text))
        self._size += len(text) + _ENTRY_BYTES
        if self._size > self._limit:
            self._write_run()

    def __iter__(self) -> Iterator[tuple[str, Order, object]]:
        self._run.sort()
        try:
            for key, order, text in heapq.merge(*map(_read_run, self._files), self._run):
                yield key, order, json.loads(text)
        finally:
            self._close()

    def _write_run(self) -> None:
        self._run.sort()
        if len(self._files) < _OPEN_FILES:
            self._files.append(_written(self._run))
        else:
            merged = _written(heapq.merge(*map(_read_run, self._files), self._run))
            self._close()
            self._files = [merged]
        self._run, self._size = [], 0

    def _close(self) -> None:
        for file in self._files:
            file.close()


def _written(entries: Iterable[Entry]) -> IO[str]:
    # Closed by its sorter, or with it: the file has no name that could be left behind.
    file = tempfile.TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 - see above
    for key, order, text in entries:
        file.write(f"{json.dumps(key)}\t{order[0]}\t{order[1]}\t{order[2]}\t{text}\n")
    return file


def _read_run(file: IO[str]) -> Iterator[Entry]:
    file.seek(0)
    for line in file:
        key, first, second, third, text = line.rstrip("\n").split("\t", 4)
        yield json.loads(key), (int(first), int(second), int(third)), text
