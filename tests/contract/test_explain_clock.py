"""Every period of the law as `explain` answers it: at, a day before and a day after its edge.

The dates were counted by hand from the reference and stand here apart from the code.
"""

from __future__ import annotations

from typing import Any

import pytest

from mis_bridge.services.explain import clock
from mis_bridge.services.explain.cases import BadCase
from tests.factories.calendars import SPEC

FEI: dict[str, object] = {
    "kind": "fei",
    "terms": [["2026-09-07", "2026-12-18"], ["2027-01-04", "2027-03-25"]],
    "half_terms": [["2026-10-26", "2026-10-30"]],
    "inset_days": ["2026-11-27"],
}
# The years of the conversion; closures left out on purpose.
PAST: dict[str, object] = {
    "kind": "school",
    "terms": [["2022-09-05", "2022-12-16"], ["2023-01-04", "2023-03-31"]],
    "half_terms": [["2022-10-31", "2022-11-04"], ["2023-02-20", "2023-02-24"]],
}
CALENDARS = {"ysgol": SPEC, "coleg": FEI, "past": PAST}

SCHOOL = {"body": "maintained_school", "calendar": "ysgol"}
COLLEGE = {"body": "fei", "calendar": "coleg"}
LA = {"body": "local_authority"}
CHILD = {"person": "child"}
YOUNG = {"person": "young_person"}
TOLD = {"trigger": "brought_to_attention"}


