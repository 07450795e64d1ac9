"""Other files of the same formats, with other nastiness: what the samples do not show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mis_bridge.cli.main import cli

SAMPLES = Path(__file__).parents[1] / "vendor_samples"


def mapped(vendor: str, *paths: Path, code: int = 0) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    arguments = ["map", *map(str, paths), "--vendor", vendor, "--school", "661/9901"]
    told = CliRunner().invoke(cli, [*arguments, "--as-of", "2025-01-14"])
    assert told.exit_code == code, told.output
    *records, last = [json.loads(line) for line in told.stdout.splitlines()]
    return records, last["report"]


def written(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(json.dumps(content), "utf-8")
    return file


def ctf(*pupils: str, encoding: str = "utf-8", attributes: str = "") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><CTfile{attributes}><CTFpupilData>'
        + "".join(pupils)
        + "</CTFpupilData></CTfile>"
    )
    return text.encode(encoding)


def pupil(inner: str = "", upn: str = "P661990118001", surname: str = "Rh&#375;s") -> str:
    return (
        f"<Pupil><UPN>{upn}</UPN><Surname>{surname}</Surname><Forename>Mared</Forename>"
        f"<DOB>2014-02-17</DOB><Gender>F</Gender>{inner}</Pupil>"
    )


def spell(code: str, start: str, end: str = "") -> str:
    closed = f"<EndDate>{end}</EndDate>" if end else ""
    return f"<SEN><StartDate>{start}</StartDate>{closed}<SENprovision>{code}</SENprovision></SEN>"


def test_assembly_joins_contacts_and_reads_null_as_its_client_says(tmp_path: Path) -> None:
    student = {
        "object": "student", "id": 11, "upn": "P661990118001", "former_upn": None, "uln": None,
        "legal_first_name": "Siôn", "legal_last_name": "Prydderch", "first_name": "Siôn",
        "last_name": "Prydderch", "middle_name": "Gŵyn", "dob": "2014-02-17", "sex": "M",
        "demographics": {
            "object": "demographics", "sen_category": None, "in_care": False, "ever_in_care": None,
            "sen_category_history": [], "sen_needs": [],
        },
        "contacts": [{
            "id": 7,
            "relationship": {
                "relationship_type": "Mother", "priority": 1, "parental_responsibility": True,
            },
        }],
    }  # fmt: skip
    contact = {"object": "contact", "id": 7, "first_name": "Lowri", "last_name": "Prydderch"}
    file = written(tmp_path, "assembly.json", {"students": [student], "contacts": [contact]})
    records, _ = mapped("assembly", file)
    assert records[0]["provision"]["type"] == "none"
    assert records[0]["contacts"][0]["name"] == "Lowri Prydderch"
    assert records[0]["contacts"][0]["parental_responsibility"] is True
    del student["demographics"]["sen_category"]  # type: ignore[attr-defined]
    del student["demographics"]["sen_category_history"]  # type: ignore[attr-defined]
    file = written(tmp_path, "assembly.json", {"students": [student], "contacts": [contact]})
    assert "provision" in mapped("assembly", file)[0][0]["not_supplied"]


@pytest.mark.parametrize("ticked", [True, False])
def test_bromcom_reads_an_entity_that_was_not_ticked_as_not_supplied(
    tmp_path: Path, ticked: bool
) -> None:
    body: dict[str, Any] = {
        "Students": [
            {
                "StudentID": 1, "UPN": "P661990118001", "LegalFirstName": "Siôn",
                "LegalLastName": "Prydderch", "DateOfBirth": "17/02/2014",
            },
            {
                "StudentID": 2, "UPN": "", "LegalFirstName": "Nia", "LegalLastName": "Jones",
                "DateOfBirth": "20080506",
            },
        ],
    }  # fmt: skip
    if ticked:
        body["SENStudents"] = [
            {"StudentID": 1, "SENStatusCode": "A", "StartDate": "20230911", "EndDate": None}
        ]
        body["SENStudentNeeds"] = [{"StudentID": 1, "SENNeedType": "Dyslexia", "Rank": "1"}]
    records, _ = mapped("bromcom", written(tmp_path, "bromcom.json", body))
    if ticked:
        assert records[0]["provision"]["type"] == "school_action"
        assert records[0]["needs"][0]["type"] == "dyslexia"
        assert records[1]["provision"]["type"] == "none"
        assert records[1]["needs"] == []
    else:
        for record in records:
            assert {"provision", "needs", "provision_history"} <= set(record["not_supplied"])


def test_a_scope_that_was_withheld_from_xporter_never_reads_as_none(tmp_path: Path) -> None:
    answers = json.loads((SAMPLES / "xporter_learners.json").read_text("utf-8"))
    answers["responses"] = [a for a in answers["responses"] if "/Students/" in a["path"]]
    records, _ = mapped("xporter", written(tmp_path, "xporter.json", answers))
    for record in records:
        assert record["provision"]["type"] != "none"
        assert {"needs", "contacts", "provision_history"} <= set(record["not_supplied"])


@pytest.mark.parametrize("withheld", ["sen-status-assignments", "individual-development-plans"])
def test_a_listing_that_arbor_withheld_never_reads_as_none(tmp_path: Path, withheld: str) -> None:
    entities = json.loads((SAMPLES / "arbor_students.json").read_text("utf-8"))
    del entities[withheld]
    records, _ = mapped("arbor", written(tmp_path, "arbor.json", entities))
    inferred = [
        record
        for record in records
        if "provision" in record and record["provision"]["type"] == "none"
    ]
    assert all(record["provision"].get("raw_code") == "N" for record in inferred)
    assert all("provision_history" in record["not_supplied"] for record in records)


def test_letter_case_and_extra_blanks_make_no_difference_to_xporter(tmp_path: Path) -> None:
    answers = json.loads((SAMPLES / "xporter_learners.json").read_text("utf-8"))
    for answer in answers["responses"]:
        for name, rows in list(answer["body"].items()):
            if isinstance(rows, list) and not name.startswith("_"):
                answer["body"][name] = [
                    {key.upper(): value for key, value in row.items()} for row in rows
                ]
    plain, _ = mapped("xporter", SAMPLES / "xporter_learners.json")
    shouted, _ = mapped("xporter", written(tmp_path, "xporter.json", answers))
    assert shouted == plain


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "iso-8859-14"])
def test_a_transfer_file_keeps_a_circumflex_whatever_its_encoding(
    tmp_path: Path, encoding: str
) -> None:
    file = written(tmp_path, "a.xml", ctf(pupil(), encoding=encoding))
    assert mapped("ctf", file)[0][0]["name"]["legal_surname"] == "Rhŷs"


def test_a_transfer_file_with_a_name_space_and_history_out_of_order(tmp_path: Path) -> None:
    inner = f"<SENhistory>{spell('P', '2022-09-05')}{spell('A', '2020-09-07')}</SENhistory>"
    file = written(tmp_path, "a.xml", ctf(pupil(inner), attributes=' xmlns="urn:ctf"'))
    record = mapped("ctf", file)[0][0]
    assert record["provision"]["type"] == "school_action_plus"
    assert record["provision_history"][0]["end"] == "2022-09-04"
    assert "needs" in record["not_supplied"]


def test_an_english_transfer_file_is_flagged_and_never_made_welsh(tmp_path: Path) -> None:
    coded = "".join(f"<SENneed><SENtype>{code}</SENtype></SENneed>" for code in ("SEMH", "ASD"))
    needs = f"<SENneeds>{coded}</SENneeds>"
    inner = f"<SENhistory>{spell('E', '2020-09-07')}{needs}</SENhistory>"
    record = mapped("ctf", written(tmp_path, "a.xml", ctf(pupil(inner))))[0][0]
    assert record["provision"]["type"] == "english_ehc_plan"
    assert {"english_code:E", "unknown_need_code:SEMH"} <= set(record["flags"])
    assert {need["type"] for need in record["needs"]} == {"unknown", "autistic_spectrum_disorders"}


def test_two_children_under_one_upn_are_told_and_not_merged(tmp_path: Path) -> None:
    records, report = mapped(
        "ctf", written(tmp_path, "a.xml", ctf(pupil(), pupil(surname="Jones")))
    )
    assert records[0]["flags"] == ["duplicate_record"]
    assert report["duplicate_records"][0]["differs"] == ["name.legal_surname"]


def test_a_sims_report_by_another_hand_reads_the_same(tmp_path: Path) -> None:
    lines = (SAMPLES / "sims_sen_register.csv").read_text("cp1252").splitlines()
    rows = [line.split(",") for line in lines]
    turned = ["Ysgol Enghraifft;;;", "", *(";".join(reversed(row)) for row in rows)]
    file = written(tmp_path, "register.csv", "\n".join(turned).encode("utf-16"))
    plain, _ = mapped("sims", SAMPLES / "sims_sen_register.csv")
    other, _ = mapped("sims", file)
    assert other == plain


def test_an_orphan_contact_is_counted_and_belongs_to_nobody(tmp_path: Path) -> None:
    contacts = (
        SAMPLES / "sims_contacts.csv"
    ).read_bytes() + b"009999,1,Mrs Orphan,Mother,T,F,,\r\n"
    records, report = mapped(
        "sims", SAMPLES / "sims_sen_register.csv", written(tmp_path, "contacts.csv", contacts)
    )
    assert report["flags"]["orphan_contact"] == 1
    assert not any(c["name"] == "Orphan" for record in records for c in record["contacts"])


def test_a_plan_in_html_with_bullets_comes_out_as_text(tmp_path: Path) -> None:
    plan = {
        "planId": "1", "upn": None, "pupilName": "ap Dafydd, Tomos", "stage": "??",
        "targets": [{
            "targetNo": "1", "areaOfNeed": "Darllen", "target": "<p>Read <b>ten</b> words</p>",
            "strategies": "• one\n• two; three|four", "outcome": "Partly met",
        }],
    }  # fmt: skip
    records, _ = mapped("iep", written(tmp_path, "plans.json", {"plans": [plan]}))
    target = records[0]["targets"][0]
    assert target["target"] == "Read ten words"
    assert target["strategies"] == ["one", "two", "three", "four"]
    assert (target["area_of_need"], target["area_of_need_raw"]) == (None, "Darllen")
    assert records[0]["stage"] == "??"
    assert records[0]["pupil"]["name"] == "Tomos ap Dafydd"
