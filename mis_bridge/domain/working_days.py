"""Working days that need no school calendar: those of the Regulations and those of the Tribunal."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.resources import files

_ONE_DAY = timedelta(days=1)

IsWorkingDay = Callable[[date], bool]


def _load() -> dict[int, tuple[date, ...]]:
    text = files("mis_bridge.domain").joinpath("law/bank_holidays.toml").read_text("utf-8")
    return {int(year): tuple(days) for year, days in tomllib.loads(text).items()}


BANK_HOLIDAYS = _load()


def is_bank_holiday(day: date) -> bool:
    """Say whether `day` is a bank holiday of England and Wales; a year not on file holds none.

    Source: Banking and Financial Dealings Act 1971 Sch. 1.
    """
    days = BANK_HOLIDAYS.get(day.year, ())
    place = bisect_left(days, day)
    return place < len(days) and days[place] == day


def bank_holidays_known(day: date) -> bool:
    """Say whether the bank holidays of the year of `day` are on file.

    Source: Banking and Financial Dealings Act 1971 Sch. 1 (proclaimed year by year).
    """
    return day.year in BANK_HOLIDAYS


def is_working_day(day: date) -> bool:
    """Say whether `day` is a Monday to Friday and no bank holiday.

    The Regulations and the commencement Orders use the word and do not define it.

    Source: S.I. 2021/401 reg. 2(4); S.I. 2021/1243 arts 12, 14(3).
    """
    return day.weekday() < 5 and not is_bank_holiday(day)


def is_tribunal_working_day(day: date) -> bool:
    """Say whether `day` is a working day of the Education Tribunal for Wales.

    Left out: Saturdays, Sundays, 25 December to 1 January, Good Friday, the first Monday in May,
    every day in August, bank holidays.

    Source: S.I. 2021/406 reg. 2(1).
    """
    christmas = (day.month, day.day) >= (12, 25) or (day.month, day.day) == (1, 1)
    first_monday_in_may = day.month == 5 and day.day <= 7 and day.weekday() == 0
    excluded = christmas or first_monday_in_may or day.month == 8
    return not excluded and day != good_friday(day.year) and is_working_day(day)


def next_after(day: date, counts: IsWorkingDay) -> date:
    """Return the first day after `day` that counts.

    Source: S.I. 2021/406 regs 10, 58 (the first working day after).
    """
    return next(each for each in _from(day + _ONE_DAY) if counts(each))


def same_or_next(day: date, counts: IsWorkingDay) -> date:
    """Return `day` where it counts, else the next day that does.

    Source: S.I. 2021/401 reg. 2(4).
    """
    return next(each for each in _from(day) if counts(each))


def add_working_days(start: date, count: int) -> date:
    """Return the `count`-th working day after `start`; `start` itself is not counted.

    Source: S.I. 2021/1243 arts 12, 14(3).
    """
    day = start
    for _ in range(count):
        day = next_after(day, is_working_day)
    return day


def working_days_between(start: date, until: date) -> int:
    """Return how many working days lie after `start`, up to and including `until`.

    Source: S.I. 2021/1243 arts 12, 14(3).
    """
    span = range(start.toordinal() + 1, until.toordinal() + 1)
    return sum(is_working_day(date.fromordinal(ordinal)) for ordinal in span)


def good_friday(year: int) -> date:
    """Return Good Friday: two days before Easter Sunday.

    Source: S.I. 2021/406 reg. 2(1); Calendar (New Style) Act 1750 (the reckoning of Easter).
    """
    golden = year % 19
    century, rest = divmod(year, 100)
    corrections = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - corrections + 15) % 30
    leap = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * leap) // 451
    month, day = divmod(epact + leap - 7 * shift + 114, 31)
    return date(year, month, day + 1) - timedelta(days=2)


def _from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += _ONE_DAY
