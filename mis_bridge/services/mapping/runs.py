"""Maps a source without storing anything: records in the order of the source, then the report."""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.base import FINGERPRINT, RecordSkipped, SourceRecord, Tombstone
from mappings.engine import CompiledMapping, MapContext, Mapped
from mappings.remainder import remainder
from mis_bridge.domain.words import Words
from mis_bridge.services.mapping.file_sources import Open

Record = dict[str, Any]

# Keys that always differ between two records of one pupil, and say nothing about the pupil.
_NOT_FACTS = frozenset({"schema", "source", "flags", "not_supplied", "provenance"})
_DIFFERS_LIMIT = 50
_PARTS = 16


@dataclass(slots=True)
class Report:
    """What became of every record: `read = mapped + rejected + duplicates + deleted`."""

    read: int = 0
    mapped: int = 0
    rejected: int = 0
    duplicates: int = 0
    deleted: int = 0
    rejections: list[Record] = field(default_factory=list)
    duplicate_records: list[Record] = field(default_factory=list)
    deletions: list[str] = field(default_factory=list)
    unreadable: list[Record] = field(default_factory=list)
    flags: Counter[str] = field(default_factory=Counter)
    incomplete: Words | None = None

    def to_json(self, seconds: float) -> Record:
        """Return the report in the shape of the contract, Welsh beside English."""
        return {
            "read": self.read,
            "mapped": self.mapped,
            "rejected": self.rejected,
            "duplicates": self.duplicates,
            "deleted": self.deleted,
            "rejections": self.rejections,
            "duplicate_records": self.duplicate_records,
            "deletions": self.deletions,
            "unreadable": self.unreadable,
            "flags": dict(sorted(self.flags.items())),
            "incomplete": self.incomplete.en if self.incomplete else None,
            "incomplete_cy": self.incomplete.cy if self.incomplete else None,
            "seconds": round(seconds, 3),
        }


class MappingRun:
    """One mapping of one source on one day.

    The source is opened twice, or three times if records repeat: first to see which keys come
    twice, last to hand out the records one by one. Memory holds two hashes a record, so it stays
    small whatever the size of the file. With `remainder` a record holds under `unread` what its
    source says and no rule carries.
    """

    def __init__(
        self,
        open_source: Open,
        compiled: CompiledMapping,
        *,
        school: str | None,
        as_of: date,
        provenance: bool = False,
        remainder: bool = False,
    ) -> None:
        self._open = open_source
        self._compiled = compiled
        self._school = school
        self._as_of = as_of
        self._provenance = provenance
        self._remainder = remainder
        self.report = Report()

    def records(self) -> Iterator[Record]:
        """Yield the canonical records in the order of the source; `report` is full after the last.

        Raises `FileRefused` before the first record for a source that cannot be used.
        """
        return (record for _, record in self.placed())

    def placed(self) -> Iterator[tuple[str, Record]]:
        """Yield the same records, each with the place in the source where it stood."""
        repeated = self._repeated()
        losers = self._losers(repeated) if repeated else {}
        reading = self._open()
        for place, item in enumerate(reading):
            self.report.read += 1
            match item:
                case Tombstone():
                    self.report.deleted += 1
                    self.report.deletions.append(item.record_id)
                case RecordSkipped():
                    self._skip(item)
                case SourceRecord():
                    record = self._settle(item, losers.get(place))
                    if record is not None:
                        yield item.place, record
        self.report.flags.update(reading.flags)
        self.report.incomplete = reading.incomplete_words

    def mapped(self, item: SourceRecord, *, provenance: bool = False) -> Mapped:
        """Map one record of the source."""
        return self._compiled.apply(
            item.tree,
            MapContext(
                self._compiled.document.vendor,
                self._school,
                self._as_of,
                record_id=item.record_id,
                provenance=provenance,
            ),
        )

    def _repeated(self) -> frozenset[int]:
        hashes = array("Q")
        for item in self._open():
            if isinstance(item, SourceRecord):
                record = self.mapped(item).canonical
                hashes.extend(_hashed(key) for key in _keys(record))
        return frozenset(_twice(hashes))

    def _losers(self, repeated: frozenset[int]) -> dict[int, _Fate]:
        """Decide which of the records that share a key is printed, and what the others lose to."""
        members: list[_Member] = []
        for place, item in enumerate(self._open()):
            if isinstance(item, SourceRecord):
                mapped = self.mapped(item)
                keys = _keys(mapped.canonical)
                if mapped.canonical and any(_hashed(key) in repeated for key in keys):
                    members.append(_Member(place, keys, mapped.canonical, mapped.changed_at or ""))
        fates: dict[int, _Fate] = {}
        for family in _families(members):
            # The later time stamp stands; of two that are as late, the one that came first.
            winner = max(family, key=lambda member: (member.changed_at, -member.place))
            beaten = {
                member.place: _Fate(
                    id_of(winner.record), _differences(member.record, winner.record)
                )
                for member in family
                if member is not winner
            }
            fates.update(beaten)
            # The same key told twice in the same words is one record; anything else is flagged.
            other_ids = {id_of(member.record) for member in family} - {id_of(winner.record)}
            if other_ids or any(fate.differs for fate in beaten.values()):
                fates[winner.place] = _Fate(None)
        return fates

    def _settle(self, item: SourceRecord, fate: _Fate | None) -> Record | None:
        mapped = self.mapped(item, provenance=self._provenance or self._remainder)
        name = _name_of(item)
        if mapped.canonical is None:
            self.report.rejected += 1
            refusing = [issue for issue in mapped.issues if issue.rejects]
            self.report.rejections.extend(_told(name, issue) for issue in refusing)
            return None
        if fate is not None and fate.lost_to is not None:
            self.report.duplicates += 1
            if fate.lost_to != id_of(mapped.canonical) or fate.differs:
                self.report.duplicate_records.append(
                    {
                        "record": id_of(mapped.canonical),
                        "of": fate.lost_to,
                        "differs": list(fate.differs),
                    }
                )
            return None
        if fate is not None:
            mapped.canonical["flags"].append("duplicate_record")
        self.report.mapped += 1
        self.report.unreadable.extend(_told(name, issue) for issue in mapped.issues)
        self.report.flags.update(
            {flag.partition(":")[0] for flag in mapped.canonical.get("flags", ())}
        )
        if mapped.provenance is not None and self._remainder:
            mapped.canonical["unread"] = remainder(
                self._compiled.document.catalogue, item.tree, mapped.provenance, mapped.canonical
            )
        if mapped.provenance is not None and self._provenance:
            mapped.canonical["provenance"] = mapped.provenance
        return mapped.canonical

    def _skip(self, skipped: RecordSkipped) -> None:
        self.report.rejected += 1
        self.report.rejections.append(
            {
                "record": skipped.record_id or skipped.place,
                "path": skipped.path,
                "value_seen": skipped.value_seen,
                "reason": skipped.words.en,
                "reason_cy": skipped.words.cy,
            }
        )


