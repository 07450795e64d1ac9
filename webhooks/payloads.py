"""Reading a proven body: JSON with no second meaning, then the shape of `aln.register_change/1`."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime

from webhooks.base import KNOWN_KINDS, SCHOOL_ACCESS_CHANGED, VendorEvent, WebhookMalformed

MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 18

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCHOOL = re.compile(r"[0-9]{3}/[0-9]{4}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_KIND = re.compile(r"[\x21-\x7e]{1,100}")
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


def strict_json(raw: bytes) -> object:
    """Parse JSON that every reader must read alike; raises `WebhookMalformed`.

    Refused: anything but UTF-8, a byte order mark, NaN and infinities, a key twice in one object,
    nesting over 32, integers over 18 digits, lone surrogates.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise WebhookMalformed("not UTF-8") from None
    if text.startswith("\ufeff"):
        raise WebhookMalformed("byte order mark")
    _refuse_depth(text)
    try:
        value: object = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_finite,
        )
    except WebhookMalformed:
        raise
    except (ValueError, RecursionError):
        raise WebhookMalformed("not JSON") from None
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def strict_object(raw: bytes) -> Mapping[str, object]:
    """Parse a body that must be one JSON object; raises `WebhookMalformed`."""
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise WebhookMalformed("not an object")
    return value


def register_change(raw: bytes, event_id: str) -> VendorEvent:
    """Read an `aln.register_change/1` event; raises `WebhookMalformed`, naming the key.

    An unknown type asks for nothing but its `type`, so that a newer sender is heard, not refused.
    """
    body = strict_object(raw)
    kind = body.get("type")
    if not isinstance(kind, str) or _KIND.fullmatch(kind) is None:
        raise WebhookMalformed("type")
    if kind not in KNOWN_KINDS:
        return VendorEvent(event_id=event_id, kind=kind, body=raw)
    facts = body.get("data")
    if not isinstance(facts, dict):
        raise WebhookMalformed("data")
    record = facts.get("record")
    if record is not None and not isinstance(record, dict):
        raise WebhookMalformed("data.record")
    school = facts.get("school")
    if not isinstance(school, str) or _SCHOOL.fullmatch(school) is None:
        raise WebhookMalformed("data.school")
    record_id = _text(facts, "record_id")
    if record_id is None and record is None and kind != SCHOOL_ACCESS_CHANGED:
        raise WebhookMalformed("data.record_id")
    _text(facts, "upn")
    return VendorEvent(
        event_id=event_id,
        kind=kind,
        body=raw,
        school=school,
        record_id=record_id,
        occurred_at=_instant(body.get("timestamp")),
        noticed_on=_day(facts.get("noticed_on")),
        changed=_texts(facts.get("changed")),
        record=record,
    )


def _text(facts: Mapping[str, object], key: str) -> str | None:
    value = facts.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or _PRINTABLE.fullmatch(value) is None:
        raise WebhookMalformed(f"data.{key}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > 100:
        raise WebhookMalformed("data.changed")
    if not all(isinstance(item, str) and _PRINTABLE.fullmatch(item) for item in value):
        raise WebhookMalformed("data.changed")
    return tuple(value)


def _day(value: object) -> date | None:
    if value is None:
        return None
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise WebhookMalformed("data.noticed_on")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WebhookMalformed("data.noticed_on") from None


def _instant(value: object) -> datetime:
    if not isinstance(value, str) or _RFC3339.fullmatch(value) is None:
        raise WebhookMalformed("timestamp")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError:
        raise WebhookMalformed("timestamp") from None


def _refuse_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise WebhookMalformed("nested too deep")


def _refuse_surrogates(value: object) -> None:
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str) and _SURROGATE.search(part):
            raise WebhookMalformed("lone surrogate")
        if isinstance(part, dict):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WebhookMalformed("a key twice")
    return found


def _no_constant(_name: str) -> object:
    raise WebhookMalformed("not a number")


def _whole(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_INTEGER_DIGITS:
        raise WebhookMalformed("a number too long")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise WebhookMalformed("a number too large")
    return value
