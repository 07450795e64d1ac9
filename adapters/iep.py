"""Individual education plans as exported to JSON (one object a plan) or CSV (one row a target)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters import paging
from adapters.base import Item, Reading, ReadOptions
from adapters.bundles import table_items
from adapters.kinds import kind_of
from adapters.paging import Answer, Page
from adapters.recorded import recorded_items

NAME: Final = "iep"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read plans; JSON or CSV is seen from each file's beginning."""

    def items(reading: Reading) -> Iterator[Item]:
        for path in paths:
            if kind_of(path) == "json":
                yield from recorded_items(NAME, [path], for_json(options), page_of, reading)
            else:
                yield from table_items(NAME, [path], for_rows(options), reading)

    return Reading(items)


def for_json(options: ReadOptions) -> ReadOptions:
    """Return the options for an export in which a plan is one object: nothing is grouped."""
    return replace(options, records=options.records or "plans", group_by=None)


def for_rows(options: ReadOptions) -> ReadOptions:
    """Return the options for an export of one row a target."""
    return replace(options, records=options.records or "plans")


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one export; it has no pages."""
    lists = paging.lists_in(answer.body, options)
    return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)
