"""The task that today's law attaches to a change of the register, its date and its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.calendar import SchoolCalendar
from mis_bridge.domain.pupil import (
    IdpClaim,
    LookedAfter,
    Need,
    Provision,
    ProvisionType,
    Pupil,
    Registration,
    RegistrationStatus,
)
from mis_bridge.domain.register import changes
from mis_bridge.domain.tasks import (
    DecisionTask,
    Setting,
    TaskKind,
    closed_by,
    first_per_duty,
    opened_by,
)
from tests.factories.calendars import school_year_2026
from tests.factories.pupils import SCHOOL, a_pupil, at_school_action

T = ProvisionType
ON = date(2026, 11, 20)
PLAIN = a_pupil()
SA = at_school_action(PLAIN)
YOUNG = replace(PLAIN, dob=date(2009, 10, 1))
IN_CARE = replace(PLAIN, looked_after=LookedAfter(in_care=True))
ELSEWHERE = Registration("660/4002", RegistrationStatus.SUBSIDIARY, date(2026, 11, 2))
DUAL = replace(PLAIN, registrations=(*PLAIN.registrations, ELSEWHERE))
YEAR = school_year_2026()


def opened(before: Pupil | None, after: Pupil, **more: Any) -> tuple[DecisionTask, ...]:
    asked: dict[str, Any] = {
        "setting": Setting.MAINTAINED_SCHOOL,
        "noticed_on": ON,
        "noticed_confirmed": True,
        "calendar": YEAR,
        "today": date(2026, 11, 22),
    } | more
    return opened_by(changes(before, after, on=asked["noticed_on"]), pupil=after, **asked)


def provided(pupil: Pupil, kind: ProvisionType, since: date | None = ON) -> Pupil:
    return replace(pupil, provision=Provision(kind, None, since))


ROWS: dict[str, tuple[Pupil | None, Pupil, str | None, str | None]] = {
    "a new concern": (PLAIN, SA, "decide_aln", "SCH-35"),
    "a further stage": (SA, provided(PLAIN, T.SCHOOL_ACTION_PLUS), "decide_aln", "SCH-35"),
    "early years": (PLAIN, provided(PLAIN, T.EARLY_YEARS_ACTION), "decide_aln", "SCH-35"),
    "a statement": (PLAIN, provided(PLAIN, T.STATEMENT), "decide_aln", "SCH-35"),
    "SEN support from England": (
        PLAIN,
        provided(PLAIN, T.ENGLISH_SEN_SUPPORT),
        "decide_aln",
        "SCH-35",
    ),
    "a new need": (
        PLAIN,
        replace(PLAIN, needs=(Need("dyslexia", "DYSL", 1, ON),)),
        "decide_aln",
        "SCH-35",
    ),
    "a stale code at first sight": (
        None,
        at_school_action(PLAIN, date(2020, 9, 1)),
        "undecided_pupil",
        "SCH-35",
    ),
    "an old need at first sight": (
        None,
        replace(PLAIN, needs=(Need("dyslexia", "DYSL", 1, date(2019, 9, 1)),)),
        "check_record",
        "NEED-WITHOUT-PROVISION",
    ),
    "nothing at first sight": (None, PLAIN, None, None),
    "a plan claimed": (PLAIN, provided(PLAIN, T.IDP_SCHOOL), "ask_for_plan", "PLAN-CLAIMED"),
    "a plan of the authority claimed": (
        PLAIN,
        provided(PLAIN, T.IDP_LA),
        "ask_for_plan",
        "PLAN-CLAIMED",
    ),
    "a plan that came from another school": (
        None,
        replace(
            provided(PLAIN, T.IDP_SCHOOL),
            registrations=(
                Registration("660/4003", RegistrationStatus.FORMER, date(2020, 9, 1)),
                *PLAIN.registrations,
            ),
        ),
        "receive_plan",
        "PLAN-ARRIVED",
    ),
    "a plan with its needs": (
        PLAIN,
        replace(provided(PLAIN, T.IDP_SCHOOL), needs=(Need("dyslexia", "DYSL", 1, ON),)),
        "ask_for_plan",
        "PLAN-CLAIMED",
    ),
    "a concern where a plan is maintained": (
        replace(PLAIN, idp=IdpClaim("school", date(2026, 9, 1))),
        replace(SA, idp=IdpClaim("school", date(2026, 9, 1))),
        "consider_review",
        "REVIEW-POSSIBLE",
    ),
    "a plan that is gone": (
        provided(PLAIN, T.IDP_SCHOOL),
        PLAIN,
        "check_record",
        "PLAN-GONE",
    ),
    "a plan replaced by an old code": (
        provided(PLAIN, T.IDP_SCHOOL),
        SA,
        "check_record",
        "PLAN-GONE",
    ),
    "a code removed": (SA, PLAIN, None, None),
    "an EHC plan": (PLAIN, provided(PLAIN, T.ENGLISH_EHC_PLAN), "check_record", "EHC-CLAIMED"),
    "a code that nothing translates": (
        PLAIN,
        provided(PLAIN, T.UNKNOWN),
        "check_record",
        "UNKNOWN-CODE",
    ),
    "a concern for a looked after child": (
        IN_CARE,
        at_school_action(IN_CARE),
        "refer_to_la",
        "REFER-LOOKED-AFTER",
    ),
    "a concern for a looked after child with a plan": (
        replace(IN_CARE, idp=IdpClaim("la", date(2026, 9, 1))),
        replace(at_school_action(IN_CARE), idp=IdpClaim("la", date(2026, 9, 1))),
        "refer_to_la",
        "REFER-LOOKED-AFTER",
    ),
    "a concern for a pupil of two schools": (
        DUAL,
        at_school_action(DUAL),
        "refer_to_la",
        "REFER-DUAL",
    ),
    "a concern for a young person": (
        YOUNG,
        at_school_action(YOUNG),
        "record_consent",
        "CONSENT",
    ),
    "a young person whom the record calls looked after": (
        replace(YOUNG, looked_after=LookedAfter(in_care=True)),
        at_school_action(replace(YOUNG, looked_after=LookedAfter(in_care=True))),
        "record_consent",
        "CONSENT",
    ),
    "came into care with a concern": (
        SA,
        at_school_action(IN_CARE),
        "refer_to_la",
        "REFER-LOOKED-AFTER",
    ),
    "came into care with a plan": (
        provided(PLAIN, T.IDP_SCHOOL),
        provided(IN_CARE, T.IDP_SCHOOL),
        "transfer_plan",
        "PLAN-TO-CARE",
    ),
    "came into care with neither": (PLAIN, IN_CARE, None, None),
    "left care with a concern": (
        at_school_action(IN_CARE),
        replace(SA, looked_after=LookedAfter(in_care=False)),
        "check_record",
        "CARE-ENDED",
    ),
    "registered elsewhere too, with a concern": (
        SA,
        at_school_action(DUAL),
        "refer_to_la",
        "REFER-DUAL",
    ),
    "registered elsewhere too, with a plan": (
        provided(PLAIN, T.IDP_SCHOOL),
        provided(DUAL, T.IDP_SCHOOL),
        "transfer_plan",
        "PLAN-DUAL",
    ),
    "no longer registered elsewhere": (at_school_action(DUAL), SA, "check_record", "DUAL-ENDED"),
    "over compulsory school age": (
        YOUNG,
        replace(YOUNG, flags=("young_person_over_compulsory_school_age",)),
        "check_recipients",
        "NOW-YOUNG-PERSON",
    ),
    "contacts changed": (PLAIN, replace(PLAIN, contacts=()), None, None),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_kind_of_change_opens_the_task_that_the_law_attaches_to_it(row: str) -> None:
    before, after, kind, rule = ROWS[row]
    tasks = opened(before, after)
    assert [(task.kind.value, task.rule) for task in tasks] == ([(kind, rule)] if kind else [])
    for task in tasks:
        dated = task.kind in {TaskKind.DECIDE_ALN, TaskKind.UNDECIDED_PUPIL}
        assert task.due_on == (date(2027, 1, 26) if dated else None)
        assert task.source
        assert task.trace.steps


@pytest.mark.parametrize("kind", ["LEFT", "PLAN"])
def test_a_leavers_plan_is_handed_on_and_a_leaver_without_one_asks_for_nothing(kind: str) -> None:
    before = provided(PLAIN, T.IDP_SCHOOL) if kind == "PLAN" else SA
    former = tuple(replace(p, status=RegistrationStatus.FORMER) for p in before.registrations)
    tasks = opened(before, replace(before, registrations=former))
    assert [task.rule for task in tasks] == (["PLAN-LEAVES"] if kind == "PLAN" else [])


@pytest.mark.parametrize(
    ("setting", "pupil", "kind", "rule"),
    [
        (Setting.MAINTAINED_SPECIAL_SCHOOL, PLAIN, TaskKind.DECIDE_ALN, "SCH-35"),
        (Setting.PRU, PLAIN, TaskKind.DECIDE_ALN, "SCH-35"),
        (Setting.INDEPENDENT_SCHOOL, PLAIN, TaskKind.REFER_TO_LA, "LA-DECIDES-INDEPENDENT"),
        (Setting.INDEPENDENT_SCHOOL, YOUNG, TaskKind.REFER_TO_LA, "LA-DECIDES-INDEPENDENT"),
        (Setting.FEI, PLAIN, TaskKind.REFER_TO_LA, "LA-DECIDES-CHILD-AT-FEI"),
        (Setting.FEI, YOUNG, TaskKind.RECORD_CONSENT, "CONSENT-FEI"),
    ],
)
def test_the_setting_decides_whose_duty_a_concern_is(
    setting: Setting, pupil: Pupil, kind: TaskKind, rule: str
) -> None:
    (task,) = opened(pupil, at_school_action(pupil), setting=setting)
    assert (task.kind, task.rule) == (kind, rule)


@pytest.mark.parametrize(
    ("noticed", "due"),
    [("2026-11-19", "2027-01-25"), ("2026-11-20", "2027-01-26"), ("2026-11-21", "2027-01-26")],
)
def test_the_period_runs_from_the_day_of_notice_and_not_from_the_day_of_the_work(
    noticed: str, due: str
) -> None:
    for today in (date(2026, 11, 22), date(2027, 3, 1)):
        (task,) = opened(PLAIN, SA, noticed_on=date.fromisoformat(noticed), today=today)
        assert task.due_on == date.fromisoformat(due)
        assert (task.trigger_on, task.opened_on) == (date.fromisoformat(noticed), today)


def test_a_day_of_notice_that_is_only_the_receipt_is_to_be_confirmed_and_doubted() -> None:
    (task,) = opened(PLAIN, SA, noticed_on=date(2026, 11, 22), noticed_confirmed=False)
    assert task.to_be_confirmed
    said = [doubt.because.en for doubt in task.trace.uncertain if doubt.point == "trigger_on"]
    assert len(said) == 1
    assert "20 November 2026" in said[0]


def test_a_day_of_notice_that_lies_ahead_is_taken_as_today_and_to_be_confirmed() -> None:
    (task,) = opened(PLAIN, SA, noticed_on=date(2026, 12, 25))
    assert task.trigger_on == date(2026, 11, 22)
    assert task.to_be_confirmed


@pytest.mark.parametrize(
    ("calendar", "noticed", "missing"),
    [
        (None, date(2026, 11, 20), "2026-27"),
        (YEAR, date(2027, 5, 26), "2027-28"),
        (YEAR, date(2026, 7, 10), "2025-26"),
    ],
)
def test_without_a_calendar_that_reaches_the_task_opens_undated_and_a_person_is_asked_for_it(
    calendar: SchoolCalendar | None, noticed: date, missing: str
) -> None:
    task, supply = opened(PLAIN, SA, calendar=calendar, noticed_on=noticed, today=date(2027, 6, 1))
    assert (task.kind, task.due_on, task.missing_calendar) == (
        TaskKind.DECIDE_ALN,
        None,
        missing,
    )
    assert (supply.kind, supply.trigger) == (TaskKind.SUPPLY_CALENDAR, f"calendar:{missing}")
    words = [doubt.because.en for doubt in task.trace.uncertain]
    assert f"due date not known: no calendar for {missing}" in words


def test_two_facts_of_one_duty_ask_for_one_calendar() -> None:
    both = replace(SA, needs=(Need("dyslexia", "DYSL", 1, ON),))
    tasks = opened(PLAIN, both, calendar=None)
    assert [task.kind for task in tasks] == [
        TaskKind.DECIDE_ALN,
        TaskKind.DECIDE_ALN,
        TaskKind.SUPPLY_CALENDAR,
    ]
    assert len({task.trigger for task in tasks}) == 3


def test_the_trace_names_record_rule_provision_calendar_and_arithmetic() -> None:
    (task,) = opened(PLAIN, SA)
    steps = {step.rule: step for step in task.trace.steps}
    assert list(steps) == ["SOURCE-RECORD", "NOTICED", "S11-1", "CONCERN", "SCH-35"]
    assert steps["SOURCE-RECORD"].facts["vendor"] == "wonde"
    assert steps["SOURCE-RECORD"].facts["record_id"] == "A1"
    assert "s.11(1)" in steps["S11-1"].source
    count = steps["SCH-35"].facts
    assert count["calendar"] == "2026-27"
    assert (count["first_counted_day"], count["count"], count["due_on"]) == (
        "2026-11-23",
        35,
        "2027-01-26",
    )
    assert (count["left_out_inset"], count["left_out_holiday"]) == (1, 11)


def test_no_trace_says_who_the_pupil_is() -> None:
    for before, after, _, _ in ROWS.values():
        for task in opened(before, after):
            told = str(task.trace.to_json())
            assert "Aled" not in told
            assert "Canary" not in told
            assert str(after.dob) not in told


def closings(before: Pupil, after: Pupil) -> list[tuple[str, str, str | None]]:
    found = closed_by(
        changes(before, after, on=ON),
        pupil=after,
        setting=Setting.MAINTAINED_SCHOOL,
        noticed_on=ON,
        today=ON,
    )
    return [(c.duty, c.rule, c.instead.rule if c.instead else None) for c in found]


def test_leaving_closes_the_schools_duty_and_puts_nothing_in_its_place() -> None:
    former = tuple(replace(p, status=RegistrationStatus.FORMER) for p in SA.registrations)
    assert ("school_decide", "LEFT-CLOSES", None) in closings(SA, replace(SA, registrations=former))


def test_care_and_a_second_school_close_the_duty_and_put_a_referral_in_its_place() -> None:
    assert ("school_decide", "LOOKED-AFTER-CLOSES", "REFER-LOOKED-AFTER") in closings(
        PLAIN, IN_CARE
    )
    assert ("school_decide", "DUAL-CLOSES", "REFER-DUAL") in closings(PLAIN, DUAL)


def test_nothing_closes_for_a_young_person_whom_the_record_calls_looked_after() -> None:
    assert closings(YOUNG, replace(YOUNG, looked_after=LookedAfter(in_care=True))) == []


def test_a_removed_code_closes_nothing() -> None:
    assert closings(SA, PLAIN) == []


_facts = st.lists(
    st.tuples(
        st.sampled_from([T.SCHOOL_ACTION, T.SCHOOL_ACTION_PLUS, T.EARLY_YEARS_ACTION]),
        st.dates(date(2026, 9, 2), date(2026, 12, 1)),
        st.integers(0, 20),
    ),
    min_size=1,
    max_size=5,
)


@given(facts=_facts, order=st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_give_the_same_tasks_and_dates(
    facts: list[tuple[ProvisionType, date, int]], order: Any
) -> None:
    shuffled = list(facts) + facts[:1]  # one of them told twice
    order.shuffle(shuffled)
    assert standing(facts) == standing(shuffled)


def standing(facts: Sequence[tuple[ProvisionType, date, int]]) -> list[tuple[object, ...]]:
    tasks = [
        task
        for kind, since, days in facts
        for task in opened(
            PLAIN,
            provided(PLAIN, kind, since),
            noticed_on=since + timedelta(days=days),
            today=date(2027, 1, 5),
        )
    ]
    return [(t.duty, t.trigger, t.trigger_on, t.due_on) for t in first_per_duty(tasks)]


def test_every_rule_of_the_register_speaks_both_languages_and_names_its_source() -> None:
    for before, after, _, _ in ROWS.values():
        for task in opened(before, after):
            for step in task.trace.steps:
                assert step.because.en != step.because.cy
                assert step.source
    assert SCHOOL in str(opened(PLAIN, SA)[0].trace.to_json())
