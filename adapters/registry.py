"""Every vendor by its name: how to read its files, and how to reach its interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from adapters import (
    arbor,
    assembly,
    attendance,
    bromcom,
    ctf,
    gibbon,
    iep,
    interventions,
    oneroster,
    oneroster_rest,
    plasc,
    sims,
    wonde,
    xporter,
)
from adapters.base import (
    AdapterProblem,
    ConnectionSettings,
    Reading,
    ReadOptions,
    VendorClient,
)
from mis_bridge.domain.words import Words

ReadFiles = Callable[[Sequence[Path], ReadOptions], Reading]
MakeClient = Callable[[ConnectionSettings, ReadOptions], VendorClient]


class UnknownVendor(AdapterProblem):
    """No adapter has this name."""


FILES: Final[Mapping[str, ReadFiles]] = MappingProxyType(
    {
        module.NAME: module.read_files
        for module in (
            arbor,
            assembly,
            attendance,
            bromcom,
            ctf,
            gibbon,
            iep,
            interventions,
            oneroster,
            plasc,
            sims,
            wonde,
            xporter,
        )
    }
)
CLIENTS: Final[Mapping[str, MakeClient]] = MappingProxyType(
    {
        module.NAME: module.client
        for module in (arbor, assembly, bromcom, oneroster_rest, sims, wonde, xporter)
    }
)


def read_files(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read exported files or recorded answers of a vendor.

    Raises `UnknownVendor` at once. A file that cannot be used raises `FileRefused` when the first
    item is asked for, before any record of it was given out.
    """
    read = FILES.get(vendor)
    if read is None:
        raise _unknown(vendor, FILES)
    return read(paths, options)


def client(
    vendor: str, settings: ConnectionSettings, options: ReadOptions | None = None
) -> VendorClient:
    """Return the client of a vendor that has an interface; raise `UnknownVendor` for others.

    `options` come from the mapping document of the connection: they name the collections to fetch
    and how to join them. Raises `VendorRefused` for an address that is not allowed.
    """
    make = CLIENTS.get(vendor)
    if make is None:
        raise _unknown(vendor, CLIENTS)
    return make(settings, options or ReadOptions())


def _unknown(vendor: str, known: Mapping[str, object]) -> UnknownVendor:
    return UnknownVendor(
        Words(
            "There is no vendor {vendor} here; known are {known}.",
            "Nid oes cyflenwr {vendor} yma; y rhai hysbys yw {known}.",
        ).fill(vendor=vendor, known=", ".join(sorted(known)))
    )
