"""A validated launch becomes a person with roles in one tenant, and a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Language
from mis_bridge.lti.claims import Launch
from mis_bridge.lti.roles import BasePrivilege, base_privilege
from mis_bridge.services.sessions import ALNCO, HEAD, TEACHER, Opening, open_session
from mis_bridge.storage import lti_people, lti_platforms
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.lti_platforms import BoundDeployment
from mis_bridge.storage.tenants import Tenant
from mis_bridge.storage.views_authority import school

# A grant that a platform's own parameter gives has to be given afresh every school year.
_TRUSTED_GRANT_LASTS: Final = timedelta(days=365)
_ROLE_PARAMETER: Final = "mb_role"
_CLAIMABLE: Final = frozenset({ALNCO, HEAD})


class Entry(StrEnum):
    """How a validated launch ends."""

    ENTERED = "entered"
    NO_ACCESS = "no_access"
    AWAITING_ACTIVATION = "awaiting_activation"


@dataclass(frozen=True, slots=True)
class Entered:
    """The outcome; `sid` is the new session's cookie value, only where somebody entered."""

    entry: Entry
    sid: str | None = None
    roles: frozenset[str] = frozenset()
    tenant: Tenant | None = None
    language: Language | None = None

    def __repr__(self) -> str:
        return f"Entered({self.entry.value!r}, roles={sorted(self.roles)!r})"


def enter(session: Session, launch: Launch, now: datetime) -> Entered:
    """Find tenant, person and roles of a launch, open a session, and write it down.

    The tenant comes from the deployment alone; a claim alone gives at most `teacher`, and nothing
    at all in a deployment that is bound to an authority instead of a school.
    """
    deployment = lti_platforms.deployment_by_row(session, launch.deployment_row_id)
    if deployment is None or deployment.tenant is None:
        return _awaiting(session, launch, deployment, now)
    tenant = _narrowed(session, deployment, deployment.tenant, launch.context_id)
    person_id = lti_people.person_of(session, launch.registration_id, launch.subject, now)
    if launch.display_name:
        lti_people.rename(session, person_id, launch.display_name)
    _ask_for_claimed_roles(session, tenant, person_id, launch, now)
    base = _base_roles(tenant, launch)
    granted = {grant.role for grant in lti_people.grants_of(session, tenant, person_id, now)}
    roles = frozenset({*base, *granted})
    language = _language(lti_people.language_of(session, person_id)) or _language(launch.locale)
    sid = None
    if roles:
        opening = Opening(
            person_id=person_id,
            tenant=tenant,
            base_roles=base,
            registration_id=launch.registration_id,
            deployment_row_id=launch.deployment_row_id,
            language=language,
            context_id=launch.context_id,
            resource_link_id=launch.resource_link_id,
            memberships_url=launch.memberships_url,
            return_url=launch.return_url,
        )
        sid = open_session(session, opening, now)
    facts: dict[str, Fact] = {
        "registration": launch.registration_id,
        "deployment": launch.deployment_row_id,
        "roles": sorted(roles),
        "unknown_claims": len(launch.unknown_claims),
    }
    append(session, tenant, [AuditEntry(f"person:{person_id}", "launched", "session", facts)], now)
    entry = Entry.ENTERED if roles else Entry.NO_ACCESS
    return Entered(entry, sid, roles, tenant, language)


def refused(session: Session, registration_id: str | None, code: str, now: datetime) -> None:
    """Write a refused launch into the chain of the platform's authority, where there is one."""
    row = lti_platforms.platform_by_id(session, registration_id) if registration_id else None
    if row is not None:
        entry = AuditEntry(f"platform:{row.id}", "launch_refused", "launch", {"code": code})
        append(session, Tenant(row.la), [entry], now)


def _awaiting(
    session: Session, launch: Launch, deployment: BoundDeployment | None, now: datetime
) -> Entered:
    if deployment is not None:
        entry = AuditEntry(
            f"platform:{launch.registration_id}",
            "launch_awaiting_activation",
            f"deployment:{deployment.id}",
        )
        append(session, Tenant(deployment.registration_la), [entry], now)
    return Entered(Entry.AWAITING_ACTIVATION, language=_language(launch.locale))


def _narrowed(
    session: Session, deployment: BoundDeployment, tenant: Tenant, context_id: str | None
) -> Tenant:
    """Return the school of a context where a whole authority shares the deployment."""
    if tenant.school is not None or context_id is None:
        return tenant
    bound = lti_platforms.school_of_context(session, deployment.id, context_id)
    if bound is None or school(session, Tenant(tenant.la, bound)) is None:
        return tenant
    return Tenant(tenant.la, bound)


def _base_roles(tenant: Tenant, launch: Launch) -> tuple[str, ...]:
    if tenant.school is None or base_privilege(launch.roles) is BasePrivilege.NONE:
        return ()
    # Somebody who may ask to be head teacher is staff of the school until the grant is given.
    return (TEACHER,)


def _ask_for_claimed_roles(
    session: Session, tenant: Tenant, person_id: str, launch: Launch, now: datetime
) -> None:
    """Turn a claimed role into a pending grant; into a grant only where the authority said so."""
    if tenant.school is None or base_privilege(launch.roles) is BasePrivilege.NONE:
        return
    claimed = launch.custom.get(_ROLE_PARAMETER)
    if claimed in _CLAIMABLE:
        status = lti_people.ACTIVE if launch.trust_custom_role else lti_people.PENDING
        lasts = now + _TRUSTED_GRANT_LASTS if launch.trust_custom_role else None
        _add(session, tenant, person_id, launch, str(claimed), status, lasts, now)
    if base_privilege(launch.roles) is BasePrivilege.HEAD_CANDIDATE:
        _add(session, tenant, person_id, launch, HEAD, lti_people.PENDING, None, now)


def _add(
    session: Session,
    tenant: Tenant,
    person_id: str,
    launch: Launch,
    role: str,
    status: str,
    valid_until: datetime | None,
    now: datetime,
) -> None:
    by = f"platform:{launch.registration_id}"
    added = lti_people.add_grant(
        session,
        tenant,
        person_id,
        role,
        status=status,
        granted_by=by,
        now=now,
        valid_until=valid_until,
    )
    if added is not None:
        entry = AuditEntry(by, f"grant_{status}", f"person:{person_id}", {"role": role})
        append(session, tenant, [entry], now)


def _language(said: str | None) -> Language | None:
    """Read `cy`, `cy-GB`, `en_GB`, ... ; None for any other language."""
    start = (said or "").replace("_", "-").partition("-")[0].lower()
    if start == "cy":
        return "cy"
    return "en" if start == "en" else None
