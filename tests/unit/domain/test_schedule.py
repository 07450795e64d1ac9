"""The schedule as data: whole, in order, in both languages, and every date with its citation."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from mis_bridge.domain.clock_rules import period
from mis_bridge.domain.schedule import replaced_by, schedule
from mis_bridge.domain.schedule_rules import (
    Body,
    Cohort,
    Commencement,
    Event,
    SavingOrder,
    Window,
)

RULES = schedule().rules
COHORTS = [rule for rule in RULES.values() if isinstance(rule, Cohort)]
EVERY_RULE = {
    "NEW_2021", "NEW_2022_JAN", "NEW_2022_SEP", "IND_EHE_2022", "EHC_2022", "YP_OVER_CSA_2022",
    "DETAINED_2021", "DETAINED_YP_2022", "SASAP_C1", "SASAP_C2", "SASAP_C3_PRIORITY", "SASAP_C3",
    "LACDUAL_C1", "LACDUAL_C2", "LACDUAL_C3_PRIORITY", "LACDUAL_C3", "STMT_Y2",
    "STMT_Y3_PRIORITY", "STMT_Y3", "STMT_APPEAL", "STMT_CEASED", "STMT_MOVED_AREA", "PRE_STMT",
    "PRE_STMT_MOVED_AREA", "ID2022_SCHOOL_C1", "ID2022_SCHOOL_C2", "ID2022_SCHOOL_C3",
    "ID2022_LA_C1", "ID2022_LA_C2", "ID2022_LA_C3", "LEFT_SCHOOL", "BECAME_DUAL_REGISTERED",
    "BECAME_LOOKED_AFTER", "CEASED_DUAL_REGISTERED", "CEASED_LOOKED_AFTER", "CEASED_EOTAS",
    "ALN_NOTICE_AFTER_LEAVING", "YP_FLOW_THROUGH", "POST_2025",
}  # fmt: skip


def test_every_rule_is_there_and_no_other() -> None:
    assert set(RULES) == EVERY_RULE


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_cites_an_instrument(rule: object) -> None:
    source = getattr(rule, "source", "")
    assert re.search(r"S\.I\. 20\d\d/\d+|2018 anaw 2", source)


@pytest.mark.parametrize("cohort", COHORTS, ids=lambda cohort: cohort.id)
def test_a_group_is_swept_on_the_last_day_of_its_window(cohort: Cohort) -> None:
    opens, closes = cohort.window
    assert opens >= cohort.order.in_force == cohort.order.snapshot
    assert cohort.swept_on == closes
    assert (closes.month, closes.day) == (8, 31)
    assert cohort.duty.startswith("art. ")
    assert cohort.sweep.startswith("art. ")


def test_each_order_has_one_group_for_whoever_is_left_and_it_comes_last() -> None:
    for order in {cohort.order.id for cohort in COHORTS}:
        family = [cohort for cohort in COHORTS if cohort.order.id == order]
        assert [bool(cohort.years) for cohort in family] == [True] * (len(family) - 1) + [False]


def test_only_the_statement_orders_know_appeals_and_the_pipeline_no_aln_notice() -> None:
    assert {cohort.order.id for cohort in COHORTS if cohort.appeal} == {"no8", "no9"}
    saving = [order for order in schedule().orders.values() if isinstance(order, SavingOrder)]
    assert {order.id for order in saving if order.aln_notice is None} == {"no9"}
    assert {order.id for order in saving if order.over_age is None} == {"no5", "no6"}
    assert {order.id for order in saving if order.body is Body.GOVERNING_BODY} == {"no5", "no13"}


def test_the_orders_that_only_commence_begin_on_their_days() -> None:
    begun = {rule.id: rule.in_force for rule in RULES.values() if isinstance(rule, Commencement)}
    assert begun == {
        "NEW_2021": date(2021, 9, 1),
        "NEW_2022_JAN": date(2022, 1, 1),
        "NEW_2022_SEP": date(2022, 9, 1),
        "IND_EHE_2022": date(2022, 9, 1),
        "EHC_2022": date(2022, 9, 1),
        "YP_OVER_CSA_2022": date(2025, 9, 1),
        "DETAINED_2021": date(2021, 9, 1),
        "DETAINED_YP_2022": date(2022, 9, 1),
    }


def test_events_belong_to_saving_orders_alone() -> None:
    for event in (rule for rule in RULES.values() if isinstance(rule, Event)):
        orders = [schedule().orders[order] for order in event.of]
        assert orders
        assert all(isinstance(order, SavingOrder) for order in orders)


def test_superseded_versions_ended_before_what_stands_in_their_place_was_over() -> None:
    for version in schedule().superseded:
        assert version.rules <= set(RULES)
        assert version.until < date(2023, 8, 31)
        assert version in replaced_by(min(version.rules))
    assert [version.id for version in replaced_by("SASAP_C1")] == [
        "ORIG_2021_03_NO3",
        "AS_MADE_2021_11",
    ]
    assert replaced_by("STMT_Y2") == ()


def test_a_window_says_its_first_and_last_day() -> None:
    opens = date(2022, 1, 1)
    window = Window(opens, opens + timedelta(days=1)).to_json()
    assert window == {"from": "2022-01-01", "to": "2022-01-02"}


def test_a_limit_counts_what_the_period_of_its_clock_counts() -> None:
    counted = {key: limit for key, limit in schedule().limits.items() if limit.period}
    assert set(counted) >= {"plan_school", "plan_authority", "request_school", "after_leaving"}
    for limit in counted.values():
        clock = period(limit.period or "")
        assert (limit.amount, f"{limit.unit}s") == (clock.count, clock.unit.value)
    for limit in schedule().limits.values():
        assert (limit.amount is None) is (limit.unit == "as_soon_as_reasonably_practicable")
