"""What reading an MIS yields, the options a mapping document sets for it, and how it can fail."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, Protocol, Self

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

Tree = Mapping[str, object]
"""One record as the source gave it: dict, list, str, number, bool and None, nothing else."""


class AdapterProblem(Problem):
    """Root of everything that can go wrong between an MIS and a source record."""


class OptionsRefused(AdapterProblem):
    """The `[read]` table of a mapping document holds something that no reader understands."""


class VendorUnavailable(AdapterProblem):
    """Try again later: a time-out, 429, 5xx, a broken answer. `retry_after` is in seconds."""

    def __init__(self, words: Words, *, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after


class VendorRefused(AdapterProblem):
    """Do not try again by itself: access withdrawn, an address that is not allowed, a bad request."""

    def __init__(self, words: Words, *, needs_reauthorisation: bool = False) -> None:
        super().__init__(words)
        self.needs_reauthorisation = needs_reauthorisation


class RecordSkipped(AdapterProblem):
    """One record cannot be read; the others can. Yielded by a `Reading`, not raised out of it.

    `place` names file and row (or page and position); `path` the column or element, where known;
    `value_seen` tells type and length of what stood there, never the value.
    """

    def __init__(
        self,
        words: Words,
        *,
        place: str,
        record_id: str | None = None,
        path: str | None = None,
        value_seen: str | None = None,
    ) -> None:
        super().__init__(words)
        self.place = place
        self.record_id = record_id
        self.path = path
        self.value_seen = value_seen


class FileRefused(AdapterProblem):
    """A whole file is refused and nothing of it is used. `row` and `offset` (bytes) where known."""

    def __init__(
        self, words: Words, *, file: str, row: int | None = None, offset: int | None = None
    ) -> None:
        super().__init__(words)
        self.file = file
        self.row = row
        self.offset = offset


@dataclass(frozen=True, slots=True, repr=False)
class SourceRecord:
    """One pupil (or plan) of a source, joined and grouped as declared; all meaning is the mapping's.

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
    """One pass over a source. Ask `incomplete`, `cursor` and `flags` only after the last item.

    `incomplete` is None or the reason why the source was not read to its end: what did not come in
    such a reading must never be taken for removed. `flags` counts what belongs to no single record,
    such as `orphan_contact`. `cursor` is what to pass as `changed_since` next time, if the source
    has a delta.
    """

    def __init__(self, read: Callable[[Reading], Iterator[Item]]) -> None:
        self._read = read
        self._begun = False
        self.incomplete_words: Words | None = None
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
        """Ask for one pupil: a tombstone if the source says deleted, None if it knows no such key."""
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

    `token` is the secret the vendor gave (bearer token, password or client secret). `extra` holds the
    vendor's other settings (`relying_party`, `username`, `client_id`, `tenant`...). `trusted_origins`
    comes from the operator's configuration alone. Times in seconds, sizes in bytes.
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


JoinBy = Literal["value", "href", "href_number", "number", "key_list"]


@dataclass(frozen=True, slots=True)
class Join:
    """Rows of the collection `source` are put into each record under `into`.

    A row belongs where its `on` equals the record's `equals` (both dotted paths), compared as text
    (`value`), by the path of an address (`href`), by its last step (`href_number`), as a number
    without leading noughts (`number`), or where the record's `equals` lists the keys
    (`key_list`: a list, or text parted by commas). `many` gives a list, otherwise the first row or
    null. With `within`, the rows of that other collection are completed, before it is joined itself.
    Rows that belong nowhere are counted in `Reading.flags` under `orphans`.
    """

    into: str
    source: str
    on: str
    equals: str
    by: JoinBy = "value"
    many: bool = True
    within: str | None = None
    orphans: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a bundle: known by its `columns` (all must be in the header) or its `file` stem.

    Reader options given here hold for this file alone.
    """

    name: str
    columns: tuple[str, ...] = ()
    file: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: int | tuple[str, ...] | None = None
    skip_footer: int = 0


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read a source, as the `[read]` table of its mapping document says.

    - `records`: dotted path of the list in a JSON body; name of the main table of a CSV bundle; path
      of the element (`CTFpupilData/Pupil` or just `Pupil`) in XML.
    - `record_id`: path of the vendor's key; of several, the first that is not empty. `fingerprint`:
      where all are empty, the key is a hash of these paths, so that it is stable and tells no name.
    - `group_by`: rows with the same value of this column are one record, `{column: value, "rows": [...]}`.
    - `where`: keep only main rows in which each path has one of the values (`role = ["student"]`).
    - `header`: row number from 1, or names to look for in the first rows; not set: found by itself.
    - `namespaces`: `"ignore"`, or the one URI that record elements must have.
    - `case`: `"fold"` case-folds every key of the tree (and the paths given here).
    - `volatile`: keys left out of the digest, at any depth.
    """

    records: str | None = None
    record_id: tuple[str, ...] = ()
    fingerprint: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    tables: tuple[Table, ...] = ()
    group_by: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    header: int | tuple[str, ...] | None = None
    skip_footer: int = 0
    namespaces: str = "ignore"
    case: Literal["exact", "fold"] = "exact"
    volatile: frozenset[str] = frozenset()

    @classmethod
    def from_document(cls, read: Mapping[str, object]) -> Self:
        """Build from the `[read]` table; raise `OptionsRefused` for a name or type that is not known."""
        known = _Known(read, "read")
        options = cls(
            records=known.text("records"),
            record_id=known.texts("record_id"),
            fingerprint=known.texts("fingerprint"),
            joins=tuple(_join(entry) for entry in known.entries("join")),
            tables=tuple(_table(entry) for entry in known.entries("tables")),
            group_by=known.text("group_by"),
            where=known.choices("where"),
            encoding=known.text("encoding"),
            delimiter=known.text("delimiter"),
            header=known.header(),
            skip_footer=known.count("skip_footer"),
            namespaces=known.text("namespaces") or "ignore",
            case="fold" if known.one_of("case", ("exact", "fold"), "exact") == "fold" else "exact",
            volatile=frozenset(known.texts("volatile")),
        )
        known.nothing_left()
        return options


