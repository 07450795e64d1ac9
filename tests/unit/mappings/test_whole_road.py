"""Generated records, damaged ones too: nothing is dropped in silence, no wrong fact is made up."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.canonical import CanonicalRefused, build_pupil, load, to_json, to_pupil
from mappings.codesets import table_from
from mappings.engine import compile_mapping
from mappings.language import shipped, vendors
from mappings.quick import pupil_of
from mappings.values import ABSENT, clean
from mis_bridge.services.benches.wonde_by_hand import wonde_by_hand
from mis_bridge.services.benches.wonde_pupils import wonde_students
from tests.unit.mappings.builders import context

WONDE = compile_mapping(shipped("wonde"))
TABLES = {
    name: table_from(name, written) for name, written in shipped("wonde").body["codes"].items()
}
STUDENTS = list(wonde_students(40))
RECORDS: list[dict[str, Any]] = [
    canonical
    for student in STUDENTS
    if (canonical := WONDE.apply(student, context(vendor="wonde")).canonical) is not None
]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 10**6)
    | st.text(max_size=12)
    | st.sampled_from(
        ["", " ", "A", "N", "K", "Q", "17/02/14", "2014-02-17", "P661990118001", "T", "?"]
    )
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(tree: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List every place in a tree that can be damaged."""
    found = [at] if at else []
    if isinstance(tree, dict):
        for key, below in tree.items():
            found += places(below, (*at, key))
    elif isinstance(tree, list):
        for number, below in enumerate(tree):
            found += places(below, (*at, number))
    return found


