"""The sample files are written as the systems that they imitate write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mis_bridge.demo.files import PLAN_FILES, PUPIL_FILES, paths, write_samples
from mis_bridge.demo.world import load_authority
from tests.unit.demo.test_world import TODAY, check_letter, every_pupil


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_samples(tmp_path / "samples", 2026)
    return tmp_path / "samples"


def test_every_sample_is_there_with_its_years(folder: Path) -> None:
    for sample in (*PUPIL_FILES, *PLAN_FILES):
        for path in paths(folder, sample):
            assert b"{Y" not in path.read_bytes()
            assert b"2026" in path.read_bytes() or path.name == "sims_contacts.csv"


def test_the_on_site_report_is_in_its_own_code_page_with_its_own_line_ends(folder: Path) -> None:
    raw = (folder / "sims_sen_register.csv").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n")
    assert "Môn-Sg?d" in raw.decode("cp1252")


def test_each_plan_belongs_to_a_pupil_of_its_school(folder: Path) -> None:
    pupils = {
        (school.estab, pupil.upn or pupil.record_id): pupil
        for school in load_authority(TODAY).schools
        for pupil in school.pupils
    }
    for sample in PLAN_FILES:
        for plan in json.loads(paths(folder, sample)[0].read_text("utf-8"))["plans"]:
            pupil = pupils[sample.estab, plan["upn"] or plan["adno"]]
            assert plan["dateOfBirth"] == pupil.dob.isoformat()
            assert plan["pupilName"] == f"{pupil.surname}, {pupil.forename}"


def test_the_pupils_of_the_files_are_new_and_their_upns_well_made(folder: Path) -> None:
    known = {pupil.upn for pupil in every_pupil(load_authority(TODAY))}
    texts = [path.read_text("cp1252") for sample in PUPIL_FILES for path in paths(folder, sample)]
    found = {
        word
        for text in texts
        for word in text.replace("<", ",").replace(">", ",").split(",")
        if len(word) == 13 and word[1:].isdigit()
    }
    assert len(found) == 5
    assert not found & known
    assert all(check_letter(upn) == upn[0] for upn in found)
