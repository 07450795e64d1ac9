"""Which rule governs a pupil: every row of the tables, at, before and after each day."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from mis_bridge.domain.schedule_rules import Cause
from mis_bridge.domain.transition_case import ProvisionCode, SchoolKind, TransitionCase
from mis_bridge.domain.year_groups import YearGroups
from tests.unit.domain.transition_facts import (
    ACTION_2022,
    ALN,
    AUGUST_2023,
    AUGUST_2024,
    AUGUST_2025,
    AUTHORITY,
    EHC,
    IDENTIFIED_2022,
    JANUARY_2022,
    NONE,
    ONE_DAY,
    PIPELINE,
    SA,
    SAP,
    SCHOOL,
    SEN,
    SEPTEMBER_2021,
    SEPTEMBER_2022,
    STATEMENT,
    STATEMENTS,
    Row,
    action,
    asked,
    groups,
    identified,
    near,
    pipeline,
    recorded,
    rule_of,
    statement,
    uncertain,
    with_,
)

NOT_ACTION = [code for code in ProvisionCode if code.value not in {"SA", "SAP", "EYA", "EYAP"}]


def swept_as_the_row_says(pupil: TransitionCase, row: Row, rule: str) -> None:
    before = asked(pupil, row.swept_on - ONE_DAY)
    after = asked(pupil, row.swept_on)
    later = asked(pupil, row.swept_on + ONE_DAY)
    assert (before.system, after.system, later.system) == (SEN, ALN, ALN)
    assert {rule_of(before), rule_of(after), rule_of(later)} == {rule}
    assert {found.moved_on for found in (before, after, later)} == {row.swept_on}
    assert after.cause is Cause.SWEPT
    assert (after.status, after.next_step) == ("undetermined", "open_duty_to_decide_task")
    assert before.status is None
    window = before.duty.window
    assert window is not None
    assert (window.from_, window.to) == (row.opens, row.swept_on)
    assert not asked(pupil, row.opens - ONE_DAY).duty.now
    assert asked(pupil, row.opens).duty.now
    assert before.duty.now
    assert not after.duty.now


@pytest.mark.parametrize("row", ACTION_2022, ids=lambda row: row.group)
def test_action_at_a_school_follows_its_row(row: Row) -> None:
    pupil = action(row.group)
    swept_as_the_row_says(pupil, row, f"SASAP_{row.rule}")
    assert asked(pupil, row.opens).body is SCHOOL


@pytest.mark.parametrize("flag", ["looked_after", "dual_registered"])
@pytest.mark.parametrize("row", ACTION_2022, ids=lambda row: row.group)
def test_action_of_an_authoritys_child_follows_the_same_row(row: Row, flag: str) -> None:
    pupil = action(row.group, **{flag: True})
    swept_as_the_row_says(pupil, row, f"LACDUAL_{row.rule}")
    assert asked(pupil, row.opens).body is AUTHORITY


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row.group)
def test_a_statement_follows_its_row(row: Row) -> None:
    pupil = statement(row.group)
    swept_as_the_row_says(pupil, row, row.rule)
    assert asked(pupil, row.opens).body is AUTHORITY


@pytest.mark.parametrize("row", IDENTIFIED_2022, ids=lambda row: row.group)
def test_needs_identified_elsewhere_follow_their_row_at_a_school(row: Row) -> None:
    pupil = identified(row.group)
    swept_as_the_row_says(pupil, row, f"ID2022_SCHOOL_{row.rule}")
    assert asked(pupil, row.opens).body is SCHOOL


@pytest.mark.parametrize("how", ["looked_after", "dual_registered", "eotas"])
@pytest.mark.parametrize("row", IDENTIFIED_2022, ids=lambda row: row.group)
def test_needs_identified_elsewhere_follow_their_row_with_an_authority(row: Row, how: str) -> None:
    pupil = identified(row.group)
    if how == "eotas":
        pupil = with_(pupil, school_kind=SchoolKind.EOTAS, school_kind_at={})
    else:
        pupil = with_(pupil, **{how: True})
    swept_as_the_row_says(pupil, row, f"ID2022_LA_{row.rule}")
    assert asked(pupil, row.opens).body is AUTHORITY


@pytest.mark.parametrize(
    ("row", "edge"),
    list(product(ACTION_2022, ["first", "last"])),
    ids=lambda at: getattr(at, "group", at),
)
def test_without_a_recorded_group_the_birthday_gives_the_same_row(row: Row, edge: str) -> None:
    dob = row.born_from if edge == "first" else row.born_to
    pupil = action(row.group, dob=dob, groups=groups(dob=dob))
    found = asked(pupil, JANUARY_2022)
    assert rule_of(found) == f"SASAP_{row.rule}"
    assert found.derived_group == row.group
    assert found.check_the_record
    assert "derived_year_group" in uncertain(found)


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row.group)
def test_a_statement_without_a_recorded_group_goes_by_birthday(row: Row) -> None:
    pupil = statement(dob=row.born_to, groups=groups(dob=row.born_to))
    assert rule_of(asked(pupil, SEPTEMBER_2022)) == row.rule


def test_a_recorded_group_beats_the_birthday_and_asks_for_a_check() -> None:
    taught_a_year_behind = date(2012, 9, 1)
    pupil = action(
        "3", dob=taught_a_year_behind, groups=groups(2021, "3", dob=taught_a_year_behind)
    )
    found = asked(pupil, JANUARY_2022)
    assert rule_of(found) == "SASAP_C1"
    assert found.derived_group is None
    assert found.check_the_record


def test_a_group_recorded_in_a_later_year_decides_what_that_year_decides() -> None:
    repeated = YearGroups(recorded={2021: 4, 2022: 4})
    assert rule_of(asked(action(groups=repeated), JANUARY_2022)) == "SASAP_C3"
    moved_up = YearGroups(recorded={2022: 5})
    assert rule_of(asked(action(groups=moved_up), JANUARY_2022)) == "SASAP_C3_PRIORITY"


def test_moving_up_or_repeating_never_takes_a_pupil_out_of_the_first_group() -> None:
    stayed = YearGroups(recorded={2021: 3, 2022: 3, 2023: 6})
    assert rule_of(asked(action(groups=stayed), JANUARY_2022)) == "SASAP_C1"


def test_whoever_repeats_year_9_is_caught_by_year_10_of_2023() -> None:
    repeats = YearGroups(recorded={2021: 9, 2022: 9, 2023: 10})
    assert rule_of(asked(action(groups=repeats), JANUARY_2022)) == "SASAP_C3_PRIORITY"


def test_no_group_and_no_birthday_is_the_last_group_and_never_late() -> None:
    pupil = action(groups=YearGroups())
    found = asked(pupil, AUGUST_2025 + ONE_DAY)
    assert rule_of(found) == "SASAP_C3"
    assert found.duty.overdue is False
    assert "year_group" in uncertain(found)


@pytest.mark.parametrize("code", ["SA", "SAP", "EYA", "EYAP"])
def test_every_kind_of_action_counts(code: str) -> None:
    pupil = action(provisions={JANUARY_2022: frozenset({ProvisionCode(code)})})
    assert rule_of(asked(pupil, JANUARY_2022)) == "SASAP_C1"


@pytest.mark.parametrize(
    "kind", ["maintained_mainstream", "maintained_special", "maintained_nursery", "pru"]
)
def test_every_kind_of_maintained_school_counts(kind: str) -> None:
    assert rule_of(asked(action(school_kind=SchoolKind(kind)), JANUARY_2022)) == "SASAP_C1"


@pytest.mark.parametrize("code", NOT_ACTION)
def test_nothing_but_action_is_in_the_january_groups(code: ProvisionCode) -> None:
    pupil = action(provisions={JANUARY_2022: frozenset({code})})
    found = rule_of(asked(pupil, JANUARY_2022))
    assert found is not None
    assert not found.startswith(("SASAP", "LACDUAL"))


def test_year_11_of_2021_is_in_no_january_group() -> None:
    dob = date(2006, 3, 1)
    pupil = action("11", dob=dob, groups=groups(2021, "11", dob=dob))
    before, at = asked(pupil, date(2025, 8, 31)), asked(pupil, date(2025, 9, 1))
    assert (rule_of(before), before.system) == ("YP_OVER_CSA_2022", SEN)
    assert (rule_of(at), at.system, at.cause) == ("YP_OVER_CSA_2022", ALN, Cause.COMMENCEMENT)
    assert before.moved_on == date(2025, 9, 1)
    assert before.duty.required is None


def test_looked_after_in_the_area_of_an_english_authority_stays_with_the_school() -> None:
    pupil = action(looked_after=True, in_area_of_english_la=True)
    assert rule_of(asked(pupil, JANUARY_2022)) == "SASAP_C1"


@pytest.mark.parametrize(("welsh", "rule"), [(True, "LACDUAL_C1"), (False, "SASAP_C1")])
def test_a_second_registration_counts_only_with_a_welsh_authority(welsh: bool, rule: str) -> None:
    pupil = action(dual_registered=True, la_in_wales_responsible=welsh)
    assert rule_of(asked(pupil, JANUARY_2022)) == rule


# ---------------------------------------------------------------- nothing identified


@pytest.mark.parametrize(
    ("pupil", "rule", "began"),
    [
        (recorded(sep21=NONE), "NEW_2021", SEPTEMBER_2021),
        (recorded(sep21=NONE, jan22=SA, sep22=STATEMENT), "NEW_2021", SEPTEMBER_2021),
        (recorded(sep21=SA, jan22=NONE), "NEW_2022_JAN", JANUARY_2022),
        (recorded(sep21=SA, jan22=NONE, sep22=SA), "NEW_2022_JAN", JANUARY_2022),
        (recorded(sep21=SA, jan22=NONE, sep22=STATEMENT), "NEW_2022_JAN", JANUARY_2022),
        (recorded(sep21=STATEMENT, jan22=STATEMENT, sep22=NONE), "NEW_2022_SEP", SEPTEMBER_2022),
        (recorded(sep21=PIPELINE, jan22=PIPELINE, sep22=NONE), "NEW_2022_SEP", SEPTEMBER_2022),
    ],
)
def test_the_first_day_with_nothing_identified_begins_the_new_law(
    pupil: TransitionCase, rule: str, began: date
) -> None:
    eve, at, after = (asked(pupil, began - ONE_DAY), asked(pupil, began), asked(pupil, AUGUST_2025))
    assert (eve.system, at.system, after.system) == (SEN, ALN, ALN)
    assert {rule_of(eve), rule_of(at), rule_of(after)} == {rule}
    assert (at.moved_on, at.cause) == (began, Cause.COMMENCEMENT)
    assert at.duty.required is None
    assert at.duty.window is None
    assert at.status == "undetermined"


def test_a_code_recorded_after_the_new_law_applied_is_stale_and_asks_for_a_decision() -> None:
    found = asked(recorded(sep21=NONE, jan22=SA), date(2022, 3, 1))
    assert (found.system, rule_of(found)) == (ALN, "NEW_2021")
    assert found.check_the_record
    assert found.stale_code
    assert found.next_step == "open_duty_to_decide_task"


def test_needs_first_identified_later_show_that_nothing_was_there_before() -> None:
    pupil = with_(recorded(jan22=SA), first_identified_on=date(2021, 10, 15))
    found = asked(pupil, date(2022, 3, 1))
    assert rule_of(found) == "NEW_2021"
    assert "snapshot_inferred" not in uncertain(found)
    on_the_day = with_(recorded(jan22=SA), first_identified_on=SEPTEMBER_2021)
    assert rule_of(asked(on_the_day, date(2022, 3, 1))) == "SASAP_C3_PRIORITY"


@pytest.mark.parametrize("kind", [*SchoolKind])
def test_nothing_identified_begins_the_new_law_in_any_setting(kind: SchoolKind) -> None:
    pupil = with_(recorded(sep21=NONE), school_kind=kind)
    found = asked(pupil, SEPTEMBER_2021)
    assert rule_of(found) == "NEW_2021"
    maintained = kind.value.startswith("maintained")
    if kind is not SchoolKind.PRU:
        assert found.body is (SCHOOL if maintained else AUTHORITY)
    assert asked(with_(pupil, looked_after=True), SEPTEMBER_2021).body is AUTHORITY


@pytest.mark.parametrize("day", [SEPTEMBER_2021, JANUARY_2022])
def test_year_11_is_left_out_when_nothing_is_identified(day: date) -> None:
    dob = date(2006, 1, 10)
    codes = {SEPTEMBER_2021: frozenset({SA}), day: frozenset({NONE})}
    pupil = action(dob=dob, groups=groups(2021, "11", dob=dob), provisions=codes)
    assert rule_of(asked(pupil, date(2023, 1, 1))) == "YP_OVER_CSA_2022"
    dob = date(2006, 9, 1)
    pupil = action(dob=dob, groups=groups(2021, "10", dob=dob), provisions=codes)
    assert asked(pupil, date(2022, 1, 1)).system is ALN


def test_turning_16_away_from_school_is_left_out_as_year_11_is() -> None:
    dob = date(2006, 8, 31)
    pupil = with_(recorded(sep21=NONE), dob=dob, groups=groups(dob=dob), school_kind=SchoolKind.EHE)
    assert rule_of(asked(pupil, date(2023, 1, 1))) == "YP_OVER_CSA_2022"
    younger = with_(pupil, dob=date(2006, 9, 1), groups=groups(dob=date(2006, 9, 1)))
    assert rule_of(asked(younger, date(2023, 1, 1))) == "NEW_2021"


def test_being_off_the_register_later_keeps_the_january_group() -> None:
    """The Order that first began the Act for a pupil decides; its long-stop looks no further."""
    found = asked(recorded(sep21=SA, jan22=SA, sep22=NONE), date(2023, 10, 2))
    assert rule_of(found) == "SASAP_C3_PRIORITY"
    assert found.duty.required is None
    assert not found.duty.now
    assert "NEW_2022_SEP" in near(found)
    assert "nothing_identified_in_september" in uncertain(found)
    assert asked(recorded(jan22=SA, sep22=NONE), AUGUST_2024).system is ALN
    assert asked(recorded(jan22=SA, sep22=NONE), AUGUST_2024 + ONE_DAY).duty.overdue is False


# ---------------------------------------------------------------- other groups of September 2022


@pytest.mark.parametrize("before", [STATEMENT, PIPELINE])
def test_action_after_a_lapsed_statement_or_process_is_in_the_september_group(
    before: ProvisionCode,
) -> None:
    found = asked(recorded(sep21=before, jan22=before, sep22=SA), SEPTEMBER_2022)
    assert rule_of(found) == "ID2022_SCHOOL_C2"


def test_the_pipeline_has_one_last_day_whatever_the_year_group() -> None:
    for group in ("1", "6", "10"):
        pupil = pipeline(groups=groups(2022, group))
        assert asked(pupil, AUGUST_2024 - ONE_DAY).system is SEN
        found = asked(pupil, AUGUST_2024)
        assert (found.system, rule_of(found), found.cause) == (ALN, "PRE_STMT", Cause.SWEPT)
        assert found.body is AUTHORITY


@pytest.mark.parametrize("kind", ["independent", "ehe", "none"])
def test_needs_away_from_maintained_schools_move_on_one_day_without_notices(kind: str) -> None:
    pupil = with_(recorded(sep21=SA, jan22=SA, sep22=SA), school_kind=SchoolKind(kind))
    assert asked(pupil, SEPTEMBER_2022 - ONE_DAY).system is SEN
    found = asked(pupil, SEPTEMBER_2022)
    assert (found.system, rule_of(found), found.body) == (ALN, "IND_EHE_2022", AUTHORITY)
    assert found.duty.required is None
    assert found.next_step == "open_duty_to_decide_task"
    assert not found.stale_code
    assert not found.check_the_record
    looked_after = asked(with_(pupil, looked_after=True), SEPTEMBER_2022)
    assert rule_of(looked_after) == "ID2022_LA_C2"


def test_an_english_plan_moves_on_one_day_without_notices() -> None:
    pupil = recorded(sep21=EHC, jan22=EHC, sep22=EHC)
    assert asked(pupil, SEPTEMBER_2022 - ONE_DAY).system is SEN
    found = asked(pupil, SEPTEMBER_2022)
    assert (found.system, rule_of(found), found.next_step) == (ALN, "EHC_2022", None)
    dob = date(2006, 5, 1)
    over_age = with_(pupil, dob=dob, groups=groups(dob=dob))
    assert rule_of(asked(over_age, SEPTEMBER_2022)) == "YP_OVER_CSA_2022"


@pytest.mark.parametrize(
    ("dob", "rule", "began"),
    [
        (date(2008, 2, 1), "DETAINED_2021", SEPTEMBER_2021),
        (date(2005, 9, 1), "DETAINED_2021", SEPTEMBER_2021),
        (date(2005, 8, 31), "DETAINED_YP_2022", SEPTEMBER_2022),
    ],
)
def test_detained_persons_move_by_age(dob: date, rule: str, began: date) -> None:
    pupil = action(detained=True, dob=dob, groups=groups(dob=dob))
    assert asked(pupil, began - ONE_DAY).system is SEN
    found = asked(pupil, began)
    assert (found.system, rule_of(found), found.body) == (ALN, rule, AUTHORITY)


@pytest.mark.parametrize(("dob", "over"), [(date(2006, 8, 31), True), (date(2006, 9, 1), False)])
def test_compulsory_school_age_on_1_september_2022_is_taken_to_the_day(
    dob: date, over: bool
) -> None:
    pupil = statement("11", dob=dob, groups=groups(2022, "11", dob=dob))
    assert (rule_of(asked(pupil, SEPTEMBER_2022)) == "YP_OVER_CSA_2022") is over


def test_a_statement_and_action_on_one_day_is_a_statement_to_be_checked() -> None:
    pupil = statement("6", provisions={SEPTEMBER_2022: frozenset({SAP, STATEMENT})})
    found = asked(pupil, SEPTEMBER_2022)
    assert rule_of(found) == "STMT_Y2"
    assert found.check_the_record


def test_under_school_age_a_statement_is_in_the_early_group_whatever_the_class() -> None:
    dob = date(2018, 9, 30)
    pupil = statement("1", dob=dob, groups=groups(2022, "1", dob=dob))
    assert rule_of(asked(pupil, SEPTEMBER_2022)) == "STMT_Y2"


def test_being_year_6_in_2024_gives_no_earlier_day() -> None:
    pupil = statement(groups=groups(2024, "6"))
    assert rule_of(asked(pupil, SEPTEMBER_2022)) == "STMT_Y3"


# ---------------------------------------------------------------- after 2025, and nothing on file


def test_a_stale_code_today_is_an_undecided_learner_of_the_new_system() -> None:
    pupil = with_(recorded(), current=frozenset({SA}), groups=groups(2026, "7"))
    found = asked(pupil, date(2026, 11, 22))
    assert (found.system, rule_of(found), found.status) == (ALN, "POST_2025", "undetermined")
    assert found.stale_code
    assert found.check_the_record
    assert found.next_step == "open_duty_to_decide_task"
    assert found.moved_on is None
    assert "formal_repeal" in uncertain(found)


def test_nothing_on_file_before_2025_is_read_from_what_is_recorded_now() -> None:
    pupil = with_(recorded(), current=frozenset({SA}))
    found = asked(pupil, date(2023, 11, 1))
    assert rule_of(found) == "SASAP_C3_PRIORITY"
    assert "snapshot_inferred" in uncertain(found)


def test_no_january_record_takes_the_nearest_and_never_calls_a_deadline_missed() -> None:
    pupil = recorded(sep22=SA)
    found = asked(pupil, date(2024, 9, 2))
    assert (rule_of(found), found.system) == ("SASAP_C3_PRIORITY", ALN)
    assert found.duty.overdue is False
    assert "snapshot_inferred" in uncertain(found)
    on_file = asked(recorded(jan22=SA), date(2024, 9, 2))
    assert on_file.duty.overdue is True


def test_a_pupil_not_yet_born_on_the_first_day_is_under_the_new_law() -> None:
    dob = date(2021, 9, 2)
    pupil = with_(recorded(), dob=dob, groups=groups(dob=dob), current=frozenset({SA}))
    assert rule_of(asked(pupil, date(2026, 11, 22))) == "NEW_2021"


def test_no_facts_name_no_rule_and_no_law() -> None:
    found = asked(TransitionCase(), date(2023, 1, 1))
    assert (found.system, found.rule) == (None, None)
    assert "rule" in uncertain(found)


def test_rules_that_nearly_applied_are_named() -> None:
    found = asked(recorded(sep21=SA, jan22=SA), date(2022, 3, 1))
    assert {"NEW_2021", "NEW_2022_JAN"} <= near(found)


@pytest.mark.parametrize(
    ("rule", "pupil", "until"),
    [
        ("AS_MADE_2021_11", action("3"), date(2022, 6, 10)),
        ("PLAN_2022_03", action("2"), date(2023, 8, 21)),
        ("ORIG_2021_03_NO4", action("3", looked_after=True), date(2021, 8, 12)),
    ],
)
def test_a_superseded_plan_is_told_and_decides_nothing(
    rule: str, pupil: TransitionCase, until: date
) -> None:
    found = asked(pupil, AUGUST_2023)
    steps = {step.rule: step for step in found.trace.steps}
    assert steps[rule].facts["applies"] is False
    assert steps[rule].facts["until"] == until.isoformat()
