"""An authority's own pages: how its schools stand, their connections, mappings and people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Words
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import lti_people, lti_platforms, views_authority, views_tasks
from mis_bridge.storage.audit import AuditEntry, append


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """How a school's open tasks stand; no pupil is named."""

    school: str
    name: Words
    open: int
    overdue: int
    undated: int


@dataclass(frozen=True, slots=True)
class ConnectionLine:
    """A school's tie to a vendor, without its secrets."""

    school: Words
    vendor: str
    sender: str
    state: str
    fault: str | None
    last_read_at: datetime | None
    last_event_at: datetime | None


@dataclass(frozen=True, slots=True)
class MappingLine:
    """One version of a mapping document."""

    vendor: str
    scope: str
    number: int
    state: str
    digest: str
    proposed_at: datetime
    published_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True, repr=False)
class GrantLine:
    """A role that somebody has or asks for; `subject` is what the platform calls them."""

    grant_id: str
    person_id: str
    name: str | None
    subject: str | None
    role: str
    school: str | None
    pending: bool

    def __repr__(self) -> str:
        return f"GrantLine(grant_id={self.grant_id!r})"


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A platform that launches the tool."""

    issuer: str
    client_id: str
    status: str
    deployments: int


def schools(session: Session, visitor: Visitor, today: date) -> tuple[SchoolLine, ...]:
    """Return the authority's schools with the counts of their open tasks."""
    return tuple(
        SchoolLine(
            row.school,
            Words(row.name, row.name_cy or row.name),
            row.open,
            row.overdue,
            row.undated,
        )
        for row in views_tasks.counts_by_school(session, visitor.tenant, today)
    )


def connections(session: Session, visitor: Visitor) -> tuple[ConnectionLine, ...]:
    """Return the connections of the authority's schools."""
    return tuple(
        ConnectionLine(
            Words(school.name, school.name_cy or school.name),
            row.vendor,
            row.sender,
            row.state,
            row.fault,
            row.last_read_at,
            row.last_event_at,
        )
        for row, school in views_authority.connections(session, visitor.tenant)
    )


def mappings(session: Session, visitor: Visitor) -> tuple[MappingLine, ...]:
    """Return the authority's mapping versions."""
    return tuple(
        MappingLine(
            row.vendor,
            row.scope,
            row.number,
            row.state,
            row.digest,
            row.proposed_at,
            row.published_at,
            row.note,
        )
        for row in views_authority.mapping_versions(session, visitor.tenant)
    )


def grants(session: Session, visitor: Visitor) -> tuple[GrantLine, ...]:
    """Return the roles held and asked for in the authority, those asked for first."""
    held = lti_people.grants_in(session, visitor.tenant)
    people = [grant.person_id for grant in held]
    names, subjects = lti_people.names_of(session, people), lti_people.subjects_of(session, people)
    lines = [
        GrantLine(
            grant.id,
            grant.person_id,
            names.get(grant.person_id),
            subjects.get(grant.person_id),
            grant.role,
            grant.tenant.school,
            grant.status == lti_people.PENDING,
        )
        for grant in held
    ]
    return tuple(sorted(lines, key=lambda line: (not line.pending, line.school or "", line.role)))


def platforms(session: Session, visitor: Visitor) -> tuple[PlatformLine, ...]:
    """Return the platforms that launch the tool for this authority."""
    return tuple(
        PlatformLine(
            row.issuer,
            row.client_id,
            row.status,
            len(lti_platforms.deployments_of(session, row.id)),
        )
        for row in lti_platforms.platforms_of(session, visitor.tenant.la)
    )


def settle_grant(
    session: Session, visitor: Visitor, grant_id: str, *, approve: bool, now: datetime
) -> bool:
    """Give or end a role in the visitor's authority; False where there is no such grant there."""
    status = lti_people.ACTIVE if approve else lti_people.ENDED
    grant = lti_people.settle_grant(
        session, visitor.tenant, grant_id, status=status, by=visitor.actor, now=now
    )
    if grant is None:
        return False
    entry = AuditEntry(
        visitor.actor,
        f"grant_{status}",
        f"person:{grant.person_id}",
        {"role": grant.role, "grant": grant.id},
    )
    append(session, grant.tenant, [entry], now)
    return True
