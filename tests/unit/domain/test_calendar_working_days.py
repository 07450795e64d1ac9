"""Working days of the Regulations and of the Tribunal, and the bank holidays on file."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from govuk_bank_holidays.bank_holidays import BankHolidays

from mis_bridge.domain.working_days import (
    BANK_HOLIDAYS,
    add_working_days,
    bank_holidays_known,
    good_friday,
    is_tribunal_working_day,
    is_working_day,
    working_days_between,
)


def test_the_bank_holidays_on_file_are_those_of_the_maintained_package() -> None:
    told: dict[int, set[date]] = {}
    kept = BankHolidays(use_cached_holidays=True)
    for holiday in kept.get_holidays(division=BankHolidays.ENGLAND_AND_WALES):
        told.setdefault(holiday["date"].year, set()).add(holiday["date"])
    assert {year: set(days) for year, days in BANK_HOLIDAYS.items()} == {
        year: told[year] for year in range(2012, 2029)
    }


def test_a_second_package_knows_the_same_bank_holidays() -> None:
    second = holidays.country_holidays("GB", subdiv="WLS", years=range(2012, 2029))
    weekdays = {day for day in second if day.weekday() < 5}
    assert weekdays == {day for days in BANK_HOLIDAYS.values() for day in days}


def test_good_friday_is_among_the_bank_holidays_of_every_year_on_file() -> None:
    assert all(good_friday(year) in days for year, days in BANK_HOLIDAYS.items())


def test_years_beyond_the_file_are_said_not_to_be_known() -> None:
    assert bank_holidays_known(date(2028, 12, 31))
    assert not bank_holidays_known(date(2029, 1, 1))
    assert not bank_holidays_known(date(2011, 12, 31))


@pytest.mark.parametrize(
    ("day", "works", "tribunal"),
    [
        ("2026-07-31", True, True),
        ("2026-08-03", True, False),  # every day in August
        ("2026-08-31", False, False),  # bank holiday in August
        ("2026-09-01", True, True),
        ("2026-12-24", True, True),
        ("2026-12-25", False, False),
        ("2026-12-28", False, False),  # Boxing Day's substitute
        ("2026-12-29", True, False),  # between Christmas and the new year
        ("2026-12-31", True, False),
        ("2027-01-01", False, False),
        ("2027-01-04", True, True),
        ("2027-03-26", False, False),  # Good Friday
        ("2027-03-29", False, False),  # Easter Monday
        ("2027-05-03", False, False),  # the first Monday in May
        ("2020-05-04", True, False),  # the first Monday in May, whose holiday was moved
        ("2020-05-08", False, False),  # to this Friday
        ("2026-11-21", False, False),  # Saturday
        ("2026-11-22", False, False),
    ],
)
def test_the_two_meanings_of_working_day_differ_where_the_tribunal_has_its_own_exclusions(
    day: str, works: bool, tribunal: bool
) -> None:
    on = date.fromisoformat(day)
    assert (is_working_day(on), is_tribunal_working_day(on)) == (works, tribunal)


def test_working_days_are_counted_from_the_next_one() -> None:
    friday = date(2022, 6, 1)
    # 2 and 3 June 2022 were bank holidays.
    assert add_working_days(friday, 1) == date(2022, 6, 6)
    assert add_working_days(friday, 15) == date(2022, 6, 24)
    assert working_days_between(friday, date(2022, 6, 24)) == 15
    assert working_days_between(friday, friday + timedelta(days=4)) == 0
