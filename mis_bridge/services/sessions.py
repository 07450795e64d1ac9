"""A person's session: opened by a launch, looked at on every request, bound to one tenant."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Language
from mis_bridge.storage import lti_people, lti_platforms
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.lti import LtiRegistrationRow, LtiSessionRow
from mis_bridge.storage.tenants import Tenant

IDLE: Final = timedelta(minutes=30)
ABSOLUTE: Final = timedelta(hours=8)
_TOUCH_EVERY: Final = timedelta(minutes=1)
_TICKET: Final = timedelta(seconds=60)

ALNCO, HEAD, TEACHER, LA_ADMIN = "alnco", "head", "teacher", "la_admin"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session: who, in which tenant, in which roles, in which language.

    `roles` are read afresh on every request, so that access ends with the grant. `actor` is how
    the audit names the person.
    """

    person_id: str
    tenant: Tenant
    roles: frozenset[str]
    language: Language | None
    frame_ancestors: tuple[str, ...]
    return_url: str | None
    csrf_token: str
    sid_hash: str

    @property
    def actor(self) -> str:
        """The person as the audit names them."""
        return f"person:{self.person_id}"

    def __repr__(self) -> str:
        return f"Visitor(person_id={self.person_id!r}, tenant={self.tenant!r})"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a launch settles for the session that it opens."""

    person_id: str
    tenant: Tenant
    base_roles: tuple[str, ...]
    registration_id: str
    deployment_row_id: str
    language: Language | None
    context_id: str | None = None
    resource_link_id: str | None = None
    memberships_url: str | None = None
    return_url: str | None = None


def open_session(session: Session, opening: Opening, now: datetime) -> str:
    """Open a session and return the cookie's value, which is kept nowhere but in the browser."""
    sid = secrets.token_urlsafe(32)
    sid_hash = _digest(sid)
    lti_people.add_session(
        session,
        LtiSessionRow(
            sid_hash=sid_hash,
            person_id=opening.person_id,
            la=opening.tenant.la,
            school=opening.tenant.school,
            registration_id=opening.registration_id,
            lti_deployment_id=opening.deployment_row_id,
            context_id=opening.context_id,
            resource_link_id=opening.resource_link_id,
            roles=list(opening.base_roles),
            nrps_url=opening.memberships_url,
            return_url=opening.return_url,
            language=opening.language,
            sealed_csrf_secret=_new_secret(session, sid_hash),
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
        ),
    )
    return sid


def issue_ticket(session: Session, visitor: Visitor, now: datetime) -> str:
    """Return a ticket with which the visitor comes into a window of their own, once, at once.

    A frame's cookies stay in the frame: this is how a session gets out of it. As a cookie it is
    worth nothing.
    """
    row = lti_people.session_by(session, visitor.sid_hash)
    if row is None:
        msg = "a visitor without a session asks for a ticket"
        raise RuntimeError(msg)
    ticket = secrets.token_urlsafe(32)
    _copy(session, row, _ticket_digest(ticket), now, row.expires_at)
    return ticket


def redeem_ticket(session: Session, ticket: str, now: datetime) -> str | None:
    """Turn a ticket into a session of its own; None for one that was used, or is a minute old."""
    row = lti_people.take_session(session, _ticket_digest(ticket))
    if row is None or now - row.created_at > _TICKET or row.expires_at <= now:
        return None
    sid = secrets.token_urlsafe(32)
    _copy(session, row, _digest(sid), now, row.expires_at)
    return sid


def resume(session: Session, sid: str, now: datetime) -> Visitor | None:
    """Return who the cookie's value stands for, None where the session is over.

    It is over after half an hour without a request, after eight hours in any case, and as soon as
    its platform is suspended.
    """
    row = lti_people.session_by(session, _digest(sid))
    if row is None or row.expires_at <= now or now - row.last_seen_at > IDLE:
        return None
    platform = (
        lti_platforms.platform_by_id(session, row.registration_id) if row.registration_id else None
    )
    if platform is None or platform.status != lti_platforms.ACTIVE:
        return None
    if now - row.last_seen_at >= _TOUCH_EVERY:
        row.last_seen_at = now
    tenant = Tenant(row.la, row.school)
    granted = lti_people.grants_of(session, tenant, row.person_id, now)
    base = {str(role) for role in row.roles} if isinstance(row.roles, list) else set()
    return Visitor(
        person_id=row.person_id,
        tenant=tenant,
        roles=frozenset(base | {grant.role for grant in granted}),
        language=_language(row.language),
        frame_ancestors=ancestors(platform),
        return_url=row.return_url,
        csrf_token=_token(session, row),
        sid_hash=row.sid_hash,
    )


def choose_language(session: Session, visitor: Visitor, language: Language) -> None:
    """Keep the language for this session, and for the person's later ones."""
    row = lti_people.session_by(session, visitor.sid_hash)
    if row is not None:
        row.language = language
    lti_people.remember_language(session, visitor.person_id, language)


def end(session: Session, visitor: Visitor) -> None:
    """End the visitor's session."""
    lti_people.end_session(session, visitor.sid_hash)


def ancestors(platform: LtiRegistrationRow) -> tuple[str, ...]:
    """Return the origins that may frame the pages of a platform's users."""
    listed = platform.frame_ancestors
    return tuple(str(origin) for origin in listed) if isinstance(listed, list) else ()


def _copy(
    session: Session, row: LtiSessionRow, sid_hash: str, now: datetime, until: datetime
) -> None:
    """Keep a session of the same person and tenant under another secret."""
    lti_people.add_session(
        session,
        LtiSessionRow(
            sid_hash=sid_hash,
            person_id=row.person_id,
            la=row.la,
            school=row.school,
            registration_id=row.registration_id,
            lti_deployment_id=row.lti_deployment_id,
            context_id=row.context_id,
            resource_link_id=row.resource_link_id,
            roles=row.roles,
            nrps_url=row.nrps_url,
            return_url=row.return_url,
            language=row.language,
            sealed_csrf_secret=_new_secret(session, sid_hash),
            created_at=now,
            last_seen_at=now,
            expires_at=until,
        ),
    )


def _new_secret(session: Session, sid_hash: str) -> bytes:
    where = place("lti_sessions.sealed_csrf_secret", sid_hash)
    return keys_of(session).seal(secrets.token_bytes(32), where)


def _ticket_digest(ticket: str) -> str:
    return _digest(f"ticket:{ticket}")


def _token(session: Session, row: LtiSessionRow) -> str:
    """Return what every form of the session carries; it does not give the secret away."""
    secret = keys_of(session).unseal(
        row.sealed_csrf_secret, place("lti_sessions.sealed_csrf_secret", row.sid_hash)
    )
    return hmac.new(secret, b"form", hashlib.sha256).hexdigest()


def _digest(sid: str) -> str:
    return hashlib.sha256(sid.encode()).hexdigest()


def _language(value: str | None) -> Language | None:
    match value:
        case "cy":
            return "cy"
        case "en":
            return "en"
        case _:
            return None
