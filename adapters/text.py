"""Characters of a source: which cannot be meant, and which are put right at once."""

from __future__ import annotations

import re
from typing import Final

# Half surrogates stand for bytes that the encoding does not have; NUL is never part of a text.
_UNREADABLE: Final = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")
_CONTROL: Final = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def is_readable(text: str) -> bool:
    """Tell whether every character of a text is one."""
    return _UNREADABLE.search(text) is None


def cleaned(text: str) -> str:
    """Return a text without control characters.

    The block after DEL holds no characters in ISO 8859: where a file says ISO 8859 and has them, it
    is Windows-1252, and they are its quotes and dashes. Every other control character is a blank.
    """
    return _CONTROL.sub(_replacement, text) if _CONTROL.search(text) else text


def _replacement(found: re.Match[str]) -> str:
    try:
        return bytes([ord(found[0])]).decode("cp1252") if found[0] > "\x7f" else " "
    except UnicodeDecodeError:
        return " "


def seen(value: str) -> str:
    """Describe a value by type and length, for reports that must not show it."""
    return f"text of {len(value)}"
