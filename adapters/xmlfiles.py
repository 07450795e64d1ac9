"""Records of an XML file, one at a time: no DOCTYPE, no network, no entity, flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from lxml import etree

from adapters.base import FileRefused, Item, Reading, ReadOptions
from adapters.decoding import known_encoding
from adapters.elements import Element, local_name, plain_tree, spelled
from adapters.joining import Fault, Row
from adapters.kinds import XML_ENDINGS, files_of, need_kind
from adapters.records import joined_items
from adapters.trees import steps
from mis_bridge.domain.words import Words

TEXT_LIMIT: Final = 1_000_000
GAP_LIMIT: Final = 64 * 1024 * 1024


def read_xml(vendor: str, paths: Sequence[Path], options: ReadOptions) -> Reading:
    """Read the record elements of XML files; `FileRefused` comes before the first item."""

    def items(reading: Reading) -> Iterator[Item]:
        found = files_of(paths, XML_ENDINGS)
        need_kind(found, wanted="xml")
        files = [XmlFile(path, options) for path in found]
        for file in files:
            # To the closing tag before anything is used: half a file is no file.
            file.check()
        records = options.records or ""
        for file in files:
            yield from joined_items(vendor, {records: file}, options, reading)

    return Reading(items)


class XmlFile:
    """One XML file; iterating reads its records from the start again."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path = path
        self._options = options
        self._steps = tuple(spelled(step, options) for step in steps(options.records or ""))

    def __iter__(self) -> Iterator[Row]:
        for number, element in enumerate(self._records(), start=1):
            place = f"{self._path.name}:{element.sourceline}#{number}"
            fault = _fault(element, place)
            tree = plain_tree(element, self._options)
            yield Row(tree if isinstance(tree, dict) else {"#text": tree}, place, fault)

    def check(self) -> None:
        """Read to the end without using anything; raise `FileRefused` for what cannot be read."""
        for _ in self._records():
            pass

    def _records(self) -> Iterator[Element]:
        found_parent = False
        first = True
        with self._path.open("rb") as file:
            source = _Metered(file, self._path)
            events = etree.iterparse(
                source,
                events=("start", "end"),
                tag=self._tags(),
                encoding=self._encoding(),
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
                for event, element in events:
                    if first:
                        self._refuse_doctype(element)
                        first = False
                    if not self._is_record(element):
                        found_parent = found_parent or self._is_parent(element)
                        continue
                    found_parent = True
                    if event == "end":
                        yield element
                        _let_go(element)
                        source.since_record = 0
            except etree.XMLSyntaxError as broken:
                raise self._broken(broken) from None
        root = events.root
        self._refuse_doctype(root)
        if not found_parent:
            raise self._not_this_format(root)

    def _tags(self) -> list[str] | None:
        if self._options.case == "fold":
            return None
        namespace = self._options.namespaces
        wanted = "*" if namespace == "ignore" else namespace
        return [f"{{{wanted}}}{step}" for step in self._steps[-2:]]

    def _encoding(self) -> str | None:
        """Return the set encoding, which stands over a declaration that is wrong."""
        wanted = self._options.encoding
        return known_encoding(wanted, self._path) if wanted else None

    def _refuse_doctype(self, element: Element) -> None:
        if element.getroottree().docinfo.internalDTD is not None:
            raise FileRefused(
                Words(
                    "{file}: the file has a DOCTYPE, which an MIS's export never needs and which "
                    "can be used to read other files; it is refused. Export it without.",
                    "{file}: mae gan y ffeil DOCTYPE, nad oes ei angen byth ar allforiad MIS ac y "
                    "gellir ei ddefnyddio i ddarllen ffeiliau eraill; fe'i gwrthodir. Allforiwch "
                    "hi hebddo.",
                ).fill(file=self._path.name),
                file=self._path.name,
            )

    def _is_record(self, element: Element) -> bool:
        return _path_ends(element, self._steps, self._options)

    def _is_parent(self, element: Element) -> bool:
        return len(self._steps) > 1 and _path_ends(element, self._steps[:-1], self._options)

    def _broken(self, broken: etree.XMLSyntaxError) -> FileRefused:
        line, column = broken.position
        too_deep = "Excessive depth" in str(broken)
        encoding = "encod" in str(broken).lower() or "utf-8" in str(broken).lower()
        return FileRefused(
            Words(
                "{file}, line {line}, column {column}: {why}. The whole file is refused.",
                "{file}, llinell {line}, colofn {column}: {why}. Gwrthodir y ffeil gyfan.",
            ).fill(
                file=self._path.name,
                line=line,
                column=column,
                why=_TOO_DEEP if too_deep else _WRONG_BYTE if encoding else _CUT,
            ),
            file=self._path.name,
            row=line,
        )

    def _not_this_format(self, root: Element) -> FileRefused:
        return FileRefused(
            Words(
                "{file}: there is no element {path} in it (its outermost is {root}); is it a file "
                "of this vendor? If the nesting differs, set [read] records in an overlay.",
                "{file}: nid oes elfen {path} ynddi (yr allanol yw {root}); ai ffeil gan y "
                "cyflenwr hwn yw hi? Os yw'r nythu'n wahanol, gosodwch [read] records mewn "
                "troshaen.",
            ).fill(
                file=self._path.name,
                path="/".join(self._steps),
                root=local_name(root, self._options),
            ),
            file=self._path.name,
        )


class _Metered:
    """A file that refuses to be read on and on without a record, which would fill the memory."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self.since_record = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.since_record += len(piece)
        if self.since_record > GAP_LIMIT:
            raise FileRefused(
                Words(
                    "{file}: {limit} MB without one record; is it a file of this vendor?",
                    "{file}: {limit} MB heb yr un cofnod; ai ffeil gan y cyflenwr hwn yw hi?",
                ).fill(file=self._path.name, limit=GAP_LIMIT >> 20),
                file=self._path.name,
            )
        return piece


def _let_go(element: Element) -> None:
    """Forget a record and everything before it, so that memory stays flat."""
    element.clear()
    above: Element | None = element
    while above is not None:
        parent = above.getparent()
        while parent is not None and above.getprevious() is not None:
            del parent[0]
        above = parent


def _path_ends(element: Element, path: tuple[str, ...], options: ReadOptions) -> bool:
    at: Element | None = element
    for step in reversed(path):
        if at is None or local_name(at, options) != step:
            return False
        at = at.getparent()
    return bool(path)


def _fault(element: Element, place: str) -> Fault | None:
    words = _TOO_LONG.fill(place=place)
    if any(len(node.text or "") > TEXT_LIMIT for node in element.iter()):
        return Fault(words.en, words.cy)
    return None


_TOO_DEEP: Final = Words("elements nested too deeply", "elfennau wedi'u nythu'n rhy ddwfn")
_WRONG_BYTE: Final = Words(
    "a byte that the declared encoding does not have; set [read] encoding to what the file is",
    "beit nad oes yn yr amgodiad a ddatganwyd; gosodwch [read] encoding i'r hyn yw'r ffeil",
)
_CUT: Final = Words(
    "this is not well-formed XML, or the file was cut; export it again",
    "nid yw hyn yn XML cywir, neu torrwyd y ffeil; allforiwch hi eto",
)
_TOO_LONG: Final = Words(
    "{place}: a text of more than 1 MB; correct it and read the file again.",
    "{place}: testun o fwy nag 1 MB; cywirwch ef a darllenwch y ffeil eto.",
)