def ask(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for part in parts:
        given |= part
    return clock.answer(given | more, CALENDARS).result


def holds(expected: dict[str, Any], found: dict[str, Any]) -> bool:
    return {key: found.get(key, "absent") for key in expected} == expected


# rule: (given, what must be answered)
ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "SCH-35 child": (
        SCHOOL | CHILD | TOLD | {"trigger_date": "2026-11-20"},
        {
            "clock": "school_decide_and_idp",
            "count": 35,
            "unit": "school_days",
            "starts_on": "2026-11-20",
            "first_counted_day": "2026-11-23",
            "last_day_of_period": "2027-01-26",
            "due_date": "2027-01-26",
        },
    ),
    "SCH-35 young person, consent given later": (
        SCHOOL
        | YOUNG
        | {
            "trigger": "consent",
            "trigger_date": "2026-11-23",
            "concern_date": "2026-10-01",
            "consent": "given",
        },
        {"starts_on": "2026-11-23", "first_counted_day": "2026-11-24", "due_date": "2027-01-27"},
    ),
    "SCH-35 young person, attention with a consent date": (
        SCHOOL | YOUNG | TOLD | {"trigger_date": "2026-10-01", "consent_date": "2026-11-23"},
        {"starts_on": "2026-11-23", "due_date": "2027-01-27"},
    ),
    "FEI-35": (
        COLLEGE | YOUNG | {"trigger": "consent", "trigger_date": "2026-11-20"},
        {
            "clock": "fei_decide_and_idp",
            "count": 35,
            "unit": "fei_term_time_days",
            "first_counted_day": "2026-11-23",
            "due_date": "2027-01-25",
        },
    ),
    "LA-12W child": (
        LA | CHILD | TOLD | {"trigger_date": "2026-11-20"},
        {
            "clock": "la_decide_and_idp",
            "count": 12,
            "unit": "weeks",
            "first_counted_day": "2026-11-21",
            "last_day_of_period": "2027-02-12",
            "due_date": "2027-02-12",
        },
    ),
    "LA-12W is of the Code and does not run on from a Sunday": (
        LA | CHILD | TOLD | {"trigger_date": "2026-11-22"},
        {"last_day_of_period": "2027-02-14", "due_date": "2027-02-14"},
    ),
    "LA-12W young person": (
        LA | YOUNG | TOLD | {"trigger_date": "2026-11-01", "consent_date": "2026-11-20"},
        {"starts_on": "2026-11-20", "due_date": "2027-02-12"},
    ),
    "LA-7W": (
        LA | {"trigger": "s26_request", "trigger_date": "2026-11-21"},
        # Saturday to Saturday: a Code period stays there.
        {
            "clock": "la_reconsider_school_decision",
            "count": 7,
            "unit": "weeks",
            "due_date": "2027-01-09",
        },
    ),
    "LA-27": (
        LA | {"trigger": "s27_request", "trigger_date": "2026-11-20"},
        {"clock": "la_reconsider_plan", "count": 7, "due_date": "2027-01-08"},
    ),
    "LA-28": (
        LA | {"trigger": "s28_request", "trigger_date": "2026-11-20"},
        {"clock": "la_takeover", "count": 7, "due_date": "2027-01-08"},
    ),
    "LA-32": (
        LA | {"trigger": "s32_request", "s32_request_date": "2026-11-20"},
        {"clock": "la_ceasing", "count": 7, "due_date": "2027-01-08"},
    ),
    "LA-NN a day before a Saturday": (
        LA | YOUNG | {"trigger": "consent_to_s13_decision", "trigger_date": "2026-11-20"},
        {
            "clock": "la_plan_not_necessary_notice",
            "count": 12,
            "last_day_of_period": "2027-02-12",
            "due_date": "2027-02-12",
        },
    ),
    "LA-NN on a Saturday": (
        LA | YOUNG | {"trigger": "consent_to_s13_decision", "trigger_date": "2026-11-21"},
        {"last_day_of_period": "2027-02-13", "due_date": "2027-02-15"},
    ),
    "LA-NN on a Sunday": (
        LA | YOUNG | {"trigger": "consent_to_s13_decision", "trigger_date": "2026-11-22"},
        {"last_day_of_period": "2027-02-14", "due_date": "2027-02-15"},
    ),
    "LA-NN on Good Friday runs past Easter Monday": (
        LA | YOUNG | {"trigger": "consent_to_s13_decision", "trigger_date": "2027-01-01"},
        {"last_day_of_period": "2027-03-26", "due_date": "2027-03-30"},
    ),
    "LA-NN on a bank holiday": (
        LA | YOUNG | {"trigger": "consent_to_s13_decision", "trigger_date": "2027-02-08"},
        {"last_day_of_period": "2027-05-03", "due_date": "2027-05-04"},
    ),
    "DET-NN child": (
        {"clock": "detained_plan_not_necessary_notice"}
        | CHILD
        | TOLD
        | {"trigger_date": "2026-11-22"},
        {"count": 12, "last_day_of_period": "2027-02-14", "due_date": "2027-02-15"},
    ),
    "DET-NN young person": (
        {"clock": "detained_plan_not_necessary_notice"}
        | YOUNG
        | {"trigger": "consent", "trigger_date": "2026-11-20", "concern_date": "2026-09-01"},
        {"starts_on": "2026-11-20", "due_date": "2027-02-12"},
    ),
    "HOSP-7W": (
        LA | {"trigger": "detained_in_hospital", "trigger_date": "2026-11-21"},
        {
            "clock": "hospital_review",
            "count": 7,
            "last_day_of_period": "2027-01-09",
            "due_date": "2027-01-11",
        },
    ),
    "NHS-6W ends on Boxing Day and runs past its substitute": (
        {
            "body": "nhs_body",
            "trigger": "s20_referral_received",
            "trigger_date": "2026-11-14",
        },
        {
            "clock": "nhs_inform",
            "count": 6,
            "last_day_of_period": "2026-12-26",
            "due_date": "2026-12-29",
        },
    ),
    "NHS-6W a day earlier ends on Christmas Day": (
        {"body": "nhs_body", "trigger": "s20_referral_received", "trigger_date": "2026-11-13"},
        {"last_day_of_period": "2026-12-25", "due_date": "2026-12-29"},
    ),
    "NHS-6W two days earlier ends on a working day": (
        {"body": "nhs_body", "trigger": "s20_referral_received", "trigger_date": "2026-11-12"},
        {"last_day_of_period": "2026-12-24", "due_date": "2026-12-24"},
    ),
    "S65-6W binds schools too": (
        SCHOOL | {"trigger": "s65_request", "trigger_date": "2026-11-20"},
        {"clock": "s65_response", "count": 6, "unit": "weeks", "due_date": "2027-01-04"},
    ),
    "CEASE-4W opens with the later notice": (
        {
            "body": "maintained_school",
            "trigger": "s31_notices",
            "s31_8_notice_date": "2026-11-20",
            "s31_9_notice_date": "2026-11-24",
        },
        {
            "clock": "s32_request_window",
            "count": 4,
            "unit": "weeks",
            "starts_on": "2026-11-24",
            "first_counted_day": "2026-11-25",
            "due_date": "2026-12-22",
            "earliest_cease_date": "2026-12-23",
        },
    ),
    "CEASE-4W, the later notice told first": (
        {
            "body": "requester",
            "trigger": "s31_notices",
            "s31_8_notice_date": "2026-11-24",
            "s31_9_notice_date": "2026-11-20",
        },
        {"starts_on": "2026-11-24", "due_date": "2026-12-22"},
    ),
    "CEASE-4W is of the Regulations: a Saturday runs on to the Monday": (
        {
            "trigger": "s31_notices",
            "s31_8_notice_date": "2026-11-21",
            "s31_9_notice_date": "2026-11-21",
        },
        {
            "last_day_of_period": "2026-12-19",
            "due_date": "2026-12-21",
            "earliest_cease_date": "2026-12-22",
        },
    ),
    "FEI-20": (
        COLLEGE | {"trigger": "s36_request_received", "trigger_date": "2026-11-20"},
        {
            "clock": "fei_s36_response",
            "count": 20,
            "unit": "fei_term_time_days",
            "first_counted_day": "2026-11-23",
            "due_date": "2027-01-04",
            "la_may_refer_until": "2027-02-01",
        },
    ),
    "TRIB-ORD": (
        LA | {"trigger": "tribunal_order", "trigger_date": "2026-11-20"},
        {
            "clock": "tribunal_order",
            "count": 7,
            "unit": "weeks",
            "first_counted_day": "2026-11-23",
            "last_day_of_period": "2027-01-10",
            "due_date": "2027-01-10",
            "report_to_tribunal_by": "2027-01-24",
        },
    ),
    "TRIB-ORD of the last day of July starts in September": (
        LA | {"trigger": "tribunal_order", "trigger_date": "2026-07-31"},
        {"first_counted_day": "2026-09-01", "due_date": "2026-10-19"},
    ),
    "TRIB-ORD for a college": (
        COLLEGE | {"trigger": "tribunal_order", "trigger_date": "2026-11-20"},
        {
            "count": 35,
            "unit": "fei_term_time_days",
            "first_counted_day": "2026-11-23",
            "due_date": "2027-01-25",
        },
    ),
    "APP-8W": (
        {
            "body": "requester",
            "trigger": "decision_and_appeal_right_notice",
            "trigger_date": "2026-09-07",
        },
        {
            "clock": "tribunal_appeal",
            "count": 8,
            "unit": "weeks",
            "first_counted_day": "2026-09-07",
            "last_day_of_period": "2026-11-01",
            "due_date": "2026-11-02",
        },
    ),
    "APP-8W ending on the last day of July is received in September": (
        {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2026-06-06"},
        {"last_day_of_period": "2026-07-31", "due_date": "2026-09-01"},
    ),
    "APP-8W ending a day earlier is received in July": (
        {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2026-06-05"},
        {"last_day_of_period": "2026-07-30", "due_date": "2026-07-31"},
    ),
    "APP-8W ending on 23 December": (
        {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2026-10-29"},
        {"last_day_of_period": "2026-12-23", "due_date": "2026-12-24"},
    ),
    "APP-8W ending on 24 December": (
        {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2026-10-30"},
        {"last_day_of_period": "2026-12-24", "due_date": "2027-01-04"},
    ),
    "APP-8W before the first Monday in May": (
        {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2020-03-09"},
        {"last_day_of_period": "2020-05-03", "due_date": "2020-05-05"},
    ),
    "APP-8W with section 68 used on the last day": (
        {
            "trigger": "decision_and_appeal_right_notice",
            "trigger_date": "2026-09-07",
            "s68_referral_date": "2026-11-01",
        },
        {"count": 16, "last_day_of_period": "2026-12-27", "due_date": "2027-01-04"},
    ),
    "APP-8W with section 68 used a day late": (
        {
            "trigger": "decision_and_appeal_right_notice",
            "trigger_date": "2026-09-07",
            "s68_referral_date": "2026-11-02",
        },
        {"count": 8, "due_date": "2026-11-02"},
    ),
    "a plan of the authority may cease when the time for appealing is over": (
        LA
        | {
            "trigger": "s31_notices",
            "s31_8_notice_date": "2026-09-07",
            "today": "2026-11-02",
        },
        {
            "clock": "tribunal_appeal",
            "due_date": "2026-11-02",
            "earliest_cease_date": "2026-11-03",
            "may_cease": False,
        },
    ),
    "REV-12M": (
        SCHOOL | {"trigger": "plan_copy_given", "trigger_date": "2026-02-01"},
        {
            "clock": "idp_review",
            "count": 12,
            "unit": "months",
            "period_start": "2026-02-01",
            "period_last_day": "2027-01-31",
            "due_date": "2027-01-31",
        },
    ),
    "REV-12M starts with the first copy to anyone": (
        {
            "trigger": "plan_copy_given",
            "trigger_date": "2026-02-03",
            "copies": [
                {"to": "mother", "date": "2026-02-03"},
                {"to": "child", "date": "2026-02-01"},
                {"to": "father", "date": "2026-02-07"},
            ],
        },
        {"starts_on": "2026-02-01", "period_last_day": "2027-01-31"},
    ),
    "REV-REQ has no known length": (
        SCHOOL | {"trigger": "review_request", "trigger_date": "2026-11-20"},
        {"clock": "requested_review", "starts_on": "2026-11-20", "due_date": None},
    ),
    "CONV-35 school": (
        {
            "body": "maintained_school",
            "calendar": "past",
            "trigger": "idp_notice_given",
            "trigger_date": "2022-11-18",
        },
        {
            "clock": "conversion_idp_copy",
            "count": 35,
            "unit": "school_days",
            "first_counted_day": "2022-11-21",
            "due_date": "2023-01-24",
        },
    ),
    "CONV-35 authority": (
        LA | {"trigger": "idp_notice_given", "trigger_date": "2022-11-19"},
        {
            "clock": "conversion_idp_copy",
            "count": 12,
            "unit": "weeks",
            "due_date": "2023-02-11",
        },
    ),
    "CONV-15 school": (
        {
            "body": "maintained_school",
            "calendar": "past",
            "trigger": "request_for_notice",
            "trigger_date": "2022-11-28",
        },
        {
            "clock": "conversion_notice_on_request",
            "count": 15,
            "unit": "school_days",
            "due_date": "2023-01-04",
        },
    ),
    "CONV-15 authority": (
        LA | {"trigger": "request_for_notice", "trigger_date": "2022-06-01"},
        # 2 and 3 June 2022 were bank holidays.
        {"count": 15, "unit": "working_days", "first_counted_day": "2022-06-06",
         "due_date": "2022-06-24"},
    ),
    "CONV-10": (
        LA | {"trigger": "request_for_aln_notice", "trigger_date": "2022-12-19"},
        # 26 and 27 December 2022 and 2 January 2023 were bank holidays.
        {"clock": "conversion_aln_notice", "count": 10, "due_date": "2023-01-05"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_each_period_of_the_reference_ends_where_it_says(row: str) -> None:
    given, expected = ROWS[row]
    found = ask(given)
    assert holds(expected, found), found


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (SCHOOL | YOUNG | TOLD | {"trigger_date": "2026-11-20"}, "consent_awaited"),
        (
            SCHOOL | YOUNG | TOLD | {"trigger_date": "2026-11-20", "consent": "awaited"},
            "consent_awaited",
        ),
        (
            SCHOOL | YOUNG | TOLD | {"trigger_date": "2026-11-20", "consent": "refused"},
            "consent_refused",
        ),
        (LA | YOUNG | TOLD | {"trigger_date": "2026-11-20"}, "consent_awaited"),
        (COLLEGE | CHILD | TOLD | {"trigger_date": "2026-11-20"}, "s.11(2)"),
        (
            SCHOOL | {"trigger": "decision_and_appeal_right_notice", "trigger_date": "2026-11-20"},
            "s.70(1)",
        ),
        (SCHOOL | {"trigger": "tribunal_order", "trigger_date": "2026-11-20"}, "s.77"),
        ({"body": "nhs_body"} | TOLD | {"trigger_date": "2026-11-20"}, "no_duty_to_decide"),
        (SCHOOL | CHILD | {"trigger_date": "2026-11-20"}, "no_trigger"),
        (
            {"trigger": "s31_notices", "s31_8_notice_date": "2026-11-20"},
            "s.33",
        ),
    ],
)
def test_where_no_clock_runs_the_answer_is_null_with_its_reason(
    given: dict[str, Any], reason: str
) -> None:
    found = ask(given)
    assert found["clock"] is None
    assert found["reason"] == reason
    assert "due_date" not in found


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-20", {"days_used": 0, "days_left": 35, "overdue_since": None}),
        ("2026-11-22", {"days_used": 0, "days_left": 35, "overdue_since": None}),
        ("2026-11-23", {"days_used": 1, "days_left": 34, "overdue_since": None}),
        ("2027-01-25", {"days_used": 34, "days_left": 1, "overdue_since": None}),
        ("2027-01-26", {"days_used": 35, "days_left": 0, "overdue_since": None}),
        ("2027-01-27", {"days_used": 36, "days_left": 0, "overdue_since": "2027-01-27"}),
        ("2027-02-14", {"days_left": 0, "overdue_since": "2027-01-27"}),
    ],
)
def test_today_says_how_much_of_a_school_period_is_used(
    today: str, expected: dict[str, Any]
) -> None:
    found = ask(SCHOOL, CHILD, TOLD, trigger_date="2026-11-20", today=today)
    assert holds(expected, found), found


def test_where_no_day_is_due_nothing_is_said_of_being_late() -> None:
    asked = {"body": "maintained_school", "trigger": "review_request"}
    found = ask(asked, trigger_date="2026-11-20", today="2026-12-01")
    assert found["due_date"] is None
    assert "overdue_since" not in found


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ("2026-11-20", {"days_used": 0, "days_left": 84, "overdue_since": None}),
        ("2026-11-21", {"days_used": 1, "days_left": 83}),
        ("2027-02-12", {"days_used": 84, "days_left": 0, "overdue_since": None}),
        ("2027-02-13", {"days_used": 85, "days_left": 0, "overdue_since": "2027-02-13"}),
    ],
)
def test_today_says_how_much_of_a_period_of_weeks_is_used(
    today: str, expected: dict[str, Any]
) -> None:
    found = ask(LA, CHILD, TOLD, trigger_date="2026-11-20", today=today)
    assert holds(expected, found), found


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"today": "2026-12-22"}, {"may_cease": False, "earliest_cease_date": "2026-12-23"}),
        ({"today": "2026-12-23"}, {"may_cease": True, "earliest_cease_date": "2026-12-23"}),
        (
            {"today": "2026-12-23", "s32_request_date": "2026-12-22"},
            {"may_cease": False, "earliest_cease_date": None},
        ),
        (
            {"today": "2026-12-23", "s32_request_date": "2026-12-23"},
            {"may_cease": True, "earliest_cease_date": "2026-12-23"},
        ),
        ({"s32_request_date": "2026-12-01"}, {"may_cease": False, "earliest_cease_date": None}),
    ],
)
def test_a_school_may_cease_only_when_the_window_closed_without_a_request(
    more: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = ask(
        {
            "body": "maintained_school",
            "trigger": "s31_notices",
            "s31_8_notice_date": "2026-11-20",
            "s31_9_notice_date": "2026-11-24",
        },
        more,
    )
    assert holds(expected, found), found


def test_without_both_notices_a_school_may_not_cease() -> None:
    found = ask(trigger="s31_notices", body="maintained_school", s31_8_notice_date="2026-11-20")
    assert found["may_cease"] is False
    assert found["earliest_cease_date"] is None


COPY = {"trigger": "plan_copy_given", "trigger_date": "2025-03-01"}


@pytest.mark.parametrize(
    ("more", "start", "last", "overdue"),
    [
        ({}, "2025-03-01", "2026-02-28", "absent"),
        ({"today": "2026-02-28"}, "2025-03-01", "2026-02-28", None),
        ({"today": "2026-03-01"}, "2026-03-01", "2027-02-28", "2026-03-01"),
        # Two periods missed: late since the first of them ended.
        ({"today": "2027-03-01"}, "2027-03-01", "2028-02-29", "2026-03-01"),
        ({"revised_copy_given": "2025-11-10"}, "2025-11-10", "2026-11-09", "absent"),
        ({"revised_copy_given": "2026-02-28"}, "2026-02-28", "2027-02-27", "absent"),
        ({"not_revised_notice_given": "2025-11-10"}, "2025-11-10", "2026-11-09", "absent"),
        # An outcome on the day after the period falls into the next one, and makes it good.
        (
            {"revised_copy_given": "2026-03-01", "today": "2026-03-02"},
            "2026-03-01",
            "2027-02-28",
            None,
        ),
        (
            {"not_revised_notice_given": "2026-05-05", "today": "2026-06-01"},
            "2026-05-05",
            "2027-05-04",
            None,
        ),
        (
            {"revised_copy_given": "2025-11-10", "today": "2026-11-10"},
            "2026-11-10",
            "2027-11-09",
            "2026-11-10",
        ),
        (
            {"revised_copy_given": ["2025-06-01", "2026-04-01"]},
            "2026-04-01",
            "2027-03-31",
            "absent",
        ),
    ],
)
def test_the_chain_of_review_periods_follows_each_outcome(
    more: dict[str, Any], start: str, last: str, overdue: str | None
) -> None:
    found = ask(COPY, more)
    assert (found["period_start"], found["period_last_day"]) == (start, last)
    assert found.get("overdue_since", "absent") == overdue


def test_a_period_that_starts_on_a_leap_day_ends_on_the_eve_of_march() -> None:
    found = ask(trigger="plan_copy_given", trigger_date="2024-02-29")
    assert found["period_last_day"] == "2025-02-28"


@pytest.mark.parametrize(
    ("given", "accepted"),
    [
        (SCHOOL | CHILD | TOLD | {"claimed_exception": "school_closed_4_weeks"}, False),
        (SCHOOL | CHILD | TOLD | {"claimed_exception": "child_away_4_weeks"}, False),
        (SCHOOL | CHILD | TOLD | {"claimed_exception": "circumstances_beyond_control"}, False),
        (LA | CHILD | TOLD | {"claimed_exception": "circumstances_beyond_control"}, False),
        (
            {"trigger": "s20_referral_received", "claimed_exception": "beyond_its_control"},
            True,
        ),
        ({"trigger": "s65_request", "claimed_exception": "impractical_beyond_control"}, True),
        ({"trigger": "s65_request", "claimed_exception": "holidays"}, False),
        ({"trigger": "s36_request_received", "claimed_exception": "beyond_control"}, False),
        (
            LA | {"trigger": "idp_notice_given", "claimed_exception": "exceptional_circumstances"},
            True,
        ),
    ],
)
def test_an_exception_is_a_recorded_fact_and_never_moves_a_date(
    given: dict[str, Any], accepted: bool
) -> None:
    plain = {key: value for key, value in given.items() if key != "claimed_exception"}
    claimed, unclaimed = (
        ask(given, trigger_date="2026-11-20"),
        ask(plain, trigger_date="2026-11-20"),
    )
    assert claimed.pop("exception_accepted") is accepted
    assert claimed == unclaimed


@pytest.mark.parametrize(
    ("given", "year"),
    [
        (SCHOOL | CHILD | TOLD | {"trigger_date": "2027-05-26"}, "2027-28"),
        (CHILD | TOLD | {"body": "maintained_school", "trigger_date": "2026-11-20"}, "2026-27"),
        (SCHOOL | CHILD | TOLD | {"trigger_date": "2026-07-10"}, "2025-26"),
    ],
)
def test_a_count_beyond_the_calendar_has_no_date_and_names_the_year(
    given: dict[str, Any], year: str
) -> None:
    found = clock.answer(given, CALENDARS)
    assert found.result["due_date"] is None
    said = [doubt.because.en for doubt in found.trace.uncertain if doubt.point == "due_date"]
    assert said == [f"due date not known: no calendar for {year}"]


def test_the_first_counted_day_stands_even_where_the_last_does_not() -> None:
    found = ask(SCHOOL, CHILD, TOLD, trigger_date="2027-05-26")
    assert found["first_counted_day"] == "2027-05-27"
    assert found["last_day_of_period"] is None


def doubts(*parts: dict[str, Any], **more: Any) -> set[str]:
    given: dict[str, Any] = {}
    for part in parts:
        given |= part
    return {doubt.point for doubt in clock.answer(given | more, CALENDARS).trace.uncertain}


def test_what_the_reference_has_not_verified_is_said() -> None:
    on = {"trigger_date": "2026-11-20"}
    assert "SCH-35" in doubts(SCHOOL, CHILD, TOLD, on)
    assert "LA-7W" in doubts(LA, on, trigger="s26_request")
    assert "LA-27" in doubts(LA, on, trigger="s27_request")
    assert "REV-REQ" in doubts(on, trigger="review_request")
    assert doubts(on, trigger="tribunal_order") == set()


def test_the_undefined_working_day_is_a_doubt_only_where_its_meanings_differ() -> None:
    referral = {"body": "nhs_body", "trigger": "s20_referral_received"}
    # Ends on 26 December: 29 December for us, 4 January in the Tribunal's meaning.
    assert doubts(referral, trigger_date="2026-11-14") == {"working_day"}
    # Ends on 1 January, and runs to 4 January either way.
    assert doubts(referral, trigger_date="2026-11-20") == set()


def test_bank_holidays_beyond_the_file_are_a_doubt() -> None:
    assert doubts(trigger="s65_request", trigger_date="2028-12-01") == {"bank_holidays"}


def test_a_calendar_of_the_other_kind_is_a_doubt() -> None:
    given = {"body": "fei", "trigger": "consent", "trigger_date": "2026-11-20", "calendar": "ysgol"}
    assert "calendar" in doubts(given)


def test_a_clock_may_be_named_instead_of_its_trigger() -> None:
    found = ask(clock="la_takeover", trigger_date="2026-11-20")
    assert (found["clock"], found["due_date"]) == ("la_takeover", "2027-01-08")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"body": "academy"}, "body"),
        ({"person": "adult"}, "person"),
        ({"trigger": "a_hunch"}, "trigger"),
        ({"clock": "grandfather"}, "clock"),
        ({"consent": "maybe"}, "consent"),
        ({"trigger_date": "20/11/2026"}, "trigger_date"),
        ({"trigger_date": "2026-02-30"}, "trigger_date"),
        ({"trigger_date": "9999-12-31"}, "trigger_date"),
        ({"trigger_date": 20261120}, "trigger_date"),
        ({"calendar": "nowhere"}, "calendar"),
        ({"calendar": 7}, "calendar"),
        ({"copies": {}}, "copies"),
        ({"copies": ["2026-11-20"]}, "copies.0"),
        ({"copies": [{"to": "x", "on": "2026-11-20"}]}, "copies.0.on"),
        ({"copies": [{"to": "x", "date": "soon"}]}, "copies.0.date"),
        ({"revised_copy_given": ["soon"]}, "revised_copy_given.0"),
        ({"claimed_exception": 1}, "claimed_exception"),
        ({"Trigger": "consent"}, "Trigger"),
    ],
)
def test_a_key_or_value_outside_the_vocabulary_is_refused_by_its_key(
    given: dict[str, Any], key: str
) -> None:
    with pytest.raises(BadCase) as bad:
        clock.answer(given, CALENDARS)
    assert bad.value.key == key


def test_null_is_never_an_error() -> None:
    keys = (
        "body", "person", "trigger", "trigger_date", "calendar", "concern_date", "consent",
        "consent_date", "s31_8_notice_date", "s31_9_notice_date", "s32_request_date",
        "s68_referral_date", "copies", "revised_copy_given", "not_revised_notice_given",
        "claimed_exception", "today", "clock",
    )  # fmt: skip
    assert clock.answer(dict.fromkeys(keys), CALENDARS).result["clock"] is None
