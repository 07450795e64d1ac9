"""Wonde: what its answers mean for reading. Field names are the mapping document's business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
)
from adapters.http import Http
from adapters.paging import Answer, Page
from adapters.recorded import read_recorded
from adapters.records import source_record
from adapters.rest import Pager, Query
from adapters.trees import ABSENT, as_key, look
from mis_bridge.domain.words import Words

NAME: Final = "wonde"
INCLUDES: Final = "education_details,extended_details,sen_needs,contacts,contacts.contact_details"
PER_PAGE: Final = 200

# It is not documented whether `updated_after` is read as UTC or as local time: an hour for summer
# time, and ten minutes for what was being written while we read. Records read twice do no harm.
OVERLAP: Final = timedelta(minutes=70)


def read_files(paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read recorded answers of `students` and `deletions`."""
    return read_recorded(NAME, paths, with_defaults(options), page_of)


def with_defaults(options: ReadOptions) -> ReadOptions:
    """Fill what every Wonde answer has in common."""
    return replace(
        options, records=options.records or "data", record_id=options.record_id or ("id",)
    )


def client(settings: ConnectionSettings, options: ReadOptions) -> Client:
    """Connect to one school; `extra["include"]` replaces the includes asked for."""
    return Client(settings, with_defaults(options))


class Client:
    """One school's pupils over Wonde's interface."""

    def __init__(self, settings: ConnectionSettings, options: ReadOptions) -> None:
        self._options = options
        versioned = "" if urlsplit(settings.base_url).path.strip("/") else "v1.0/"
        self._school = f"{versioned}schools/{quote(settings.school_ref, safe='')}"
        self._include = settings.extra.get("include", INCLUDES)
        headers = {"Authorization": f"Bearer {settings.token}"}
        self._pager = Pager(Http(NAME, settings), settings, options, page_of, lambda: headers)

    def pupils(self, changed_since: str | None = None) -> Reading:
        """Read all pupils, or those changed since a cursor, and then the deletions since."""
        return Reading(lambda reading: self._items(reading, changed_since))

    def _items(self, reading: Reading, changed_since: str | None) -> Iterator[Item]:
        since = _updated_after(changed_since)
        reading.partial = bool(since)
        query: Query = {"include": self._include, "per_page": PER_PAGE, "cursor": "true", **since}
        began: str | None = None
        read = 0
        for answer, page in self._pager.pages(self._pager.address(self._students, query), reading):
            began = began or answer.headers.get("date")
            rows = page.collections.get(self._options.records or "", [])
            for number, row in enumerate(rows):
                place = f"{answer.place}[{read + number}]"
                yield source_record(NAME, row, place, self._options)
            read += len(rows)
        if since:
            deletions = self._deletions(reading, since)
            # Withheld from a reading that stopped short: they come again with the next one.
            if reading.incomplete is None:
                yield from deletions
        if reading.incomplete is None:
            reading.cursor = _cursor(began) or changed_since

    @property
    def _students(self) -> str:
        return f"{self._school}/students"

    def pupil(self, record_id: str) -> SourceRecord | Tombstone | None:
        """Fetch one pupil; of one that is gone, ask the deletions."""
        address = f"{self._students}/{quote(record_id, safe='')}"
        answer = self._pager.answer(self._pager.address(address, {"include": self._include}))
        if answer.status == 404:
            return self._deleted(record_id)
        rows = page_of(answer, self._options).collections.get(self._options.records or "", [])
        if len(rows) != 1 or as_key(rows[0].get("id")) != record_id:
            raise VendorRefused(paging.NOT_THIS_SHAPE)
        return source_record(NAME, rows[0], answer.place, self._options)

    def _deletions(self, reading: Reading, since: Query) -> list[Tombstone]:
        first = self._pager.address(f"{self._school}/deletions", {"type": "student", **since})
        return [stone for _, page in self._pager.pages(first, reading) for stone in page.deleted]

    def _deleted(self, record_id: str) -> Tombstone | None:
        deletions = self._deletions(Reading(lambda _: iter(())), {})
        return next((stone for stone in deletions if stone.record_id == record_id), None)

    def check(self) -> Sequence[Finding]:
        """Ask for one pupil with each include alone: what the school did not grant is named."""
        findings = []
        for include in self._include.split(","):
            above = include.partition(".")[0]
            query: Query = {"include": ",".join({above: 1, include: 1}), "per_page": 1}
            try:
                page = page_of(
                    self._pager.answer(self._pager.address(self._students, query)), self._options
                )
                rows = page.collections.get(self._options.records or "", [])
                granted = not rows or look(rows[0], above) is not ABSENT
                words = _GRANTED if granted else _NOT_GRANTED
            except VendorRefused as refused:
                if refused.needs_reauthorisation:
                    return [Finding("token", ok=False, words=refused.words)]
                granted, words = False, refused.words
            findings.append(Finding(include, granted, words.fill(include=include)))
        return findings


_GRANTED: Final = Words("{include}: the school shares it.", "{include}: mae'r ysgol yn ei rannu.")
_NOT_GRANTED: Final = Words(
    "{include}: not in the answer; the school did not grant it, and what it holds is not supplied.",
    "{include}: nid yw yn yr ateb; ni chaniataodd yr ysgol ef, ac ni chyflenwir ei gynnwys.",
)


def _updated_after(cursor: str | None) -> Query:
    if cursor is None:
        return {}
    moment = datetime.fromisoformat(cursor).astimezone(UTC) - OVERLAP
    return {"updated_after": moment.strftime("%Y-%m-%d %H:%M:%S")}


def _cursor(date_header: str | None) -> str | None:
    """Make the cursor from the vendor's own clock at the first page, never from ours."""
    try:
        return parsedate_to_datetime(date_header or "").astimezone(UTC).isoformat()
    except (ValueError, TypeError):
        return None


def page_of(answer: Answer, options: ReadOptions) -> Page:
    """Read one answer. The vendor's own client follows `next`; `more` alone is a promise."""
    next_address = look(answer.body, "meta.pagination.next")
    previous = look(answer.body, "meta.pagination.previous")
    lists = paging.lists_in(answer.body, options)
    if lists is None:
        return Page({}, fault=paging.NOT_THIS_SHAPE)
    page = Page(
        lists,
        next_address=next_address if isinstance(next_address, str) and next_address else None,
        previous_address=previous if isinstance(previous, str) and previous else None,
        more=look(answer.body, "meta.pagination.more") is True,
    )
    rows = lists.get(options.records or "", [])
    if paging.resource(answer.address).endswith("/deletions") or _are_deletions(rows):
        return replace(page, collections={}, deleted=tuple(_tombstones(rows)))
    return page


def _are_deletions(rows: paging.Rows) -> bool:
    return bool(rows) and all("deleted_at" in row and "type" in row for row in rows)


def _tombstones(rows: paging.Rows) -> list[Tombstone]:
    return [
        Tombstone(as_key(row.get("id")), instant(row.get("deleted_at")))
        for row in rows
        if row.get("type", "student") == "student"
        and not row.get("restored_at")
        and as_key(row.get("id"))
    ]


def instant(value: object) -> datetime | None:
    """Read the vendor's date object, or ISO text; None where it says nothing that can be read."""
    zone = "UTC"
    if isinstance(value, Mapping):
        named = look(value, "timezone")
        zone = named if named is not ABSENT and isinstance(named, str) else zone
        value = value.get("date")
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError):
        return None
