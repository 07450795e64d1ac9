"""How a benchmark measures: ours and its reference in turn, several rounds, then the spread."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from mis_bridge.domain.words import Words

ROUNDS: Final = 7
Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure of the targets, as ratios of ours to the reference measured in the same rounds.

    `measured` and `reference` are medians in `unit`. With `better` "more" a ratio should reach
    `target` (and `aim`), with "less" it should stay below.
    """

    name: str
    what: Words
    ratios: tuple[float, ...]
    measured: float
    reference: float
    unit: str
    target: float
    aim: float
    better: Better = "more"

    def to_json(self) -> dict[str, object]:
        """Return the figure as the contract spells it."""
        return {
            "min": round(min(self.ratios), 3),
            "median": round(statistics.median(self.ratios), 3),
            "max": round(max(self.ratios), 3),
            "reference": round(self.reference, 1),
            "target": self.target,
            "aim": self.aim,
            "measured": round(self.measured, 1),
            "unit": self.unit,
            "rounds": len(self.ratios),
            "reached": self.reached,
        }

    @property
    def reached(self) -> bool:
        """Say whether the median reaches the target."""
        median = statistics.median(self.ratios)
        return median >= self.target if self.better == "more" else median <= self.target


def rates(
    ours: Callable[[], object], reference: Callable[[], object], count: int, rounds: int = ROUNDS
) -> tuple[tuple[float, ...], float, float]:
    """Run both in turn on `count` things; return the ratios, and the median rates a second."""
    ours()
    reference()
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        mine.append(count / _seconds(ours))
        theirs.append(count / _seconds(reference))
    ratios = tuple(one / other for one, other in zip(mine, theirs, strict=True))
    return ratios, statistics.median(mine), statistics.median(theirs)


def _seconds(run: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
