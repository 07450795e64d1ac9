"""The calendar that a case names, read from the document's calendars when it is needed."""

from __future__ import annotations

from collections.abc import Mapping

from mis_bridge.domain.calendar import CalendarRefused, SchoolCalendar, calendar_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.explain.cases import BadCase, Facts, text


def named_calendar(
    given: Facts, calendars: Mapping[str, object], key: str = "calendar"
) -> SchoolCalendar | None:
    """Return the calendar that `given` names, None where it names none."""
    name = text(given, key)
    if name is None:
        return None
    if name not in calendars:
        raise BadCase(key, Words("no calendar of that name", "dim calendr o'r enw hwnnw"))
    try:
        return calendar_from_json(calendars[name], name, calendars)
    except CalendarRefused as refused:
        raise BadCase(key, refused.words) from refused