@dataclass(frozen=True, slots=True)
class _Member:
    place: int
    keys: tuple[str, ...]
    record: Record
    changed_at: str


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of a record that shares a key: printed (`lost_to` None), or beaten."""

    lost_to: str | None
    differs: tuple[str, ...] = ()


def _name_of(item: SourceRecord) -> str:
    """Return by what a person finds the record: a key that is made of a hash leads nowhere."""
    own = item.record_id
    return item.place if own is None or own.startswith(FINGERPRINT) else own


def id_of(record: Mapping[str, Any]) -> str:
    """Return the key of a record of any kind."""
    if "source" in record:
        return str(record["source"]["record_id"])
    return str(record["plan_id"] if "plan_id" in record else record["row_id"])


def _keys(record: Record | None) -> tuple[str, ...]:
    if record is None:
        return ()
    upn = record.get("upn") if record.get("upn_status") == "valid" else None
    return (f"id {id_of(record)}", *((f"upn {upn}",) if upn else ()))


def _hashed(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest())


def _twice(hashes: array[int]) -> Iterator[int]:
    # A part at a time: as objects, all at once, they would take more than everything else.
    for part in range(_PARTS):
        before: int | None = None
        for one in sorted(one for one in hashes if one % _PARTS == part):
            if one == before:
                yield one
            before = one


def _families(members: Iterable[_Member]) -> list[list[_Member]]:
    """Group the records that share a key, also through a third."""
    family_of: dict[str, list[_Member]] = {}
    for member in members:
        family = [member]
        known = [family_of[key] for key in member.keys if key in family_of]
        for shared in {id(one): one for one in known}.values():
            family = [*shared, *family]
        for one in family:
            for key in one.keys:
                family_of[key] = family
    families = {id(family): family for family in family_of.values()}
    return [family for family in families.values() if len(family) > 1]


def _differences(one: Record, other: Record) -> tuple[str, ...]:
    found = sorted(_differing(one, other, ""))
    return tuple(found[:_DIFFERS_LIMIT])


def _differing(one: object, other: object, at: str) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            if at or key not in _NOT_FACTS:
                place = f"{at}.{key}" if at else str(key)
                yield from _differing(one.get(key), other.get(key), place)
    elif one != other:
        yield at


def _told(name: str, issue: Any) -> Record:
    return {
        "record": name,
        "path": issue.path,
        "value_seen": issue.value_seen,
        "reason": issue.reason.en,
        "reason_cy": issue.reason.cy,
    }
