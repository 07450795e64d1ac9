"""What changing one mapping for another would do to a sample: pupil by pupil, fact by fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.base import FileRefused
from mis_bridge.domain.words import Words
from mis_bridge.services.mapping.runs import MappingRun, Record, id_of

_NOT_SENT = {"not_supplied": True}


@dataclass(frozen=True, slots=True)
class Differences:
    """The pupils that would change (`lines`), and the counts by fact."""

    lines: list[Record]
    report: Record
    summary: Words


def differences(before: MappingRun, after: MappingRun) -> Differences:
    """Map the sample by both; a fact that one of them does not supply shows as `not_supplied`.

    A file that only the new mapping can read is what the new mapping is for: by the other it holds
    nothing. Raises FileRefused for one that the new mapping cannot read.
    """
    old: dict[str, Record] = {}
    with suppress(FileRefused):
        old = {id_of(record): record for record in before.records()}
    new = {id_of(record): record for record in after.records()}
    lines: list[Record] = []
    facts: Counter[str] = Counter()
    for key in dict.fromkeys([*old, *new]):
        if key not in new or key not in old:
            lines.append({"record": key, "only_in": "a" if key in old else "b"})
            continue
        changes = list(_changes(old[key], new[key]))
        if changes:
            facts.update(change["key"].partition("[")[0] for change in changes)
            lines.append({"record": key, "changes": changes})
    report = {
        "compared": len(set(old) | set(new)),
        "changed": len(lines),
        "facts": dict(sorted(facts.items())),
        "a": {"read": before.report.read, "rejected": before.report.rejected},
        "b": {"read": after.report.read, "rejected": after.report.rejected},
    }
    summary = Words(
        f"{len(lines)} of {report['compared']} records would change.",
        f"Byddai {len(lines)} o {report['compared']} cofnod yn newid.",
    )
    return Differences(lines, report, summary)


def _changes(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Record]:
    first, second = dict(_facts(one)), dict(_facts(other))
    for key in sorted({*first, *second}):
        was, now = first.get(key, _NOT_SENT), second.get(key, _NOT_SENT)
        if was != now:
            yield {"key": key, "before": was, "after": now}


def _facts(record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        if key in {"schema", "source", "not_supplied"}:
            continue
        yield from _leaves(key, value)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _leaves(f"{key}.{name}", below)
    elif isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
        for place, row in enumerate(value):
            yield from _leaves(f"{key}[{place}]", row)
    else:
        yield key, value
