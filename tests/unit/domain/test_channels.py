"""How a notice may be given, and when it then counts as given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routing import (
    Channel,
    Delivery,
    Giver,
    Learner,
    NoticeCase,
    Parent,
    recipients,
)
from tests.unit.domain.routing_table import CONVERSION, LA, NHS, SCHOOL, TODAY, VERIFIED

PAPER = (Channel.POST, Channel.HAND, Channel.LEAVE_AT_ADDRESS)
WILLING = Delivery("1 Stryd Enghraifft", "m@example.org", electronic_consent=True, language="cy")
SENT = date(2026, 11, 23)


def case_of(mother: Delivery, *, sent_on: date | None = None) -> NoticeCase:
    return NoticeCase(
        event="no_aln_decision_s11_4",
        by=SCHOOL,
        on=TODAY,
        learner=Learner("child", PersonKind.CHILD),
        parents=(Parent("mother", delivery=mother), Parent("father")),
        sent_on=sent_on,
    )


@pytest.mark.parametrize(
    ("mother", "electronic"),
    [
        (WILLING, True),
        (replace(WILLING, electronic_consent=None), False),
        (replace(WILLING, electronic_consent=False), False),
        (replace(WILLING, electronic_address=None), False),
        (replace(WILLING, electronic_address=""), False),
        (Delivery(), False),
    ],
)
def test_electronic_needs_both_willingness_and_an_address(
    mother: Delivery, electronic: bool
) -> None:
    routed = recipients(case_of(mother))
    found = {one.id: one.channels for one in routed.recipients}
    assert found["mother"] == ((*PAPER, Channel.ELECTRONIC) if electronic else PAPER)
    assert found["child"] == found["father"] == PAPER


def test_willingness_is_each_recipients_own() -> None:
    case = replace(case_of(Delivery()), case_friend=replace(VERIFIED, delivery=WILLING))
    found = {one.id: one.channels for one in recipients(case).recipients}
    assert Channel.ELECTRONIC in found["case_friend"]
    assert found["mother"] == PAPER


def test_the_language_is_each_recipients_own_and_both_until_known() -> None:
    found = {one.id: one.language for one in recipients(case_of(WILLING)).recipients}
    assert found == {"child": "both", "mother": "cy", "father": "both"}


def test_nothing_is_given_before_it_is_sent() -> None:
    routed = recipients(case_of(WILLING))
    assert routed.given_on is None
    assert "given_on" not in routed.to_json()


def test_sending_electronically_settles_the_day_and_posting_does_not() -> None:
    routed = recipients(case_of(WILLING, sent_on=SENT))
    assert routed.given_on == {"mother": SENT}
    assert {doubt.point for doubt in routed.trace.uncertain} >= {
        "given_on:child",
        "given_on:father",
    }


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        (Channel.POST, {}),
        (Channel.HAND, {"child": SENT, "mother": SENT, "father": SENT}),
        (Channel.LEAVE_AT_ADDRESS, {"child": SENT, "mother": SENT, "father": SENT}),
        (Channel.ELECTRONIC, {"mother": SENT}),
    ],
)
def test_the_way_that_was_used_settles_the_day(channel: Channel, given: dict[str, date]) -> None:
    routed = recipients(replace(case_of(WILLING, sent_on=SENT), channel=channel))
    assert routed.given_on == given


def test_a_notice_nobody_gets_is_given_to_nobody() -> None:
    routed = recipients(replace(case_of(WILLING, sent_on=SENT), by=LA))
    assert routed.given_on == {}


@pytest.mark.parametrize(
    ("event", "by", "point"),
    [
        *((event, LA, "channel_of_a_conversion_notice") for event in sorted(CONVERSION)),
        ("health_opinion_s64_3", NHS, "channel_of_a_health_body"),
        ("nhs_outcome_s21", NHS, "channel_of_a_health_body"),
    ],
)
def test_where_section_88_does_not_reach_the_answer_says_so(
    event: str, by: Giver, point: str
) -> None:
    routed = recipients(replace(case_of(WILLING), event=event, by=by))
    assert point in [doubt.point for doubt in routed.trace.uncertain]


def test_where_section_88_reaches_nothing_is_doubted_about_channels() -> None:
    points = [doubt.point for doubt in recipients(case_of(WILLING)).trace.uncertain]
    assert not [point for point in points if point.startswith("channel")]


def test_a_repr_of_the_facts_shows_ids_and_nothing_else() -> None:
    case = replace(case_of(WILLING), learner=Learner("child", dob=date(2015, 3, 4)))
    shown = repr(case) + repr(case.learner) + repr(case.parents) + repr(WILLING)
    assert "example.org" not in shown
    assert "Stryd" not in shown
    assert "2015" not in shown
