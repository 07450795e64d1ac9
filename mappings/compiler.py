"""A mapping document made into one straight-line function, once per version of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mappings import convert, settling
from mappings.dates import read_stamp
from mappings.delivery_settling import settle_delivery
from mappings.delivery_writer import write_delivery
from mappings.issues import rejection, unreadable
from mappings.plan_writer import write_plan
from mappings.pupil_writer import write_pupil
from mappings.rules import Condition, RuleBook
from mappings.selecting import Disagreement, rows_of
from mappings.targets import Catalogue
from mappings.upn import judge
from mappings.values import ABSENT, Mark, clean, fold, is_blank
from mappings.writer import CONVERTERS, Writer
from mis_bridge.domain.pupil import SCHEMA

Compiled = Callable[..., dict[str, Any]]

_NOTHING: Final[Mapping[str, object]] = {}


def _lone(node: object) -> object:
    if isinstance(node, list) and len(node) == 1 and isinstance(node[0], dict):
        return node[0]
    return _NOTHING


def _below(node: object, name: str) -> object:
    """Go below an optional level: `sen_needs.data?` is the wrapper's list, or the list itself."""
    if isinstance(node, list) and len(node) == 1:
        node = node[0]
    if isinstance(node, dict):
        return node.get(name, node)
    return node if node is not _NOTHING else ABSENT


def _rows(node: object) -> list[object] | Mark:
    return node if node.__class__ is list else rows_of(node)


def _holds(condition: Condition, value: object) -> bool:
    if isinstance(value, Disagreement):
        value = value.first
    if condition.state == "present":
        return not is_blank(value)
    if condition.state == "absent":
        return value is ABSENT
    if condition.state == "empty":
        return is_blank(value)
    read = clean(value)
    told = read if isinstance(read, str) else ("" if value in {None, ABSENT} else str(value))
    if condition.pattern is not None:
        return condition.pattern.search(told) is not None
    return fold(told) in (condition.among or ())


def _nobody(record: Mapping[str, Any]) -> bool:
    """Say whether names were sent, all of them empty, with no UPN that could be looked up."""
    names = record.get("name")
    return (
        isinstance(names, dict)
        and not any(names.values())
        and record["upn_status"] not in {"valid", "temporary"}
    )


def _drop(items: list[dict[str, object]], name: str) -> None:
    for item in items:
        del item[name]


def _flat_missing(missing: list[str], group: str, leaves: tuple[str, ...]) -> None:
    """Name a group instead of its leaves, where none of them was sent."""
    for leaf in leaves:
        if leaf in missing:
            missing.remove(leaf)
    missing.append(group)


def _repeated_rows(tree: Mapping[str, object]) -> bool:
    rows = tree.get("rows")
    if not isinstance(rows, list) or len(rows) < 2:
        return False
    return any(row in rows[:at] for at, row in enumerate(rows))


_RUNTIME: Final[dict[str, object]] = {
    **{word: getattr(convert, word) for word in CONVERTERS.values()},
    "ABSENT": ABSENT,
    "NOTHING_SAID": (None, [], "unknown"),
    "Disagreement": Disagreement,
    "SCHEMA": SCHEMA,
    "age_flag": settling.age_flag,
    "below": _below,
    "clean": clean,
    "code": convert.code,
    "date_or_doubt": convert.date_or_doubt,
    "disagreed": convert.disagreed,
    "distinct": settling.distinct,
    "drop": _drop,
    "flat_missing": _flat_missing,
    "holds": _holds,
    "joined": convert.joined,
    "judge": judge,
    "known_area": convert.known_area,
    "known_stage": convert.known_stage,
    "lone": _lone,
    "nobody": _nobody,
    "raw_code": convert.raw_code,
    "read_stamp": read_stamp,
    "rejection": rejection,
    "repeated_rows": _repeated_rows,
    "relationship": convert.relationship,
    "rows_in": _rows,
    "settle_delivery": settle_delivery,
    "settle_contacts": settling.settle_contacts,
    "settle_history": settling.settle_history,
    "settle_needs": settling.settle_needs,
    "settle_provision": settling.settle_provision,
    "typed": convert.typed,
    "unreadable": unreadable,
}


_WRITE: Final[Mapping[str, Callable[[Writer], str]]] = {
    "pupil": write_pupil,
    "plan": write_plan,
    "delivery": write_delivery,
}


def compile_rules(rules: RuleBook, catalogue: Catalogue, *, grouped: bool) -> Compiled:
    """Return `apply(t, c, flags, issues, missing)`: the record made of the tree `t`."""
    writer = Writer(rules, catalogue, grouped=grouped)
    source = _WRITE[catalogue.kind](writer)
    space: dict[str, Any] = {**_RUNTIME, **writer.bound}
    # The source is written by `Emitter` from fixed statements and numbered names; no text of a
    # document is in it, so nothing that a document says can be run.
    exec(compile(source, "<mapping>", "exec"), space)  # noqa: S102 - see above
    apply: Compiled = space["apply"]
    return apply
