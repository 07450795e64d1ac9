"""School days: what counts, how a count goes, and when there is no calendar for it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.calendar import (
    CalendarRefused,
    CalendarTooShort,
    SchoolCalendar,
    calendar_from_json,
    school_year,
)
from tests.factories.calendars import SPEC, school_year_2026

YEAR = school_year_2026()


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        ("2026-09-01", False),  # the day before term
        ("2026-09-02", True),
        ("2026-09-05", False),  # Saturday
        ("2026-09-06", False),
        ("2026-10-23", True),
        ("2026-10-26", False),  # half-term
        ("2026-10-30", False),
        ("2026-11-02", True),
        ("2026-11-26", True),
        ("2026-11-27", False),  # INSET
        ("2026-12-18", True),
        ("2026-12-21", False),
        ("2027-01-04", False),
        ("2027-01-05", True),
        ("2027-05-03", False),  # bank holiday
        ("2027-05-04", True),
        ("2027-07-20", True),
        ("2027-07-21", False),
    ],
)
def test_a_school_day_is_a_weekday_inside_a_term_and_in_no_other_list(
    day: str, counts: bool
) -> None:
    assert YEAR.is_school_day(date.fromisoformat(day)) is counts


# Counted by hand on a wall calendar: the trigger's own day is never day 1.
@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-08-31", "2026-10-20"),  # before term: day 1 is the first day of term
        ("2026-09-01", "2026-10-20"),
        ("2026-09-02", "2026-10-21"),  # the first day of term itself is left out
        ("2026-09-03", "2026-10-22"),
        ("2026-10-22", "2026-12-18"),
        ("2026-10-23", "2027-01-05"),  # day 1 after half-term, day 35 after Christmas
        ("2026-10-28", "2027-01-05"),  # inside half-term: the same
        ("2026-11-19", "2027-01-25"),
        ("2026-11-20", "2027-01-26"),
        ("2026-11-21", "2027-01-26"),  # Saturday: the same as Friday
        ("2026-11-22", "2027-01-26"),
        ("2026-11-23", "2027-01-27"),
        ("2027-05-25", "2027-07-20"),  # day 35 is the last day of the year
    ],
)
def test_thirty_five_school_days_end_where_the_wall_calendar_says(start: str, due: str) -> None:
    assert YEAR.add_school_days(date.fromisoformat(start), 35) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("start", "missing"),
    [
        ("2027-05-26", "2027-28"),  # one day too late for the year
        ("2027-07-20", "2027-28"),
        ("2027-08-15", "2027-28"),
        ("2026-07-13", "2025-26"),  # begins in a year of which nothing is known
    ],
)
def test_a_count_that_leaves_the_calendar_names_the_missing_year(start: str, missing: str) -> None:
    with pytest.raises(CalendarTooShort) as short:
        YEAR.add_school_days(date.fromisoformat(start), 35)
    assert short.value.missing == missing
    assert missing in short.value.words.cy


def test_a_year_left_out_between_two_others_is_missing_and_not_jumped_over() -> None:
    gap = SchoolCalendar(
        "gap",
        "school",
        ((date(2025, 9, 1), date(2026, 7, 20)), (date(2027, 9, 1), date(2028, 7, 20))),
    )
    with pytest.raises(CalendarTooShort) as short:
        gap.add_school_days(date(2026, 7, 10), 35)
    assert short.value.missing == "2026-27"


def test_a_calendar_that_stops_in_the_middle_of_a_year_lacks_the_rest_of_that_year() -> None:
    autumn = SchoolCalendar("autumn", "school", ((date(2026, 9, 2), date(2026, 12, 18)),))
    with pytest.raises(CalendarTooShort) as short:
        autumn.add_school_days(date(2026, 11, 20), 35)
    assert short.value.missing == "2026-27"


def test_an_empty_calendar_lacks_the_year_of_the_trigger() -> None:
    with pytest.raises(CalendarTooShort) as short:
        SchoolCalendar("empty", "school", ()).add_school_days(date(2026, 11, 20), 1)
    assert short.value.missing == "2026-27"


def test_the_days_left_out_are_given_by_reason() -> None:
    left_out = YEAR.left_out(date(2026, 11, 20), date(2027, 1, 26))
    assert left_out == {"weekend": 20, "holiday": 11, "inset": 1}
    assert sum(left_out.values()) + 35 == (date(2027, 1, 26) - date(2026, 11, 20)).days


def test_days_between_count_the_last_day_and_not_the_first() -> None:
    assert YEAR.school_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert YEAR.school_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert YEAR.school_days_between(date(2026, 11, 20), date(2027, 1, 26)) == 35
    with pytest.raises(CalendarTooShort):
        YEAR.school_days_between(date(2026, 11, 20), date(2027, 7, 21))


@pytest.mark.parametrize(
    ("day", "year"),
    [("2026-07-31", "2025-26"), ("2026-08-01", "2026-27"), ("2099-12-31", "2099-00")],
)
def test_august_belongs_to_the_school_year_that_it_opens(day: str, year: str) -> None:
    assert school_year(date.fromisoformat(day)) == year


def test_a_calendar_read_from_json_is_the_calendar_it_writes() -> None:
    read = calendar_from_json(SPEC, "2026-27")
    assert read == YEAR
    assert calendar_from_json(read.to_json(), "2026-27") == YEAR


def test_an_extending_calendar_adds_its_lists_to_those_of_its_base() -> None:
    bases = {"county": SPEC, "ysgol": {"extends": "county", "closures": ["2026-12-01"]}}
    ysgol = calendar_from_json(bases["ysgol"], "ysgol", bases)
    assert ysgol.kind == "school"
    assert ysgol.inset_days == YEAR.inset_days
    assert not ysgol.is_school_day(date(2026, 12, 1))
    assert ysgol.add_school_days(date(2026, 11, 20), 35) == date(2027, 1, 27)


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        ([], "c"),
        ({"kind": "college", "terms": []}, "c.kind"),
        ({"terms": []}, "c.kind"),
        ({"kind": "school", "term": []}, "c.term"),
        ({"kind": "school", "terms": "2026"}, "c.terms"),
        ({"kind": "school", "terms": [["2026-09-02"]]}, "c.terms"),
        ({"kind": "school", "terms": [["2026-09-02", "2026-09-01"]]}, "c.terms"),
        ({"kind": "school", "terms": [["2026-09-02", "2028-09-01"]]}, "c.terms"),
        ({"kind": "school", "inset_days": ["2026-13-01"]}, "c.inset_days"),
        ({"kind": "school", "closures": ["20261201"]}, "c.closures"),
        ({"kind": "school", "closures": ["9999-12-31"]}, "c.closures"),
        ({"kind": "school", "closures": [20261201]}, "c.closures"),
        ({"extends": "nobody"}, "c.extends"),
        ({"extends": "c"}, "c.extends"),
        ({"extends": "d"}, "d.extends"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_with_its_place(spec: object, place: str) -> None:
    bases = {"c": spec, "d": {"extends": "c"}}
    with pytest.raises(CalendarRefused) as refused:
        calendar_from_json(spec, "c", bases)
    assert refused.value.place == place


def test_a_count_begins_at_one() -> None:
    with pytest.raises(ValueError, match="begins at one"):
        YEAR.add_school_days(date(2026, 11, 20), 0)


_days = st.dates(date(2026, 8, 20), date(2027, 7, 31))
_closures = st.frozensets(_days, max_size=12).map(tuple)


@given(day=_days, closures=_closures)
def test_a_school_day_is_never_a_weekend_nor_outside_term(
    day: date, closures: tuple[date, ...]
) -> None:
    calendar = school_year_2026(closures=closures)
    if calendar.is_school_day(day):
        assert day.weekday() < 5
        assert any(first <= day <= last for first, last in calendar.terms)
        assert not any(first <= day <= last for first, last in calendar.half_terms)
        assert day not in {*calendar.inset_days, *calendar.bank_holidays, *closures}


@given(start=_days, count=st.integers(1, 60), closures=_closures, further=_days)
def test_a_further_closure_never_makes_a_due_date_earlier(
    start: date, count: int, closures: tuple[date, ...], further: date
) -> None:
    before = _due(school_year_2026(closures=closures), start, count)
    after = _due(school_year_2026(closures=(*closures, further)), start, count)
    assert before is None or after is None or after >= before
    assert not (before is None and after is not None)


@given(start=_days, count=st.integers(1, 60), closures=_closures)
def test_the_count_agrees_with_walking_day_by_day(
    start: date, count: int, closures: tuple[date, ...]
) -> None:
    calendar = school_year_2026(closures=closures)
    due = _due(calendar, start, count)
    walked, day = 0, start
    while walked < count and day <= date(2027, 7, 31):
        day += timedelta(days=1)
        walked += calendar.is_school_day(day)
    assert due == (day if walked == count else None)


def _due(calendar: SchoolCalendar, start: date, count: int) -> date | None:
    try:
        return calendar.add_school_days(start, count)
    except CalendarTooShort:
        return None
