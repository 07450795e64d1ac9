"""Who works under an executor's id: taken by one, renewed by the same, fenced by a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.tables.operations import ExecutorLeaseRow
from mis_bridge.storage.writing import insert_ignoring


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it stands; `holder` names machine and process."""

    executor_id: str
    holder: str
    token: int
    taken_at: datetime
    expires_at: datetime


def take(
    session: Session,
    executor_id: str,
    holder: str,
    *,
    now: datetime,
    until: datetime,
    is_gone: Callable[[str], bool],
) -> Lease:
    """Take the lease for `holder` where it is free, has run out, or its holder is gone.

    Returns the lease that stands afterwards: somebody else's where it could not be taken.
    """
    row = {
        "executor_id": executor_id,
        "holder": holder,
        "token": 1,
        "taken_at": now,
        "renewed_at": now,
        "expires_at": until,
    }
    if insert_ignoring(session, ExecutorLeaseRow, row):
        return _lease(session, executor_id)
    standing = _lease(session, executor_id)
    if standing.expires_at > now and not is_gone(standing.holder):
        return standing
    session.execute(
        update(ExecutorLeaseRow)
        .where(
            ExecutorLeaseRow.executor_id == executor_id,
            ExecutorLeaseRow.token == standing.token,
        )
        .values(
            holder=holder,
            token=standing.token + 1,
            taken_at=now,
            renewed_at=now,
            expires_at=until,
        )
    )
    return _lease(session, executor_id)


def renew(session: Session, lease: Lease, *, now: datetime, until: datetime) -> bool:
    """Extend `lease`; False where somebody else has taken it since."""
    renewed = session.scalar(
        update(ExecutorLeaseRow)
        .where(
            ExecutorLeaseRow.executor_id == lease.executor_id,
            ExecutorLeaseRow.token == lease.token,
        )
        .values(renewed_at=now, expires_at=until)
        .returning(ExecutorLeaseRow.token)
    )
    return renewed is not None


def release(session: Session, lease: Lease, *, now: datetime) -> None:
    """Give `lease` back before it runs out."""
    renew(session, lease, now=now, until=now)


def live(session: Session, *, now: datetime) -> set[str]:
    """Return the executors whose lease has not run out."""
    return set(
        session.scalars(
            select(ExecutorLeaseRow.executor_id).where(ExecutorLeaseRow.expires_at > now)
        )
    )


def _lease(session: Session, executor_id: str) -> Lease:
    row = session.execute(
        select(
            ExecutorLeaseRow.executor_id,
            ExecutorLeaseRow.holder,
            ExecutorLeaseRow.token,
            ExecutorLeaseRow.taken_at,
            ExecutorLeaseRow.expires_at,
        ).where(ExecutorLeaseRow.executor_id == executor_id)
    ).one()
    return Lease(*row)
