"""Exports that a school makes itself: one list in JSON, or one delimited file of the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from adapters import paging
from adapters.base import FINGERPRINT, Item, Reading, ReadOptions, SourceRecord
from adapters.bundles import need_known, table_items
from adapters.kinds import kind_of
from adapters.paging import Answer, Page
from adapters.recorded import recorded_items
from adapters.records import record_id


def read_exports(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read exports; JSON or CSV is seen from each file's beginning.

    In JSON a record is one object, so nothing is grouped there.
    """
    return Reading(lambda reading: _items(vendor, paths, options, reading))


def read_rows(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read exports whose rows may have no key of their own: a row is then known by all it says."""
    unkeyed = replace(options, record_id=())

    def items(reading: Reading) -> Iterator[Item]:
        for path in paths:
            if kind_of(path) != "json":
                need_known(path, options)
        for item in _items(vendor, paths, unkeyed, reading):
            if isinstance(item, SourceRecord):
                own = record_id(item.tree, options)
                yield replace(item, record_id=own or f"{FINGERPRINT}{item.digest[:20]}")
            else:
                yield item

    return Reading(items)


def _items(
    vendor: str, paths: Sequence[Path], options: ReadOptions, reading: Reading
) -> Iterator[Item]:
    for path in paths:
        if kind_of(path) == "json":
            ungrouped = replace(options, group_by=None)
            yield from recorded_items(vendor, [path], ungrouped, _page_of, reading)
        else:
            yield from table_items(vendor, [path], options, reading)


def _page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one export; it has no pages."""
    lists = paging.lists_in(answer.body, options)
    return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)
