"""Changing the encryption key: every sealed value opened and sealed anew, online and resumable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from mis_bridge.services.intake.staging import Begin
from mis_bridge.storage import resealing
from mis_bridge.storage.resealing import SealedColumn


def reseal(begin: Begin, progress: Callable[[int], None] = lambda _: None) -> int:
    """Seal with the first key what any other key has sealed, a batch a transaction; how many.

    Stopped at any point, it goes on where it was: a value says itself by which key it is sealed.
    """
    count = 0
    for column in resealing.sealed_columns():
        after: tuple[object, ...] | None = None
        while True:
            with begin() as session:
                done, after = resealing.reseal_some(session, column, after)
            count += done
            progress(done)
            if after is None:
                break
    return count


def keys_in_use(begin: Begin) -> Counter[str]:
    """Return how many values each key has sealed: a key that has any must not be taken away."""
    held: Counter[str] = Counter()
    for column in resealing.sealed_columns():
        with begin() as session:
            held += resealing.keys_in_use(session, column)
    return held


__all__ = ["SealedColumn", "keys_in_use", "reseal"]
