"""Dates as an MIS writes them: read where there is one way to, refused where there are two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mappings.values import UNREADABLE, Mark

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]\d.*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T.*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: \d.*)?", re.ASCII)
_IN_WORDS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|ain|af|il|ydd|ed|fed|eg)?[ -]([^\W\d_]+)[ -](\d{4})"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan ionawr ion",
            "february feb chwefror chwef",
            "march mar mawrth maw",
            "april apr ebrill ebr",
            "may mai",
            "june jun mehefin meh",
            "july jul gorffennaf gorff",
            "august aug awst",
            "september sep sept medi",
            "october oct hydref hyd",
            "november nov tachwedd tach",
            "december dec rhagfyr rhag",
        ),
        start=1,
    )
    for name in names.split()
}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NEVER = frozenset({"0000-00-00", "9999-12-31", "00/00/0000", "31/12/9999", "99991231", "00000000"})


def read_date(value: object) -> str | Mark | None:
    """Return the local date as `YYYY-MM-DD`; None for an empty value, UNREADABLE for a doubt.

    Read are ISO dates and date-times (the date as written, never shifted by the offset),
    `yyyymmdd`, `dd/mm/yyyy` with `/`, `.` or `-`, a day with the month in words, and the date
    objects of PHP and Arbor (`{"date": "2014-02-17 00:00:00"}`). A year of two digits is
    UNREADABLE.
    """
    if value.__class__ is dict or isinstance(value, Mapping):
        value = value.get("date", UNREADABLE)
    if isinstance(value, str):
        return _read_text(value)
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return _read_text(str(value))
    return UNREADABLE


@lru_cache(maxsize=65_536)
def _read_text(text: str) -> str | Mark | None:
    text = text.strip()
    if not text or text[:10] in _NEVER:
        return None
    if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = found.group(1, 2, 3)
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.group(1, 3, 4)
    elif (found := _IN_WORDS.fullmatch(text)) and (number := _MONTHS.get(found[2].casefold())):
        day, month, year = found[1], str(number), found[3]
    else:
        return UNREADABLE
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        return UNREADABLE
    return read.isoformat() if _FIRST_YEAR <= read.year <= _LAST_YEAR else UNREADABLE


def read_stamp(value: object) -> str | Mark | None:
    """Return a vendor's time stamp as an ISO instant in UTC, in a form that sorts.

    An offset, or the time zone of a PHP date object, is taken to UTC; a stamp that names no zone is
    kept as written, without one.
    """
    zone: str | None = None
    if isinstance(value, Mapping):
        zone = value.get("timezone") if isinstance(value.get("timezone"), str) else None
        value = value.get("date", UNREADABLE)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return UNREADABLE
    return _stamp_of(value.strip(), zone)


@lru_cache(maxsize=4096)
def _stamp_of(text: str, zone: str | None) -> str | Mark | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        day = _read_text(text)
        return f"{day}T00:00:00.000000" if isinstance(day, str) else day
    if read.tzinfo is None and zone is not None:
        try:
            read = read.replace(tzinfo=ZoneInfo(zone))
        except (ValueError, ZoneInfoNotFoundError):
            return read.isoformat(timespec="microseconds")
    if read.tzinfo is not None:
        read = read.astimezone(UTC)
    return read.isoformat(timespec="microseconds")
