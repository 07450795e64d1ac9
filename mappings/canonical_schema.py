"""The shape of the canonical record, checked by marshmallow: an unknown key is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from mappings.targets import (
    LANGUAGE_CODES,
    MAINTAINERS,
    NEEDS,
    RELATIONSHIPS,
    SEXES,
    YEARS,
)
from mis_bridge.domain.pupil import SCHEMA, ProvisionType, RegistrationStatus, UpnStatus

SCHOOL: Final = re.compile("[0-9]{3}/[0-9]{4}")
_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Day(fields.Field[date]):
    """A date as `YYYY-MM-DD` and nothing else."""

    def _deserialize(self, value: object, *_: object, **__: object) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError("not a date")
        try:
            return date.fromisoformat(value)
        except ValueError as fault:
            raise ValidationError("not a date") from fault


class Exactly(fields.Field[Any]):
    """A value of exactly one type: no text that looks like a number, no number like a truth."""

    def __init__(self, kind: type, **options: Any) -> None:
        super().__init__(**options)
        self._kind = kind

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        if type(value) is not self._kind:
            raise ValidationError("wrong type")
        return value


def _text(**options: Any) -> fields.Field[Any]:
    return Exactly(str, **options)


def _maybe(kind: type = str, **options: Any) -> fields.Field[Any]:
    return Exactly(kind, allow_none=True, **options)


def _one_of(words: Any, **options: Any) -> fields.Field[Any]:
    return Exactly(str, validate=validate.OneOf(tuple(sorted(words))), **options)


def _is_school(value: str) -> None:
    if not SCHOOL.fullmatch(value):
        raise ValidationError("not LLL/EEEE")


class SourceSchema(Schema):
    """Where the record was read."""

    vendor = _text(required=True, validate=validate.Length(1, 60))
    school = _maybe(validate=_is_school)
    record_id = _text(required=True, validate=validate.Length(1, 500))
    read_at = _maybe()


class NameSchema(Schema):
    """The parts of a name."""

    legal_forename = _maybe()
    middle_names = _maybe()
    legal_surname = _maybe()
    preferred_forename = _maybe()
    preferred_surname = _maybe()


class RegistrationSchema(Schema):
    """A place on a school's roll."""

    school = _text(required=True, validate=_is_school)
    status = _one_of(RegistrationStatus, required=True)
    start = Day(allow_none=True)
    end = Day(allow_none=True)


class CurrentProvisionSchema(Schema):
    """The provision in force."""

    type = _one_of(ProvisionType, required=True)
    raw_code = _maybe()
    start = Day(allow_none=True)


class ProvisionSchema(CurrentProvisionSchema):
    """One spell of the history."""

    end = Day(allow_none=True)


class NeedSchema(Schema):
    """One census need category."""

    type = _one_of(NEEDS, required=True)
    raw_code = _maybe()
    rank = _maybe(int)
    start = Day(allow_none=True)
    end = Day(allow_none=True)


class SupportLevelsSchema(Schema):
    """The four Welsh levels."""

    curriculum = _maybe()
    grouping = _maybe()
    resources = _maybe()
    advice = _maybe()


class LookedAfterSchema(Schema):
    """Care by a local authority."""

    in_care = _maybe(bool)
    care_authority = _maybe()


class ContactSchema(Schema):
    """One contact."""

    name = _maybe()
    relationship = _one_of(RELATIONSHIPS)
    parental_responsibility = _maybe(bool)
    priority = _maybe(int)
    email = _maybe()
    phone = _maybe()
    address = _maybe()
    court_order = _maybe(bool)
    preferred_language = _one_of(LANGUAGE_CODES, allow_none=True)


class IdpSchema(Schema):
    """What the source says of a plan."""

    maintained_by = _one_of(MAINTAINERS, allow_none=True)
    start = Day(allow_none=True)
    end = Day(allow_none=True)
    review = Day(allow_none=True)


class PupilSchema(Schema):
    """The canonical record; a key it does not know is refused."""

    schema = _text(required=True, validate=validate.Equal(SCHEMA))
    source = fields.Nested(SourceSchema, required=True)
    upn = _maybe()
    upn_status = _one_of(UpnStatus, required=True)
    former_upn = _maybe()
    uln = _maybe()
    name = fields.Nested(NameSchema)
    dob = Day(allow_none=True)
    sex = _one_of(SEXES, allow_none=True)
    nc_year = _one_of(YEARS, allow_none=True)
    registrations = fields.List(fields.Nested(RegistrationSchema))
    provision = fields.Nested(CurrentProvisionSchema)
    provision_history = fields.List(fields.Nested(ProvisionSchema))
    needs = fields.List(fields.Nested(NeedSchema))
    support_levels = fields.Nested(SupportLevelsSchema)
    looked_after = fields.Nested(LookedAfterSchema)
    first_language = _one_of(LANGUAGE_CODES, allow_none=True)
    correspondence_language = _one_of(LANGUAGE_CODES, allow_none=True)
    contacts = fields.List(fields.Nested(ContactSchema))
    idp = fields.Nested(IdpSchema)
    not_supplied = fields.List(_text(), required=True)
    flags = fields.List(_text(), required=True)
    provenance = fields.Dict(keys=fields.String())

    @validates_schema
    def _absent_means_absent(self, loaded: Mapping[str, Any], **_: object) -> None:
        for key in loaded["not_supplied"]:
            group, _dot, leaf = key.partition(".")
            below = loaded.get(group)
            rows = below if isinstance(below, list) else [below]
            if (not leaf and group in loaded) or any(
                isinstance(row, Mapping) and leaf in row for row in rows
            ):
                raise ValidationError("named as not supplied, and there", field_name=group)
