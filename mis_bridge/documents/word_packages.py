"""What a Word file from outside may be made of: text, styles, pictures, and nothing that acts.

Macros, embedded files, controls, parts that are fetched from elsewhere and fields that fetch are
refused; so is a file that unpacks to too much. Nothing is ever unpacked to a disk.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from lxml import etree

from mis_bridge.domain.words import Words

MOST_FILE_BYTES, MOST_BYTES = 5 * 1024 * 1024, 30 * 1024 * 1024
MOST_ENTRIES, MOST_RATIO = 300, 200
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPES, _XML = "[Content_Types].xml", (".xml", ".rels")
_ACTING = re.compile(
    r"vba|macro|activex|/embeddings/|/ctrlprops/|customui|attachedtoolbars|\.(bin|ole|exe|dll|js|vbs)$",
    re.IGNORECASE,
)
_ACTING_TIES = re.compile(
    r"/(oleObject|package|control|vbaProject|aFChunk|subDocument|frame|"
    r"externalLink\w*|mailMergeSource|mailMergeHeaderSource|recipientData|keyMapCustomizations|"
    r"activeXControl\w*|wordVbaData|customProperty|ui/extensibility)$",
    re.IGNORECASE,
)
_PICTURES = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".gif": b"GIF8",
}
# Files of a Word file that are neither XML nor pictures, and do nothing.
_PLAIN = (".odttf", ".ttf")
_ACTING_TYPES = ("macro", "vba", "activex", "oleobject", "svg")
_LINKS = ("https://", "http://", "mailto:", "#")
_FETCHING = re.compile(
    r"\b(INCLUDETEXT|INCLUDEPICTURE|INCLUDE|DDE|DDEAUTO|LINK|RD|DATABASE|MACROBUTTON|EMBED|"
    r"IMPORT|AUTOTEXT|GOTOBUTTON|ADDIN|CONTROL|PRINT|ASK|FILLIN)\b",
    re.IGNORECASE,
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a template: where, and what it is with its remedy."""

    place: str
    words: Words


def package_faults(content: bytes) -> tuple[Finding, ...]:
    """Return everything for which a Word file is refused; nothing means that it may be opened."""
    try:
        files = _entries(content)
    except _Unusable as fault:
        return (Finding("file", fault.words),)
    return tuple(_faults(files))


