"""Answers of an interface read from files: one body, or a list of pages with their addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from adapters import paging
from adapters.base import FileRefused, Item, Reading, ReadOptions, digest_of
from adapters.decoding import whole_text
from adapters.joining import Row
from adapters.jsontext import JsonRefused, strict_json
from adapters.kinds import JSON_ENDINGS, files_of, need_kind
from adapters.paging import Answer, Page
from adapters.records import joined_items
from adapters.trees import as_key, folded
from mis_bridge.domain.words import Words

PageOf = Callable[[Answer, ReadOptions], Page]

_FILE_LIMIT: Final = 512 * 1024 * 1024
_LISTS: Final = ("pages", "responses")


def read_recorded(
    vendor: str, paths: Sequence[Path], options: ReadOptions, page_of: PageOf
) -> Reading:
    """Read recorded answers as the vendor's `page_of` understands them.

    Raises `FileRefused`, at the first item, for a file that is no JSON or holds no such list. What
    is missing between the pages makes the reading incomplete.
    """
    return Reading(lambda reading: recorded_items(vendor, paths, options, page_of, reading))


def recorded_items(
    vendor: str,
    paths: Sequence[Path],
    options: ReadOptions,
    page_of: PageOf,
    reading: Reading,
) -> Iterator[Item]:
    """Read every answer, check that the pages are all there, then yield the records."""
    files = files_of(paths, JSON_ENDINGS)
    need_kind(files, wanted="json")
    pages: list[tuple[Answer, Page]] = []
    answers = [answer for file in files for answer in load(file, options)]
    for answer in answers:
        if answer.status != 200:
            reading.stop_short(paging.error_status(answer.status))
            continue
        page = page_of(answer, options)
        if page.fault:
            reading.stop_short(page.fault)
        pages.append((answer, page))
    broken = _check_paging(pages, reading)
    collections = _collections(pages)
    main = options.records or ""
    deleted = [stone for _, page in pages for stone in page.deleted]
    # Recorded answers are this vendor's, however they turned out; a bare body may be anything.
    recorded = any(answer.address or answer.status != 200 for answer in answers)
    known = recorded and reading.incomplete is not None
    if main not in collections and not deleted and not known:
        raise _no_such_list(files[0], main)
    # Half of what belongs to pupils would read as removed: it counts as not supplied at all.
    whole = {name: rows for name, rows in collections.items() if name == main or name not in broken}
    yield from joined_items(vendor, whole, options, reading)
    yield from deleted


def _collections(pages: Sequence[tuple[Answer, Page]]) -> dict[str, list[Row]]:
    collections: dict[str, list[Row]] = {}
    for answer, page in pages:
        for name, rows in page.collections.items():
            kept = collections.setdefault(name, [])
            kept.extend(
                Row(row, f"{answer.place}.{name}[{number}]") for number, row in enumerate(rows)
            )
    return collections


def load(path: Path, options: ReadOptions) -> list[Answer]:
    """Return the answers that a file holds; raise `FileRefused` for one that is no JSON."""
    try:
        tree = strict_json(whole_text(path, options.encoding, _FILE_LIMIT))
    except JsonRefused as refused:
        raise FileRefused(
            Words("{file}: {why}; export it again.", "{file}: {why}; allforiwch hi eto.").fill(
                file=path.name, why=refused.words
            ),
            file=path.name,
            offset=refused.offset,
        ) from None
    if isinstance(tree, dict):
        for name in _LISTS:
            if _are_answers(tree.get(name)):
                return [
                    _answer(entry, f"{path.name}#{name}[{number}]", options)
                    for number, entry in enumerate(tree[name])
                ]
    if isinstance(tree, list) and _are_bodies(tree, options):
        return [
            Answer("", 200, _spelled(body, options), f"{path.name}#[{number}]")
            for number, body in enumerate(tree)
        ]
    return [Answer("", 200, _spelled(tree, options), f"{path.name}#")]


def _are_answers(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict) and ("body" in entry or "status" in entry) for entry in value
    )


def _are_bodies(tree: list[object], options: ReadOptions) -> bool:
    main = options.records or ""
    return bool(tree) and all(
        isinstance(body, dict)
        and isinstance(paging.lists_in(body, options), dict)
        and main in (paging.lists_in(body, options) or {})
        for body in tree
    )


def _answer(entry: dict[str, object], place: str, options: ReadOptions) -> Answer:
    address = entry.get("url") or entry.get("path") or ""
    status = as_key(entry.get("status", 200))
    headers = entry.get("headers")
    return Answer(
        address if isinstance(address, str) else "",
        int(status) if status.isascii() and status.isdigit() else 0,
        _spelled(entry.get("body"), options),
        place,
        {str(k).lower(): str(v) for k, v in headers.items()} if isinstance(headers, dict) else {},
    )


def _spelled(body: object, options: ReadOptions) -> object:
    return folded(body) if options.case == "fold" else body


def _check_paging(pages: Sequence[tuple[Answer, Page]], reading: Reading) -> set[str]:
    """Note what makes the reading incomplete; return the collections that lack pages or rows."""
    order: dict[object, int] = {}
    broken: set[str] = set()

    def stop_short(page: Page, why: Words) -> None:
        reading.stop_short(why)
        broken.update(page.collections)

    for number, (answer, page) in enumerate(pages):
        seen = _identity(answer, page, number)
        if seen in order:
            stop_short(page, paging.REPEATED)
        order[seen] = number
    origin = next((a.address for a, _ in pages if urlsplit(a.address).netloc), "")
    for number, (answer, page) in enumerate(pages):
        origin = origin or _origin(page.next_address)
        follower = pages[number + 1][0] if number + 1 < len(pages) else None
        if _lost_before(answer, page, order, number):
            stop_short(page, paging.PREVIOUS_NOT_CARRIED)
        if why := _lost_after(answer, page, origin, order, number, follower):
            stop_short(page, why)
    return broken | _short_counts(pages, reading)


def _identity(answer: Answer, page: Page, number: int) -> object:
    """Return what a page is known by: its address, else what it holds if that is enough."""
    if answer.address:
        return paging.identity(answer.address)
    many = any(len(rows) > 1 for rows in page.collections.values())
    return digest_of(answer.body) if many else number


def _lost_before(answer: Answer, page: Page, order: dict[object, int], number: int) -> bool:
    if page.previous_address is None or not (answer.address or number == 0):
        return False
    before = paging.identity(paging.absolute(answer.address, page.previous_address))
    return before not in order


def _lost_after(
    answer: Answer,
    page: Page,
    origin: str,
    order: dict[object, int],
    number: int,
    follower: Answer | None,
) -> Words | None:
    if page.next_address is None:
        return paging.MORE_WITHOUT_NEXT if page.more else None
    base = answer.address if urlsplit(answer.address).netloc else origin
    if base and paging.other_origin(base, page.next_address):
        return paging.OTHER_HOST
    target = order.get(paging.identity(paging.absolute(answer.address, page.next_address)))
    if target is not None:
        return paging.REPEATED if target <= number else None
    carried = follower is not None and not follower.address
    return None if carried else paging.NEXT_NOT_CARRIED


def _origin(address: str | None) -> str:
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


def _short_counts(pages: Sequence[tuple[Answer, Page]], reading: Reading) -> set[str]:
    got: Counter[str] = Counter()
    announced: dict[str, int] = {}
    for _, page in pages:
        for name, rows in page.collections.items():
            got[name] += len(rows) + page.withdrawn
            if page.expected is not None:
                announced[name] = page.expected
    short = {name for name, expected in announced.items() if got[name] < expected}
    for name in short:
        reading.stop_short(paging.short_count(name, announced[name], got[name]))
    return short


def _no_such_list(path: Path, main: str) -> FileRefused:
    return FileRefused(
        Words(
            "{file}: there is no list of records at {main}; is it a file of this vendor? If the "
            "nesting differs, set [read] records in an overlay.",
            "{file}: nid oes rhestr o gofnodion yn {main}; ai ffeil gan y cyflenwr hwn yw hi? Os "
            "yw'r nythu'n wahanol, gosodwch [read] records mewn troshaen.",
        ).fill(file=path.name, main=main or "-"),
        file=path.name,
    )
