"""Faults of a mapping document that do not stop it, and those that do, in one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mappings.codesets import meanings_of
from mappings.findings import Finding, MappingRefused
from mappings.grammar import finding_sorter
from mappings.language import MappingDocument, read_document
from mappings.layers import finding, place_of
from mappings.paths import Path
from mappings.provenance import part_rows
from mappings.rule_grammar import TABLE_OF
from mappings.rules import ListRule, Means, Rule
from mappings.selecting import getter, rows_getter
from mappings.values import ABSENT, fold

Trees = Sequence[Mapping[str, Any]]


def lint_text(
    text: str, name: str, trees: Trees = (), as_of: str = "9999-12-31"
) -> tuple[Finding, ...]:
    """Return every finding about a document, tried on the records `trees` if there are any."""
    try:
        document = read_document(text, name)
    except MappingRefused as refused:
        return refused.findings
    found = [
        *_missing_targets(document),
        *_carried_and_not(document),
        *_hidden_defaults(document),
        *_codes(document),
        *_never_matched(document, trees, as_of),
    ]
    return tuple(sorted(found, key=finding_sorter))


def _finding(document: MappingDocument, kind: str, at: tuple[str, ...], **facts: object) -> Finding:
    file, line = place_of(document.layers, at)
    return finding(kind, file, line, ".".join(at), facts, "warning")


def _missing_targets(document: MappingDocument) -> Iterator[Finding]:
    for target in document.catalogue.required:
        group = target.partition(".")[0]
        if target in document.rules.scalars or {target, group} & document.rules.cannot_carry:
            continue
        yield _finding(document, "missing_target", tuple(target.split(".")), target=target)
    key = document.catalogue.key
    if key not in document.rules.scalars and not document.read.get("record_id"):
        yield _finding(document, "missing_target", tuple(key.split(".")), target=key)


def _carried_and_not(document: MappingDocument) -> Iterator[Finding]:
    for layer in document.layers:
        named = layer.tables.get("cannot_carry", ())
        for name in named:
            here: Any = layer.tables
            for part in name.split("."):
                here = here.get(part) if isinstance(here, Mapping) else None
            if here is not None:
                yield _finding(document, "carried_and_not", tuple(name.split(".")), target=name)


def _hidden_defaults(document: MappingDocument) -> Iterator[Finding]:
    for rule in _rules(document):
        at = tuple(rule.key.split("."))
        if rule.unknown.startswith("default:"):
            value = rule.unknown.removeprefix("default:")
            yield _finding(
                document, "hidden_default", (*at, "unknown"), target=rule.key, value=value
            )
        last = rule.sources[-1]
        if len(rule.sources) > 1 and last.constant is not None and not last.when:
            yield _finding(
                document, "hidden_default", (*at, "from"), target=rule.key, value=last.constant
            )
        if isinstance(rule.when_absent, Means):
            value = str(rule.when_absent.value)
            yield _finding(
                document, "hidden_default", (*at, "when_absent"), target=rule.key, value=value
            )


def _codes(document: MappingDocument) -> Iterator[Finding]:
    used = {
        source.codes.name for rule in _rules(document) for source in rule.sources if source.codes
    }
    for layer in document.layers:
        for table, entries in layer.tables.get("codes", {}).items():
            own = layer is not document.layers[0]
            if own and table not in used and table not in TABLE_OF.values():
                yield _finding(document, "unused_table", ("codes", table), name=table)
            seen: set[str] = set()
            for raw in entries:
                if fold(raw) in seen:
                    yield _finding(document, "unreachable_code", ("codes", table, raw), code=raw)
                seen.add(fold(raw))
            for raw, meaning in meanings_of(entries):
                if (meaning.valid_until or "9999") < (meaning.valid_from or ""):
                    yield _finding(document, "never_valid", ("codes", table, raw), code=raw)


def _never_matched(document: MappingDocument, trees: Trees, as_of: str) -> Iterator[Finding]:
    if not trees:
        return
    for rule in document.rules.scalars.values():
        if not any(_matches(path, tree, as_of) for path in _paths(rule) for tree in trees):
            yield from _unmatched(document, rule, len(trees))
    for listed in document.rules.lists.values():
        yield from _unmatched_list(document, listed, trees, as_of)


def _unmatched_list(
    document: MappingDocument, rule: ListRule, trees: Trees, as_of: str
) -> Iterator[Finding]:
    rows: list[Any] = []
    for part in (rule, *rule.also):
        reached = [rows_getter(each)(tree, as_of) for each, _ in part_rows(part) for tree in trees]
        rows.extend(row for listed in reached if isinstance(listed, list) for row in listed)
        if all(listed is ABSENT for listed in reached) and not rule.also:
            yield _finding(
                document,
                "never_matched",
                (rule.name, "each"),
                path=part.each.text,
                count=len(trees),
            )
    for part in (rule, *rule.also):
        if not rows or rule.also:
            continue
        for column in part.columns:
            tried = [one for _, number in part_rows(part) for one in _numbered(column, number)]
            if not any(_matches(path, row, as_of) for path in tried for row in rows):
                yield from _unmatched(document, column, len(trees))


def _numbered(rule: Rule, number: int | None) -> tuple[Path, ...]:
    return _paths(rule if number is None else rule.numbered(number))


def _unmatched(document: MappingDocument, rule: Rule, count: int) -> Iterator[Finding]:
    paths = ", ".join(path.text for path in _paths(rule))
    if paths:
        at = tuple(rule.key.split("."))
        yield _finding(document, "never_matched", (*at, "from"), path=paths, count=count)


def _paths(rule: Rule) -> tuple[Path, ...]:
    if any(source.constant is not None for source in rule.sources):
        return ()
    return tuple(path for source in rule.sources for path in source.paths)


def _matches(path: Path, node: object, as_of: str) -> bool:
    return getter(path)(node, as_of) is not ABSENT


def _rules(document: MappingDocument) -> Iterator[Rule]:
    yield from document.rules.scalars.values()
    for listed in document.rules.lists.values():
        for part in (listed, *listed.also):
            yield from part.columns
