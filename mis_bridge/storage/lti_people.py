"""The people who come through a platform: who they are, what they were granted, their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.lti import LtiSessionRow, LtiUserRow, PersonRow, RoleGrantRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import insert_ignoring

ACTIVE, PENDING, ENDED = "active", "pending", "ended"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person holds, or asked for."""

    id: str
    person_id: str
    tenant: Tenant
    role: str
    status: str


def person_of(session: Session, registration_id: str, subject: str, now: datetime) -> str:
    """Return the person behind a platform's subject, made on first sight."""
    user = _user(session, registration_id, subject)
    if user is None:
        made = {"id": new_id(), "registration_id": registration_id, "sub": subject}
        insert_ignoring(session, LtiUserRow, made | {"last_seen_at": now})
        user = _user(session, registration_id, subject)
    if user is None:
        msg = "a user that was just inserted is not there"
        raise RuntimeError(msg)
    if user.person_id is None:
        person = PersonRow(id=new_id(), created_at=now)
        session.add(person)
        session.flush()
        user.person_id = person.id
    user.last_seen_at = now
    session.flush()
    return user.person_id


def rename(session: Session, person_id: str, name: str) -> None:
    """Keep a person's name as the platform last gave it, sealed."""
    person = session.get_one(PersonRow, person_id)
    where = place("people.sealed_name", person_id)
    keys = keys_of(session)
    if person.sealed_name is None or keys.unseal(person.sealed_name, where).decode() != name:
        person.sealed_name = keys.seal(name.encode(), where)


