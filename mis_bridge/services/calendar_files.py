"""Term dates out of a file: CSV or iCalendar. What is not understood is refused, never left out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

TERM, HALF_TERM, INSET, BANK_HOLIDAY, CLOSURE = (
    "terms",
    "half_terms",
    "inset_days",
    "bank_holidays",
    "closures",
)
_SPANS = frozenset({TERM, HALF_TERM})
_KIND = {"kind", "type", "math"}
_FIRST = {"start", "first", "from", "date", "dechrau", "o", "dyddiad"}
_LAST = {"end", "last", "to", "diwedd", "hyd"}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_LONGEST = 1_000_000

# A half term is asked for before a term, whose word it contains.
_WORDS_OF: tuple[tuple[str, re.Pattern[str]], ...] = (
    (HALF_TERM, re.compile(r"half[ _-]?terms?|hanner[ _-]?tymor")),
    (INSET, re.compile(r"inset|training day|hms|diwrnod hyfforddi")),
    (BANK_HOLIDAY, re.compile(r"bank[ _-]?holidays?|public holiday|g[wŵ]yl(iau)? (y )?banc")),
    (CLOSURE, re.compile(r"clos(ure|ed)|ar gau|cau")),
    (TERM, re.compile(r"terms?|tymor|tymhorau")),
)


class CalendarFileRefused(Problem):
    """A file of term dates cannot be used; the words name the line."""


@dataclass(frozen=True, slots=True)
class _Entry:
    line: int
    kind: str
    first: date
    last: date


def read_calendar(text: str) -> dict[str, Any]:
    """Return the lists of a calendar (`terms`, `half_terms`, `inset_days`...) from a file's text.

    CSV has a heading with `kind`, `start` and `end` (or `math`, `dechrau`, `diwedd`); iCalendar has
    an event a span, known by its summary or category. Dates are `YYYY-MM-DD` or `DD/MM/YYYY`.
    Raises CalendarFileRefused.
    """
    if len(text) > _LONGEST:
        raise CalendarFileRefused(_TOO_LONG)
    plain = text.removeprefix("\ufeff")
    entries = list(_events(plain) if "BEGIN:VCALENDAR" in plain.upper() else _rows(plain))
    if not entries:
        raise CalendarFileRefused(_EMPTY)
    calendar: dict[str, Any] = {
        TERM: [],
        HALF_TERM: [],
        INSET: [],
        BANK_HOLIDAY: [],
        CLOSURE: [],
    }
    for entry in entries:
        if entry.last < entry.first or entry.last - entry.first > timedelta(days=366):
            raise CalendarFileRefused(_BAD_SPAN.fill(line=entry.line))
        if entry.kind in _SPANS:
            calendar[entry.kind].append([entry.first.isoformat(), entry.last.isoformat()])
        else:
            days = (entry.last - entry.first).days + 1
            calendar[entry.kind] += [
                (entry.first + timedelta(days=n)).isoformat() for n in range(days)
            ]
    return {name: sorted(set(map(_frozen, values))) for name, values in calendar.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _rows(text: str) -> Iterator[_Entry]:
    lines = csv.reader(StringIO(text), delimiter=_delimiter(text))
    heading: dict[str, int] | None = None
    for number, cells in enumerate(lines, start=1):
        row = [cell.strip() for cell in cells]
        if not any(row) or row[0].startswith("#"):
            continue
        if heading is None:
            heading = _heading(row, number)
            continue
        kind = _kind_of(_cell(row, heading["kind"]), number)
        first = _day(_cell(row, heading["first"]), number)
        last = _cell(row, heading["last"]) if heading["last"] >= 0 else ""
        yield _Entry(number, kind, first, _day(last, number) if last else first)


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _heading(row: list[str], number: int) -> dict[str, int]:
    names = [name.casefold() for name in row]
    places = {
        "kind": _place(names, _KIND),
        "first": _place(names, _FIRST),
        "last": _place(names, _LAST),
    }
    if places["kind"] < 0 or places["first"] < 0:
        raise CalendarFileRefused(_NO_HEADING.fill(line=number))
    return places


def _place(names: list[str], known: set[str]) -> int:
    return next((place for place, name in enumerate(names) if name in known), -1)


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _kind_of(said: str, line: int) -> str:
    told = said.casefold()
    for kind, words in _WORDS_OF:
        if words.search(told):
            return kind
    raise CalendarFileRefused(_UNKNOWN_KIND.fill(line=line))


def _day(written: str, line: int) -> date:
    turned = _DAY_FIRST.fullmatch(written)
    try:
        if turned is not None:
            return date(int(turned[3]), int(turned[2]), int(turned[1]))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{8}", written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise CalendarFileRefused(_BAD_DATE.fill(line=line))


def _events(text: str) -> Iterator[_Entry]:
    event: dict[str, str] | None = None
    for number, line in _unfolded(text):
        name, _, value = line.partition(":")
        key = name.partition(";")[0].upper()
        if (key, value.upper()) == ("BEGIN", "VEVENT"):
            event = {"line": str(number)}
        elif (key, value.upper()) == ("END", "VEVENT") and event is not None:
            yield _event(event)
            event = None
        elif event is not None and key in {"DTSTART", "DTEND", "SUMMARY", "CATEGORIES", "RRULE"}:
            event[key] = value.strip()


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield logical lines with the number of their first; a line that begins blank goes on."""
    held, at = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line[:1] in {" ", "\t"}:
            held += line[1:]
            continue
        if held:
            yield at, held
        held, at = line, number
    if held:
        yield at, held


