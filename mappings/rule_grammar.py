"""One rule of a document, read: every name in it is looked up, an unknown one is a finding."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, cast

from mappings.codesets import CodeTable, meanings_of, table_from
from mappings.paths import Path, PathRefused, read_path
from mappings.rules import Blank, Condition, Means, Rule, Source
from mappings.targets import Target
from mappings.transforms import (
    NAMED,
    PatternRefused,
    Transform,
    compile_pattern,
    pattern_transform,
)
from mappings.values import fold
from mappings.wording import Wording

Body = Mapping[str, Any]
At = tuple[str, ...]
Report = Callable[..., None]

# Code targets whose table may be left out, because the document's own table of that name is meant.
TABLE_OF: Final = {
    "provision.type": "provision",
    "provision_history.type": "provision",
    "needs.type": "need",
    "contacts.relationship": "relationship",
    "contacts.preferred_language": "language",
    "first_language": "language",
    "correspondence_language": "language",
    "sex": "sex",
    "registrations.status": "registration",
    "stage": "provision",
    "targets.area_of_need": "need",
    "language": "language",
}
NO_NONE: Final = frozenset({"provision.type", "provision_history.type", "stage"})
BLANK_STATES: Final = ("when_absent", "when_null", "when_empty")


class RuleGrammar:
    """Reads the rules of one merged document; a rule at fault is reported and left out."""

    def __init__(self, body: Body, report: Report) -> None:
        self._body = body
        self._report = report
        self.folded = body.get("read", {}).get("case") == "fold"
        self.tables: dict[str, CodeTable] = {
            name: table_from(name, entries) for name, entries in body.get("codes", {}).items()
        }

    def rule(self, key: str, target: Target, written: Body, at: At) -> Rule | None:
        """Read the rule of one leaf; None if a fault makes it unusable."""
        sources = self._sources(key, target, written, at)
        unknown = self._unknown(key, target, written, at)
        blanks = {name: self._blank(name, key, target, written, at) for name in BLANK_STATES}
        if sources is None or not sources:
            if sources is not None:
                self._report(at, "no_source", target=key)
            return None
        return Rule(key, target, sources, bool(written.get("required")), unknown, **blanks)

    def _sources(
        self, key: str, target: Target, written: Body, at: At
    ) -> tuple[Source, ...] | None:
        shared = {name: written[name] for name in ("then", "codes", "when") if name in written}
        alternatives: list[Body] = []
        given = [name for name in ("from", "join", "constant") if name in written]
        if len(given) > 1:
            self._report((*at, given[1]), "two_sources", one=given[0], other=given[1])
        if "constant" in written:
            alternatives = [{"constant": written["constant"]}]
        elif "join" in written:
            alternatives = [{"join": written["join"], "with": written.get("with", " ")}]
        elif "from" in written:
            listed = written["from"] if isinstance(written["from"], list) else [written["from"]]
            alternatives = [{"path": one} if isinstance(one, str) else one for one in listed]
        read = [
            self._source(key, target, {**shared, **alternative}, at) for alternative in alternatives
        ]
        if any(source is None for source in read):
            return None
        sources = tuple(source for source in read if source is not None)
        for place, source in enumerate(sources[:-1]):
            if source.constant is not None and not source.when:
                self._report((*at, "from"), "unreachable", place=place + 2)
            elif any(_same_place(source, earlier) for earlier in sources[:place]):
                self._report((*at, "from"), "unreachable", place=place + 1)
        if len(sources) > 1 and any(_same_place(sources[-1], one) for one in sources[:-1]):
            self._report((*at, "from"), "unreachable", place=len(sources))
        return sources

    def _source(self, key: str, target: Target, written: Body, at: At) -> Source | None:
        places = [written["path"]] if "path" in written else list(written.get("join", ()))
        paths = [self.path(text, (*at, "from")) for text in places]
        constant = written.get("constant")
        if not paths and constant is None:
            self._report(at, "no_source", target=key)
            return None
        if constant is not None and not self._constant_fits(key, target, constant, at):
            return None
        then, split = self._then(target, written.get("then", ()), (*at, "then"))
        codes = self._codes(key, target, written.get("codes"), at) if constant is None else None
        when = [self.condition(one, (*at, "when")) for one in _listed(written.get("when", []))]
        if (
            None in paths
            or then is None
            or (target.kind == "code" and not codes and constant is None)
        ):
            return None
        if None in when:
            return None
        return Source(
            tuple(path for path in paths if path is not None),
            written.get("with", " ") if "join" in written else None,
            constant,
            then,
            codes,
            tuple(condition for condition in when if condition is not None),
            split,
        )

    def path(self, text: str, at: At) -> Path | None:
        """Read a path, or report why it cannot be read."""
        try:
            path = read_path(text)
        except PathRefused as refused:
            self._report(at, "path", path=text, fault=Wording.PATH[str(refused)])
            return None
        return path.folded() if self.folded else path

    def condition(self, written: Body, at: At) -> Condition | None:
        """Read a condition, or report why it cannot be read."""
        path = self.path(written["path"], at)
        tests = [name for name in ("is", "in", "matches") if name in written]
        if len(tests) != 1:
            self._report(at, "condition")
            return None
        if path is None:
            return None
        if "matches" in written:
            pattern = self._pattern(written["matches"], at)
            return Condition(path, pattern=pattern) if pattern is not None else None
        if "in" in written:
            return Condition(path, among=frozenset(fold(word) for word in written["in"]))
        return Condition(path, state=written["is"])

    def _pattern(self, pattern: str, at: At) -> Any:
        try:
            return compile_pattern(pattern)
        except PatternRefused as refused:
            self._report(at, "pattern", fault=Wording.PATTERN[str(refused)])
            return None

    def _then(
        self, target: Target, names: Iterable[str | Body], at: At
    ) -> tuple[tuple[Transform, ...] | None, bool]:
        transforms: list[Transform] = []
        usable = True
        for entry in names:
            if isinstance(entry, str):
                found = NAMED.get(entry)
                if found is None:
                    self._report(at, "unknown_transform", name=entry, near=near(entry, NAMED))
                    usable = False
                else:
                    transforms.append(found)
                continue
            try:
                transforms.append(pattern_transform(entry["pattern"], entry.get("take", 0)))
            except PatternRefused as refused:
                self._report(at, "pattern", fault=Wording.PATTERN[str(refused)])
                usable = False
        return (tuple(transforms) if usable else None), target.kind == "list"

    def _codes(self, key: str, target: Target, written: Any, at: At) -> CodeTable | None:
        if target.kind != "code":
            if written is not None:
                self._report((*at, "codes"), "codes_not_wanted", target=key)
            return None
        name = written if isinstance(written, str) else TABLE_OF.get(key)
        if isinstance(written, Mapping):
            for raw, meaning in meanings_of(written):
                if meaning.means not in target.outputs:
                    self._outside(target, raw, meaning.means, (*at, "codes", raw))
            return table_from(key, written)
        if name is None:
            self._report(at, "no_codes", target=key)
            return None
        table = self.tables.get(name)
        if table is None:
            self._report((*at, "codes"), "unknown_table", name=name, near=near(name, self.tables))
            return None
        for raw, meaning in meanings_of(self._body["codes"][name]):
            if meaning.means not in target.outputs:
                self._outside(target, raw, meaning.means, ("codes", name, raw))
        return table

    def _outside(self, target: Target, raw: str, means: str, at: At) -> None:
        self._report(at, "outside_codes", code=raw, means=means, near=near(means, target.outputs))

    def _unknown(self, key: str, target: Target, written: Body, at: At) -> str:
        policy = str(written.get("unknown", "flag"))
        if policy in {"flag", "reject"}:
            return policy
        default = policy.removeprefix("default:")
        if default == policy or target.kind != "code":
            self._report((*at, "unknown"), "unknown_policy", policy=policy)
        elif key in NO_NONE and default == "none":
            self._report((*at, "unknown"), "default_none")
        elif default not in target.outputs:
            self._report(
                (*at, "unknown"), "outside_codes",
                code=policy, means=default, near=near(default, target.outputs),
            )  # fmt: skip
        return policy

    def _blank(self, name: str, key: str, target: Target, written: Body, at: At) -> Blank | Means:
        told = written.get(name)
        if told is None:
            if name == "when_absent":
                # A spell without an end is an open one, whether the end is empty or left out.
                return "null" if target.name == "end" and "." in key else "not_supplied"
            return "unknown" if target.name == "type" or key in NO_NONE else "null"
        if isinstance(told, str):
            return cast("Blank", told)
        means = told["means"]
        if name == "when_absent" and key in NO_NONE:
            self._report((*at, name), "absent_means")
        elif target.kind == "code" and means not in target.outputs:
            self._outside(target, name, str(means), (*at, name))
        elif target.kind not in {"code", "truth"} or (target.kind == "truth") != isinstance(
            means, bool
        ):
            self._report((*at, name), "means_not_wanted", target=key)
        return Means(means, told["because"])

    def _constant_fits(self, key: str, target: Target, constant: object, at: At) -> bool:
        if key in NO_NONE:
            self._report((*at, "constant"), "default_none")
            return False
        wanted = {"truth": bool, "whole": int}.get(target.kind, str)
        if type(constant) is not wanted:
            self._report((*at, "constant"), "constant_type", target=key)
            return False
        if target.kind == "code" and constant not in target.outputs:
            self._outside(target, "constant", str(constant), (*at, "constant"))
            return False
        return True


def _listed(written: Any) -> list[Any]:
    return written if isinstance(written, list) else [written]


def _same_place(one: Source, other: Source) -> bool:
    return (
        not one.when
        and not other.when
        and one.constant is None
        and [path.text for path in one.paths] == [path.text for path in other.paths]
        and one.then == other.then
        and one.codes is other.codes
    )


def near(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to one that is not, or a few to choose from."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else ", ".join(sorted(known)[:12])
