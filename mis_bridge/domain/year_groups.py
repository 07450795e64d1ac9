"""The year group a pupil was in, in a named school year: as recorded, moved on, or by age."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_BELOW_YEAR_1 = {"N1": -2, "N2": -1, "R": 0}
_LAST_GROUP = 14
_SCHOOL_YEAR = re.compile(r"[0-9]{4}-[0-9]{4}")
_SCHOOL_YEAR_BEGINS = (9, 1)

FIRST_YEAR = 2021
GROUPS: Mapping[str, int] = _BELOW_YEAR_1 | {str(year): year for year in range(1, _LAST_GROUP + 1)}
YEAR_11 = 11


class KnownBy(StrEnum):
    """How a year group is known; only a recorded one is what the Orders ask for."""

    RECORDED = "recorded"
    MOVED_ON = "moved_on"
    BIRTH = "birth"


@dataclass(frozen=True, slots=True)
class YearGroup:
    """A year group as a number (Reception 0, N2 -1, N1 -2), and how it is known."""

    number: int
    known_by: KnownBy

    @property
    def code(self) -> str:
        """The group as it is written: `N1`, `R`, `7`; whoever is younger is `below_school`."""
        if self.number < _BELOW_YEAR_1["N1"]:
            return "below_school"
        return next(
            (code for code, at in _BELOW_YEAR_1.items() if at == self.number), str(self.number)
        )


@dataclass(frozen=True, slots=True, repr=False)
class YearGroups:
    """What is known of the groups a pupil was in; `recorded` maps a school year to a number.

    A school year is named by the calendar year in which it begins. `undated` is a group recorded
    without its school year.
    """

    dob: date | None = None
    recorded: Mapping[int, int] = field(default_factory=dict)
    undated: int | None = None
    undated_year: int | None = None

    def __repr__(self) -> str:
        return f"YearGroups(recorded={dict(self.recorded)!r})"

    def in_year(self, year: int) -> YearGroup | None:
        """Return the group in the school year that begins in `year`, None where nothing is known.

        The recorded group of that year wins; else the nearest recorded one is moved on year by
        year; only then is the date of birth asked.

        Source: art. 1(2) of S.I. 2021/1243 and of each later Order (the year group in which most
        of the class reach an age).
        """
        known = self._known()
        if year in known:
            return YearGroup(known[year], KnownBy.RECORDED)
        if known:
            nearest = min(known, key=lambda other: (abs(other - year), other > year))
            return YearGroup(known[nearest] + year - nearest, KnownBy.MOVED_ON)
        if self.dob is None:
            return None
        return YearGroup(group_by_age(self.dob, year), KnownBy.BIRTH)

    @property
    def against_age(self) -> tuple[int, ...]:
        """The school years whose recorded group is not the one that the date of birth gives."""
        if self.dob is None:
            return ()
        dob = self.dob
        return tuple(
            year
            for year, group in sorted(self._known().items())
            if group_by_age(dob, year) != group
        )

    @property
    def is_undated(self) -> bool:
        """Whether a group is recorded without its year, and age does not tell the year."""
        return self.undated is not None and self._fitting(self.undated) is None

    def _known(self) -> Mapping[int, int]:
        if self.undated is None:
            return self.recorded
        return {self._year_of(self.undated): self.undated, **self.recorded}

    def _year_of(self, undated: int) -> int:
        """Return the year in which the age fits the group, else the year that is asked about."""
        return self._fitting(undated) or self.undated_year or FIRST_YEAR

    def _fitting(self, undated: int) -> int | None:
        if self.dob is None:
            return None
        fits = undated - group_by_age(self.dob, 0)
        return fits if FIRST_YEAR <= fits <= (self.undated_year or fits) else None


def group_by_age(dob: date, year: int) -> int:
    """Return the group that age alone gives in the school year beginning in `year`.

    Source: art. 1(2) of S.I. 2021/1243 (Reception for those who reach 5 in it, Year 1 for 6, ...).
    """
    born_in = dob.year if (dob.month, dob.day) >= _SCHOOL_YEAR_BEGINS else dob.year - 1
    return year - born_in - 5


def school_year_of(day: date) -> int:
    """Return the calendar year in which the school year of `day` begins, on 1 September.

    Source: Education Act 1996 s.579(1); the Orders name their days in that frame.
    """
    return day.year if (day.month, day.day) >= _SCHOOL_YEAR_BEGINS else day.year - 1


def school_year_name(year: int) -> str:
    """Return the name of the school year that begins in `year`: `2021-2022`."""
    return f"{year}-{year + 1}"


def named_school_year(name: str) -> int:
    """Return the year in which the school year `2021-2022` begins; ValueError for another form."""
    if not _SCHOOL_YEAR.fullmatch(name) or int(name[5:]) != int(name[:4]) + 1:
        msg = "not a school year as 2021-2022"
        raise ValueError(msg)
    return int(name[:4])
