"""From what the source said to what the record holds, one function a kind of value.

Each takes the value as read, the key it is for, and the flags and issues of the record so far. What
cannot be read becomes None with a flag `unreadable_value:<key>` and an issue; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable

from mappings.dates import read_date
from mappings.issues import MappingIssue, rejection, unreadable
from mappings.names import lost_character
from mappings.scalars import read_truth, read_whole, read_year
from mappings.selecting import Disagreement
from mappings.targets import ENGLISH
from mappings.transforms import split_list
from mappings.values import ABSENT, UNREADABLE, Mark, clean, clean_lines, is_blank, shape_of

Flags = list[str]
Issues = list[MappingIssue]
Find = Callable[..., str | None]


def doubt(key: str, value: object, flags: Flags, issues: Issues) -> None:
    """Note that the value of `key` was left out."""
    flags.append(f"unreadable_value:{key}")
    issues.append(unreadable(key, value))


def text(value: object, key: str, flags: Flags, issues: Issues) -> str | None:
    """Return one line of text."""
    read = clean(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def lines(value: object, key: str, flags: Flags, issues: Issues) -> str | None:
    """Return text of several lines."""
    read = clean_lines(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def name(value: object, key: str, flags: Flags, issues: Issues) -> str | None:
    """Return a name; a letter that seems to be lost is flagged and the name kept as read."""
    read = clean(value)
    if read.__class__ is str:
        if ("?" in read or "\ufffd" in read) and lost_character(read):
            flags.append(f"possibly_lost_character:{key}")
        return read
    if read is UNREADABLE:
        doubt(key, value, flags, issues)
    return None


def date(value: object, key: str, flags: Flags, issues: Issues) -> str | None:
    """Return a date as `YYYY-MM-DD`."""
    read = read_date(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def date_or_doubt(value: object, key: str, flags: Flags, issues: Issues) -> str | Mark | None:
    """Return a date, or UNREADABLE where a wrong reading would change what is in force."""
    read = read_date(value)
    if read is UNREADABLE:
        doubt(key, value, flags, issues)
    return read


def truth(value: object, key: str, flags: Flags, issues: Issues) -> bool | None:
    """Return true, false, or None for not known."""
    read = read_truth(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def whole(value: object, key: str, flags: Flags, issues: Issues) -> int | None:
    """Return a whole number."""
    read = read_whole(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def year(value: object, key: str, flags: Flags, issues: Issues) -> str | None:
    """Return a year group."""
    read = read_year(value)
    if isinstance(read, Mark):
        doubt(key, value, flags, issues)
        return None
    return read


def listed(value: object, key: str, flags: Flags, issues: Issues) -> list[str]:
    """Return the items of a list, or of a cell that holds a list."""
    parts = value if isinstance(value, list) else [value]
    found: list[str] = []
    for part in parts:
        if isinstance(part, str):
            found.extend(split_list(part))
        elif not is_blank(part):
            read = text(part, key, flags, issues)
            found.extend([read] if read else [])
    return found


def code(
    value: object, key: str, find: Find, on: str, policy: str, flags: Flags, issues: Issues
) -> str | None:
    """Return the meaning of a code, or None with a flag."""
    read = clean(value)
    if read is None:
        return None
    found = find(read, on) if isinstance(read, str) else None
    return found if found is not None else _not_found(value, key, policy, flags, issues)


def relationship(
    value: object, key: str, find: Find, on: str, policy: str, flags: Flags, issues: Issues
) -> str | None:
    """Return a relationship; one that no table names is `unknown` and noted."""
    read = clean(value)
    if read is None:
        return "unknown"
    found = find(read, on) if isinstance(read, str) else None
    if found is not None:
        return found
    if policy != "flag":
        return _not_found(value, key, policy, flags, issues)
    issues.append(unreadable(key, value, "unknown_code"))
    return "unknown"


def raw_code(value: object) -> str | None:
    """Return a code as it was read: "" for empty, None for null or absent."""
    if value is None or value is ABSENT:
        return None
    read = clean(value)
    return read if isinstance(read, str) else ("" if read is None else shape_of(value))


def typed(
    raw: str | None, key: str, find: Find, on: str, policy: str, flags: Flags, issues: Issues
) -> str:
    """Return the type of a provision or a need; a code that no table covers is `unknown`."""
    found = find(raw, on) if raw else None
    if found is None:
        if policy == "reject":
            raise rejection("unknown_code_rejected", key, raw)
        if policy.startswith("default:"):
            issues.append(unreadable(key, raw, "unknown_code"))
            return policy.removeprefix("default:")
        word = "unknown_need_code" if "need" in key else "unknown_provision_code"
        flags.append(f"{word}:{'null' if raw is None else raw}")
        return "unknown"
    if found in ENGLISH:
        flags.append(f"english_code:{raw}")
    return found


def known_area(
    raw: str | None, key: str, find: Find, on: str, policy: str, flags: Flags, issues: Issues
) -> str | None:
    """Return the need category that a plan names; a plan may name an area in its own words."""
    if not raw:
        return None
    found = find(raw, on)
    if found is None and policy == "flag":
        return None
    return found or typed(raw, key, find, on, policy, flags, issues)


def known_stage(
    raw: str | None, key: str, find: Find, on: str, policy: str, flags: Flags, issues: Issues
) -> str | None:
    """Return the provision that a plan's stage names, else the stage as the plan says it."""
    if not raw:
        return None
    found = find(raw, on)
    if found is None and policy == "flag":
        flags.append(f"unknown_provision_code:{raw}")
        return raw
    return typed(raw, key, find, on, policy, flags, issues)


def joined(values: tuple[object, ...], separator: str) -> object:
    """Return the texts that are there, joined; ABSENT if the source sent none of them."""
    if all(value is ABSENT for value in values):
        return ABSENT
    read = [clean(value) for value in values if not is_blank(value)]
    if any(part is UNREADABLE for part in read):
        return list(values)
    return separator.join(str(part) for part in read if part is not None) or None


def disagreed(value: Disagreement, key: str, flags: Flags) -> object:
    """Flag rows that contradict each other, and return what the first of them says."""
    flags.append(f"conflicting_values:{key}")
    return value.first


def _not_found(value: object, key: str, policy: str, flags: Flags, issues: Issues) -> str | None:
    if policy == "reject":
        raise rejection("unknown_code_rejected", key, value)
    if policy.startswith("default:"):
        issues.append(unreadable(key, value, "unknown_code"))
        return policy.removeprefix("default:")
    flags.append(f"unreadable_value:{key}")
    issues.append(unreadable(key, value, "unknown_code"))
    return None
