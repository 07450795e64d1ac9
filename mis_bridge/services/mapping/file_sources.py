"""A source that can be read again from its beginning: from memory, or anew from disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from adapters.base import Item, ReadOptions
from adapters.registry import read_files
from mis_bridge.domain.words import Words

_HELD_UP_TO = 512 * 1024


class Source(Protocol):
    """One pass over a source; what it says of itself is complete after the last item."""

    flags: Counter[str]
    incomplete_words: Words | None

    def __iter__(self) -> Iterator[Item]:
        """Yield every item of the source."""
        ...


Open = Callable[[], Source]


class _Held:
    """A source read once and kept."""

    def __init__(self, read: Source) -> None:
        self._items = list(read)
        self.flags = read.flags
        self.incomplete_words = read.incomplete_words

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)


def reopenable(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Open:
    """Return the function that begins a new pass over the files.

    Small files are read once and held; larger ones are read anew, in flat memory.
    """
    if sum(_size(path) for path in paths) > _HELD_UP_TO:
        return lambda: read_files(vendor, paths, options)
    held: list[_Held] = []

    def again() -> Source:
        if not held:
            held.append(_Held(read_files(vendor, paths, options)))
        return held[0]

    return again


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(below.stat().st_size for below in path.iterdir() if below.is_file())
    return path.stat().st_size
