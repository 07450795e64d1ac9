"""The connections behind webhook addresses, remembered for two seconds: a burst asks once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from mis_bridge.storage.intake import Endpoint

_REMEMBERED_SECONDS = 2.0
_AT_MOST = 10_000

Find = Callable[[str, str], Endpoint | None]
"""Looks up sender and endpoint id in the database."""


class Endpoints:
    """Finds an endpoint; an unknown one is never remembered, so a new one works at once."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[tuple[str, str], tuple[float, Endpoint]] = {}
        self._uses: dict[str, float] = {}
        self._lock = threading.Lock()

    def find(self, sender: str, endpoint_id: str) -> Endpoint | None:
        """Return the endpoint, or None; what is remembered is at most two seconds old."""
        now = time.monotonic()
        key = (sender, endpoint_id)
        remembered = self._known.get(key)
        if remembered is not None and now - remembered[0] < _REMEMBERED_SECONDS:
            return remembered[1]
        found = self._find(sender, endpoint_id)
        with self._lock:
            if found is None:
                self._known.pop(key, None)
            else:
                if len(self._known) >= _AT_MOST:
                    self._known.clear()
                self._known[key] = (now, found)
        return found

    def first_use_this_hour(self, secret_id: str) -> bool:
        """Say whether a use of the secret is worth writing down: one an hour is."""
        now = time.monotonic()
        with self._lock:
            last = self._uses.get(secret_id)
            if last is not None and now - last < 3600:
                return False
            self._uses[secret_id] = now
            return True
