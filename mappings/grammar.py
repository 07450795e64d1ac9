"""From a document's tables to its rules: keys that it fills, lists, what it cannot carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from mappings.findings import Finding
from mappings.paths import Key, Path, Select
from mappings.rule_grammar import At, Body, Report, RuleGrammar, near
from mappings.rules import ListRule, Means, Rule, RuleBook, Source
from mappings.targets import Catalogue, ListTarget
from mappings.wording import Wording


class Grammar:
    """Reads one merged document; faults are reported and the rule at fault is left out."""

    def __init__(self, body: Body, catalogue: Catalogue, report: Report) -> None:
        self._body = body
        self._catalogue = catalogue
        self._report = report
        self._rules = RuleGrammar(body, report)

    def read(self) -> RuleBook:
        """Return every rule of the document."""
        cannot = self._cannot_carry()
        scalars: dict[str, Rule] = {}
        for name, target in self._catalogue.scalars.items():
            written = self._at(name)
            if written is not None and not _covered(name, cannot):
                rule = self._rules.rule(name, target, written, tuple(name.split(".")))
                if rule is not None:
                    scalars[name] = rule
        self._own_key(scalars)
        lists: dict[str, ListRule] = {}
        for name, wanted in self._catalogue.lists.items():
            written = self._body.get(name)
            if written is not None and name not in cannot:
                found = self._list(wanted, written, (name,), cannot)
                if found is not None:
                    lists[name] = found
        return RuleBook(scalars, lists, cannot)

    def _own_key(self, scalars: dict[str, Rule]) -> None:
        """Take the record's key from where the reader takes it, if no rule says otherwise."""
        name = self._catalogue.key
        told = self._body.get("read", {}).get("record_id", ())
        texts = [told] if isinstance(told, str) else list(told)
        if name in scalars or not texts:
            return
        paths = [Path(text, tuple(Key(step) for step in text.split("."))) for text in texts]
        sources = tuple(Source((path.folded() if self._rules.folded else path,)) for path in paths)
        scalars[name] = Rule(name, self._catalogue.scalars[name], sources)

    def _at(self, name: str) -> Body | None:
        here: Any = self._body
        for part in name.split("."):
            here = here.get(part) if isinstance(here, Mapping) else None
        return cast("Body | None", here)

    def _cannot_carry(self) -> frozenset[str]:
        named = self._body.get("cannot_carry", ())
        leaves = set(self._catalogue.scalars) | {
            f"{target.name}.{column.name}"
            for target in self._catalogue.lists.values()
            for column in target.columns
        }
        known = leaves | {leaf.rpartition(".")[0] for leaf in leaves} | set(self._catalogue.lists)
        for name in named:
            if name not in known or not name:
                self._report(("cannot_carry",), "unknown_key", name=name, near=near(name, known))
        return frozenset(named) & known

    def _list(
        self, target: ListTarget, written: Body, at: At, cannot: frozenset[str]
    ) -> ListRule | None:
        if "each" not in written:
            self._report(at, "no_each", target=target.name)
            return None
        each = self._rules.path(written["each"], (*at, "each"))
        numbered = written.get("numbered")
        numbers = (numbered["from"], numbered["to"]) if numbered else None
        if numbers and not 0 <= numbers[0] <= numbers[1] < numbers[0] + 50:
            self._report((*at, "numbered"), "numbers")
            numbers = None
        where = [self._rules.condition(one, (*at, "where")) for one in written.get("where", ())]
        columns = [
            self._rules.rule(
                f"{target.name}.{column.name}", column, written[column.name], (*at, column.name)
            )
            for column in target.columns
            if column.name in written and f"{target.name}.{column.name}" not in cannot
        ]
        if each is None or None in where:
            return None
        if any(isinstance(s, Select) and s.choice in {"agree", "first"} for s in each.steps):
            self._report((*at, "each"), "path", path=each.text, fault=Wording.PATH["each"])
            return None
        if not columns:
            self._report(at, "no_columns", target=target.name)
        also = [
            self._list(target, more, (*at, "also", name), cannot)
            for name, more in written.get("also", {}).items()
        ]
        no_row = written.get("when_no_row")
        if no_row and target.name != "provision_history":
            self._report((*at, "when_no_row"), "means_not_wanted", target=target.name)
        return ListRule(
            target.name,
            each,
            tuple(rule for rule in columns if rule is not None),
            tuple(condition for condition in where if condition is not None),
            numbers,
            tuple(rule for rule in also if rule is not None),
            Means(no_row["means"], no_row["because"]) if no_row else None,
            bool(written.get("complete", True)),
        )


def _covered(name: str, cannot: frozenset[str]) -> bool:
    return name in cannot or any(name.startswith(f"{group}.") for group in cannot)


def finding_sorter(finding: Finding) -> tuple[str, int]:
    """Sort findings by file and line."""
    return finding.file, finding.line
