"""Writing that leaves the constraint to decide: insert, and ignore or overwrite what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from mis_bridge.storage.columns import Base

Row = Mapping[str, object]


def insert_all(session: Session, into: type[Base], rows: Sequence[Row]) -> None:
    """Insert `rows` in one go; a constraint that one of them breaks fails them all."""
    if rows:
        session.connection().execute(_table(into).insert(), [dict(row) for row in rows])


def insert_ignoring(session: Session, into: type[Base], row: Row) -> bool:
    """Insert `row` unless a constraint says that it is there; return whether it went in."""
    statement = _inserted_or_not(session.get_bind().dialect.name, into)
    return session.connection().execute(statement, dict(row)).first() is not None


def insert_all_ignoring(session: Session, into: type[Base], rows: Sequence[Row]) -> int:
    """Insert those of `rows` that no constraint says are there; return how many went in."""
    if not rows:
        return 0
    statement = _insert(session, into).on_conflict_do_nothing()
    result: CursorResult[Any] = session.connection().execute(statement, [dict(row) for row in rows])
    return result.rowcount


def upsert_all(
    session: Session, into: type[Base], rows: Sequence[Row], *, keep: frozenset[str] = frozenset()
) -> None:
    """Insert `rows`, or overwrite the row of the same primary key save its columns in `keep`."""
    if not rows:
        return
    table = _table(into)
    key = [column.name for column in table.primary_key]
    statement = _insert(session, into)
    changed = {
        name: statement.excluded[name] for name in rows[0] if name not in key and name not in keep
    }
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=key, set_=changed),
        [dict(row) for row in rows],
    )


@cache
def _inserted_or_not(backend: str, into: type[Base]) -> ReturningInsert[Any]:
    """Return the one statement that inserts into a table and tells whether it did.

    It is built once: the values are bound, so each later row costs no building.
    """
    key = next(iter(_table(into).primary_key))
    return _insert_for(backend, into).on_conflict_do_nothing().returning(key)


def _insert(session: Session, into: type[Base]) -> sqlite.Insert:
    return _insert_for(session.get_bind().dialect.name, into)


def _insert_for(backend: str, into: type[Base]) -> sqlite.Insert:
    """Return the dialect's own INSERT; the two know ON CONFLICT by the same methods."""
    if backend == "postgresql":
        statement: Any = postgresql.insert(_table(into))
        ours: sqlite.Insert = statement
        return ours
    return sqlite.insert(_table(into))


def _table(of: type[Base]) -> Table:
    table = of.__table__
    if not isinstance(table, Table):
        msg = f"{of.__name__} is no table"
        raise TypeError(msg)
    return table
