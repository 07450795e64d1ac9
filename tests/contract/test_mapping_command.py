"""The faces of `map` and `mapping`: counts, lists, exit codes, and what is never shown."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mappings.language import vendors
from mis_bridge.cli.main import cli

SAMPLES = Path(__file__).parents[1] / "vendor_samples"
WONDE = SAMPLES / "wonde_students.json"
STUDENT = json.loads(WONDE.read_text("utf-8"))["pages"][0]["body"]["data"][0]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def wonde(
    tmp_path: Path, *students: Any, **more: Any
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    file = tmp_path / "students.json"
    file.write_text(json.dumps({"data": students, **more}), "utf-8")
    told = run("map", file, "--vendor", "wonde", "--as-of", "2025-01-14")
    assert told.exit_code in {0, 1}, told.output
    *records, last = [json.loads(line) for line in told.stdout.splitlines()]
    report = last["report"]
    ends = ("mapped", "rejected", "duplicates", "deleted")
    assert report["read"] == sum(report[end] for end in ends)
    assert (told.exit_code == 1) == bool(report["rejected"] or report["incomplete"])
    return records, report


def changed(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(STUDENT), **changes}


def test_the_same_record_twice_is_one_pupil_counted_and_not_flagged(tmp_path: Path) -> None:
    records, report = wonde(tmp_path, STUDENT, STUDENT)
    assert len(records) == 1
    assert (report["duplicates"], report["duplicate_records"]) == (1, [])
    assert records[0]["flags"] == []


def test_of_two_records_with_one_upn_the_later_is_printed_and_the_other_told(
    tmp_path: Path,
) -> None:
    later = changed(id="B", middle_names="Haf", updated_at="2025-06-01T00:00:00Z")
    records, report = wonde(tmp_path, STUDENT, later)
    assert [record["source"]["record_id"] for record in records] == ["B"]
    assert records[0]["flags"] == ["duplicate_record"]
    assert records[0]["name"]["middle_names"] == "Haf"
    assert report["duplicate_records"] == [
        {"record": STUDENT["id"], "of": "B", "differs": ["name.middle_names"]}
    ]


def test_a_temporary_or_invalid_upn_never_makes_two_records_one(tmp_path: Path) -> None:
    for upn in ("E66199012401A", "P661990118002", None):
        one, other = changed(id="1"), changed(id="2")
        for student in (one, other):
            student["education_details"] = {"data": {"upn": upn}}
        assert len(wonde(tmp_path, one, other)[0]) == 2


def test_a_rejected_record_is_told_by_path_and_shape_and_never_by_value(tmp_path: Path) -> None:
    records, report = wonde(tmp_path, changed(id=None), changed(id="2"))
    assert len(records) == 1
    assert [entry["path"] for entry in report["rejections"]] == ["source.record_id"]
    shown = json.dumps(report, ensure_ascii=False)
    assert STUDENT["legal_surname"] not in shown
    assert STUDENT["education_details"]["data"]["upn"] not in shown
    assert all(entry["reason"] and entry["reason_cy"] for entry in report["rejections"])


def test_what_could_not_be_read_is_told_by_shape(tmp_path: Path) -> None:
    records, report = wonde(tmp_path, changed(date_of_birth="17/02/14"))
    assert records[0]["dob"] is None
    assert records[0]["flags"] == ["unreadable_value:dob"]
    assert report["unreadable"][0]["value_seen"] == "text of 8 characters"


def test_a_page_that_says_more_follow_makes_the_reading_incomplete(tmp_path: Path) -> None:
    more = {"meta": {"pagination": {"more": True, "next": None}}}
    _, report = wonde(tmp_path, STUDENT, **more)
    assert report["incomplete"]
    assert report["incomplete_cy"]


def test_tombstones_are_deletions(tmp_path: Path) -> None:
    told = run("map", SAMPLES / "wonde_deletions.json", "--vendor", "wonde")
    report = json.loads(told.stdout.splitlines()[-1])["report"]
    assert (report["read"], report["deleted"], report["deletions"]) == (1, 1, ["A661991090"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.xml", b'<?xml version="1.0"?><!DOCTYPE a><CTfile/>'),
        ("x.xml", b"<CTfile><CTFpupilData><Pupil>"),
        ("x.csv", b"UPN,Surname\nP661990118001,Prydderch\n"),
    ],
)
def test_a_file_refused_as_a_whole_prints_no_pupil_and_ends_with_2(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    told = run("map", file, "--vendor", "ctf")
    assert told.exit_code == 2 or told.exception is not None
    assert "Prydderch" not in told.output
    assert not told.stdout


def test_an_overlay_changes_record_path_and_codes_and_nothing_else(tmp_path: Path) -> None:
    overlay = tmp_path / "ours.toml"
    overlay.write_text(
        'extends = "wonde"\n[read]\nrecords = "result.people"\n[codes.provision]\nA = "idp_la"\n'
    )
    file = tmp_path / "students.json"
    file.write_text(json.dumps({"result": {"people": [STUDENT]}}))
    told = run("map", file, "--vendor", "wonde", "--mapping", overlay, "--as-of", "2025-01-14")
    record = json.loads(told.stdout.splitlines()[0])
    assert record["provision"]["type"] == "idp_la"
    assert record["needs"][0]["raw_code"] == "SLCD"


def test_a_sims_overlay_names_the_columns_that_a_school_chose(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_bytes(
        "Rhif;Cyfenw;Enw;Geni;Statws;Angen\r\n"
        "7;Rh\u0175s;Si\u00f4n;17.02.2014;Gweithredu gan yr Ysgol;Dyslecsia\r\n"
        "7;Rh\u0175s;Si\u00f4n;17.02.2014;Gweithredu gan yr Ysgol;Nam ar y clyw\r\n".encode(
            "iso-8859-14"
        )
    )
    overlay = tmp_path / "ours.toml"
    overlay.write_text(
        """
