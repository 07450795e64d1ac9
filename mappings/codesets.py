"""Code tables: what a code or a label of a source means, with the dates between which it does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from mappings.values import fold

_MEMORY = 4096


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code means; `assumed` tells why that is not certain. The dates are inclusive."""

    means: str
    valid_from: str | None = None
    valid_until: str | None = None
    assumed: str | None = None

    def holds(self, on: str) -> bool:
        """Say whether the code has this meaning on the day `on` (`YYYY-MM-DD`)."""
        return (self.valid_from or "") <= on <= (self.valid_until or "9999")


class CodeTable:
    """One table of codes and labels, compared without regard to case and blanks."""

    __slots__ = ("_meanings", "_seen", "dated", "name")

    def __init__(self, name: str, entries: Iterable[tuple[str, Meaning]]) -> None:
        self.name = name
        self._meanings: dict[str, list[Meaning]] = {}
        for raw, meaning in entries:
            self._meanings.setdefault(fold(raw), []).append(meaning)
        self.dated = any(
            meaning.valid_from or meaning.valid_until
            for meanings in self._meanings.values()
            for meaning in meanings
        )
        self._seen: dict[str, str | None] = {}

    def find(self, raw: str, on: str | None = None) -> str | None:
        """Return the meaning of `raw` on a day, or None: no translation covers it."""
        if self.dated:
            return self._find(raw, on)
        try:
            return self._seen[raw]
        except KeyError:
            found = self._find(raw, on)
            if len(self._seen) < _MEMORY:
                self._seen[raw] = found
            return found

    def _find(self, raw: str, on: str | None) -> str | None:
        for meaning in self._meanings.get(fold(raw), ()):
            if on is None or meaning.holds(on):
                return meaning.means
        return None

    def outputs(self) -> frozenset[str]:
        """Return every value that the table can give."""
        return frozenset(m.means for meanings in self._meanings.values() for m in meanings)


def table_from(name: str, written: Mapping[str, object]) -> CodeTable:
    """Build a table from its TOML form, already checked by the schema.

    A value is the canonical word, or `{means, from, until, assumed}`, or a list of such tables
    where one code has had several meanings.
    """
    return CodeTable(name, [(raw, meaning) for raw, meaning in meanings_of(written)])


def meanings_of(written: Mapping[str, object]) -> list[tuple[str, Meaning]]:
    """List the meanings of a table's TOML form, in the order written."""
    return [
        (raw, _meaning(one))
        for raw, entry in written.items()
        for one in (entry if isinstance(entry, list | tuple) else (entry,))
    ]


def _meaning(entry: object) -> Meaning:
    if isinstance(entry, str):
        return Meaning(entry)
    if not isinstance(entry, Mapping):
        msg = "a code means a word or a table"
        raise TypeError(msg)
    return Meaning(
        str(entry["means"]),
        _day(entry.get("from")),
        _day(entry.get("until")),
        str(entry["assumed"]) if entry.get("assumed") else None,
    )


def _day(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None
