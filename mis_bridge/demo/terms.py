"""A year of terms for an invented school, made by rule so that the demo works in any year."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
MONDAY, FRIDAY = 0, 4

INSET_DAYS = (
    "first_day", "second_day", "before_autumn_half_term", "after_autumn_half_term",
    "spring_first_day", "summer_first_day", "after_summer_half_term", "summer_last_day",
)  # fmt: skip
"""The days that a school of `world/authority.toml` may name as INSET days."""


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous computation)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    offset = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * offset) // 451
    month, day = divmod(epact + offset - 7 * late + 114, 31)
    return date(year, month, day + 1)


def year_of_terms(year: int, inset: Collection[str]) -> dict[str, list[object]]:
    """Return the lists of a calendar for the school year that begins in `year`.

    The keys are those of a calendar document: `terms`, `half_terms`, `inset_days`, `bank_holidays`;
    ranges are `[first, last]`, days ISO texts. Raises ValueError on an unknown name in `inset`.
    """
    unknown = set(inset) - set(INSET_DAYS)
    if unknown:
        msg = f"no such INSET day: {sorted(unknown)}"
        raise ValueError(msg)
    easter = easter_sunday(year + 1)
    autumn = (_weekday_from(date(year, 9, 1)), _friday_until(date(year, 12, 21)))
    spring = (_monday_from(date(year + 1, 1, 4)), easter - 3 * DAY)
    summer = (easter + DAY + 2 * WEEK, _friday_from(date(year + 1, 7, 18)))
    half_terms = [
        _week_of(date(year, 10, 28)),
        _week_of(date(year + 1, 2, 16)),
        _week_of(_last_monday(date(year + 1, 5, 31))),
    ]
    named = {
        "first_day": autumn[0],
        "second_day": _weekday_from(autumn[0] + DAY),
        "before_autumn_half_term": half_terms[0][0] - 3 * DAY,
        "after_autumn_half_term": half_terms[0][0] + WEEK,
        "spring_first_day": spring[0],
        "summer_first_day": summer[0],
        "after_summer_half_term": half_terms[2][0] + WEEK,
        "summer_last_day": summer[1],
    }
    early_may = _monday_from(date(year + 1, 5, 1))
    bank_holidays = [easter - 2 * DAY, easter + DAY, early_may, half_terms[2][0]]
    written: dict[str, list[object]] = {
        "terms": [_written(term) for term in (autumn, spring, summer)],
        "half_terms": [_written(week) for week in half_terms],
        "inset_days": [*sorted(named[name].isoformat() for name in inset)],
        "bank_holidays": [day.isoformat() for day in bank_holidays],
    }
    return written


def years_of_terms(first: int, years: int, inset: Collection[str]) -> dict[str, list[object]]:
    """Return the calendars of `years` school years from `first` on, joined into one."""
    joined: dict[str, list[object]] = {}
    for year in range(first, first + years):
        for key, days in year_of_terms(year, inset).items():
            joined.setdefault(key, []).extend(days)
    return joined


def _written(span: tuple[date, date]) -> list[str]:
    return [span[0].isoformat(), span[1].isoformat()]


def _weekday_from(day: date) -> date:
    return day if day.weekday() <= FRIDAY else _monday_from(day)


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _friday_from(day: date) -> date:
    return day + timedelta(days=(FRIDAY - day.weekday()) % 7)


def _friday_until(day: date) -> date:
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)


def _last_monday(day: date) -> date:
    return day - timedelta(days=(day.weekday() - MONDAY) % 7)


def _week_of(day: date) -> tuple[date, date]:
    monday = _last_monday(day)
    return monday, monday + 4 * DAY
