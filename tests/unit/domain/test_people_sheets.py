"""The sheets of recorded facts are whole, and what stand-ins told the school reaches them."""

from __future__ import annotations

from datetime import date

import pytest

from mis_bridge.domain.notice_case import CaseFriend, Channel, Delivery
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people_sheets import SHEETS, Answer, Sheet
from mis_bridge.domain.pupil_case import ElectronicConsent, RoutingFacts, case_from_pupil
from mis_bridge.domain.routing import recipients
from tests.factories.pupils import a_pupil

ON = date(2026, 11, 23)
FRIEND = CaseFriend("case_friend", "ETW-7", date(2026, 11, 3), None, Delivery("3 Canary Terrace"))


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=list(SHEETS))
def test_every_sheet_asks_each_field_once_and_names_its_provision(sheet: Sheet) -> None:
    names = [one.name for one in sheet.questions]
    assert len(names) == len(set(names))
    assert sheet.source
    assert any(one.needed for one in sheet.questions)
    for one in sheet.questions:
        assert bool(one.choices) == (one.answer is Answer.CHOICE), one.name
        assert (one.answer is Answer.PERSON) <= bool(sheet.whom)


@pytest.mark.parametrize(
    ("given_to", "given_on", "willing"),
    [
        (Giver.MAINTAINED_SCHOOL, date(2026, 11, 20), True),
        (Giver.MAINTAINED_SCHOOL, date(2026, 11, 24), False),
        (Giver.LOCAL_AUTHORITY, date(2026, 11, 20), False),
    ],
    ids=["told this school", "not yet told", "told another body"],
)
def test_a_case_friend_is_reached_electronically_only_where_they_told_this_body(
    given_to: Giver,
    given_on: date,
    willing: bool,
) -> None:
    facts = RoutingFacts(
        case_friend=FRIEND,
        consents={"case_friend": ElectronicConsent("friend@example.test", given_to, given_on)},
        languages={"case_friend": "cy"},
    )
    case = case_from_pupil(
        a_pupil(), event="no_aln_decision_s11_4", by="maintained_school", on=ON, facts=facts
    )
    friend = next(one for one in recipients(case).recipients if one.id == "case_friend")
    assert (Channel.ELECTRONIC in friend.channels) is willing
    assert friend.language == "cy"
    assert case.delivery_of("case_friend").address == "3 Canary Terrace"