@st.composite
def damaged(draw: st.DrawFn, trees: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw a tree and cut, blank or replace some of its parts."""
    tree: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(trees)))
    for _ in range(draw(st.integers(0, 4))):
        choices = places(tree)
        if not choices:
            break
        *above, last = draw(st.sampled_from(choices))
        node: Any = tree
        for step in above:
            node = node[step]
        if draw(st.booleans()):
            del node[last]
        else:
            node[last] = draw(ANYTHING)
    return tree


@settings(max_examples=400, deadline=None)
@given(damaged(STUDENTS))
def test_a_damaged_record_is_mapped_or_rejected_and_never_breaks_the_mapping(
    student: dict[str, Any],
) -> None:
    result = WONDE.apply(student, context(vendor="wonde"))
    if result.canonical is None:
        assert any(issue.rejects for issue in result.issues)
        return
    assert to_json(to_pupil(result.canonical)) == result.canonical


@settings(max_examples=400, deadline=None)
@given(damaged(STUDENTS))
def test_the_mapping_and_the_function_by_hand_agree_on_damaged_records_too(
    student: dict[str, Any],
) -> None:
    result = WONDE.apply(student, context(vendor="wonde"))
    if result.canonical is not None:
        assert result.canonical == wonde_by_hand(student, context(vendor="wonde"), TABLES)


@settings(max_examples=300, deadline=None)
@given(damaged(STUDENTS))
def test_provision_is_none_only_where_the_source_says_so(student: dict[str, Any]) -> None:
    canonical = WONDE.apply(student, context(vendor="wonde")).canonical
    if canonical is None or "provision" not in canonical:
        return
    details = student["extended_details"]
    raw = details.get("data", details)["sen_status"]
    if canonical["provision"]["type"] == "none":
        assert isinstance(raw, str)
        assert TABLES["provision"].find(raw) == "none"


@settings(max_examples=300, deadline=None)
@given(damaged(STUDENTS))
def test_every_need_and_contact_that_is_there_comes_out_or_is_flagged(
    student: dict[str, Any],
) -> None:
    canonical = WONDE.apply(student, context(vendor="wonde")).canonical
    if canonical is None:
        return
    for key, columns in (
        ("sen_needs", ("code", "description")),
        ("contacts", ("forename", "surname")),
    ):
        block = student.get(key)
        rows = block.get("data") if isinstance(block, dict) else None
        if not isinstance(rows, list):
            continue
        target = "needs" if key == "sen_needs" else "contacts"
        told = {
            tuple(str(row.get(column)) for column in row)
            for row in rows
            if isinstance(row, dict)
            and any(
                isinstance(row.get(c), str) and row[c].strip().isprintable() and row[c].strip()
                for c in columns
            )
        }
        flagged = any(flag.endswith(f":{target}") for flag in canonical["flags"])
        assert canonical.get(target) or not told or flagged
        strangers = [row for row in rows if not isinstance(row, dict) and row not in (None, "")]
        assert not strangers or f"unreadable_value:{target}" in canonical["flags"]


@settings(max_examples=600, deadline=None)
@given(damaged(RECORDS))
def test_the_quick_reader_is_sure_only_of_what_the_schema_accepts_and_reads_the_same(
    record: dict[str, Any],
) -> None:
    quick = pupil_of(record)
    try:
        whole = build_pupil(load(record))
    except CanonicalRefused:
        assert quick is None
    else:
        assert quick is None or quick == whole


def test_the_quick_reader_is_sure_of_every_record_that_the_mapping_makes() -> None:
    assert all(pupil_of(record) is not None for record in RECORDS)
    assert all(pupil_of(record) == build_pupil(load(record)) for record in RECORDS)


@pytest.mark.parametrize(
    "damage",
    [
        {"needs": [{"type": "mld"}]},
        {"dob": "2014-W07-1"},
        {"dob": "20140217"},
        {"upn": 7},
        {"surprise": 1},
        {"not_supplied": ["upn"]},
        {"not_supplied": ["needs"]},
        {"contacts": [{"priority": True}]},
        {"looked_after": {"in_care": 1}},
        {"provision": {"raw_code": "A"}},
        {"provision": {"type": "none", "end": None}},
        {"source": {"vendor": "x", "record_id": ""}},
        {"source": {"vendor": "x", "record_id": "1", "school": "661/9901\n"}},
        {"name": None},
        {"nc_year": "15"},
    ],
)
def test_a_record_that_does_not_fit_is_refused_by_key_and_without_its_values(
    damage: dict[str, Any],
) -> None:
    with pytest.raises(CanonicalRefused) as refused:
        to_pupil({**RECORDS[0], **damage})
    named = {key.partition(".")[0] for key in refused.value.keys}
    assert named <= set(damage) | {"upn", "needs"}
    assert RECORDS[0]["name"]["legal_surname"] not in str(refused.value)


@pytest.mark.parametrize("vendor", vendors())
@given(tree=st.dictionaries(st.text(max_size=8), ANYTHING, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_vendor_s_mapping_breaks_on_a_strange_record(vendor: str, tree: dict[str, Any]) -> None:
    result = compile_mapping(shipped(vendor)).apply(tree, context(vendor=vendor, record_id="1"))
    if result.canonical is not None and shipped(vendor).kind == "pupil":
        to_pupil(result.canonical)


@settings(max_examples=200, deadline=None)
@given(damaged(STUDENTS))
def test_the_traced_value_is_the_one_that_the_compiled_function_read(
    student: dict[str, Any],
) -> None:
    """The provenance walks the paths by itself: it must arrive where the compiled mapping did."""
    traced = WONDE.apply(student, context(vendor="wonde", provenance=True))
    if traced.canonical is None:
        return
    assert traced.provenance is not None
    plain = {"former_upn", "uln", "name.legal_forename", "name.legal_surname", "name.middle_names"}
    for key in plain | {"dob"}:
        group, _, leaf = key.partition(".")
        told = traced.canonical.get(group, ABSENT)
        if leaf:
            told = told.get(leaf, ABSENT) if isinstance(told, dict) else ABSENT
        assert (key in traced.provenance) == (told is not ABSENT), key
        if key in plain - {"former_upn"} and isinstance(told, str):
            assert clean(traced.provenance[key]["raw"]) == told
