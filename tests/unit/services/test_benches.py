"""Benchmarks compare like with like, and say so in the shape of the contract."""

from __future__ import annotations

import pytest

from mis_bridge.domain.words import Words
from mis_bridge.services.benches import map_bench
from mis_bridge.services.benches.ratios import Ratio, rates
from mis_bridge.services.benches.registry import names
from mis_bridge.services.benches.wonde_pupils import wonde_students

WHAT = Words("a thing", "peth")


def test_a_benchmark_is_found_by_the_name_of_its_module() -> None:
    assert "map" in names()


def test_a_figure_is_told_with_its_spread_its_reference_and_its_goals() -> None:
    told = Ratio("P1", WHAT, (0.4, 0.9, 0.6), 60.0, 100.0, "records/s", 0.5, 0.95).to_json()
    assert {"min", "median", "max", "reference", "target", "aim"} <= set(told)
    assert (told["min"], told["median"], told["max"]) == (0.4, 0.6, 0.9)
    assert told["reached"] is True


@pytest.mark.parametrize(("median", "reached"), [(1.4, True), (1.6, False)])
def test_of_memory_less_is_better(median: float, reached: bool) -> None:
    ratio = Ratio("P11", WHAT, (median,), 1.0, 1.0, "MiB", 1.5, 1.1, better="less")
    assert ratio.reached is reached


def test_both_sides_are_measured_in_the_same_rounds() -> None:
    turns: list[str] = []
    ratios, _, _ = rates(lambda: turns.append("a"), lambda: turns.append("b"), 1, rounds=3)
    assert len(ratios) == 3
    assert turns == ["a", "b"] * 4


def test_the_two_mappings_that_are_compared_give_the_same_records() -> None:
    figures = map_bench.figures(25, rounds=1)
    assert [figure.name for figure in figures] == ["P1", "P2"]


def test_invented_students_are_all_different_and_the_same_every_time() -> None:
    first, again = list(wonde_students(30)), list(wonde_students(30))
    assert first == again
    assert len({student["id"] for student in first}) == 30
    assert len({student["education_details"]["data"]["upn"] for student in first}) == 30
