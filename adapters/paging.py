"""Pages of an interface, live or recorded: what they hold, and when paging is not believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from adapters.base import ReadOptions, Tombstone
from adapters.trees import ABSENT, look
from mis_bridge.domain.words import Words

Rows = list[dict[str, object]]


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """One answer of an interface: `address` may be a path, or empty where it was not recorded."""

    address: str
    status: int
    body: object
    place: str
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """What one answer carries: rows by collection, tombstones, and where the next page is.

    `more` without `next_address` is a page that promises and does not say where. `expected` is how
    many rows the source says the whole collection has, `withdrawn` how many rows of this page only
    said that they are deleted. `fault` tells why the page cannot be used.
    """

    collections: Mapping[str, Rows]
    deleted: tuple[Tombstone, ...] = ()
    next_address: str | None = None
    previous_address: str | None = None
    more: bool = False
    expected: int | None = None
    withdrawn: int = 0
    fault: Words | None = None


def lists_in(body: object, options: ReadOptions) -> dict[str, Rows] | None:
    """Take the collections that the options name out of a body; None if it has another shape.

    That is, if one is no list of objects, or the body holds nothing at all that could be one (an
    error told with a good status, a page of HTML). A body that is itself a list is the main
    collection; a single object is a list of one.
    """
    if isinstance(body, list):
        body = {options.records or "": body}
    if not isinstance(body, Mapping):
        return None
    found: dict[str, Rows] = {}
    for path in wanted_collections(options):
        rows = look(body, path.casefold() if options.case == "fold" else path)
        if rows is ABSENT or rows is None:
            continue
        if isinstance(rows, dict):
            rows = [rows]
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return None
        found[path] = rows
    return found if found or any(isinstance(v, list | dict) for v in body.values()) else None


def wanted_collections(options: ReadOptions) -> tuple[str, ...]:
    """Return the names of the main collection and of those that joins need, each once."""
    names = [options.records or "", *(join.source for join in options.joins)]
    return tuple(dict.fromkeys(names))


def identity(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return what makes two addresses one page: path and query, whatever the query's order."""
    parts = urlsplit(address)
    return parts.path.rstrip("/"), tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))


def spelled(path: str, query: Sequence[tuple[str, object]]) -> str:
    """Return a path with a query as an address relative to its host."""
    return f"{path}?{urlencode(query)}"


def resource(address: str) -> str:
    """Return the path of an address, without query and closing slash."""
    return urlsplit(address).path.rstrip("/")


def absolute(base: str, address: str) -> str:
    """Return `address` as seen from the page at `base`."""
    return urljoin(base, address)


def other_origin(base: str, address: str) -> bool:
    """Tell whether `address` leads away from scheme, host or port of `base`."""
    here, there = urlsplit(base), urlsplit(urljoin(base, address))
    return (here.scheme, here.netloc.casefold()) != (there.scheme, there.netloc.casefold())


MORE_WITHOUT_NEXT = Words(
    "A page says that more follow but does not say where; what was read is not everything.",
    "Mae tudalen yn dweud bod rhagor i ddod ond nid yw'n dweud ymhle; nid yw'r hyn a "
    "ddarllenwyd yn gyflawn.",
)
NEXT_NOT_CARRIED = Words(
    "A page says that more follow, and the next one is not among the recorded answers.",
    "Mae tudalen yn dweud bod rhagor i ddod, ac nid yw'r nesaf ymhlith yr atebion a gofnodwyd.",
)
PREVIOUS_NOT_CARRIED = Words(
    "A page says that there is one before it, which is not among the recorded answers.",
    "Mae tudalen yn dweud bod un o'i blaen, ac nid yw honno ymhlith yr atebion a gofnodwyd.",
)
OTHER_HOST = Words(
    "A page points to another host for the next one; it was not followed.",
    "Mae tudalen yn cyfeirio at westeiwr arall ar gyfer y nesaf; ni ddilynwyd y cyfeiriad.",
)
REPEATED = Words(
    "A page came twice: the paging goes round in a circle, and what was read is not everything.",
    "Daeth tudalen ddwywaith: mae'r tudalennu'n mynd mewn cylch, ac nid yw'r hyn a "
    "ddarllenwyd yn gyflawn.",
)
TOO_MANY = Words(
    "More pages or records came than the connection's limit allows.",
    "Daeth mwy o dudalennau neu gofnodion nag y mae terfyn y cysylltiad yn ei ganiatáu.",
)
NOT_THIS_SHAPE = Words(
    "An answer does not have the shape of this interface; it was set aside.",
    "Nid oes gan ateb ffurf y rhyngwyneb hwn; fe'i rhoddwyd o'r neilltu.",
)


def error_status(status: int) -> Words:
    """Say that an answer was an error."""
    return Words(
        "An answer has the error status {status}.", "Mae gan ateb y statws gwall {status}."
    ).fill(status=status)


def short_count(collection: str, expected: int, got: int) -> Words:
    """Say that fewer rows came than the source announced."""
    return Words(
        "{collection}: the source announced {expected} rows and gave {got}.",
        "{collection}: cyhoeddodd y ffynhonnell {expected} o resi a rhoddodd {got}.",
    ).fill(collection=collection, expected=expected, got=got)
