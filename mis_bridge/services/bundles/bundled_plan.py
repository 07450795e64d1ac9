"""`plan.json` of a bundle: a finalised plan as data, read by a schema that refuses what it lacks.

Whoever signed a bundle is trusted to say whose plan it is, and not to send whatever they like:
every key, length and date is checked before a word of it is used.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from mis_bridge.documents.bundles import BundleRefused
from mis_bridge.documents.plain_json import read_object
from mis_bridge.domain.idp import DraftField, fields_from_json, fields_to_json
from mis_bridge.domain.idp_form import ANNEX_A, ANNEX_B
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.routed import Role
from mis_bridge.domain.words import Words

SCHEMA = "aln-plan/1"
MOST_BYTES = 4 * 1024 * 1024
MOST_FIELDS, MOST_CHARACTERS, MOST_ENTRIES = 1000, 20_000, 500
SLOTS = ("person", "extra", *(role.value for role in Role))
WAYS = ("post", "hand", "leave_at_address", "electronic")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,40}(\[\d{1,3}\])?(\.[a-z][a-z0-9_]{0,40})?", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Whose plan it is, as far as it serves to find the record of the same person."""

    name: str | None
    dob: date | None
    upn: str | None

    def __repr__(self) -> str:
        return "Person(***)"


@dataclass(frozen=True, slots=True)
class CopyGiven:
    """A copy of an edition: in what capacity somebody had it (`parent`), how, and on which day."""

    edition: int
    slot: str
    way: str
    given_on: date


@dataclass(frozen=True, slots=True)
class Consent:
    """A young person's consent to the plan, or the representative's."""

    on: date | None
    by: str | None


@dataclass(frozen=True, slots=True, repr=False)
class BundledPlan:
    """One finalised edition of a plan, as it stands in a bundle.

    `not_revised_on` are the days on which a review ended with the notice that the plan is not
    revised: with the days of the copies they give the review period. `labels` say what fields are
    called that the shipped form does not have, `names` what the codes of school and authority are.
    """

    plan_id: str
    form_id: str
    form_version: str
    edition: int
    finalised_on: date
    maintained_by: Maintainer
    person: Person
    consent: Consent | None
    first_given_on: date | None
    period_start_on: date | None
    review_by_on: date | None
    copies: tuple[CopyGiven, ...]
    not_revised_on: tuple[date, ...]
    labels: Mapping[str, Words]
    names: Mapping[str, Words]
    fields: Mapping[str, DraftField]
    appendix: Sequence[Mapping[str, Any]]

    def __repr__(self) -> str:
        return f"BundledPlan(plan_id={self.plan_id!r}, edition={self.edition})"


