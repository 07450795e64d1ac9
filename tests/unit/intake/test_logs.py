"""Log lines: names and ids, one JSON object a line, and no way to forge another line."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from mis_bridge.cli.logs import JsonLines


def line(record: logging.LogRecord) -> dict[str, Any]:
    written = JsonLines().format(record)
    assert "\n" not in written
    assert written.isascii()
    told: dict[str, Any] = json.loads(written)
    return told


def record(name: str, message: str, *args: object, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "file.py", 7, message, args, None)
    made.__dict__.update(more)
    return made


def test_our_records_are_an_event_and_its_facts() -> None:
    told = line(record("mis_bridge.intake", "webhook_rejected", facts={"connection": "c1", "n": 2}))
    assert told["event"] == "webhook_rejected"
    assert (told["connection"], told["n"], told["level"]) == ("c1", 2, "warning")


def test_control_characters_and_text_direction_marks_are_escaped() -> None:
    told = line(record("mis_bridge.intake", "x", facts={"id": "a\n\x1b[31m\u202eb"}))
    assert told["id"] == "a\n\x1b[31m\u202eb"


def test_a_librarys_message_is_left_out_because_it_may_quote_what_it_failed_on() -> None:
    written = JsonLines().format(record("dbos", "bad value: %s", "Aled Canary"))
    assert "Canary" not in written
    assert json.loads(written)["event"] == "library"


def test_an_exception_is_named_and_placed_but_never_quoted() -> None:
    try:
        raise ValueError("Aled Canary, K661990117005")
    except ValueError:
        failed = record("mis_bridge.drain", "row_failed", exc_info=sys.exc_info())
    told = line(failed)
    assert told["error"] == "ValueError"
    assert any(place.startswith("test_logs.py:") for place in told["trace"])
    assert "Canary" not in json.dumps(told)


def test_the_objects_of_the_facts_are_shown_as_their_own_repr_says() -> None:
    class Quiet:
        def __str__(self) -> str:
            return "***"

    assert line(record("mis_bridge.x", "y", facts={"secret": Quiet()}))["secret"] == "***"
