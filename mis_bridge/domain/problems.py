"""What a person is told when something cannot be done: the place, the remedy, in both languages."""

from __future__ import annotations

from mis_bridge.domain.words import Words


class Problem(Exception):
    """Root of the errors whose text a user may see; every package derives its own root from it.

    The words name the place and the remedy, and never hold a pupil's name, UPN or need.
    """

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words
