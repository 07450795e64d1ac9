"""What a provision's text states week by week, in both languages; anything else is not stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.quantities import Quantity, stated_quantity

THREE_TWENTIES = Quantity("week", 3, 60)


@pytest.mark.parametrize(
    "text",
    [
        "3 x 20 minutes a week",
        "3 \u00d7 20 mins per week",
        "A teaching assistant gives three 20-minute sessions a week, one to one",
        "20 minutes, three times a week, in a group of four",
        "three times a week for 20 minutes",
        "Three sessions of 20 minutes each week",
        "3 weekly sessions of 20 minutes",
        "3 times per week x 20 mins",
        "3 x 20 munud yr wythnos",
        "20 munud deirgwaith yr wythnos",
        "tair sesiwn 20 munud yr wythnos",
        "Tair sesiwn o ugain munud bob wythnos, un i un",
        "tair gwaith yr wythnos am ugain munud",
    ],
)
def test_one_quantity_said_in_many_ways_is_read_as_one(text: str) -> None:
    assert stated_quantity(text) == THREE_TWENTIES


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Daily for 15 minutes", Quantity("day", 1, 15)),
        ("ten minutes at the start of every school day", Quantity("day", 1, 10)),
        ("bob dydd am 15 munud", Quantity("day", 1, 15)),
        ("ddwywaith y dydd am ddeg munud", Quantity("day", 2, 20)),
        ("once a week for half an hour", Quantity("week", 1, 30)),
        ("unwaith yr wythnos am hanner awr", Quantity("week", 1, 30)),
        ("pum gwaith yr wythnos am chwarter awr", Quantity("week", 5, 75)),
        ("tri chwarter awr ddwywaith yr wythnos", Quantity("week", 2, 90)),
        ("an hour and a half twice a week", Quantity("week", 2, 180)),
        ("a 1 hour session per week", Quantity("week", 1, 60)),
        ("Twice weekly, with the speech therapist", Quantity("week", 2, None)),
        # How much in all is stated, and not in how many sessions.
        ("30 minutes a week", Quantity("week", None, 30)),
        ("awr yr wythnos", Quantity("week", None, 60)),
    ],
)
def test_what_is_stated_is_read_and_no_more(text: str, stated: Quantity) -> None:
    assert stated_quantity(text) == stated


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Access to a teaching assistant as required",
        "Support each week in a group of 4",
        "two or three times a week",
        "2-3 times a week for 20 minutes",
        "2 to 3 sessions a week",
        "up to 3 x 20 minutes a week",
        "hyd at deirgwaith yr wythnos",
        "o leiaf 20 munud yr wythnos",
        "about 20 minutes a day",
        "3 x 20 minutes a week for 6 weeks",
        "20 munud y dydd am chwe wythnos",
        "20 minutes a fortnight",
        "unwaith y mis am awr",
        "20 minutes in every lesson",
        "three times a week and a check every day",
        "3 x 20 minutes a week and 2 x 30 minutes a week",
        "3 x 20 minutes a week, reviewed weekly",
        "three sessions, 20 minutes a week",
        "1.5 hours a week",
        "1:1 daily",
        "every other day for 10 minutes",
        "0 x 20 minutes a week",
    ],
)
def test_what_could_be_read_in_two_ways_is_not_stated(text: str) -> None:
    assert stated_quantity(text) is None


def test_what_is_planned_by_the_day_follows_the_school_days_of_the_week() -> None:
    daily = Quantity("day", 1, 15)
    assert [daily.planned("minutes", days) for days in (5, 4, 0)] == [75, 60, 0]
    assert THREE_TWENTIES.planned("minutes", 2) == 60
    assert THREE_TWENTIES.planned("sessions", 5) == 3
    assert Quantity("week", None, 30).planned("sessions", 5) is None


@given(
    times=st.integers(1, 20),
    minutes=st.integers(1, 120),
    period=st.sampled_from(["week", "day"]),
)
def test_plain_figures_are_read_as_they_stand(times: int, minutes: int, period: str) -> None:
    stated = stated_quantity(f"{times} x {minutes} minutes a {period}")
    assert stated is not None
    assert (stated.every, stated.sessions, stated.minutes) == (period, times, times * minutes)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    stated = stated_quantity(text)
    assert stated is None or stated.sessions is not None or stated.minutes is not None
