"""What the writers of all kinds of record share: a leaf of the record and what its blanks mean."""

from __future__ import annotations

from typing import Final

from mappings.emitter import Emitter
from mappings.rules import Means, Rule, RuleBook
from mappings.targets import Catalogue

CONVERTERS: Final = {
    "text": "text",
    "lines": "lines",
    "name": "name",
    "date": "date",
    "truth": "truth",
    "whole": "whole",
    "year": "year",
    "list": "listed",
}
_EMPTY: Final = "v.__class__ is str and (not v or v.isspace())"


class Writer:
    """Writes the functions of one document over objects bound once."""

    def __init__(self, rules: RuleBook, catalogue: Catalogue, *, grouped: bool) -> None:
        self.rules = rules
        self.catalogue = catalogue
        self.grouped = grouped
        self.bound: dict[str, object] = {}
        self.functions: list[str] = []

    def add_function(self, head: str, out: Emitter) -> None:
        """Keep the lines of a finished function."""
        self.functions.append("\n".join([f"def {head}:", *out.lines, ""]))

    def source(self) -> str:
        """Return the whole source."""
        return "\n".join(self.functions)

    def key(self, out: Emitter, name: str, into: str) -> None:
        """Leave the text of a key in `into`, or None."""
        rule = self.rules.scalars.get(name)
        out.line(f"{into} = None")
        if rule:
            out.value(rule, "t", "v")
            with out.block("if v is not ABSENT and v is not None:"):
                out.line(f"{into} = clean(v)")
                with out.block(f"if {into}.__class__ is not str:"):
                    out.line(f"{into} = None")

    def top(self, out: Emitter, key: str) -> None:
        """Write a leaf that stands at the top of the record."""
        rule = self.rules.scalars.get(key)
        if rule is None:
            out.line(f"missing.append({key!r})")
            return
        self.leaf(out, rule, f"out[{key!r}]", f"missing.append({key!r})")

    def group(self, out: Emitter, group: str) -> None:
        """Write a table of leaves; if the source sent none of them, the whole table is missing."""
        leaves = [key for key in self.catalogue.scalars if key.startswith(f"{group}.")]
        if not any(key in self.rules.scalars for key in leaves):
            out.line(f"missing.append({group!r})")
            return
        out.line("g = {}")
        for key in leaves:
            rule = self.rules.scalars.get(key)
            if rule is None:
                out.line(f"missing.append({key!r})")
            else:
                leaf = key.rpartition(".")[2]
                self.leaf(out, rule, f"g[{leaf!r}]", f"missing.append({key!r})")
        with out.block("if g:"):
            out.line(f"out[{group!r}] = g")
        with out.block("else:"):
            out.line(f"flat_missing(missing, {group!r}, {tuple(leaves)!r})")

    def leaf(self, out: Emitter, rule: Rule, target: str, absent: str) -> None:
        """Write the conversion of one leaf: what is absent is noted, the rest is converted."""
        find = out.value(rule, "t", "v")
        with out.block("if v is ABSENT:"):
            self._blank(out, rule, rule.when_absent, target, absent)
        for state, policy in (("v is None", rule.when_null), (_EMPTY, rule.when_empty)):
            if policy not in {"null", "unknown"}:
                with out.block(f"elif {state}:"):
                    self._blank(out, rule, policy, target, absent)
        with out.block("else:"):
            out.line(f"{target} = {self.converted(out, rule, find)}")
            self.required(out, rule, target)

    def _blank(self, out: Emitter, rule: Rule, policy: object, target: str, absent: str) -> None:
        if isinstance(policy, Means):
            out.line(f"{target} = {out.bind(policy.value)}")
        elif policy == "reject" or rule.required:
            out.line(f"raise rejection('blank_rejected', {rule.key!r}, v)")
        elif policy == "not_supplied":
            out.line(absent)
        else:
            out.line(f"{target} = None")

    def required(self, out: Emitter, rule: Rule, target: str) -> None:
        """Write the refusal of a record that lacks a required value."""
        if rule.required:
            with out.block(f"if {target} is None:"):
                out.line(f"raise rejection('required', {rule.key!r}, v)")

    def converted(self, out: Emitter, rule: Rule, find: str | None) -> str:
        """Return the expression that converts `v`, a value that was sent."""
        key = repr(rule.key)
        if rule.target.kind == "code":
            if find is None:
                return "v"
            call = "relationship" if rule.target.name == "relationship" else "code"
            return f"{call}(v, {key}, {find}, on, {out.bind(rule.unknown)}, flags, issues)"
        return f"{CONVERTERS[rule.target.kind]}(v, {key}, flags, issues)"
