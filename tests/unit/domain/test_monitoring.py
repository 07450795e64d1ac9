"""Delivered against planned: a week counts whole or not at all, and every week is accounted for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.monitoring import (
    WHY_LEFT_OUT,
    Comparison,
    Course,
    LeftOutWeek,
    Told,
    compare,
    mondays_of,
    percent_of,
    suppressed,
)
from mis_bridge.domain.quantities import Quantity

CALENDAR = SchoolCalendar(
    name="Invented 2026-27",
    kind="school",
    terms=((date(2026, 9, 1), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 3, 19))),
    half_terms=((date(2026, 10, 26), date(2026, 10, 30)),),
    inset_days=(date(2026, 9, 1),),
)
TERM = (date(2026, 9, 1), date(2026, 12, 18))
TODAY = date(2027, 1, 11)
SEVENTH, FOURTEENTH = date(2026, 9, 7), date(2026, 9, 14)
THREE_TWENTIES = Quantity("week", 3, 60)


def compared(
    *told: Told,
    course: Course = Course(),  # noqa: B008 - frozen
    period: tuple[date, date] = TERM,
    calendar: SchoolCalendar | None = CALENDAR,
    today: date = TODAY,
) -> Comparison:
    return compare(told, course, unit="minutes", period=period, calendar=calendar, today=today)


def minutes(week_on: date, planned: int | None, delivered: int | None) -> Told:
    return Told(week_on, "minutes", planned, delivered, week_on + timedelta(days=6))


def why(found: Comparison, week_on: date) -> LeftOutWeek | None:
    return next(week.left_out for week in found.weeks if week.week_on == week_on)


def test_planned_and_delivered_are_the_sums_of_the_weeks_compared() -> None:
    found = compared(minutes(SEVENTH, 60, 40), minutes(FOURTEENTH, 60, 60))
    assert (found.planned, found.delivered, found.percent) == (120, 100, 83)
    assert (len(found.counted), found.whole_weeks) == (2, 1)
    assert found.bases() == ("source",)


def test_the_source_s_own_figure_comes_before_the_plan_s() -> None:
    course = Course(stated=THREE_TWENTIES)
    found = compared(minutes(SEVENTH, 45, 40), minutes(FOURTEENTH, None, 40), course=course)
    assert [(week.planned, week.basis) for week in found.counted] == [(45, "source"), (60, "plan")]
    assert found.bases() == ("plan", "source")


def test_where_nobody_states_what_was_planned_no_share_is_made_up() -> None:
    found = compared(minutes(SEVENTH, None, 40))
    assert why(found, SEVENTH) is LeftOutWeek.NOT_STATED
    assert (found.planned, found.delivered, found.percent) == (0, 0, None)


def test_a_holiday_has_no_planned_provision_and_an_unfinished_week_waits() -> None:
    course = Course(stated=THREE_TWENTIES)
    holiday = date(2026, 10, 26)
    found = compared(minutes(holiday, None, 20), course=course, today=date(2026, 11, 4))
    assert why(found, holiday) is LeftOutWeek.NO_SCHOOL
    assert why(found, date(2026, 11, 2)) is LeftOutWeek.NOT_OVER
    assert found.planned == 0


def test_a_week_of_which_the_source_tells_nothing_is_not_a_week_without_provision() -> None:
    found = compared(minutes(SEVENTH, 60, 0), course=Course(stated=THREE_TWENTIES))
    assert why(found, SEVENTH) is None
    assert why(found, FOURTEENTH) is LeftOutWeek.NOTHING_TOLD
    assert (found.planned, found.delivered) == (60, 0)


def test_a_provision_by_the_day_is_planned_for_the_days_on_which_the_school_met() -> None:
    daily = Course(stated=Quantity("day", 1, 15))
    first = date(2026, 8, 31)
    found = compared(minutes(first, None, 30), minutes(SEVENTH, None, 75), course=daily)
    # The first week of term has an INSET day and begins on a Tuesday: three school days.
    assert [(w.week_on, w.school_days, w.planned) for w in found.counted] == [
        (first, 3, 45),
        (SEVENTH, 5, 75),
    ]


def test_a_week_in_which_the_provision_began_or_ended_is_left_out() -> None:
    course = Course(date(2026, 9, 9), date(2026, 9, 23), THREE_TWENTIES)
    weeks = [date(2026, 9, 7) + timedelta(weeks=n) for n in range(4)]
    found = compared(*(minutes(week, None, 60) for week in weeks), course=course)
    assert [why(found, week) for week in weeks] == [
        LeftOutWeek.BEFORE_START,
        None,
        LeftOutWeek.AFTER_END,
        LeftOutWeek.AFTER_END,
    ]


def test_a_provision_that_began_on_the_first_school_day_of_a_week_counts_from_that_week() -> None:
    course = Course(date(2026, 9, 2), None, THREE_TWENTIES)
    assert (
        why(compared(minutes(date(2026, 8, 31), None, 60), course=course), date(2026, 8, 31))
        is None
    )


def test_half_a_figure_leaves_the_week_to_the_plan_or_out() -> None:
    half = (minutes(SEVENTH, 30, 20), minutes(SEVENTH, None, 20))
    assert why(compared(*half), SEVENTH) is LeftOutWeek.PLANNED_IN_PART
    (week,) = compared(*half, course=Course(stated=THREE_TWENTIES)).counted
    assert (week.planned, week.delivered, week.basis) == (60, 40, "plan")
    unsaid = compared(minutes(SEVENTH, 30, 20), minutes(SEVENTH, 30, None))
    assert why(unsaid, SEVENTH) is LeftOutWeek.NOT_DELIVERED_FIGURE


def test_a_week_that_was_told_before_it_was_over_waits_for_the_rest() -> None:
    wednesday = Told(SEVENTH, "minutes", 20, 20, SEVENTH + timedelta(days=2))
    friday = Told(SEVENTH, "minutes", 20, 20, SEVENTH + timedelta(days=4))
    assert why(compared(wednesday), SEVENTH) is LeftOutWeek.TOLD_IN_PART
    assert why(compared(friday), SEVENTH) is None


def test_without_a_calendar_no_week_is_compared() -> None:
    none = compared(minutes(SEVENTH, 60, 60), calendar=None)
    assert {week.left_out for week in none.weeks} == {LeftOutWeek.NO_CALENDAR}
    later = (date(2028, 1, 3), date(2028, 1, 21))
    beyond = compared(minutes(date(2028, 1, 3), 60, 60), period=later, today=date(2028, 3, 1))
    assert {week.left_out for week in beyond.weeks} == {LeftOutWeek.NO_CALENDAR}


def test_minutes_and_sessions_are_never_added_together() -> None:
    found = compared(minutes(SEVENTH, 60, 60), Told(SEVENTH, "sessions", 3, 0, FOURTEENTH))
    assert (found.planned, found.delivered) == (60, 60)


def test_every_reason_is_said_in_both_languages() -> None:
    assert set(WHY_LEFT_OUT) == set(LeftOutWeek)


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(0, 0, None), (0, 3, 0), (2, 3, 67), (1, 8, 13), (9, 6, 150)]
)
def test_a_share_is_a_whole_per_cent_or_nothing(part: int, whole: int, percent: int | None) -> None:
    assert percent_of(part, whole) == percent


def test_a_count_that_could_point_to_a_person_is_not_told() -> None:
    assert [suppressed(count) for count in (0, 1, 4, 5, 12)] == [0, None, None, 5, 12]


WEEKS = st.integers(0, 20).map(lambda n: date(2026, 8, 31) + timedelta(weeks=n))
AMOUNTS = st.one_of(st.none(), st.integers(0, 300))
TOLD = st.builds(
    Told,
    WEEKS,
    st.sampled_from(["minutes", "sessions"]),
    AMOUNTS,
    AMOUNTS,
    st.dates(date(2026, 9, 1), date(2027, 3, 1)),
)
COURSES = st.builds(
    Course,
    st.one_of(st.none(), st.dates(date(2026, 8, 1), date(2027, 3, 1))),
    st.one_of(st.none(), st.dates(date(2026, 8, 1), date(2027, 3, 1))),
    st.one_of(st.none(), st.just(THREE_TWENTIES), st.just(Quantity("day", 1, 15))),
)


@given(
    told=st.lists(TOLD, max_size=30),
    course=COURSES,
    today=st.dates(date(2026, 8, 1), date(2027, 5, 1)),
)
def test_every_week_is_compared_or_left_out_for_one_reason(
    told: list[Told], course: Course, today: date
) -> None:
    found = compared(*told, course=course, today=today)
    assert [week.week_on for week in found.weeks] == list(mondays_of(TERM))
    named = [week for _, weeks in found.left_out() for week in weeks]
    assert len(named) + len(found.counted) == len(found.weeks)
    assert len(set(named)) == len(named)
    for week in found.counted:
        assert week.planned is not None
        assert week.delivered is not None
        assert week.basis is not None
        assert week.school_days > 0
    assert found.delivered == sum(
        row.delivered or 0
        for row in told
        if row.unit == "minutes" and row.week_on in {week.week_on for week in found.counted}
    )
    assert (found.percent is None) == (found.planned == 0)


@given(told=st.lists(TOLD, max_size=20), seed=st.randoms())
def test_the_order_of_the_rows_does_not_matter(told: list[Told], seed: object) -> None:
    shuffled = list(told)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert compared(*told) == compared(*shuffled)
