"""P3: a nightly reading of which one record in a hundred changed. P4: a first load, on SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from adapters.base import Item, Reading, SourceRecord
from adapters.jsontext import strict_json
from adapters.records import source_record
from mappings.canonical import build_pupil, load, to_json
from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio, rates
from mis_bridge.services.benches.wonde_pupils import wonde_students
from mis_bridge.services.connecting import files_connection
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake import register_changes
from mis_bridge.services.intake.bulk_sync import BulkSync
from mis_bridge.services.intake.staging import Plan
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.mapping.translating import Translator
from mis_bridge.services.schools import add_authority, add_school
from mis_bridge.storage.database import keys_of, open_database, sessions
from mis_bridge.storage.migrating import upgrade
from mis_bridge.storage.register import Batch, write
from mis_bridge.storage.sealing import KeyRing
from mis_bridge.storage.tenants import Tenant

_ROUNDS = 5
_AT_ONCE = 250
_NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
_SCHOOL = Tenant("660", "660/4001")
_NOT_OF_THE_LOAD = frozenset(
    {
        "local_authorities",
        "schools",
        "connections",
        "sealed_keys",
        "audit_heads",
        "audit_events",
        "mis_bridge_revision",
        "sync_runs",
    }
)
_P3 = Words(
    "a nightly reading with 1 % changes, raw record in, database committed, beside parsing, "
    "mapping, checking, sealing and writing every record",
    "darlleniad nosweithiol ag 1 % o newidiadau, o'r cofnod crai i'r gronfa ddata, ochr yn ochr â "
    "dosrannu, mapio, gwirio, selio ac ysgrifennu pob cofnod",
)
_P4 = Words(
    "a first load of canonical records with all that follows (history, tasks, audit), on SQLite, "
    "beside a bare executemany of the very rows it wrote",
    "llwyth cyntaf o gofnodion canonaidd gyda'r cyfan sy'n dilyn (hanes, tasgau, archwilio), ar "
    "SQLite, ochr yn ochr ag executemany moel o'r union resi a ysgrifennodd",
)


class _NoJobs:
    """Takes every job and does none: what is measured is the register."""

    def enqueue(
        self, session: Session, name: str, key: str, argument: Mapping[str, object]
    ) -> None:
        """Take a job."""


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure P3 and P4 on an embedded database in a folder of its own."""
    pupils = 20_000 if full else 1_500
    with TemporaryDirectory(prefix="mis-bridge-bench-") as folder:
        return [_Nightly(Path(folder), pupils).figure(), _FirstLoad(Path(folder), pupils).figure()]


class _Ground:
    """Databases to measure on, and the invented pupils."""

    def __init__(self, folder: Path, pupils: int) -> None:
        self._folder, self.pupils = folder, pupils
        self._number = numbers()
        self.translator = Translator(shipped("wonde"), "wonde", _SCHOOL.of_school)
        self.raw = [json.dumps(each) for each in _students(pupils)]

    def database(self) -> tuple[Engine, str]:
        """Return a new migrated database with one school, and its connection for files."""
        file = self._folder / f"{next(self._number)}.db"
        engine = open_database(f"sqlite:///{file}", KeyRing([("k1", Secret(b"k" * 32))]))
        upgrade(engine)
        with sessions(engine).begin() as session:
            add_authority(session, "660", "Bench", by="bench", now=_NOW)
            setting = Setting.MAINTAINED_SCHOOL
            add_school(session, _SCHOOL, "Bench", setting, by="bench", now=_NOW)
            connection = files_connection(session, _SCHOOL, "wonde", now=_NOW)
        return engine, connection.id


class _Nightly(_Ground):
    """P3."""

    def __init__(self, folder: Path, pupils: int) -> None:
        super().__init__(folder, pupils)
        self._engine, self._connection = self.database()
        self._clock = _NOW
        self._night = numbers()
        self._read(self.raw)
        self._plain, _ = self.database()
        self._compiled = compile_mapping(shipped("wonde"))
        self._context = MapContext("wonde", _SCHOOL.of_school, day_in_wales(_NOW))

    def figure(self) -> Ratio:
        """Measure."""
        ratios, mine, theirs = rates(self.tonight, self.everything, self.pupils, _ROUNDS)
        return Ratio("P3", _P3, ratios, mine, theirs, "records/s", 4.0, 12.0)

    def tonight(self) -> None:
        """Read everybody; every hundredth record is another one than last night."""
        night = next(self._night)
        changed = [
            _changed(raw, night) if number % 100 == night % 100 else raw
            for number, raw in enumerate(self.raw)
        ]
        self._read(changed)
        self.raw = changed

    def everything(self) -> None:
        """Take every record the whole way, by the schema too, and write it: nothing is skipped."""
        for start in range(0, self.pupils, _AT_ONCE):
            with sessions(self._plain).begin() as session:
                ring, batch = keys_of(session), Batch()
                for raw in self.raw[start : start + _AT_ONCE]:
                    record = SourceRecord("wonde", None, _tree(raw), "bench", "")
                    canonical = self._compiled.apply(record.tree, self._context).canonical
                    pupil = build_pupil(load(canonical or {}))
                    record_id = pupil.source.record_id
                    sealed = ring.seal_json(to_json(pupil), "bench")
                    batch.pupils[record_id] = _bare_row(record_id, sealed)
                write(session, _SCHOOL, batch)

    def _read(self, raws: Sequence[str]) -> None:
        self._clock += timedelta(days=1)
        sync = BulkSync(sessions(self._engine).begin, _NoJobs(), lambda: self._clock)
        plan = Plan(_SCHOOL, self._connection, "wonde", "import", self.translator)

        def items(_: Reading) -> Iterator[Item]:
            for raw in raws:
                yield _record(raw, self.translator)

        sync.run(plan, lambda: Reading(items))


