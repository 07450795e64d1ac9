"""From the bytes of a file to text: by byte order mark, by what is set, or by what fits."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Final

from adapters.base import FileRefused
from mis_bridge.domain.words import Words

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PIECE: Final = 1 << 20
ALLOWED: Final = frozenset(
    {"utf-8", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "iso8859-14", "iso8859-15", "ascii"}
)


def encoding_of(path: Path, wanted: str | None) -> tuple[str, int]:
    """Return the encoding of a file and the length of its byte order mark.

    A mark wins over the setting. With neither, the file is UTF-8 if all of it can be read so, and
    Windows-1252 otherwise, which is what an MIS on a school's own computer writes.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name, len(mark)
    if wanted:
        return known_encoding(wanted, path), 0
    if len(start) >= 4 and start[1] == 0 and start[3] == 0 and start[0]:
        return "utf-16-le", 0
    if len(start) >= 4 and start[0] == 0 and start[2] == 0 and start[1]:
        return "utf-16-be", 0
    return ("utf-8" if _reads_as_utf8(path) else "cp1252"), 0


def known_encoding(wanted: str, path: Path) -> str:
    """Return the codec's name of an encoding that may be set; raise `FileRefused` for others."""
    try:
        name = codecs.lookup(wanted).name
    except LookupError:
        name = ""
    name = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(name, name)
    if name not in ALLOWED:
        raise FileRefused(
            Words(
                "{file}: the encoding {wanted} in [read] is not one of {allowed}.",
                "{file}: nid yw'r amgodiad {wanted} yn [read] yn un o {allowed}.",
            ).fill(file=path.name, wanted=wanted, allowed=", ".join(sorted(ALLOWED))),
            file=path.name,
        )
    return name


def _reads_as_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def whole_text(path: Path, wanted: str | None, limit: int) -> str:
    """Return all of a file as text; raise `FileRefused` over `limit` bytes or for a wrong byte."""
    if path.stat().st_size > limit:
        raise FileRefused(
            Words(
                "{file}: larger than {limit} MB; export it in parts.",
                "{file}: mwy na {limit} MB; allforiwch hi fesul rhan.",
            ).fill(file=path.name, limit=limit >> 20),
            file=path.name,
        )
    encoding, mark = encoding_of(path, wanted)
    try:
        return path.read_bytes()[mark:].decode(encoding)
    except UnicodeDecodeError as wrong:
        raise wrong_byte(path, encoding, wrong.start + mark) from None


def wrong_byte(path: Path, encoding: str, offset: int) -> FileRefused:
    """Build the refusal of a file for a byte that its encoding does not have."""
    return FileRefused(
        Words(
            "{file}: the byte at offset {offset} is no {encoding}; export as UTF-8, or set "
            "[read] encoding to what the file really is.",
            "{file}: nid yw'r beit ar safle {offset} yn {encoding}; allforiwch fel UTF-8, neu "
            "gosodwch [read] encoding i'r hyn yw'r ffeil mewn gwirionedd.",
        ).fill(file=path.name, offset=offset, encoding=encoding),
        file=path.name,
        offset=offset,
    )
