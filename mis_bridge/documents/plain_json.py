"""JSON that every reader reads alike: no key twice, no NaN, no half characters, UTF-8 alone."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

# Written out by us, half a character stands as itself and a NUL as its escape.
_NEVER = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\u0000")


def read_object(raw: bytes) -> dict[str, Any]:
    """Return the one JSON object that `raw` is; raises ValueError, which quotes nothing of it."""
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
        if isinstance(found, dict) and not _NEVER.search(json.dumps(found, ensure_ascii=False)):
            return found
    except (ValueError, RecursionError):
        pass
    msg = "not one plain JSON object"
    raise ValueError(msg)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key stands twice"
        raise ValueError(msg)
    return found


def _no_constant(name: str) -> NoReturn:
    del name
    msg = "not a number"
    raise ValueError(msg)
