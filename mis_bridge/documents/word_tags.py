"""What the tags of a Word template say, read without carrying anything out.

Runs in the process of its own in which templates are opened (`word_child`); knows nothing of plans
but the names that a template may use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "length", "default", "d"})
TESTS = frozenset({"defined", "undefined", "none"})
DEEPEST_LOOP = 3
_LOOP: dict[str, Any] = {"index": "", "index0": "", "first": "", "last": "", "length": ""}
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_HALF = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_RAW = re.compile(r"\{\{(p|r|tr|tc)\s")
_FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.Const, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.CondExpr,
)  # fmt: skip
_UNKNOWN = object()


@dataclass(slots=True)
class Read:
    """What was found: the tags, those that Word had split, the faults, the names that are shown."""

    tags: list[str] = field(default_factory=list)
    split: list[str] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)

    def fault(self, code: str, place: str, detail: str = "") -> None:
        """Note something that has to be put right; the same thing once."""
        entry = {"code": code, "place": place, "detail": detail[:200]}
        if entry not in self.faults:
            self.faults.append(entry)

    def to_json(self) -> dict[str, object]:
        """Return it as it leaves the process."""
        return {
            "tags": list(dict.fromkeys(self.tags)),
            "split": list(dict.fromkeys(self.split)),
            "faults": self.faults,
            "shown": sorted(self.shown),
        }


def read_tags(template: DocxTemplate, names: Mapping[str, Any]) -> Read:
    """Read every tag of a template; `names` is what a template may use, as a tree."""
    found = Read()
    template.init_docx()
    for part, element, xml in _parts(template):
        for place, paragraph in _paragraphs(part, element):
            _read_paragraph(found, place, paragraph)
        _read_part(found, part, template.patch_xml(xml), names)
    properties = template.docx.core_properties
    for name in ("author", "comments", "identifier", "subject", "title"):
        if _HALF.search(getattr(properties, name) or ""):
            found.fault("in_properties", f"properties: {name}")
    return found


def _parts(template: DocxTemplate) -> Iterator[tuple[str, Any, str]]:
    body = template.docx.element.body
    yield "document", body, template.get_xml()
    package = template.docx.part.package
    for part in package.parts:
        kind, name = part.content_type, str(part.partname).rpartition("/")[2]
        if kind.endswith(("header+xml", "footer+xml")):
            yield name, part.element, template.xml_to_string(part.element)
        elif kind == _FOOTNOTES:
            element = _footnotes(part)
            yield name, element, template.xml_to_string(element)


def _footnotes(part: Any) -> Any:
    from docx.opc.oxml import parse_xml  # noqa: PLC0415 - python-docx' own hardened parser

    return parse_xml(part.blob)


def _paragraphs(part: str, element: Any) -> Iterator[tuple[str, list[str]]]:
    for number, paragraph in enumerate(element.iter(f"{_W}p"), start=1):
        texts = [
            text.text or ""
            for text in paragraph.iter(f"{_W}t")
            if next(text.iterancestors(f"{_W}p")) is paragraph
        ]
        if texts:
            whole = " ".join("".join(texts).split())
            yield f"{part}, {number}: {whole[:60]}", texts


def _read_paragraph(found: Read, place: str, texts: list[str]) -> None:
    whole = "".join(texts)
    ends, at = [], 0
    for text in texts:
        at += len(text)
        ends.append(at)
    for tag in _TAG.finditer(whole):
        found.tags.append(tag[0])
        if sum(1 for end in ends if tag.start() < end < tag.end()):
            found.split.append(tag[0])
        if _RAW.match(tag[0]):
            found.fault("raw", place, tag[0])
    if _HALF.search(_TAG.sub("", whole)):
        found.fault("half", place)


def _read_part(found: Read, part: str, xml: str, names: Mapping[str, Any]) -> None:
    lined = re.sub(r"<w:p([ >])", r"\n<w:p\1", xml)
    lines = [re.sub(r"<[^>]*>", "", line).strip()[:60] for line in lined.split("\n")]

    def place(number: int) -> str:
        said = lines[number - 1] if 0 < number <= len(lines) else ""
        return f"{part}, {number - 1}: {said}"

    try:
        tree = Environment(autoescape=True).parse(lined)
    except TemplateSyntaxError as fault:
        found.fault("syntax", place(fault.lineno), fault.message or "")
        return
    _Walk(found, place, names).body(tree, {}, 0)


class _Walk:
    """Goes through what a template says, and lets through what is on the list only."""

    def __init__(self, found: Read, place: Any, names: Mapping[str, Any]) -> None:
        self.found, self.place, self.names = found, place, names

    def body(self, node: nodes.Node, scope: Mapping[str, tuple[str, Any]], depth: int) -> None:
        for child in node.iter_child_nodes():
            self.one(child, scope, depth)

    def one(self, node: nodes.Node, scope: Mapping[str, tuple[str, Any]], depth: int) -> None:
        match node:
            case nodes.For():
                self.loop(node, scope, depth)
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                path, leads_to = self.resolve(node, scope)
                if leads_to is not _UNKNOWN:
                    self.show(path, leads_to, node)
            case nodes.Filter() | nodes.Test():
                allowed = FILTERS if isinstance(node, nodes.Filter) else TESTS
                if node.name not in allowed:
                    self.found.fault("filter", self.place(node.lineno), node.name)
                self.body(node, scope, depth)
            case _ if isinstance(node, _PLAIN_NODES):
                self.body(node, scope, depth)
            case _:
                self.found.fault("not_allowed", self.place(node.lineno), type(node).__name__)

    def loop(self, node: nodes.For, scope: Mapping[str, tuple[str, Any]], depth: int) -> None:
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            self.found.fault("not_allowed", self.place(node.lineno), "for")
            return
        if depth >= DEEPEST_LOOP:
            self.found.fault("too_deep", self.place(node.lineno))
            return
        path, over = self.resolve(node.iter, scope)
        if over is _UNKNOWN:
            return
        if not isinstance(over, list):
            self.found.fault("no_list", self.place(node.lineno), path)
            return
        inside = {**scope, node.target.name: (f"{path}[]", over[0]), "loop": ("loop", _LOOP)}
        for child in (*node.body, *node.else_):
            self.one(child, inside, depth + 1)

    def show(self, path: str, leads_to: Any, node: nodes.Node) -> None:
        """Note what is shown; a list may be asked whether it is empty, but not shown whole."""
        if isinstance(leads_to, str):
            self.found.shown.add(path)
        elif isinstance(leads_to, dict):
            self.found.fault("whole", self.place(node.lineno), path)

    def resolve(self, node: nodes.Node, scope: Mapping[str, tuple[str, Any]]) -> tuple[str, Any]:
        """Return the path of a name, and where in the tree of names it leads."""
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            return self.known(node, node.name, node.name, self.names)
        if isinstance(node, nodes.Getattr):
            path, above = self.resolve(node.node, scope)
            return self.below(node, path, above, node.attr)
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            path, above = self.resolve(node.node, scope)
            if isinstance(above, list) and isinstance(node.arg.value, int):
                return f"{path}[]", above[0]
            return self.below(node, path, above, str(node.arg.value))
        self.found.fault("not_allowed", self.place(node.lineno), type(node).__name__)
        return "", _UNKNOWN

    def below(self, node: nodes.Node, path: str, above: Any, name: str) -> tuple[str, Any]:
        if above is _UNKNOWN:
            return path, _UNKNOWN
        return self.known(node, f"{path}.{name}", name, above)

    def known(self, node: nodes.Node, path: str, name: str, above: Any) -> tuple[str, Any]:
        if not isinstance(above, dict | Mapping) or name.startswith("_") or name not in above:
            self.found.fault("unknown", self.place(node.lineno), path)
            return path, _UNKNOWN
        return path, above[name]
