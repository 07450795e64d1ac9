"""Platforms, their deployments, logins under way and key sets: what a launch is looked up in.

These rows come before any tenant: a launch has to be found by issuer and client id to learn whose
it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.lti import (
    LtiContextBindingRow,
    LtiDeploymentRow,
    LtiRegistrationRow,
    LtiStateRow,
    PlatformJwksRow,
)
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.writing import insert_all, insert_ignoring

ACTIVE, PENDING, SUSPENDED = "active", "pending", "suspended"
_BETWEEN_FETCHES = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A platform to register: one issuer with one client id, active at once or pending."""

    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str | None
    jwks: Mapping[str, object] | None
    frame_ancestors: Sequence[str]
    status: str
    auth_audience: str | None = None
    platform_family: str | None = None
    storage_origin: str | None = None


@dataclass(frozen=True, slots=True)
class BoundDeployment:
    """A deployment with the tenant it is bound to; no tenant until an authority has bound it."""

    id: str
    registration_id: str
    deployment_id: str
    registration_la: str
    tenant: Tenant | None


@dataclass(frozen=True, slots=True)
class KeptKeySet:
    """A platform's key set as last fetched; `document` is None where no fetch ever succeeded."""

    document: Mapping[str, object] | None
    fresh_until: datetime


def add_platform(session: Session, la: str, platform: NewPlatform, now: datetime) -> str | None:
    """Register a platform for the authority; returns its id, None where the pair is taken."""
    registration_id = new_id()
    added = insert_ignoring(
        session,
        LtiRegistrationRow,
        {
            "id": registration_id,
            "la": la,
            "issuer": platform.issuer,
            "client_id": platform.client_id,
            "auth_login_url": platform.auth_login_url,
            "auth_token_url": platform.auth_token_url,
            "auth_audience": platform.auth_audience,
            "jwks_url": platform.jwks_url,
            "jwks": dict(platform.jwks) if platform.jwks is not None else None,
            "platform_family": platform.platform_family,
            "frame_ancestors": list(platform.frame_ancestors),
            "storage_origin": platform.storage_origin,
            "trust_custom_role": False,
            "status": platform.status,
            "created_at": now,
        },
    )
    return registration_id if added else None


def add_deployment(
    session: Session, registration_id: str, deployment_id: str, tenant: Tenant, now: datetime
) -> bool:
    """Bind a deployment to a school or an authority; returns False where the id is taken."""
    return insert_ignoring(
        session,
        LtiDeploymentRow,
        {
            "id": new_id(),
            "registration_id": registration_id,
            "deployment_id": deployment_id,
            "la": tenant.la,
            "school": tenant.school,
            "status": ACTIVE,
            "created_at": now,
        },
    )


def platform(session: Session, issuer: str, client_id: str) -> LtiRegistrationRow | None:
    """Return the registration of a pair, whatever its status."""
    return session.scalar(
        select(LtiRegistrationRow).where(
            LtiRegistrationRow.issuer == issuer, LtiRegistrationRow.client_id == client_id
        )
    )


def active_platforms(session: Session, issuer: str) -> Sequence[LtiRegistrationRow]:
    """Return every active registration of an issuer."""
    return session.scalars(
        select(LtiRegistrationRow).where(
            LtiRegistrationRow.issuer == issuer, LtiRegistrationRow.status == ACTIVE
        )
    ).all()


def platform_by_id(session: Session, registration_id: str) -> LtiRegistrationRow | None:
    """Return a registration by its id."""
    return session.get(LtiRegistrationRow, registration_id)


def platforms_of(session: Session, la: str) -> Sequence[LtiRegistrationRow]:
    """Return an authority's registrations, the oldest first."""
    return session.scalars(
        select(LtiRegistrationRow)
        .where(LtiRegistrationRow.la == la)
        .order_by(LtiRegistrationRow.created_at, LtiRegistrationRow.id)
    ).all()


def all_platforms(session: Session) -> Sequence[LtiRegistrationRow]:
    """Return every registration, for the operator."""
    return session.scalars(
        select(LtiRegistrationRow).order_by(LtiRegistrationRow.created_at, LtiRegistrationRow.id)
    ).all()


def deployments_of(session: Session, registration_id: str) -> Sequence[LtiDeploymentRow]:
    """Return a registration's deployments."""
    return session.scalars(
        select(LtiDeploymentRow)
        .where(LtiDeploymentRow.registration_id == registration_id)
        .order_by(LtiDeploymentRow.created_at, LtiDeploymentRow.id)
    ).all()


def set_status(session: Session, registration_id: str, status: str) -> bool:
    """Activate or suspend a registration; returns False for an unknown one."""
    changed = session.execute(
        update(LtiRegistrationRow)
        .where(LtiRegistrationRow.id == registration_id)
        .values(status=status)
        .returning(LtiRegistrationRow.id)
    ).all()
    return bool(changed)


