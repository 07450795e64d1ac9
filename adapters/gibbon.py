"""Gibbon: rows of its Individual Needs tables, exported as JSON or one CSV a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from adapters import paging
from adapters.base import Item, Reading, ReadOptions
from adapters.bundles import table_items
from adapters.kinds import JSON_ENDINGS, TABLE_ENDINGS, files_of, kind_of
from adapters.paging import Answer, Page
from adapters.recorded import recorded_items

NAME: Final = "gibbon"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read tables; JSON or CSV is seen from the first file's beginning."""
    wanted = replace(
        options,
        records=options.records or "gibbonIN",
        record_id=options.record_id or ("gibbonPersonID",),
    )

    def items(reading: Reading) -> Iterator[Item]:
        files = files_of(paths, JSON_ENDINGS | TABLE_ENDINGS)
        if files and all(kind_of(file) == "json" for file in files):
            yield from recorded_items(NAME, files, wanted, page_of, reading)
        else:
            yield from table_items(NAME, files, wanted, reading)

    return Reading(items)


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one export; phpMyAdmin's list of `{type, name, data}` is read as tables by name."""
    body = answer.body
    if isinstance(body, list) and any(_is_table(part) for part in body):
        body = {part["name"]: part["data"] for part in body if _is_table(part)}
    lists = paging.lists_in(body, options)
    return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)


def _is_table(part: object) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "table" and "data" in part
