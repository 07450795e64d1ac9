"""Every vendor by its name: how to read its files, and how to reach its interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from adapters import wonde
from adapters.base import AdapterProblem, Reading, ReadOptions
from mis_bridge.domain.words import Words

ReadFiles = Callable[[Sequence[Path], ReadOptions], Reading]


class UnknownVendor(AdapterProblem):
    """No adapter has this name."""


FILES: Final[Mapping[str, ReadFiles]] = MappingProxyType({wonde.NAME: wonde.read_files})


def read_files(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read exported files or recorded answers of a vendor.

    Raises `UnknownVendor` at once. A file that cannot be used raises `FileRefused` when the first
    item is asked for, before any record of it was given out.
    """
    read = FILES.get(vendor)
    if read is None:
        raise UnknownVendor(
            Words(
                "There is no vendor {vendor}; known are {known}.",
                "Nid oes cyflenwr {vendor}; y rhai hysbys yw {known}.",
            ).fill(vendor=vendor, known=", ".join(sorted(FILES)))
        )
    return read(paths, options)
