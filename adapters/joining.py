"""Grouping and joining rows of several collections into one tree a pupil, in flat memory.

A join is a sort and a merge: the keys that records ask for are merged with the rows sorted by the
same key, and what was found is sorted back to the order of the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from adapters.base import Join, ReadOptions
from adapters.options import Where
from adapters.spool import Order, Sorter
from adapters.trees import ABSENT, as_key, look, look_all


class Fault(NamedTuple):
    """Why a row cannot be used; whatever it belongs to cannot be used either."""

    en: str
    cy: str
    path: str | None = None
    value_seen: str | None = None


class Row(NamedTuple):
    """One row of a collection and where it stood; of a faulty one, `tree` is what was readable."""

    tree: dict[str, object]
    place: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    order: Order
    row: Row


def _kept(row: Row) -> list[object]:
    return [row.tree, row.place, row.fault]


def _row(kept: object) -> Row:
    if not isinstance(kept, list):
        msg = "a sorter gave back what was not put in"
        raise TypeError(msg)
    tree, place, fault = kept
    return Row(tree, place, Fault(*fault) if fault else None)


def assembled(
    collections: Mapping[str, Iterable[Row]], main: str, options: ReadOptions, flags: Counter[str]
) -> Iterator[Row]:
    """Yield one row a record of the collection `main`, in the order of the source.

    Each collection must allow being iterated over more than once. One that the source did not
    send leaves its `into` out of the tree: not supplied is not the same as none.
    """
    rows: Iterable[Row] = filter(_Filter(options.where), collections[main])
    if options.group_by:
        rows = _grouped(rows, options.group_by)
    inner = dict(collections)
    for join in options.joins:
        if join.within and join.within in inner and join.source in inner:
            inner[join.within] = list(_joined(inner[join.within], join, inner[join.source], flags))
    for join in options.joins:
        if not join.within and join.source in inner:
            rows = _joined(rows, join, inner[join.source], flags)
    yield from rows


class _Filter:
    def __init__(self, where: Where) -> None:
        self._where = [(path, {value.casefold() for value in values}) for path, values in where]

    def __call__(self, row: Row) -> bool:
        return all(
            any(as_key(value).casefold() in wanted for value in look_all(row.tree, path))
            for path, wanted in self._where
        )


def _grouped(rows: Iterable[Row], column: str) -> Iterator[Row]:
    by_key = Sorter()
    for number, row in enumerate(rows):
        # A row without a key is a record of its own: nothing says that two such rows are one pupil.
        key = as_key(look(row.tree, column)) or f"\x00{number}"
        by_key.add(key, (number, 0, 0), _kept(row))
    by_order = Sorter()
    for key, group in groupby(by_key, key=lambda entry: entry[0]):
        members = [(order, _row(kept)) for _, order, kept in group]
        first_order, first = members[0]
        shown = "" if key.startswith("\x00") else key
        tree = {column: shown, "rows": [member.tree for _, member in members]}
        fault = next((member.fault for _, member in members if member.fault), None)
        by_order.add("", first_order, _kept(Row(tree, first.place, fault)))
    yield from _rows(by_order)


def _rows(sorter: Sorter) -> Iterator[Row]:
    for _, _, kept in sorter:
        yield _row(kept)


def _joined(
    rows: Iterable[Row], join: Join, source: Iterable[Row], flags: Counter[str]
) -> Iterator[Row]:
    records, asked = Sorter(), Sorter()
    for number, row in enumerate(rows):
        records.add("", (number, 0, 0), _kept(row))
        for position, target in enumerate(_targets(row.tree, join)):
            for turn, key in enumerate(_asked_keys(target, join)):
                asked.add(key, (number, position, turn), None)
    found = _matched(asked, _offered(source, join), join, flags)
    waiting = next(found, None)
    for number, row in enumerate(_rows(records)):
        targets = list(_targets(row.tree, join))
        lists: list[list[object]] = [[] for _ in targets]
        fault = row.fault
        while waiting is not None and waiting.order[0] == number:
            lists[waiting.order[1]].append(waiting.row.tree)
            fault = fault or waiting.row.fault
            waiting = next(found, None)
        for target, matches in zip(targets, lists, strict=True):
            _place(target, join, matches)
        yield row._replace(fault=fault)


def _place(target: dict[str, object], join: Join, matches: list[object]) -> None:
    if not join.many:
        target[join.into] = matches[0] if matches else None
        return
    present = target.get(join.into)
    kept = list(present) if isinstance(present, list) else []
    for match in matches:
        if match not in kept:
            kept.append(match)
    target[join.into] = kept


def _targets(tree: dict[str, object], join: Join) -> Iterator[dict[str, object]]:
    if not join.each:
        yield tree
        return
    for element in look_all(tree, join.each):
        if isinstance(element, dict):
            yield element


def _asked_keys(target: Mapping[str, object], join: Join) -> Iterator[str]:
    if join.by == "key_list":
        for value in look_all(target, join.equals):
            yield from filter(None, (part.strip() for part in as_key(value).split(",")))
        return
    if key := _key(look(target, join.equals), join):
        yield key


def _offered(source: Iterable[Row], join: Join) -> Sorter:
    offered = Sorter()
    keeps = _Filter(join.where)
    for number, row in enumerate(source):
        if not keeps(row):
            continue
        if join.by == "listed_in":
            keys = [
                part.strip()
                for value in look_all(row.tree, join.on)
                for part in as_key(value).split(",")
            ]
        else:
            keys = [_key(look(row.tree, join.on), join)]
        for key in keys:
            offered.add(key, (number, 0, 0), _kept(row))
    return offered


def _key(value: object, join: Join) -> str:
    if value is ABSENT:
        return ""
    key = as_key(value)
    match join.by:
        case "href":
            return urlsplit(key).path.rstrip("/")
        case "href_number":
            return urlsplit(key).path.rstrip("/").rpartition("/")[2]
        case "number":
            return key.lstrip("0") or key
        case _:
            return key


def _matched(asked: Sorter, offered: Sorter, join: Join, flags: Counter[str]) -> Iterator[_Found]:
    """Merge keys asked for with rows offered; yield what was found in the order of the records."""
    found = Sorter()
    by_key = groupby(offered, key=lambda entry: entry[0])
    offer = next(by_key, None)
    for key, askers in groupby(asked, key=lambda entry: entry[0]):
        while offer is not None and offer[0] < key:
            _count_orphans(offer[1], join, flags)
            offer = next(by_key, None)
        if offer is not None and offer[0] == key:
            rows = [kept for _, _, kept in offer[1]]
            offer = next(by_key, None)
            for _, (number, position, turn), _ in askers:
                for place, kept in enumerate(rows):
                    found.add("", (number, position, (turn << 20) + place), kept)
        elif join.orphans and (join.by == "key_list" or not join.many):
            flags[join.orphans] += sum(1 for _ in askers)
    while offer is not None:
        _count_orphans(offer[1], join, flags)
        offer = next(by_key, None)
    for _, order, kept in found:
        yield _Found(order, _row(kept))


def _count_orphans(offers: Iterable[object], join: Join, flags: Counter[str]) -> None:
    if join.orphans:
        flags[join.orphans] += sum(1 for _ in offers)
