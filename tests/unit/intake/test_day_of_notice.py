"""The day on which a matter came to attention: never later than the facts warrant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.services.intake.event_work import noticed

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("told", "day", "confirmed"),
    [
        ([(None, FRIDAY)], FRIDAY, False),
        ([(FRIDAY, FRIDAY)], FRIDAY, True),
        ([(FRIDAY - timedelta(days=3), FRIDAY)], FRIDAY - timedelta(days=3), True),
        ([(FRIDAY + timedelta(days=1), FRIDAY)], FRIDAY, False),
        ([(None, FRIDAY), (FRIDAY - timedelta(days=1), FRIDAY)], FRIDAY - timedelta(days=1), True),
        ([(FRIDAY, FRIDAY), (None, FRIDAY - timedelta(days=1))], FRIDAY - timedelta(days=1), False),
        ([(FRIDAY, FRIDAY), (None, FRIDAY)], FRIDAY, True),
    ],
)
def test_the_earliest_day_counts_and_is_confirmed_only_where_it_was_stated(
    told: list[tuple[date | None, date]], day: date, *, confirmed: bool
) -> None:
    assert noticed(told) == (day, confirmed)


@given(st.lists(st.tuples(st.none() | DAYS, DAYS), min_size=1))
def test_no_telling_makes_a_period_start_after_any_receipt(
    told: list[tuple[date | None, date]],
) -> None:
    day, _ = noticed(told)
    assert day <= min(received for _, received in told)
