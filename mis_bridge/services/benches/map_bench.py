"""P1: mapping beside a function by hand. P2: parse, map, validate beside marshmallow alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from adapters.jsontext import strict_json
from mappings import canonical
from mappings.codesets import table_from
from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import ROUNDS, Ratio, rates
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
    return figures(20_000 if full else 3_000)


def figures(count: int, rounds: int = ROUNDS) -> list[Ratio]:
    """Measure on so many students, in so many rounds."""
    load = _Load(count, rounds)
    return [
        load.figure("P1", _P1, load.declared, load.by_hand, (0.5, 0.95)),
        load.figure("P2", _P2, load.whole_road, load.schema_alone, (0.85, 4.0)),
    ]


class _Load:
    """The records to be measured with, and the four ways of going through them."""

    def __init__(self, count: int, rounds: int) -> None:
        self._rounds = rounds
        document = shipped("wonde")
        self._compiled = compile_mapping(document)
        self._tables = {
            name: table_from(name, written) for name, written in document.body["codes"].items()
        }
        self._context = MapContext("wonde", "661/9901", date(2025, 1, 14))
        self._students: list[dict[str, Any]] = list(wonde_students(count))
        self._raw = [json.dumps(student, ensure_ascii=False) for student in self._students]
        self._records = [self._agreed(student) for student in self._students]

    def figure(
        self,
        name: str,
        what: Words,
        ours: Callable[[], None],
        reference: Callable[[], None],
        goals: tuple[float, float],
    ) -> Ratio:
        ratios, measured, floor = rates(ours, reference, len(self._students), self._rounds)
        return Ratio(name, what, ratios, measured, floor, "records/s", *goals)

    def declared(self) -> None:
        for student in self._students:
            self._compiled.apply(student, self._context)

    def by_hand(self) -> None:
        for student in self._students:
            wonde_by_hand(student, self._context, self._tables)

    def whole_road(self) -> None:
        for text in self._raw:
            tree = strict_json(text)
            mapped = self._compiled.apply(tree, self._context)  # type: ignore[arg-type]  # an object
            canonical.to_pupil(mapped.canonical or {})

    def schema_alone(self) -> None:
        for record in self._records:
            canonical.load(record)

    def _agreed(self, student: dict[str, Any]) -> dict[str, Any]:
        record = self._compiled.apply(student, self._context).canonical
        if record is None or record != wonde_by_hand(student, self._context, self._tables):
            raise DifferentRecords
        return record
