"""A document as it is written: TOML within limits, one layer over another."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mappings.finding_words import FINDING
from mappings.findings import Finding, Level, MappingRefused
from mappings.toml_lines import Key, key_lines, line_of
from mappings.values import fold

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 8
MAX_NODES: Final = 10_000
_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_TWICE = re.compile(r"Cannot (?:declare \((.*?)\) twice|overwrite a value|mutate immutable.*)")
_DEEP_KEY = re.compile(r"\s*\[{0,2}(?:[\w-]+\s*\.\s*){20}")
_SOURCE_WORDS: Final = frozenset({"from", "join", "constant"})
# Lists of tables whose entries an overlay meets by these keys instead of replacing the whole list.
_ENTRY_KEYS: Final = {("read", "join"): ("into", "from"), ("read", "tables"): ("name",)}


@dataclass(frozen=True, slots=True)
class Layer:
    """One written document: its name for findings, its text, and its tables."""

    name: str
    text: str
    tables: Mapping[str, Any]


def read_layer(text: str, name: str) -> Layer:
    """Parse TOML within the limits, or raise `MappingRefused` with the line."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise refusal("too_big", name, 1, limit=f"{MAX_BYTES // 1024} KiB")
    _refuse_depth(text, name)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = _LINE.search(str(fault))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        if twice := _TWICE.match(str(fault)):
            written = (twice[1] or "").replace("'", "").replace(", ", ".").rstrip(",.")
            target = written or text.splitlines()[line - 1].partition("=")[0].strip(" []")
            raise refusal("two_rules", name, line, target=target) from fault
        said = _LINE.sub("", str(fault)).strip()
        raise refusal("not_toml", name, line, fault=said) from fault
    except RecursionError as fault:
        raise refusal("too_deep", name, 1, limit=MAX_DEPTH) from fault
    for nodes, depth in enumerate(_depths(tables), start=1):
        if depth > MAX_DEPTH:
            raise refusal("too_deep", name, 1, limit=MAX_DEPTH)
        if nodes > MAX_NODES:
            raise refusal("too_many", name, 1, limit=MAX_NODES)
    return Layer(name, text, tables)


def refusal(kind: str, file: str, line: int, **facts: object) -> MappingRefused:
    """Return the error for one fault of a whole document."""
    return MappingRefused((finding(kind, file, line, "", facts),))


def finding(
    kind: str,
    file: str,
    line: int,
    key: str,
    facts: Mapping[str, object] | None = None,
    level: Level = "error",
) -> Finding:
    """Return a finding in the words kept for its kind."""
    words, remedy = FINDING[kind]
    filled = {"line": line, **(facts or {})}
    return Finding(kind, file, line, key, words.fill(**filled), remedy.fill(**filled), level)


def place_of(layers: tuple[Layer, ...], key: Key) -> tuple[str, int]:
    """Return the file and line where a key of the merged document is written, uppermost first."""
    best = (layers[-1].name, 1, -1)
    for layer in reversed(layers):
        line, matched = line_of(key_lines(layer.text), key)
        if matched > best[2]:
            best = (layer.name, line, matched)
    return best[:2]


def merged(layers: tuple[Layer, ...]) -> dict[str, Any]:
    """Return the tables of all layers as one document; the later layer wins, name by name."""
    body: dict[str, Any] = {}
    for layer in layers:
        body = _merge(body, layer.tables, ())
    return body


def _merge(under: Mapping[str, Any], over: Mapping[str, Any], at: Key) -> dict[str, Any]:
    result = dict(under)
    if not _SOURCE_WORDS.isdisjoint(over) and at[:1] != ("codes",) and at[:1] != ("read",):
        # A new place to read from replaces the old one, however that was written.
        for word in (*_SOURCE_WORDS, "with"):
            result.pop(word, None)
    if at[:1] == ("codes",) and len(at) == 2:
        folded = {fold(raw) for raw in over}
        result = {raw: means for raw, means in result.items() if fold(raw) not in folded}
    for name, value in over.items():
        here = (*at, name)
        if here in _ENTRY_KEYS and isinstance(value, list) and isinstance(result.get(name), list):
            result[name] = _merge_entries(result[name], value, _ENTRY_KEYS[here])
        elif here == ("cannot_carry",):
            result[name] = [*dict.fromkeys([*result.get(name, ()), *value])]
        elif _both_tables(result.get(name), value) and not _is_code_entry(here):
            result[name] = _merge(result[name], value, here)
        else:
            result[name] = value
    return result


def _both_tables(one: object, other: object) -> bool:
    return isinstance(one, Mapping) and isinstance(other, Mapping)


def _is_code_entry(at: Key) -> bool:
    return at[0] == "codes" and len(at) == 3


def _merge_entries(under: list[Any], over: list[Any], keys: tuple[str, ...]) -> list[Any]:
    result = list(under)
    for entry in over:
        known = [
            at
            for at, old in enumerate(result)
            if isinstance(entry, Mapping)
            and isinstance(old, Mapping)
            and all(old.get(key) == entry.get(key, old.get(key)) for key in keys)
            and any(key in entry for key in keys)
        ]
        if len(known) == 1:
            result[known[0]] = {**result[known[0]], **entry}
        else:
            result.append(entry)
    return result


def _refuse_depth(text: str, name: str) -> None:
    for number, line in enumerate(text.splitlines(), start=1):
        depth = deepest = 0
        for sign in line:
            depth += (sign in "[{") - (sign in "]}")
            deepest = max(deepest, depth)
        if deepest > MAX_DEPTH * 2 or _DEEP_KEY.match(line):
            raise refusal("too_deep", name, number, limit=MAX_DEPTH)


def _depths(tables: object) -> Iterator[int]:
    waiting: list[tuple[object, int]] = [(tables, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield depth
        if isinstance(node, Mapping):
            waiting.extend((below, depth + 1) for below in node.values())
        elif isinstance(node, list):
            waiting.extend((below, depth + 1) for below in node)
