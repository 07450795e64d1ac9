"""Calendars for the tests: one school year of an invented school, and of an invented college."""

from __future__ import annotations

from datetime import date
from typing import Literal

from mis_bridge.domain.calendar import SchoolCalendar

SPEC: dict[str, object] = {
    "kind": "school",
    "terms": [
        ["2026-09-02", "2026-12-18"],
        ["2027-01-05", "2027-03-19"],
        ["2027-04-06", "2027-07-20"],
    ],
    "half_terms": [
        ["2026-10-26", "2026-10-30"],
        ["2027-02-15", "2027-02-19"],
        ["2027-05-31", "2027-06-04"],
    ],
    "inset_days": ["2026-11-27"],
    "bank_holidays": ["2027-05-03"],
    "closures": [],
}


def school_year_2026(
    *, closures: tuple[date, ...] = (), kind: Literal["school", "fei"] = "school"
) -> SchoolCalendar:
    """Return the year 2026-27: one INSET day (27 November), one bank holiday (3 May)."""
    return SchoolCalendar(
        name="2026-27",
        kind=kind,
        terms=(
            (date(2026, 9, 2), date(2026, 12, 18)),
            (date(2027, 1, 5), date(2027, 3, 19)),
            (date(2027, 4, 6), date(2027, 7, 20)),
        ),
        half_terms=(
            (date(2026, 10, 26), date(2026, 10, 30)),
            (date(2027, 2, 15), date(2027, 2, 19)),
            (date(2027, 5, 31), date(2027, 6, 4)),
        ),
        inset_days=(date(2026, 11, 27),),
        bank_holidays=(date(2027, 5, 3),),
        closures=closures,
    )
