"""Arbor REST v2: resources joined by their addresses, with a changelog for each resource."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from adapters import paging
from adapters.base import (
    ConnectionSettings,
    Finding,
    Item,
    Reading,
    ReadOptions,
    SourceRecord,
    Tombstone,
    VendorRefused,
    VendorUnavailable,
)
from adapters.http import Http
from adapters.joining import Row
from adapters.paging import Answer, Page
from adapters.recorded import read_recorded
from adapters.records import joined_items
from adapters.rest import NOT_GRANTED, Pager, collect
from adapters.trees import as_key, look
from mis_bridge.domain.words import Words

NAME: Final = "arbor"
PAGE_SIZE: Final = 500
_SUCCESS: Final = frozenset({"", "200"})
_ABBREVIATED: Final = frozenset({"entityType", "href", "displayName", "userTags", "id"})


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers of the resources."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the main resource and its key."""
    return replace(
        options, records=options.records or "students", record_id=options.record_id or ("id",)
    )


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer; where status and `response.code` differ, the body is right."""
    code = as_key(look(answer.body, "response.code"))
    if code not in _SUCCESS:
        return Page({}, fault=paging.error_status(int(code) if code.isdecimal() else 0))
    if paging.resource(answer.address).endswith("/changelog"):
        return Page({})
    lists = paging.lists_in(answer.body, options)
    return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)


def _live_page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer of a listing that tells no total: only an empty page is the end."""
    page = page_of(answer, options)
    if not any(page.collections.values()):
        return page
    path, query = paging.identity(answer.address)
    number = next((int(value) for name, value in query if name == "page-number"), 1)
    others = [(name, value) for name, value in query if name != "page-number"]
    return replace(page, next_address=paging.spelled(path, [*others, ("page-number", number + 1)]))


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one school; `extra["username"]` goes with the token as password."""
    return Client(settings, with_defaults(options))


class Client:
    """One school's resources over Arbor's interface."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        pair = f"{settings.extra.get('username', '')}:{settings.token}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}
        if application := settings.extra.get("application_id"):
            headers["x-mis-application-id"] = application
        self._pager = Pager(Http(NAME, settings), settings, options, _live_page_of, lambda: headers)

    @staticmethod
    def _resource(name: str) -> str:
        return f"rest-v2/{name}"

    def _first_page(self, name: str) -> str:
        return self._pager.address(self._resource(name), {"page-number": 1, "page-size": PAGE_SIZE})

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those whom an entry of any resource's changelog names."""
        return Reading(lambda reading: self._items(reading, changed_since))

    def _items(self, reading: Reading, changed_since: str | None) -> Iterator[Item]:
        since: dict[str, int] = json.loads(changed_since) if changed_since else {}
        changes = _Changes(self._options)
        revisions = {
            name: revision
            for name in paging.wanted_collections(self._options)
            if (revision := self._changelog(name, since.get(name), changes)) is not None
        }
        reading.partial = bool(since)
        collections = collect(self._pager, self._first_page, reading)
        collections[self._main] = [self._in_full(row) for row in collections[self._main]]
        for row, item in zip(
            collections[self._main],
            joined_items(NAME, collections, self._options, reading),
            strict=True,
        ):
            if not since or changes.touches(as_key(row.tree.get("href"))):
                yield item
        if reading.incomplete is None:
            yield from changes.deleted
            reading.cursor = json.dumps(revisions)

    def _changelog(self, name: str, since: int | None, changes: _Changes) -> int | None:
        """Note the changes of one resource; return the revision to ask from next time."""
        address = self._pager.address(
            f"{self._resource(name)}/changelog", {"from-revision": since or 0}
        )
        try:
            answer = self._pager.answer(address)
        except VendorRefused as refused:
            if name == self._main or refused.status not in NOT_GRANTED:
                raise
            return None
        if answer.status == 404:
            return None
        if page_of(answer, self._options).fault:
            changes.anybody = True
            return None
        entries = look(answer.body, "changes")
        latest = since or 0
        for entry in entries if isinstance(entries, list) else []:
            latest = max(latest, int(as_key(look(entry, "toRevision")) or 0))
            if since is not None:
                changes.note(name, entry)
        return latest

    def _in_full(self, row: Row) -> Row:
        """Fetch a record of which the listing gave only identity and address."""
        href = as_key(row.tree.get("href"))
        if not href or set(row.tree) - _ABBREVIATED:
            return row
        found = self._at(href)
        if found is None:
            raise VendorUnavailable(paging.NOT_THIS_SHAPE)
        return Row(found, row.place)

    def _at(self, href: str) -> dict[str, object] | None:
        """Fetch the object at an address; it stands in the body under its own name."""
        answer = self._pager.answer(self._pager.address(href))
        if answer.status == 404 or not isinstance(answer.body, Mapping):
            return None
        code = as_key(look(answer.body, "response.code"))
        if code == "404":
            return None
        if code not in _SUCCESS:
            raise VendorRefused(paging.error_status(int(code) if code.isdecimal() else 0))
        for value in (answer.body, *answer.body.values()):
            if isinstance(value, dict) and value.get("href") == href:
                return value
        return None

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Fetch the pupil, and the resources that are joined to it."""
        number = quote(record_id.rpartition("/")[2], safe="")
        found = self._at(f"/{self._resource(self._main)}/{number}")
        if found is None:
            return None
        reading = Reading(lambda _: iter(()))
        others = paging.wanted_collections(self._options)[1:]
        joined = collect(self._pager, self._first_page, reading, names=others)
        if reading.incomplete_words:
            raise VendorUnavailable(reading.incomplete_words)
        main = [Row(found, f"{self._main}/{number}")]
        items = joined_items(NAME, {**joined, self._main: main}, self._options, reading)
        return next((item for item in items if isinstance(item, SourceRecord)), None)

    def check(self) -> Sequence[Finding]:
        """Ask for the first page of each resource that the mapping reads.

        Of resources that are joined into one place, as under an older and a newer name, one is
        enough.
        """
        places = {join.source: join.into for join in self._options.joins}
        found = {name: self._try(name) for name in paging.wanted_collections(self._options)}
        served = {places.get(name, name) for name, finding in found.items() if finding.ok}
        return [
            finding
            for name, finding in found.items()
            if finding.ok or places.get(name, name) not in served
        ]

    def _try(self, name: str) -> Finding:
        try:
            answer = self._pager.answer(self._first_page(name))
        except VendorRefused as refused:
            return Finding(name, ok=False, words=refused.words)
        ok = answer.status == 200 and page_of(answer, self._options).fault is None
        return Finding(name, ok, (_GRANTED if ok else _LACKING).fill(name=name))


class _Changes:
    """Which pupils the changelogs name, by their addresses."""

    def __init__(self, options: ReadOptions) -> None:
        self._main = options.records or ""
        self._by_href = not options.record_id or options.record_id[0] == "href"
        self._hrefs: set[str] = set()
        self.deleted: list[Tombstone] = []
        self.anybody = False

    def note(self, name: str, entry: object) -> None:
        """Take one entry of the changelog of the resource `name`."""
        href = as_key(look(entry, "changedObject.href"))
        deleted = as_key(look(entry, "changeType")).casefold().startswith("delet")
        if name == self._main and deleted:
            self.deleted.append(Tombstone(href if self._by_href else href.rpartition("/")[2]))
        elif name == self._main:
            self._hrefs.add(href)
        elif pupil := as_key(look(entry, "changedObject.student.href")):
            self._hrefs.add(pupil)
        else:
            # An entry of a resource that names no pupil, such as a guardian.
            self.anybody = True

    def touches(self, href: str) -> bool:
        """Tell whether a pupil may differ from what it was at the last reading."""
        return self.anybody or href in self._hrefs


_GRANTED: Final = Words("{name}: the school shares it.", "{name}: mae'r ysgol yn ei rannu.")
_LACKING: Final = Words(
    "{name}: no answer; the school did not grant it, and what it holds is not supplied.",
    "{name}: dim ateb; ni chaniataodd yr ysgol ef, ac ni chyflenwir ei gynnwys.",
)
