"""SIMS: report exports of SIMS 7, and the documented parts of the partner interface."""

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
    Join,
    Reading,
    ReadOptions,
    SourceRecord,
    Tombstone,
    VendorRefused,
)
from adapters.bundles import read_tables
from adapters.http import Http, Received
from adapters.paging import Answer, Page
from adapters.records import joined_items
from adapters.rest import Pager, collect
from adapters.tokens import Token
from adapters.trees import ABSENT, as_key, look
from mis_bridge.domain.words import Words

NAME: Final = "sims"
TOKEN_ADDRESS: Final = "https://sts.sims.co.uk/connect/token"  # noqa: S105 - an address
IDENTIFIERS: Final = "LearnerIdentifiers"
_DOMAINS: Final = "Learner"


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read the report exports of one school: the register, and its contacts where given."""
    return read_tables(NAME, paths, options)


def for_interface(options: ReadOptions) -> ReadOptions:
    """Return the options for the partner interface.

    A mapping for report files names no domain of the interface: then learners are read with their
    personal details. No public page shows a domain for SEN, so that provision is not supplied.
    """
    if (options.records or "").startswith(_DOMAINS):
        return options
    personal = Join("LearnerPersonals", "LearnerPersonals", "ExternalID", "ExternalID", many=False)
    return ReadOptions(records=IDENTIFIERS, record_id=("ExternalID",), joins=(personal,))


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer of OData: rows under `value`, the rest behind a continuation link."""
    rows = look(answer.body, "value")
    name = paging.resource(answer.address).rpartition("/")[2]
    if rows is ABSENT:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    lists = paging.lists_in({name: rows}, replace(options, records=name, joins=()))
    following = _named(answer.body, "@odata.nextLink")
    total = as_key(_named(answer.body, "@odata.count"))
    if lists is None:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    return Page(
        lists,
        next_address=following if isinstance(following, str) and following else None,
        expected=int(total) if total.isdecimal() else None,
    )


def _named(body: object, name: str) -> object:
    return body.get(name) if isinstance(body, Mapping) else None


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one tenant; `extra` holds `client_id` and `subscription_key`."""
    return Client(settings, for_interface(options))


class Client:
    """One tenant's learners over the partner interface."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        self._base = f"{quote(settings.school_ref, safe='')}/Learner/V3"
        http = Http(NAME, settings)
        self._token = Token(lambda: _ask_token(http, settings), "access_token", "Bearer")
        key = {"Ocp-Apim-Subscription-Key": settings.extra.get("subscription_key", "")}
        self._pager = Pager(
            http,
            settings,
            options,
            page_of,
            lambda: {**self._token.headers(), **key},
            self._token.forget,
        )

    def _first_page(self, name: str) -> str:
        return self._pager.address(f"{self._base}/{name}")

    def pupils(self, changed_since: str | None = None) -> Reading:  # noqa: ARG002 - no delta
        """Read all learners. No delta is documented: `changed_since` changes nothing."""
        return Reading(self._items)

    def _items(self, reading: Reading) -> Iterator[Item]:
        collections = collect(self._pager, self._first_page, reading)
        yield from joined_items(NAME, collections, self._options, reading)

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Look for one learner among all: no address of a single one is documented for browsing."""
        for item in self.pupils():
            if isinstance(item, SourceRecord) and item.record_id == record_id:
                return item
        return None

    def check(self) -> Sequence[Finding]:
        """Ask for one row of each domain that is read."""
        findings = []
        for name in paging.wanted_collections(self._options):
            try:
                address = self._pager.address(f"{self._base}/{name}", {"$top": 1})
                ok = page_of(self._pager.answer(address), self._options).fault is None
                words = (_GRANTED if ok else _LACKING).fill(name=name)
            except VendorRefused as refused:
                ok, words = False, refused.words
            findings.append(Finding(name, ok, words))
        return findings


def _ask_token(http: Http, settings: ConnectionSettings) -> Received:
    return http.ask_token(
        settings.extra.get("token_address", TOKEN_ADDRESS),
        {
            "grant_type": "client_credentials",
            "client_id": settings.extra.get("client_id", ""),
            "client_secret": settings.token,
        },
        as_json=False,
    )


_GRANTED: Final = Words("{name}: the school shares it.", "{name}: mae'r ysgol yn ei rannu.")
_LACKING: Final = Words(
    "{name}: no rows came; what it holds is not supplied.",
    "{name}: ni ddaeth rhesi; ni chyflenwir ei gynnwys.",
)
