"""Writes the straight-line function of a mapping: our own names only, all else bound as objects.

No text of a document ever becomes part of the source: paths, tables, patterns and constants are
bound under numbered names (`k12`), and the source is a fixed set of statements over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mappings.paths import Key, Path
from mappings.rules import Condition, Rule, Source
from mappings.selecting import getter, rows_getter
from mappings.transforms import chain

_BLANK = "(not {0} or {0}.isspace()) if {0}.__class__ is str else ({0} is None or {0} is ABSENT)"


class Emitter:
    """Collects the lines of one function and the objects that they name."""

    def __init__(self, bound: dict[str, object]) -> None:
        self.bound = bound
        self.lines: list[str] = []
        self._depth = 1
        self._nodes: dict[tuple[str, tuple[Key, ...]], str] = {}
        self._numbers = 0

    def line(self, text: str) -> None:
        """Write one statement."""
        self.lines.append("    " * self._depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a compound statement; nodes found inside are forgotten after it."""
        self.line(head)
        self._depth += 1
        before, written = dict(self._nodes), len(self.lines)
        yield
        if len(self.lines) == written:
            self.line("pass")
        self._nodes = before
        self._depth -= 1

    def bind(self, thing: object) -> str:
        """Bind an object and return the name that stands for it."""
        name = f"k{len(self.bound)}"
        self.bound[name] = thing
        return name

    def fresh(self, letter: str) -> str:
        """Return a name that this function has not used."""
        self._numbers += 1
        return f"{letter}{self._numbers}"

    def value(self, rule: Rule, scope: str, into: str) -> str | None:
        """Leave what the rule reads in `into`; return the name of its table's `find`, if any.

        Several alternatives are tried in order: the first that says something wins, and if none
        does, the first that was sent at all.
        """
        for source in rule.sources:
            self._hoist(source, scope)
        tables = {id(source.codes): source.codes for source in rule.sources if source.codes}
        find = self.bind(next(iter(tables.values())).find) if tables else None
        several = len(tables) > 1
        if several:
            find_name = self.fresh("f")
            self.line(f"{find_name} = {find}")
            find = find_name
        self._source(rule, rule.sources[0], scope, into)
        for source in rule.sources[1:]:
            with self.block(f"if {_BLANK.format(into)}:"):
                other = self.fresh("w")
                self._source(rule, source, scope, other)
                told = f"not ({_BLANK.format(other)})"
                with self.block(f"if {into} is ABSENT or ({told}):"):
                    self.line(f"{into} = {other}")
                    if several and source.codes:
                        self.line(f"{find} = {self.bind(source.codes.find)}")
        return find

    def path(self, path: Path, scope: str, into: str) -> None:
        """Leave the value of a path in `into`."""
        if not path.steps or not all(isinstance(step, Key) for step in path.steps):
            self.line(f"{into} = {self.bind(getter(path))}({scope}, on)")
            return
        *above, last = [step for step in path.steps if isinstance(step, Key)]
        node = self._node(scope, tuple(above))
        name = self.bind(last.name)
        if last.optional:
            self.line(f"{into} = below({node}, {name})")
        else:
            self.line(f"{into} = {node}.get({name}, ABSENT)")

    def rows(self, path: Path, scope: str, into: str) -> None:
        """Leave the rows that a path names in `into`, or ABSENT."""
        slow = self.bind(rows_getter(path))
        if all(isinstance(step, Key) for step in path.steps):
            self.path(path, scope, into)
            with self.block(f"if {into}.__class__ is not list:"):
                self.line(f"{into} = {slow}({scope}, on)")
        else:
            self.line(f"{into} = {slow}({scope}, on)")

    def condition(self, condition: Condition, scope: str) -> str:
        """Return an expression that tests a condition."""
        return f"holds({self.bind(condition)}, {self.bind(getter(condition.path))}({scope}, on))"

    def _hoist(self, source: Source, scope: str) -> None:
        """Find the nodes of a path before any branch, so that later rules can use them too."""
        for path in source.paths:
            if path.steps and all(isinstance(step, Key) for step in path.steps):
                self._node(scope, tuple(s for s in path.steps[:-1] if isinstance(s, Key)))

    def _node(self, scope: str, keys: tuple[Key, ...]) -> str:
        if not keys:
            return scope
        known = self._nodes.get((scope, keys))
        if known:
            return known
        over = self._node(scope, keys[:-1])
        node = self.fresh("n")
        last = keys[-1]
        rest = f", {over}" if last.optional else ""
        self.line(f"{node} = {over}.get({self.bind(last.name)}{rest})")
        with self.block(f"if {node}.__class__ is not dict:"):
            self.line(f"{node} = lone({node})")
        self._nodes[(scope, keys)] = node
        return node

    def _source(self, rule: Rule, source: Source, scope: str, into: str) -> None:
        if source.when:
            tests = " and ".join(self.condition(one, scope) for one in source.when)
            with self.block(f"if {tests}:"):
                self._read(rule, source, scope, into)
            with self.block("else:"):
                self.line(f"{into} = ABSENT")
        else:
            self._read(rule, source, scope, into)

    def _read(self, rule: Rule, source: Source, scope: str, into: str) -> None:
        if source.constant is not None:
            self.line(f"{into} = {self.bind(source.constant)}")
            return
        if source.joined_with is not None:
            parts = [self.fresh("p") for _ in source.paths]
            for path, part in zip(source.paths, parts, strict=True):
                self.path(path, scope, part)
            self.line(f"{into} = joined(({', '.join(parts)},), {self.bind(source.joined_with)})")
        else:
            path = source.paths[0]
            self.path(path, scope, into)
            if not all(isinstance(step, Key) for step in path.steps):
                with self.block(f"if {into}.__class__ is Disagreement:"):
                    self.line(f"{into} = disagreed({into}, {self.bind(rule.key)}, flags)")
        if source.then:
            with self.block(f"if {into} is not ABSENT and {into} is not None:"):
                self.line(f"{into} = {self.bind(chain(source.then))}({into})")
