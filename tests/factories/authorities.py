"""Builders of an invented authority with its schools, term dates and connections."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.authorities import (
    CalendarVersionRow,
    ConnectionRow,
    LocalAuthorityRow,
    SchoolRow,
)
from mis_bridge.storage.tenants import Tenant

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

TERMS_2026_27: dict[str, Any] = {
    "kind": "school",
    "terms": [
        ["2026-09-01", "2026-12-18"],
        ["2027-01-04", "2027-03-19"],
        ["2027-04-05", "2027-07-20"],
    ],
    "half_terms": [
        ["2026-10-26", "2026-10-30"],
        ["2027-02-15", "2027-02-19"],
        ["2027-05-31", "2027-06-04"],
    ],
    "inset_days": ["2026-09-01"],
    "bank_holidays": ["2027-05-03"],
    "closures": [],
}


def add_authority(session: Session, code: str = "660") -> str:
    """Add an authority."""
    session.add(
        LocalAuthorityRow(
            code=code, name=f"Authority {code}", name_cy=f"Awdurdod {code}", created_at=NOW
        )
    )
    session.flush()
    return code


def add_school(
    session: Session, ref: str = "660/4001", *, setting: str = "maintained_school"
) -> Tenant:
    """Add a school, with its authority where that is not there yet."""
    la = ref.partition("/")[0]
    if session.get(LocalAuthorityRow, la) is None:
        add_authority(session, la)
    session.add(
        SchoolRow(
            ref=ref,
            la=la,
            name=f"School {ref}",
            name_cy=f"Ysgol {ref}",
            setting=setting,
            created_at=NOW,
        )
    )
    session.flush()
    return Tenant(la, ref)


def add_calendar(session: Session, tenant: Tenant, spec: dict[str, Any] | None = None) -> str:
    """Add a version of term dates for a school, or for the authority of a tenant without one."""
    version = CalendarVersionRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.school,
        owner=tenant.school or tenant.la,
        number=1,
        name=f"{tenant.school or tenant.la} 2026-27",
        kind="school",
        spec=spec or TERMS_2026_27,
        digest=new_id(),
        imported_at=NOW,
        imported_by="test",
    )
    session.add(version)
    session.flush()
    return version.id


def add_connection(
    session: Session, tenant: Tenant, *, vendor: str = "wonde", sender: str = "standard"
) -> ConnectionRow:
    """Add a connection of a school."""
    row = ConnectionRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.of_school,
        vendor=vendor,
        sender=sender,
        endpoint_id=new_id() if sender != "none" else None,
        state="active",
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    return row
