"""The year group in a named school year: recorded first, moved on next, by age last."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mis_bridge.domain.year_groups import (
    GROUPS,
    KnownBy,
    YearGroup,
    YearGroups,
    group_by_age,
    named_school_year,
    school_year_name,
    school_year_of,
)

ONE_DAY = timedelta(days=1)
# The birthdays of each group in 2021-22, as the schedule prints them.
BORN_2021 = {
    "N1": 2018, "N2": 2017, "R": 2016, "1": 2015, "2": 2014, "3": 2013, "4": 2012, "5": 2011,
    "6": 2010, "7": 2009, "8": 2008, "9": 2007, "10": 2006, "11": 2005,
}  # fmt: skip


@pytest.mark.parametrize(("code", "born"), BORN_2021.items())
def test_age_alone_gives_the_group_from_1_september_to_31_august(code: str, born: int) -> None:
    group = GROUPS[code]
    first, last = date(born, 9, 1), date(born + 1, 8, 31)
    assert group_by_age(first, 2021) == group_by_age(last, 2021) == group
    assert group_by_age(first - ONE_DAY, 2021) == group + 1
    assert group_by_age(last + ONE_DAY, 2021) == group - 1


def test_year_7_of_2026_is_born_between_september_2014_and_august_2015() -> None:
    assert group_by_age(date(2014, 9, 1), 2026) == group_by_age(date(2015, 8, 31), 2026) == 7


def test_the_recorded_group_of_the_year_wins_over_everything() -> None:
    known = YearGroups(dob=date(2010, 1, 1), recorded={2021: 3, 2022: 9})
    assert known.in_year(2022) == YearGroup(9, KnownBy.RECORDED)


@pytest.mark.parametrize(("year", "number"), [(2020, 2), (2023, 5), (2026, 8)])
def test_a_recorded_group_moves_on_year_by_year(year: int, number: int) -> None:
    assert YearGroups(recorded={2021: 3}).in_year(year) == YearGroup(number, KnownBy.MOVED_ON)


def test_the_nearest_recorded_year_is_moved_and_of_two_the_earlier() -> None:
    known = YearGroups(recorded={2021: 4, 2023: 5})
    assert known.in_year(2024) == YearGroup(6, KnownBy.MOVED_ON)
    assert known.in_year(2022) == YearGroup(5, KnownBy.MOVED_ON)


def test_the_birthday_is_asked_only_when_nothing_is_recorded() -> None:
    known = YearGroups(dob=date(2013, 9, 1))
    assert known.in_year(2021) == YearGroup(3, KnownBy.BIRTH)
    assert YearGroups().in_year(2021) is None


def test_a_group_without_its_year_belongs_to_the_year_that_fits_the_age() -> None:
    known = YearGroups(dob=date(2013, 9, 1), undated=3, undated_year=2023)
    assert known.in_year(2021) == YearGroup(3, KnownBy.RECORDED)
    assert not known.against_age
    assert not known.is_undated


def test_a_group_without_its_year_that_fits_no_age_belongs_to_the_year_asked_about() -> None:
    for dob in (None, date(2001, 1, 1)):
        known = YearGroups(dob=dob, undated=3, undated_year=2022)
        assert known.in_year(2022) == YearGroup(3, KnownBy.RECORDED)
        assert known.is_undated


def test_a_group_that_age_does_not_give_is_told() -> None:
    assert YearGroups(dob=date(2013, 9, 1), recorded={2021: 3, 2022: 3}).against_age == (2022,)
    assert YearGroups(recorded={2021: 3}).against_age == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [(-3, "below_school"), (-2, "N1"), (-1, "N2"), (0, "R"), (1, "1"), (14, "14")],
)
def test_a_group_is_written_as_schools_write_it(number: int, code: str) -> None:
    assert YearGroup(number, KnownBy.RECORDED).code == code


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2021, 8, 31), 2020), (date(2021, 9, 1), 2021), (date(2022, 1, 1), 2021)],
)
def test_a_school_year_begins_on_1_september(day: date, year: int) -> None:
    assert school_year_of(day) == year
    assert named_school_year(school_year_name(year)) == year


@pytest.mark.parametrize("name", ["2021-2023", "2021-22", "2021", "", "2021/2022", "20212022"])
def test_another_form_of_a_school_year_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="school year"):
        named_school_year(name)


def test_a_date_of_birth_is_in_no_repr() -> None:
    assert "2013" not in repr(YearGroups(dob=date(2013, 9, 1)))
