"""Wonde: what its answers mean for reading. Field names are the mapping document's business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters import paging
from adapters.base import Reading, ReadOptions, Tombstone
from adapters.paging import Answer, Page
from adapters.recorded import read_recorded
from adapters.trees import ABSENT, as_key, look

NAME: Final = "wonde"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers of `students` and `deletions`."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill what every Wonde answer has in common."""
    return replace(
        options, records=options.records or "data", record_id=options.record_id or ("id",)
    )


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer. The vendor's own client follows `next`; `more` alone is a promise."""
    next_address = look(answer.body, "meta.pagination.next")
    previous = look(answer.body, "meta.pagination.previous")
    lists = paging.lists_in(answer.body, options)
    if lists is None:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    page = Page(
        lists,
        next_address=next_address if isinstance(next_address, str) and next_address else None,
        previous_address=previous if isinstance(previous, str) and previous else None,
        more=look(answer.body, "meta.pagination.more") is True,
    )
    rows = lists.get(options.records or "", [])
    if paging.resource(answer.address).endswith("/deletions") or _are_deletions(rows):
        return replace(page, collections={}, deleted=tuple(_tombstones(rows)))
    return page


def _are_deletions(rows: paging.Rows) -> bool:
    return bool(rows) and all("deleted_at" in row and "type" in row for row in rows)


def _tombstones(rows: paging.Rows) -> list[Tombstone]:
    return [
        Tombstone(as_key(row.get("id")), instant(row.get("deleted_at")))
        for row in rows
        if row.get("type", "student") == "student"
        and not row.get("restored_at")
        and as_key(row.get("id"))
    ]


def instant(value: object) -> datetime | None:
    """Read the vendor's date object, or ISO text; None where it says nothing that can be read."""
    zone = "UTC"
    if isinstance(value, Mapping):
        named = look(value, "timezone")
        zone = named if named is not ABSENT and isinstance(named, str) else zone
        value = value.get("date")
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError):
        return None
