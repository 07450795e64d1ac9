"""The closed list of transforms that a rule may name in `then`; nothing else can be called."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Final

import re2

from mappings.names import split_name, without_title
from mappings.values import UNREADABLE, Mark, clean

Transform = Callable[[str], str | None]

MAX_PATTERN: Final = 200
MAX_INPUT: Final = 10_000
_BREAKS = re.compile(r"<\s*(?:br|/p|/li|/div|/tr|/h\d)\b[^<>]*>", re.IGNORECASE)
# RE2: linear in the text, however many elements are opened and never closed.
_SCRIPTS = re2.compile(r"(?is)<\s*script\b.*?<\s*/\s*script\s*>|<\s*style\b.*?<\s*/\s*style\s*>")
# A tag has a name: "scores < 50 and > 20" is a sentence.
_TAGS = re.compile(r"<\s*(?:/\s*)?[A-Za-z!?][^<>]*>")
_BULLETS = re.compile(r"^[\s•◦▪‣·*–—-]+(?=\S)|^\s*\(?\d{1,2}[.)]\s+")  # noqa: RUF001 - the bullets and dashes that Word writes
_NOT_DIGITS = re.compile(r"[^0-9]")
_FORMULA = re.compile(r"^'(?=[=+\-@\t\r])")


class PatternRefused(ValueError):
    """A pattern that RE2 cannot take, or that is too long; the argument says which."""


def html_to_text(value: str) -> str:
    """Return the words of an HTML fragment, one paragraph or list item a line."""
    spaced = _BREAKS.sub("\n", _SCRIPTS.sub("", value) if "<" in value else value)
    lines = html.unescape(_TAGS.sub("", spaced)).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def split_list(value: str) -> list[str]:
    """Split a cell into its items: by line, `|`, `;`, or list marks, without the bullets."""
    parts = re.split(r"[\n\r|;]+", html_to_text(value) if "<" in value else value)
    items = [_BULLETS.sub("", part).strip() for part in parts]
    return [str(item) for item in map(clean, items) if isinstance(item, str)]


def pattern_transform(pattern: str, take: int = 0) -> Transform:
    """Return the transform that takes a group out of the text; no match gives None.

    Raises `PatternRefused`; RE2 takes time linear in the text, and has no look-around.
    """
    compiled = compile_pattern(pattern)
    if take > compiled.groups:
        raise PatternRefused("group")

    def apply(value: str) -> str | None:
        found = compiled.search(value[:MAX_INPUT])
        return str(found.group(take)) if found and found.group(take) is not None else None

    return apply


def compile_pattern(pattern: str) -> re2._Regexp:
    """Compile through RE2, or raise `PatternRefused` with the reason as a word."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused("long")
    if re.search(r"\(\?(?:=|!|<=|<!)", pattern):
        raise PatternRefused("lookaround")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error as refused:
        raise PatternRefused("re2") from refused


def chain(transforms: tuple[Transform, ...]) -> Callable[[object], object]:
    """Return one function that applies the transforms in turn, to text or a number."""

    def apply(value: object) -> object:
        if isinstance(value, bool | list | dict | Mark):
            return UNREADABLE if not isinstance(value, Mark) else value
        text: str | None = str(value)
        for transform in transforms:
            if text is None:
                return None
            text = transform(text)
        return text

    return apply


def _forename_of(value: str) -> str | None:
    return split_name(value)[0] or None


def _surname_of(value: str) -> str | None:
    return split_name(value)[1] or None


def _forename_first(value: str) -> str | None:
    return " ".join(part for part in split_name(value) if part) or None


def _last_step(value: str) -> str | None:
    return value.rstrip("/").rpartition("/")[2] or None


def _digits(value: str) -> str | None:
    return _NOT_DIGITS.sub("", value) or None


def _without_formula_mark(value: str) -> str | None:
    return _FORMULA.sub("", value)


NAMED: Final[dict[str, Transform]] = {
    "strip": str.strip,
    "upper": str.upper,
    "lower": str.lower,
    "digits": _digits,
    "html_to_text": html_to_text,
    "without_title": without_title,
    "forename_of": _forename_of,
    "surname_of": _surname_of,
    "forename_first": _forename_first,
    "last_step": _last_step,
    "without_formula_mark": _without_formula_mark,
}
