"""The calendar that a case names, read from the document's calendars when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mis_bridge.domain.calendar import CalendarRefused, SchoolCalendar, calendar_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.explain.cases import BadCase, Facts, text


class DocumentCalendars(Mapping[str, object]):
    """The calendars of one document as written; each is read once, when a case first names it."""

    def __init__(self, written: Mapping[str, object]) -> None:
        self._written = written
        self._read: dict[str, SchoolCalendar] = {}

    def __getitem__(self, name: str) -> object:
        return self._written[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)

    def read(self, name: str) -> SchoolCalendar:
        """Return the calendar `name`; raises `CalendarRefused`."""
        if name not in self._read:
            self._read[name] = calendar_from_json(self._written[name], name, self._written)
        return self._read[name]


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
        if isinstance(calendars, DocumentCalendars):
            return calendars.read(name)
        return calendar_from_json(calendars[name], name, calendars)
    except CalendarRefused as refused:
        raise BadCase(key, refused.words) from refused
