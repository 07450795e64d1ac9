"""An edit tells others what changed, once, and nothing when nothing did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mis_bridge.demo.roll import DemoNeed, DemoPupil, Edit, Roll, Told
from mis_bridge.demo.world import load_authority

BEFORE = datetime(2026, 11, 22, 6, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PUPILS = load_authority(NOW.date()).schools[0].pupils


def edit_of(pupil: DemoPupil) -> Edit:
    return Edit(pupil.sen, None, pupil.needs, pupil.enrolment, pupil.in_care, pupil.care_authority)


@pytest.fixture
def roll() -> Roll:
    return Roll(PUPILS, BEFORE)


def test_a_new_stage_is_told_as_a_changed_entry_and_stamped(roll: Roll) -> None:
    pupil = PUPILS[0]
    edit = replace(edit_of(pupil), sen="A", sen_since=NOW.date())
    assert roll.edit(pupil.record_id, edit, NOW) == (Told("pupil.sen.changed", ("provision",)),)
    after = roll.get(pupil.record_id)
    assert after is not None
    assert (after.sen, after.sen_since, after.updated_at) == ("A", NOW.date(), NOW)


def test_saving_the_same_again_tells_nothing_and_leaves_the_stamp(roll: Roll) -> None:
    pupil = PUPILS[0]
    assert roll.edit(pupil.record_id, edit_of(pupil), NOW) == ()
    after = roll.get(pupil.record_id)
    assert after is not None
    assert after.updated_at == BEFORE


def test_each_kind_of_fact_is_told_by_its_own_event(roll: Roll) -> None:
    pupil = PUPILS[0]
    edit = Edit("P", None, (DemoNeed("HI", 1, date(2026, 11, 1)),), "M", True, "661")
    assert [told.type for told in roll.edit(pupil.record_id, edit, NOW)] == [
        "pupil.sen.changed",
        "pupil.care.changed",
        "pupil.joined",
    ]


def test_a_pupil_who_left_is_a_deletion_and_no_longer_on_the_roll(roll: Roll) -> None:
    gone = PUPILS[3].record_id
    assert roll.leave(gone, NOW).type == "pupil.left"
    assert roll.get(gone) is None
    assert roll.deletions() == [(gone, NOW)]
    with pytest.raises(KeyError):
        roll.leave(gone, NOW)
