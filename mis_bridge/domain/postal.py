"""Whether a recorded address can stand on an envelope that no person looks at."""

from __future__ import annotations

import re

_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.ASCII | re.IGNORECASE)
_FEWEST, _MOST = 3, 7


def envelope(addressee: str | None, address: str | None) -> tuple[str, ...] | None:
    """Return the lines of the envelope, None where the post could not rely on them.

    An address in one line is parted at its commas. The last line must be a postcode of the United
    Kingdom; there are three to seven lines with the name, as printers of letters ask.

    Source: none of law; GOV.UK Notify's rules for a letter's address.
    """
    name = (addressee or "").strip()
    parts = re.split(r"[\n\r]+", address or "")
    if len([part for part in parts if part.strip()]) == 1:
        parts = (address or "").split(",")
    lines = [line for part in parts if (line := part.strip(" \t,"))]
    if not name or not lines:
        return None
    whole = _POSTCODE.search(lines[-1])
    if whole is None or whole.end() != len(lines[-1]):
        return None
    if whole.start() > 0:
        lines[-1:] = [lines[-1][: whole.start()].strip(" ,"), whole[0]]
    lines = [name, *(line for line in lines if line)]
    return tuple(lines) if _FEWEST <= len(lines) <= _MOST else None