class _FirstLoad(_Ground):
    """P4."""

    def __init__(self, folder: Path, pupils: int) -> None:
        super().__init__(folder, pupils)
        as_of = day_in_wales(_NOW)
        self._pupils = [
            self.translator.translate(
                _record(raw, self.translator), as_of=as_of, read_at=_NOW
            ).pupil
            for raw in self.raw
        ]
        rounds = 2 * (_ROUNDS + 1)
        self._empty = [self.database() for _ in range(rounds)]
        self._rows = self._rows_of_a_load()
        self._total = sum(len(rows) for rows in self._rows.values())

    def figure(self) -> Ratio:
        """Measure."""
        ratios, mine, theirs = rates(self.load, self.insert, self._total, _ROUNDS)
        return Ratio("P4", _P4, ratios, mine, theirs, "rows/s", 0.45, 0.8)

    def load(self) -> None:
        """Load everybody by the road of every change."""
        engine, connection_id = self._empty.pop()
        self._load(engine, connection_id)
        engine.dispose()

    def insert(self) -> None:
        """Write the same rows with nothing but the driver."""
        engine, _ = self._empty.pop()
        with closing(sqlite3.connect(str(engine.url.database))) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            for table, rows in self._rows.items():
                places = ",".join("?" * len(rows[0]))
                # The names are those of our own tables, read from the database itself.
                statement = f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608
                for start in range(0, len(rows), _AT_ONCE):
                    connection.executemany(statement, rows[start : start + _AT_ONCE])
                    connection.commit()
        engine.dispose()

    def _load(self, engine: Engine, connection_id: str) -> None:
        for start in range(0, self.pupils, _AT_ONCE):
            tellings = [
                Telling(
                    "wonde",
                    pupil.source.record_id,
                    pupil,
                    _NOW,
                    _NOW.date(),
                    "import:bench",
                    connection_id=connection_id,
                    raw_digest="0" * 64,
                    mapping_digest="0" * 64,
                )
                for pupil in self._pupils[start : start + _AT_ONCE]
            ]
            with sessions(engine).begin() as session:
                register_changes.apply_all(session, _SCHOOL, tellings, now=_NOW, jobs=_NoJobs())

    def _rows_of_a_load(self) -> dict[str, list[tuple[Any, ...]]]:
        engine, connection_id = self.database()
        self._load(engine, connection_id)
        engine.dispose()
        found: dict[str, list[tuple[Any, ...]]] = {}
        with closing(sqlite3.connect(str(engine.url.database))) as connection:
            listed = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (name,) in listed.fetchall():
                if name in _NOT_OF_THE_LOAD or name.startswith("sqlite_"):
                    continue
                rows = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
                if rows:
                    found[name] = rows
        return found


def _students(pupils: int) -> Iterator[dict[str, Any]]:
    """Yield invented students, one in ten of whom has a provision: a school as schools are."""
    for number, student in enumerate(wonde_students(pupils)):
        if number % 10:
            student["extended_details"]["data"]["sen_status"] = "N"
            student["sen_needs"]["data"] = []
        yield student


def _changed(raw: str, night: int) -> str:
    """Return the record with another status than on the night before."""
    student = json.loads(raw)
    student["extended_details"]["data"]["sen_status"] = "A" if night % 2 else "P"
    return json.dumps(student)


def _record(raw: str, translator: Translator) -> SourceRecord:
    return source_record("wonde", _tree(raw), "bench", translator.options)


def _tree(raw: str) -> dict[str, object]:
    tree = strict_json(raw)
    if not isinstance(tree, dict):
        msg = "a student is an object"
        raise TypeError(msg)
    return tree


def _bare_row(record_id: str, sealed: bytes) -> dict[str, Any]:
    return {
        "id": record_id,
        "la": _SCHOOL.la,
        "school": _SCHOOL.school,
        "state": "current",
        "vendor": "wonde",
        "record_id": record_id,
        "sealed_record": sealed,
        "upn_status": "valid",
        "version": 1,
        "changed_at": _NOW,
        "on_hold": False,
    }
