"""OneRoster's REST binding, live: pages by link or by offset, rows that are to be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlsplit

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
from adapters.oneroster import NAME, page_of, with_defaults
from adapters.paging import Answer, Page
from adapters.records import joined_items
from adapters.rest import Pager, Query, collect
from adapters.tokens import Token
from adapters.trees import as_key
from mis_bridge.domain.words import Words

LIMIT: Final = 100


def _live_page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer; without a link, ask by offset until a page is empty."""
    page = page_of(answer, options)
    rows = sum(len(rows) for rows in page.collections.values()) + len(page.deleted)
    if page.next_address or "link" in answer.headers or rows == 0:
        return page
    path, query = paging.identity(answer.address)
    values = dict(query)
    offset = int(values.get("offset", "0")) + int(values.get("limit", str(LIMIT)))
    total = answer.headers.get("x-total-count", "")
    if total.isdecimal() and offset >= int(total):
        return page
    following = paging.spelled(path, [*(values | {"offset": str(offset)}).items()])
    return replace(page, next_address=following)


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one provider: with `extra["client_id"]` by asking for a token."""
    return Client(settings, with_defaults(options))


class Client:
    """One provider's people over the REST binding; the base address holds the version's path."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        http = Http(NAME, settings)
        token = Token(lambda: _ask_token(http, settings), "access_token", "Bearer")
        fixed = {"Authorization": f"Bearer {settings.token}"}
        asked = "client_id" in settings.extra
        self._pager = Pager(
            http,
            settings,
            options,
            _live_page_of,
            token.headers if asked else lambda: fixed,
            token.forget if asked else None,
        )

    def _first_page(self, name: str, since: str | None = None) -> str:
        query: Query = {"limit": LIMIT, "offset": 0}
        if since:
            query = {**query, "filter": f"dateLastModified>'{since}'"}
        return self._pager.address(name, query)

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those whose own row was modified since, and who is to be deleted."""
        return Reading(lambda reading: self._items(reading, changed_since))

    def _items(self, reading: Reading, changed_since: str | None) -> Iterator[Item]:
        reading.partial = changed_since is not None
        collections = collect(self._pager, self._first_page, reading)
        main, gone = self._pager.whole(self._first_page(self._main, changed_since), reading)
        changed = {as_key(row.tree.get("sourcedId")) for row in main.get(self._main, [])}
        latest = changed_since or ""
        for row in (*collections[self._main], *main.get(self._main, [])):
            latest = max(latest, as_key(row.tree.get("dateLastModified")))
        for item in joined_items(NAME, collections, self._options, reading):
            if isinstance(item, SourceRecord) and item.record_id not in changed:
                continue
            yield item
        if reading.incomplete is None:
            yield from gone
            reading.cursor = latest or None

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Fetch one person, and what is joined to it."""
        path = f"{self._main}/{quote(record_id, safe='')}"
        answer = self._pager.answer(self._pager.address(path))
        if answer.status == 404:
            return None
        page = page_of(answer, self._options)
        if page.deleted:
            return page.deleted[0]
        reading = Reading(lambda _: iter(()))
        joined = collect(self._pager, self._first_page, reading)
        if reading.incomplete_words:
            raise VendorUnavailable(reading.incomplete_words)
        items = joined_items(NAME, joined, self._options, reading)
        found = (item for item in items if isinstance(item, SourceRecord))
        return next((item for item in found if item.record_id == record_id), None)

    def check(self) -> Sequence[Finding]:
        """Ask for the first page of each resource that the mapping reads."""
        findings = []
        for name in paging.wanted_collections(self._options):
            try:
                answer = self._pager.answer(self._first_page(name))
                ok = answer.status == 200 and name in page_of(answer, self._options).collections
                words = (_GRANTED if ok else _LACKING).fill(name=name)
            except VendorRefused as refused:
                ok, words = False, refused.words
            findings.append(Finding(name, ok, words))
        return findings


def _ask_token(http: Http, settings: ConnectionSettings) -> Received:
    base = urlsplit(settings.base_url)
    return http.ask_token(
        settings.extra.get("token_address", f"{base.scheme}://{base.netloc}/token"),
        {
            "grant_type": "client_credentials",
            "client_id": settings.extra["client_id"],
            "client_secret": settings.token,
        },
        as_json=False,
    )


_GRANTED: Final = Words("{name}: the provider shares it.", "{name}: mae'r darparwr yn ei rannu.")
_LACKING: Final = Words(
    "{name}: no such list; what it holds is not supplied.",
    "{name}: dim rhestr felly; ni chyflenwir ei gynnwys.",
)