def _join(entry: _Known) -> Join:
    join = Join(
        into=entry.required("into"),
        source=entry.required("from"),
        on=entry.required("on"),
        equals=entry.required("equals"),
        by=_JOIN_BY[entry.one_of("by", tuple(_JOIN_BY), "value")],
        many=entry.yes_or_no("many", default=True),
        within=entry.text("within"),
        orphans=entry.text("orphans"),
    )
    entry.nothing_left()
    return join


def _table(entry: _Known) -> Table:
    table = Table(
        name=entry.required("name"),
        columns=entry.texts("columns"),
        file=entry.text("file"),
        encoding=entry.text("encoding"),
        delimiter=entry.text("delimiter"),
        header=entry.header(),
        skip_footer=entry.count("skip_footer"),
    )
    entry.nothing_left()
    return table


_JOIN_BY: Final[Mapping[str, JoinBy]] = MappingProxyType(
    {
        "value": "value",
        "href": "href",
        "href_number": "href_number",
        "number": "number",
        "key_list": "key_list",
    }
)


class _Known:
    """Takes the known names out of a table, so that an unknown one is noticed."""

    def __init__(self, table: Mapping[str, object], place: str) -> None:
        self._left = dict(table)
        self._place = place

    def text(self, name: str) -> str | None:
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, str):
            raise self._wrong(name, "text", "testun")
        return value

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise self._wrong(name, "text", "testun")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._left.pop(name, ())
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self._wrong(name, "text or a list of texts", "testun neu restr o destunau")
        return tuple(value)

    def count(self, name: str) -> int:
        value = self._left.pop(name, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._wrong(name, "a whole number", "rhif cyfan")
        return value

    def header(self) -> int | tuple[str, ...] | None:
        value = self._left.get("header")
        if value is None or isinstance(value, int):
            return self.count("header") or None
        return self.texts("header")

    def yes_or_no(self, name: str, *, default: bool) -> bool:
        value = self._left.pop(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false", "true neu false")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            listed = ", ".join(allowed)
            raise self._wrong(name, f"one of {listed}", f"un o {listed}")
        return value

    def choices(self, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        value = self._left.pop(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, "a table", "tabl")
        inner = _Known(value, f"{self._place}.{name}")
        return tuple((path, inner.texts(path)) for path in list(value))

    def entries(self, name: str) -> list[_Known]:
        value = self._left.pop(name, [])
        if not isinstance(value, list | tuple) or not all(isinstance(e, Mapping) for e in value):
            raise self._wrong(name, "a list of tables", "rhestr o dablau")
        return [_Known(entry, f"{self._place}.{name}") for entry in value]

    def nothing_left(self) -> None:
        for name in self._left:
            raise OptionsRefused(
                Words(
                    "[{place}] {name}: no reader knows this option; remove it or correct its name.",
                    "[{place}] {name}: nid oes darllenydd sy'n adnabod yr opsiwn hwn; dilëwch ef neu "
                    "cywirwch ei enw.",
                ).fill(place=self._place, name=name)
            )

    def _wrong(self, name: str, en: str, cy: str) -> OptionsRefused:
        return OptionsRefused(
            Words(
                "[{place}] {name}: {wanted} is needed here.",
                "[{place}] {name}: mae angen {wanted} yma.",
            ).fill(place=self._place, name=name, wanted=Words(en, cy))
        )


def digest_of(tree: object, volatile: frozenset[str] = frozenset()) -> str:
    """Return the SHA-256 of a tree in one fixed spelling, without the `volatile` keys at any depth."""
    kept = _without(tree, volatile) if volatile else tree
    spelled = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def _without(tree: object, volatile: frozenset[str]) -> object:
    match tree:
        case Mapping():
            return {k: _without(v, volatile) for k, v in tree.items() if k not in volatile}
        case list():
            return [_without(item, volatile) for item in tree]
        case _:
            return tree


def shown_file(path: Path) -> str:
    """Return how a file is named to a person: its own name, never the machine's folders."""
    return path.name
