"""The short way to a date says what the long way says, and the sweep judges by it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.clock_rules import PERIODS, Unit
from mis_bridge.domain.deadlines import deadline, last_day_in_time
from mis_bridge.services.deadline_sweep import Standing, standings
from tests.factories.calendars import school_year_2026

YEAR = school_year_2026()
TODAY = date(2026, 11, 22)


@given(
    rule=st.sampled_from(sorted(PERIODS)),
    start=st.dates(date(2026, 6, 1), date(2027, 8, 31)),
    with_calendar=st.booleans(),
)
def test_the_short_way_to_a_date_says_what_the_explained_way_says(
    rule: str, start: date, with_calendar: bool
) -> None:
    calendar = YEAR if with_calendar else None
    counted = deadline(PERIODS[rule], start, calendar)
    assert last_day_in_time(PERIODS[rule], start, calendar) == counted.due_on
    if counted.due_on is None and counted.rule.count is not None:
        assert counted.missing is not None


@given(
    rule=st.sampled_from([r for r in sorted(PERIODS) if PERIODS[r].unit is Unit.WEEKS]),
    start=st.dates(date(2012, 1, 1), date(2028, 12, 31)),
)
def test_no_period_ends_before_its_last_day_nor_before_it_starts(rule: str, start: date) -> None:
    counted = deadline(PERIODS[rule], start)
    if counted.due_on is None or counted.last_day_of_period is None:
        return
    assert counted.first_counted_day is not None
    assert start <= counted.first_counted_day <= counted.last_day_of_period <= counted.due_on


@pytest.mark.parametrize("rule", sorted(PERIODS))
def test_every_period_names_its_provision_and_says_its_doubt_in_both_languages(rule: str) -> None:
    stated = PERIODS[rule]
    assert stated.id == rule
    assert any(word in stated.source for word in ("Act", "S.I.", "Code"))
    if stated.doubt is not None:
        assert stated.doubt.en != stated.doubt.cy


def test_the_sweep_counts_late_soon_and_undated_tasks_and_those_whose_date_moved() -> None:
    noticed = date(2026, 9, 3)
    due = date(2026, 10, 22)
    tasks = [
        ("660", "660/4001", "SCH-35", noticed, due),  # late
        ("660", "660/4001", "SCH-35", date(2026, 10, 9), date(2026, 12, 7)),  # in time
        ("660", "660/4001", "LA-12W", date(2026, 9, 6), date(2026, 11, 29)),  # soon
        ("660", "660/4001", "SCH-35", date(2027, 6, 1), None),  # no calendar for it
        ("660", "660/4001", "SCH-35", noticed, date(2026, 10, 21)),  # moved, and late
        ("660", "660/4001", "PLAN-CLAIMED", noticed, None),  # nothing dates it
        ("660", "660/4002", "SCH-35", noticed, due),
    ]
    assert standings(tasks, lambda _la, _school: YEAR, TODAY) == [
        Standing("660", "660/4001", in_time=1, due_soon=1, overdue=2, undated=1, moved=1),
        Standing("660", "660/4002", overdue=1),
    ]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-10-14", "in_time"),
        ("2026-10-15", "due_soon"),
        ("2026-10-22", "due_soon"),
        ("2026-10-23", "overdue"),
    ],
)
def test_a_task_is_soon_due_for_a_week_and_late_from_the_day_after(
    today: str, expected: str
) -> None:
    task = ("660", "660/4001", "SCH-35", date(2026, 9, 3), date(2026, 10, 22))
    (found,) = standings([task], lambda _la, _school: YEAR, date.fromisoformat(today))
    assert getattr(found, expected) == 1


def test_a_school_without_a_calendar_has_undated_tasks_and_none_that_moved() -> None:
    task = ("660", "660/4001", "SCH-35", date(2026, 9, 3), None)
    (found,) = standings([task], lambda _la, _school: None, TODAY)
    assert (found.undated, found.moved) == (1, 0)