def written(plan: BundledPlan) -> bytes:
    """Write `plan.json`: the same plan gives the same bytes, its fields in the plan's own order."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "plan_id": plan.plan_id,
            "form_id": plan.form_id,
            "form_version": plan.form_version,
            "edition": plan.edition,
            "finalised_on": _text(plan.finalised_on),
            "maintained_by": plan.maintained_by.value,
            "person": {
                "name": plan.person.name,
                "dob": _text(plan.person.dob),
                "upn": plan.person.upn,
            },
            "consent": {"on": _text(plan.consent.on), "by": plan.consent.by}
            if plan.consent
            else None,
            "first_given_on": _text(plan.first_given_on),
            "period_start_on": _text(plan.period_start_on),
            "review_by_on": _text(plan.review_by_on),
            "copies": [
                {
                    "edition": copy.edition,
                    "slot": copy.slot,
                    "way": copy.way,
                    "given_on": _text(copy.given_on),
                }
                for copy in plan.copies
            ],
            "not_revised_on": [_text(day) for day in plan.not_revised_on],
            "labels": _both(plan.labels),
            "names": _both(plan.names),
            "fields": fields_to_json(plan.fields),
            "appendix": [dict(entry) for entry in plan.appendix],
        },
        ensure_ascii=False,
        indent=1,
    ).encode()


class PlanUnfit(BundleRefused):
    """`plan.json` does not fit its schema; `keys` names the keys at fault."""

    def __init__(self, *keys: str) -> None:
        self.keys = ", ".join(keys)
        super().__init__(_NOT_A_PLAN.fill(schema=SCHEMA, keys=self.keys))


def read(raw: bytes) -> BundledPlan:
    """Read `plan.json`; raises PlanUnfit, which names the keys at fault and quotes no value."""
    if len(raw) > MOST_BYTES:
        raise PlanUnfit("size")
    try:
        loaded = _SCHEMA.load(_composed(read_object(raw)))
    except ValidationError as refused:
        raise PlanUnfit(*_keys_of(refused.messages)) from None
    except ValueError:
        raise PlanUnfit("JSON") from None
    person, consent = loaded["person"], loaded["consent"]
    plan = BundledPlan(
        plan_id=loaded["plan_id"],
        form_id=loaded["form_id"],
        form_version=loaded["form_version"],
        edition=loaded["edition"],
        finalised_on=loaded["finalised_on"],
        maintained_by=Maintainer(loaded["maintained_by"]),
        person=Person(person["name"], person["dob"], person["upn"]),
        consent=Consent(consent["on"], consent["by"]) if consent else None,
        first_given_on=loaded["first_given_on"],
        period_start_on=loaded["period_start_on"],
        review_by_on=loaded["review_by_on"],
        copies=tuple(CopyGiven(**copy) for copy in loaded["copies"]),
        not_revised_on=tuple(loaded["not_revised_on"]),
        labels={key: Words(**said) for key, said in loaded["labels"].items()},
        names={code: Words(**said) for code, said in loaded["names"].items()},
        fields=fields_from_json(loaded["fields"]),
        appendix=loaded["appendix"],
    )
    _check_dates(plan)
    return plan


class _Value(fields.Field[Any]):
    """What a field of a plan holds: a text, a truth, or a few texts by name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        del attr, data, more
        match value:
            case bool():
                return value
            case str() if 0 < len(value) <= MOST_CHARACTERS:
                return value
            case dict() if 0 < len(value) <= _MOST_PARTS and all(
                isinstance(part, str) and 0 < len(part) <= MOST_CHARACTERS and _PART.fullmatch(name)
                for name, part in value.items()
            ):
                return value
        raise ValidationError("no value of a plan")


_MOST_PARTS = 20
_PART = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)


def _short(most: int = 200, *, least: int = 1) -> validate.Length:
    return validate.Length(min=least, max=most)


class _Origin(Schema):
    record = fields.String(required=True, validate=_short(500, least=0))
    path = fields.String(required=True, validate=_short(500, least=0))


class _Field(Schema):
    value = _Value(required=True)
    origin = fields.Nested(_Origin, required=True)
    confidence = fields.String(
        required=True, validate=validate.OneOf(("copied", "proposed", "hint", "stated"))
    )
    confirmed_by = fields.String(required=True, allow_none=True, validate=_short())


class _Words(Schema):
    en = fields.String(required=True, validate=_short())
    cy = fields.String(required=True, validate=_short())


class _Person(Schema):
    name = fields.String(required=True, allow_none=True, validate=_short(300))
    dob = fields.Date(required=True, allow_none=True, format="iso")
    upn = fields.String(required=True, allow_none=True, validate=_short(30))


class _Consent(Schema):
    on = fields.Date(required=True, allow_none=True, format="iso")
    by = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(("young_person", "representative")),
    )


class _Copy(Schema):
    edition = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    slot = fields.String(required=True, validate=validate.OneOf(SLOTS))
    way = fields.String(required=True, validate=validate.OneOf(WAYS))
    given_on = fields.Date(required=True, format="iso")


class _Target(Schema):
    field = fields.String(required=True, validate=_short())
    area = fields.String(required=True, allow_none=True, validate=_short(MOST_CHARACTERS, least=0))
    target = fields.String(
        required=True, allow_none=True, validate=_short(MOST_CHARACTERS, least=0)
    )
    criteria = fields.String(
        required=True, allow_none=True, validate=_short(MOST_CHARACTERS, least=0)
    )
    review = fields.String(
        required=True, allow_none=True, validate=_short(MOST_CHARACTERS, least=0)
    )
    progress = fields.String(
        required=True, allow_none=True, validate=_short(MOST_CHARACTERS, least=0)
    )
    origin = fields.Nested(_Origin, required=True)


def _a_key() -> fields.String:
    return fields.String(validate=validate.And(_short(90), _whole_key))


def _whole_key(key: str) -> None:
    if _KEY.fullmatch(key) is None:
        raise ValidationError("no key of a plan")


