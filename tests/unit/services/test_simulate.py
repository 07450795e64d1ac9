"""What a set of facts would bring, by week and school."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.cli.main import cli
from mis_bridge.services.simulate import CaseFact, Policy, Week, simulate
from mis_bridge.services.simulate_facts import FactsRefused, from_file
from mis_bridge.services.workload_chart import chart
from tests.factories.calendars import SPEC, school_year_2026

SCHOOL = "661/9901"
YEAR = school_year_2026()
FIRST, LAST = date(2026, 11, 23), date(2027, 3, 31)
NOTICED = CaseFact(SCHOOL, "SCH-35", date(2026, 11, 20))  # due on 26 January 2027


def weeks(*facts: CaseFact, policy: Policy | None = None, **more: Any) -> dict[date, Week]:
    calendars = more.get("calendars", {SCHOOL: YEAR})
    found = simulate(facts, calendars, FIRST, LAST, policy or Policy())
    return {week.starts_on: week for week in found.weeks}


def test_a_case_is_due_in_the_week_of_its_last_day_and_open_until_then() -> None:
    found = weeks(NOTICED)
    assert [day for day, week in found.items() if week.due] == [date(2027, 1, 25)]
    assert found[date(2027, 1, 18)].open == 1
    assert found[date(2027, 1, 25)].open == 0
    assert found[date(2026, 11, 23)].school_days == 4  # INSET on the Friday
    assert found[date(2026, 12, 21)].school_days == 0


def test_other_term_dates_move_the_work() -> None:
    closed = school_year_2026(closures=tuple(date(2027, 1, day) for day in range(5, 9)))
    found = weeks(NOTICED, calendars={SCHOOL: closed})
    assert [day for day, week in found.items() if week.due] == [date(2027, 2, 1)]


def test_an_earlier_target_moves_the_aim_and_not_the_due_date() -> None:
    found = weeks(NOTICED, policy=Policy(target_school_days=10))
    assert [day for day, week in found.items() if week.aimed] == [date(2026, 12, 7)]
    assert [day for day, week in found.items() if week.due] == [date(2027, 1, 25)]


def test_a_target_later_than_the_law_is_the_laws_last_day() -> None:
    found = weeks(NOTICED, policy=Policy(target_school_days=60))
    assert [day for day, week in found.items() if week.aimed] == [date(2027, 1, 25)]


def test_a_case_without_a_calendar_is_counted_and_not_guessed() -> None:
    facts = [NOTICED, CaseFact("661/9902", "SCH-35", date(2026, 11, 20))]
    found = simulate(facts, {SCHOOL: YEAR}, FIRST, LAST, Policy())
    assert found.undated == {("661/9902", "2026-27"): 1}
    beyond = simulate(
        [CaseFact(SCHOOL, "SCH-35", date(2027, 6, 1))], {SCHOOL: YEAR}, FIRST, LAST, Policy()
    )
    assert beyond.undated == {(SCHOOL, "2027-28"): 1}


def test_a_review_comes_round_every_twelve_months() -> None:
    found = simulate(
        [CaseFact(SCHOOL, "REV-12M", date(2025, 2, 1))],
        {SCHOOL: YEAR},
        date(2026, 1, 1),
        date(2028, 3, 1),
        Policy(),
    )
    due = [week.starts_on for week in found.weeks if week.due]
    assert due == [date(2026, 1, 26), date(2027, 1, 25), date(2028, 1, 31)]


def test_a_case_late_before_the_first_day_is_said_and_still_takes_hours() -> None:
    old = CaseFact(SCHOOL, "SCH-35", date(2026, 9, 3))
    found = simulate([old], {SCHOOL: YEAR}, FIRST, LAST, Policy(hours_a_day=1.0))
    assert found.overdue == {SCHOOL: 1}
    assert sum(week.hours_given or 0 for week in found.weeks) == 6.0


@pytest.mark.parametrize(("a_day", "late"), [(2.0, 0), (0.5, 1), (0.0, 3)])
def test_too_little_staff_makes_cases_late(a_day: float, late: int) -> None:
    found = weeks(*[NOTICED] * 3, policy=Policy(hours_a_day=a_day))
    assert sum(week.late or 0 for week in found.values()) == late
    assert all((week.hours_given or 0) <= a_day * week.school_days for week in found.values())


_facts = st.lists(
    st.builds(
        CaseFact,
        st.sampled_from([SCHOOL, "661/9902", "661/9903"]),
        st.sampled_from(["SCH-35", "LA-12W", "REV-12M", "S65-6W"]),
        st.dates(date(2026, 9, 2), date(2027, 6, 30)),
    ),
    max_size=12,
)


@given(facts=_facts, order=st.randoms(use_true_random=False), staff=st.none() | st.floats(0, 9))
def test_the_same_facts_in_any_order_give_the_same_work_load(
    facts: list[CaseFact], order: Any, staff: float | None
) -> None:
    calendars = {SCHOOL: YEAR, "661/9902": school_year_2026(closures=(date(2026, 12, 1),))}
    shuffled = list(facts)
    order.shuffle(shuffled)
    policy = Policy(hours_a_day=staff)
    assert simulate(facts, calendars, FIRST, LAST, policy) == simulate(
        shuffled, calendars, FIRST, LAST, policy
    )


def test_the_chart_is_well_formed_and_says_in_words_what_it_shows() -> None:
    workload = simulate([NOTICED], {SCHOOL: YEAR}, FIRST, LAST, Policy())
    for language, title, bar in (
        ("en", "Decisions and reviews due", "Week of 25 January 2027, 661/9901: 1 due"),
        ("cy", "Penderfyniadau", "Wythnos 25 Ionawr 2027, 661/9901: 1 yn ddyledus"),
    ):
        drawn = chart(workload, language)  # type: ignore[arg-type]  # both are languages
        root = ElementTree.fromstring(drawn)  # noqa: S314 - our own text
        assert root.get("lang") == language
        assert title in drawn
        assert bar in drawn


def test_an_empty_chart_says_that_nothing_is_due() -> None:
    drawn = chart(simulate([], {SCHOOL: YEAR}, FIRST, LAST, Policy()), "en")
    assert "nothing is due" in drawn


def test_a_schools_name_cannot_break_out_of_the_chart() -> None:
    name = '"/><script>alert(1)</script>'
    workload = simulate(
        [CaseFact(name, "SCH-35", date(2026, 11, 20))], {name: YEAR}, FIRST, LAST, Policy()
    )
    drawn = chart(workload, "en")
    ElementTree.fromstring(drawn)  # noqa: S314 - our own text
    assert "<script>" not in drawn


@pytest.mark.parametrize(
    "facts",
    [
        b"",
        b"[]",
        b'{"facts": {}}',
        b'{"facts": [1]}',
        b'{"facts": [{"rule": "SCH-35", "trigger_date": "2026-11-20"}]}',
        b'{"facts": [{"school": "s", "rule": "SCH-36", "trigger_date": "2026-11-20"}]}',
        b'{"facts": [{"school": "s", "rule": "SCH-35", "trigger_date": "soon"}]}',
        b'{"facts": [{"school": "s", "rule": "SCH-35", "trigger_date": "2026-02-30"}]}',
        b'{"facts": [{"school":"s","rule":"SCH-35","trigger_date":"2026-11-20","count":-1}]}',
    ],
)
def test_facts_that_cannot_be_used_are_refused(facts: bytes) -> None:
    with pytest.raises(FactsRefused):
        from_file(facts)


def test_the_command_needs_no_database_for_a_file_of_facts(tmp_path: Any) -> None:
    fact = {"school": SCHOOL, "rule": "SCH-35", "trigger_date": "2026-11-20", "count": 4}
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({"calendars": {SCHOOL: SPEC}, "facts": [fact]}))
    svg = tmp_path / "load.svg"
    done = CliRunner().invoke(
        cli,
        [
            "simulate", "--from", "2026-11-23", "--to", "2027-03-31", "--facts", str(file),
            "--svg", str(svg), "--json",
        ],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    printed = json.loads(done.stdout)
    assert printed["totals"] == {"due": 4, "begun": 0, "late": None}
    assert svg.read_text(encoding="utf-8").startswith("<svg")
