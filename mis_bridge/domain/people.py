"""Child or young person: the day on which compulsory school age ends, and what follows from it."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

FRIDAY = 4
_ONE_DAY = timedelta(days=1)


class PersonKind(StrEnum):
    """How the Act sees a pupil: a child is one not over compulsory school age."""

    CHILD = "child"
    YOUNG_PERSON = "young_person"


def birthday(dob: date, age: int) -> date:
    """Return the day on which `age` is reached; a 29 February falls on 1 March in other years.

    Source: Family Law Reform Act 1969 s.9 (an age is reached as its anniversary begins).
    """
    year = dob.year + age
    try:
        return dob.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def school_leaving_date(year: int) -> date:
    """Return the last Friday in June of `year`.

    Source: Education Act 1996 s.8(3)-(4), with the school leaving date set for each year.
    """
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - FRIDAY) % 7)


def compulsory_school_age_ends(dob: date) -> date:
    """Return the last day of compulsory school age: the leaving date of the year of turning 16.

    Whoever turns 16 after that Friday, but before the next school year, ends on that same Friday;
    the school year is taken to begin on 1 September.

    Source: Education Act 1996 s.8(3).
    """
    sixteenth = birthday(dob, 16)
    year = sixteenth.year if sixteenth.month < 9 else sixteenth.year + 1
    return school_leaving_date(year)


def compulsory_school_age_begins(dob: date) -> date:
    """Return the first day of compulsory school age: the 5th birthday, or the next prescribed day.

    Source: Education Act 1996 s.8(2) (31 August, 31 December, 31 March).
    """
    fifth = birthday(dob, 5)
    prescribed = (
        date(year, month, 31)
        for year in (fifth.year, fifth.year + 1)
        for month in (3, 8, 12)
        if date(year, month, 31) >= fifth
    )
    return next(prescribed)


def leaving_date_needs_a_person(dob: date) -> bool:
    """Say whether the 16th birthday falls where only the school's own first day of term decides.

    A birthday in the first days of September may still lie before the school year begins.

    Source: Education Act 1996 s.8(3)(a).
    """
    sixteenth = birthday(dob, 16)
    return sixteenth.month == 9 and sixteenth.day <= 8


def person_kind(dob: date, on: date) -> PersonKind:
    """Return what the person is on `on`; a child becomes a young person overnight.

    Source: Additional Learning Needs and Education Tribunal (Wales) Act 2018 s.99(1).
    """
    return PersonKind.YOUNG_PERSON if on > compulsory_school_age_ends(dob) else PersonKind.CHILD


def young_person_from(dob: date) -> date:
    """Return the first day on which the person is a young person.

    Source: 2018 Act s.99(1); Education Act 1996 s.8(3).
    """
    return compulsory_school_age_ends(dob) + _ONE_DAY


def has_turned_25(dob: date, on: date) -> bool:
    """Say whether the person has reached 25, and so is no young person any more.

    Source: 2018 Act s.99(1) (under 25).
    """
    return on >= birthday(dob, 25)
