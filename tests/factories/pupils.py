"""Builders of invented pupils."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from mis_bridge.domain.pupil import (
    Contact,
    Name,
    Provision,
    ProvisionType,
    Pupil,
    Registration,
    RegistrationStatus,
    Source,
    UpnStatus,
)

SCHOOL = "660/4001"
MOTHER = Contact(
    name="Rhian Canary",
    relationship="mother",
    parental_responsibility=True,
    priority=1,
    email="rhian@example.test",
    address="1 Canary Row, Trefddychmygol",
    preferred_language="cy",
)
FATHER = Contact(
    name="Owain Canary",
    relationship="father",
    parental_responsibility=True,
    priority=2,
    address="2 Other Street, Trefddychmygol",
    preferred_language="en",
)


def a_pupil(record_id: str = "A1", *, school: str = SCHOOL, **facts: Any) -> Pupil:
    """Return a child of 11 with both parents on record, without provision."""
    plain = Pupil(
        source=Source("wonde", school, record_id),
        upn=None,
        upn_status=UpnStatus.MISSING,
        name=Name(legal_forename="Aled", legal_surname="Canary"),
        dob=date(2015, 3, 2),
        sex="M",
        nc_year="6",
        registrations=(Registration(school, RegistrationStatus.MAIN, date(2022, 9, 1)),),
        provision=Provision(ProvisionType.NONE),
        contacts=(MOTHER, FATHER),
    )
    return replace(plain, **facts)


def at_school_action(pupil: Pupil, since: date | None = date(2026, 11, 20)) -> Pupil:
    """Return the pupil with School Action, from `since`."""
    return replace(pupil, provision=Provision(ProvisionType.SCHOOL_ACTION, "A", since))
