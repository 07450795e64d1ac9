"""A school's or college's calendar: which days count, and how a count of days goes through it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal, TypeVar, get_args

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

CalendarKind = Literal["school", "fei"]
Span = tuple[date, date]
_Day = TypeVar("_Day", bound=Span | date)

_ONE_DAY = timedelta(days=1)
_WEEKEND = frozenset({6, 0})  # the ordinals of Saturdays and Sundays, modulo 7
_SUMMER = timedelta(days=45)
_ISO_DATE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


class LeftOut(StrEnum):
    """Why a day between two dates is not counted; the first that fits is the one given."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    HALF_TERM = "half_term"
    BANK_HOLIDAY = "bank_holiday"
    INSET = "inset"
    CLOSURE = "closure"


class CalendarTooShort(Problem):
    """A count needs a school year that the calendar does not hold: `missing`, as `2026-27`."""

    def __init__(self, missing: str) -> None:
        super().__init__(
            Words(
                f"due date not known: no calendar for {missing}",
                f"dyddiad cau ddim yn hysbys: dim calendr ar gyfer {missing}",
            )
        )
        self.missing = missing


class CalendarRefused(Problem):
    """A calendar cannot be read; `place` names the calendar and the key."""

    def __init__(self, place: str, words: Words) -> None:
        super().__init__(Words(f"calendar {place}: {words.en}", f"calendr {place}: {words.cy}"))
        self.place = place


