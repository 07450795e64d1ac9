"""The record of what was done: one chain per authority, in which no row can change unnoticed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.operations import AuditEventRow, AuditHeadRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import insert_all, insert_ignoring

Fact = str | int | bool | None | list[str] | dict[str, int]

START = sha256(b"mis-bridge audit chain").hexdigest()


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing done: by whom, what, to what. `facts` holds ids, codes and dates, no names."""

    actor: str
    action: str
    subject: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """The last number and hash of a chain: kept outside the database, it shows what was cut off."""

    la: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along one chain found; `first_bad` is the number of the first row that fails."""

    end: ChainEnd
    rows: int
    first_bad: int | None = None
    why: str | None = None


def append(session: Session, tenant: Tenant, entries: Sequence[AuditEntry], at: datetime) -> None:
    """Add `entries` to the authority's chain, in this transaction and in this order."""
    if not entries:
        return
    number, previous = _take(session, tenant.la, len(entries))
    rows: list[dict[str, object]] = []
    for entry in entries:
        number += 1
        row: dict[str, object] = {
            "la": tenant.la,
            "number": number,
            "school": tenant.school,
            "at": at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "facts": dict(entry.facts),
            "previous": previous,
        }
        previous = _hash(row)
        rows.append({**row, "hash": previous})
    insert_all(session, AuditEventRow, rows)
    session.execute(
        update(AuditHeadRow)
        .where(AuditHeadRow.la == tenant.la)
        .values(number=number, hash=previous)
        .execution_options(synchronize_session=False)
    )


def verify(session: Session, la: str, expected: ChainEnd | None = None) -> Verified:
    """Walk the chain from its start; `expected` is an end that was kept outside."""
    rows = session.execute(
        select(AuditEventRow)
        .where(AuditEventRow.la == la)
        .order_by(AuditEventRow.number)
        .execution_options(yield_per=1000)
    ).scalars()
    with closing(rows):
        return _walk(session, la, rows, expected)


def _walk(
    session: Session, la: str, rows: Iterable[AuditEventRow], expected: ChainEnd | None
) -> Verified:
    number, previous = 0, START
    seen_expected = expected is None or expected.number == 0
    for row in rows:
        end = ChainEnd(la, number, previous)
        if row.number != number + 1:
            return Verified(end, number, number + 1, "missing")
        if row.previous != previous:
            return Verified(end, number, row.number, "chain_broken")
        if _hash(_content(row)) != row.hash:
            return Verified(end, number, row.number, "altered")
        number, previous = row.number, row.hash
        if expected is not None and expected.number == number:
            seen_expected = expected.hash == previous
            if not seen_expected:
                return Verified(end, number, number, "rewritten")
    return _against_head(session, ChainEnd(la, number, previous), seen_expected=seen_expected)


def ends(session: Session) -> list[ChainEnd]:
    """Return the end of every authority's chain."""
    return [
        ChainEnd(head.la, head.number, head.hash)
        for head in session.scalars(select(AuditHeadRow).order_by(AuditHeadRow.la))
    ]


def _against_head(session: Session, end: ChainEnd, *, seen_expected: bool) -> Verified:
    head = session.get(AuditHeadRow, end.la)
    stated = (head.number, head.hash) if head else (0, START)
    if stated != (end.number, end.hash) or not seen_expected:
        return Verified(end, end.number, end.number + 1, "missing")
    return Verified(end, end.number)


def _take(session: Session, la: str, count: int) -> tuple[int, str]:
    """Lock the end of the chain, and return it as it stands before `count` more rows."""
    insert_ignoring(session, AuditHeadRow, {"la": la, "number": 0, "hash": START})
    taken = session.execute(
        update(AuditHeadRow)
        .where(AuditHeadRow.la == la)
        .values(number=AuditHeadRow.number + count)
        .returning(AuditHeadRow.number, AuditHeadRow.hash)
        .execution_options(synchronize_session=False)
    ).one()
    return taken.number - count, taken.hash


def _content(row: AuditEventRow) -> dict[str, object]:
    names = ("la", "number", "school", "at", "actor", "action", "subject", "facts", "previous")
    return {name: getattr(row, name) for name in names}


def _hash(row: Mapping[str, object]) -> str:
    at = row["at"]
    if not isinstance(at, datetime):
        msg = "an audit row needs its moment"
        raise TypeError(msg)
    spelled = json.dumps(
        {**row, "at": at.astimezone(UTC).isoformat(timespec="microseconds")},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
    )
    return sha256(spelled.encode()).hexdigest()
