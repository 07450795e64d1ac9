"""W7: the IEPs of a mandated cohort into kept drafts, beside converting them in memory alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count as numbers
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy.orm import Session

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.language import shipped
from mis_bridge.domain.idp_conversion import convert
from mis_bridge.domain.pupil import Contact, Name, Provision, ProvisionType, Pupil, Source
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio, rates
from mis_bridge.services.conversion import runs as conversion_runs
from mis_bridge.services.conversion.drafting import plan_of
from mis_bridge.services.conversion.runs import Exports, Wanted
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake import register_changes
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.mapping.file_sources import reopenable
from mis_bridge.services.mapping.runs import MappingRun
from mis_bridge.services.schools import add_authority, add_school
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.migrating import upgrade
from mis_bridge.storage.sealing import KeyRing
from mis_bridge.storage.tenants import Tenant

_ROUNDS: Final = 5
_AT_ONCE: Final = 250
_NOW: Final = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_SCHOOL: Final = Tenant("660", "660/4001")
_W7: Final = Words(
    "IEPs from the export file to kept drafts, as the durable run does it (staged, matched, "
    "sealed, settled, audited) on SQLite, beside reading, mapping and converting the same file in "
    "memory",
    "CAUau o'r ffeil allforio i ddrafftiau a gedwir, fel y gwna'r rhediad parhaol (eu cadw wrth "
    "law, eu paru, eu selio, eu setlo, eu harchwilio) ar SQLite, ochr yn ochr â darllen, mapio a "
    "throsi'r un ffeil yn y cof",
)


class _NoJobs:
    """Takes every job and does none: the bench does the work itself."""

    def enqueue(
        self, session: Session, name: str, key: str, argument: Mapping[str, object]
    ) -> None:
        """Take a job."""


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure W7 on an embedded database in a folder of its own."""
    with TemporaryDirectory(prefix="mis-bridge-bench-") as folder:
        cohort = _Cohort(Path(folder), 5_000 if full else 300)
        return [cohort.figure()]


class _Cohort:
    """A school whose pupils are all on School Action, and an export of their IEPs a round."""

    def __init__(self, folder: Path, pupils: int) -> None:
        self._file, self._pupils = folder / "ieps.json", pupils
        self._round = numbers()
        self._engine = open_database(
            f"sqlite:///{folder / 'bench.db'}", KeyRing([("k1", Secret(b"k" * 32))])
        )
        upgrade(self._engine)
        known = [_pupil(number) for number in range(pupils)]
        self._by_record = {pupil.source.record_id: pupil for pupil in known}
        with sessions(self._engine).begin() as session:
            add_authority(session, "660", "Bench", by="bench", now=_NOW)
            setting = Setting.MAINTAINED_SCHOOL
            add_school(session, _SCHOOL, "Bench", setting, by="bench", now=_NOW)
        for start in range(0, pupils, _AT_ONCE):
            tellings = [
                Telling("wonde", pupil.source.record_id, pupil, _NOW, _NOW.date(), "import:bench")
                for pupil in known[start : start + _AT_ONCE]
            ]
            with sessions(self._engine).begin() as session:
                register_changes.apply_all(session, _SCHOOL, tellings, now=_NOW, jobs=_NoJobs())

    def figure(self) -> Ratio:
        """Measure."""
        ratios, mine, theirs = rates(self.by_the_run, self.in_memory, self._pupils, _ROUNDS)
        return Ratio("W7", _W7, ratios, mine, theirs, "IEPs/s", 0.15, 0.4)

    def by_the_run(self) -> None:
        """Convert a new export from file to kept drafts."""
        number = next(self._round)
        plans = [_iep(number, pupil) for pupil in range(self._pupils)]
        self._file.write_text(json.dumps({"plans": plans}), encoding="utf-8")
        now = _NOW + timedelta(hours=number)
        begin = sessions(self._engine).begin
        with begin() as session:
            run_id = conversion_runs.start(
                session, _SCHOOL, Wanted(), Exports("iep", (self._file,)),
                by="bench", now=now, jobs=_NoJobs(),
            )  # fmt: skip
        some = 1
        while some:
            with begin() as session:
                some = conversion_runs.work_on(session, _SCHOOL, run_id, now=now, jobs=None)

    def in_memory(self) -> None:
        """Convert the same export and keep nothing."""
        on = day_in_wales(_NOW)
        mapping = shipped("iep")
        run = MappingRun(
            reopenable("iep", [self._file], ReadOptions.from_document(mapping.read)),
            compile_mapping(mapping),
            school=_SCHOOL.of_school,
            as_of=on,
            remainder=True,
        )
        for record in run.records():
            pupil = self._by_record[record["pupil"]["record_id"]]
            convert(plan_of(record, "iep"), pupil, school=_SCHOOL.of_school, on=on).to_json()


def _pupil(number: int) -> Pupil:
    return Pupil(
        source=Source("wonde", _SCHOOL.of_school, f"A{number}"),
        name=Name("Gwawr", None, f"Dychmygol{number}"),
        dob=_born(number),
        nc_year=str(number % 11 + 1),
        provision=Provision(ProvisionType.SCHOOL_ACTION, "A", date(2021, 9, 1)),
        contacts=(Contact("Rhiant Dychmygol", "mother", parental_responsibility=True, priority=1),),
    )


def _born(number: int) -> date:
    return date(2015, 9, 1) - timedelta(days=number % 1_500)


def _iep(number: int, pupil: int) -> dict[str, Any]:
    """Return an invented plan with two or three targets, as exports hold them."""
    return {
        "planId": f"IEP-{number}-{pupil}",
        "adno": f"A{pupil}",
        "dateOfBirth": _born(pupil).isoformat(),
        "pupilName": f"Dychmygol{pupil}, Gwawr",
        "stage": "A",
        "language": "cy" if pupil % 3 == 0 else "en",
        "planStart": "2026-09-07",
        "reviewDate": "2027-02-12",
        "author": "ALNCo",
        "strengths": "Kind, curious, enjoys art.",
        "parentalViews": "We agree with the targets.",
        "pupilViews": "I like working in a small group.",
        "targets": list(_targets(pupil)),
    }


def _targets(pupil: int) -> Iterator[dict[str, Any]]:
    for number in range(2 + pupil % 2):
        yield {
            "targetNo": number + 1,
            "areaOfNeed": ("DYSL", "SLCD", "ADHD")[number],
            "target": "Read the first 100 common words",
            "successCriteria": "Reads 90 of 100 at sight",
            "strategies": ["Overlearning", "multi-sensory spelling"],
            "provision": "Structured phonics programme",
            "staff": "Literacy TA",
            "frequency": "20 minutes, 4 times a week",
            "startDate": "2026-09-07",
            "reviewDate": "2027-02-12",
            "outcome": "Ongoing",
            "comments": "",
        }
