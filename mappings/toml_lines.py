"""Where in a TOML text a key is written, so that a finding can name its line."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(
    r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*="""
)
_PART = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+)""")
_FENCES = ('"""', "'''")

Key = tuple[str, ...]


def key_lines(text: str) -> dict[Key, int]:
    """Return the line (from 1) of every table and key; of a key written twice, the first."""
    lines: dict[Key, int] = {}
    table: Key = ()
    fence: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if fence is not None:
            fence = None if line.count(fence) % 2 else fence
            continue
        if header := _HEADER.match(line):
            table = _parts(header[1])
            _note(lines, table, number)
        elif assignment := _ASSIGNMENT.match(line):
            _note(lines, table + _parts(assignment[1]), number)
        fence = next((mark for mark in _FENCES if line.count(mark) % 2), None)
    return lines


def line_of(lines: dict[Key, int], key: Key) -> tuple[int, int]:
    """Return the line of the key, or of the nearest table round it, and how much matched."""
    for length in range(len(key), 0, -1):
        if key[:length] in lines:
            return lines[key[:length]], length
    return 1, 0


def _note(lines: dict[Key, int], key: Key, number: int) -> None:
    for length in range(1, len(key) + 1):
        lines.setdefault(key[:length], number)


def _parts(written: str) -> Key:
    return tuple(double or single or bare for double, single, bare in _PART.findall(written))
