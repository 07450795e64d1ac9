"""What reading an MIS yields: the face of this package to everything above it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from adapters.options import Join, ReadOptions, Table
from adapters.problems import (
    AdapterProblem,
    FileRefused,
    OptionsRefused,
    RecordSkipped,
    VendorRefused,
    VendorUnavailable,
)
from mis_bridge.domain.words import Words

__all__ = [
    "FINGERPRINT",
    "AdapterProblem",
    "ConnectionSettings",
    "FileRefused",
    "Finding",
    "Item",
    "Join",
    "OptionsRefused",
    "ReadOptions",
    "Reading",
    "RecordSkipped",
    "SourceRecord",
    "Table",
    "Tombstone",
    "Tree",
    "VendorClient",
    "VendorRefused",
    "VendorUnavailable",
    "digest_of",
]

FINGERPRINT: Final = "fp-"
"""How a key begins that is a hash of facts, where the vendor gives a record no key of its own."""

Tree = Mapping[str, object]
"""One record as the source gave it: dict, list, str, number, bool and None, nothing else."""


@dataclass(frozen=True, slots=True, repr=False)
class SourceRecord:
    """One pupil (or plan), joined and grouped as declared; all meaning is the mapping's.

    `digest` is that of the tree without the fields a vendor stamps anew on every answer.
    """

    vendor: str
    record_id: str | None
    tree: Tree
    place: str
    digest: str

    def __repr__(self) -> str:
        return f"SourceRecord({self.vendor}, {self.record_id})"


@dataclass(frozen=True, slots=True)
class Tombstone:
    """The source says that it deleted this record; `deleted_at` (aware UTC) where it says when."""

    record_id: str
    deleted_at: datetime | None = None


Item = SourceRecord | Tombstone | RecordSkipped


class Reading:
    """One pass over a source. Ask the attributes only after the last item.

    - `incomplete`: None, or why the source was not read to its end. What did not come in such a
      reading must never be taken for removed.
    - `partial`: the source was not meant to hold everybody (a delta, a transfer file), or a record
      that was skipped may be anybody's: what is absent was not removed either.
    - `flags`: counts of what belongs to no single record, such as `orphan_contact`.
    - `cursor`: what to pass as `changed_since` next time, if the source has a delta.
    """

    def __init__(self, read: Callable[[Reading], Iterator[Item]]) -> None:
        self._read = read
        self._begun = False
        self.incomplete_words: Words | None = None
        self.partial = False
        self.cursor: str | None = None
        self.flags: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Item]:
        if self._begun:
            msg = "a reading is read once; open the source again"
            raise RuntimeError(msg)
        self._begun = True
        return self._read(self)

    @property
    def incomplete(self) -> str | None:
        """The English reason why the reading stopped short, or None."""
        return self.incomplete_words.en if self.incomplete_words else None

    def stop_short(self, why: Words) -> None:
        """Note that the source was not read to its end; the first reason stands."""
        self.incomplete_words = self.incomplete_words or why


class VendorClient(Protocol):
    """An MIS over its interface."""

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those changed since the cursor of an earlier complete reading."""
        ...

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Ask for one pupil: a tombstone if deleted, None if the source knows no such key."""
        ...

    def check(self) -> Sequence[Finding]:
        """Try the connection and say what works and what is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a connection check."""

    name: str
    ok: bool
    words: Words


@dataclass(frozen=True, slots=True, repr=False)
class ConnectionSettings:
    """How to reach one school in one vendor's interface.

    `token` is the secret the vendor gave (bearer token, password or client secret). `extra` holds
    the vendor's other settings (`relying_party`, `username`, `client_id`, `tenant`...).
    `trusted_origins` comes from the operator's configuration alone. Times are in seconds, sizes in
    bytes.
    """

    base_url: str
    school_ref: str
    token: str
    trusted_origins: frozenset[str] = frozenset()
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    answer_deadline: float = 120.0
    answer_limit: int = 64 * 1024 * 1024
    attempts: int = 5
    waiting_budget: float = 900.0
    page_limit: int = 20_000
    record_limit: int = 2_000_000

    def __repr__(self) -> str:
        return f"ConnectionSettings({self.base_url})"


_SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def digest_of(tree: object, volatile: frozenset[str] = frozenset()) -> str:
    """Return the SHA-256 of a tree in one fixed spelling, without `volatile` keys at any depth."""
    spelled = _SPELLING.encode(tree)
    # Most records have none of these keys: the tree is taken apart only where the text shows one.
    if any(f"{json.dumps(key)}:" in spelled for key in volatile):
        spelled = _SPELLING.encode(_without(tree, volatile))
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def _without(tree: object, volatile: frozenset[str]) -> object:
    # Plain dicts and lists are told by their class: this runs for every value of every record.
    if tree.__class__ is dict or isinstance(tree, Mapping):
        held: Mapping[str, object] = tree
        return {
            key: value if value.__class__ in _LEAVES else _without(value, volatile)
            for key, value in held.items()
            if key not in volatile
        }
    if isinstance(tree, list):
        return [item if item.__class__ in _LEAVES else _without(item, volatile) for item in tree]
    return tree


_LEAVES = frozenset({str, int, float, bool, type(None)})
