"""Makes the invented authority known to the product: schools, calendars, connections, launches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.demo.system import DemoMis
from mis_bridge.demo.terms import years_of_terms
from mis_bridge.demo.world import Authority, DemoSchool, Staff, packaged
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.tasks import Setting
from mis_bridge.services import calendar_imports, connecting, platform_admin, schools
from mis_bridge.services.mapping import admin as mapping_admin
from mis_bridge.storage.lti_platforms import ACTIVE, NewPlatform
from mis_bridge.storage.tenants import Tenant

BY = "demo"
SCHOOL_YEARS = 2
"""The year of today, and the next, because a period begun in summer ends after it."""


@dataclass(frozen=True, slots=True)
class Founded:
    """What a school's connection to the demo MIS is, by establishment number."""

    connections: Mapping[str, connecting.Added]


def tenant_of(school: DemoSchool) -> Tenant:
    """Return the tenant that a school of the invented authority is."""
    return Tenant(school.la, school.number)


def found(
    session: Session, mis: DemoMis, now: datetime, without_calendar: frozenset[str]
) -> Founded:
    """Add everything in one transaction; schools in `without_calendar` supply no term dates."""
    authority = mis.authority
    schools.add_authority(
        session,
        authority.code,
        authority.name.en,
        name_cy=authority.name.cy,
        profile=authority.profile,
        by=BY,
        now=now,
    )
    _publish_mapping(session, authority, now)
    tied = {}
    for school in authority.schools:
        _add_school(session, school, now)
        if school.estab not in without_calendar:
            _add_calendar(session, school, authority.year, now)
        wanted = connecting.Wanted(
            vendor="wonde",
            sender="standard",
            base_url=mis.origin,
            vendor_school=school.wonde_id,
            token=Secret(mis.tokens[school.estab]),
        )
        tied[school.estab] = connecting.add(session, tenant_of(school), wanted, by=BY, now=now)
    _add_platform(session, mis, now)
    return Founded(tied)


def _publish_mapping(session: Session, authority: Authority, now: datetime) -> None:
    """Publish what the authority's own mapping says otherwise than the shipped one."""
    name = "wonde_overlay.toml"
    proposal = mapping_admin.Proposal(
        text=packaged(f"samples/{name}", authority.year),
        name=name,
        by=authority.officer.name,
        approved_by=authority.colleague,
    )
    mapping_admin.publish(session, Tenant(authority.code), proposal, now)


def _add_school(session: Session, school: DemoSchool, now: datetime) -> None:
    schools.add_school(
        session,
        tenant_of(school),
        school.name.en,
        Setting(school.setting),
        name_cy=school.name.cy,
        profile=school.profile,
        by=BY,
        now=now,
    )


def _add_calendar(session: Session, school: DemoSchool, year: int, now: datetime) -> None:
    calendar_imports.add_version(
        session,
        tenant_of(school),
        years_of_terms(year, SCHOOL_YEARS, school.inset),
        kind="school",
        name=school.name.en,
        by=BY,
        now=now,
    )


def _add_platform(session: Session, mis: DemoMis, now: datetime) -> None:
    """Register the demo MIS as a platform, and give each of its people their role."""
    platform = mis.platform
    registration = NewPlatform(
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_login_url=platform.auth_login_url,
        auth_token_url=platform.auth_token_url,
        jwks_url=platform.jwks_url,
        jwks=None,
        frame_ancestors=[platform.issuer],
        status=ACTIVE,
    )
    for tenant, deployment, people in _deployments(mis):
        platform_admin.add_platform(
            session, tenant, registration, deployment, trusted=[mis.origin], by=BY, now=now
        )
        for person in people:
            who = (platform.issuer, platform.client_id, person.sub)
            platform_admin.add_grant(session, tenant, who, person.role, by=BY, now=now)


def _deployments(mis: DemoMis) -> list[tuple[Tenant, str, tuple[Staff, ...]]]:
    """Return one deployment a school, and one for the authority's own administration."""
    authority, platform = mis.authority, mis.platform
    return [
        *(
            (tenant_of(school), platform.deployment(school), school.staff)
            for school in authority.schools
        ),
        (Tenant(authority.code), platform.deployment(None), (authority.officer,)),
    ]