def deployment(
    session: Session, registration_id: str, deployment_id: str
) -> BoundDeployment | None:
    """Return an active deployment of a registration, by its exact id."""
    found = session.execute(
        select(LtiDeploymentRow, LtiRegistrationRow.la)
        .join(LtiRegistrationRow, LtiRegistrationRow.id == LtiDeploymentRow.registration_id)
        .where(
            LtiDeploymentRow.registration_id == registration_id,
            LtiDeploymentRow.deployment_id == deployment_id,
            LtiDeploymentRow.status != SUSPENDED,
        )
    ).one_or_none()
    return _bound(*found) if found else None


def deployment_by_row(session: Session, row_id: str) -> BoundDeployment | None:
    """Return a deployment by the id of its row."""
    found = session.execute(
        select(LtiDeploymentRow, LtiRegistrationRow.la)
        .join(LtiRegistrationRow, LtiRegistrationRow.id == LtiDeploymentRow.registration_id)
        .where(LtiDeploymentRow.id == row_id, LtiDeploymentRow.status != SUSPENDED)
    ).one_or_none()
    return _bound(*found) if found else None


def school_of_context(session: Session, row_id: str, context_id: str) -> str | None:
    """Return the school to which a context of a shared deployment is bound, None if it is not."""
    return session.scalar(
        select(LtiContextBindingRow.school).where(
            LtiContextBindingRow.lti_deployment_id == row_id,
            LtiContextBindingRow.context_id == context_id,
        )
    )


def keep_login(session: Session, row: Mapping[str, object]) -> None:
    """Note a login that begins; `row` has the columns of `LtiStateRow`."""
    insert_all(session, LtiStateRow, [row])


def login(session: Session, state_hash: str) -> tuple[LtiStateRow, LtiRegistrationRow] | None:
    """Return a login under way with its registration."""
    found = session.execute(
        select(LtiStateRow, LtiRegistrationRow)
        .join(LtiRegistrationRow, LtiRegistrationRow.id == LtiStateRow.registration_id)
        .where(LtiStateRow.state_hash == state_hash)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def consume_login(session: Session, state_hash: str, now: datetime) -> bool:
    """Use a login up; of several callers at once exactly one is told True."""
    taken = session.execute(
        update(LtiStateRow)
        .where(
            LtiStateRow.state_hash == state_hash,
            LtiStateRow.consumed_at.is_(None),
            LtiStateRow.expires_at > now,
        )
        .values(consumed_at=now)
        .returning(LtiStateRow.state_hash)
        .execution_options(synchronize_session=False)
    ).all()
    return len(taken) == 1


def purge_logins(session: Session, before: datetime) -> None:
    """Forget the logins that ended before `before`."""
    session.execute(
        delete(LtiStateRow)
        .where(LtiStateRow.expires_at < before)
        .execution_options(synchronize_session=False)
    )


def key_set(session: Session, jwks_url: str) -> KeptKeySet | None:
    """Return the key set of an address as last fetched, None where nobody has asked yet."""
    row = session.get(PlatformJwksRow, jwks_url, populate_existing=True)
    if row is None:
        return None
    document = row.jwks if isinstance(row.jwks, dict) and "keys" in row.jwks else None
    return KeptKeySet(document, row.expires_at)


def claim_fetch(session: Session, jwks_url: str, now: datetime) -> bool:
    """Say whether this caller may fetch the address now: one may, a minute."""
    first = insert_ignoring(
        session,
        PlatformJwksRow,
        {"jwks_url": jwks_url, "jwks": {}, "fetched_at": now, "expires_at": now},
    )
    if first:
        return True
    taken = session.execute(
        update(PlatformJwksRow)
        .where(
            PlatformJwksRow.jwks_url == jwks_url,
            PlatformJwksRow.fetched_at <= now - _BETWEEN_FETCHES,
        )
        .values(fetched_at=now)
        .returning(PlatformJwksRow.jwks_url)
        .execution_options(synchronize_session=False)
    ).all()
    return len(taken) == 1


def keep_key_set(
    session: Session, jwks_url: str, document: Mapping[str, object], fresh_until: datetime
) -> None:
    """Keep a key set that was fetched; the row is there since `claim_fetch`."""
    session.execute(
        update(PlatformJwksRow)
        .where(PlatformJwksRow.jwks_url == jwks_url)
        .values(jwks=dict(document), expires_at=fresh_until)
        .execution_options(synchronize_session=False)
    )


def _bound(row: LtiDeploymentRow, registration_la: str) -> BoundDeployment:
    bound = row.la is not None and row.status == ACTIVE
    return BoundDeployment(
        row.id,
        row.registration_id,
        row.deployment_id,
        registration_la,
        Tenant(str(row.la), row.school) if bound else None,
    )
