"""A pupil's record as the register keeps it, read back.

What the register keeps was checked by the canonical schema before it was sealed, and the seal shows
that nobody changed it since: it is rebuilt without a second check.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from mis_bridge.domain.pupil import (
    Contact,
    IdpClaim,
    LookedAfter,
    Name,
    Need,
    Provision,
    ProvisionType,
    Pupil,
    Registration,
    RegistrationStatus,
    Source,
    SupportLevels,
    UpnStatus,
)

Record = Mapping[str, Any]


def pupil_of(record: Record) -> Pupil:
    """Rebuild the pupil of a canonical record; a key that is absent is not supplied."""
    source, get = record["source"], record.get
    levels, care, claim, now = (
        get("support_levels"),
        get("looked_after"),
        get("idp"),
        get("provision"),
    )
    return Pupil(
        source=Source(
            source["vendor"], source.get("school"), source["record_id"], source.get("read_at")
        ),
        upn=get("upn"),
        upn_status=UpnStatus(record["upn_status"]),
        former_upn=get("former_upn"),
        uln=get("uln"),
        name=Name(**get("name", {})),
        dob=_day(get("dob")),
        sex=get("sex"),
        nc_year=get("nc_year"),
        registrations=tuple(map(_registration, get("registrations", ()))),
        provision=_provision(now) if now is not None else None,
        provision_history=tuple(map(_provision, get("provision_history", ()))),
        needs=tuple(map(_need, get("needs", ()))),
        support_levels=SupportLevels(**levels) if levels is not None else None,
        looked_after=LookedAfter(**care) if care is not None else None,
        first_language=get("first_language"),
        correspondence_language=get("correspondence_language"),
        contacts=tuple(Contact(**contact) for contact in get("contacts", ())),
        idp=_claim(claim) if claim is not None else None,
        not_supplied=frozenset(record["not_supplied"]),
        flags=tuple(record["flags"]),
    )


def _registration(row: Record) -> Registration:
    return Registration(
        row["school"],
        RegistrationStatus(row["status"]),
        _day(row.get("start")),
        _day(row.get("end")),
    )


def _provision(row: Record) -> Provision:
    return Provision(
        ProvisionType(row["type"]),
        row.get("raw_code"),
        _day(row.get("start")),
        _day(row.get("end")),
    )


def _need(row: Record) -> Need:
    return Need(
        row["type"],
        row.get("raw_code"),
        row.get("rank"),
        _day(row.get("start")),
        _day(row.get("end")),
    )


def _claim(row: Record) -> IdpClaim:
    return IdpClaim(
        row.get("maintained_by"),
        _day(row.get("start")),
        _day(row.get("end")),
        _day(row.get("review")),
    )


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value is not None else None
