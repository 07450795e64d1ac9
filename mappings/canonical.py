"""The canonical record as JSON, on its way to the domain and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, cast

from marshmallow import ValidationError

from mappings.canonical_schema import PupilSchema
from mappings.quick import pupil_of
from mis_bridge.domain.problems import Problem
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
from mis_bridge.domain.words import Words


class CanonicalRefused(Problem):
    """A record that does not fit the canonical schema; `keys` names the keys at fault, no value."""

    def __init__(self, messages: object) -> None:
        self.keys = tuple(sorted(_keys_of(messages)))
        listed = ", ".join(self.keys[:8]) or "record"
        super().__init__(
            Words(
                f"The record does not fit the canonical schema at: {listed}. Correct the mapping.",
                f"Nid yw'r cofnod yn cyd-fynd â'r sgema ganonaidd yn: {listed}. Cywirwch y mapio.",
            )
        )


_SCHEMA: Final = PupilSchema()


def load(canonical: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record with its dates as dates; raise `CanonicalRefused` if it does not fit."""
    try:
        return cast("dict[str, Any]", _SCHEMA.load(canonical))
    except ValidationError as refused:
        raise CanonicalRefused(refused.messages) from None


def to_pupil(canonical: Mapping[str, Any]) -> Pupil:
    """Return the domain's pupil; a key that no schema knows, or a wrong value, is refused.

    What the quick reader is sure of needs no schema; everything else goes to it, and it alone
    says what is wrong.
    """
    return pupil_of(canonical) or build_pupil(load(canonical))


def build_pupil(loaded: Mapping[str, Any]) -> Pupil:
    """Return the pupil of a loaded record."""
    return Pupil(
        source=Source(**loaded["source"]) if "school" in loaded["source"] else _no_school(loaded),
        upn=loaded.get("upn"),
        upn_status=UpnStatus(loaded["upn_status"]),
        former_upn=loaded.get("former_upn"),
        uln=loaded.get("uln"),
        name=Name(**loaded.get("name", {})),
        dob=loaded.get("dob"),
        sex=loaded.get("sex"),
        nc_year=loaded.get("nc_year"),
        registrations=tuple(
            Registration(**{**row, "status": RegistrationStatus(row["status"])})
            for row in loaded.get("registrations", ())
        ),
        provision=_provision(loaded["provision"]) if "provision" in loaded else None,
        provision_history=tuple(_provision(row) for row in loaded.get("provision_history", ())),
        needs=tuple(Need(**row) for row in loaded.get("needs", ())),
        support_levels=_or_none(SupportLevels, loaded.get("support_levels")),
        looked_after=_or_none(LookedAfter, loaded.get("looked_after")),
        first_language=loaded.get("first_language"),
        correspondence_language=loaded.get("correspondence_language"),
        contacts=tuple(Contact(**row) for row in loaded.get("contacts", ())),
        idp=_or_none(IdpClaim, loaded.get("idp")),
        not_supplied=frozenset(loaded["not_supplied"]),
        flags=tuple(loaded["flags"]),
    )


def to_json(pupil: Pupil) -> dict[str, Any]:
    """Return the canonical record of a pupil, without the keys that it lists as not supplied."""
    whole: dict[str, Any] = {
        "schema": SCHEMA,
        "source": _plain(pupil.source),
        "upn": pupil.upn,
        "upn_status": pupil.upn_status.value,
        "former_upn": pupil.former_upn,
        "uln": pupil.uln,
        "name": _plain(pupil.name),
        "dob": _iso(pupil.dob),
        "sex": pupil.sex,
        "nc_year": pupil.nc_year,
        "registrations": [_plain(row) for row in pupil.registrations],
        "provision": _plain(pupil.provision),
        "provision_history": [_plain(row) for row in pupil.provision_history],
        "needs": [_plain(row) for row in pupil.needs],
        "support_levels": _plain(pupil.support_levels),
        "looked_after": _plain(pupil.looked_after),
        "first_language": pupil.first_language,
        "correspondence_language": pupil.correspondence_language,
        "contacts": [_plain(row) for row in pupil.contacts],
        "idp": _plain(pupil.idp),
        "not_supplied": sorted(pupil.not_supplied),
        "flags": list(pupil.flags),
    }
    if whole["provision"] is not None:
        whole["provision"].pop("end")
    for key in pupil.not_supplied:
        group, _, leaf = key.partition(".")
        if not leaf:
            whole.pop(group, None)
            continue
        below = whole.get(group)
        for row in below if isinstance(below, list) else [below]:
            if isinstance(row, dict):
                row.pop(leaf, None)
    # A table that is not there says nothing; its key is left out, as the schema has no null for it.
    return {key: value for key, value in whole.items() if value is not None or key in _NULLABLE}


_NULLABLE: Final = frozenset(
    [
        "upn",
        "former_upn",
        "uln",
        "dob",
        "sex",
        "nc_year",
        "first_language",
        "correspondence_language",
    ]
)


def _no_school(loaded: Mapping[str, Any]) -> Source:
    return Source(**{"school": None, **loaded["source"]})


def _provision(row: Mapping[str, Any]) -> Provision:
    return Provision(**{**row, "type": ProvisionType(row["type"])})


def _or_none(kind: type[Any], row: Mapping[str, Any] | None) -> Any:
    return None if row is None else kind(**row)


def _plain(thing: Any) -> Any:
    if thing is None:
        return None
    return {name: _iso(getattr(thing, name)) for name in thing.__dataclass_fields__}


def _iso(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, ProvisionType | RegistrationStatus) else value


def _keys_of(messages: object, at: str = "") -> set[str]:
    if isinstance(messages, Mapping):
        return {
            key
            for name, below in messages.items()
            for key in _keys_of(
                below, at if isinstance(name, int) else f"{at}.{name}".removeprefix(".")
            )
        }
    return {at or "record"}
