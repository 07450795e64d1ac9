"""Xporter on Demand: result sets of one school, paged, with change sets and deleted rows."""

from __future__ import annotations

import hashlib
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
from adapters.http import Http, Received
from adapters.joining import Row
from adapters.paging import Answer, Page
from adapters.recorded import read_recorded
from adapters.records import joined_items
from adapters.rest import NOT_GRANTED, Pager, Query, collect
from adapters.tokens import Token
from adapters.trees import as_key, folded, look
from mis_bridge.domain.words import Words

NAME: Final = "xporter"
TOKEN_ADDRESS: Final = "https://login.groupcall.com/idaas/sts/STS/GetToken"  # noqa: S105 - an address
PAGE_SIZE: Final = 1000
_QUERY: Final[Query] = {"studentStatus": "OnRoll", "page": 1, "pageSize": PAGE_SIZE}

# Which scope of the school's grant a result set needs.
_SCOPES: Final = {
    "students": "student",
    "contacts": "contact",
    "sen": "sen",
    "sentypes": "sentypes",
}


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers of the result sets."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the main result set and its key."""
    key = "id" if options.case == "fold" else "Id"
    return replace(
        options, records=options.records or "Students", record_id=options.record_id or (key,)
    )


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer."""
    control = _control(answer)
    lists = paging.lists_in(answer.body, options)
    if lists is None or "exceptiontype" in control:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    pages = _first(control.get("__pagination__"))
    number, count = _whole(pages.get("pagenumber")), _whole(pages.get("pagecount"))
    following = pages.get("nextpage")
    deleted = control.get(f"{(options.records or '').casefold()}_deleted")
    return Page(
        lists,
        deleted=tuple(_tombstones(deleted, options)),
        next_address=following if isinstance(following, str) and following else None,
        more=number is not None and count is not None and number < count,
        expected=_whole(pages.get("rowcount")),
    )


def _control(answer: Answer) -> Mapping[str, object]:
    """Return the body by folded names: the letter case of the control names is not certain."""
    body = answer.body if isinstance(answer.body, Mapping) else {}
    return {str(name).casefold(): value for name, value in body.items()}


def _first(value: object) -> Mapping[str, object]:
    """Return the only element of the one-element lists that control values come in."""
    one = value[0] if isinstance(value, list) and value else value
    small = folded(one)
    return small if isinstance(small, Mapping) else {}


def _whole(value: object) -> int | None:
    text = as_key(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _tombstones(rows: object, options: ReadOptions) -> Iterator[Tombstone]:
    for row in rows if isinstance(rows, list) else []:
        path = options.record_id[0] if options.record_id else "Id"
        if key := as_key(look(row, path) if isinstance(row, Mapping) else row):
            yield Tombstone(key)


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one school; `token` is its secret, `extra["relying_party"]` is ours."""
    return Client(settings, with_defaults(options))


