"""Every sealed column of the schema, and moving its values from one key to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, cast, func, select, tuple_
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import Sealed
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.schema import METADATA
from mis_bridge.storage.sealing import key_id_of, place

_AT_ONCE = 300
_HEAD_BYTES = 40


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column that holds sealed values, the key of its rows, and what its values are tied to."""

    table: Table
    column: Column[Any]
    key: tuple[Column[Any], ...]
    bound_to: tuple[Column[Any], ...]

    def place_of(self, values: tuple[object, ...]) -> str:
        """Return the place for which a row's value is sealed."""
        return place(f"{self.table.name}.{self.column.name}", *values)


def sealed_columns() -> Iterator[SealedColumn]:
    """Yield every sealed column, so that none is forgotten when the key changes."""
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                bound = tuple(table.columns[name] for name in column.type.bound_to)
                yield SealedColumn(table, column, tuple(table.primary_key), bound)


def reseal_some(
    session: Session, sealed: SealedColumn, after: tuple[object, ...] | None
) -> tuple[int, tuple[object, ...] | None]:
    """Reseal the next rows after a key; return how many, and the last key or None at the end."""
    ring, connection = keys_of(session), session.connection()
    width = len(sealed.key)
    chosen = (
        select(*sealed.key, *sealed.bound_to, sealed.column)
        .where(sealed.column.is_not(None))
        .order_by(*sealed.key)
        .limit(_AT_ONCE)
    )
    if after is not None:
        chosen = chosen.where(tuple_(*sealed.key) > tuple_(*after))
    if connection.dialect.name == "postgresql":
        chosen = chosen.with_for_update()
    rows = connection.execute(chosen).all()
    count = 0
    for row in rows:
        if key_id_of(row[-1]) == ring.sealing_id:
            continue
        where = sealed.place_of(tuple(row[width:-1]))
        fresh = ring.seal(ring.unseal(row[-1], where), where)
        same = [column == value for column, value in zip(sealed.key, row[:width], strict=True)]
        # The old value is named too: a row written meanwhile is left as it is now.
        connection.execute(
            sealed.table.update()
            .where(*same, sealed.column == row[-1])
            .values({sealed.column.name: fresh})
        )
        count += 1
    return count, tuple(rows[-1][:width]) if len(rows) == _AT_ONCE else None


def keys_in_use(session: Session, sealed: SealedColumn) -> Counter[str]:
    """Return how many values of a column each key has sealed."""
    head = func.substr(sealed.column, 1, _HEAD_BYTES)
    held: Counter[str] = Counter()
    rows = session.connection().execute(
        select(cast(head, LargeBinary)).where(sealed.column.is_not(None))
    )
    for (start,) in rows:
        held[key_id_of(bytes(start))] += 1
    return held
