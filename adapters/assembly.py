"""Assembly Platform interface: lists with page numbers, conditional requests, pupils who left."""

from __future__ import annotations

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
from adapters.rest import Pager, Query, collect
from adapters.trees import ABSENT, as_key, look
from mis_bridge.domain.words import Words

NAME: Final = "assembly"
PER_PAGE: Final = 100
_PARTS: Final[Query] = {
    "demographics": "true",
    "contacts": "true",
    "sen_needs": "true",
    "care": "true",
}


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers of `students`, `students/left` and `contacts`."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the main list and its key."""
    return replace(
        options, records=options.records or "students", record_id=options.record_id or ("id",)
    )


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer: a list names its objects' kind in each, or in its address."""
    rows = look(answer.body, "data")
    if isinstance(answer.body, Mapping) and rows is ABSENT:
        lists = paging.lists_in(answer.body, options)
        return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)
    name = _collection(answer, rows, options)
    lists = paging.lists_in({name: rows}, replace(options, records=name, joins=()))
    if lists is None:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    following = as_key(look(answer.body, "next_page"))
    total = as_key(look(answer.body, "total_count"))
    page = Page(
        lists,
        next_address=_numbered(answer.address, following) if following and answer.address else None,
        more=bool(following),
        expected=int(total) if total.isdecimal() else None,
    )
    if paging.resource(answer.address).endswith("/left"):
        stones = (Tombstone(as_key(row.get("id"))) for row in lists.get(name, []))
        return replace(page, collections={}, deleted=tuple(stones), expected=None)
    return page


def _collection(answer: Answer, rows: object, options: ReadOptions) -> str:
    last = paging.resource(answer.address).rpartition("/")[2]
    if last and last != "left":
        return last
    first = rows[0] if isinstance(rows, list) and rows else None
    kind = as_key(look(first, "object"))
    return f"{kind}s" if kind else options.records or ""


def _numbered(address: str, number: str) -> str:
    path, query = paging.identity(address)
    return paging.spelled(path, [*((n, v) for n, v in query if n != "page"), ("page", number)])


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to the school that the token belongs to."""
    return Client(settings, with_defaults(options))


class Client:
    """One school's pupils over Assembly's interface."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        self._since: str | None = None
        self._bearer = f"Bearer {settings.token}"
        self._pager = Pager(Http(NAME, settings), settings, options, page_of, self._headers)

    def _headers(self) -> Mapping[str, str]:
        headers = {
            "Authorization": self._bearer,
            "Accept": "application/vnd.assembly+json; version=1",
        }
        return headers | ({"If-Modified-Since": self._since} if self._since else {})

    def _first_page(self, name: str) -> str:
        query: Query = {"per_page": PER_PAGE, "page": 1}
        return self._pager.address(name, {**_PARTS, **query} if name == self._main else query)

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those modified since, and then those who left."""
        return Reading(lambda reading: self._items(reading, changed_since))

    def _items(self, reading: Reading, changed_since: str | None) -> Iterator[Item]:
        reading.partial = changed_since is not None
        began = self._pager.answer(self._first_page(self._main)).headers.get("date")
        others = paging.wanted_collections(self._options)[1:]
        collections = collect(self._pager, self._first_page, reading, names=others)
        self._since = changed_since
        main, _ = self._pager.whole(self._first_page(self._main), reading)
        left = self._left(reading)
        self._since = None
        yield from joined_items(NAME, {**collections, **main}, self._options, reading)
        if reading.incomplete is None:
            yield from left
            reading.cursor = began or changed_since

    def _left(self, reading: Reading) -> list[Tombstone]:
        first = self._pager.address("students/left", {"per_page": PER_PAGE, "page": 1})
        return [stone for _, page in self._pager.pages(first, reading) for stone in page.deleted]

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Fetch one pupil; of one who is gone, ask who left."""
        path = f"{self._main}/{quote(record_id, safe='')}"
        answer = self._pager.answer(self._pager.address(path, _PARTS))
        reading = Reading(lambda _: iter(()))
        if answer.status == 404:
            left = self._left(reading)
            return next((stone for stone in left if stone.record_id == record_id), None)
        if not isinstance(answer.body, dict) or as_key(answer.body.get("id")) != record_id:
            raise VendorRefused(paging.NOT_THIS_SHAPE)
        others = paging.wanted_collections(self._options)[1:]
        joined = collect(self._pager, self._first_page, reading, names=others)
        if reading.incomplete_words:
            raise VendorUnavailable(reading.incomplete_words)
        main = [Row(answer.body, answer.place)]
        items = joined_items(NAME, {**joined, self._main: main}, self._options, reading)
        return next((item for item in items if isinstance(item, SourceRecord)), None)

    def check(self) -> Sequence[Finding]:
        """Ask for one pupil and see which parts come with it."""
        try:
            answer = self._pager.answer(self._first_page(self._main))
        except VendorRefused as refused:
            return [Finding(self._main, ok=False, words=refused.words)]
        rows = look(answer.body, "data")
        first = rows[0] if isinstance(rows, list) and rows else None
        findings = []
        for part in ("demographics", "contacts"):
            ok = first is None or look(first, part) is not ABSENT
            findings.append(Finding(part, ok, (_GRANTED if ok else _LACKING).fill(name=part)))
        return findings


_GRANTED: Final = Words("{name}: the school shares it.", "{name}: mae'r ysgol yn ei rannu.")
_LACKING: Final = Words(
    "{name}: not in the answer; the school did not grant it, and what it holds is not supplied.",
    "{name}: nid yw yn yr ateb; ni chaniataodd yr ysgol ef, ac ni chyflenwir ei gynnwys.",
)
