"""The JSON Schema that editors use for mapping documents, made from the targets themselves."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from mappings.targets import CATALOGUES, Catalogue, ListTarget, Target
from mappings.transforms import NAMED

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def editor_schema() -> Schema:
    """Return the schema of a document: a pupil mapping, a plan mapping, or an overlay of either."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mis_bridge mapping document",
        "description": "How the records of one MIS become canonical ALN records.",
        "anyOf": [{"$ref": f"#/$defs/{kind}"} for kind in CATALOGUES],
        "$defs": {
            **{kind: _document(catalogue) for kind, catalogue in CATALOGUES.items()},
            "codes": _table({}, more=_any({"type": "string"}, _CODE, _list(_CODE))),
            "condition": _CONDITION,
            "source": _SOURCE,
            "rule": _RULE,
            "means": _MEANS,
        },
    }


def packaged() -> Schema:
    """Return the schema as it is shipped beside the code."""
    shipped: Schema = json.loads((files("mappings") / "document.schema.json").read_text("utf-8"))
    return shipped


def _document(catalogue: Catalogue) -> Schema:
    tree: Schema = {}
    for target in catalogue.scalars.values():
        *groups, leaf = target.name.split(".")
        here = tree
        for group in groups:
            here = here.setdefault(group, {})
        here[leaf] = target
    return _table(
        {
            "format": {"const": 1, "description": "The version of the mapping language."},
            "vendor": _TEXT,
            "extends": {**_TEXT, "description": "The shipped document that this one differs from."},
            "version": _TEXT,
            "kind": {"const": catalogue.kind},
            "title": _table({"en": _TEXT, "cy": _TEXT}, required=("en", "cy")),
            "note": _TEXT,
            "read": {"type": "object", "description": "How the reader finds and joins records."},
            "cannot_carry": {**_TEXTS, "description": "Keys that this source never supplies."},
            "codes": {"type": "object", "additionalProperties": {"$ref": "#/$defs/codes"}},
            **{name: _part(part) for name, part in tree.items()},
            **{name: _list_of(target) for name, target in catalogue.lists.items()},
        }
    )


def _part(part: Any) -> Schema:
    if isinstance(part, Target):
        return {"$ref": "#/$defs/rule"}
    return _table({**{name: _part(below) for name, below in part.items()}, "note": _TEXT})


def _list_of(target: ListTarget) -> Schema:
    columns = {column.name: {"$ref": "#/$defs/rule"} for column in target.columns}
    whole_number = {"type": "integer", "minimum": 0}
    rows: Schema = {
        "each": {**_TEXT, "description": "Where the rows stand."},
        "numbered": _table({"from": whole_number, "to": whole_number}, required=("from", "to")),
        "where": _list({"$ref": "#/$defs/condition"}),
        "note": _TEXT,
        "assumed": _TEXT,
        **columns,
    }
    return _table(
        {
            **rows,
            "also": {"type": "object", "additionalProperties": _table(rows)},
            "when_no_row": {"$ref": "#/$defs/means"},
            "complete": {"type": "boolean"},
        }
    )


def _table(properties: Schema, required: tuple[str, ...] = (), more: Any = None) -> Schema:
    made: Schema = {"type": "object", "additionalProperties": more or False}
    if properties:
        made["properties"] = properties
    if required:
        made["required"] = list(required)
    return made


def _any(*forms: Schema) -> Schema:
    return {"anyOf": list(forms)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_CODE = _table(
    {
        "means": _TEXT,
        "from": {"description": "The first day on which the code means this."},
        "until": {"description": "The last day on which it does."},
        "assumed": {**_TEXT, "description": "Why the meaning is not certain."},
        "note": _TEXT,
    },
    required=("means",),
)
_MEANS = _table(
    {"means": {"type": ["string", "boolean"]}, "because": {"type": "string", "minLength": 10}},
    required=("means", "because"),
)
_CONDITION = _table(
    {
        "path": _TEXT,
        "is": {"enum": ["present", "empty", "absent"]},
        "in": _TEXTS,
        "matches": {"type": "string", "maxLength": 200},
    },
    required=("path",),
)
_THEN = _list(
    _any(
        {"enum": sorted(NAMED)},
        _table(
            {
                "pattern": {"type": "string", "maxLength": 200},
                "take": {"type": "integer", "minimum": 0, "maximum": 9},
            },
            required=("pattern",),
        ),
    )
)
_WHEN = _any({"$ref": "#/$defs/condition"}, _list({"$ref": "#/$defs/condition"}))
_FROM_ELSEWHERE: Schema = {
    "join": {**_TEXTS, "description": "Several places, joined to one text."},
    "with": {**_TEXT, "description": "What stands between them; a blank if left out."},
    "constant": {"type": ["string", "boolean", "integer"]},
    "then": _THEN,
    "codes": _any(_TEXT, {"$ref": "#/$defs/codes"}),
    "when": _WHEN,
    "note": _TEXT,
    "assumed": {**_TEXT, "description": "Why the name or the meaning is not certain."},
}
_SOURCE = _table({"path": _TEXT, **_FROM_ELSEWHERE})
_BLANK = _any({"enum": ["not_supplied", "null", "unknown", "reject"]}, {"$ref": "#/$defs/means"})
_RULE = _table(
    {
        "from": _any(
            _TEXT, {"$ref": "#/$defs/source"}, _list(_any(_TEXT, {"$ref": "#/$defs/source"}))
        ),
        **_FROM_ELSEWHERE,
        "unknown": {"type": "string", "pattern": "^(flag|reject|default:.+)$"},
        "required": {"type": "boolean"},
        "when_absent": _BLANK,
        "when_null": _BLANK,
        "when_empty": _BLANK,
    }
)
