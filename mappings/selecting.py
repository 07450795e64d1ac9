"""Paths made into functions: one closure a path, built once and bound to its names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mappings.dates import read_date
from mappings.paths import Key, Path, Select, Step
from mappings.values import ABSENT, Mark, clean, fold, is_blank

Getter = Callable[[object, str], object]
"""Takes a node of the record and the day of the reading; gives the value that stands there."""

Place = str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Rows that should all say the same do not; `first` is what the first of them says."""

    first: object


def getter(path: Path) -> Getter:
    """Return the function that finds the value of `path` in a record."""
    steps = path.steps

    def get(node: object, as_of: str) -> object:
        return locate(node, steps, as_of)[1]

    return get


def locate(
    node: object, steps: tuple[Step, ...], as_of: str, place: Place = ""
) -> tuple[Place, object]:
    """Return where the value stands (`sen_needs.data[0].code`), and the value.

    A missing level gives ABSENT, and so does a null block: it tells nothing of what lies in it.
    Rows that were sent, but among which none was chosen, give None.
    """
    for at, step in enumerate(steps):
        if isinstance(step, Key):
            node, place = _down(node, step, place)
            if node is ABSENT:
                return place, ABSENT
        else:
            return _choose(node, steps[at:], as_of, place)
        if node is None and at + 1 < len(steps):
            return place, ABSENT
    return place, node


def rows_of(node: object) -> list[object] | Mark:
    """Return the rows: a lone row is a list of one, "" no row; of null nothing is known."""
    if isinstance(node, list):
        return node
    if node is None or isinstance(node, Mark):
        return ABSENT
    return [] if node == "" else [node]


def rows_getter(path: Path) -> Callable[[object, str], list[object] | Mark]:
    """Return the function that lists the rows a path names, or ABSENT."""
    located = rows_locator(path)

    def get(node: object, as_of: str) -> list[object] | Mark:
        rows = located(node, as_of)
        return rows if isinstance(rows, Mark) else [row for _, row in rows]

    return get


def rows_locator(path: Path) -> Callable[[object, str], list[tuple[Place, object]] | Mark]:
    """Return the function that lists where the rows stand, and the rows, or gives ABSENT.

    An empty element round the rows (`<SENneeds/>`) says that there are none.
    """
    selects = (at for at, step in enumerate(path.steps) if isinstance(step, Select))
    cut = next(selects, len(path.steps))
    keys, filters = path.steps[:cut], path.steps[cut:]

    def get(node: object, as_of: str) -> list[tuple[Place, object]] | Mark:
        place, told = locate(node, keys, as_of)
        if told is ABSENT and len(keys) > 1 and locate(node, keys[:-1], as_of)[1] == "":
            return []
        rows = rows_of(told)
        if isinstance(rows, Mark):
            return rows
        numbered = [(f"{place}[{at}]", row) for at, row in enumerate(rows)]
        for step in filters:
            if isinstance(step, Select):
                numbered = list(_kept(numbered, step, as_of))
        return numbered

    return get


def _down(node: object, step: Key, place: Place) -> tuple[object, Place]:
    if isinstance(node, list) and len(node) == 1:
        node = node[0]
    below = node.get(step.name, ABSENT) if isinstance(node, dict) else ABSENT
    if below is ABSENT and step.optional:
        return node, place
    return below, f"{place}.{step.name}" if place else step.name


def _choose(
    node: object, steps: tuple[Step, ...], as_of: str, place: Place
) -> tuple[Place, object]:
    rows = rows_of(node)
    if isinstance(rows, Mark):
        return place, ABSENT
    numbered = [(f"{place}[{at}]", row) for at, row in enumerate(rows)]
    rest = len(steps)
    reduce = "first"
    for at, step in enumerate(steps):
        if isinstance(step, Key):
            rest = at
            break
        if step.choice in {"agree", "first"}:
            reduce = step.choice
        else:
            numbered = list(_kept(numbered, step, as_of))
    found = [locate(row, steps[rest:], as_of, where) for where, row in numbered]
    if rows and found and all(value is ABSENT for _, value in found):
        return found[0]
    told = [(where, value) for where, value in found if not is_blank(value)]
    if not told:
        blank = [pair for pair in found if pair[1] is not ABSENT]
        return blank[0] if blank else (place, None)
    if reduce == "agree" and any(not _same(told[0][1], value) for _, value in told[1:]):
        return told[0][0], Disagreement(told[0][1])
    return told[0]


def _kept(
    rows: list[tuple[Place, object]], step: Select, as_of: str
) -> Iterator[tuple[Place, object]]:
    column = step.arguments[0]
    if step.choice in {"equals", "differs"}:
        wanted = fold(step.arguments[1])
        for where, row in rows:
            told = clean(row.get(column)) if isinstance(row, dict) else None
            same = fold(told if isinstance(told, str) else "") == wanted
            if same == (step.choice == "equals"):
                yield where, row
        return
    end_column = step.arguments[1]
    spells = [
        (read_date(row.get(column)), read_date(row.get(end_column)), where, row)
        for where, row in rows
        if isinstance(row, dict)
    ]
    if step.choice == "current":
        open_ones = [spell for spell in spells if _in_force(spell[0], spell[1], as_of)]
        yield from (spell[2:] for spell in sorted(open_ones, key=_by_start, reverse=True))
    else:
        over = [spell for spell in spells if isinstance(spell[1], str) and spell[1] < as_of]
        yield from (spell[2:] for spell in sorted(over, key=_by_end, reverse=True))


def _in_force(start: object, end: object, as_of: str) -> bool:
    begun = not isinstance(start, str) or start <= as_of
    return begun and (end is None or (isinstance(end, str) and end >= as_of))


def _by_start(spell: tuple[object, ...]) -> str:
    return spell[0] if isinstance(spell[0], str) else ""


def _by_end(spell: tuple[object, ...]) -> str:
    return spell[1] if isinstance(spell[1], str) else ""


def _same(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other or clean(one) == clean(other)
    return one == other
