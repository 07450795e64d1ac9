"""Everything about taking events in: receipts (P6, P7), the drain (P10), the job engine (P12)."""

from __future__ import annotations

from collections.abc import Sequence

from mis_bridge.cli.benches import drain, engine, receipts
from mis_bridge.services.benches.ratios import Ratio


def measure(full: bool) -> Sequence[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure P6, P7, P10 and P12, each beside its reference."""
    return [*receipts.measure(full), *drain.measure(full), *engine.measure(full)]
