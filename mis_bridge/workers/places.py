"""Where a process works: what it needs to know of the settings, and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mis_bridge.storage.sealing import KeyRing


class Place(Protocol):
    """A database with its keys and the folder beside it (`config.Settings` is one)."""

    @property
    def database_url(self) -> str:
        """Address of the database."""
        ...

    @property
    def folder(self) -> Path:
        """Folder of what is written beside the database."""
        ...

    @property
    def keys(self) -> KeyRing:
        """The encryption keys."""
        ...

    @property
    def is_embedded(self) -> bool:
        """Whether the database is a file of this machine."""
        ...

    @property
    def public_url(self) -> str | None:
        """Where people reach the pages, if that was said."""
        ...

    @property
    def trusted_origins(self) -> frozenset[str]:
        """Origins that may be asked although they are not public."""
        ...
