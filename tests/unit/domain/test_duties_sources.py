"""The law stands by itself: every public function names its source, and nothing else is needed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mis_bridge import domain

DOMAIN = Path(domain.__path__[0])
LAW = (
    "calendar", "ceasing", "clock_choice", "clock_rules", "clocks", "concerns", "deadlines",
    "duties", "duty_rules", "people", "plan_duties", "register", "review_periods", "tasks",
    "working_days",
)  # fmt: skip


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield node.module or ""


@pytest.mark.parametrize("module", sorted(DOMAIN.glob("*.py")), ids=lambda path: path.stem)
def test_no_domain_module_needs_more_than_the_standard_library(module: Path) -> None:
    for name in imported(ast.parse(module.read_text(encoding="utf-8"))):
        top = name.partition(".")[0]
        assert top in sys.stdlib_module_names or name.startswith("mis_bridge.domain"), name


@pytest.mark.parametrize("module", LAW)
def test_every_public_function_of_the_law_names_its_source(module: str) -> None:
    tree = ast.parse((DOMAIN / f"{module}.py").read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "Source:" not in (ast.get_docstring(node) or "")
    ]
    assert silent == []


@pytest.mark.parametrize("module", sorted(DOMAIN.glob("*.py")), ids=lambda path: path.stem)
def test_no_domain_module_reads_a_clock_or_the_environment(module: Path) -> None:
    read = {"today", "now", "utcnow", "environ", "getenv", "time", "monotonic"}
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called.isdisjoint(read), called & read
