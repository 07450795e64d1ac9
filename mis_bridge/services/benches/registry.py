"""Every benchmark by its name: a module `<name>_bench` with a `measure(full)`.

They are here, or in the packages that the command names: what needs the processes cannot be here.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType
from typing import Final

from mis_bridge.services import benches
from mis_bridge.services.benches.ratios import Ratio

Measure = Callable[[bool], Sequence[Ratio]]

_ENDING: Final = "_bench"


def names(*more: ModuleType) -> tuple[str, ...]:
    """Name the benchmarks there are, here and in the packages `more`."""
    return tuple(sorted(_modules(more)))


def measure(name: str, *more: ModuleType, full: bool) -> Sequence[Ratio]:
    """Run a benchmark, at its default size or at the sizes of the targets."""
    run: Measure = import_module(_modules(more)[name]).measure
    return run(full)


def _modules(more: Sequence[ModuleType]) -> dict[str, str]:
    return {
        module.name.removesuffix(_ENDING): f"{package.__name__}.{module.name}"
        for package in (benches, *more)
        for module in pkgutil.iter_modules(package.__path__)
        if module.name.endswith(_ENDING)
    }
