"""Applies a mapping: compiled once per version of a document, then one straight pass a record."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mappings.compiler import compile_rules
from mappings.context import MapContext, Mapped
from mappings.issues import MappingIssue, RecordRejected, rejection
from mappings.language import MappingDocument
from mappings.provenance import trace

__all__ = ["CompiledMapping", "MapContext", "Mapped", "compile_mapping"]


class CompiledMapping:
    """A document ready to be applied to records, any number of times and from any thread."""

    __slots__ = ("_apply", "document")

    def __init__(self, document: MappingDocument) -> None:
        self.document = document
        self._apply = compile_rules(
            document.rules, document.catalogue, grouped="group_by" in document.read
        )

    @property
    def digest(self) -> str:
        """The digest of the document: the version of the mapping."""
        return self.document.digest

    def apply(self, tree: Mapping[str, object], context: MapContext) -> Mapped:
        """Map one record; a record that must be refused has no `canonical`, and says why."""
        flags: list[str] = []
        missing: list[str] = []
        issues: list[MappingIssue] = []
        try:
            if tree.__class__ is not dict:
                raise rejection("not_a_record", "record", tree)
            out: dict[str, Any] = self._apply(tree, context, flags, issues, missing)
        except RecordRejected as refused:
            return Mapped(None, (*issues, refused.issue))
        changed_at = out.pop("changed_at", None)
        missing.sort()
        out["not_supplied"] = missing
        out["flags"] = flags if len(flags) < 2 else list(dict.fromkeys(flags))
        traced = trace(self.document, tree, context, out) if context.provenance else None
        return Mapped(
            out,
            tuple(issues),
            traced,
            changed_at if isinstance(changed_at, str) else None,
        )


@lru_cache(maxsize=128)
def _compiled(digest: str, document: _Held) -> CompiledMapping:
    del digest
    return CompiledMapping(document.document)


class _Held:
    """Carries a document past the cache, which looks at the digest alone."""

    __slots__ = ("document",)

    def __init__(self, document: MappingDocument) -> None:
        self.document = document

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


def compile_mapping(document: MappingDocument) -> CompiledMapping:
    """Return the compiled mapping of a document, made once per digest."""
    return _compiled(document.digest, _Held(document))