class _Unusable(Exception):
    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def _entries(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_FILE_BYTES:
        raise _Unusable(_TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            listed = archive.infolist()
            names = [entry.filename for entry in listed]
            total = sum(entry.file_size for entry in listed)
            packed = max(1, sum(entry.compress_size for entry in listed))
            if len(names) > MOST_ENTRIES or len({name.lower() for name in names}) != len(names):
                raise _Unusable(_TOO_MANY)
            if total > MOST_BYTES or total > MOST_RATIO * packed:
                raise _Unusable(_TOO_LARGE)
            if any(entry.flag_bits & 0x1 for entry in listed):
                raise _Unusable(_LOCKED)
            # Read at most what the directory states; a lie there ends in a wrong checksum.
            return {entry.filename: archive.read(entry) for entry in listed if not entry.is_dir()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError, ValueError):
        raise _Unusable(_NOT_WORD) from None


def _faults(files: Mapping[str, bytes]) -> Iterator[Finding]:
    trees: dict[str, etree._Element] = {}
    for name, held in files.items():
        if ".." in name.split("/") or name.startswith("/") or "\\" in name:
            yield Finding(name, _STRANGE)
        elif _ACTING.search(f"/{name}"):
            yield Finding(name, _ACTS)
        elif not name.lower().endswith(_XML):
            if not _is_plain(name.lower(), held):
                yield Finding(name, _STRANGE)
        elif (tree := _tree(held)) is None:
            yield Finding(name, _BAD_XML)
        else:
            trees[name] = tree
    yield from _types(trees.get(_TYPES))
    for name, tree in trees.items():
        if name.endswith(".rels"):
            yield from _ties(name, tree)
        elif name.startswith("word/"):
            yield from _fields(name, tree)


def _types(types: etree._Element | None) -> Iterator[Finding]:
    kinds = [each.get("ContentType") or "" for each in types] if types is not None else []
    if _MAIN not in kinds:
        yield Finding(_TYPES, _NOT_DOCX)
    if any(word in kind.lower() for kind in kinds for word in _ACTING_TYPES):
        yield Finding(_TYPES, _ACTS)


def _is_plain(name: str, held: bytes) -> bool:
    for ending, beginning in _PICTURES.items():
        if name.endswith(ending):
            return held.startswith(beginning)
    return name.endswith(_PLAIN)


def _tree(held: bytes) -> etree._Element | None:
    """Read XML that declares nothing of its own; None for any other."""
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[", "", text, flags=re.DOTALL):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(held, parser)
    except etree.XMLSyntaxError:
        return None


def _ties(name: str, tree: etree._Element) -> Iterator[Finding]:
    for tie in tree.iter("{*}Relationship"):
        kind, target = tie.get("Type") or "", (tie.get("Target") or "").strip()
        if _ACTING_TIES.search(kind):
            yield Finding(name, _ACTS)
        elif tie.get("TargetMode") == "External" and not (
            kind.endswith("/hyperlink") and target.lower().startswith(_LINKS)
        ):
            yield Finding(name, _ELSEWHERE)


def _fields(name: str, tree: etree._Element) -> Iterator[Finding]:
    """Find fields that fetch or act, and tags inside a field, where a value would be a command."""
    for chunk in tree.iter(f"{_W}altChunk", f"{_W}object", f"{_W}control", f"{_W}subDoc"):
        yield Finding(name, _ACTS)
        del chunk
    said = "".join(each.text or "" for each in tree.iter(f"{_W}instrText", f"{_W}delInstrText"))
    simple = [each.get(f"{_W}instr") or "" for each in tree.iter(f"{_W}fldSimple")]
    for instruction in (said, *simple):
        if _FETCHING.search(instruction):
            yield Finding(name, _FETCHES)
        if "{{" in instruction or "{%" in instruction:
            yield Finding(name, _TAG_IN_FIELD)


_NOT_WORD = Words(
    "this is no whole Word file (.docx); save it again in Word as a Word document",
    "nid ffeil Word gyfan (.docx) yw hon; cadwch hi eto yn Word fel dogfen Word",
)
_NOT_DOCX = Words(
    "this is no plain Word document; a file with macros (.docm) or a Word template (.dotx) is not "
    "taken: save it as .docx",
    "nid dogfen Word blaen yw hon; ni chymerir ffeil â macros (.docm) na thempled Word (.dotx): "
    "cadwch hi fel .docx",
)
_TOO_LARGE = Words(
    "the file is too large, or unpacks to too much; make its pictures smaller",
    "mae'r ffeil yn rhy fawr, neu'n dadbacio i ormod; gwnewch ei lluniau'n llai",
)
_TOO_MANY = Words(
    "the file has too many parts, or one twice; save it again in Word",
    "mae gormod o rannau yn y ffeil, neu un ddwywaith; cadwch hi eto yn Word",
)
_LOCKED = Words(
    "the file is locked with a password; take it away and save the file again",
    "mae'r ffeil wedi'i chloi â chyfrinair; tynnwch ef a chadwch y ffeil eto",
)
_STRANGE = Words(
    "a part that a form does not need, or a picture that is no PNG, JPEG or GIF; take it out",
    "rhan nad oes ei hangen ar ffurflen, neu lun nad yw'n PNG, JPEG na GIF; tynnwch hi allan",
)
_ACTS = Words(
    "a macro, a control or an embedded file; take it out",
    "macro, rheolydd neu ffeil wedi'i mewnblannu; tynnwch ef allan",
)
_ELSEWHERE = Words(
    "something that Word would fetch from elsewhere (a linked picture, an attached template); put "
    "a copy into the file itself, or detach it",
    "rhywbeth y byddai Word yn ei nôl o rywle arall (llun cysylltiedig, templed ynghlwm); rhowch "
    "gopi yn y ffeil ei hun, neu ei ddatgysylltu",
)
_FETCHES = Words(
    "a field that fetches or does something; write plain text in its place",
    "maes sy'n nôl neu'n gwneud rhywbeth; ysgrifennwch destun plaen yn ei le",
)
_TAG_IN_FIELD = Words(
    "a tag stands inside a Word field; put it into plain text",
    "mae tag y tu mewn i faes Word; rhowch ef mewn testun plaen",
)
_BAD_XML = Words(
    "a part that cannot be read safely; save the file again in Word",
    "rhan na ellir ei darllen yn ddiogel; cadwch y ffeil eto yn Word",
)