def school_year(day: date) -> str:
    """Return the school year of `day`, as `2026-27`; August belongs to the year that it opens.

    Source: Education Act 1996 s.579(1) (a school year begins with the first term after July).
    """
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """Terms, less everything that is no school session; one version of one school's or college's.

    `terms` and `half_terms` are (first, last) pairs, both ends included. For a college (`fei`) the
    days counted are its term-time days, and its staff days stand under `inset_days`.
    """

    name: str
    kind: CalendarKind
    terms: tuple[Span, ...]
    half_terms: tuple[Span, ...] = ()
    inset_days: tuple[date, ...] = ()
    bank_holidays: tuple[date, ...] = ()
    closures: tuple[date, ...] = ()
    _counted: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _inside: frozenset[int] = field(init=False, repr=False, compare=False)
    _reasons: dict[int, LeftOut] = field(init=False, repr=False, compare=False)
    _begins: int = field(init=False, repr=False, compare=False)
    _holes: tuple[tuple[int, int, str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        inside = {day for first, last in self.terms for day in _days(first, last)}
        halves = (day for first, last in self.half_terms for day in _days(first, last))
        # The first reason that fits is the one given, so the first is written last.
        lists = (
            (LeftOut.CLOSURE, self.closures),
            (LeftOut.INSET, self.inset_days),
            (LeftOut.BANK_HOLIDAY, self.bank_holidays),
            (LeftOut.HALF_TERM, halves),
        )
        reasons = {day.toordinal(): reason for reason, days in lists for day in days}
        weekdays = {day.toordinal() for day in inside if day.weekday() < 5}
        object.__setattr__(self, "_counted", tuple(sorted(weekdays - reasons.keys())))
        object.__setattr__(self, "_inside", frozenset(day.toordinal() for day in inside))
        object.__setattr__(self, "_reasons", reasons)
        years = sorted({day.year if day.month >= 8 else day.year - 1 for day in inside})
        held = range(years[0], years[-1] + 1) if years else range(0)
        object.__setattr__(self, "_begins", date(years[0], 8, 1).toordinal() if years else 0)
        holes = ((date(y, 8, 1), date(y + 1, 7, 31)) for y in held if y not in years)
        named = tuple((a.toordinal(), z.toordinal(), school_year(a)) for a, z in holes)
        object.__setattr__(self, "_holes", named)

    def is_school_day(self, day: date) -> bool:
        """Say whether the school meets on `day`: Monday to Friday, in a term, and in no other list.

        Source: Education Act 1996 s.579(1); for a college S.I. 2021/401 reg. 13(4).
        """
        place = bisect_right(self._counted, day.toordinal())
        return place > 0 and self._counted[place - 1] == day.toordinal()

    def add_school_days(self, start: date, count: int) -> date:
        """Return the `count`-th school day after `start`; `start` itself is not counted.

        Raises `CalendarTooShort` where the count leaves the calendar, or crosses or begins in a
        school year of which the calendar holds no term.

        Source: Education Act 1996 s.579(1); the ALN Code's periods as S.I. 2021/401 regs 10(3) and
        12(1) count theirs (beginning with the day after).
        """
        if count < 1:
            msg = "a count of school days begins at one"
            raise ValueError(msg)
        eve = start.toordinal()
        place = bisect_right(self._counted, eve) + count - 1
        if place >= len(self._counted):
            raise CalendarTooShort(self._year_missing_after(start))
        end = self._counted[place]
        self._refuse_gap(eve, end)
        return date.fromordinal(end)

    def school_days_between(self, start: date, until: date) -> int:
        """Return how many school days lie after `start`, up to and including `until`.

        Raises `CalendarTooShort` where `until` lies past the last term or a year is missing.

        Source: Education Act 1996 s.579(1).
        """
        if until <= start:
            return 0
        if not self.terms or until > max(last for _, last in self.terms):
            raise CalendarTooShort(self._year_missing_after(start))
        eve, end = start.toordinal(), until.toordinal()
        self._refuse_gap(eve, end)
        return bisect_right(self._counted, end) - bisect_right(self._counted, eve)

    def left_out(self, start: date, until: date) -> dict[str, int]:
        """Return, by reason, how many days after `start` up to `until` do not count.

        Source: Education Act 1996 s.579(1) (a day without a session is no school day).
        """
        span = range(start.toordinal() + 1, until.toordinal() + 1)
        reasons = Counter(self._why_not(day) for day in span)
        return {reason.value: reasons[reason] for reason in LeftOut if reasons[reason]}

    def to_json(self) -> dict[str, object]:
        """Return the calendar as `explain` and the import take it, without `extends`.

        Source: Education Act 1996 s.579(1) (a calendar per school).
        """
        return {
            "kind": self.kind,
            "terms": [[first.isoformat(), last.isoformat()] for first, last in self.terms],
            "half_terms": [
                [first.isoformat(), last.isoformat()] for first, last in self.half_terms
            ],
            "inset_days": [day.isoformat() for day in self.inset_days],
            "bank_holidays": [day.isoformat() for day in self.bank_holidays],
            "closures": [day.isoformat() for day in self.closures],
        }

    def _why_not(self, day: int) -> LeftOut | None:
        if day % 7 in _WEEKEND:
            return LeftOut.WEEKEND
        return LeftOut.HOLIDAY if day not in self._inside else self._reasons.get(day)

    def _refuse_gap(self, start: int, end: int) -> None:
        if start + 1 < self._begins:
            raise CalendarTooShort(school_year(date.fromordinal(start + 1)))
        for begins, ends, year in self._holes:
            if start < ends and end >= begins:
                raise CalendarTooShort(year)

    def _year_missing_after(self, start: date) -> str:
        asked = school_year(start + _ONE_DAY)
        if not self.terms:
            return asked
        # A last term that ends in summer leaves the next school year missing, and not its own.
        last = max(end for _, end in self.terms)
        begun = start.toordinal() + 1 >= self._begins
        return max(asked, school_year(last + _SUMMER)) if begun else asked


def calendar_from_json(
    spec: object, name: str, bases: Mapping[str, object] | None = None
) -> SchoolCalendar:
    """Read one CALENDAR of the `explain` contract; `bases` holds the calendars it may extend.

    Every list given is added to the base's. Raises `CalendarRefused` for an unknown key, a date
    that is none, a span that ends before it begins, an unknown base or a circle of bases.

    Source: Education Act 1996 s.579(1) (a calendar per school).
    """
    return _read(spec, name, bases or {}, ())


def _read(
    spec: object, name: str, bases: Mapping[str, object], above: tuple[str, ...]
) -> SchoolCalendar:
    if not isinstance(spec, Mapping):
        raise CalendarRefused(name, Words("is not an object", "nid yw'n wrthrych"))
    if unknown := sorted(str(key) for key in spec if key not in _KEYS):
        raise CalendarRefused(f"{name}.{unknown[0]}", Words("unknown key", "allwedd anhysbys"))
    base = _base(spec.get("extends"), name, bases, above)
    kind = spec.get("kind") or (base.kind if base else None)
    if kind not in get_args(CalendarKind):
        raise CalendarRefused(
            f"{name}.kind", Words('say "school" or "fei"', 'rhowch "school" neu "fei"')
        )
    return SchoolCalendar(
        name=name,
        kind="fei" if kind == "fei" else "school",
        terms=_merged(base.terms if base else (), _spans(spec, "terms", name)),
        half_terms=_merged(base.half_terms if base else (), _spans(spec, "half_terms", name)),
        inset_days=_merged(base.inset_days if base else (), _dates(spec, "inset_days", name)),
        bank_holidays=_merged(
            base.bank_holidays if base else (), _dates(spec, "bank_holidays", name)
        ),
        closures=_merged(base.closures if base else (), _dates(spec, "closures", name)),
    )


_KEYS = frozenset(
    {"kind", "extends", "terms", "half_terms", "inset_days", "bank_holidays", "closures"}
)


def _base(
    named: object, name: str, bases: Mapping[str, object], above: tuple[str, ...]
) -> SchoolCalendar | None:
    if named is None:
        return None
    place = f"{name}.extends"
    if not isinstance(named, str) or named not in bases:
        raise CalendarRefused(place, Words("no calendar of that name", "dim calendr o'r enw hwnnw"))
    if named == name or named in above:
        raise CalendarRefused(
            place, Words("a calendar cannot extend itself", "ni all calendr estyn ei hun")
        )
    return _read(bases[named], named, bases, (*above, name))


def _listed(spec: Mapping[str, object], key: str, name: str) -> list[object]:
    value = spec.get(key)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise CalendarRefused(f"{name}.{key}", Words("is not a list", "nid yw'n rhestr"))
    return list(value)


def _dates(spec: Mapping[str, object], key: str, name: str) -> tuple[date, ...]:
    place = f"{name}.{key}"
    return tuple(_date(value, place) for value in _listed(spec, key, name))


def _spans(spec: Mapping[str, object], key: str, name: str) -> tuple[Span, ...]:
    place = f"{name}.{key}"
    spans: list[Span] = []
    for value in _listed(spec, key, name):
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise CalendarRefused(
                place, Words("give [first, last]", "rhowch [dydd cyntaf, dydd olaf]")
            )
        first, last = _date(value[0], place), _date(value[1], place)
        if last < first:
            raise CalendarRefused(
                place,
                Words("{first} is after {last}", "mae {first} ar ôl {last}").fill(
                    first=first, last=last
                ),
            )
        if last - first > timedelta(days=366):
            raise CalendarRefused(
                place,
                Words("longer than a year: {first}", "hirach na blwyddyn: {first}").fill(
                    first=first
                ),
            )
        spans.append((first, last))
    return tuple(spans)


def _date(value: object, place: str) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _ISO_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise CalendarRefused(
        place, Words("give dates as YYYY-MM-DD", "rhowch ddyddiadau fel YYYY-MM-DD")
    )


def _merged(first: tuple[_Day, ...], second: tuple[_Day, ...]) -> tuple[_Day, ...]:
    return tuple(sorted({*first, *second}))


def _days(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)
