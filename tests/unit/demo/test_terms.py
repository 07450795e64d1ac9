"""The invented schools' terms are school years as schools have them, in any year."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from mis_bridge.demo.terms import INSET_DAYS, easter_sunday, year_of_terms, years_of_terms

YEARS = range(2024, 2045)


def span(pair: object) -> tuple[date, date]:
    assert isinstance(pair, list)
    return date.fromisoformat(pair[0]), date.fromisoformat(pair[1])


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(2024, date(2024, 3, 31)), (2027, date(2027, 3, 28)), (2038, date(2038, 4, 25))],
)
def test_easter_is_where_the_almanac_has_it(year: int, sunday: date) -> None:
    assert easter_sunday(year) == sunday


@pytest.mark.parametrize("year", YEARS)
def test_no_bank_holiday_of_wales_is_counted_as_a_school_day(year: int) -> None:
    calendar = year_of_terms(year, ())
    terms = [span(term) for term in calendar["terms"]]
    listed = {date.fromisoformat(str(day)) for day in calendar["bank_holidays"]}
    observed = holidays.country_holidays("GB", subdiv="WLS", years=[year, year + 1])
    inside = {day for day in observed if day.weekday() < 5 and any(a <= day <= b for a, b in terms)}
    assert inside <= listed


@pytest.mark.parametrize("year", YEARS)
def test_terms_follow_one_another_and_half_terms_lie_inside_them(year: int) -> None:
    calendar = year_of_terms(year, INSET_DAYS)
    terms = [span(term) for term in calendar["terms"]]
    assert len(terms) == 3
    assert all(a <= b for a, b in terms)
    assert all(terms[n][1] < terms[n + 1][0] for n in range(2))
    for (first, last), (start, end) in zip(
        (span(week) for week in calendar["half_terms"]), terms, strict=True
    ):
        assert start < first < last < end
        assert (first.weekday(), last.weekday()) == (0, 4)


@pytest.mark.parametrize("year", YEARS)
def test_every_inset_day_falls_on_a_weekday_inside_a_term(year: int) -> None:
    calendar = year_of_terms(year, INSET_DAYS)
    terms = [span(term) for term in calendar["terms"]]
    for text in calendar["inset_days"]:
        day = date.fromisoformat(str(text))
        assert day.weekday() < 5
        assert any(start <= day <= end for start, end in terms)


def test_an_unknown_inset_day_is_refused() -> None:
    with pytest.raises(ValueError, match="whitsun"):
        year_of_terms(2026, ["whitsun"])


def test_two_years_are_joined_in_order() -> None:
    joined = years_of_terms(2026, 2, ["first_day"])
    assert joined["inset_days"] == ["2026-09-01", "2027-09-01"]
    assert len(joined["terms"]) == 6
