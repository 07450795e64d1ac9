"""Reading pupils over an interface: follow the pages, never be led round or away, then join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from adapters import paging
from adapters.base import (
    ConnectionSettings,
    Reading,
    ReadOptions,
    Tombstone,
    VendorRefused,
    VendorUnavailable,
    digest_of,
)
from adapters.http import Http, Received
from adapters.joining import Row
from adapters.paging import Answer, Page
from adapters.trees import folded
from mis_bridge.domain.words import Words

PageOf = Callable[[Answer, ReadOptions], Page]
Query = Mapping[str, str | int]
Headers = Callable[[], Mapping[str, str]]

NOT_GRANTED: Final = frozenset({403, 404, 422})
_KEPT: Final = ":/?&=%,+~;@!$'()*[]"


@dataclass(frozen=True, slots=True)
class Pager:
    """Follows the pages of one vendor's collections for one school."""

    http: Http
    settings: ConnectionSettings
    options: ReadOptions
    page_of: PageOf
    headers: Headers
    forget_token: Callable[[], None] | None = None

    def address(self, path: str, query: Query | None = None) -> str:
        """Build an address below the base from a path and a query."""
        asked = f"?{urlencode(query, quote_via=quote, safe=',')}" if query else ""
        return f"{self.settings.base_url.rstrip('/')}/{path.lstrip('/')}{asked}"

    def answer(self, address: str) -> Answer:
        """Fetch one address; 422 is refused, 404 comes back with its status."""
        received = self._received(address)
        if received.status == 422:
            raise VendorRefused(
                Words(
                    "The MIS refuses the question (422), usually an include that the school did "
                    "not grant; ask for the scope or take it out of the connection.",
                    "Mae'r MIS yn gwrthod y cwestiwn (422), fel arfer am gynnwys adran nas "
                    "caniatawyd gan yr ysgol; gofynnwch am y caniatâd, neu tynnwch hi o'r "
                    "cysylltiad.",
                ),
                status=422,
            )
        body = folded(received.body) if self.options.case == "fold" else received.body
        place = paging.resource(address).rpartition("/")[2]
        return Answer(address, received.status, body, place, received.headers)

    def _received(self, address: str) -> Received:
        try:
            return self.http.get(address, self.headers())
        except VendorRefused as refused:
            if refused.status != 401 or self.forget_token is None:
                raise
        # A short-lived token may have run out between two pages: one new one, and no more.
        self.forget_token()
        return self.http.get(address, self.headers())

    def pages(self, first: str, reading: Reading) -> Iterator[tuple[Answer, Page]]:
        """Yield the pages from `first` on.

        An empty page that says more follow is not the end. A page that comes twice, points away or
        promises without an address ends the paging and makes the reading incomplete; so does an MIS
        that is unavailable after the first page. 404 of a whole collection is raised; 304 says that
        nothing changed.
        """
        address: str | None = first
        seen: set[object] = set()
        held: Counter[str] = Counter()
        while address is not None:
            if len(seen) >= self.settings.page_limit:
                reading.stop_short(paging.TOO_MANY)
                return
            try:
                answer = self.answer(address)
            except VendorUnavailable as broken:
                if not seen:
                    raise
                reading.stop_short(broken.words)
                return
            if answer.status == 404:
                raise _no_such_collection(answer)
            if answer.status == 304:
                return
            page = self.page_of(answer, self.options)
            rows = [row for rows in page.collections.values() for row in rows]
            held[digest_of(rows)] += 1 if rows else 0
            # A single row may stand on two pages that shifted; more of the same is a circle.
            if max(held.values()) > (2 if len(rows) == 1 else 1):
                reading.stop_short(paging.REPEATED)
                return
            seen.add(paging.identity(address))
            if page.fault:
                reading.stop_short(page.fault)
            yield answer, page
            address = self._next(address, page, seen, reading)

    def _next(self, address: str, page: Page, seen: set[object], reading: Reading) -> str | None:
        if page.next_address is None:
            if page.more:
                reading.stop_short(paging.MORE_WITHOUT_NEXT)
            return None
        following = quote(paging.absolute(address, page.next_address), safe=_KEPT)
        if paging.other_origin(address, following):
            reading.stop_short(paging.OTHER_HOST)
            return None
        if paging.identity(following) in seen:
            reading.stop_short(paging.REPEATED)
            return None
        return following

    def whole(self, first: str, reading: Reading) -> tuple[dict[str, list[Row]], list[Tombstone]]:
        """Read all pages from `first` into collections; counts that fall short are noted."""
        collections: dict[str, list[Row]] = {}
        deleted: list[Tombstone] = []
        expected: int | None = None
        withdrawn = 0
        for number, (answer, page) in enumerate(self.pages(first, reading)):
            deleted.extend(page.deleted)
            expected = page.expected if page.expected is not None else expected
            withdrawn += page.withdrawn
            for name, rows in page.collections.items():
                kept = collections.setdefault(name, [])
                kept.extend(
                    Row(row, f"{answer.place}[{number}][{position}]")
                    for position, row in enumerate(rows)
                )
                if len(kept) > self.settings.record_limit:
                    reading.stop_short(paging.TOO_MANY)
                    return collections, deleted
        for name, kept in collections.items():
            if expected is not None and len(kept) + withdrawn < expected:
                reading.stop_short(paging.short_count(name, expected, len(kept)))
        return collections, deleted


def _no_such_collection(answer: Answer) -> VendorRefused:
    return VendorRefused(
        Words(
            "The MIS knows no {name} at this address; check the base address and the school.",
            "Nid yw'r MIS yn adnabod {name} yn y cyfeiriad hwn; gwiriwch y cyfeiriad sylfaenol a'r "
            "ysgol.",
        ).fill(name=answer.place),
        status=404,
    )


FirstPage = Callable[[str], str]


def collect(
    pager: Pager, first: FirstPage, reading: Reading, *, names: Sequence[str] | None = None
) -> dict[str, list[Row]]:
    """Fetch the main collection and those that the joins need, or only those in `names`.

    A joined collection that the school did not grant (403) or the MIS does not know (404) is left
    out, so that what it holds is not supplied, which is not the same as none. The main one, and a
    key that is refused (401), raise. One that stops short is left out too, and noted.
    """
    wanted = paging.wanted_collections(pager.options)
    collections: dict[str, list[Row]] = {}
    for name in wanted if names is None else names:
        part = Reading(lambda _: iter(()))
        try:
            found, _ = pager.whole(first(name), part)
        except VendorRefused as refused:
            if name == wanted[0] or refused.status not in NOT_GRANTED:
                raise
            continue
        if part.incomplete_words:
            reading.stop_short(part.incomplete_words)
            # Half of what belongs to pupils would read as removed: it counts as not supplied.
            if name != wanted[0]:
                continue
        collections[name] = found.get(name, [])
    return collections
