"""The numbers of the monitoring pages as CSV, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from mis_bridge.domain.monitoring import WHY_LEFT_OUT, Comparison
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.monitoring.of_pupil import PupilMonitoring
from mis_bridge.services.monitoring.of_school import Figure, SchoolMonitoring

# A spreadsheet takes a cell that begins like this for a formula and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")

UNITS: Final = {
    "minutes": Words("minutes", "munudau"),
    "sessions": Words("sessions", "sesiynau"),
}
BASES: Final = {
    "source": Words("the source's own figure", "ffigur y ffynhonnell ei hun"),
    "plan": Words("stated in the plan", "a nodir yn y cynllun"),
}
_ATTENDANCE: Final = Words("Attendance", "Presenoldeb")
_PUPIL_HEAD: Final = (
    Words("What", "Beth"),
    Words("Source", "Ffynhonnell"),
    Words("Week beginning", "Wythnos yn dechrau"),
    Words("School days", "Diwrnodau ysgol"),
    Words("Unit", "Uned"),
    Words("Planned", "Cynlluniwyd"),
    Words("Delivered", "Darparwyd"),
    Words("Planned figure from", "Ffigur a gynlluniwyd o"),
    Words("Left out because", "Hepgorwyd oherwydd"),
)
_SCHOOL_HEAD: Final = (
    Words("Pupil", "Disgybl"),
    Words("Provisions in the plan", "Darpariaethau yn y cynllun"),
    Words("Provisions that a source tells of", "Darpariaethau y mae ffynhonnell yn sôn amdanynt"),
    Words("Minutes planned", "Munudau a gynlluniwyd"),
    Words("Minutes delivered", "Munudau a ddarparwyd"),
    Words("Sessions planned", "Sesiynau a gynlluniwyd"),
    Words("Sessions delivered", "Sesiynau a ddarparwyd"),
    Words("Attendance: possible sessions", "Presenoldeb: sesiynau posibl"),
    Words("Attendance: attended sessions", "Presenoldeb: sesiynau a fynychwyd"),
)


def pupil_csv(found: PupilMonitoring, language: Language) -> str:
    """Return every week of a pupil's page, compared or left out with the reason."""
    rows: list[list[object]] = [[head.in_(language) for head in _PUPIL_HEAD]]
    for each in found.provisions:
        what = each.provision.label.in_(language)
        named = "; ".join(f"{source.vendor}: {source.name}" for source in each.sources)
        for comparison in each.comparisons:
            rows.extend(_weeks(what, named, comparison, language))
    for vendor, comparison in found.attendance:
        rows.extend(_weeks(_ATTENDANCE.in_(language), vendor, comparison, language))
    return _written(rows)


def school_csv(found: SchoolMonitoring, language: Language) -> str:
    """Return the pupils of a school's page with their sums."""
    rows: list[list[object]] = [[head.in_(language) for head in _SCHOOL_HEAD]]
    for pupil in found.pupils:
        by_unit = {figure.unit: figure for figure in pupil.figures}
        rows.append(
            [
                pupil.name or "",
                pupil.provisions,
                pupil.linked,
                *_amounts(by_unit.get("minutes")),
                *_amounts(by_unit.get("sessions")),
                *_amounts(pupil.attendance),
            ]
        )
    return _written(rows)


def _weeks(
    what: str, source: str, comparison: Comparison, language: Language
) -> Iterable[list[object]]:
    for week in comparison.weeks:
        yield [
            what,
            source,
            week.week_on.isoformat(),
            week.school_days,
            UNITS[comparison.unit].in_(language),
            "" if week.planned is None else week.planned,
            "" if week.delivered is None else week.delivered,
            BASES[week.basis].in_(language) if week.basis else "",
            WHY_LEFT_OUT[week.left_out].in_(language) if week.left_out else "",
        ]


def _amounts(figure: Figure | None) -> tuple[object, object]:
    return ("", "") if figure is None else (figure.planned, figure.delivered)


def _written(rows: Sequence[Sequence[object]]) -> str:
    """Write RFC 4180, with a mark that tells spreadsheets that it is UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
