"""How much one source may send: a bucket a source, so that a flood from one starves no other."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from flask import Request

_SOURCES_AT_MOST = 20_000

UPLOADS: Final[Mapping[str, int]] = MappingProxyType({"/plans/import": 10 * 1024 * 1024})
"""address -> how many bytes a form may have there, where a file comes with it."""


class InMemory(Request):
    """A request whose files stay in memory: what a person sends is written to no disk unsealed."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        del total_content_length, content_type, filename, content_length
        return BytesIO()


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `burst` at once, refilled by `per_second`."""

    burst: float
    per_second: float


# A vendor's re-send after an outage brings tens of thousands of events and is welcome.
PROVEN = Rate(burst=30_000, per_second=500)
UNPROVEN = Rate(burst=300, per_second=5)


class Limits:
    """Token buckets by source, kept in this process."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_for(self, source: str) -> int:
        """Take one token of `source`; return 0, or the whole seconds after which to try again."""
        now = self._clock()
        with self._lock:
            left, at = self._buckets.get(source, (self._rate.burst, now))
            left = min(self._rate.burst, left + (now - at) * self._rate.per_second)
            if left >= 1:
                self._remember(source, left - 1, now)
                return 0
            self._remember(source, left, now)
            return max(1, math.ceil((1 - left) / self._rate.per_second))

    def _remember(self, source: str, left: float, now: float) -> None:
        if source not in self._buckets and len(self._buckets) >= _SOURCES_AT_MOST:
            self._buckets.clear()
        self._buckets[source] = (left, now)
