"""P1: mapping beside a function by hand. P2: parse, map, validate beside marshmallow alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from adapters.jsontext import strict_json
from mappings import canonical
from mappings.codesets import table_from
from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio, rates
from mis_bridge.services.benches.wonde_by_hand import wonde_by_hand
from mis_bridge.services.benches.wonde_pupils import wonde_students

_P1 = Words(
    "declarative mapping, beside a function written by hand that gives the same record",
    "mapio datganiadol, ochr yn ochr â ffwythiant a ysgrifennwyd â llaw sy'n rhoi'r un cofnod",
)
_P2 = Words(
    "parse, map and validate, beside marshmallow's load of the canonical record alone",
    "dosrannu, mapio a dilysu, ochr yn ochr â llwytho'r cofnod canonaidd gan marshmallow yn unig",
)


class DifferentRecords(AssertionError):
    """The two mappings give different records: their speeds cannot be compared."""


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure P1 and P2 on invented Wonde students, all different."""
    count = 20_000 if full else 3_000
    document = shipped("wonde")
    compiled = compile_mapping(document)
    tables = {name: table_from(name, written) for name, written in document.body["codes"].items()}
    context = MapContext("wonde", "661/9901", date(2025, 1, 14))
    students: list[dict[str, Any]] = list(wonde_students(count))
    raw = [json.dumps(student, ensure_ascii=False) for student in students]
    records: list[dict[str, Any]] = []
    for student in students:
        record = compiled.apply(student, context).canonical
        if record is None or record != wonde_by_hand(student, context, tables):
            raise DifferentRecords
        records.append(record)

    def declared() -> None:
        for student in students:
            compiled.apply(student, context)

    def by_hand() -> None:
        for student in students:
            wonde_by_hand(student, context, tables)

    def whole_road() -> None:
        for text in raw:
            tree = strict_json(text)
            mapped = compiled.apply(tree, context)  # type: ignore[arg-type]  # students are objects
            canonical.to_pupil(mapped.canonical or {})

    def schema_alone() -> None:
        for record in records:
            canonical.load(record)

    figures = []
    for name, what, ours, reference, target, aim in (
        ("P1", _P1, declared, by_hand, 0.5, 0.95),
        ("P2", _P2, whole_road, schema_alone, 0.85, 4.0),
    ):
        ratios, measured, floor = rates(ours, reference, count)
        figures.append(Ratio(name, what, ratios, measured, floor, "records/s", target, aim))
    return figures
