"""What holds of every answer about the move, whatever the facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, System
from mis_bridge.domain.transition import transition
from mis_bridge.domain.transition_case import (
    Appeal,
    EventKind,
    Happening,
    NoticeGiven,
    NoticeKind,
    ProvisionCode,
    SchoolKind,
    TransitionCase,
)
from mis_bridge.domain.transition_snapshots import SNAPSHOTS
from mis_bridge.domain.year_groups import YearGroups
from mis_bridge.services.explain.transition_result import result_of

FACT = st.sampled_from([None, True, False])
DAYS = st.dates(date(2021, 8, 1), date(2026, 11, 22))
EDGES = st.sampled_from(
    [
        edge + timedelta(days=days)
        for edge in (
            date(2021, 9, 1), date(2022, 1, 1), date(2022, 9, 1), date(2023, 8, 31),
            date(2024, 8, 31), date(2025, 8, 31),
        )
        for days in (-2, -1, 0, 1, 2)
    ]
)  # fmt: skip
ON = DAYS | EDGES
BIRTHDAYS = st.none() | st.dates(date(2003, 1, 1), date(2022, 6, 1))
CODES = st.frozensets(st.sampled_from([*ProvisionCode]), min_size=1, max_size=2)
NOTICES = st.builds(
    NoticeGiven,
    on=ON,
    kind=st.sampled_from([*NoticeKind]),
    given_by=st.sampled_from([None, *Body]),
)
HAPPENINGS = st.builds(
    Happening,
    on=ON,
    kind=st.sampled_from([*EventKind]),
    reason=st.sampled_from([None, "home_education", "end_of_final_year"]),
)
APPEALS = st.none() | st.builds(
    Appeal,
    made=FACT,
    period_ends=st.none() | ON,
    determined_on=st.none() | ON,
    ordered=st.lists(st.none() | ON, max_size=2).map(tuple),
)


@st.composite
def cases(draw: st.DrawFn) -> TransitionCase:
    """Return any facts about a pupil; what is recorded today is left to single tests."""
    dob = draw(BIRTHDAYS)
    recorded = draw(st.dictionaries(st.integers(2021, 2024), st.integers(-2, 13), max_size=2))
    return TransitionCase(
        dob=dob,
        groups=YearGroups(dob=dob, recorded=recorded),
        school_kind=draw(st.sampled_from([None, *SchoolKind])),
        school_kind_at=draw(
            st.dictionaries(st.sampled_from(SNAPSHOTS), st.sampled_from([*SchoolKind]), max_size=1)
        ),
        provisions=draw(st.dictionaries(st.sampled_from(SNAPSHOTS), CODES, max_size=3)),
        first_identified_on=draw(st.none() | ON),
        looked_after=draw(FACT),
        dual_registered=draw(FACT),
        detained=draw(st.sampled_from([None, False, False, True])),
        in_area_of_english_la=draw(FACT),
        la_in_wales_responsible=draw(FACT),
        lacks_capacity=draw(FACT),
        notices=tuple(draw(st.lists(NOTICES, max_size=3))),
        happenings=tuple(draw(st.lists(HAPPENINGS, max_size=4))),
        appeal=draw(APPEALS),
    )


@given(cases(), ON, ON)
def test_nobody_goes_back_to_the_old_law(case: TransitionCase, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    before, after = (transition(replace(case, on=day)) for day in (earlier, later))
    if before.system is System.ALN:
        assert after.system is System.ALN
        assert before.moved_on == after.moved_on


@given(cases(), ON)
def test_the_law_follows_from_the_day_of_the_move(case: TransitionCase, on: date) -> None:
    found = transition(replace(case, on=on))
    if found.rule is None:
        assert found.system is None
    elif found.rule.id != "POST_2025":
        moved = found.moved_on is not None and found.moved_on <= on
        assert found.system is (System.ALN if moved else System.SEN)


@given(cases(), ON)
def test_one_rule_at_most_answers_and_it_is_in_the_trace(case: TransitionCase, on: date) -> None:
    found = transition(replace(case, on=on))
    named = {step.rule for step in found.trace.steps if step.facts.get("applies") is not False}
    if found.rule is not None and found.group is not None:
        assert found.rule.id in schedule().rules
        assert found.group.id in named


@given(cases(), ON)
def test_the_order_in_which_facts_are_told_changes_nothing(case: TransitionCase, on: date) -> None:
    told = replace(case, on=on)
    again = replace(
        told, notices=tuple(reversed(told.notices)), happenings=tuple(reversed(told.happenings))
    )
    assert result_of(transition(again)) == result_of(transition(told))


@given(cases(), ON)
def test_a_fact_told_twice_changes_nothing(case: TransitionCase, on: date) -> None:
    told = replace(case, on=on)
    twice = replace(told, notices=told.notices * 2, happenings=told.happenings * 2)
    assert result_of(transition(twice)) == result_of(transition(told))


@given(cases(), ON)
def test_what_happens_later_changes_nothing_today(case: TransitionCase, on: date) -> None:
    told = replace(case, on=on)
    known = replace(
        told,
        notices=tuple(each for each in told.notices if each.on <= on),
        happenings=tuple(each for each in told.happenings if each.on <= on),
    )
    assert transition(known).system is transition(told).system


@given(cases(), ON)
def test_a_duty_is_owed_under_the_old_law_alone_and_nobody_is_late_on_an_inference(
    case: TransitionCase, on: date
) -> None:
    found = transition(replace(case, on=on))
    if found.system is not System.SEN:
        assert not found.duty.now
    if found.placed.inferred:
        assert not found.duty.overdue
    if found.duty.now:
        assert found.duty.required
        assert found.duty.recipients


@given(cases(), ON)
def test_every_step_is_in_both_languages_with_its_source(case: TransitionCase, on: date) -> None:
    told = transition(replace(case, on=on))
    written = told.trace.to_json()
    assert json.loads(json.dumps({**written, **result_of(told)}))
    for step in told.trace.steps:
        assert step.source
        assert "{" not in step.because.en + step.because.cy
    for doubt in told.trace.uncertain:
        assert "{" not in doubt.because.en + doubt.because.cy
