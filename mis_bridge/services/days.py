"""Which day and time it is in Wales at a moment: duties count dates there, not in UTC."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

_WALES = ZoneInfo("Europe/London")


def day_in_wales(at: datetime) -> date:
    """Return the date that a clock on a wall in Wales shows at `at`."""
    return at.astimezone(_WALES).date()


def time_in_wales(at: datetime) -> str:
    """Return the time that a clock on a wall in Wales shows at `at`: `14:32`."""
    return at.astimezone(_WALES).strftime("%H:%M")
