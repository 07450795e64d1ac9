"""The shape of a mapping document, checked by marshmallow: an unknown name is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from mappings.targets import Catalogue, ListTarget, Target

WRONG_TYPE: Final = "type"
_CASES: Final = ("not_supplied", "null", "unknown", "reject")


def _typed(field: fields.Field[Any], wanted: str) -> fields.Field[Any]:
    """Let every type error of `field` say what is wanted, as a key of `wording.WANTED`."""
    for name in ("invalid", "type", "invalid_utf8", "null", "format"):
        field.error_messages[name] = f"{WRONG_TYPE}:{wanted}"
    return field


def text(**options: Any) -> fields.Field[Any]:
    """Return a field for text."""
    return _typed(fields.String(**options), "text")


class TrueOrFalse(fields.Field[Any]):
    """TOML's own truth values, and no word that looks like one."""

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        if not isinstance(value, bool):
            raise ValidationError(f"{WRONG_TYPE}:truth")
        return value


class OneOfForms(fields.Field[Any]):
    """A value that may have one of several forms, each with its own schema or type."""

    def __init__(
        self, wanted: str, *forms: type | Schema | fields.Field[Any], **options: Any
    ) -> None:
        super().__init__(**options)
        self._wanted = wanted
        self._forms = forms

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        for form in self._forms:
            if isinstance(form, type):
                if isinstance(value, form) and not (form is int and isinstance(value, bool)):
                    return value
            elif isinstance(form, Schema):
                if isinstance(value, Mapping):
                    form.load(value)
                    return value
            elif isinstance(value, list):
                form.deserialize(value)
                return value
        raise ValidationError(f"{WRONG_TYPE}:{self._wanted}")


class MeansSchema(Schema):
    """`{ means = "none", because = "..." }`."""

    means = OneOfForms("means", str, bool, required=True)
    because = text(required=True, validate=validate.Length(min=10, error="because"))


class CodeSchema(Schema):
    """`{ means = "idp_school", from = 2025-09-01, assumed = "..." }`."""

    means = text(required=True)
    from_ = _typed(fields.Raw(data_key="from"), "date")
    until = fields.Raw()
    assumed = text()
    note = text()


class ConditionSchema(Schema):
    """`{ path = "...", is = "present" }`, `in = [...]` or `matches = "..."`."""

    path = text(required=True)
    is_ = fields.String(
        data_key="is",
        validate=validate.OneOf(("present", "empty", "absent"), error=f"{WRONG_TYPE}:state"),
    )
    in_ = _typed(fields.List(text(), data_key="in"), "texts")
    matches = text()


def _when() -> fields.Field[Any]:
    return OneOfForms("when", ConditionSchema(), fields.List(fields.Nested(ConditionSchema)))


class PatternSchema(Schema):
    """`{ pattern = "...", take = 1 }`."""

    pattern = text(required=True)
    take = _typed(fields.Integer(strict=True, validate=validate.Range(0, 9)), "whole")


def _codes() -> fields.Field[Any]:
    return OneOfForms("codes", str, _TableOfCodes())


class _TableOfCodes(Schema):
    """Any keys; each value is a word, a table, or a list of tables."""

    def load(self, data: Any, **_: Any) -> Any:
        errors: dict[str, object] = {}
        for raw, entry in data.items():
            try:
                CODE.deserialize(entry)
            except ValidationError as refused:
                errors[raw] = refused.messages
        if errors:
            raise ValidationError(errors)
        return data


CODE: Final = OneOfForms("code", str, CodeSchema(), fields.List(fields.Nested(CodeSchema)))


class SourceSchema(Schema):
    """One alternative of a rule."""

    path = text()
    join = _typed(fields.List(text()), "texts")
    with_ = text(data_key="with")
    constant = OneOfForms("constant", str, bool, int)
    then = fields.List(OneOfForms("then", str, PatternSchema()))
    codes = _codes()
    when = _when()
    note = text()
    assumed = text()


def _case() -> fields.Field[Any]:
    return OneOfForms("case", str, MeansSchema(), validate=_known_case)


def _known_case(value: object) -> None:
    if isinstance(value, str) and value not in _CASES:
        raise ValidationError(f"{WRONG_TYPE}:case")


class RuleSchema(Schema):
    """The rule of one leaf."""

    from_ = OneOfForms(
        "from",
        str,
        fields.List(OneOfForms("from", str, SourceSchema())),
        SourceSchema(),
        data_key="from",
    )
    join = _typed(fields.List(text()), "texts")
    with_ = text(data_key="with")
    constant = OneOfForms("constant", str, bool, int)
    then = fields.List(OneOfForms("then", str, PatternSchema()))
    codes = _codes()
    when = _when()
    unknown_ = text(data_key="unknown")
    required = TrueOrFalse()
    when_absent = _case()
    when_null = _case()
    when_empty = _case()
    note = text()
    assumed = text()


class NumbersSchema(Schema):
    """`{ from = 1, to = 6 }`."""

    from_ = _typed(fields.Integer(strict=True, required=True, data_key="from"), "whole")
    to = _typed(fields.Integer(strict=True, required=True), "whole")


def _list_fields(target: ListTarget) -> dict[str, Any]:
    columns = {column.name: fields.Nested(RuleSchema) for column in target.columns}
    return {
        "each": text(),
        "numbered": fields.Nested(NumbersSchema),
        "where": fields.List(fields.Nested(ConditionSchema)),
        "note": text(),
        "assumed": text(),
        **columns,
    }


def _list_schema(target: ListTarget) -> Schema:
    more = Schema.from_dict(_list_fields(target), name=f"Also_{target.name}")
    whole = {
        **_list_fields(target),
        "also": fields.Dict(keys=text(), values=fields.Nested(more)),
        "when_no_row": fields.Nested(MeansSchema),
        "complete": TrueOrFalse(),
    }
    return Schema.from_dict(whole, name=f"List_{target.name}")()


def document_schema(catalogue: Catalogue) -> Schema:
    """Return the schema of a whole document for a catalogue of targets."""
    tree: dict[str, Any] = {}
    for target in catalogue.scalars.values():
        _place(tree, target)
    shape: dict[str, Any] = {
        "format": _typed(fields.Integer(strict=True), "whole"),
        "vendor": text(),
        "extends": text(),
        "version": text(),
        "kind": text(),
        "title": fields.Nested(
            Schema.from_dict({"en": text(required=True), "cy": text(required=True)}, name="Title")
        ),
        "note": text(),
        "read": _typed(fields.Dict(keys=text()), "table"),
        "cannot_carry": _typed(fields.List(text()), "texts"),
        "codes": fields.Dict(keys=text(), values=fields.Nested(_TableOfCodes)),
        **{name: _as_field(part, name) for name, part in tree.items()},
        **{name: fields.Nested(_list_schema(target)) for name, target in catalogue.lists.items()},
    }
    return Schema.from_dict(shape, name="Document")()


def _place(tree: dict[str, Any], target: Target) -> None:
    *groups, leaf = target.name.split(".")
    for group in groups:
        tree = tree.setdefault(group, {})
    tree[leaf] = target


def _as_field(part: Any, name: str) -> fields.Field[Any]:
    if isinstance(part, Target):
        return fields.Nested(RuleSchema)
    inner = {leaf: _as_field(below, leaf) for leaf, below in part.items()}
    return fields.Nested(Schema.from_dict({**inner, "note": text()}, name=f"Group_{name}"))
