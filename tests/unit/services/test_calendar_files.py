"""Term dates as people write them; what is not understood is refused by its line."""

from __future__ import annotations

import pytest

from mis_bridge.services.calendar_files import CalendarFileRefused, read_calendar

CSV = """kind,start,end
term,2026-09-01,2026-12-18
half term,2026-10-26,2026-10-30
INSET day,2026-09-01,
bank holiday,2027-05-03,
closed,2026-11-30,2026-12-01
"""
WELSH = """math;dechrau;diwedd
tymor;01/09/2026;18/12/2026
hanner tymor;26/10/2026;30/10/2026
HMS;01/09/2026;
gŵyl banc;03/05/2027;
ar gau;30/11/2026;01/12/2026
"""
ICAL = """BEGIN:VCALENDAR\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20260901\r
DTEND;VALUE=DATE:20261219\r
SUMMARY:Autumn term\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261026\r
DTEND;VALUE=DATE:20261031\r
SUMMARY:Half\r
  term\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20260901\r
DTEND;VALUE=DATE:20260902\r
SUMMARY:Training day\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20270503\r
SUMMARY:Early May\r
CATEGORIES:Bank holiday\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART:20261130T080000\r
DTEND:20261201T160000\r
SUMMARY:School closed (boiler)\r
END:VEVENT\r
END:VCALENDAR\r
"""
EXPECTED = {
    "terms": [("2026-09-01", "2026-12-18")],
    "half_terms": [("2026-10-26", "2026-10-30")],
    "inset_days": ["2026-09-01"],
    "bank_holidays": ["2027-05-03"],
    "closures": ["2026-11-30", "2026-12-01"],
}


@pytest.mark.parametrize(
    "text", [CSV, "\ufeff" + CSV, WELSH, ICAL], ids=["csv", "bom", "cy", "ics"]
)
def test_the_same_dates_are_read_from_each_format(text: str) -> None:
    assert read_calendar(text) == EXPECTED


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kind,start,end\nsports day,2026-09-01,\n", "2"),
        ("kind,start,end\nterm,2026-13-01,2026-12-18\n", "2"),
        ("kind,start,end\nterm,2026-12-18,2026-09-01\n", "2"),
        ("kind,start,end\nterm,2026-09-01,2030-09-01\n", "2"),
        ("kind,start,end\n\nterm,next week,\n", "3"),
        ("term,2026-09-01,2026-12-18\n", "1"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Term\nEND:VEVENT\nEND:VCALENDAR", "2"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260901\nRRULE:FREQ=DAILY\nSUMMARY:Term\n"
            "END:VEVENT\nEND:VCALENDAR",
            "2",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_its_line(text: str, line: str) -> None:
    with pytest.raises(CalendarFileRefused) as refused:
        read_calendar(text)
    assert f"line {line}" in refused.value.words.en
    assert line in refused.value.words.cy


@pytest.mark.parametrize("text", ["", "kind,start,end\n", "# nothing\n", "BEGIN:VCALENDAR\n"])
def test_a_file_without_dates_is_refused(text: str) -> None:
    with pytest.raises(CalendarFileRefused):
        read_calendar(text)
