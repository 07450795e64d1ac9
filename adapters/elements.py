"""XML elements as plain trees."""

from __future__ import annotations

from typing import Final

from lxml import etree

from adapters.base import ReadOptions
from adapters.text import cleaned

_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
Element = etree._Element  # noqa: SLF001 - the library gives the type no other name


def local_name(element: Element, options: ReadOptions) -> str:
    """Return an element's name without its name space."""
    return spelled(etree.QName(element).localname, options)


def spelled(name: str, options: ReadOptions) -> str:
    """Return a name in the letter case that the options want."""
    return name.casefold() if options.case == "fold" else name


def plain_tree(element: Element, options: ReadOptions) -> object:
    """Return an element as a plain tree.

    A leaf is its text (empty text for an empty one, None for `xsi:nil`), several elements of one
    name are a list, attributes have `@` before their name.
    """
    if element.get(_XSI_NIL) in {"true", "1"}:
        return None
    tree: dict[str, object] = {
        "@" + spelled(etree.QName(name).localname, options): cleaned(str(value))
        for name, value in element.attrib.items()
    }
    children = [child for child in element if isinstance(child.tag, str)]
    text = cleaned(element.text or "").strip()
    if not children:
        return text if not tree else tree | {"#text": text}
    for child in children:
        name = local_name(child, options)
        value = plain_tree(child, options)
        if name not in tree:
            tree[name] = value
            continue
        present = tree[name]
        # A value is never a list itself: a list here holds the earlier elements of this name.
        if isinstance(present, list):
            present.append(value)
        else:
            tree[name] = [present, value]
    return tree
