"""Truth values, whole numbers and year groups as an MIS writes them."""

from __future__ import annotations

import re
from functools import lru_cache

from mappings.values import UNREADABLE, Mark, clean, fold

_TRUE = frozenset(["true", "t", "yes", "y", "1", "ydy", "ie", "oes", "on", "-1"]) | {"1.0"}
_FALSE = frozenset(["false", "f", "no", "n", "0", "na", "nage", "off"]) | {
    "nac ydy",
    "nac oes",
    "0.0",
}
_WHOLE = re.compile(r"([0-9]{1,6})(?:\.0+)?")
_YEAR_WORDS = re.compile(r"(?:year|yr|y|blwyddyn|bl|b|grade|nc year|nc)[ .]*(.+)")
_YEARS = {
    **dict.fromkeys(("n1", "nursery 1", "meithrin 1"), "N1"),
    **dict.fromkeys(("n2", "nursery 2", "meithrin 2", "nursery", "meithrin", "pk"), "N2"),
    **dict.fromkeys(("r", "reception", "derbyn", "dosbarth derbyn", "kg", "rec", "0", "00"), "R"),
    **{str(number): str(number) for number in range(1, 15)},
    **{f"0{number}": str(number) for number in range(1, 10)},
}


def read_truth(value: object) -> bool | Mark | None:
    """Return true or false, None where nothing stands: null stays unknown."""
    if value is True or value is False or value is None:
        return value
    return _truth_of(str(value)) if isinstance(value, str | int | float) else UNREADABLE


@lru_cache(maxsize=1024)
def _truth_of(text: str) -> bool | Mark | None:
    folded = fold(text)
    if folded in _TRUE:
        return True
    if folded in _FALSE:
        return False
    return UNREADABLE if folded else None


def read_whole(value: object) -> int | Mark | None:
    """Return a whole number of at most six digits, from a number or from text."""
    if value.__class__ is int:
        return value if 0 <= value < 1_000_000 else UNREADABLE
    read = clean(value)
    if not isinstance(read, str):
        return read
    found = _WHOLE.fullmatch(read)
    return int(found[1]) if found else UNREADABLE


def read_year(value: object) -> str | Mark | None:
    """Return a year group as `N1`, `N2`, `R` or `1` to `14`, from a number or a label."""
    read = clean(value)
    return _year_of(read) if isinstance(read, str) else read


@lru_cache(maxsize=1024)
def _year_of(text: str) -> str | Mark:
    folded = fold(text)
    known = _YEARS.get(folded)
    if known is None and (found := _YEAR_WORDS.fullmatch(folded)):
        known = _YEARS.get(found[1])
    return known or UNREADABLE
