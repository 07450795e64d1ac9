"""What happened in the demo, in the order in which it happened: the log page shows it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mis_bridge.domain.words import Words

KEPT = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, by ids and not by names; `kind` has its label in `texts.KINDS`."""

    at: datetime
    kind: str
    words: Words


class Journal:
    """The last entries, newest first; safe for the threads that write to it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)

    def note(self, kind: str, words: Words) -> None:
        """Add an entry at the clock's time."""
        with self._lock:
            self._entries.appendleft(Entry(self._clock(), kind, words))

    def entries(self) -> list[Entry]:
        """Return what is kept, newest first."""
        with self._lock:
            return list(self._entries)
