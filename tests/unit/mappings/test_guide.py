"""Every example of the mapping guide does what the guide says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.base import ReadOptions
from mappings.engine import compile_mapping
from mappings.language import read_document, shipped
from mappings.lint import lint_text
from mappings.transforms import NAMED
from tests.unit.mappings.builders import context

GUIDE = (Path(__file__).parents[3] / "docs" / "mapping-guide.md").read_text("utf-8")
BLOCK = re.compile(r"^```(toml|json)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^### (M\d+.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = {
    title.split()[0]: body
    for title, body in re.findall(
        r"^### (M\d+.*?)\n(.*?)(?=^##|\Z)", GUIDE, re.MULTILINE | re.DOTALL
    )
}
BASE = next(text for _, role, text in BLOCK.findall(GUIDE) if role == "base")
OVERLAYS = [text for _, role, text in BLOCK.findall(GUIDE) if role == "overlay"]
WORKED = [
    name
    for name, body in SECTIONS.items()
    if any(role == "result" for _, role, _ in BLOCK.findall(body))
]


def fits(wanted: Any, got: Any) -> bool:
    """Say whether everything that the guide shows is there."""
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(fits(one, got.get(key)) for key, one in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        if all(isinstance(one, str) for one in wanted):
            return sorted(wanted) == sorted(got)
        return len(wanted) == len(got) and all(map(fits, wanted, got))
    return bool(wanted == got)


def test_the_guide_has_a_section_for_every_need() -> None:
    assert list(SECTIONS) == [f"M{number}" for number in range(1, 20)]


@pytest.mark.parametrize("need", WORKED)
def test_a_worked_example_comes_out_as_shown(need: str) -> None:
    blocks = {role or kind: text for kind, role, text in BLOCK.findall(SECTIONS[need])}
    head = BASE
    for table in re.findall(r"^\[[\w.]+\]$", blocks["toml"], re.MULTILINE):
        if table in head:
            head = re.sub(rf"{re.escape(table)}\n(?:[^\[\n].*\n)+", "", head)
    document = read_document(head + blocks["toml"], f"{need}.toml")
    record = compile_mapping(document).apply(json.loads(blocks["record"]), context()).canonical
    wanted = json.loads(blocks["result"])
    assert record is not None
    assert fits(wanted, record), {key: record.get(key) for key in wanted}


@pytest.mark.parametrize("text", OVERLAYS)
def test_an_overlay_of_the_guide_is_read_by_mapping_and_reader_and_differs(text: str) -> None:
    document = read_document(text, "guide.toml")
    ReadOptions.from_document(document.read)
    assert document.digest != shipped(document.vendor).digest
    assert lint_text(text, "guide.toml") == ()


def test_the_guide_names_every_transform_there_is() -> None:
    assert all(f"`{name}`" in GUIDE for name in NAMED)
