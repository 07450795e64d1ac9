"""Bromcom's read-only query service: one entity a call, in full; what is not ticked is absent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

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
from adapters.soap import SoapRefused, elements
from adapters.trees import as_key, look
from mis_bridge.domain.words import Words

NAME: Final = "bromcom"

# The path is the one that hosts of this MIS publish; the name space of the messages is assumed.
SERVICE: Final = "/Nucleus/WebServices/ThirdParty/TPReadOnlyDataService.asmx"
_SPACE: Final = "http://tempuri.org/"
_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<{call} xmlns="{space}">{parts}</{call}></soap:Body></soap:Envelope>'
)


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers: each entity's rows under its name."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill the main entity. Its columns are not published, so its key is the document's to name."""
    return replace(
        options,
        records=options.records or "Students",
        record_id=options.record_id or ("StudentID",),
    )


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one recorded answer."""
    lists = paging.lists_in(answer.body, options)
    return Page({}, fault=paging.NOT_THIS_SHAPE) if lists is None else Page(lists)


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one school; `extra["username"]` goes with the token as password."""
    return Client(settings, with_defaults(options))


class Client:
    """One school's entities over the query service."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        self._main = options.records or ""
        self._settings = settings
        self._http = Http(NAME, settings)

    def _ask(self, call: str, result: str, **parts: str) -> list[dict[str, object]]:
        """Put one question and return the rows named `result`.

        Filters are never built from what a pupil's record holds: the service reads them as SQL.
        """
        given = {
            "SchoolID": self._settings.school_ref,
            **parts,
            "Username": self._settings.extra.get("username", ""),
            "Password": self._settings.token,
        }
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in given.items())
        question = _ENVELOPE.format(call=call, space=_SPACE, parts=inner)
        received = self._http.ask_xml(
            f"{self._settings.base_url.rstrip('/')}{SERVICE}",
            question.encode(),
            {
                "Content-Type": "text/xml; charset=utf-8",
                "Accept": "text/xml",
                "SOAPAction": f'"{_SPACE}{call}"',
            },
        )
        if not isinstance(received.body, bytes):
            raise VendorRefused(paging.NOT_THIS_SHAPE, status=received.status)
        try:
            return elements(received.body, result, self._options)
        except SoapRefused as refused:
            raise VendorUnavailable(refused.words) from None

    def _granted(self) -> set[str]:
        rows = self._ask("findEntitiesBySchoolID", "Entity")
        name = "entityname" if self._options.case == "fold" else "EntityName"
        return {as_key(look(row, name)) for row in rows}

    def _entities(self) -> dict[str, list[Row]]:
        """Fetch the entities that the mapping reads and the school ticked."""
        granted = self._granted()
        wanted = paging.wanted_collections(self._options)
        if self._main not in granted:
            raise VendorRefused(_LACKING.fill(name=self._main), status=403)
        return {
            name: [
                Row(row, f"{name}[{number}]")
                for number, row in enumerate(
                    self._ask("getEntityDataBySchoolID", name, EntityName=name, EntityFilter="")
                )
            ]
            for name in wanted
            if name in granted
        }

    def pupils(self, changed_since: str | None = None) -> Reading:  # noqa: ARG002 - no delta
        """Read all pupils. The service publishes no delta: `changed_since` changes nothing."""
        return Reading(self._items)

    def _items(self, reading: Reading) -> Iterator[Item]:
        yield from joined_items(NAME, self._entities(), self._options, reading)

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Look for one pupil among all: a filter made of a record's key would be pasted SQL."""
        items = joined_items(NAME, self._entities(), self._options, Reading(lambda _: iter(())))
        records = (item for item in items if isinstance(item, SourceRecord))
        return next((record for record in records if record.record_id == record_id), None)

    def check(self) -> Sequence[Finding]:
        """Name the entities that the mapping reads and the school did not tick."""
        granted = self._granted()
        return [
            Finding(
                name,
                name in granted,
                (_GRANTED if name in granted else _LACKING).fill(name=name),
            )
            for name in paging.wanted_collections(self._options)
        ]


_GRANTED: Final = Words("{name}: the school shares it.", "{name}: mae'r ysgol yn ei rannu.")
_LACKING: Final = Words(
    "{name}: the school has not ticked this entity for us; what it holds is not supplied.",
    "{name}: nid yw'r ysgol wedi ticio'r endid hwn i ni; ni chyflenwir ei gynnwys.",
)
