"""Where each fact of a record came from: path, value as read, and the rule that took it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.context import MapContext
from mappings.language import MappingDocument
from mappings.paths import Path
from mappings.rules import Condition, ListRule, Rule, Source
from mappings.selecting import Disagreement, getter, locate, rows_locator
from mappings.values import ABSENT, Mark, clean, fold, is_blank

Trace = dict[str, Any]


def trace(
    document: MappingDocument,
    tree: Mapping[str, object],
    context: MapContext,
    record: Mapping[str, Any],
) -> Trace:
    """Return `{key: {path, raw, rule}}` for the facts that were sent.

    Keys are dotted, with the place in the source's list for rows (`needs[0].rank`). `rule` names
    the document, its version and digest, and the table of the rule.
    """
    told: Trace = {}
    for key, rule in document.rules.scalars.items():
        found = _found(rule, tree, context.on)
        if found is not None:
            told[key] = _entry(document, found, key)
    for name, listed in document.rules.lists.items():
        for key, entry in _rows(document, listed, name, tree, context.on):
            told[key] = entry
    if "provision.type" not in told and "provision" in record:
        told["provision"] = {
            "path": None,
            "raw": None,
            "rule": f"{_name(document)} [provision_history] in force on {context.on}",
        }
    return told


def part_rows(rule: ListRule) -> list[tuple[Path, int | None]]:
    """Return the path of the rows for each number of numbered columns, or the one path."""
    if rule.numbers is None:
        return [(rule.each, None)]
    first, last = rule.numbers
    return [(rule.each.numbered(number), number) for number in range(first, last + 1)]


def _rows(
    document: MappingDocument, rule: ListRule, name: str, tree: object, as_of: str
) -> Iterator[tuple[str, Trace]]:
    at = 0
    placed = [(part, *rows) for part in (rule, *rule.also) for rows in part_rows(part)]
    for part, each, number in placed:
        rows = rows_locator(each)(tree, as_of)
        if isinstance(rows, Mark):
            continue
        for place, row in rows:
            if not isinstance(row, dict) or not all(_holds(c, row, as_of) for c in part.where):
                continue
            for column in part.columns:
                read = column if number is None else column.numbered(number)
                found = _found(read, row, as_of)
                if found is not None:
                    path, raw = found
                    yield (
                        f"{name}[{at}].{column.key.rpartition('.')[2]}",
                        _entry(document, (f"{place}.{path}", raw), column.key),
                    )
            at += 1


def _found(rule: Rule, node: object, as_of: str) -> tuple[str, object] | None:
    first: tuple[str, object] | None = None
    for source in rule.sources:
        place, read = _read(source, node, as_of)
        if not is_blank(read):
            return place, read
        if read is not ABSENT and first is None:
            first = (place, read)
    return first


def _read(source: Source, node: object, as_of: str) -> tuple[str, object]:
    if not all(_holds(condition, node, as_of) for condition in source.when):
        return "", ABSENT
    if source.constant is not None:
        return "constant", source.constant
    read = [_located(path.steps, node, as_of) for path in source.paths]
    if source.joined_with is None:
        return read[0]
    if all(value is ABSENT for _, value in read):
        return "", ABSENT
    return " + ".join(place for place, _ in read), [
        None if value is ABSENT else value for _, value in read
    ]


def _located(steps: tuple[Any, ...], node: object, as_of: str) -> tuple[str, object]:
    place, value = locate(node, steps, as_of)
    return place, value.first if isinstance(value, Disagreement) else value


def _holds(condition: Condition, node: object, as_of: str) -> bool:
    value = getter(condition.path)(node, as_of)
    if isinstance(value, Disagreement):
        value = value.first
    if condition.state is not None:
        return {
            "present": not is_blank(value),
            "empty": is_blank(value),
            "absent": value is ABSENT,
        }[condition.state]
    read = clean(value) if value is not ABSENT else None
    told = read if isinstance(read, str) else ""
    if condition.pattern is not None:
        return condition.pattern.search(told) is not None
    return fold(told) in (condition.among or ())


def _entry(document: MappingDocument, found: tuple[str, object], key: str) -> Trace:
    return {"path": found[0], "raw": found[1], "rule": f"{_name(document)} [{key}]"}


def _name(document: MappingDocument) -> str:
    return f"{document.name} {document.version} {document.digest[:12]}"
