"""Every benchmark by its name: a module `<name>_bench` of this package with a `measure(full)`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Final

from mis_bridge.services import benches
from mis_bridge.services.benches.ratios import Ratio

Measure = Callable[[bool], Sequence[Ratio]]

_ENDING: Final = "_bench"


def names() -> tuple[str, ...]:
    """Name the benchmarks there are."""
    return tuple(
        sorted(
            module.name.removesuffix(_ENDING)
            for module in pkgutil.iter_modules(benches.__path__)
            if module.name.endswith(_ENDING)
        )
    )


def measure(name: str, *, full: bool) -> Sequence[Ratio]:
    """Run a benchmark, at its default size or at the sizes of the targets."""
    module = import_module(f"{benches.__name__}.{name}{_ENDING}")
    run: Measure = module.measure
    return run(full)
