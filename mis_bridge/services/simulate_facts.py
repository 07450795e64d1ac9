"""What a simulation is made of: the register's open tasks, or a file of facts and calendars."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import SchoolCalendar, calendar_from_json
from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import in_force
from mis_bridge.services.simulate import CaseFact
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.workload import open_tasks

_ISO_DATE = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")


class FactsRefused(Problem):
    """A file of facts cannot be used; the words name the place."""


@dataclass(frozen=True, slots=True)
class Given:
    """Cases, and the calendar of each school."""

    facts: tuple[CaseFact, ...]
    calendars: Mapping[str, SchoolCalendar]


def from_register(session: Session, tenant: Tenant) -> Given:
    """Read the open tasks that a period dates, and the calendars in force of their schools."""
    rows = open_tasks(session, tenant)
    facts = tuple(
        CaseFact(row.school, row.rule, row.trigger_on) for row in rows if row.rule in PERIODS
    )
    held = {
        school: in_force(session, Tenant(tenant.la, school))
        for school in sorted({row.school for row in rows})
    }
    return Given(facts, {school: one.calendar for school, one in held.items() if one is not None})


def from_file(written: bytes) -> Given:
    """Read `{"calendars": {SCHOOL: CALENDAR}, "facts": [{"school", "rule", "trigger_date"}]}`.

    A fact may carry `"count"`, that many cases alike. Either key may be left out.
    """
    try:
        read = json.loads(written)
    except (ValueError, RecursionError) as fault:
        raise FactsRefused(_NOT_JSON) from fault
    if not isinstance(read, Mapping):
        raise FactsRefused(_NOT_JSON)
    calendars, facts = read.get("calendars", {}), read.get("facts", [])
    if not isinstance(calendars, Mapping) or not isinstance(facts, list):
        raise FactsRefused(_NOT_JSON)
    cases: list[CaseFact] = []
    for place, fact in enumerate(facts):
        cases.extend(_cases(fact, place))
    named = {
        str(name): calendar_from_json(spec, str(name), calendars)
        for name, spec in calendars.items()
    }
    return Given(tuple(cases), named)


def with_changes(given: Given, what_if: Given) -> Given:
    """Lay a file of facts upon the register's: its calendars replace, its cases are added."""
    return Given((*given.facts, *what_if.facts), {**given.calendars, **what_if.calendars})


def _cases(fact: object, place: int) -> list[CaseFact]:
    if not isinstance(fact, Mapping):
        raise FactsRefused(_BAD_FACT.fill(place=place, key="-"))
    school, rule, on = fact.get("school"), fact.get("rule"), fact.get("trigger_date")
    count = fact.get("count", 1)
    if not isinstance(school, str) or not school:
        raise FactsRefused(_BAD_FACT.fill(place=place, key="school"))
    if not isinstance(rule, str) or rule not in PERIODS:
        raise FactsRefused(_BAD_FACT.fill(place=place, key="rule"))
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 10_000:
        raise FactsRefused(_BAD_FACT.fill(place=place, key="count"))
    return [CaseFact(school, rule, _day(on, place))] * count


def _day(value: object, place: int) -> date:
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise FactsRefused(_BAD_FACT.fill(place=place, key="trigger_date"))


_NOT_JSON = Words(
    'the facts are not a JSON object with "facts" and "calendars"',
    'nid yw\'r ffeithiau yn wrthrych JSON gyda "facts" a "calendars"',
)
_BAD_FACT = Words(
    "facts, number {place}: {key} cannot be used", "facts, rhif {place}: ni ellir defnyddio {key}"
)
