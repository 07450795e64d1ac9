"""OneRoster 1.1 and 1.2: CSV bundles by their manifest, and answers of the REST binding."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from adapters import paging
from adapters.base import (
    FileRefused,
    Item,
    Reading,
    ReadOptions,
    SourceRecord,
    Tombstone,
)
from adapters.bundles import tables_by_name
from adapters.headers import layout_of
from adapters.joining import Row
from adapters.kinds import JSON_ENDINGS, TABLE_ENDINGS, files_of, kind_of, need_kind
from adapters.paging import Answer, Page
from adapters.recorded import recorded_items
from adapters.records import joined_items
from adapters.tables import TableFile
from adapters.trees import as_key, look, look_all
from mis_bridge.domain.words import Words

NAME: Final = "oneroster"
_MANIFEST: Final = "manifest"
_ROLES: Final = "roles"
_GONE: Final = frozenset({"tobedeleted", "inactive"})
_NEXT_LINK: Final = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next\b')
_REFERENCES: Final = (
    ("agentSourcedIds", "agents.sourcedId"),
    ("orgSourcedIds", "orgs.sourcedId"),
)
_STUDENT: Final = (("role", ("student",)),)


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read a CSV bundle (a folder or its files), or recorded answers of the REST binding."""
    wanted = with_defaults(options)

    def items(reading: Reading) -> Iterator[Item]:
        files = files_of(paths, JSON_ENDINGS | TABLE_ENDINGS)
        if all(kind_of(file) == "json" for file in files):
            yield from recorded_items(NAME, files, wanted, page_of, reading)
        else:
            need_kind(files, wanted="table")
            yield from _bundle_items(files, wanted, reading)

    return Reading(items)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the table of people, of which pupils are those with the role of a student."""
    return replace(
        options,
        records=options.records or "users",
        record_id=options.record_id or ("sourcedId",),
        where=options.where or _STUDENT,
    )


def _bundle_items(files: Sequence[Path], options: ReadOptions, reading: Reading) -> Iterator[Item]:
    manifest = next((file for file in files if file.stem.casefold() == _MANIFEST), None)
    wanted = set(paging.wanted_collections(options))
    tables = tables_by_name(
        [file for file in files if file.stem.casefold() in {name.casefold() for name in wanted}],
        options,
    )
    modes = _modes(manifest, options) if manifest else {}
    for name, mode in modes.items():
        if mode != "absent" and name in wanted and name not in tables:
            raise _missing(manifest, name)
    reading.partial = "delta" in modes.values()
    for table in tables.values():
        for _ in table:
            pass
    main = options.records or ""
    roles = next((file for file in files if file.stem.casefold() == _ROLES), None)
    people = _People(tables[main], _roles(TableFile(layout_of(roles, options)) if roles else ()))
    collections: dict[str, Iterable[Row]] = {**tables, main: people}
    yield from _living(collections, options, reading)


def _living(
    collections: Mapping[str, Iterable[Row]], options: ReadOptions, reading: Reading
) -> Iterator[Item]:
    """Yield the pupils, and a tombstone for each whose row says that it is to be deleted."""
    for item in joined_items(NAME, collections, options, reading):
        if isinstance(item, SourceRecord) and _is_gone(item.tree) and item.record_id:
            yield Tombstone(item.record_id)
        else:
            yield item


def _is_gone(tree: Mapping[str, object]) -> bool:
    return as_key(look(tree, "status")).casefold() in _GONE


def _modes(manifest: Path, options: ReadOptions) -> dict[str, str]:
    """Return what the manifest says of each file: `absent`, `bulk` or `delta`."""
    rows = TableFile(layout_of(manifest, replace(options, header=("propertyName", "value"))))
    named = {
        as_key(row.tree.get("propertyName")): as_key(row.tree.get("value")).casefold()
        for row in rows
    }
    return {
        name.removeprefix("file."): value for name, value in named.items() if name[:5] == "file."
    }


def _missing(manifest: Path | None, name: str) -> FileRefused:
    return FileRefused(
        Words(
            "manifest.csv announces {name}.csv, which is not there: the bundle is not whole. "
            "Export it again, or give all of its files.",
            "Mae manifest.csv yn cyhoeddi {name}.csv, nad yw yno: nid yw'r bwndel yn gyfan. "
            "Allforiwch ef eto, neu rhowch ei holl ffeiliau.",
        ).fill(name=name),
        file=manifest.name if manifest else name,
    )


def _roles(table: Iterable[Row]) -> dict[str, str]:
    """Return each person's role from the separate table of version 1.2, the primary one first."""
    found: dict[str, str] = {}
    for row in table:
        person = as_key(look(row.tree, "userSourcedId"))
        if person not in found or as_key(look(row.tree, "roleType")).casefold() == "primary":
            found[person] = as_key(look(row.tree, "role"))
    return found


@dataclass(frozen=True, slots=True)
class _People:
    """The table of people, in which version 1.2 no longer has the role."""

    table: TableFile
    roles: Mapping[str, str]

    def __iter__(self) -> Iterator[Row]:
        for row in self.table:
            if "role" not in row.tree:
                role = self.roles.get(as_key(row.tree.get("sourcedId")), "")
                row.tree["role"] = role
            yield row


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer of the REST binding; people are spelled as in the CSV binding."""
    body = answer.body
    if isinstance(body, Mapping):
        renamed = {"user": "users"}
        body = {renamed.get(str(name), str(name)): value for name, value in body.items()}
    lists = paging.lists_in(body, options)
    if lists is None:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    main = options.records or ""
    people = [as_csv(row) for row in lists.get(main, [])]
    gone = [row for row in people if _is_gone(row)]
    here = {**lists, main: [row for row in people if not _is_gone(row)]} if main in lists else lists
    total = answer.headers.get("x-total-count", "")
    link = _NEXT_LINK.search(answer.headers.get("link", ""))
    return Page(
        here,
        deleted=tuple(Tombstone(as_key(row.get("sourcedId"))) for row in gone if _is_pupil(row)),
        next_address=link[1] if link else None,
        expected=int(total) if total.isdecimal() else None,
        withdrawn=len(gone),
    )


def _is_pupil(row: Mapping[str, object]) -> bool:
    return as_key(row.get("role")).casefold() in {"", "student"}


def as_csv(person: dict[str, object]) -> dict[str, object]:
    """Spell a person of the REST binding as the CSV binding does: one mapping reads both."""
    spelled = dict(person)
    for name, path in _REFERENCES:
        if name not in spelled and path.partition(".")[0] in spelled:
            spelled[name] = ",".join(as_key(value) for value in look_all(person, path))
    if isinstance(ids := person.get("userIds"), list):
        pairs = [(as_key(look(one, "type")), as_key(look(one, "identifier"))) for one in ids]
        spelled["userIds"] = ",".join(f"{{{kind}:{value}}}" for kind, value in pairs)
    if isinstance(grades := person.get("grades"), list):
        spelled["grades"] = ",".join(as_key(grade) for grade in grades)
    roles = person.get("roles")
    if "role" not in spelled and isinstance(roles, list) and roles:
        primary = [role for role in roles if as_key(look(role, "roleType")) == "primary"]
        spelled["role"] = as_key(look((primary or roles)[0], "role"))
    return spelled