extends = "sims"
[read]
record_id = "Rhif"
group_by = "Rhif"
encoding = "iso-8859-14"
tables = [{ name = "register", columns = ["Rhif", "Statws"] }]
[source.record_id]
from = "Rhif"
[name.legal_surname]
from = "rows[].Cyfenw"
[name.legal_forename]
from = "rows[].Enw"
[dob]
from = "rows[].Geni"
[provision_history.type]
from = "Statws"
[needs.type]
from = "Angen"
""",
        "utf-8",
    )
    told = run("map", register, "--vendor", "sims", "--mapping", overlay, "--as-of", "2025-01-14")
    assert told.exit_code == 0, told.output
    record = json.loads(told.stdout.splitlines()[0])
    assert record["name"]["legal_surname"] == "Rhŵs"
    assert record["dob"] == "2014-02-17"
    assert record["provision"]["type"] == "school_action"
    assert [need["type"] for need in record["needs"]] == ["dyslexia", "hearing_impairment"]
    assert "provision.start" in record["not_supplied"]


def test_a_mapping_of_another_vendor_is_refused(tmp_path: Path) -> None:
    overlay = tmp_path / "ours.toml"
    overlay.write_text('extends = "arbor"\n')
    assert run("map", WONDE, "--vendor", "wonde", "--mapping", overlay).exit_code == 2


def test_lint_says_file_line_and_remedy_and_ends_with_1(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text('extends = "wonde"\n\n[upnn]\nfrom = "x"\n')
    told = run("mapping", "lint", bad, "--json")
    finding = json.loads(told.stdout)
    assert told.exit_code == 1
    assert (finding["file"], finding["line"], finding["kind"]) == ("bad.toml", 3, "unknown_name")
    assert finding["remedy"]
    assert finding["remedy_cy"]
    assert "bad.toml:3: " in run("mapping", "lint", bad).output


def test_lint_tries_every_path_on_a_sample(tmp_path: Path) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text('extends = "wonde"\n[uln]\nfrom = "learner_number"\n')
    assert run("mapping", "lint", ours).exit_code == 0
    told = run("mapping", "lint", ours, "--sample", WONDE, "--json")
    assert told.exit_code == 1
    assert [json.loads(line)["kind"] for line in told.stdout.splitlines()] == ["never_matched"]


@pytest.mark.parametrize("vendor", vendors())
def test_a_shipped_document_has_nothing_to_be_told_of(tmp_path: Path, vendor: str) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text(f'extends = "{vendor}"\n')
    assert run("mapping", "lint", ours).exit_code == 0


def test_diff_tells_fact_by_fact_and_its_exit_code_says_whether_anything_changes(
    tmp_path: Path,
) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text('extends = "wonde"\n[codes.provision]\nS = "idp_la"\n')
    same = run("mapping", "diff", "wonde", "wonde", "--sample", WONDE)
    assert same.exit_code == 0
    told = run("mapping", "diff", "wonde", ours, "--sample", WONDE, "--json")
    assert told.exit_code == 1
    *lines, last = [json.loads(line) for line in told.stdout.splitlines()]
    assert {line["record"] for line in lines} == {"A661991003", "A661991014"}
    assert lines[0]["changes"] == [
        {"key": "provision.type", "before": "statement", "after": "idp_la"}
    ]
    assert last["report"]["facts"] == {"provision.type": 2}


def test_provenance_is_printed_when_it_is_asked_for() -> None:
    told = run("map", WONDE, "--vendor", "wonde", "--provenance")
    record = json.loads(told.stdout.splitlines()[0])
    assert record["provenance"]["upn"]["path"] == "education_details.data.upn"
    assert record["provenance"]["needs[0].type"]["path"] == "sen_needs.data[0].code"


def test_the_day_decides_what_is_current() -> None:
    sample = SAMPLES / "xporter_learners.json"
    for day, kind in (("2021-06-01", "school_action"), ("2025-01-14", "school_action_plus")):
        told = run("map", sample, "--vendor", "xporter", "--as-of", day)
        records = [json.loads(line) for line in told.stdout.splitlines()[:-1]]
        mared = next(record for record in records if record["upn"] == "W661990115002")
        assert mared["provision"]["type"] == kind
