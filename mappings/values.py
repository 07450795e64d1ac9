"""The values a source can hold: absent, null, empty and unreadable stay four different things."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Final


class Mark(Enum):
    """What stands where no value stands."""

    ABSENT = "absent"
    """The source did not send the key, or not the block it lives in."""

    UNREADABLE = "unreadable"
    """Something stands there that cannot be what it should be; it is flagged, never guessed."""


ABSENT: Final = Mark.ABSENT
UNREADABLE: Final = Mark.UNREADABLE

# Control characters, zero-width marks and direction overrides can hide or turn round a name.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(value: object) -> str | Mark | None:
    """Return one line of text in NFC without control characters, None if nothing is left.

    Runs of blanks become one; letters are never re-cased. A list, a table or a truth value is
    UNREADABLE where text is wanted.
    """
    if isinstance(value, str):
        # What is printable holds neither control characters nor any blank but the plain one.
        if (
            value.isprintable()
            and "  " not in value
            and (value.isascii() or unicodedata.is_normalized("NFC", value))
        ):
            return value.strip() or None
        return _washed(value, " ")
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return UNREADABLE


def clean_lines(value: object) -> str | Mark | None:
    """Return text that may have several lines, each as `clean` leaves it."""
    if not isinstance(value, str):
        return clean(value)
    lines = [_washed(line, " ") for line in value.splitlines()]
    if UNREADABLE in lines:
        return UNREADABLE
    return "\n".join(line or "" for line in lines if not isinstance(line, Mark)).strip() or None


def _washed(value: str, blank: str) -> str | Mark | None:
    if _SURROGATE.search(value):
        return UNREADABLE
    return blank.join(unicodedata.normalize("NFC", _HIDDEN.sub("", value)).split()) or None


def is_blank(value: object) -> bool:
    """Say whether nothing is known here: absent, null, or text without a letter."""
    return value is ABSENT or value is None or (isinstance(value, str) and not value.strip())


def fold(text: str) -> str:
    """Return `text` as codes and labels are compared: without regard to case and blanks."""
    return " ".join(unicodedata.normalize("NFC", _HIDDEN.sub("", text)).casefold().split())


def shape_of(value: object) -> str:
    """Tell type and length of a value, never the value: what a report may show."""
    if isinstance(value, Mark):
        return value.value
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, list | dict):
        return f"{'list' if isinstance(value, list) else 'table'} of {len(value)}"
    return _SHAPES.get(type(value), type(value).__name__)


_SHAPES: Final = {type(None): "null", bool: "true or false", int: "number", float: "number"}