def _event(event: dict[str, str]) -> _Entry:
    line = int(event["line"])
    if "RRULE" in event or "DTSTART" not in event:
        raise CalendarFileRefused(_REPEATED.fill(line=line))
    kind = _kind_of(f"{event.get('CATEGORIES', '')} {event.get('SUMMARY', '')}", line)
    first = _day(event["DTSTART"][:8], line)
    if "DTEND" not in event:
        return _Entry(line, kind, first, first)
    end = _day(event["DTEND"][:8], line)
    # Whole-day events end on the day before DTEND; timed ones on the day itself.
    whole_days = "T" not in event["DTEND"]
    return _Entry(line, kind, first, end - timedelta(days=1) if whole_days and end > first else end)


_TOO_LONG = Words("the file is longer than a calendar can be", "mae'r ffeil yn hirach na chalendr")
_EMPTY = Words(
    "the file holds no dates; it needs a heading kind,start,end and a line for each term",
    "nid oes dyddiadau yn y ffeil; mae angen pennawd math,dechrau,diwedd a llinell i bob tymor",
)
_NO_HEADING = Words(
    "line {line} is no heading; write kind,start,end above the dates",
    "nid pennawd yw llinell {line}; ysgrifennwch math,dechrau,diwedd uwchben y dyddiadau",
)
_UNKNOWN_KIND = Words(
    "line {line} is none of term, half term, INSET day, bank holiday or closure; say which it is",
    "nid tymor, hanner tymor, diwrnod HMS, gŵyl banc na diwrnod ar gau yw llinell {line}; "
    "dywedwch pa un ydyw",
)
_BAD_DATE = Words(
    "line {line} holds no date as YYYY-MM-DD or DD/MM/YYYY",
    "nid oes dyddiad fel BBBB-MM-DD neu DD/MM/BBBB ar linell {line}",
)
_BAD_SPAN = Words(
    "on line {line} the end lies before the start, or more than a year after it",
    "ar linell {line} mae'r diwedd cyn y dechrau, neu fwy na blwyddyn ar ei ôl",
)
_REPEATED = Words(
    "the event on line {line} repeats or has no start; give each span by itself",
    "mae'r digwyddiad ar linell {line} yn ailadrodd neu heb ddechrau; rhowch bob cyfnod ar wahân",
)
