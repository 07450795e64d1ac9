"""The day on which a child becomes a young person, to the day."""

from __future__ import annotations

from datetime import date

import pytest

from mis_bridge.domain.people import (
    PersonKind,
    birthday,
    compulsory_school_age_begins,
    compulsory_school_age_ends,
    has_turned_25,
    leaving_date_needs_a_person,
    person_kind,
    school_leaving_date,
    young_person_from,
)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2022, "2022-06-24"),
        (2023, "2023-06-30"),
        (2024, "2024-06-28"),
        (2025, "2025-06-27"),
        (2026, "2026-06-26"),
    ],
)
def test_the_leaving_date_is_the_last_friday_in_june(year: int, day: str) -> None:
    assert school_leaving_date(year) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("dob", "ends"),
    [
        ("2009-09-01", "2026-06-26"),  # 16 on the first day of the school year
        ("2009-08-31", "2025-06-27"),  # 16 after the leaving date, before the next school year
        ("2010-06-25", "2026-06-26"),  # the day before the leaving date
        ("2010-06-26", "2026-06-26"),  # on it
        ("2010-06-27", "2026-06-26"),  # the day after
        ("2010-08-31", "2026-06-26"),
        ("2010-09-01", "2027-06-25"),
        ("2008-02-29", "2024-06-28"),
    ],
)
def test_compulsory_school_age_ends_on_the_leaving_date_of_the_year_of_turning_16(
    dob: str, ends: str
) -> None:
    born, last = date.fromisoformat(dob), date.fromisoformat(ends)
    assert compulsory_school_age_ends(born) == last
    assert person_kind(born, last) is PersonKind.CHILD
    assert person_kind(born, young_person_from(born)) is PersonKind.YOUNG_PERSON


@pytest.mark.parametrize(
    ("dob", "begins"),
    [
        ("2021-08-31", "2026-08-31"),
        ("2021-09-01", "2026-12-31"),
        ("2021-12-31", "2026-12-31"),
        ("2022-01-01", "2027-03-31"),
        ("2022-03-31", "2027-03-31"),
        ("2022-04-01", "2027-08-31"),
    ],
)
def test_compulsory_school_age_begins_on_the_next_prescribed_day(dob: str, begins: str) -> None:
    assert compulsory_school_age_begins(date.fromisoformat(dob)) == date.fromisoformat(begins)


def test_a_birthday_in_the_first_days_of_september_is_for_a_person_to_judge() -> None:
    assert leaving_date_needs_a_person(date(2010, 9, 1))
    assert leaving_date_needs_a_person(date(2010, 9, 8))
    assert not leaving_date_needs_a_person(date(2010, 9, 9))
    assert not leaving_date_needs_a_person(date(2010, 8, 31))


def test_a_leap_day_birthday_falls_on_the_first_of_march() -> None:
    assert birthday(date(2008, 2, 29), 16) == date(2024, 2, 29)
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)


def test_nobody_is_a_young_person_from_the_25th_birthday() -> None:
    assert not has_turned_25(date(2001, 11, 23), date(2026, 11, 22))
    assert has_turned_25(date(2001, 11, 22), date(2026, 11, 22))
