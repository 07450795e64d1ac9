"""P10: draining an inbox into the register, beside parsing, mapping and validating alone."""

from __future__ import annotations

import json
import statistics
import time
from typing import Any

from sqlalchemy.orm import Session

from mappings.canonical import to_pupil
from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from mis_bridge.cli.benches.school import SCHOOL, BenchSchool, bench_school, now
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio
from mis_bridge.services.benches.wonde_pupils import wonde_students
from mis_bridge.services.intake import inbox
from mis_bridge.services.ports import DRAIN
from mis_bridge.storage import connections, intake
from mis_bridge.workers.durable import Queue
from mis_bridge.workers.engine import EngineJobs, Executor
from mis_bridge.workers.inbox import Drain
from webhooks.payloads import strict_json
from webhooks.standard import StandardSender

ROUNDS = 5

_P10 = Words(
    "inbox drain of a burst (map, compare, change the register, open tasks), beside parsing, "
    "mapping and validating the same records alone",
    "draenio blwch derbyn wedi hyrddiad (mapio, cymharu, newid y gofrestr, agor tasgau), ochr yn "
    "ochr â dosrannu, mapio a dilysu'r un cofnodion yn unig",
)


def measure(full: bool) -> list[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure whole drains; every event of a round is about another pupil.

    The engine is the real one, with nothing but drains to do: letters are made at their own time.
    """
    count = 10_000 if full else 1_800
    first = list(wonde_students(count))
    ours: list[float] = []
    bare: list[float] = []
    with bench_school() as school:
        jobs = EngineJobs(school.database)
        drains = Queue(DRAIN, Drain(jobs, frozenset()).run, 1)
        executor = Executor(school.database, "bench-1", [drains])
        executor.start()
        try:
            _drained(school, first, "load")
            for number in range(ROUNDS):
                # A re-send after an outage: half of it is known already, and of the pupils who
                # changed one in five changed stage.
                students = [_changed(student, place, number) for place, student in enumerate(first)]
                ours.append(count / _drained(school, students, f"round-{number}"))
                bare.append(count / _pipeline(students))
        finally:
            executor.stop(0)
    return [
        Ratio(
            name="P10",
            what=_P10,
            ratios=tuple(one / other for one, other in zip(ours, bare, strict=True)),
            measured=statistics.median(ours),
            reference=statistics.median(bare),
            unit="/s",
            target=0.15,
            aim=0.5,
        )
    ]


def _changed(student: dict[str, Any], place: int, number: int) -> dict[str, Any]:
    if place % 2:
        return student
    if place % 10 != number * 2:
        return {**student, "mis_id": f"{student['mis_id']}-{number}"}
    details = {**student["extended_details"]["data"], "sen_status": "A"}
    return {**student, "extended_details": {"data": details}}


def _drained(school: BenchSchool, students: list[dict[str, Any]], prefix: str) -> float:
    """Put the events into the inbox, and return the seconds until the worker has settled them."""
    jobs, keys = EngineJobs(school.database), school.settings.keys
    by = StandardSender()
    with Session(school.database) as session:
        endpoint = intake.endpoint(session, "standard", school.endpoint_id, keys)
        if endpoint is None:
            msg = "the endpoint that was just made is gone"
            raise RuntimeError(msg)
        receipts = [
            inbox.receipt(endpoint, event, keys=keys, now=now())
            for number, student in enumerate(students)
            for event in by.events(school.event(student), f"{prefix}-{number}")
        ]
        session.rollback()
        with session.begin():
            inbox.accept(session, receipts, keys=keys, jobs=jobs)
    began = time.perf_counter()
    while _is_draining(school):
        time.sleep(0.05)
    return time.perf_counter() - began


def _is_draining(school: BenchSchool) -> bool:
    with Session(school.database) as session:
        return connections.by_id(session, school.connection_id).draining


def _pipeline(students: list[dict[str, Any]]) -> float:
    """Return the seconds of parsing, mapping and validating the same records, and nothing else."""
    compiled = compile_mapping(shipped("wonde"))
    context = MapContext("wonde", SCHOOL.of_school, now().date())
    raw = [json.dumps(student, ensure_ascii=False).encode() for student in students]
    began = time.perf_counter()
    for body in raw:
        tree = strict_json(body)
        mapped = compiled.apply(tree if isinstance(tree, dict) else {}, context)
        if mapped.canonical is not None:
            to_pupil(mapped.canonical)
    return time.perf_counter() - began
