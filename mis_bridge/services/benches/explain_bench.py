"""P13: the daily sweep beside one query of the same rows. Answers: `explain` beside bare JSON."""

from __future__ import annotations

import json
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.deadlines import last_day_in_time
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio, rates
from mis_bridge.services.calendar_imports import add_version
from mis_bridge.services.calendars import in_force
from mis_bridge.services.deadline_sweep import sweep
from mis_bridge.services.explain.answers import Cases, answers
from mis_bridge.services.schools import add_authority, add_school
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.migrating import upgrade
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.workload import every_open_task
from mis_bridge.storage.writing import insert_all

_P13 = Words(
    "the daily sweep, every open task counted and judged, beside one query that reads its rows",
    "yr ysgubiad dyddiol, pob tasg agored wedi ei chyfrif a'i barnu, ochr yn ochr ag un ymholiad "
    "sy'n darllen ei rhesi",
)
_ANSWERS = Words(
    "explain, each answer with its reasons in both languages, beside reading and writing the same "
    "answers as JSON alone",
    "explain, pob ateb gyda'i resymau yn y ddwy iaith, ochr yn ochr â darllen ac ysgrifennu'r un "
    "atebion fel JSON yn unig",
)
_LA = "660"
_TODAY = date(2026, 11, 22)
_NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
_CALENDAR: dict[str, Any] = {
    "kind": "school",
    "terms": [
        ["2025-09-01", "2025-12-19"],
        ["2026-01-05", "2026-03-27"],
        ["2026-04-13", "2026-07-20"],
        ["2026-09-02", "2026-12-18"],
        ["2027-01-05", "2027-03-19"],
        ["2027-04-06", "2027-07-20"],
    ],
    "half_terms": [["2026-10-26", "2026-10-30"], ["2027-02-15", "2027-02-19"]],
    "inset_days": ["2026-11-27"],
}


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure the sweep on an embedded database, and the answers on invented cases."""
    tasks = 60_000 if full else 20_000
    schools = 300 if full else 100
    with _register(tasks, schools) as session:
        ratios, mine, theirs = rates(
            lambda: sweep(session, _TODAY), lambda: _read_all(session), tasks
        )
    p13 = Ratio("P13", _P13, ratios, mine, theirs, "tasks/s", 0.2, 0.5)
    cases = _cases(6_000 if full else 1_200)
    document = Cases({"ysgol": _CALENDAR}, cases)
    written = [json.dumps(answer, ensure_ascii=False) for answer in answers(document)]

    def answered() -> None:
        for answer in answers(document):
            json.dumps(answer, ensure_ascii=False)

    def bare() -> None:
        for line in written:
            json.dumps(json.loads(line), ensure_ascii=False)

    ratios, mine, theirs = rates(answered, bare, len(cases))
    return [p13, Ratio("answers", _ANSWERS, ratios, mine, theirs, "answers/s", 0.1, 0.25)]


def _read_all(session: Session) -> None:
    deque(every_open_task(session), maxlen=0)


@contextmanager
def _register(tasks: int, schools: int) -> Iterator[Session]:
    """Fill a throw-away register: one authority, its term dates, open tasks over a school year."""
    with tempfile.TemporaryDirectory(prefix="mis-bridge-bench-") as folder:
        engine = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            upgrade(engine)
            with sessions(engine)() as session:
                _fill(session, tasks, schools)
                session.commit()
                yield session
        finally:
            engine.dispose()


def _fill(session: Session, tasks: int, schools: int) -> None:
    tenant = Tenant(_LA)
    add_authority(session, _LA, "Bench", by="bench", now=_NOW)
    refs = [f"{_LA}/{4000 + number}" for number in range(schools)]
    for ref in refs:
        add_school(session, Tenant(_LA, ref), ref, Setting.MAINTAINED_SCHOOL, by="bench", now=_NOW)
    add_version(session, tenant, _CALENDAR, kind="school", name="Bench", by="bench", now=_NOW)
    held = in_force(session, tenant)
    rule = period("SCH-35")
    pupils: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    for number in range(tasks):
        school, trigger_on = refs[number % schools], date(2025, 9, 8) + timedelta(number % 430)
        pupil = f"p{number}"
        pupils.append(
            {
                "id": pupil,
                "la": _LA,
                "school": school,
                "vendor": "wonde",
                "record_id": pupil,
                "upn_status": "missing",
                "changed_at": _NOW,
            }
        )
        rows.append(
            {
                "id": f"t{number}",
                "la": _LA,
                "school": school,
                "pupil_id": pupil,
                "kind": "decide_aln",
                "duty": "school_decide",
                "trigger": f"provision:school_action:{trigger_on}",
                "trigger_on": trigger_on,
                "to_be_confirmed": False,
                "opened_on": trigger_on,
                "due_on": last_day_in_time(rule, trigger_on, held.calendar if held else None),
                "rule": rule.id,
                "source": rule.source,
                "trace": {},
                "opened_at": _NOW,
            }
        )
    insert_all(session, PupilRow, pupils)
    insert_all(session, DecisionTaskRow, rows)


def _cases(count: int) -> list[object]:
    """Return invented cases of the questions that need no history, no two with the same facts."""
    asked: list[object] = []
    for number in range(count):
        on = (date(2026, 9, 2) + timedelta(number % 120)).isoformat()
        clock = {
            "body": "maintained_school",
            "person": "child",
            "trigger": "brought_to_attention",
            "trigger_date": on,
            "calendar": "ysgol",
            "today": (date(2026, 9, 2) + timedelta(number % 200)).isoformat(),
        }
        duty = {"setting": "maintained_school", "person": "child", "looked_after": "welsh_la"}
        routing = {
            "event": "no_aln_decision_s11_4",
            "by": "maintained_school",
            "on": on,
            "person": {"id": f"child{number}", "kind": "child", "capacity": True},
            "parents": [{"id": "mother", "address": f"{number} Stryd Fawr"}],
        }
        questions: list[tuple[str, dict[str, Any]]] = [
            ("clock", clock),
            ("duty", duty),
            ("routing", routing),
        ]
        ask, given = questions[number % 3]
        asked.append({"id": number, "ask": ask, "given": given})
    return asked
