"""As much of JSON Schema as the editors' schema of mapping documents uses, and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "object": (dict,),
    "array": (list,),
}


Schema = Mapping[str, Any]


def faults(value: Any, schema: Schema, root: Schema, at: str = "") -> list[str]:
    """Return the places at which `value` does not fit."""
    return list(_faults(value, schema, root, at))


def _faults(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if "$ref" in schema:
        target: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        yield from _faults(value, target, root, at)
    if "anyOf" in schema and all(faults(value, one, root, at) for one in schema["anyOf"]):
        yield f"{at}: fits none"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: not one of {schema['enum']}"
    wanted = schema.get("type", ())
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if names and not any(_is(value, name) for name in names):
        yield f"{at}: not {names}"
    else:
        yield from _inner_faults(value, schema, root, at)


def _inner_faults(value: Any, schema: Schema, root: Schema, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _table_faults(value, schema, root, at)
    elif isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            yield from _faults(item, schema["items"], root, f"{at}[{place}]")
    elif isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: does not match"
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6):
            yield f"{at}: length"


def _table_faults(value: dict[str, Any], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    more = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: lacks {name}"
    for name, below in value.items():
        if name in known:
            yield from _faults(below, known[name], root, f"{at}.{name}")
        elif more is False:
            yield f"{at}: unknown {name}"
        elif isinstance(more, Mapping):
            yield from _faults(below, more, root, f"{at}.{name}")


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))
