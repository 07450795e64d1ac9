"""Mapping documents: TOML that an administrator can read, checked whole before anything uses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from marshmallow import ValidationError

from mappings.findings import Finding, MappingRefused
from mappings.grammar import Grammar, finding_sorter
from mappings.layers import Layer, finding, merged, place_of, read_layer, refusal
from mappings.rules import RuleBook
from mappings.schema import WRONG_TYPE, document_schema
from mappings.targets import CATALOGUES, Catalogue
from mappings.wording import Wording
from mis_bridge.domain.words import Words

FORMAT: Final = 1
_ENGINE: Final = "1"
_SHELF: Final = files("mappings") / "documents"
_WRAPPERS: Final = frozenset({"value", "key"})
_WORDS: Final = frozenset(
    {
        "format", "vendor", "extends", "version", "kind", "title", "note", "read", "cannot_carry",
        "codes", "from", "join", "with", "constant", "then", "when", "unknown", "required",
        "when_absent", "when_null", "when_empty", "assumed", "each", "numbered", "where", "also",
        "when_no_row", "path", "is", "in", "matches", "pattern", "take", "means", "because",
        "until",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class MappingDocument:
    """A checked document. `read` holds the reader's options; `digest` changes whenever it does."""

    name: str
    vendor: str
    kind: str
    version: str
    read: Mapping[str, object]
    digest: str
    rules: RuleBook
    layers: tuple[Layer, ...]
    body: Mapping[str, Any] = field(hash=False)
    warnings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"MappingDocument({self.name!r}, {self.vendor!r}, {self.digest[:12]})"

    @property
    def catalogue(self) -> Catalogue:
        """The targets that a document of this kind can fill."""
        return CATALOGUES[self.kind]


def vendors() -> tuple[str, ...]:
    """Name the vendors that a shipped document maps, in the order of the alphabet."""
    names = (entry.name.removesuffix(".toml") for entry in _SHELF.iterdir())
    return tuple(sorted(name for name in names if name and name != "wales"))


@lru_cache(maxsize=64)
def shipped(vendor: str) -> MappingDocument:
    """Return the document shipped for `vendor`; raises `MappingRefused` for an unknown name."""
    return _assembled((*_base_layers("wales", "wales"), *_own_layers(vendor)))


def read_document(text: str, name: str) -> MappingDocument:
    """Read a document, or an overlay together with the shipped document that it extends.

    `name` (a file name) is shown in findings. Raises `MappingRefused` with every fault found.
    """
    layer = read_layer(text, name)
    below = layer.tables.get("extends", "wales")
    if not isinstance(below, str):
        raise refusal("unknown_vendor", name, 1, name="?", near=", ".join(vendors()))
    return _assembled((*_base_layers(below, name), layer))


def overlay(base: MappingDocument, *overlays: MappingDocument) -> MappingDocument:
    """Return `base` with the differences of each overlay put over it in turn."""
    layers = list(base.layers)
    for over in overlays:
        layers.extend(layer for layer in over.layers if layer not in layers)
    return _assembled(tuple(layers))


def _base_layers(name: str, asked_by: str) -> tuple[Layer, ...]:
    if name == "wales":
        return (_shelf_layer("wales"),)
    if name not in vendors():
        raise refusal("unknown_vendor", asked_by, 1, name=name, near=", ".join(vendors()))
    return (_shelf_layer("wales"), *_own_layers(name))


def _own_layers(vendor: str) -> tuple[Layer, ...]:
    if vendor not in vendors():
        raise refusal("unknown_vendor", vendor, 1, name=vendor, near=", ".join(vendors()))
    return (_shelf_layer(vendor),)


@lru_cache(maxsize=64)
def _shelf_layer(name: str) -> Layer:
    entry = _SHELF / f"{name}.toml"
    return read_layer(entry.read_text("utf-8"), f"{name}.toml")


def _assembled(layers: tuple[Layer, ...]) -> MappingDocument:
    body = merged(layers)
    found: list[Finding] = []

    def report(at: tuple[str, ...], kind: str, **facts: object) -> None:
        file, line = place_of(layers, at)
        found.append(finding(kind, file, line, ".".join(at), facts))

    kind = body.get("kind", "pupil")
    if kind not in CATALOGUES:
        report(("kind",), "kind", name=kind)
        raise MappingRefused(tuple(found))
    if body.get("format", FORMAT) != FORMAT:
        report(("format",), "format_version", found=body["format"])
    catalogue = CATALOGUES[kind]
    _check_shape(body, catalogue, layers, found)
    if found:
        raise MappingRefused(tuple(sorted(found, key=finding_sorter)))
    rules = Grammar(body, catalogue, report).read()
    vendor = str(body.get("vendor", ""))
    if not vendor and len(layers) > 1:
        report(("vendor",), "no_vendor")
    if found:
        raise MappingRefused(tuple(sorted(found, key=finding_sorter)))
    return MappingDocument(
        layers[-1].name,
        vendor,
        kind,
        str(body.get("version", "")),
        MappingProxyType(dict(body.get("read", {}))),
        _digest(body),
        rules,
        layers,
        MappingProxyType(body),
    )


def _digest(body: Mapping[str, Any]) -> str:
    spelled = json.dumps([_ENGINE, body], sort_keys=True, default=_spelled, ensure_ascii=True)
    return hashlib.sha256(spelled.encode("ascii")).hexdigest()


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _check_shape(
    body: Mapping[str, Any], catalogue: Catalogue, layers: tuple[Layer, ...], found: list[Finding]
) -> None:
    schema = document_schema(catalogue)
    try:
        schema.load(body)
    except ValidationError as refused:
        known = frozenset(_all_names(catalogue))
        for at, message in _flat(refused.messages, ()):
            file, line = place_of(layers, at)
            found.append(_shape_finding(message, at, file, line, known))


def _shape_finding(
    message: str, at: tuple[str, ...], file: str, line: int, known: frozenset[str]
) -> Finding:
    key, name = ".".join(at), at[-1] if at else ""
    if message == "Unknown field.":
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        return finding(
            "unknown_name", file, line, key, {"name": name, "near": near[0] if near else "from"}
        )
    if message.startswith("Missing data"):
        return finding("missing_name", file, line, key, {"name": name})
    if message == "because":
        return finding("because", file, line, key)
    wanted = Wording.WANTED.get(message.removeprefix(f"{WRONG_TYPE}:"))
    fallback = Words("what the guide says of it", "yr hyn y mae'r canllaw yn ei ddweud amdano")
    return finding("wrong_type", file, line, key, {"name": name, "wanted": wanted or fallback})


def _flat(messages: Any, at: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(messages, Mapping):
        return [
            pair
            for name, below in messages.items()
            for pair in _flat(
                below,
                at
                if isinstance(name, int) or name in _WRAPPERS or name == "_schema"
                else (*at, str(name)),
            )
        ]
    if isinstance(messages, list):
        return [pair for below in messages for pair in _flat(below, at)]
    return [(at, str(messages))]


def _all_names(catalogue: Catalogue) -> set[str]:
    names = {part for name in catalogue.scalars for part in name.split(".")}
    for target in catalogue.lists.values():
        names |= {target.name, *(column.name for column in target.columns)}
    return names | _WORDS
