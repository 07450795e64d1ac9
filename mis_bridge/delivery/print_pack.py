"""Letters as folders on disk, ready to be printed, put in an envelope and posted or handed over.

A message's folder appears whole or not at all, and once: it is written aside and moved into place.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from mis_bridge.delivery.base import DeliveryUnavailable, Fate, Handed, Message
from mis_bridge.domain.words import Words

MANIFEST = "manifest.json"
ADDRESS_SHEET = "address.txt"
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class PrintPack:
    """A channel that writes each message's folder below `root`, readable by its owner alone."""

    name = "print_pack"
    unknown_needs_a_person = False

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, reference: str, group: str) -> Handed | None:
        """Return the folder that an earlier attempt wrote."""
        folder = self._root / _name(group) / _name(reference)
        try:
            written = (folder / MANIFEST).read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            raise DeliveryUnavailable(_NO_DISK) from None
        return Handed(self._place(folder), sha256(written).hexdigest())

    def send(self, message: Message) -> Handed:
        """Write the message's folder unless it is there; raises DeliveryUnavailable."""
        known = self.find(message.reference, message.group)
        if known is not None:
            return known
        group = self._root / _name(message.group)
        try:
            group.mkdir(mode=0o700, parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=group))
            try:
                self._write(message, aside)
                _move(aside, group / _name(message.reference))
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        except OSError:
            raise DeliveryUnavailable(_NO_DISK) from None
        handed = self.find(message.reference, message.group)
        if handed is None:
            raise DeliveryUnavailable(_NO_DISK)
        return handed

    def look(self, artefact: str) -> Fate | None:
        """Return None: a person posts the folder, and says when."""
        del artefact
        return None

    def _write(self, message: Message, folder: Path) -> None:
        files = {_name(name): pages for name, pages in message.pages.items()}
        files[ADDRESS_SHEET] = address_sheet(message).encode()
        for name, content in files.items():
            _write_through(folder / name, content)
        manifest = {
            "reference": message.reference,
            "event": message.event,
            "files": {name: sha256(content).hexdigest() for name, content in files.items()},
        }
        _write_through(
            folder / MANIFEST, (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode()
        )

    def _place(self, folder: Path) -> str:
        return folder.relative_to(self._root).as_posix()


def address_sheet(message: Message) -> str:
    """Return what goes on the envelope; without an address it says that a person hands it over."""
    lines = [message.addressee or message.reference]
    if message.address:
        lines += [line.strip() for line in message.address.splitlines() if line.strip()]
    else:
        lines += [_BY_HAND.cy, _BY_HAND.en]
    return "\n".join([*lines, "", message.reference, ""])


def _move(aside: Path, place: Path) -> None:
    """Put the finished folder in its place; where another attempt was quicker, its folder stays."""
    try:
        aside.rename(place)
    except OSError:
        if not (place / MANIFEST).exists():
            raise
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_through(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _name(given: str) -> str:
    """Return a file name that can leave its folder on no system."""
    kept = "".join(sign if sign in _SAFE else "-" for sign in given).lstrip(".")
    return kept or "-"


_BY_HAND = Words(
    "(no address on record: hand over in person)",
    "(dim cyfeiriad ar gofnod: rhoi yn bersonol)",
)
_NO_DISK = Words(
    "the print pack cannot be written; check the room and the rights in its folder",
    "ni ellir ysgrifennu'r pecyn argraffu; gwiriwch y lle a'r hawliau yn ei ffolder",
)
