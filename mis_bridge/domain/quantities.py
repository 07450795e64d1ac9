"""How much provision a text states, where it states it in one way only: never an estimate.

A text that says two things, a range, "up to", or a course of some weeks states nothing that could
be counted week by week. Read are English and Welsh.
Source: ALN Code for Wales 2021 23.37 (detailed, specific and quantified; as reported).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["minutes", "sessions"]
Every = Literal["day", "week"]

MOST_CHARACTERS: Final = 5_000

# Longer names come first, so that "twenty-five" is not read as "twenty".
_NUMBERS: Final = {
    "forty-five": 45, "forty five": 45, "twenty-five": 25, "twenty five": 25,
    "thirty-five": 35, "thirty five": 35, "fifteen": 15, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "pymtheg": 15, "pumtheg": 15, "ugain": 20, "deugain": 40, "trigain": 60,
    "un": 1, "dau": 2, "ddau": 2, "dwy": 2, "ddwy": 2, "tri": 3, "dri": 3, "thri": 3, "tair": 3,
    "dair": 3, "thair": 3, "pedwar": 4, "bedwar": 4, "pedair": 4, "bedair": 4, "pump": 5,
    "bump": 5, "pum": 5, "bum": 5, "chwech": 6, "chwe": 6, "saith": 7, "wyth": 8, "naw": 9,
    "deg": 10, "ddeg": 10, "deng": 10,
}  # fmt: skip
_TIMES: Final = {
    "once": 1, "twice": 2, "thrice": 3, "unwaith": 1, "dwywaith": 2, "ddwywaith": 2,
    "teirgwaith": 3, "deirgwaith": 3, "pedairgwaith": 4,
}  # fmt: skip
_WORD: Final = re.compile(
    r"\b(" + "|".join(sorted([*_NUMBERS, *_TIMES], key=len, reverse=True)) + r")\b"
)

# Words that let an amount be another one, or that end the provision after some time.
_NOT_CERTAIN: Final = re.compile(
    r"\b(up to|at least|at most|no more than|no less than|a minimum|a maximum|minimum of|"
    r"maximum of|approximately|approx|about|around|roughly|or|between|typically|usually|"
    r"as (and when )?(needed|required|appropriate|necessary)|where (possible|appropriate)|"
    r"hyd at|o leiaf|o leia|dim mwy na|ddim mwy na|tua|oddeutu|neu|rhwng|fel arfer|"
    r"(yn ol|fel|lle|pan|os) (yr |y |bydd |bo )*(angen|bo.n briodol|modd))\b"
    r"|\b\d+ ?(-|–|to|i) ?\d+\b|\d[.,]\d"  # noqa: RUF001 - the dash that Word writes
)
_COURSE: Final = re.compile(
    r"\b(for|over|during|lasting|am|dros|yn ystod|o fewn) (a |the |y |yr )?(next |first )?"
    r"(\d+ )?(school )?(weeks?|fortnights?|months?|half[- ]terms?|terms?|wythnos(au)?|"
    r"pythefnos|mis(oedd)?|hanner tymor|tymor|tymhorau)\b"
)
_OTHER_PERIOD: Final = re.compile(
    r"\b(fortnight(ly)?|month(ly)?|half[- ]term(ly)?|term(ly)?|year(ly)?|annual(ly)?|pythefnos|"
    r"mis|fisol|hanner tymor|tymor|dymor|dymhorol|flwyddyn|blwyddyn|alternate|other (day|week)|"
    r"yn ail (ddiwrnod|wythnos)|every lesson|each lesson|all lessons|pob gwers|bob gwers)\b"
)
_ALONE: Final = re.compile(r"\b(one|1|un)([- ]?(to|i|:)[- ]?|-)(one|1|un)\b")

_LENGTHS: Final = (
    (re.compile(r"\b(\d+) hours? and a half\b|\b(\d+) awr a hanner\b"), 60, 30),
    (re.compile(r"\b(an hour|awr) (and a|a) (half|hanner)\b"), 0, 90),
    (re.compile(r"\bthree[- ]quarters of an hour\b|\b(3|tri) chwarter awr\b"), 0, 45),
    (re.compile(r"\b(half an|half[- ]a[n]?|half)[- ]hours?\b|\bhanner awr\b"), 0, 30),
    (re.compile(r"\b(a )?quarter of an hour\b|\bchwarter awr\b"), 0, 15),
    (re.compile(r"\b(\d+)[- ]?(?:minutes?|mins?|munud(?:au)?|o funudau)\b"), 1, 0),
    (re.compile(r"\b(\d+)[- ]?(?:hours?|hrs?|awr)\b"), 60, 0),
    (re.compile(r"\b(an|one) hour\b|\bawr\b"), 0, 60),
)
_UNREAD_LENGTH: Final = re.compile(
    r"\b(minutes?|mins?|hours?|hrs?|munud(au)?|funud(au)?|awr|oriau)\b"
)
_ONCE: Final = r"(?:session|lesson|visit|slot|sesiwn|gwers|ymweliad)"
_SOME: Final = (
    r"(?:sessions?|lessons?|visits?|times|slots?|sesiwn|sesiynau|gwers|gwersi|ymweliad|"
    r"ymweliadau|gwaith)"
)
_LINK: Final = r"(?: ?(?:of|for|lasting|o|am|yn para|\(|x) ?)?"
_PER: Final = r"(?:a|per|each|every|in a|in each|in every|y|yr|bob|pob|mewn)"
_PERIOD: Final = (
    rf"(?:,? ?{_PER} (?P<per>(?:school )?day|diwrnod(?: ysgol)?|dydd|week|wythnos)"
    r"|,? (?P<ly>daily|weekly|yn ddyddiol|yn wythnosol))\b"
)
_COUNT: Final = r"(?<![\d:./<-])\b(?P<count>\d+)"
_LOOSE: Final = re.compile(rf"{_COUNT}(?: ?x\b| {_SOME}\b)")
# 3 x <20>, 3 <20> sessions, 3 sessions of <20>, 3 times: then how often.
_COUNTED: Final = tuple(
    re.compile(rf"{_COUNT}{amount}{_PERIOD}")
    for amount in (
        rf" ?x ?<\d+>(?: {_SOME})?",
        rf"[ -]<\d+>[- ]{_SOME}",
        rf" {_SOME}(?:{_LINK} ?<\d+>\)?)?",
        r" ?x",
    )
)
_ADJECTIVE: Final = re.compile(rf"{_COUNT} (?P<ly>daily|weekly) (?:<\d+>[- ]?)?{_SOME}\b")
_TOTAL: Final = re.compile(rf"<\d+>{_PERIOD}")
_ONE_OF: Final = re.compile(rf"<\d+>[- ]{_ONCE}{_PERIOD}")
_EVERY: Final = re.compile(
    r"\b(?P<per>daily|weekly|yn ddyddiol|yn wythnosol|"
    r"(?:every|each|bob|pob) (?:(?:school )?day|diwrnod(?: ysgol)?|dydd|week|wythnos))\b"
)
_NAMES_ONE: Final = re.compile(rf"\b{_ONCE}\b")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text states for every school day or every week.

    `sessions` or `minutes` (of all sessions of the day or week together) is None where the text
    does not state it.
    """

    every: Every
    sessions: int | None
    minutes: int | None

    def planned(self, unit: Unit, school_days: int) -> int | None:
        """Return what the text plans for a week with so many school days, None if it is unsaid.

        What is stated by the week holds for a week of any length; what is stated by the day, for
        each school day.
        """
        amount = self.sessions if unit == "sessions" else self.minutes
        if amount is None:
            return None
        return amount * school_days if self.every == "day" else amount


