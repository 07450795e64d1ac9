"""What one row of delivered provision, or of attendance, comes to; what is unclear is refused.

A figure that is wrong shows nowhere, so a row that cannot be read whole is not read at all.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from mappings.issues import MappingIssue, RecordRejected, rejection

Row = dict[str, Any]

_FIGURES: Final = frozenset({"week", "date", "unit", "planned", "delivered", "mark", "measure"})
_REFUSING: Final = {"unreadable": "unreadable_rejected", "unknown_code": "unknown_code_rejected"}


def settle_delivery(row: Row, issues: list[MappingIssue]) -> None:
    """Put `week_on`, a Monday, and whole amounts in the place of what the source said.

    Raises `RecordRejected` for a row with an unreadable figure, without a day, a provision or an
    amount, and for one that contradicts itself.
    """
    for issue in issues:
        if issue.target in _FIGURES:
            raise RecordRejected(replace(issue, kind=_REFUSING[issue.kind], rejects=True))
    if row.get("measure") is None:
        raise rejection("required", "measure", None)
    _settle_day(row)
    _settle_reference(row)
    _settle_amounts(row)


def _settle_day(row: Row) -> None:
    week, day = row.pop("week", None), row.setdefault("date", None)
    row.setdefault("session", None)
    if week is None and day is None:
        raise rejection("no_day", "week", None)
    row["week_on"] = _monday(day or week)
    if week is not None and _monday(week) != row["week_on"]:
        raise rejection("contradicts", "week", week)


def _settle_reference(row: Row) -> None:
    if row["measure"] == "attendance":
        row["reference"] = row["name"] = ""
        return
    reference, name = row.get("reference"), row.get("name")
    if reference is None and name is None:
        raise rejection("no_reference", "reference", None)
    row["reference"], row["name"] = reference or name, name or reference


def _settle_amounts(row: Row) -> None:
    mark = row.pop("mark", None)
    planned, delivered = row.setdefault("planned", None), row.setdefault("delivered", None)
    if planned is None and delivered is None:
        if mark is None:
            raise rejection("no_amount", "delivered", None)
        _settle_mark(row, mark)
    elif mark == "took_place" and delivered == 0:
        raise rejection("contradicts", "mark", mark)
    elif mark in {"did_not_take_place", "not_required"}:
        if delivered:
            raise rejection("contradicts", "mark", mark)
        row["delivered"] = 0
        if mark == "not_required":
            row["planned"] = 0
    if row.setdefault("unit", None) is None:
        raise rejection("required", "unit", None)
    attended, possible = row["delivered"], row["planned"]
    too_many = attended is not None and possible is not None and attended > possible
    if row["measure"] == "attendance" and too_many:
        raise rejection("more_than_possible", "delivered", attended)


def _settle_mark(row: Row, mark: str) -> None:
    """Take a mark alone for one session on one day, whatever the source counts in elsewhere."""
    if row["date"] is None:
        raise rejection("no_day", "date", None)
    row["unit"] = "sessions"
    row["planned"] = 0 if mark == "not_required" else 1
    row["delivered"] = 1 if mark == "took_place" else 0


def _monday(day: str) -> str:
    read = date.fromisoformat(day)
    return (read - timedelta(days=read.weekday())).isoformat()
