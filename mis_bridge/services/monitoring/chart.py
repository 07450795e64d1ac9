"""Where the bars of a chart stand: the page draws them, and a table gives the same numbers.

What is planned is an outline and what was delivered a solid bar inside it, with both numbers
beside: nothing is told by colour alone. The drawing is narrow enough to be read in a small frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from mis_bridge.domain.monitoring import Comparison
from mis_bridge.domain.words import Words

WIDTH: Final = 360
_BARS_FROM, _BARS_TO = 52, 270
_WEEK_HEIGHT, _COUNT_HEIGHT = 26, 44
_TOP: Final = 8


@dataclass(frozen=True, slots=True)
class WeekBar:
    """One week: its Monday, the top of its row, the widths of both bars, None where left out."""

    week_on: date
    top: int
    planned_width: int
    delivered_width: int
    planned: int | None
    delivered: int | None
    compared: bool


@dataclass(frozen=True, slots=True)
class WeekChart:
    """The weeks of one comparison, from top to bottom."""

    height: int
    left: int
    numbers_at: int
    bars: tuple[WeekBar, ...]


@dataclass(frozen=True, slots=True)
class CountBar:
    """One count: what it counts stands above its bar."""

    words: Words
    count: int
    top: int
    width: int


@dataclass(frozen=True, slots=True)
class CountChart:
    """Counts, from top to bottom."""

    height: int
    bars: tuple[CountBar, ...]


def week_chart(comparison: Comparison) -> WeekChart:
    """Place the bars of the weeks; the longest fills the room."""
    counted = comparison.counted
    most = max((max(week.planned or 0, week.delivered or 0) for week in counted), default=0)
    room = _BARS_TO - _BARS_FROM
    return WeekChart(
        _TOP * 2 + _WEEK_HEIGHT * len(comparison.weeks),
        _BARS_FROM,
        _BARS_TO + 6,
        tuple(
            WeekBar(
                week.week_on,
                _TOP + _WEEK_HEIGHT * row,
                *(
                    (_width(week.planned, most, room), _width(week.delivered, most, room))
                    if week.left_out is None
                    else (0, 0)
                ),
                week.planned,
                week.delivered,
                week.left_out is None,
            )
            for row, week in enumerate(comparison.weeks)
        ),
    )


def count_chart(counts: Sequence[tuple[Words, int]]) -> CountChart:
    """Place the bars of counts; the longest fills the room."""
    most = max((count for _, count in counts), default=0)
    return CountChart(
        _TOP + _COUNT_HEIGHT * len(counts),
        tuple(
            CountBar(words, count, _TOP + _COUNT_HEIGHT * row, _width(count, most, WIDTH - 60))
            for row, (words, count) in enumerate(counts)
        ),
    )


def _width(amount: int | None, most: int, room: int) -> int:
    return 0 if not amount or not most else max(1, round(amount / most * room))
