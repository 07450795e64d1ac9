"""A circuit breaker for each vendor and school: after repeated failure, leave it in peace."""

from __future__ import annotations

import threading
import time
from typing import ClassVar, Final

from adapters.base import VendorUnavailable
from mis_bridge.domain.words import Words

FAILURES: Final = 5
REST: Final = 60.0


class Breaker:
    """Opens for `REST` seconds after `FAILURES` calls in a row that failed in all attempts.

    Kept for the life of the process, because every run makes a new client.
    """

    _all: ClassVar[dict[str, Breaker]] = {}
    _lock: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    @classmethod
    def of(cls, key: str) -> Breaker:
        """Return the breaker of one vendor and school."""
        with cls._lock:
            return cls._all.setdefault(key, cls())

    def check(self) -> None:
        """Raise `VendorUnavailable` while the breaker is open."""
        left = self._open_until - time.monotonic()
        if left > 0:
            raise VendorUnavailable(
                Words(
                    "The MIS failed several times in a row; the next try is in {seconds} s.",
                    "Methodd yr MIS sawl gwaith yn olynol; bydd y cynnig nesaf ymhen {seconds} "
                    "eiliad.",
                ).fill(seconds=round(left)),
                retry_after=left,
            )

    def failed(self) -> None:
        """Count a call that failed with all its attempts."""
        self._failures += 1
        if self._failures >= FAILURES:
            self._open_until = time.monotonic() + REST

    def worked(self) -> None:
        """Close the breaker."""
        self._failures = 0
        self._open_until = 0.0
