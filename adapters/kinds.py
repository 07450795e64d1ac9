"""What a file is, by how it begins: an export is not trusted to have the right ending."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from adapters.base import FileRefused
from mis_bridge.domain.words import Words

Kind = Literal["json", "xml", "table"]

JSON_ENDINGS: Final = frozenset({".json"})
TABLE_ENDINGS: Final = frozenset({".csv", ".txt", ".tsv"})
XML_ENDINGS: Final = frozenset({".xml"})
_START: Final = 4096
_BINARY: Final = (
    (b"PK\x03\x04", "ZIP, XLSX, DOCX"),
    (b"\x1f\x8b", "GZIP"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "XLS, DOC"),
    (b"7z\xbc\xaf", "7-Zip"),
)


def files_of(paths: Sequence[Path], endings: frozenset[str]) -> list[Path]:
    """Return the files themselves, and of a folder those with such endings in the order of names.

    Raises `FileRefused` for a folder that holds none.
    """
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found = [file for file in inside if file == path or file.suffix.lower() in endings]
        if not found:
            raise FileRefused(
                Words(
                    "{folder}: the folder holds no file ending in {endings}.",
                    "{folder}: nid oes ffeil yn y ffolder sy'n gorffen gyda {endings}.",
                ).fill(folder=path.name, endings=", ".join(sorted(endings))),
                file=path.name,
            )
        files.extend(found)
    return files


def kind_of(path: Path) -> Kind:
    """Tell JSON, XML and delimited text apart; raise `FileRefused` for what is none of them."""
    try:
        with path.open("rb") as file:
            start = file.read(_START)
    except OSError:
        raise FileRefused(
            Words(
                "{file}: there is no such file, or it may not be read.",
                "{file}: nid oes ffeil felly, neu ni chaniateir ei darllen.",
            ).fill(file=path.name),
            file=path.name,
        ) from None
    for mark, name in _BINARY:
        if start.startswith(mark):
            raise _not_text(path, name)
    bare = start.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not bare:
        raise FileRefused(
            Words(
                "{file}: the file is empty; export it again.",
                "{file}: mae'r ffeil yn wag; allforiwch hi eto.",
            ).fill(file=path.name),
            file=path.name,
        )
    if bare[:1] in {b"{", b"["}:
        return "json"
    return "xml" if bare[:1] == b"<" else "table"


def need_kind(paths: Sequence[Path], *, wanted: Kind) -> None:
    """Raise `FileRefused` for the first file that is of another kind."""
    for path in paths:
        found = kind_of(path)
        if found != wanted:
            raise FileRefused(
                Words(
                    "{file}: this vendor's files are {wanted}, and this one is {found}; choose the "
                    "vendor that it comes from.",
                    "{file}: {wanted} yw ffeiliau'r cyflenwr hwn, a {found} yw hon; dewiswch y "
                    "cyflenwr y daw ohono.",
                ).fill(file=path.name, wanted=_NAMES[wanted], found=_NAMES[found]),
                file=path.name,
            )


_NAMES: Final = {
    "json": Words("JSON", "JSON"),
    "xml": Words("XML", "XML"),
    "table": Words("delimited text (CSV)", "testun â gwahanyddion (CSV)"),
}


def _not_text(path: Path, name: str) -> FileRefused:
    return FileRefused(
        Words(
            "{file}: this is {name}, which is not read. Unpack it, or save it as CSV, XML or JSON.",
            "{file}: {name} yw hon, ac ni ddarllenir hynny. Dadbaciwch hi, neu cadwch hi fel CSV, "
            "XML neu JSON.",
        ).fill(file=path.name, name=name),
        file=path.name,
    )
