"""Rows of what was planned and delivered: read whole, or refused with the reason."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import ReadOptions, SourceRecord
from adapters.registry import read_files
from mappings.engine import MapContext, Mapped, compile_mapping
from mappings.language import read_document, shipped

ON = date(2026, 11, 20)
SESSION = {
    "upn": "P661990118001",
    "intervention": "Reading",
    "sessionDate": "2026-11-04",
    "unit": "minutes",
    "planned": 20,
    "delivered": 15,
}
WEEK = {"upn": "P661990118001", "weekCommencing": "2026-11-02", "possible": 10, "attended": 9}


def told(row: dict[str, Any], vendor: str = "interventions") -> Mapped:
    return compile_mapping(shipped(vendor)).apply(
        row, MapContext(vendor, None, ON, record_id="row-1")
    )


def kept(row: dict[str, Any], vendor: str = "interventions") -> dict[str, Any]:
    canonical = told(row, vendor).canonical
    assert canonical is not None
    return canonical


def refused(row: dict[str, Any], vendor: str = "interventions") -> tuple[str, str]:
    result = told(row, vendor)
    assert result.canonical is None
    issue = result.issues[-1]
    assert issue.rejects
    assert issue.reason.en != issue.reason.cy
    return issue.kind, issue.path


def without(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in keys}


def test_a_session_stands_in_the_week_of_its_monday() -> None:
    row = kept(SESSION)
    assert (row["week_on"], row["date"]) == ("2026-11-02", "2026-11-04")
    assert (row["measure"], row["unit"], row["planned"], row["delivered"]) == (
        "provision",
        "minutes",
        20,
        15,
    )


def test_a_source_with_a_name_and_no_number_is_known_by_the_name() -> None:
    assert (kept(SESSION)["reference"], kept(SESSION)["name"]) == ("Reading", "Reading")
    numbered = kept(SESSION | {"interventionId": "I7"})
    assert (numbered["reference"], numbered["name"]) == ("I7", "Reading")


@pytest.mark.parametrize(
    ("status", "planned", "delivered"),
    [("Delivered", 1, 1), ("Cancelled", 1, 0), ("Ni chynhaliwyd", 1, 0), ("Not required", 0, 0)],
)
def test_a_mark_alone_tells_of_one_session(status: str, planned: int, delivered: int) -> None:
    row = kept(without(SESSION, "unit", "planned", "delivered") | {"status": status})
    assert (row["unit"], row["planned"], row["delivered"]) == ("sessions", planned, delivered)


def test_a_session_that_did_not_take_place_delivered_nothing_of_what_was_planned() -> None:
    row = kept(without(SESSION, "delivered") | {"status": "Cancelled"})
    assert (row["planned"], row["delivered"]) == (20, 0)


def test_what_the_source_does_not_say_stays_unsaid() -> None:
    assert kept(without(SESSION, "planned"))["planned"] is None
    assert kept(SESSION | {"delivered": ""})["delivered"] is None
    # That it took place does not say for how long.
    attended = kept(without(SESSION, "delivered") | {"status": "Delivered"})
    assert attended["delivered"] is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (without(SESSION, "sessionDate"), ("no_day", "week")),
        (SESSION | {"sessionDate": "3/4/26"}, ("unreadable_rejected", "date")),
        (SESSION | {"delivered": "all of it"}, ("unreadable_rejected", "delivered")),
        (SESSION | {"planned": -5}, ("unreadable_rejected", "planned")),
        (SESSION | {"delivered": "22.5"}, ("unreadable_rejected", "delivered")),
        (without(SESSION, "intervention"), ("no_reference", "reference")),
        (without(SESSION, "planned", "delivered"), ("no_amount", "delivered")),
        (without(SESSION, "unit"), ("required", "unit")),
        (SESSION | {"unit": "lessons"}, ("unknown_code_rejected", "unit")),
        (SESSION | {"status": "Perhaps"}, ("unknown_code_rejected", "mark")),
        (SESSION | {"status": "Cancelled"}, ("contradicts", "mark")),
        (SESSION | {"status": "Delivered", "delivered": 0}, ("contradicts", "mark")),
        (SESSION | {"weekCommencing": "2026-11-09"}, ("contradicts", "week")),
        (
            without(SESSION, "sessionDate", "planned", "delivered")
            | {"weekCommencing": "2026-11-02", "status": "Delivered"},
            ("no_day", "date"),
        ),
    ],
)
def test_a_row_that_is_not_clear_is_refused_with_its_place(
    row: dict[str, Any], reason: tuple[str, str]
) -> None:
    assert refused(row) == reason


def test_attendance_counts_sessions_and_names_no_provision() -> None:
    row = kept(WEEK, "attendance")
    assert (row["measure"], row["unit"], row["reference"]) == ("attendance", "sessions", "")
    assert (row["planned"], row["delivered"]) == (10, 9)


def test_more_attended_than_possible_is_refused() -> None:
    assert refused(WEEK | {"attended": 11}, "attendance") == ("more_than_possible", "delivered")


@pytest.mark.parametrize(
    ("mark", "possible", "attended"), [("/", 1, 1), ("\\", 1, 1), ("I", 1, 0), ("#", 0, 0)]
)
def test_each_mark_is_one_session_or_none(mark: str, possible: int, attended: int) -> None:
    row = kept({"upn": "x", "date": "2026-11-04", "mark": mark}, "attendance")
    assert (row["planned"], row["delivered"]) == (possible, attended)


def test_a_mark_that_no_table_explains_is_refused() -> None:
    marked = {"upn": "x", "date": "2026-11-04", "mark": "@"}
    assert refused(marked, "attendance") == ("unknown_code_rejected", "mark")


def test_the_overlay_of_the_guide_reads_an_export_with_other_names(tmp_path: Path) -> None:
    guide = Path(__file__).parents[3] / "docs" / "monitoring.md"
    (overlay,) = re.findall(r"^```toml\n(.*?)^```", guide.read_text("utf-8"), re.S | re.M)
    document = read_document(overlay, "ours.toml")
    file = tmp_path / "export.csv"
    file.write_text(
        "Unique Pupil No,Strategy,Held on,Minutes due,Minutes given\n"
        "P661990118001,Reading,04/11/2026,20,15\n",
        "utf-8",
    )
    (record,) = read_files("interventions", [file], ReadOptions.from_document(document.read))
    assert isinstance(record, SourceRecord)
    context = MapContext("interventions", None, ON, record_id=record.record_id)
    row = compile_mapping(document).apply(record.tree, context).canonical
    assert row is not None
    assert (row["week_on"], row["unit"], row["planned"], row["delivered"]) == (
        "2026-11-02",
        "minutes",
        20,
        15,
    )


ANY = st.one_of(st.none(), st.integers(-5, 400), st.text(max_size=8), st.dates().map(str))


@given(
    st.dictionaries(st.sampled_from([*SESSION, "weekCommencing", "status"]), ANY),
    st.booleans(),
)
def test_no_row_is_ever_half_read(row: dict[str, Any], good: bool) -> None:
    result = told((SESSION if good else {}) | row)
    if result.canonical is None:
        assert result.issues[-1].rejects
        return
    record = result.canonical
    assert date.fromisoformat(record["week_on"]).weekday() == 0
    assert record["unit"] in {"minutes", "sessions"}
    amounts = (record["planned"], record["delivered"])
    assert any(amount is not None for amount in amounts)
    assert all(amount is None or 0 <= amount < 1_000_000 for amount in amounts)
