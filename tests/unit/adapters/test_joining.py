"""Grouping and joining: every row ends up somewhere, and the order of the source is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import OptionsRefused, ReadOptions
from adapters.joining import Row, assembled
from adapters.spool import Sorter

KEYS = st.text("ab01", max_size=2)
ENTRIES = st.lists(st.tuples(KEYS, st.integers(0, 9), st.text(max_size=5)), max_size=60)


def rows(*trees: Mapping[str, object]) -> list[Row]:
    return [Row(dict(tree), f"x:{number}") for number, tree in enumerate(trees)]


def joined(
    collections: dict[str, list[Row]], **read: object
) -> tuple[list[dict[str, object]], Counter[str]]:
    options = ReadOptions.from_document({"records": "main", **read})
    flags: Counter[str] = Counter()
    return [row.tree for row in assembled(collections, "main", options, flags)], flags


@given(ENTRIES, st.sampled_from([1, 300, 10**9]))
def test_sorting_on_disk_gives_what_sorting_in_memory_gives(
    entries: list[tuple[str, int, str]], run_bytes: int
) -> None:
    sorter = Sorter(run_bytes)
    for position, (key, order, text) in enumerate(entries):
        sorter.add(key, (order, position, 0), [text])
    found = [(key, order[:2], tree) for key, order, tree in sorter]
    wanted = [(key, (order, at), [text]) for at, (key, order, text) in enumerate(entries)]
    assert found == sorted(wanted, key=lambda entry: entry[:2])


@given(st.lists(KEYS, max_size=20), st.lists(KEYS, max_size=40))
def test_every_row_is_joined_or_counted_as_an_orphan(mains: list[str], others: list[str]) -> None:
    found, flags = joined(
        {
            "main": rows(*({"id": key} for key in mains)),
            "other": rows(*({"of": key, "n": number} for number, key in enumerate(others))),
        },
        join=[{"into": "o", "from": "other", "on": "of", "equals": "id", "orphans": "orphan"}],
    )
    assert [tree["id"] for tree in found] == mains
    for tree in found:
        wanted = [n for n, key in enumerate(others) if key and key == tree["id"]]
        assert [row["n"] for row in tree["o"]] == wanted  # type: ignore[attr-defined] # a list of rows
    assert flags["orphan"] == sum(1 for key in others if not key or key not in mains)


@given(st.lists(KEYS, max_size=40))
def test_grouping_loses_no_row_and_keeps_the_order_of_first_sight(keys: list[str]) -> None:
    found, _ = joined(
        {"main": rows(*({"k": key, "n": number} for number, key in enumerate(keys)))}, group_by="k"
    )
    inside = [[row["n"] for row in tree["rows"]] for tree in found]  # type: ignore[attr-defined] # as above
    assert sorted(number for group in inside for number in group) == list(range(len(keys)))
    assert [group[0] for group in inside] == sorted(group[0] for group in inside)
    assert all(len({keys[n] for n in group}) == 1 for group in inside)


@pytest.mark.parametrize(
    ("by", "on", "equals"),
    [
        ("value", "7", 7),
        ("href", "https://x.example/rest/people/7/", "/rest/people/7"),
        ("href_number", "/rest/welsh-people/7", "/rest/people/7"),
        ("number", "0007", "7"),
        ("key_list", "7", "6, 7 ,8"),
        ("key_list", "7", ["6", "7"]),
        ("listed_in", "6,7", "7"),
        ("listed_in", ["6", 7], "7"),
    ],
)
def test_each_way_of_comparing_keys(by: str, on: object, equals: object) -> None:
    found, _ = joined(
        {"main": rows({"k": equals}), "other": rows({"of": "x"}, {"of": on})},
        join=[{"into": "o", "from": "other", "on": "of", "equals": "k", "by": by}],
    )
    assert found[0]["o"] == [{"of": on}]


def test_a_collection_can_be_completed_before_it_is_joined_itself() -> None:
    found, _ = joined(
        {
            "main": rows({"id": "1"}),
            "pairs": rows({"pupil": "1", "adult": "9"}, {"pupil": "1", "adult": "8"}),
            "adults": rows({"id": "9", "name": "Mair"}),
        },
        join=[
            {"into": "pairs", "from": "pairs", "on": "pupil", "equals": "id"},
            {
                "into": "person",
                "from": "adults",
                "on": "id",
                "equals": "adult",
                "many": False,
                "within": "pairs",
            },
        ],
    )
    assert found[0]["pairs"] == [
        {"pupil": "1", "adult": "9", "person": {"id": "9", "name": "Mair"}},
        {"pupil": "1", "adult": "8", "person": None},
    ]


def test_the_elements_of_a_list_inside_the_record_can_be_completed() -> None:
    found, flags = joined(
        {"main": rows({"c": [{"id": 1}, {"id": 3}]}), "adults": rows({"id": 1}, {"id": 2})},
        join=[
            {
                "into": "person",
                "from": "adults",
                "on": "id",
                "equals": "id",
                "each": "c",
                "many": False,
                "orphans": "orphan_contact",
            }
        ],
    )
    assert found[0]["c"] == [{"id": 1, "person": {"id": 1}}, {"id": 3, "person": None}]
    assert flags["orphan_contact"] == 2


def test_a_second_join_into_a_list_adds_only_what_it_lacks() -> None:
    join = {"into": "o", "on": "of", "equals": "id"}
    found, _ = joined(
        {
            "main": rows({"id": "1"}),
            "old": rows({"of": "1", "n": 1}),
            "new": rows({"of": "1", "n": 1}, {"of": "1", "n": 2}),
        },
        join=[join | {"from": "old"}, join | {"from": "new"}],
    )
    assert found[0]["o"] == [{"of": "1", "n": 1}, {"of": "1", "n": 2}]


def test_only_some_rows_may_be_wanted() -> None:
    found, flags = joined(
        {"main": rows({"id": "1", "role": "Student"}, {"id": "2", "role": "parent"})},
        where={"role": ["student"]},
    )
    assert [tree["id"] for tree in found] == ["1"]
    assert not flags


@pytest.mark.parametrize(
    "read",
    [
        {"recrods": "x"},
        {"records": 7},
        {"skip_footer": -1},
        {"skip_footer": True},
        {"case": "lower"},
        {"join": [{"into": "x", "from": "y", "on": "z"}]},
        {"join": [{"into": "x", "from": "y", "on": "z", "equals": "w", "by": "magic"}]},
        {"join": [{"into": "x", "from": "y", "on": "z", "equals": "w", "many": "yes"}]},
        {"join": {"into": "x"}},
        {"tables": [{"columns": ["a"]}]},
        {"where": ["role"]},
        {"record_id": [7]},
    ],
)
def test_an_option_that_no_reader_knows_is_refused_by_its_name(read: dict[str, object]) -> None:
    with pytest.raises(OptionsRefused) as refused:
        ReadOptions.from_document(read)
    assert "[read" in refused.value.words.en
    assert "[read" in refused.value.words.cy
