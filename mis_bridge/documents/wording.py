"""The texts of letters and summaries, which stand in data files beside the templates."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from mis_bridge.domain.words import Words


def wording(name: str) -> dict[str, Any]:
    """Return the texts of a file below `templates`."""
    place = files("mis_bridge.documents").joinpath(f"templates/{name}.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


class Said:
    """The texts of one document by name; each is there in both languages."""

    def __init__(self, texts: dict[str, Any]) -> None:
        self._texts = texts

    def __getitem__(self, name: str) -> Words:
        return Words(**self._texts[name])

    def several(self, name: str) -> tuple[Words, ...]:
        """Return a list of texts."""
        return tuple(Words(**each) for each in self._texts[name])

    def pairs(self, name: str, first: str, second: str) -> tuple[tuple[Words, Words], ...]:
        """Return a list of pairs of texts."""
        return tuple((Words(**each[first]), Words(**each[second])) for each in self._texts[name])
