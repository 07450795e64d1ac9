"""Names of people: split and joined without re-casing, particles kept, lost letters noticed."""

from __future__ import annotations

import re

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "rev",
        "revd",
        "sir",
        "dame",
        "lady",
        "lord",
        "mister",
        "mistres",
        "capt",
        "major",
        "col",
        "fr",
        "sr",
        "br",
        "hon",
        "y",
        "mrs.",
        "mr.",
        "ms.",
        "dr.",
        "parch",
        "parchg",
        "bns",
        "bnr",
    ]
) - {"y"}
_PARTICLES = frozenset(
    [
        "ap",
        "ab",
        "ferch",
        "verch",
        "van",
        "von",
        "der",
        "den",
        "de",
        "da",
        "di",
        "du",
        "la",
        "le",
        "del",
        "della",
        "dos",
        "el",
        "al",
        "bin",
        "binti",
        "ibn",
        "o'",
        "mac",
        "st",
        "st.",
        "san",
        "ten",
        "ter",
        "af",
        "av",
        "zu",
    ]
)
_LOST = re.compile(r"(?<=\w)\?|\?(?=\w)|\ufffd")


def without_title(name: str) -> str:
    """Take a title off the front of a name: `Mrs Lowri Prydderch` -> `Lowri Prydderch`."""
    words = name.split()
    while len(words) > 1 and words[0].casefold() in _TITLES:
        del words[0]
    return " ".join(words)


def split_name(name: str) -> tuple[str, str]:
    """Return forenames and surname of `Surname, Forename` or `Title Forename Surname`.

    A particle (`ap Dafydd`, `van der Berg`) belongs to the surname; one word alone is a surname
    only before a comma.
    """
    if "," in name:
        surname, _, forenames = name.partition(",")
        return without_title(forenames.strip()), surname.strip()
    words = without_title(name).split()
    if len(words) < 2:
        return " ".join(words), ""
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].casefold() in _PARTICLES:
        cut -= 1
    return " ".join(words[:cut]), " ".join(words[cut:])


def lost_character(name: str) -> bool:
    """Say whether a letter may have been lost on the way: `Gw?n` where `Gwŷn` stood."""
    return ("?" in name or "\ufffd" in name) and _LOST.search(name) is not None
