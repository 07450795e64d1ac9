"""Platforms and grants as an operator or an authority sets them up."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from adapters.addresses import Origin, is_public, origin_of
from adapters.base import AdapterProblem
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.sessions import ALNCO, HEAD, LA_ADMIN, TEACHER
from mis_bridge.storage import lti_people, lti_platforms, views_authority
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.lti_platforms import NewPlatform
from mis_bridge.storage.tenants import Tenant

SCHOOL_ROLES = (ALNCO, HEAD, TEACHER)
_MAX_DEPLOYMENT = 255


class PlatformRefused(Problem):
    """A platform, a deployment or a grant that cannot be set up as asked."""


@dataclass(frozen=True, slots=True)
class PlatformSummary:
    """A platform with its deployments, as a list shows it."""

    registration_id: str
    la: str
    issuer: str
    client_id: str
    status: str
    frame_ancestors: tuple[str, ...]
    deployments: tuple[Mapping[str, str | None], ...]


def add_platform(
    session: Session,
    tenant: Tenant,
    platform: NewPlatform,
    deployment_id: str,
    *,
    trusted: Collection[str],
    by: str,
    now: datetime,
) -> str:
    """Register a platform and bind a deployment to the tenant; returns the registration's id.

    A platform that is there already gets the deployment, so that one may serve several schools of
    one authority. `trusted` are the operator's own origins. Raises `PlatformRefused`.
    """
    _refuse_unknown(session, tenant)
    if not deployment_id.isascii() or not 0 < len(deployment_id) <= _MAX_DEPLOYMENT:
        raise PlatformRefused(_BAD_DEPLOYMENT)
    _check_addresses(platform, trusted)
    registration_id = lti_platforms.add_platform(session, tenant.la, platform, now)
    if registration_id is None:
        there = lti_platforms.platform(session, platform.issuer, platform.client_id)
        if there is None or there.la != tenant.la:
            raise PlatformRefused(_TAKEN)
        registration_id = there.id
    if not lti_platforms.add_deployment(session, registration_id, deployment_id, tenant, now):
        raise PlatformRefused(_DEPLOYMENT_TAKEN)
    entry = AuditEntry(
        by, "platform_added", f"platform:{registration_id}", {"deployment": deployment_id}
    )
    append(session, tenant, [entry], now)
    return registration_id


def platforms(session: Session) -> tuple[PlatformSummary, ...]:
    """Return every platform, for the operator."""
    return tuple(
        PlatformSummary(
            row.id,
            row.la,
            row.issuer,
            row.client_id,
            row.status,
            tuple(row.frame_ancestors) if isinstance(row.frame_ancestors, list) else (),
            tuple(
                {"deployment_id": each.deployment_id, "school": each.school, "status": each.status}
                for each in lti_platforms.deployments_of(session, row.id)
            ),
        )
        for row in lti_platforms.all_platforms(session)
    )


def set_status(
    session: Session, registration_id: str, status: str, *, by: str, now: datetime
) -> None:
    """Suspend a platform, or let it launch again; its sessions end with it."""
    row = lti_platforms.platform_by_id(session, registration_id)
    if row is None:
        raise PlatformRefused(_UNKNOWN)
    lti_platforms.set_status(session, registration_id, status)
    entry = AuditEntry(by, f"platform_{status}", f"platform:{registration_id}")
    append(session, Tenant(row.la), [entry], now)


def add_grant(
    session: Session,
    tenant: Tenant,
    who: tuple[str, str, str],
    role: str,
    *,
    by: str,
    now: datetime,
) -> str:
    """Give a role to somebody named by issuer, client id and subject; returns the grant's id.

    The administrator of an authority has the role in the authority, everybody else in one school.
    """
    _refuse_unknown(session, tenant)
    if (tenant.school is None) != (role == LA_ADMIN):
        raise PlatformRefused(_ROLE_AND_PLACE)
    issuer, client_id, subject = who
    platform = lti_platforms.platform(session, issuer, client_id)
    if platform is None or platform.la != tenant.la:
        raise PlatformRefused(_UNKNOWN)
    if not 0 < len(subject) <= _MAX_DEPLOYMENT:
        raise PlatformRefused(_BAD_SUBJECT)
    person = lti_people.person_of(session, platform.id, subject, now)
    grant = lti_people.add_grant(
        session, tenant, person, role, status=lti_people.ACTIVE, granted_by=by, now=now
    )
    if grant is None:
        raise PlatformRefused(_HAS_IT)
    entry = AuditEntry(by, "grant_active", f"person:{person}", {"role": role, "grant": grant})
    append(session, tenant, [entry], now)
    return grant


def _refuse_unknown(session: Session, tenant: Tenant) -> None:
    if tenant.school is None:
        known = views_authority.authority(session, tenant.la) is not None
    else:
        known = views_authority.school(session, tenant) is not None
    if not known:
        raise PlatformRefused(_NO_SUCH_PLACE)


def _check_addresses(platform: NewPlatform, trusted: Collection[str]) -> None:
    fetched = [address for address in (platform.auth_token_url, platform.jwks_url) if address]
    allowed = {origin_of(origin) for origin in trusted}
    for address in (platform.auth_login_url, *fetched):
        _check_address(address, allowed if address in fetched else None)
    _check_origins((*platform.frame_ancestors, *filter(None, [platform.storage_origin])))


def _check_address(address: str, trusted: Collection[Origin] | None) -> None:
    """Refuse an address that could never be called; `trusted` None is for one that we never call.

    Names are judged again, by what they resolve to, at every call.
    """
    try:
        origin = origin_of(address)
    except AdapterProblem:
        raise PlatformRefused(_BAD_ADDRESS.fill(address=address)) from None
    if trusted is not None and origin in trusted:
        return
    own = _is_this_machine(origin.host)
    if origin.scheme != "https" and not (trusted is None and own):
        raise PlatformRefused(_ONLY_HTTPS.fill(address=address))
    if trusted is not None and (own or not _may_be_public(origin.host)):
        raise PlatformRefused(_INNER.fill(address=address))


def _check_origins(origins: Sequence[str]) -> None:
    for given in origins:
        try:
            origin = origin_of(given)
            plain = urlsplit(given).path == "" and urlsplit(given).query == ""
        except AdapterProblem:
            plain = False
        else:
            plain = plain and (origin.scheme == "https" or _is_this_machine(origin.host))
        if not plain or any(mark in given for mark in ";,'"):
            raise PlatformRefused(_BAD_ORIGIN.fill(origin=given))


def _is_this_machine(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "[::1]"}


def _may_be_public(host: str) -> bool:
    try:
        return is_public(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return True


_BAD_DEPLOYMENT = Words(
    "A deployment id has 1 to 255 ASCII characters.",
    "Mae gan ddynodwr lleoliad rhwng 1 a 255 o nodau ASCII.",
)
_BAD_SUBJECT = Words("A subject has 1 to 255 characters.", "Mae gan bwnc rhwng 1 a 255 o nodau.")
_TAKEN = Words(
    "This issuer and client id belong to another authority. Use the client id that the MIS gave to "
    "this one.",
    "Mae'r cyhoeddwr a'r dynodwr cleient hyn yn perthyn i awdurdod arall. Defnyddiwch y dynodwr a "
    "roddodd y MIS i'r un hwn.",
)
_DEPLOYMENT_TAKEN = Words(
    "This deployment is bound already. Use its own deployment id for each school.",
    "Mae'r lleoliad hwn wedi'i rwymo eisoes. Defnyddiwch ddynodwr lleoliad i bob ysgol.",
)
_UNKNOWN = Words(
    "There is no such platform here; see mis-bridge platform list.",
    "Nid oes platfform o'r fath yma; gweler mis-bridge platform list.",
)
_NO_SUCH_PLACE = Words(
    "There is no such school or authority yet; add it with mis-bridge la add and school add.",
    "Nid oes ysgol neu awdurdod o'r fath eto; ychwanegwch ef â mis-bridge la add a school add.",
)
_ROLE_AND_PLACE = Words(
    "la_admin is a role in an authority (--la); alnco, head and teacher are roles in a school "
    "(--school).",
    "Rôl mewn awdurdod yw la_admin (--la); rolau mewn ysgol yw alnco, head a teacher (--school).",
)
_HAS_IT = Words("The person has this role already.", "Mae'r rôl hon gan y person eisoes.")
_BAD_ADDRESS = Words(
    "{address} is no address that can be used.",
    "Nid yw {address} yn gyfeiriad y gellir ei ddefnyddio.",
)
_ONLY_HTTPS = Words(
    "{address} must start with https://; plain http only for an origin on this machine that is "
    "listed in MIS_BRIDGE_TRUSTED_ORIGINS.",
    "Rhaid i {address} ddechrau â https://; http plaen yn unig i darddiad ar y peiriant hwn sydd "
    "wedi'i restru yn MIS_BRIDGE_TRUSTED_ORIGINS.",
)
_INNER = Words(
    "{address} leads into an inner network; list its origin in MIS_BRIDGE_TRUSTED_ORIGINS if "
    "that is meant.",
    "Mae {address} yn arwain i rwydwaith mewnol; rhestrwch ei darddiad yn "
    "MIS_BRIDGE_TRUSTED_ORIGINS os dyna'r bwriad.",
)
_BAD_ORIGIN = Words(
    "{origin} is no origin; write it as https://mis.example.",
    "Nid tarddiad yw {origin}; ysgrifennwch ef fel https://mis.example.",
)
