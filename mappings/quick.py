"""The quick reader of canonical records: sure of a record, or silent about it.

It builds the pupil of a record that the schema would accept, and returns None at the first thing it
is not sure of; the schema then decides. Property tests hold the two to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

from mappings.targets import (
    LANGUAGE_CODES,
    MAINTAINERS,
    NEEDS,
    RELATIONSHIPS,
    SEXES,
    YEARS,
)
from mis_bridge.domain.pupil import (
    SCHEMA,
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

Row = dict[str, Any]

_KEYS: Final = frozenset(
    [
        "schema",
        "source",
        "upn",
        "upn_status",
        "former_upn",
        "uln",
        "name",
        "dob",
        "sex",
        "nc_year",
        "registrations",
        "provision",
        "provision_history",
        "needs",
        "support_levels",
        "looked_after",
        "first_language",
        "correspondence_language",
        "contacts",
        "idp",
        "not_supplied",
        "flags",
    ]
)
_SOURCE: Final = frozenset({"vendor", "school", "record_id", "read_at"})
_NAME: Final = frozenset(Name.__dataclass_fields__)
_REGISTRATION: Final = frozenset(Registration.__dataclass_fields__)
_SPELL: Final = frozenset(Provision.__dataclass_fields__)
_CURRENT: Final = _SPELL - {"end"}
_NEED: Final = frozenset(Need.__dataclass_fields__)
_LEVELS: Final = frozenset(SupportLevels.__dataclass_fields__)
_CARE: Final = frozenset(LookedAfter.__dataclass_fields__)
_CONTACT: Final = frozenset(Contact.__dataclass_fields__)
_IDP: Final = frozenset(IdpClaim.__dataclass_fields__)
_PROVISION_TYPES: Final = {member.value: member for member in ProvisionType}
_STATUSES: Final = {member.value: member for member in UpnStatus}
_PLACES: Final = {member.value: member for member in RegistrationStatus}
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SCHOOL: Final = re.compile("[0-9]{3}/[0-9]{4}")


class _NotSure(Exception):
    """Something the quick reader leaves to the schema."""


def pupil_of(canonical: Mapping[str, Any]) -> Pupil | None:
    """Return the pupil of a record that certainly fits the schema, else None."""
    if canonical.__class__ is not dict or not canonical.keys() <= _KEYS:
        return None
    try:
        return _pupil(canonical)
    except (_NotSure, KeyError, TypeError):
        # A missing key or a value that cannot be looked up is the schema's to explain.
        return None


def _pupil(record: Row) -> Pupil:
    if record["schema"] != SCHEMA:
        raise _NotSure
    absent = _texts(record["not_supplied"])
    for key in absent:
        _really_absent(record, key)
    get = record.get
    return Pupil(
        _source(record["source"]),
        _text(get("upn")),
        _STATUSES[record["upn_status"]],
        _text(get("former_upn")),
        _text(get("uln")),
        _name(record["name"]) if "name" in record else Name(),
        _date(get("dob")),
        _among(get("sex"), SEXES),
        _among(get("nc_year"), YEARS),
        tuple([_registration(row) for row in _rows(get("registrations", ()))]),
        _provision(record["provision"], _CURRENT) if "provision" in record else None,
        tuple([_provision(row, _SPELL) for row in _rows(get("provision_history", ()))]),
        tuple([_need(row) for row in _rows(get("needs", ()))]),
        _levels(record["support_levels"]) if "support_levels" in record else None,
        _care(record["looked_after"]) if "looked_after" in record else None,
        _among(get("first_language"), LANGUAGE_CODES),
        _among(get("correspondence_language"), LANGUAGE_CODES),
        tuple([_contact(row) for row in _rows(get("contacts", ()))]),
        _claim(record["idp"]) if "idp" in record else None,
        frozenset(absent),
        tuple(_texts(record["flags"])),
    )


@lru_cache(maxsize=512)
def _parts(key: str) -> tuple[str, str]:
    group, _, leaf = key.partition(".")
    return group, leaf


def _really_absent(record: Row, key: str) -> None:
    group, leaf = _parts(key)
    below = record.get(group)
    if below is None:
        # A key that is there and null is not absent either.
        if not leaf and group in record:
            raise _NotSure
        return
    if not leaf:
        raise _NotSure
    for row in below if below.__class__ is list else (below,):
        if leaf in row:
            raise _NotSure


def _source(row: Row) -> Source:
    _only(row, _SOURCE)
    vendor, school, key = row["vendor"], row.get("school"), row["record_id"]
    if vendor.__class__ is not str or not 0 < len(vendor) <= 60:
        raise _NotSure
    if key.__class__ is not str or not 0 < len(key) <= 500:
        raise _NotSure
    if school is not None and not _is_school(school):
        raise _NotSure
    return Source(vendor, school, key, _text(row.get("read_at")))


def _name(row: Row) -> Name:
    _only(row, _NAME)
    get = row.get
    return Name(
        _text(get("legal_forename")),
        _text(get("middle_names")),
        _text(get("legal_surname")),
        _text(get("preferred_forename")),
        _text(get("preferred_surname")),
    )


def _registration(row: Row) -> Registration:
    _only(row, _REGISTRATION)
    school = row["school"]
    if not _is_school(school):
        raise _NotSure
    return Registration(
        school, _PLACES[row["status"]], _date(row.get("start")), _date(row.get("end"))
    )


def _provision(row: Row, keys: frozenset[str]) -> Provision:
    _only(row, keys)
    get = row.get
    return Provision(
        _PROVISION_TYPES[row["type"]],
        _text(get("raw_code")),
        _date(get("start")),
        _date(get("end")),
    )


def _need(row: Row) -> Need:
    _only(row, _NEED)
    get = row.get
    kind = row["type"]
    if kind not in NEEDS:
        raise _NotSure
    return Need(
        kind, _text(get("raw_code")), _whole(get("rank")), _date(get("start")), _date(get("end"))
    )


def _levels(row: Row) -> SupportLevels:
    _only(row, _LEVELS)
    get = row.get
    return SupportLevels(
        _text(get("curriculum")),
        _text(get("grouping")),
        _text(get("resources")),
        _text(get("advice")),
    )


def _care(row: Row) -> LookedAfter:
    _only(row, _CARE)
    return LookedAfter(_truth(row.get("in_care")), _text(row.get("care_authority")))


def _contact(row: Row) -> Contact:
    _only(row, _CONTACT)
    get = row.get
    kin = get("relationship")
    if kin not in RELATIONSHIPS and (kin is not None or "relationship" in row):
        raise _NotSure
    return Contact(
        _text(get("name")),
        kin,
        _truth(get("parental_responsibility")),
        _whole(get("priority")),
        _text(get("email")),
        _text(get("phone")),
        _text(get("address")),
        _truth(get("court_order")),
        _among(get("preferred_language"), LANGUAGE_CODES),
    )


def _claim(row: Row) -> IdpClaim:
    _only(row, _IDP)
    get = row.get
    return IdpClaim(
        _among(get("maintained_by"), MAINTAINERS),
        _date(get("start")),
        _date(get("end")),
        _date(get("review")),
    )


@lru_cache(maxsize=512)
def _is_school(text: str) -> bool:
    return _SCHOOL.fullmatch(text) is not None


def _only(row: object, keys: frozenset[str]) -> None:
    if row.__class__ is not dict or not row.keys() <= keys:
        raise _NotSure


def _rows(rows: Any) -> Any:
    if rows.__class__ is not list and rows != ():
        raise _NotSure
    return rows


def _texts(values: Any) -> Any:
    if values.__class__ is not list:
        raise _NotSure
    for value in values:
        if value.__class__ is not str:
            raise _NotSure
    return values


def _text(value: Any) -> str | None:
    if value is not None and value.__class__ is not str:
        raise _NotSure
    return value


def _truth(value: Any) -> bool | None:
    if value is not None and value is not True and value is not False:
        raise _NotSure
    return value


def _whole(value: Any) -> int | None:
    if value is not None and value.__class__ is not int:
        raise _NotSure
    return value


def _among(value: Any, words: frozenset[str]) -> str | None:
    if value is not None and value not in words:
        raise _NotSure
    told: str | None = value
    return told


def _date(value: Any) -> date | None:
    if value is None:
        return None
    if value.__class__ is not str:
        raise _NotSure
    return _day_of(value)


@lru_cache(maxsize=65_536)
def _day_of(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise _NotSure
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _NotSure from None
