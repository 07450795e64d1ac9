"""Writing that leaves the constraint to decide: insert, and ignore or overwrite what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import Base

Row = Mapping[str, object]


def insert_all(session: Session, into: type[Base], rows: Sequence[Row]) -> None:
    """Insert `rows` in one go; a constraint that one of them breaks fails them all."""
    if rows:
        session.connection().execute(_table(into).insert(), [dict(row) for row in rows])


def insert_ignoring(session: Session, into: type[Base], row: Row) -> bool:
    """Insert `row` unless a constraint says that it is there; return whether it went in."""
    key = next(iter(_table(into).primary_key))
    statement = _insert(session, into).values(dict(row)).on_conflict_do_nothing()
    return session.connection().execute(statement.returning(key)).first() is not None


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


def _insert(session: Session, into: type[Base]) -> sqlite.Insert:
    """Return the dialect's own INSERT; the two know ON CONFLICT by the same methods."""
    if session.get_bind().dialect.name == "postgresql":
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
