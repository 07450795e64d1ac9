"""What is owed while the old law lasts: to whom, by when, and what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, Cause, System
from mis_bridge.domain.transition_case import (
    NoticeKind,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from tests.unit.domain.transition_facts import (
    ALN,
    ALN_NOTICE,
    AUGUST_2023,
    AUGUST_2024,
    AUGUST_2025,
    AUTHORITY,
    IDP,
    JANUARY_2022,
    NO_IDP,
    NONE,
    ONE_DAY,
    SA,
    SCHOOL,
    SEN,
    SEPTEMBER_2022,
    action,
    asked,
    event,
    groups,
    identified,
    near,
    notice,
    pipeline,
    recorded,
    rule_of,
    statement,
    uncertain,
    with_,
)

MAY = date(2022, 5, 10)
SCHOOL_CASES = [action("2"), identified("3")]
AUTHORITY_CASES = [action("2", looked_after=True), identified("3", looked_after=True)]
LATER_ORDERS = [
    statement("6"),
    pipeline(),
    identified("4"),
    identified("4", looked_after=True),
]


def limits(pupil: TransitionCase, on: date) -> tuple[dict[str, object] | None, ...]:
    duty = asked(pupil, on).duty
    return tuple(each.to_json() if each else None for each in (duty.limit, duty.plan_limit))


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize("pupil", SCHOOL_CASES)
def test_a_school_has_15_school_days_from_a_request_whenever_it_comes(
    pupil: TransitionCase,
) -> None:
    on = date(2022, 10, 3)
    plain = asked(pupil, on)
    assert (plain.duty.now, plain.duty.limit) == (False, None)
    pupil = with_(pupil, happenings=(event("request_for_notice", on),))
    assert asked(pupil, on - ONE_DAY).duty.now is False
    found = asked(pupil, on)
    assert found.duty.now
    assert limits(pupil, on)[0] == {"amount": 15, "unit": "school_day", "from": "request"}
    assert found.duty.due_by is None
    assert {"school_calendar", "counting_of_days"} <= uncertain(found)
    assert asked(pupil, date(2022, 10, 24)).duty.overdue is False
    assert asked(pupil, date(2022, 10, 25)).duty.overdue is None


@pytest.mark.parametrize("pupil", AUTHORITY_CASES)
def test_an_authority_has_15_working_days_from_a_request(pupil: TransitionCase) -> None:
    on = date(2022, 10, 3)
    pupil = with_(pupil, happenings=(event("request_for_notice", on),))
    found = asked(pupil, on)
    assert limits(pupil, on)[0] == {"amount": 15, "unit": "working_day", "from": "request"}
    assert found.duty.due_by == date(2022, 10, 24)
    assert asked(pupil, date(2022, 10, 24)).duty.overdue is False
    assert asked(pupil, date(2022, 10, 25)).duty.overdue is True
    answered = with_(pupil, notices=notice(date(2022, 10, 25)))
    assert asked(answered, date(2022, 10, 26)).duty.overdue is False


@pytest.mark.parametrize("pupil", [statement("3"), pipeline()])
def test_a_statement_and_the_pipeline_have_no_count_of_days(pupil: TransitionCase) -> None:
    on = date(2022, 10, 3)
    pupil = with_(pupil, happenings=(event("request_for_notice", on),))
    assert limits(pupil, on)[0] == {
        "amount": None,
        "unit": "as_soon_as_reasonably_practicable",
        "from": "request",
    }
    assert asked(pupil, on).duty.now


def test_a_request_never_moves_the_last_day_of_the_window() -> None:
    asked_late = event("request_for_notice", date(2023, 8, 21))
    pupil = action("3", looked_after=True, happenings=(asked_late,))
    assert asked(pupil, date(2023, 8, 22)).duty.due_by == AUGUST_2023


def test_a_request_after_the_move_sets_no_clock_running() -> None:
    pupil = action("3", happenings=(event("request_for_notice", AUGUST_2023),))
    found = asked(pupil, AUGUST_2023)
    assert (found.duty.now, found.duty.limit, found.duty.asked_on) == (False, None, None)


def test_a_request_is_owed_an_answer_though_needs_are_no_longer_identified() -> None:
    codes = {JANUARY_2022: frozenset({SA}), SEPTEMBER_2022: frozenset({NONE})}
    pupil = action("9", provisions=codes)
    assert asked(pupil, date(2022, 10, 3)).duty.required is None
    pupil = with_(pupil, happenings=(event("request_for_notice", date(2022, 10, 3)),))
    assert asked(pupil, date(2022, 10, 3)).duty.required == (IDP, NO_IDP)


def test_the_pipeline_is_owed_its_notice_soon_from_the_first_day() -> None:
    found = asked(pipeline(), SEPTEMBER_2022)
    assert found.duty.now
    assert found.duty.limit is not None
    assert found.duty.limit.unit == "as_soon_as_reasonably_practicable"
    assert found.duty.due_by == AUGUST_2024


# ---------------------------------------------------------------- plans


@pytest.mark.parametrize(
    ("pupil", "amount", "unit", "giver"),
    [
        (action("3"), 35, "school_day", SCHOOL),
        (identified("4"), 35, "school_day", SCHOOL),
        (action("3", looked_after=True), 12, "week", AUTHORITY),
        (identified("4", looked_after=True), 12, "week", AUTHORITY),
        (statement("6"), 12, "week", AUTHORITY),
        (pipeline(), 12, "week", AUTHORITY),
    ],
)
def test_a_plan_follows_an_idp_notice_within_its_limit(
    pupil: TransitionCase, amount: int, unit: str, giver: Body
) -> None:
    day = date(2022, 11, 1)
    expected = {"amount": amount, "unit": unit, "from": "idp_notice_date"}
    yes = with_(pupil, notices=notice(day, IDP, giver))
    assert limits(yes, day)[1] == expected
    assert limits(pupil, day)[1] == expected
    assert "counting_of_days" in uncertain(asked(yes, day))
    assert limits(with_(pupil, notices=notice(day, NO_IDP, giver)), day)[1] is None
    assert limits(pupil, AUGUST_2025)[1] is None


# ---------------------------------------------------------------- leaving under the old law


@pytest.mark.parametrize("pupil", SCHOOL_CASES)
@pytest.mark.parametrize("reason", ["end_of_final_year", "school_discontinued"])
def test_whoever_left_under_the_old_law_may_ask_for_an_aln_notice(
    pupil: TransitionCase, reason: str
) -> None:
    left = event("deregistered", date(2022, 9, 9), reason)
    request = event("request_for_aln_notice", date(2022, 9, 12))
    pupil = with_(pupil, happenings=(left, request))
    found = asked(pupil, date(2022, 9, 12))
    assert (found.system, rule_of(found), found.body) == (
        SEN,
        "ALN_NOTICE_AFTER_LEAVING",
        AUTHORITY,
    )
    assert found.duty.required == (NoticeKind.ALN_NOTICE,)
    assert limits(pupil, date(2022, 9, 12))[0] == {
        "amount": 10,
        "unit": "working_day",
        "from": "request",
    }
    # The Queen's funeral, 19 September 2022, was a bank holiday.
    assert found.duty.due_by == date(2022, 9, 27)
    assert asked(pupil, date(2022, 9, 27)).duty.overdue is False
    assert asked(pupil, date(2022, 9, 28)).duty.overdue is True
    given = with_(pupil, notices=notice(date(2022, 9, 20), ALN_NOTICE, AUTHORITY))
    found = asked(given, date(2022, 9, 20))
    assert (found.system, rule_of(found)) == (ALN, "ALN_NOTICE_AFTER_LEAVING")
    assert (found.cause, found.status) == (Cause.ALN_NOTICE, "undetermined")


def test_whoever_leaving_moved_has_no_use_for_an_aln_notice() -> None:
    happened = (
        event("deregistered", MAY, "home_education"),
        event("request_for_aln_notice", MAY + ONE_DAY),
    )
    found = asked(action("3", happenings=happened), MAY + ONE_DAY)
    assert (rule_of(found), found.duty.now) == ("LEFT_SCHOOL", False)


def test_leaving_with_a_request_pending_leaves_the_way_to_an_aln_notice_open() -> None:
    happened = (
        event("request_for_notice", MAY - ONE_DAY),
        event("deregistered", MAY, "home_education"),
        event("request_for_aln_notice", MAY + ONE_DAY),
    )
    pupil = action("3", happenings=happened)
    assert rule_of(asked(pupil, MAY)) == "SASAP_C1"
    assert rule_of(asked(pupil, MAY + ONE_DAY)) == "ALN_NOTICE_AFTER_LEAVING"


def test_an_aln_notice_asked_for_without_having_left_is_not_owed() -> None:
    pupil = action("3", happenings=(event("request_for_aln_notice", MAY),))
    assert rule_of(asked(pupil, MAY)) == "SASAP_C1"


# ---------------------------------------------------------------- recipients


@pytest.mark.parametrize("pupil", [action("3"), action("3", looked_after=True), *LATER_ORDERS])
def test_a_notice_goes_to_child_and_parent_or_to_the_parent_alone(pupil: TransitionCase) -> None:
    on = date(2022, 11, 1)
    assert asked(pupil, on).duty.recipients == ("child", "parent")
    assert asked(with_(pupil, lacks_capacity=False), on).duty.recipients == ("child", "parent")
    assert asked(with_(pupil, lacks_capacity=True), on).duty.recipients == ("parent",)
    assert asked(pupil, AUGUST_2025).duty.recipients is None


@pytest.mark.parametrize("group", ["10", "11"])
def test_after_school_age_a_notice_goes_to_the_young_person_alone(group: str) -> None:
    dob = date(2006, 11, 1)
    for each in LATER_ORDERS:
        pupil = with_(each, dob=dob, groups=groups(2022, group, dob=dob), lacks_capacity=True)
        last = asked(pupil, date(2023, 6, 30))
        assert (last.person, last.duty.recipients) == (PersonKind.CHILD, ("parent",))
        found = asked(pupil, date(2023, 7, 1))
        assert found.person is PersonKind.YOUNG_PERSON
        assert found.duty.recipients == ("young_person",)
        assert "young_person_before_sweep" in uncertain(found)


def test_the_first_orders_say_nothing_of_young_people_and_the_answer_says_so() -> None:
    dob = date(2006, 11, 1)
    pupil = action("10", dob=dob, groups=groups(2021, "10", dob=dob))
    found = asked(pupil, date(2023, 7, 1))
    assert rule_of(found) == "SASAP_C1"
    assert found.duty.recipients == ("young_person",)
    assert {"notice_recipients", "young_person_before_sweep"} <= uncertain(found)


def test_recipients_are_those_of_the_day_of_the_notice() -> None:
    dob = date(2006, 11, 1)
    pupil = statement("11", dob=dob, groups=groups(2022, "11", dob=dob))
    pupil = with_(pupil, notices=notice(date(2023, 6, 30)))
    assert asked(pupil, date(2023, 7, 1)).duty.recipients == ("child", "parent")


# ---------------------------------------------------------------- what is late


@pytest.mark.parametrize(
    "pupil", [action("3"), action("3", looked_after=True), identified("4"), statement("6")]
)
def test_a_sweep_without_a_notice_is_late_from_the_day_after_the_window(
    pupil: TransitionCase,
) -> None:
    assert asked(pupil, AUGUST_2023).duty.overdue is False
    assert asked(pupil, AUGUST_2023 + ONE_DAY).duty.overdue is True
    assert asked(pupil, AUGUST_2023).duty.due_by == AUGUST_2023


@pytest.mark.parametrize("flag", [{}, {"looked_after": True}])
def test_year_10_of_2021_is_kept_in_its_group_and_never_called_late(
    flag: dict[str, bool],
) -> None:
    pupil = action("10", **flag)
    found = asked(pupil, AUGUST_2023 + ONE_DAY)
    assert str(rule_of(found)).endswith("_C1")
    assert found.duty.overdue is False
    assert "duty_may_not_reach" in uncertain(found)
    assert asked(pupil, date(2023, 1, 9)).duty.now


def test_away_from_school_the_working_day_is_the_earlier_one_and_nothing_is_late() -> None:
    pupil = statement("5", school_kind=SchoolKind.EHE)
    found = asked(pupil, AUGUST_2024)
    assert (rule_of(found), found.system) == ("STMT_Y3_PRIORITY", ALN)
    assert asked(pupil, AUGUST_2024 + ONE_DAY).duty.overdue is False
    assert "duty_may_not_reach" in uncertain(found)
    at_school = asked(statement("5"), AUGUST_2024 + ONE_DAY)
    assert at_school.duty.overdue is True
    assert "duty_may_not_reach" not in uncertain(at_school)


def test_needs_gone_by_the_day_of_the_duty_are_owed_no_notice_and_still_swept() -> None:
    codes = {JANUARY_2022: frozenset({SA}), SEPTEMBER_2022: frozenset({SA})}
    gone = action("2", provisions=codes, current=frozenset({NONE}))
    found = asked(gone, date(2023, 9, 1))
    assert (found.system, found.duty.required, found.duty.now) == (SEN, None, False)
    still = replace(gone, current=frozenset({SA}))
    assert asked(still, date(2023, 9, 1)).duty.now


# ---------------------------------------------------------------- bodies, young people, placements


def test_a_referral_unit_answers_as_the_setting_says_and_the_doubt_is_shown() -> None:
    found = asked(action("3", school_kind=SchoolKind.PRU), JANUARY_2022)
    assert found.body is schedule().pupil_referral_unit_body
    assert "pupil_referral_unit" in uncertain(found)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (SchoolKind.MAINTAINED_MAINSTREAM, SCHOOL),
        (SchoolKind.FEI, SCHOOL),
        (SchoolKind.INDEPENDENT, AUTHORITY),
        (SchoolKind.NONE, AUTHORITY),
    ],
)
def test_whoever_moved_as_a_child_flows_through_with_the_plan(kind: SchoolKind, body: Body) -> None:
    dob = date(2007, 2, 1)
    pupil = TransitionCase(dob=dob, groups=groups(dob=dob), already_in=System.ALN, school_kind=kind)
    found = asked(pupil, date(2023, 10, 1))
    assert (found.system, rule_of(found), found.body) == (ALN, "YP_FLOW_THROUGH", body)
    assert found.duty.required is None


@pytest.mark.parametrize(
    ("group", "system", "on", "decides"),
    [
        ("11", "ALN", date(2024, 9, 1), True),
        ("13", "ALN", date(2025, 8, 31), True),
        ("14", "ALN", date(2025, 8, 31), False),
        ("10", "ALN", date(2024, 10, 1), False),
        ("12", "ALN", date(2024, 8, 31), False),
        ("14", "ALN", date(2025, 9, 1), True),
    ],
)
def test_specialist_places_pass_to_the_authority_by_year_group_and_day(
    group: str, system: str, on: date, decides: bool
) -> None:
    dob = date(2007, 2, 1)
    pupil = TransitionCase(
        dob=dob,
        groups=groups(2024, group, dob=dob),
        already_in=System(system),
        specialist_post_16=True,
    )
    assert asked(pupil, on).placement is (AUTHORITY if decides else None)


def test_a_young_person_under_the_old_law_waits_for_september_2025_also_for_a_place() -> None:
    dob = date(2005, 11, 1)
    pupil = TransitionCase(
        dob=dob,
        groups=groups(2024, "13", dob=dob),
        already_in=System.SEN,
        specialist_post_16=True,
    )
    before, after = asked(pupil, date(2025, 8, 31)), asked(pupil, date(2025, 9, 1))
    assert (before.system, before.placement) == (SEN, None)
    assert (after.system, after.placement) == (ALN, AUTHORITY)


def test_being_said_to_be_under_the_new_law_is_believed_and_marked() -> None:
    found = asked(action("2", already_in=System.ALN), MAY)
    assert (found.system, found.moved_on, found.cause) == (ALN, None, None)
    assert "already_in_system" in uncertain(found)


def test_a_stipulated_fact_is_shown_and_changes_nothing() -> None:
    plain = asked(action("3"), MAY)
    told = asked(action("3", stipulated="The school says that it gave a notice."), MAY)
    assert "stipulated" in {step.rule for step in told.trace.steps}
    assert (told.system, told.rule, told.duty) == (plain.system, plain.rule, plain.duty)


def test_without_a_day_the_group_is_named_and_the_law_is_not() -> None:
    found = asked(action("3"), MAY)
    from_nothing = asked(action("3"), None)
    assert found.rule == from_nothing.rule
    assert from_nothing.system is None
    assert from_nothing.moved_on == AUGUST_2023
    assert "on" in uncertain(from_nothing)


@pytest.mark.parametrize(
    ("dob", "doubtful"),
    [(date(2006, 9, 1), True), (date(2006, 9, 8), True), (date(2006, 9, 9), False)],
)
def test_a_birthday_in_the_first_days_of_september_needs_a_person(
    dob: date, doubtful: bool
) -> None:
    found = asked(statement("11", dob=dob, groups=groups(2022, "11", dob=dob)), SEPTEMBER_2022)
    assert ("compulsory_school_age_ends" in uncertain(found)) is doubtful


def test_codes_that_contradict_one_another_are_marked() -> None:
    both = action("3", provisions={JANUARY_2022: frozenset({SA, NONE})})
    assert asked(both, MAY).check_the_record
    fine = action("3", provisions={JANUARY_2022: frozenset({SA, ProvisionCode.SAP})})
    assert not asked(fine, MAY).check_the_record
    assert "NEW_2021" in near(asked(recorded(sep21=SA, jan22=SA), MAY))
