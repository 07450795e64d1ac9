"""Cutting rows into pages, with the faults of paging that a vendor's interface can show."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from tests.support.vendors.server import DevVendor

Rows = list[dict[str, object]]
ELSEWHERE = "https://elsewhere.example/steal"


@dataclass(frozen=True)
class Sheet:
    """The rows of one page, the number of the page after it (None: the last), and what is said."""

    rows: Rows
    following: int | None
    count: int
    pages: int


def sheet_of(vendor: DevVendor, rows: Rows, number: int, size: int) -> Sheet:
    """Return page `number`, counted from 1.

    `empty_page` puts an empty second page before the others; `duplicate_ids` begins every page with
    the last row of the one before; `loop` leads from the last page back to the first.
    """
    pages = [list(rows[start : start + size]) for start in range(0, len(rows), size)] or [[]]
    if vendor.is_on("empty_page"):
        pages.insert(1, [])
    if vendor.is_on("duplicate_ids"):
        pages = [
            pages[0],
            *([before[-1], *page] for before, page in itertools.pairwise(pages)),
        ]
    here = pages[number - 1] if 0 < number <= len(pages) else []
    following: int | None = number + 1 if number < len(pages) else None
    if following is None and vendor.is_on("loop"):
        following = 1
    return Sheet(here, following, sum(map(len, pages)), len(pages))
