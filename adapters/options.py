"""How a source is read: the `[read]` table of its mapping document as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Self

from adapters.problems import OptionsRefused
from mis_bridge.domain.words import Words

JoinBy = Literal["value", "href", "href_number", "number", "key_list", "listed_in"]
Where = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Join:
    """Rows of the collection `source` are put into each record under `into`.

    A row belongs where its `on` equals the record's `equals` (both dotted paths), compared as text
    (`value`), by the path of an address (`href`), by its last step (`href_number`), as a number
    without leading noughts (`number`), where the record's `equals` lists the keys (`key_list`: a
    list, or text parted by commas), or where the row's `on` lists the record's (`listed_in`).

    `many` gives a list, otherwise the first row or null; a second join into the same list adds the
    rows that it lacks. `each` names a list inside the record whose elements are completed instead
    of the record; `within` another collection, completed before it is joined itself. `where` keeps
    only some rows. Rows that belong nowhere are counted in `Reading.flags` under `orphans`.
    """

    into: str
    source: str
    on: str
    equals: str
    by: JoinBy = "value"
    many: bool = True
    each: str | None = None
    within: str | None = None
    where: Where = ()
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

    - `records`: dotted path of the list in a JSON body; name of the main table of a CSV bundle;
      path of the element (`CTFpupilData/Pupil` or just `Pupil`) in XML.
    - `record_id`: path of the vendor's key; of several, the first that is not empty.
    - `fingerprint`: where all those are empty, the key is a hash of these paths, so that it stays
      the same from file to file and tells no name.
    - `group_by`: rows with the same value of this column are one record,
      `{column: value, "rows": [...]}`.
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
    where: Where = ()
    encoding: str | None = None
    delimiter: str | None = None
    header: int | tuple[str, ...] | None = None
    skip_footer: int = 0
    namespaces: str = "ignore"
    case: Literal["exact", "fold"] = "exact"
    volatile: frozenset[str] = frozenset()

    @classmethod
    def from_document(cls, read: Mapping[str, object]) -> Self:
        """Build from the `[read]` table; raise `OptionsRefused` for an unknown name or type."""
        known = _Known(read, "read")
        fold = known.one_of("case", ("exact", "fold"), "exact") == "fold"
        known.fold = fold
        options = cls(
            records=known.text("records"),
            record_id=known.paths("record_id"),
            fingerprint=known.paths("fingerprint"),
            joins=tuple(_join(entry) for entry in known.entries("join")),
            tables=tuple(_table(entry) for entry in known.entries("tables")),
            group_by=known.path("group_by"),
            where=known.choices("where"),
            encoding=known.text("encoding"),
            delimiter=known.text("delimiter"),
            header=known.header(),
            skip_footer=known.count("skip_footer"),
            namespaces=known.text("namespaces") or "ignore",
            case="fold" if fold else "exact",
            volatile=frozenset(known.paths("volatile")),
        )
        known.nothing_left()
        return options


def _join(entry: _Known) -> Join:
    join = Join(
        into=entry.spelled(entry.required("into")),
        source=entry.required("from"),
        on=entry.spelled(entry.required("on")),
        equals=entry.spelled(entry.required("equals")),
        by=_JOIN_BY[entry.one_of("by", tuple(_JOIN_BY), "value")],
        many=entry.yes_or_no("many", default=True),
        each=entry.path("each"),
        within=entry.text("within"),
        where=entry.choices("where"),
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
        "listed_in": "listed_in",
    }
)


class _Known:
    """Takes the known names out of a table, so that an unknown one is noticed."""

    def __init__(self, table: Mapping[str, object], place: str, *, fold: bool = False) -> None:
        self._left = dict(table)
        self._place = place
        self.fold = fold

    def text(self, name: str) -> str | None:
        value = self._left.pop(name, None)
        if value is not None and not isinstance(value, str):
            raise self._wrong(name, "text", "testun")
        return value

    def spelled(self, path: str) -> str:
        return path.casefold() if self.fold else path

    def path(self, name: str) -> str | None:
        value = self.text(name)
        return None if value is None else self.spelled(value)

    def paths(self, name: str) -> tuple[str, ...]:
        return tuple(self.spelled(path) for path in self.texts(name))

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

    def choices(self, name: str) -> Where:
        value = self._left.pop(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, "a table", "tabl")
        inner = _Known(value, f"{self._place}.{name}")
        return tuple((self.spelled(path), inner.texts(path)) for path in list(value))

    def entries(self, name: str) -> list[_Known]:
        value = self._left.pop(name, [])
        if not isinstance(value, list | tuple) or not all(isinstance(e, Mapping) for e in value):
            raise self._wrong(name, "a list of tables", "rhestr o dablau")
        return [_Known(entry, f"{self._place}.{name}", fold=self.fold) for entry in value]

    def nothing_left(self) -> None:
        for name in self._left:
            raise OptionsRefused(
                Words(
                    "[{place}] {name}: no reader knows this option; remove it or correct its name.",
                    "[{place}] {name}: nid oes darllenydd sy'n adnabod yr opsiwn hwn; dilëwch ef "
                    "neu cywirwch ei enw.",
                ).fill(place=self._place, name=name)
            )

    def _wrong(self, name: str, en: str, cy: str) -> OptionsRefused:
        return OptionsRefused(
            Words(
                "[{place}] {name}: {wanted} is needed here.",
                "[{place}] {name}: mae angen {wanted} yma.",
            ).fill(place=self._place, name=name, wanted=Words(en, cy))
        )
