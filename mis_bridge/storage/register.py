"""The register's rows: what is known of a school's pupils, and what a batch adds to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.storage.tables.authorities import SchoolRow
from mis_bridge.storage.tables.register import (
    PupilRow,
    PupilSourceRow,
    RegisterChangeRow,
    RegisterEntryRow,
    RegistrationRow,
)
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import Row, insert_all, upsert_all

_AT_ONCE = 500


class SchoolUnknown(Problem):
    """The tenant's school is not in the database."""


@dataclass(slots=True)
class Known:
    """What the register holds of the pupils that a batch tells of."""

    sources: dict[str, PupilSourceRow] = field(default_factory=dict)
    pupils: dict[str, PupilRow] = field(default_factory=dict)
    by_upn: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """The rows that a batch writes; each list goes in by one statement."""

    pupils: dict[str, Row] = field(default_factory=dict)
    sources: dict[str, Row] = field(default_factory=dict)
    registrations: dict[str, list[Row]] = field(default_factory=dict)
    entries: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)


def take_turn(session: Session, tenant: Tenant) -> SchoolRow:
    """Lock the school's register until the transaction ends, and return the school.

    It is the first statement of every change: on SQLite it is what takes the writer's lock, so
    that all that is read after it stays true, and a savepoint after it stays inside.
    """
    taken = session.scalars(
        update(SchoolRow)
        .where(SchoolRow.ref == tenant.of_school, SchoolRow.la == tenant.la)
        .values(register_turn=SchoolRow.register_turn + 1)
        .returning(SchoolRow)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        raise SchoolUnknown(_SCHOOL_UNKNOWN.fill(school=tenant.of_school))
    return taken


def known(
    session: Session,
    tenant: Tenant,
    vendor: str,
    record_ids: Collection[str],
    hashes: Collection[str],
) -> Known:
    """Return what is held of these record ids of `vendor`, and of pupils with these UPN hashes."""
    held = Known()
    school = tenant.of_school
    for some in _pieces(record_ids):
        for source in session.scalars(
            select(PupilSourceRow).where(
                tenant.owns(PupilSourceRow),
                PupilSourceRow.vendor == vendor,
                PupilSourceRow.record_id.in_(some),
            )
        ):
            held.sources[source.record_id] = source
    for some in _pieces({source.pupil_id for source in held.sources.values()}):
        _add(
            held,
            session.scalars(select(PupilRow).where(tenant.owns(PupilRow), PupilRow.id.in_(some))),
        )
    for some in _pieces(hashes):
        _add(
            held,
            session.scalars(
                select(PupilRow).where(
                    tenant.owns(PupilRow), PupilRow.school == school, PupilRow.upn_hash.in_(some)
                )
            ),
        )
    return held


def digests(
    session: Session, tenant: Tenant, vendor: str
) -> dict[str, tuple[str | None, str | None]]:
    """Return, by record id, the digests of record and mapping with which each was last applied.

    Deleted records and duplicates are not among them: they are looked at anew each time.
    """
    rows = session.execute(
        select(
            PupilSourceRow.record_id, PupilSourceRow.raw_digest, PupilSourceRow.mapping_digest
        ).where(
            tenant.owns(PupilSourceRow),
            PupilSourceRow.vendor == vendor,
            PupilSourceRow.deleted_at.is_(None),
            PupilSourceRow.duplicate_of.is_(None),
        )
    )
    return {record_id: (raw, mapping) for record_id, raw, mapping in rows}


def write(session: Session, tenant: Tenant, batch: Batch) -> None:
    """Write a batch's rows; pupils and sources overwrite what is held."""
    upsert_all(session, PupilRow, list(batch.pupils.values()), keep=_KEPT)
    upsert_all(session, PupilSourceRow, list(batch.sources.values()))
    for some in _pieces(batch.registrations):
        session.execute(
            delete(RegistrationRow)
            .where(tenant.owns(RegistrationRow), RegistrationRow.pupil_id.in_(some))
            .execution_options(synchronize_session=False)
        )
    insert_all(
        session, RegistrationRow, [row for rows in batch.registrations.values() for row in rows]
    )
    insert_all(session, RegisterEntryRow, batch.entries)
    insert_all(session, RegisterChangeRow, batch.changes)


_KEPT = frozenset({"on_hold"})


def _add(held: Known, pupils: Iterator[PupilRow] | Sequence[PupilRow]) -> None:
    for pupil in pupils:
        held.pupils[pupil.id] = pupil
        if pupil.upn_hash is not None and pupil.state != "erased":
            held.by_upn[pupil.upn_hash] = pupil.id


def _pieces(keys: Collection[str]) -> Iterator[list[str]]:
    every = sorted(keys)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


_SCHOOL_UNKNOWN = Words(
    "the school {school} is not in this database; add it with mis-bridge school add",
    "nid yw'r ysgol {school} yn y gronfa ddata hon; ychwanegwch hi â mis-bridge school add",
)