class _Plan(Schema):
    schema = fields.String(required=True, validate=validate.Equal(SCHEMA))
    plan_id = fields.String(
        required=True, validate=validate.Regexp(re.compile(r"[A-Za-z0-9_-]{1,64}\Z", re.ASCII))
    )
    form_id = fields.String(required=True, validate=validate.OneOf((ANNEX_A, ANNEX_B)))
    form_version = fields.String(required=True, validate=_short(60))
    edition = fields.Integer(required=True, strict=True, validate=validate.Range(1, 1000))
    finalised_on = fields.Date(required=True, format="iso")
    maintained_by = fields.String(
        required=True, validate=validate.OneOf([body.value for body in Maintainer])
    )
    person = fields.Nested(_Person, required=True)
    consent = fields.Nested(_Consent, required=True, allow_none=True)
    first_given_on = fields.Date(required=True, allow_none=True, format="iso")
    period_start_on = fields.Date(required=True, allow_none=True, format="iso")
    review_by_on = fields.Date(required=True, allow_none=True, format="iso")
    copies = fields.List(
        fields.Nested(_Copy), required=True, validate=validate.Length(max=MOST_ENTRIES)
    )
    not_revised_on = fields.List(
        fields.Date(format="iso"), required=True, validate=validate.Length(max=MOST_ENTRIES)
    )
    labels = fields.Dict(
        keys=_a_key(),
        values=fields.Nested(_Words),
        required=True,
        validate=validate.Length(max=MOST_FIELDS),
    )
    names = fields.Dict(
        keys=fields.String(validate=validate.Regexp(re.compile(r"\d{3}(/\d{4})?\Z", re.ASCII))),
        values=fields.Nested(_Words),
        required=True,
        validate=validate.Length(max=_MOST_PARTS),
    )
    fields_ = fields.Dict(
        keys=_a_key(),
        values=fields.Nested(_Field),
        required=True,
        data_key="fields",
        attribute="fields",
        validate=validate.Length(min=1, max=MOST_FIELDS),
    )
    appendix = fields.List(
        fields.Nested(_Target), required=True, validate=validate.Length(max=MOST_ENTRIES)
    )


# An unknown key is refused: that is marshmallow's own default, said here because all rests on it.
_SCHEMA = _Plan(unknown="raise")


def _check_dates(plan: BundledPlan) -> None:
    """Refuse days that contradict one another: a review period rests on them."""
    given = [copy.given_on for copy in plan.copies]
    editions = {copy.edition for copy in plan.copies}
    if plan.first_given_on != min(given, default=None):
        raise PlanUnfit("first_given_on", "copies")
    if any(edition > plan.edition for edition in editions):
        raise PlanUnfit("copies.edition")
    if plan.not_revised_on and (not given or min(plan.not_revised_on) < min(given)):
        raise PlanUnfit("not_revised_on")
    if (plan.period_start_on is None) != (plan.first_given_on is None):
        raise PlanUnfit("period_start_on")
    if (plan.review_by_on is None) != (plan.period_start_on is None):
        raise PlanUnfit("review_by_on")


def _composed(value: Any) -> Any:
    """Return a JSON value with every text composed (NFC), so that one spelling has one form."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case list():
            return [_composed(each) for each in value]
        case dict():
            return {_composed(key): _composed(each) for key, each in value.items()}
    return value


def _keys_of(messages: object) -> tuple[str, ...]:
    """Return the schema's own keys at fault; a key that the file made up is not repeated."""
    known = set(_SCHEMA.fields) - {"fields_"} | {"fields"}
    named = {str(key) for key in messages} if isinstance(messages, dict) else set()
    return tuple(sorted(named & known)) or ("keys",)


def _both(said: Mapping[str, Words]) -> dict[str, dict[str, str]]:
    return {key: {"en": words.en, "cy": words.cy} for key, words in said.items()}


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


_NOT_A_PLAN = Words(
    "The bundle is signed and whole, but what it holds as plan.json is not {schema}: see {keys}. "
    "Nothing was taken in; ask the sender for a bundle that is.",
    "Mae'r bwndel wedi'i lofnodi ac yn gyfan, ond nid {schema} yw'r hyn sydd ynddo fel plan.json: "
    "gweler {keys}. Ni dderbyniwyd dim; gofynnwch i'r anfonwr am fwndel sy'n cyd-fynd.",
)
