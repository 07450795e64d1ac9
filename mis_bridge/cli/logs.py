"""Structured logs: an event's name and ids, one JSON object a line, and nothing of a person."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import extract_tb

_OURS = "mis_bridge"


class JsonLines(logging.Formatter):
    """Writes `{"at", "level", "logger", "event", ...facts}`.

    Our own records carry an event's name as message and ids under `facts`. A library's message is
    left out, and so is the text of every exception: both may quote what they failed on. Everything
    outside printable ASCII is escaped, so no line can be forged or reordered on a terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        ours = record.name.partition(".")[0] == _OURS
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": str(record.msg) if ours else "library",
        }
        facts = getattr(record, "facts", None)
        if isinstance(facts, dict):
            line |= {str(name): _plain(fact) for name, fact in facts.items()}
        if not ours:
            line["place"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = [
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
                for frame in extract_tb(record.exc_info[2])
            ][-12:]
        return json.dumps(line, ensure_ascii=True)


def write_logs(level: str) -> None:
    """Send every log of this process to standard error in that form."""
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level.upper())


def _plain(fact: object) -> object:
    return fact if fact is None or isinstance(fact, bool | int | float) else str(fact)