def names_of(session: Session, person_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of people by their ids; somebody whose name no platform gave is left out."""
    keys = keys_of(session)
    rows = session.execute(
        select(PersonRow.id, PersonRow.sealed_name).where(PersonRow.id.in_(person_ids))
    )
    return {
        person_id: keys.unseal(sealed, place("people.sealed_name", person_id)).decode()
        for person_id, sealed in rows
        if sealed is not None
    }


def subjects_of(session: Session, person_ids: Sequence[str]) -> dict[str, str]:
    """Return by what platforms know people, for those who have no name because they never came."""
    rows = session.execute(
        select(LtiUserRow.person_id, LtiUserRow.sub)
        .where(LtiUserRow.person_id.in_(person_ids))
        .order_by(LtiUserRow.last_seen_at)
    )
    return {person_id: sub for person_id, sub in rows if person_id is not None}


def language_of(session: Session, person_id: str) -> str | None:
    """Return the language that the person last chose for the pages."""
    return session.scalar(select(PersonRow.language).where(PersonRow.id == person_id))


def remember_language(session: Session, person_id: str, language: str) -> None:
    """Keep the language that the person chose."""
    session.execute(update(PersonRow).where(PersonRow.id == person_id).values(language=language))


def grants_of(session: Session, tenant: Tenant, person_id: str, now: datetime) -> list[Grant]:
    """Return the grants that hold now in just this tenant: a school's are not its authority's."""
    rows = session.scalars(
        select(RoleGrantRow).where(
            RoleGrantRow.la == tenant.la,
            _just(tenant),
            RoleGrantRow.person_id == person_id,
            RoleGrantRow.status == ACTIVE,
            RoleGrantRow.valid_from <= now,
            or_(RoleGrantRow.valid_until.is_(None), RoleGrantRow.valid_until > now),
        )
    )
    return [_grant(row) for row in rows]


def grants_in(session: Session, tenant: Tenant) -> list[Grant]:
    """Return every grant of the tenant that has not ended."""
    rows = session.scalars(
        select(RoleGrantRow)
        .where(tenant.owns(RoleGrantRow), RoleGrantRow.status != ENDED)
        .order_by(RoleGrantRow.school, RoleGrantRow.role, RoleGrantRow.id)
    )
    return [_grant(row) for row in rows]


def staff_of(session: Session, tenant: Tenant, now: datetime) -> list[str]:
    """Return the people to whom a task of the school can be given, by their ids."""
    return list(
        session.scalars(
            select(RoleGrantRow.person_id)
            .where(
                RoleGrantRow.la == tenant.la,
                RoleGrantRow.school == tenant.of_school,
                RoleGrantRow.status == ACTIVE,
                RoleGrantRow.valid_from <= now,
                or_(RoleGrantRow.valid_until.is_(None), RoleGrantRow.valid_until > now),
            )
            .distinct()
            .order_by(RoleGrantRow.person_id)
        )
    )


def add_grant(
    session: Session,
    tenant: Tenant,
    person_id: str,
    role: str,
    *,
    status: str,
    granted_by: str,
    now: datetime,
    valid_until: datetime | None = None,
) -> str | None:
    """Grant or propose a role; returns its id, None where it is held or asked for already."""
    there = session.scalar(
        select(RoleGrantRow.id).where(
            RoleGrantRow.la == tenant.la,
            _just(tenant),
            RoleGrantRow.person_id == person_id,
            RoleGrantRow.role == role,
            RoleGrantRow.status.in_((status, ACTIVE)),
        )
    )
    if there is not None:
        return None
    grant = RoleGrantRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.school,
        person_id=person_id,
        role=role,
        status=status,
        granted_by=granted_by,
        valid_from=now,
        valid_until=valid_until,
    )
    session.add(grant)
    session.flush()
    return grant.id


def settle_grant(
    session: Session, tenant: Tenant, grant_id: str, *, status: str, by: str, now: datetime
) -> Grant | None:
    """Approve or end a grant of the tenant; returns it as it now stands, None if it is not ours."""
    row = session.scalar(
        select(RoleGrantRow).where(tenant.owns(RoleGrantRow), RoleGrantRow.id == grant_id)
    )
    if row is None:
        return None
    row.status = status
    row.granted_by = by
    if status == ENDED:
        row.valid_until = now
        _end_sessions(session, row.person_id)
    session.flush()
    return _grant(row)


def add_session(session: Session, row: LtiSessionRow) -> None:
    """Keep a new session."""
    session.add(row)
    session.flush()


def session_by(session: Session, sid_hash: str) -> LtiSessionRow | None:
    """Return a session by the hash of the cookie's value."""
    return session.get(LtiSessionRow, sid_hash)


def take_session(session: Session, sid_hash: str) -> LtiSessionRow | None:
    """End a session and return it as it was; of several callers at once one gets it."""
    return session.scalars(
        delete(LtiSessionRow)
        .where(LtiSessionRow.sid_hash == sid_hash)
        .returning(LtiSessionRow)
        .execution_options(synchronize_session=False)
    ).one_or_none()


def end_session(session: Session, sid_hash: str) -> None:
    """End a session: its cookie is worth nothing from now on."""
    session.execute(delete(LtiSessionRow).where(LtiSessionRow.sid_hash == sid_hash))


def purge_sessions(session: Session, before: datetime) -> None:
    """Forget the sessions that ended before `before`."""
    session.execute(
        delete(LtiSessionRow)
        .where(LtiSessionRow.expires_at < before)
        .execution_options(synchronize_session=False)
    )


def _just(tenant: Tenant) -> ColumnElement[bool]:
    if tenant.school is None:
        return RoleGrantRow.school.is_(None)
    return RoleGrantRow.school == tenant.school


def _end_sessions(session: Session, person_id: str) -> None:
    session.execute(delete(LtiSessionRow).where(LtiSessionRow.person_id == person_id))


def _user(session: Session, registration_id: str, subject: str) -> LtiUserRow | None:
    return session.scalar(
        select(LtiUserRow).where(
            LtiUserRow.registration_id == registration_id, LtiUserRow.sub == subject
        )
    )


def _grant(row: RoleGrantRow) -> Grant:
    return Grant(row.id, row.person_id, Tenant(row.la, row.school), row.role, row.status)
