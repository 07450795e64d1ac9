"""From waiting events to tellings: the source is asked once a pupil, with no transaction open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from adapters.base import (
    SourceRecord,
    Tombstone,
    VendorClient,
    VendorRefused,
    VendorUnavailable,
)
from adapters.records import source_record
from mappings.canonical import CanonicalRefused
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake.access_claims import ClaimSettled, settle_claim
from mis_bridge.services.intake.sources import OpenSource
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.services.mapping.translating import RecordNotMapped
from mis_bridge.storage.inbox_work import WaitingEvent
from webhooks.base import PUPIL_LEFT, SCHOOL_ACCESS_CHANGED, VendorEvent, WebhookMalformed
from webhooks.registry import sender

UNAVAILABLE = "vendor_unavailable"
REFUSED = "vendor_refused"
ACCESS_WITHDRAWN = "access_withdrawn"
UNMATCHED = "unmatched"
NO_INTERFACE = "no_interface"
UNREADABLE = "unreadable"

Digests = tuple[str | None, str | None]

PARKED, QUARANTINED, APPLIED = "parked", "quarantined", "applied"


@dataclass(frozen=True, slots=True, repr=False)
class Prepared:
    """What became of a pupil's events before the register is touched.

    Exactly one of four: a `telling` to apply, a `claim` about access that was checked, a final
    `state` with its fault, or `later`.
    """

    events: tuple[WaitingEvent, ...]
    telling: Telling | None = None
    claim: ClaimSettled | None = None
    state: str | None = None
    fault: str | None = None
    later: bool = False


def prepare(
    source: OpenSource,
    sender_name: str,
    waiting: Sequence[WaitingEvent],
    held: Mapping[str, Digests],
    clock: Callable[[], datetime],
) -> list[Prepared]:
    """Ask the source for what the events hint at, and translate the answers.

    `held` are the digests of record and mapping that the register took last, by record id: what is
    still the same is settled without another look.
    A source that cannot be reached is not asked again for the rest of the batch, nor one that
    refuses us altogether.
    """
    read, unread = _read(sender_name, waiting)
    reading = _Reading(source, held, clock)
    return [*unread, *(reading.prepared(group) for group in _groups(read))]


@dataclass(frozen=True, slots=True, repr=False)
class _Read:
    """A waiting event beside what its body says."""

    row: WaitingEvent
    event: VendorEvent


def _read(sender_name: str, waiting: Iterable[WaitingEvent]) -> tuple[list[_Read], list[Prepared]]:
    """Read the bodies again; what cannot be read, for whatever reason, waits for a person."""
    by = sender(sender_name)
    read, unread = [], []
    for row in waiting:
        try:
            if by is None or row.body is None:
                raise WebhookMalformed(UNREADABLE)
            read.append(_Read(row, by.events(row.body, row.event_id)[0]))
        except WebhookMalformed:
            unread.append(Prepared((row,), state=PARKED, fault=UNREADABLE))
    return read, unread


def _groups(read: Sequence[_Read]) -> list[list[_Read]]:
    """Gather the events of one pupil, in order; a full record stands by itself.

    The pupils keep the order in which their first event came.
    """
    groups: dict[object, list[_Read]] = {}
    for one in sorted(read, key=lambda one: one.row.occurred_at or one.row.received_at):
        alone = one.event.record is not None or one.event.kind == SCHOOL_ACCESS_CHANGED
        groups.setdefault(one.row.id if alone else one.event.record_id, []).append(one)
    return sorted(groups.values(), key=lambda group: min(one.row.id for one in group))


@dataclass(slots=True)
class _Reading:
    """One batch of questions to one source."""

    source: OpenSource
    held: Mapping[str, Digests]
    clock: Callable[[], datetime]
    client: VendorClient | None = None
    unreachable: bool = False
    shut_out: bool = False

    def prepared(self, group: list[_Read]) -> Prepared:
        events = tuple(one.row for one in group)
        try:
            return self._prepared(group, events)
        except VendorUnavailable:
            self.unreachable = True
            return Prepared(events, fault=UNAVAILABLE, later=True)
        except VendorRefused as refused:
            self.shut_out = self.shut_out or refused.needs_reauthorisation
            fault = ACCESS_WITHDRAWN if refused.needs_reauthorisation else REFUSED
            return Prepared(events, state=PARKED, fault=fault)
        except RecordNotMapped as refused:
            return Prepared(events, state=PARKED, fault=f"mapping:{refused.path}")
        except CanonicalRefused:
            return Prepared(events, state=PARKED, fault="mapping:canonical")
        except Exception as fault:  # noqa: BLE001 - a poison event is tried again, then parked, alone
            return Prepared(events, fault=f"fault:{type(fault).__name__}", later=True)

    def _prepared(self, group: list[_Read], events: tuple[WaitingEvent, ...]) -> Prepared:
        first = group[0].event
        if first.kind == SCHOOL_ACCESS_CHANGED:
            return Prepared(events, claim=settle_claim(self.source, first))
        if first.record is not None:
            return self._brought(group[0])
        self.client = self.client or self.source.client()
        if self.client is None or first.record_id is None:
            return Prepared(events, state=PARKED, fault=NO_INTERFACE)
        if self.unreachable:
            return Prepared(events, fault=UNAVAILABLE, later=True)
        if self.shut_out:
            return Prepared(events, state=PARKED, fault=ACCESS_WITHDRAWN)
        return self._asked(self.client, first.record_id, group, events)

    def _asked(
        self,
        client: VendorClient,
        record_id: str,
        group: list[_Read],
        events: tuple[WaitingEvent, ...],
    ) -> Prepared:
        """Ask the source for the truth: the event is a hint, not evidence."""
        read_at = self.clock()
        found = client.pupil(record_id)
        if isinstance(found, SourceRecord):
            return self._of_record(group, found, read_at)
        if isinstance(found, Tombstone):
            return Prepared(events, telling=self._gone(group, record_id, read_at))
        if any(one.event.kind == PUPIL_LEFT for one in group):
            # The sender says that the pupil left, and the source knows the key no more.
            return Prepared(events, telling=self._gone(group, record_id, read_at))
        return Prepared(events, state=QUARANTINED, fault=UNMATCHED)

    def _brought(self, one: _Read) -> Prepared:
        """Take the record that the event itself brings, as told at the sender's own time."""
        record = source_record(
            self.source.vendor,
            dict(one.event.record or {}),
            f"webhook[{one.row.id}]",
            self.source.translator.options,
        )
        told_at = min(one.event.occurred_at or one.row.received_at, one.row.received_at)
        return self._of_record([one], record, told_at)

    def _of_record(self, group: list[_Read], record: SourceRecord, told_at: datetime) -> Prepared:
        events = tuple(one.row for one in group)
        states_a_day = any(one.row.noticed_on is not None for one in group)
        known = self.held.get(record.record_id or "")
        if known == (record.digest, self.source.translator.digest) and not states_a_day:
            return Prepared(events, state=APPLIED)
        return Prepared(events, telling=self._telling(group, record, told_at))

    def _telling(self, group: list[_Read], record: SourceRecord, told_at: datetime) -> Telling:
        noticed_on, confirmed = noticed(
            [(one.row.noticed_on, day_in_wales(one.row.received_at)) for one in group]
        )
        translated = self.source.translator.translate(
            record, as_of=day_in_wales(self.clock()), read_at=told_at
        )
        return Telling(
            vendor=self.source.vendor,
            record_id=translated.pupil.source.record_id,
            pupil=translated.pupil,
            told_at=told_at,
            noticed_on=noticed_on,
            cause=f"webhook:{group[0].row.id}",
            noticed_confirmed=confirmed,
            connection_id=self.source.connection_id,
            raw_digest=record.digest,
            mapping_digest=self.source.translator.digest,
        )

    def _gone(self, group: list[_Read], record_id: str, read_at: datetime) -> Telling:
        """Tell that the source holds the record no more, as of the moment it was asked."""
        noticed_on, confirmed = noticed(
            [(one.row.noticed_on, day_in_wales(one.row.received_at)) for one in group]
        )
        return Telling(
            vendor=self.source.vendor,
            record_id=record_id,
            pupil=None,
            told_at=read_at,
            noticed_on=noticed_on,
            cause=f"webhook:{group[0].row.id}",
            noticed_confirmed=confirmed,
            connection_id=self.source.connection_id,
        )


def noticed(told: Sequence[tuple[date | None, date]]) -> tuple[date, bool]:
    """Return the day on which the matter came to attention, and whether a sender stated it.

    `told` holds, for each event, the day it states (or None) and the day it was received. The
    earliest day counts, so that no clock starts later than the facts warrant; a stated day that
    lies after the receipt cannot be right and counts as not stated.
    """
    days = [
        (stated, 0) if stated is not None and stated <= received else (received, 1)
        for stated, received in told
    ]
    day, unconfirmed = min(days)
    return day, not unconfirmed
