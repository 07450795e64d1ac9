"""Answering a document of cases, one after another, each from its own facts alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.explain import clock, duty, routing, transition
from mis_bridge.services.explain.calendars import DocumentCalendars
from mis_bridge.services.explain.cases import Answer, BadCase, Facts

Calendars = Mapping[str, object]
Asked = Callable[[Facts, Calendars], Answer]

ASKS: dict[str, Asked] = {
    "clock": clock.answer,
    "duty": duty.answer,
    "routing": routing.answer,
    "transition": transition.answer,
}


class CasesRefused(Problem):
    """The document as a whole cannot be used: no case of it is answered."""


@dataclass(frozen=True, slots=True)
class Cases:
    """A document of cases; `calendars` are read when a case names one."""

    calendars: Calendars
    cases: list[object]


def read_cases(document: str | bytes) -> Cases:
    """Read `{"calendars": {...}, "cases": [...]}`; raises `CasesRefused` with the place."""
    try:
        read = json.loads(document)
    except (ValueError, RecursionError) as fault:
        place = f"line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else "the text"
        raise CasesRefused(
            Words(f"the cases are not JSON: {place}", f"nid JSON yw'r achosion: {place}")
        ) from fault
    if not isinstance(read, Mapping):
        raise CasesRefused(
            Words(
                'the document is not an object with "cases"',
                'nid gwrthrych gyda "cases" yw\'r ddogfen',
            )
        )
    calendars = read.get("calendars")
    calendars = {} if calendars is None else calendars
    if not isinstance(calendars, Mapping):
        raise CasesRefused(Words('"calendars" is not an object', 'nid gwrthrych yw "calendars"'))
    cases = read.get("cases")
    if not isinstance(cases, list):
        raise CasesRefused(Words('"cases" is not a list', 'nid rhestr yw "cases"'))
    return Cases(calendars, cases)


def answers(document: Cases) -> Iterator[dict[str, object]]:
    """Answer each case in order: a result with its reasons, or the key that is wrong."""
    calendars = DocumentCalendars(document.calendars)
    for case in document.cases:
        yield answer_one(case, calendars)


def answer_one(case: object, calendars: Calendars) -> dict[str, object]:
    """Answer one case: `{"id", "ask", "result", "trace", "uncertain"}`, or `{"id", "error"}`."""
    case_id = case.get("id") if isinstance(case, Mapping) else None
    try:
        ask, given = _question(case)
        found = ASKS[ask](given, calendars)
    except BadCase as bad:
        message = {"key": bad.key, "message": bad.words.en, "message_cy": bad.words.cy}
        return {"id": case_id, "error": message}
    return {"id": case_id, "ask": ask, "result": found.result, **found.trace.to_json()}


def _question(case: object) -> tuple[str, Facts]:
    if not isinstance(case, Mapping):
        raise BadCase("case", Words("not an object", "nid yw'n wrthrych"))
    if not isinstance(case.get("id"), str | int):
        raise BadCase("id", Words("every case needs an id", "mae angen id ar bob achos"))
    ask = case.get("ask")
    if not isinstance(ask, str) or ask not in ASKS:
        listed = ", ".join(sorted(ASKS))
        raise BadCase("ask", Words(f"not one of: {listed}", f"nid yw'n un o: {listed}"))
    given = case.get("given")
    if not isinstance(given, Mapping):
        raise BadCase("given", Words("not an object", "nid yw'n wrthrych"))
    return ask, given
