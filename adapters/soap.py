"""Rows out of the XML answer of a query service, by the same strict parser as files."""

from __future__ import annotations

from typing import Final

from lxml import etree

from adapters.base import ReadOptions
from adapters.elements import Element, plain_tree, spelled
from mis_bridge.domain.words import Words

_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"


class SoapRefused(Exception):
    """An answer is no XML, has a DOCTYPE, or says that the call failed."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def elements(answer: bytes, name: str, options: ReadOptions) -> list[dict[str, object]]:
    """Return the rows `name` of an answer as plain trees.

    A data set leaves the elements of null columns out, so that a column which its schema or another
    row has is null in a row without it, not absent.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError:
        raise SoapRefused(_NOT_XML) from None
    if root.getroottree().docinfo.internalDTD is not None or root.find(".//{*}Fault") is not None:
        raise SoapRefused(_NOT_XML)
    found = [plain_tree(element, options) for element in root.iter(f"{{*}}{name}", name)]
    rows = [tree for tree in found if isinstance(tree, dict)]
    columns = [*_schema_columns(root, name), *(column for row in rows for column in row)]
    blank: dict[str, object] = dict.fromkeys(spelled(column, options) for column in columns)
    return [blank | row for row in rows]


def _schema_columns(root: Element, name: str) -> list[str]:
    return [
        column
        for table in root.iter(f"{{{_SCHEMA}}}element")
        if table.get("name") == name
        for inner in table.iter(f"{{{_SCHEMA}}}element")
        if (column := inner.get("name")) and column != name
    ]


_NOT_XML: Final = Words(
    "The MIS's answer is cut, is not XML or says that the call failed.",
    "Mae ateb yr MIS wedi'i dorri, nid yw'n XML, neu dywed i'r alwad fethu.",
)
