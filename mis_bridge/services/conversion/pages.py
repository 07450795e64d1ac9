"""What the page on conversion shows: for whom nobody has begun, and the runs with their counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.labels import provision_label
from mis_bridge.domain.words import Words
from mis_bridge.services.conversion.keeping import CREATED, KEPT, MADE_ANEW, UNCHANGED
from mis_bridge.services.conversion.runs import (
    FROM_REGISTER,
    GONE,
    ON_REGISTER,
    OUTCOMES,
    REJECTED,
    counts_of,
    rejection,
)
from mis_bridge.services.pages import pupil_name
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import conversion_runs
from mis_bridge.storage.tables.plans import ConversionRunRow
from mis_bridge.storage.tables.register import PupilRow

PER_PAGE: Final = 25
_SHOWN_RUNS: Final = 10
_YEARS: Final = ("N1", "N2", "R", *(str(number) for number in range(1, 15)))


@dataclass(frozen=True, slots=True, repr=False)
class PupilLine:
    """A pupil for whom nobody has begun."""

    pupil_id: str
    name: str | None
    nc_year: str | None
    stage: Words
    since: date | None

    def __repr__(self) -> str:
        return f"PupilLine(pupil_id={self.pupil_id!r})"


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run: how far it is, and what came of it by outcome."""

    run_id: str
    state: str
    asked_at: datetime
    finished_at: datetime | None
    items: int
    settled: int
    counts: tuple[tuple[Words, int], ...]

    @property
    def is_open(self) -> bool:
        """Whether there is work left."""
        return self.finished_at is None


@dataclass(frozen=True, slots=True)
class CohortPage:
    """The cohort of a school: its counts, a page of those to begin with, and the last runs."""

    total: int
    untouched: int
    lines: tuple[PupilLine, ...]
    page: int
    pages: int
    stages: tuple[tuple[str, Words], ...]
    years: tuple[str, ...]
    runs: tuple[RunLine, ...]
    under_way: RunLine | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run with what needs a person's eye."""

    line: RunLine
    rejections: tuple[tuple[str, str | None, Words], ...]
    """The plan as its source names it (or a number), the pupil's id, and why."""
    unmatched: tuple[tuple[str, str], ...]
    """The plan as its source names it, and the id of its draft."""
    incomplete: bool


def cohort_page(session: Session, visitor: Visitor, page: int) -> CohortPage:
    """Return the cohort of the visitor's school."""
    tenant = visitor.tenant
    untouched = conversion_runs.count_untouched(session, tenant, ON_REGISTER)
    pages = max(1, -(-untouched // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = conversion_runs.untouched(
        session, tenant, ON_REGISTER, limit=PER_PAGE, offset=(page - 1) * PER_PAGE
    )
    known = conversion_runs.years(session, tenant, ON_REGISTER)
    runs = [_line(row) for row in conversion_runs.listed(session, tenant, at_most=_SHOWN_RUNS)]
    return CohortPage(
        total=conversion_runs.count_cohort(session, tenant, ON_REGISTER),
        untouched=untouched,
        lines=tuple(_pupil(session, row) for row in rows),
        page=page,
        pages=pages,
        stages=tuple((stage, _stage(stage)) for stage in ON_REGISTER),
        years=tuple(year for year in _YEARS if year in known),
        runs=tuple(runs),
        under_way=next((run for run in runs if run.is_open), None),
    )


def run_page(session: Session, visitor: Visitor, run_id: str) -> RunPage | None:
    """Return a run of the visitor's school, None where there is none."""
    tenant = visitor.tenant
    row = conversion_runs.run(session, tenant, run_id)
    if row is None:
        return None
    wanted = row.wanted if isinstance(row.wanted, dict) else {}
    return RunPage(
        line=_line(row),
        rejections=tuple(
            (item.source_plan or str(item.position + 1), item.pupil_id, rejection(session, item))
            for item in conversion_runs.rejected(session, tenant, run_id)
        ),
        unmatched=tuple(
            (item.source_plan or str(item.position + 1), str(item.draft_id))
            for item in conversion_runs.without_pupil(session, tenant, run_id)
        ),
        incomplete=bool(wanted.get("incomplete")),
    )


def _pupil(session: Session, row: PupilRow) -> PupilLine:
    return PupilLine(
        row.id,
        pupil_name(session, row),
        row.nc_year,
        _stage(row.provision_type or "unknown"),
        row.provision_started_on,
    )


def _stage(code: str) -> Words:
    return provision_label(code) or Words(code, code)


def _line(row: ConversionRunRow) -> RunLine:
    counts = counts_of(row)
    return RunLine(
        row.id,
        row.state,
        row.asked_at,
        row.finished_at,
        row.items,
        sum(counts.values()),
        tuple((_OUTCOMES[outcome], counts[outcome]) for outcome in OUTCOMES),
    )


_OUTCOMES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        CREATED: Words("Drafts made from an earlier plan", "Drafftiau o gynllun blaenorol"),
        MADE_ANEW: Words(
            "Drafts made anew, because the source changed",
            "Drafftiau a luniwyd o'r newydd, am fod y ffynhonnell wedi newid",
        ),
        UNCHANGED: Words("Unchanged since last time", "Heb newid ers y tro diwethaf"),
        KEPT: Words(
            "Left alone, because a person has begun",
            "Gadawyd yn llonydd, am fod person wedi dechrau",
        ),
        FROM_REGISTER: Words(
            "Drafts made from the register alone", "Drafftiau o'r gofrestr yn unig"
        ),
        REJECTED: Words("Rejected", "Gwrthodwyd"),
        GONE: Words(
            "No longer in the cohort when their turn came",
            "Heb fod yn y garfan mwyach pan ddaeth eu tro",
        ),
    }
)
