"""What no rule carries is told with its place, and what one carries is not told twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mappings.engine import MapContext, compile_mapping
from mappings.language import shipped
from mappings.remainder import remainder
from mappings.transforms import html_to_text

IEP = compile_mapping(shipped("iep"))


def left(tree: dict[str, Any]) -> dict[str, str]:
    context = MapContext("iep", None, date(2026, 11, 20), record_id="P1", provenance=True)
    whole = tree if "Plan ID" in tree else {"planId": "P1", **tree}
    mapped = IEP.apply(whole, context)
    assert mapped.canonical is not None
    assert mapped.provenance is not None
    told = remainder(IEP.document.catalogue, whole, mapped.provenance, mapped.canonical)
    return {each["path"]: each["text"] for each in told}


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"planStart": "11.09.2025"}, {}),
        ({"planStart": "autumn term"}, {"planStart": "autumn term"}),
        ({"language": "cy"}, {}),
        ({"language": "both of them"}, {"language": "both of them"}),
        ({"stage": "Wave 2"}, {}),
        ({"strengths": ["Art", "Music"]}, {"strengths[0]": "Art", "strengths[1]": "Music"}),
        ({"monitoring": "weekly"}, {"monitoring": "weekly"}),
        ({"count": 3, "closed": True, "note": " - "}, {}),
        ({"targets": [{"strategies": ["Cards", "Seat"]}]}, {}),
        ({"targets": {"target": "Reads", "cost": "C7"}}, {"targets.cost": "C7"}),
        ({"targets": [{"areaOfNeed": "Confidence"}]}, {"targets[0].areaOfNeed": "Confidence"}),
        ({"targets": [{"areaOfNeed": "Confidence", "target": "Reads"}]}, {}),
        ({"targets": ["Reads at sight"]}, {"targets[0]": "Reads at sight"}),
    ],
)  # fmt: skip
def test_a_text_is_told_only_where_nothing_carries_it(
    tree: dict[str, Any], told: dict[str, str]
) -> None:
    assert left(tree) == told


def test_rows_that_disagree_about_their_plan_are_told_and_those_that_agree_are_not() -> None:
    rows = [
        {"Plan ID": "P1", "Stage": "A", "Author": "First", "Target": "Reads"},
        {"Plan ID": "P1", "Stage": "A", "Author": "Second", "Target": "Writes"},
    ]
    assert left({"Plan ID": "P1", "rows": rows}) == {"rows[1].Author": "Second"}


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("Scores < 50 and > 20", "Scores < 50 and > 20"),
        ("<p>Reads <b>twenty</b> words</p>", "Reads twenty words"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
        ("<script>alert(1)</script>Text<style>p{}</style>", "Text"),
        ("<!-- hidden -->Text</ p >", "Text"),
    ],
)
def test_a_tag_has_a_name_and_a_sentence_with_signs_is_none(fragment: str, text: str) -> None:
    assert html_to_text(fragment) == text


def test_a_long_text_is_read_to_its_end() -> None:
    assert html_to_text("<p>" + "word " * 5_000 + "end</p>").endswith("end")