class Client:
    """One school's result sets over Xporter's interface."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        self._school = f"School/{quote(settings.school_ref, safe='')}"
        http = Http(NAME, settings)
        token = Token(lambda: _ask_token(http, settings), "token", "Idaas")
        self._pager = Pager(http, settings, options, page_of, token.headers, token.forget)

    def _first_page(self, name: str, changed_rows: str | None = None) -> str:
        query = {**_QUERY, "changedRows": changed_rows} if changed_rows else _QUERY
        return self._pager.address(f"{self._school}/{name}/", query)

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those of whom any row changed since the cursor."""
        return Reading(lambda reading: self._items(reading, changed_since))

    def _items(self, reading: Reading, changed_since: str | None) -> Iterator[Item]:
        since = _marks(changed_since, self._fingerprint())
        changes = _Changes(self._options)
        marks: dict[str, str] = {}
        for name in paging.wanted_collections(self._options):
            mark = self._follow_changes(name, since.get(name), changes)
            if mark is not None:
                marks[name] = mark
        reading.partial = bool(since)
        collections = collect(self._pager, self._first_page, reading)
        for item in joined_items(NAME, collections, self._options, reading):
            if not since or changes.touches(item):
                yield item
        if reading.incomplete is None:
            yield from changes.deleted
            reading.cursor = json.dumps({"fingerprint": self._fingerprint(), "marks": marks})

    def _follow_changes(self, name: str, since: str | None, changes: _Changes) -> str | None:
        """Note what changed in a result set; return the mark to ask with next time.

        A set that is begun now (`*`) says nothing yet, so its first page is enough.
        """
        inner = Reading(lambda _: iter(()))
        mark: str | None = None
        try:
            for answer, page in self._pager.pages(self._first_page(name, since or "*"), inner):
                control = _control(answer)
                following = _first(control.get("__changedrows__")).get("nextchangedrows")
                mark = following if isinstance(following, str) and following else mark
                if since is None:
                    return mark
                changes.note(name, page, control.get(f"{name.casefold()}_deleted"))
        except VendorRefused as refused:
            if name == self._main or refused.status not in NOT_GRANTED:
                raise
            return None
        changes.anybody = changes.anybody or inner.incomplete_words is not None
        return mark

    def _fingerprint(self) -> str:
        """Name the parameters: a change set asked for with others reports false deletions."""
        asked = json.dumps([dict(_QUERY), paging.wanted_collections(self._options)])
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Fetch the pupil, and the result sets that are joined to it."""
        path = f"{self._school}/{self._main}/{quote(record_id, safe='')}"
        answer = self._pager.answer(self._pager.address(path))
        if answer.status == 404:
            return None
        page = page_of(answer, self._options)
        if page.deleted:
            return page.deleted[0]
        main = [Row(row, answer.place) for row in page.collections.get(self._main, [])]
        reading = Reading(lambda _: iter(()))
        others = paging.wanted_collections(self._options)[1:]
        joined = collect(self._pager, self._first_page, reading, names=others)
        if reading.incomplete_words:
            raise VendorUnavailable(reading.incomplete_words)
        found = joined_items(NAME, {**joined, self._main: main}, self._options, reading)
        return next((item for item in found if isinstance(item, SourceRecord)), None)

    def check(self) -> Sequence[Finding]:
        """Compare the school's scopes with what the mapping reads."""
        answer = self._pager.answer(self._pager.address(f"{self._school}/Scopes/"))
        granted = {as_key(value).casefold() for value in _leaves(answer.body)}
        findings = []
        for name in paging.wanted_collections(self._options):
            ok = _SCOPES.get(name.casefold(), name.casefold()) in granted
            findings.append(Finding(name, ok, (_GRANTED if ok else _LACKING).fill(name=name)))
        return findings


class _Changes:
    """Which pupils the change sets touch."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._keys: set[str] = set()
        self.deleted: list[Tombstone] = []
        self.anybody = False

    def note(self, name: str, page: Page, deleted_rows: object) -> None:
        """Take the changed and the deleted rows of one page."""
        rows = page.collections.get(name, [])
        if name == self._options.records:
            self.deleted.extend(page.deleted)
            self._take(rows, self._options.record_id[0])
        for join in self._options.joins:
            if join.source == name:
                self._take(rows, join.on)
                self._take(deleted_rows if isinstance(deleted_rows, list) else [], join.on)

    def _take(self, rows: Sequence[object], path: str) -> None:
        for row in rows:
            key = as_key(look(row, path))
            # A deleted row may not say whose it was: then anybody's record may have changed.
            self.anybody = self.anybody or not key
            self._keys.add(key)

    def touches(self, item: Item) -> bool:
        """Tell whether an item may differ from what it was at the last reading."""
        known = not isinstance(item, Tombstone) and item.record_id is not None
        return self.anybody or not known or item.record_id in self._keys


def _marks(cursor: str | None, fingerprint: str) -> dict[str, str]:
    kept = json.loads(cursor) if cursor else {}
    return dict(kept["marks"]) if kept.get("fingerprint") == fingerprint else {}


def _leaves(tree: object) -> Iterator[object]:
    if isinstance(tree, Mapping):
        tree = list(tree.values())
    if isinstance(tree, list):
        for value in tree:
            yield from _leaves(value)
    else:
        yield tree


def _ask_token(http: Http, settings: ConnectionSettings) -> Received:
    return http.ask_token(
        settings.extra.get("token_address", TOKEN_ADDRESS),
        {
            "estab": settings.school_ref,
            "relyingParty": settings.extra.get("relying_party", ""),
            "password": settings.token,
            "thirdpartyid": "XporterOnDemand",
        },
        as_json=True,
    )


_GRANTED: Final = Words("{name}: the school shares it.", "{name}: mae'r ysgol yn ei rannu.")
_LACKING: Final = Words(
    "{name}: the school's grant lacks the scope; what it holds is not supplied. Ask the school to "
    "add it in Xporter.",
    "{name}: nid yw caniatâd yr ysgol yn cynnwys y cwmpas; ni chyflenwir ei gynnwys. Gofynnwch i'r "
    "ysgol ei ychwanegu yn Xporter.",
)
