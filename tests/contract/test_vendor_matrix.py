"""docs/vendor-matrix.csv says how certain we are of each name, and keeps to the documents."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.registry import CLIENTS, FILES
from mappings.language import shipped, vendors

MATRIX = Path(__file__).parents[2] / "docs" / "vendor-matrix.csv"
CERTAINTIES = {"published", "observed", "assumed", "cannot carry"}
INTERFACE = ("files", "authentication", "paging", "delta", "deletions", "one pupil")
FILLS = {"from", "join", "constant", "each", "numbered"}
OPTIONS = {
    "format",
    "kind",
    "vendor",
    "version",
    "title",
    "read",
    "codes",
    "cannot_carry",
    "source",
}


def rows() -> list[dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def facts(
    table: Mapping[str, Any], path: tuple[str, ...] = (), above: str | None = None
) -> Iterator[tuple[str, str | None]]:
    """Yield every fact that a document fills, and why the document itself calls it assumed.

    A mark on a list holds for its columns too; the reason is `None` where nothing is marked.
    """
    reason = table.get("assumed", above)
    if path and FILLS & set(table):
        yield ".".join(path), reason
    for name, inner in table.items():
        wanted = (path or name not in OPTIONS) and name not in {"also", "codes", "when_no_row"}
        if wanted and isinstance(inner, Mapping):
            yield from facts(inner, (*path, name), reason)


def of(vendor: str, kind: str) -> dict[str, dict[str, str]]:
    found = [row for row in rows() if row["vendor"] == vendor and row["kind"] == kind]
    named = {row["name"]: row for row in found}
    assert len(named) == len(found), "a name stands twice"
    return named


def test_the_matrix_knows_every_vendor_and_no_other() -> None:
    assert {row["vendor"] for row in rows()} == set(vendors()) == set(FILES)


def test_every_row_says_how_certain_it_is_and_why_if_it_is_not() -> None:
    for row in rows():
        assert row["certainty"] in CERTAINTIES, row
        assert row["kind"] in {"fact", "interface"}, row
        assert row["note"] or row["certainty"] != "assumed", row


@pytest.mark.parametrize("vendor", vendors())
def test_the_matrix_has_exactly_the_facts_that_the_document_fills_or_cannot(vendor: str) -> None:
    body = shipped(vendor).body
    filled = {name for name, _ in facts(body)}
    assert set(of(vendor, "fact")) == filled | set(body.get("cannot_carry", ()))


@pytest.mark.parametrize("vendor", vendors())
def test_a_document_and_the_matrix_call_the_same_facts_assumed_for_the_same_reason(
    vendor: str,
) -> None:
    marked = {name: why for name, why in facts(shipped(vendor).body) if why is not None}
    matrix = of(vendor, "fact").items()
    assert marked == {n: row["note"] for n, row in matrix if row["certainty"] == "assumed"}


@pytest.mark.parametrize("vendor", vendors())
def test_what_a_source_cannot_carry_is_called_so(vendor: str) -> None:
    cannot = {n for n, row in of(vendor, "fact").items() if row["certainty"] == "cannot carry"}
    filled = {name for name, _ in facts(shipped(vendor).body)}
    assert cannot == set(shipped(vendor).body.get("cannot_carry", ())) - filled


@pytest.mark.parametrize("vendor", vendors())
def test_the_interface_of_every_vendor_is_described_whole(vendor: str) -> None:
    named = of(vendor, "interface")
    assert set(named) == (set(INTERFACE) if vendor in CLIENTS else {"files"})
