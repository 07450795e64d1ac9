"""Documents and records for tests of the mapping language."""

from __future__ import annotations

from datetime import date
from typing import Any

from mappings.context import MapContext, Mapped
from mappings.engine import compile_mapping
from mappings.language import read_document

ON = date(2025, 1, 14)
BASE = """\
vendor = "acme"
[read]
record_id = "id"
[source.record_id]
from = "id"
[name.legal_surname]
from = "surname"
[dob]
from = "born"
"""


def context(**changes: Any) -> MapContext:
    return MapContext(**{"vendor": "acme", "school": "661/9901", "as_of": ON, **changes})


def mapped(rules: str, tree: dict[str, Any], **changes: Any) -> Mapped:
    """Map a record by the base document and some more rules."""
    compiled = compile_mapping(read_document(BASE + rules, "acme.toml"))
    record = {"id": "1", "surname": "Prydderch", "born": "2014-02-17", **tree}
    return compiled.apply(record, context(**changes))


def record_of(rules: str, tree: dict[str, Any], **changes: Any) -> dict[str, Any]:
    canonical = mapped(rules, tree, **changes).canonical
    assert canonical is not None
    return canonical
