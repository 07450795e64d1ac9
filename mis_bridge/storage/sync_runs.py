"""Runs that read a source, and the records that wait beside the register until a run may apply."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import ConnectionRow
from mis_bridge.storage.tables.intake import StagedRecordRow, SyncRunRow
from mis_bridge.storage.tables.register import PupilRow, PupilSourceRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import Row, insert_all, insert_ignoring

LIVE = ("reading", "in_review", "applying")
_RECORD = "staged_records.sealed_record"
NO_STATUS = frozenset({None, "none"})


@dataclass(frozen=True, slots=True, repr=False)
class Staged:
    """One record of a run that waits to be applied; only a `pupil` has a `record`."""

    position: int
    kind: str
    record_id: str
    raw_digest: str | None
    told_at: datetime | None
    stands_for: frozenset[str]
    record: Mapping[str, Any] | None

    def __repr__(self) -> str:
        return f"Staged({self.position})"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A staged record that shares its key or its UPN with another one of the run."""

    position: int
    record_id: str
    upn_hash: str | None
    vendor_at: datetime | None


def begin(session: Session, row: Row) -> bool:
    """Begin a run; False where the connection has one under way or waiting for a person."""
    return insert_ignoring(session, SyncRunRow, row)


def live(session: Session, tenant: Tenant, connection_id: str) -> SyncRunRow | None:
    """Return the connection's run that is under way or waits for a person."""
    return session.scalar(
        select(SyncRunRow)
        .where(
            tenant.owns(SyncRunRow),
            SyncRunRow.connection_id == connection_id,
            SyncRunRow.state.in_(LIVE),
        )
        .execution_options(populate_existing=True)
    )


def run(session: Session, tenant: Tenant, run_id: str) -> SyncRunRow:
    """Return a run of the tenant."""
    return session.execute(
        select(SyncRunRow)
        .where(tenant.owns(SyncRunRow), SyncRunRow.id == run_id)
        .execution_options(populate_existing=True)
    ).scalar_one()


def run_known(session: Session, tenant: Tenant, run_id: str) -> SyncRunRow | None:
    """Return a run of the tenant, None where there is none."""
    return session.scalar(
        select(SyncRunRow).where(tenant.owns(SyncRunRow), SyncRunRow.id == run_id)
    )


def stage(session: Session, tenant: Tenant, run_id: str, rows: Sequence[Row]) -> None:
    """Put records beside the register; `record` of a row is sealed on its way."""
    ring = keys_of(session)
    sealed = [
        {
            "la": tenant.la,
            "school": tenant.of_school,
            "run_id": run_id,
            **{name: value for name, value in row.items() if name != "record"},
            "sealed_record": (
                ring.seal_json(row["record"], place(_RECORD, run_id, row["position"]))
                if row.get("record") is not None
                else None
            ),
        }
        for row in rows
    ]
    insert_all(session, StagedRecordRow, sealed)


def waiting(session: Session, tenant: Tenant, run_id: str, at_most: int) -> list[Staged]:
    """Return the next records to apply, in the order of the source."""
    ring = keys_of(session)
    rows = session.execute(
        select(
            StagedRecordRow.position,
            StagedRecordRow.kind,
            StagedRecordRow.record_id,
            StagedRecordRow.raw_digest,
            StagedRecordRow.vendor_at,
            StagedRecordRow.stands_for,
            StagedRecordRow.sealed_record,
        )
        .where(*_waits(tenant, run_id))
        .order_by(StagedRecordRow.position)
        .limit(at_most)
    )
    staged: list[Staged] = []
    for position, kind, record_id, digest, told_at, stands_for, sealed in rows:
        record = (
            ring.unseal_json(sealed, place(_RECORD, run_id, position))
            if sealed is not None
            else None
        )
        staged.append(
            Staged(
                position,
                kind,
                record_id or "",
                digest,
                told_at,
                frozenset(stands_for or ()),
                record if isinstance(record, dict) else None,
            )
        )
    return staged


def settle(session: Session, tenant: Tenant, run_id: str, outcomes: Mapping[int, str]) -> None:
    """Write what became of staged records, by position."""
    if not outcomes:
        return
    table: Any = StagedRecordRow.__table__
    session.connection().execute(
        table.update()
        .where(
            table.c.run_id == run_id,
            table.c.school == tenant.of_school,
            table.c.position == bindparam("at"),
        )
        .values(outcome=bindparam("became"), sealed_record=None),
        [{"at": position, "became": outcome} for position, outcome in outcomes.items()],
    )


def mark_winners(
    session: Session, tenant: Tenant, run_id: str, stands_for: Mapping[int, Collection[str]]
) -> None:
    """Note on the records that stand which others they have beaten."""
    for position, beaten in stands_for.items():
        session.execute(
            update(StagedRecordRow)
            .where(
                tenant.owns(StagedRecordRow),
                StagedRecordRow.run_id == run_id,
                StagedRecordRow.position == position,
            )
            .values(stands_for=sorted(beaten))
            .execution_options(synchronize_session=False)
        )