def stated_quantity(text: str) -> Quantity | None:
    """Return what a provision's text states, None where it is not stated in one clear way.

    Source: ALN Code for Wales 2021 23.37 (as reported).
    """
    plain = _numbered(_folded(text[:MOST_CHARACTERS]))
    if _NOT_CERTAIN.search(plain) or _COURSE.search(plain) or _OTHER_PERIOD.search(plain):
        return None
    plain, lengths = _with_lengths(plain)
    if _UNREAD_LENGTH.search(plain) or len(lengths) > 1:
        return None
    length = lengths[0] if lengths else None
    counted = [found for pattern in (*_COUNTED, _ADJECTIVE) for found in pattern.finditer(plain)]
    if counted:
        found = counted[0]
        count = int(found["count"])
        if len(counted) > 1 or not count or not _alone(found, plain):
            return None
        return Quantity(_every(found), count, None if length is None else count * length)
    return _uncounted(plain, length)


def _uncounted(plain: str, length: int | None) -> Quantity | None:
    """Read a text that says how long and how often, but not how many times."""
    for pattern, sessions in ((_ONE_OF, 1), (_TOTAL, None)):
        found = pattern.search(plain)
        if found is not None:
            return Quantity(_every(found), sessions, length) if _alone(found, plain) else None
    every = list(_EVERY.finditer(plain))
    named = length is not None or _NAMES_ONE.search(plain) is not None
    if len(every) != 1 or not named or _LOOSE.search(plain):
        return None
    return Quantity(_every(every[0]), 1, length)


def _alone(found: re.Match[str], plain: str) -> bool:
    """Say whether nothing else in the text tells how often."""
    rest = f"{plain[: found.start()]} ; {plain[found.end() :]}"
    return not any(pattern.search(rest) for pattern in (_EVERY, _TOTAL, _LOOSE))


def _every(found: re.Match[str]) -> Every:
    groups = found.groupdict()
    return "week" if _weekly(groups.get("per") or groups.get("ly") or "") else "day"


def _weekly(period: str) -> bool:
    return "week" in period or "wythnos" in period


def _with_lengths(plain: str) -> tuple[str, list[int]]:
    """Put `<minutes>` in the place of every length of time."""
    lengths: list[int] = []

    def put(found: re.Match[str], each: int, added: int) -> str:
        number = next((group for group in found.groups() if group and group.isdecimal()), "0")
        minutes = int(number) * each + added
        lengths.append(minutes)
        return f"<{minutes}>"

    for pattern, each, added in _LENGTHS:
        plain = pattern.sub(lambda found, e=each, a=added: put(found, e, a), plain)  # type: ignore[misc]
    return plain, lengths


def _numbered(plain: str) -> str:
    """Write number words in digits; how large a group is says nothing of how often."""
    plain = _ALONE.sub(" ", plain)
    # These are spelled with number words, and are read as they stand.
    plain = plain.replace("tri chwarter awr", "<<3q>>").replace("three quarters", "<<3e>>")

    def number(found: re.Match[str]) -> str:
        word = found[1]
        return f"{_TIMES[word]} times" if word in _TIMES else str(_NUMBERS[word])

    plain = _WORD.sub(number, plain)
    plain = plain.replace("<<3q>>", "3 chwarter awr").replace("<<3e>>", "three quarters")
    return " ".join(plain.replace("\u00d7", " x ").split())


def _folded(text: str) -> str:
    lowered = "".join(unicodedata.normalize("NFD", character)[0] for character in text)
    return " ".join(lowered.lower().split())
