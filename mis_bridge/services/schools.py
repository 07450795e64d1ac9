"""Authorities and schools, as the operator adds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.tasks import Setting
from mis_bridge.domain.words import Words
from mis_bridge.storage import audit
from mis_bridge.storage.tables.authorities import LocalAuthorityRow, SchoolRow
from mis_bridge.storage.tenants import Tenant

_CODE = re.compile(r"\d{3}")


class SchoolsProblem(Problem):
    """An authority or a school cannot be added as asked."""


def add_authority(
    session: Session,
    code: str,
    name: str,
    *,
    name_cy: str | None = None,
    profile: Mapping[str, str] | None = None,
    by: str,
    now: datetime,
) -> LocalAuthorityRow:
    """Add an authority, or give one that is there its new name; its audit chain begins here.

    `profile` holds `address`, `phone` and `email`, as its letters print them.
    """
    if _CODE.fullmatch(code) is None:
        raise SchoolsProblem(_BAD_CODE.fill(code=code))
    row = session.get(LocalAuthorityRow, code)
    if row is None:
        row = LocalAuthorityRow(code=code, name=name, created_at=now)
        session.add(row)
    row.name, row.name_cy = name, name_cy or row.name_cy
    row.profile = {**(row.profile if isinstance(row.profile, dict) else {}), **(profile or {})}
    session.flush()
    entry = audit.AuditEntry(by, "authority_set", f"la:{code}", {})
    audit.append(session, Tenant(code), [entry], now)
    return row


def add_school(
    session: Session,
    tenant: Tenant,
    name: str,
    setting: Setting,
    *,
    name_cy: str | None = None,
    profile: Mapping[str, str] | None = None,
    by: str,
    now: datetime,
) -> SchoolRow:
    """Add a school of an authority that is there, or give one that is there its new name."""
    if session.get(LocalAuthorityRow, tenant.la) is None:
        raise SchoolsProblem(_NO_AUTHORITY.fill(la=tenant.la))
    row = session.get(SchoolRow, tenant.of_school)
    if row is None:
        row = SchoolRow(
            ref=tenant.of_school, la=tenant.la, name=name, setting=setting.value, created_at=now
        )
        session.add(row)
    row.name, row.name_cy, row.setting = name, name_cy or row.name_cy, setting.value
    row.profile = {**(row.profile if isinstance(row.profile, dict) else {}), **(profile or {})}
    session.flush()
    entry = audit.AuditEntry(
        by, "school_set", f"school:{tenant.of_school}", {"setting": setting.value}
    )
    audit.append(session, tenant, [entry], now)
    return row


_BAD_CODE = Words(
    "{code} is no local authority code; it has three digits, as 661",
    "nid cod awdurdod lleol yw {code}; mae iddo dri digid, fel 661",
)
_NO_AUTHORITY = Words(
    "the local authority {la} is not in this database; add it with mis-bridge la add {la}",
    "nid yw'r awdurdod lleol {la} yn y gronfa ddata hon; ychwanegwch ef â mis-bridge la add {la}",
)