def repeated(session: Session, tenant: Tenant, run_id: str) -> list[Repeated]:
    """Return the staged pupils that share a record id or a UPN with another one."""
    found: dict[int, Repeated] = {}
    for column in (StagedRecordRow.record_id, StagedRecordRow.upn_hash):
        twice = (
            select(column)
            .where(*_waits(tenant, run_id), column.is_not(None))
            .group_by(column)
            .having(func.count() > 1)
        )
        for row in session.execute(
            select(
                StagedRecordRow.position,
                StagedRecordRow.record_id,
                StagedRecordRow.upn_hash,
                StagedRecordRow.vendor_at,
            ).where(*_waits(tenant, run_id), StagedRecordRow.kind == "pupil", column.in_(twice))
        ):
            found[row.position] = Repeated(
                row.position, row.record_id or "", row.upn_hash, row.vendor_at
            )
    return [found[position] for position in sorted(found)]


def issues(session: Session, tenant: Tenant, run_id: str, at_most: int = 1000) -> list[Any]:
    """Return what was wrong with the rejected records of a run: place and reason, no value."""
    return list(
        session.scalars(
            select(StagedRecordRow.issue)
            .where(
                tenant.owns(StagedRecordRow),
                StagedRecordRow.run_id == run_id,
                StagedRecordRow.kind == "rejected",
            )
            .order_by(StagedRecordRow.position)
            .limit(at_most)
        )
    )


def outcomes(session: Session, tenant: Tenant, run_id: str) -> dict[str, int]:
    """Return how many staged records came to what."""
    rows = session.execute(
        select(StagedRecordRow.outcome, func.count())
        .where(
            tenant.owns(StagedRecordRow),
            StagedRecordRow.run_id == run_id,
            StagedRecordRow.outcome.is_not(None),
        )
        .group_by(StagedRecordRow.outcome)
    )
    return {outcome: count for outcome, count in rows if outcome is not None}


def forget_staged(session: Session, tenant: Tenant, run_id: str) -> None:
    """Drop the staged records of a run that is over, save what was wrong with the rejected ones."""
    session.execute(
        delete(StagedRecordRow)
        .where(
            tenant.owns(StagedRecordRow),
            StagedRecordRow.run_id == run_id,
            StagedRecordRow.kind != "rejected",
        )
        .execution_options(synchronize_session=False)
    )


def provisions(
    session: Session, tenant: Tenant, vendor: str, record_ids: Collection[str]
) -> dict[str, str | None]:
    """Return, by record id, the provision held of the vendor's pupils who are on the roll."""
    found: dict[str, str | None] = {}
    every = sorted(record_ids)
    for start in range(0, len(every), 500):
        rows = session.execute(
            select(PupilSourceRow.record_id, PupilRow.provision_type)
            .join(PupilRow, (PupilRow.id == PupilSourceRow.pupil_id) & tenant.owns(PupilRow))
            .where(
                *_on_the_roll(tenant, vendor),
                PupilSourceRow.record_id.in_(every[start : start + 500]),
            )
        )
        found.update((row.record_id, row.provision_type) for row in rows)
    return found


def held(session: Session, tenant: Tenant, vendor: str) -> tuple[int, int]:
    """Return how many pupils on the roll the vendor tells of, and how many have an ALN status."""
    statuses = session.execute(
        select(PupilRow.provision_type, func.count())
        .join(PupilSourceRow, (PupilSourceRow.pupil_id == PupilRow.id) & tenant.owns(PupilRow))
        .where(*_on_the_roll(tenant, vendor))
        .group_by(PupilRow.provision_type)
    ).all()
    every = sum(count for _, count in statuses)
    return every, sum(count for provision, count in statuses if provision not in NO_STATUS)


def move_cursor(
    session: Session, tenant: Tenant, connection_id: str, cursor: str | None, *, at: datetime
) -> None:
    """Say that the connection's source was read to its end, and where the next reading begins."""
    values: dict[str, object] = {
        "last_read_at": at,
        "state": "active",
        "fault": None,
        "failing_since": None,
    }
    if cursor is not None:
        values["cursor"] = cursor
    session.execute(
        update(ConnectionRow)
        .where(tenant.owns(ConnectionRow), ConnectionRow.id == connection_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def runs(session: Session, tenant: Tenant, since: date | None = None) -> Iterator[SyncRunRow]:
    """Yield a tenant's runs, newest first."""
    chosen = select(SyncRunRow).where(tenant.owns(SyncRunRow))
    if since is not None:
        chosen = chosen.where(SyncRunRow.noticed_on >= since)
    yield from session.scalars(chosen.order_by(SyncRunRow.started_at.desc()))


def _waits(tenant: Tenant, run_id: str) -> tuple[Any, ...]:
    return (
        tenant.owns(StagedRecordRow),
        StagedRecordRow.run_id == run_id,
        StagedRecordRow.outcome.is_(None),
    )


def _on_the_roll(tenant: Tenant, vendor: str) -> tuple[Any, ...]:
    return (
        tenant.owns(PupilSourceRow),
        tenant.owns(PupilRow),
        PupilSourceRow.vendor == vendor,
        PupilSourceRow.deleted_at.is_(None),
        PupilSourceRow.duplicate_of.is_(None),
        PupilRow.state == "current",
    )
