"""The demo MIS's form takes what a school may record and names what it may not."""

from __future__ import annotations

from datetime import date

import pytest

from mis_bridge.demo.forms import as_form, read_form
from mis_bridge.demo.roll import DemoPupil
from mis_bridge.demo.texts import PROBLEMS
from mis_bridge.demo.world import load_authority

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def pupil() -> DemoPupil:
    return load_authority(TODAY).schools[0].pupils[1]


def test_a_form_sent_back_untouched_changes_nothing(pupil: DemoPupil) -> None:
    filled = read_form(as_form(pupil, TODAY), pupil, TODAY)
    assert filled.edit is not None
    assert (filled.edit.sen, filled.edit.needs) == (pupil.sen, pupil.needs)
    assert filled.noticed_on == TODAY


@pytest.mark.parametrize(
    ("field", "value", "at", "problem"),
    [
        ("sen", "X", "sen", "sen"),
        ("sen", "", "sen", "sen"),
        ("enrolment", "Z", "enrolment", "enrolment"),
        ("need_1", "SEMH", "need_1", "need"),
        ("noticed_on", "", "noticed_on", "noticed_on"),
        ("noticed_on", "2026-11-24", "noticed_on", "noticed_on"),
        ("noticed_on", "23/11/2026", "noticed_on", "noticed_on"),
        ("sen_since", "soon", "sen_since", "sen_since"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_its_remedy(
    pupil: DemoPupil, field: str, value: str, at: str, problem: str
) -> None:
    filled = read_form(as_form(pupil, TODAY) | {field: value}, pupil, TODAY)
    assert filled.edit is None
    assert filled.problems == {at: PROBLEMS[problem]}


def test_a_looked_after_child_needs_the_number_of_the_authority(pupil: DemoPupil) -> None:
    form = as_form(pupil, TODAY) | {"in_care": "yes", "care_authority": "Gwynedd"}
    assert read_form(form, pupil, TODAY).problems == {"care_authority": PROBLEMS["care_authority"]}


def test_a_second_need_without_a_first_is_refused(pupil: DemoPupil) -> None:
    form = as_form(pupil, TODAY) | {"need_1": "", "need_2": "ASD"}
    assert "need_1" in read_form(form, pupil, TODAY).problems


def test_a_need_that_was_there_keeps_its_start(pupil: DemoPupil) -> None:
    form = as_form(pupil, TODAY) | {"need_1": "HI", "need_2": "DYSL"}
    edit = read_form(form, pupil, TODAY).edit
    assert edit is not None
    assert [(need.code, need.rank, need.start) for need in edit.needs] == [
        ("HI", 1, TODAY),
        ("DYSL", 2, pupil.needs[0].start),
    ]
