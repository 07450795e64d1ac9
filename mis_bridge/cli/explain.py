"""`mis-bridge explain`: statutory questions from a file, each answered with its reasons."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from mis_bridge.cli.words import DONE, SOME_REJECTED, CommandFailed, both
from mis_bridge.domain.words import Words
from mis_bridge.services.explain.answers import answers, read_cases


@click.command(
    help=both(
        "Answer statutory questions from the facts of each case: transition, clock, duty, routing. "
        "No database is needed.\n\nExample: mis-bridge explain cases.json",
        "Ateb cwestiynau statudol o ffeithiau pob achos: transition, clock, duty, routing. "
        "Nid oes angen cronfa ddata.\n\nEnghraifft: mis-bridge explain achosion.json",
    )
)
@click.argument("cases", metavar="CASES.json")
def explain(cases: str) -> int:
    """Answer each case on a line of its own; exit 1 where one could not be answered."""
    code = DONE
    for answer in answers(read_cases(_document(cases))):
        if "error" in answer:
            code = SOME_REJECTED
        line = json.dumps(answer, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(line.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    return code


def _document(path: str) -> bytes:
    """Read the cases; `-` is standard input."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise CommandFailed(
            Words(
                f"{path}: cannot be read ({fault.strerror})",
                f"{path}: ni ellir ei ddarllen ({fault.strerror})",
            )
        ) from fault
