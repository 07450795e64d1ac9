"""The specificity check against a labelled corpus: warnings that are right, and missed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.domain.specificity import remarks

CORPUS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "corpora/specificity.toml").read_text(encoding="utf-8")
)["texts"]


def measured(part: str) -> tuple[float, float]:
    """Return precision and recall of the warnings over one part of the corpus."""
    right = given_ = wanted = 0
    for entry in CORPUS:
        if entry["part"] != part:
            continue
        found = {remark.aspect for remark in remarks(entry["text"], entry["kind"])}
        right += len(found & set(entry["lacks"]))
        given_ += len(found)
        wanted += len(entry["lacks"])
    return right / given_, right / wanted


@pytest.mark.parametrize(
    ("part", "precision", "recall"), [("made_with", 1.0, 1.0), ("held_out", 0.9, 0.9)]
)
def test_the_warnings_keep_their_measured_precision_and_recall(
    part: str, precision: float, recall: float
) -> None:
    found_precision, found_recall = measured(part)
    assert found_precision >= precision, (found_precision, found_recall)
    assert found_recall >= recall, (found_precision, found_recall)


def test_vague_words_are_marked_where_they_stand() -> None:
    text = "Mae ganddo fynediad i\u2019r ystafell dawel. Access to a laptop as required."
    marked = [
        text[remark.start : remark.end]
        for remark in remarks(text, "provision")
        if remark.aspect == "vague"
    ]
    assert "Access to" in marked
    assert "as required" in marked


def test_every_remark_has_a_reason_and_an_example_in_both_languages() -> None:
    for kind in ("provision", "outcome"):
        for remark in remarks("Help.", "provision" if kind == "provision" else "outcome"):
            assert remark.because.en != remark.because.cy
            assert remark.example.en != remark.example.cy


def test_an_empty_text_has_no_remarks() -> None:
    assert remarks("  \n", "provision") == ()


@given(st.text(max_size=400))
def test_every_remark_points_into_the_text(text: str) -> None:
    for remark in remarks(text, "provision"):
        assert 0 <= remark.start < remark.end <= len(text)
