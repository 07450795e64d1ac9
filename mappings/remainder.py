"""What a record of a source says and no rule carries: nothing that was written is lost.

A text counts as carried where a rule took it and could read it. A column that no rule names, and a
date that is none, are told with their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mappings.dates import read_date
from mappings.provenance import Trace
from mappings.targets import Catalogue, Kind
from mappings.values import clean

_INDEX = re.compile(r"\[\d+\]")


def remainder(
    catalogue: Catalogue, tree: Mapping[str, object], traced: Trace, record: Mapping[str, Any]
) -> list[dict[str, str]]:
    """Return `{path, text}` of each text of `tree` that is carried nowhere in `record`.

    `traced` is the provenance of the record. A column that repeats in every row what the first one
    says is carried with it.
    """
    places: set[str] = set()
    repeated: set[tuple[str, str]] = set()
    for key, entry in traced.items():
        if entry["path"] is not None and _is_carried(catalogue, key, entry["raw"], record):
            place = _plain(str(entry["path"]))
            places.add(place)
            if "[" not in key:
                repeated.add((_column(place), str(entry["raw"])))
    return [
        {"path": path, "text": text}
        for path, text in _leaves(tree, "")
        if not _is_below(_plain(path), places) and (_column(_plain(path)), text) not in repeated
    ]


def _is_carried(catalogue: Catalogue, key: str, raw: object, record: Mapping[str, Any]) -> bool:
    plain = _INDEX.sub("", key)
    match _kind(catalogue, plain):
        case "date":
            return isinstance(read_date(raw), str)
        case "code":
            return _is_kept_as_code(plain, raw, record)
        case "list":
            parts = raw if isinstance(raw, list) else [raw]
            return all(isinstance(part, str | int | float) for part in parts)
        case _:
            return isinstance(clean(raw), str)


def _is_kept_as_code(plain: str, raw: object, record: Mapping[str, Any]) -> bool:
    """Say whether the record holds the meaning of a code, or the code as it was read."""
    of, _, column = plain.rpartition(".")
    rows = record.get(of, ()) if of else (record,)
    told = clean(raw)
    return any(
        row.get(f"{column}_raw") == told if f"{column}_raw" in row else row.get(column) is not None
        for row in rows
    )


def _kind(catalogue: Catalogue, plain: str) -> Kind | None:
    if plain in catalogue.scalars:
        return catalogue.scalars[plain].kind
    of, _, column = plain.partition(".")
    listed = catalogue.lists.get(of)
    return (
        next((one.kind for one in listed.columns if one.name == column), None) if listed else None
    )


def _leaves(node: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every text with a letter or a digit in it; numbers and truth values are no texts."""
    if isinstance(node, str):
        if any(character.isalnum() for character in node):
            yield path, node
    elif isinstance(node, Mapping):
        for name, below in node.items():
            yield from _leaves(below, f"{path}.{name}" if path else str(name))
    elif isinstance(node, list):
        for at, below in enumerate(node):
            yield from _leaves(below, f"{path}[{at}]")


def _is_below(path: str, places: set[str]) -> bool:
    """Say whether a place, or the list that it is an item of, was carried."""
    return path in places or (path.endswith("]") and path.rpartition("[")[0] in places)


def _plain(path: str) -> str:
    """Return a place as it is compared: a lone row is the first of a list."""
    return path.casefold().replace("[0]", "")


def _column(path: str) -> str:
    return _INDEX.sub("", path.rpartition(".")[2])
