"""A mapping as it is understood: rules with their paths, tables and policies, ready to compile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import re2

from mappings.codesets import CodeTable
from mappings.paths import Path
from mappings.targets import Target
from mappings.transforms import Transform

Blank = Literal["not_supplied", "null", "unknown", "reject"]


@dataclass(frozen=True, slots=True)
class Means:
    """What a missing value says, where the vendor's own documents give it a meaning."""

    value: str | bool
    because: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one value: is it there, is it one of these (folded), does it match."""

    path: Path
    state: Literal["present", "empty", "absent"] | None = None
    among: frozenset[str] | None = None
    pattern: re2._Regexp | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a rule can take its value from, tried in the order written."""

    paths: tuple[Path, ...] = ()
    joined_with: str | None = None
    constant: str | int | bool | None = None
    then: tuple[Transform, ...] = ()
    codes: CodeTable | None = None
    when: tuple[Condition, ...] = ()
    split: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """How one leaf of the record is filled; `key` is dotted (`needs.rank`)."""

    key: str
    target: Target
    sources: tuple[Source, ...]
    required: bool = False
    unknown: str = "flag"
    when_absent: Blank | Means = "not_supplied"
    when_null: Blank | Means = "null"
    when_empty: Blank | Means = "null"

    def numbered(self, number: int) -> Rule:
        """Return the rule with the number in the place of `{n}` in its paths."""
        return replace(
            self,
            sources=tuple(
                replace(source, paths=tuple(path.numbered(number) for path in source.paths))
                for source in self.sources
            ),
        )


@dataclass(frozen=True, slots=True)
class ListRule:
    """How one list is filled: the rows, which of them count, and a rule for each column."""

    name: str
    each: Path
    columns: tuple[Rule, ...]
    where: tuple[Condition, ...] = ()
    numbers: tuple[int, int] | None = None
    also: tuple[ListRule, ...] = ()
    no_row: Means | None = None
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All the rules of a document, and the keys that its source cannot carry."""

    scalars: Mapping[str, Rule] = field(default_factory=dict)
    lists: Mapping[str, ListRule] = field(default_factory=dict)
    cannot_carry: frozenset[str] = frozenset()
