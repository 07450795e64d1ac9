"""When a run must wait for a person: at, below and above each limit."""

from __future__ import annotations

import pytest

from mis_bridge.services.intake.brake import Standing, why_stopped

LEAVE, LOSE = "too_many_would_leave", "too_many_would_lose_status"


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        (Standing(100, 20, 40, 4), ()),
        (Standing(100, 21, 40, 4), (LEAVE,)),
        (Standing(100, 20, 40, 5), (LOSE,)),
        (Standing(100, 21, 40, 5), (LEAVE, LOSE)),
        (Standing(4, 2, 2, 2), ()),
        (Standing(6, 3, 6, 3), (LEAVE, LOSE)),
        (Standing(0, 0, 0, 0), ()),
        (Standing(100, 6, 40, 0, limit_percent=5), (LEAVE,)),
        (Standing(100, 60, 40, 20, limit_percent=100), ()),
    ],
)
def test_the_brake_holds_above_its_limits_only(
    standing: Standing, reasons: tuple[str, ...]
) -> None:
    assert why_stopped(standing) == reasons
