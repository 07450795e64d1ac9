"""The last step of every reader: from joined rows to the items that a reading hands out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from adapters.base import (
    FINGERPRINT,
    Item,
    Reading,
    ReadOptions,
    RecordSkipped,
    SourceRecord,
    digest_of,
)
from adapters.joining import Row, assembled
from adapters.trees import as_key, look
from mis_bridge.domain.words import Words


def joined_items(
    vendor: str, collections: Mapping[str, Iterable[Row]], options: ReadOptions, reading: Reading
) -> Iterator[Item]:
    """Yield the records of the main collection, grouped and joined as the options say."""
    main = options.records or ""
    for row in assembled({main: [], **collections}, main, options, reading.flags):
        found = item(vendor, row, options)
        if isinstance(found, RecordSkipped) and found.record_id is None:
            # Somebody stands there of whom not even the key is known: who is missing, nobody knows.
            reading.partial = True
        yield found


def item(vendor: str, row: Row, options: ReadOptions) -> Item:
    """Give a row its key and digest; a faulty one becomes `RecordSkipped`."""
    key = record_id(row.tree, options)
    if row.fault:
        return RecordSkipped(
            Words(row.fault.en, row.fault.cy),
            place=row.place,
            record_id=key,
            path=row.fault.path,
            value_seen=row.fault.value_seen,
        )
    return source_record(vendor, row.tree, row.place, options)


def source_record(
    vendor: str, tree: dict[str, object], place: str, options: ReadOptions
) -> SourceRecord:
    """Give a tree its key and digest as the options say."""
    return SourceRecord(
        vendor, record_id(tree, options), tree, place, digest_of(tree, options.volatile)
    )


def record_id(tree: Mapping[str, object], options: ReadOptions) -> str | None:
    """Return the vendor's key, else a hash of the `fingerprint` paths, else None."""
    for path in options.record_id:
        if key := as_key(look(tree, path)):
            return key
    values = [as_key(look(tree, path)) for path in options.fingerprint]
    if any(values):
        return FINGERPRINT + hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:20]
    return None
