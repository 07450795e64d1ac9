"""The unique pupil number: how it is written, its check letter, and what it may be trusted for."""

from __future__ import annotations

import re
from functools import lru_cache

from mappings.values import UNREADABLE, Mark, clean

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_SHAPE = re.compile(f"[{_LETTERS}][0-9]{{11}}[0-9{_LETTERS}]")
_BLANKS = re.compile(r"[\s-]+")

Judged = tuple[str | None, str, str | None]


def check_letter(body: str) -> str:
    """Return the check letter for the twelve characters after it.

    Each character counts its value times its position (2 to 13); the sum modulo 23 picks the
    letter. The last letter of a temporary number counts with its place in the same alphabet.
    """
    total = sum(
        place * (int(sign) if sign in "0123456789" else _LETTERS.index(sign))
        for place, sign in enumerate(body, start=2)
    )
    return _LETTERS[total % 23]


def judge(value: object) -> Judged:
    """Return the UPN, its status and the flag that goes with it.

    The status is `valid`, `temporary`, `invalid` or `missing`; an invalid number is kept as read.
    """
    if value.__class__ is str:
        return _judge_text(value)
    read = clean(value) if not isinstance(value, Mark) else None
    return _judge_text(read) if isinstance(read, str) else (None, "missing", "missing_upn")


@lru_cache(maxsize=16_384)
def _judge_text(value: str) -> Judged:
    read = clean(value)
    if read is None:
        return None, "missing", "missing_upn"
    if read is UNREADABLE:
        return None, "invalid", "invalid_upn_check_letter"
    written = _BLANKS.sub("", str(read)).upper()
    # Only ASCII letters and digits can make a UPN: a look-alike letter stays as read, and invalid.
    if not _SHAPE.fullmatch(written) or check_letter(written[1:]) != written[0]:
        return (written if written.isascii() else str(read)), "invalid", "invalid_upn_check_letter"
    if written[-1] in _LETTERS:
        return written, "temporary", "temporary_upn"
    return written, "valid", None
