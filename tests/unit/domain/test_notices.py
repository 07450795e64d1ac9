"""The table of notices says what the reference says."""

from __future__ import annotations

import pytest

from mis_bridge.domain.notices import Giver, Place, UnknownEvent, event, events
from tests.unit.domain.routing_table import ROWS, SCHOOL, Row

PLACES = {
    "P": Place.PERSON,
    "F": Place.PARENTS,
    "I": Place.IRO,
    "i": Place.IRO,
    "G": Place.GOVERNING_BODY,
    "C": Place.PERSON_IN_CHARGE,
    "O": Place.OTHER_BODY,
}


def test_the_table_holds_every_row_of_the_reference_and_no_other() -> None:
    assert {row.id for row in events()} == {row.event for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_row_has_the_givers_and_places_of_the_reference(row: Row) -> None:
    notice = event(row.event)
    assert set(row.givers) <= set(notice.giver)
    assert set(notice.to) == {PLACES[place] for place in row.to}
    assert notice.only == (row.only.value if row.only else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_a_row_contains_what_it_must(row: Row) -> None:
    for by in row.givers:
        assert row.content <= set(event(row.event).content(by))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.event)
def test_no_notice_of_a_maintained_school_prints_an_appeal_right(row: Row) -> None:
    content = event(row.event).content(SCHOOL) if SCHOOL in event(row.event).giver else ()
    assert not [block for block in content if block.startswith("right_of_appeal")]


@pytest.mark.parametrize(
    ("by", "right"),
    [
        (Giver.MAINTAINED_SCHOOL, "right_to_reconsideration_s26"),
        (Giver.FEI, "right_of_appeal_s70"),
    ],
)
def test_a_no_aln_decision_names_the_right_that_its_giver_leaves(by: Giver, right: str) -> None:
    rights = [block for block in event("no_aln_decision_s11_4").content(by) if "right" in block]
    assert rights == [right]


def test_a_detained_persons_right_of_appeal_is_that_of_section_72() -> None:
    content = event("no_aln_s40_4").content(Giver.HOME_AUTHORITY)
    assert "right_of_appeal_s72" in content
    assert "right_of_appeal_s70" not in content


def test_only_the_notice_that_a_decision_has_started_rests_on_practice() -> None:
    assert [row.id for row in events() if not row.is_law] == ["decision_started"]


def test_every_row_has_a_title_in_both_languages_and_a_source() -> None:
    for row in events():
        assert row.title.en != row.title.cy
        assert row.source
        assert row.limit


def test_an_unknown_event_is_refused_in_words() -> None:
    with pytest.raises(UnknownEvent) as refused:
        event("letter_of_christmas_greetings")
    assert "table of notices" in refused.value.words.en
