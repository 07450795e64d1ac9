"""A finalised plan as one portable, signed archive, which a receiving school checks offline.

The archive holds the plan in three forms and `manifest.json`, which names each file with its
SHA-256, says who made it, when, for whom, on what lawful basis and with what consent.
`manifest.sig` is an Ed25519 signature of the manifest's bytes by the authority's key. Nothing is
ever unpacked to a disk by the name that an archive gives.
Source: 2018 anaw 2 s. 35 (transfer of plans); S.I. 2021/401 reg. 15 (copy for the new body).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mis_bridge.documents.plain_json import read_object
from mis_bridge.documents.problems import DocumentProblem
from mis_bridge.domain.words import Words

SCHEMA = "aln-plan-bundle/1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
PLAN = "plan.json"
KNOWN_FILES = frozenset({PLAN, "plan.en.pdf", "plan.cy.pdf", "plan.en.docx", "plan.cy.docx"})
MOST_ENTRIES, MOST_BYTES, MOST_RATIO = 20, 50 * 1024 * 1024, 100
# A fixed time in the archive's own directory: the same plan gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What reading a damaged archive can end in; zipfile lets all of these through.
_NOT_READABLE = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError,
    OverflowError, OSError,
)  # fmt: skip


class BundleRefused(DocumentProblem):
    """A bundle is not what it says; nothing of it may be used."""


class SignerUnknown(BundleRefused):
    """A bundle is whole, and signed by a key (`key_id`) that is none of those that are trusted."""

    def __init__(self, key_id: str) -> None:
        super().__init__(_UNKNOWN_SIGNER.fill(key_id=key_id))
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose hashes and signature hold.

    `key_id` is the SHA-256 of the signer's public key, to be compared with the one that the sending
    authority publishes; `files` holds the content by name. `digest` is the SHA-256 of the signed
    manifest: two archives with one digest hold the same.
    """

    manifest: Mapping[str, Any]
    key_id: str
    files: Mapping[str, bytes]
    digest: str

    def __repr__(self) -> str:
        return f"Bundle(key_id={self.key_id!r})"


def key_id(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key, in hexadecimal."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def pack(files: Mapping[str, bytes], about: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return a signed bundle of `files` (names of KNOWN_FILES).

    `about` says, as JSON values, `plan_id`, `edition`, `made_at`, `made_by`, `made_for`,
    `lawful_basis` and `consent`. Raises ValueError for a file name that a bundle does not have.
    """
    if PLAN not in files or not files.keys() <= KNOWN_FILES:
        msg = f"a bundle holds {PLAN} and, beside it, only {sorted(KNOWN_FILES)}"
        raise ValueError(msg)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    manifest = {
        "schema": SCHEMA,
        **about,
        "public_key": public.hex(),
        "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
    }
    stated = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            (MANIFEST, stated),
            (SIGNATURE, key.sign(stated)),
            *sorted(files.items()),
        ):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return out.getvalue()


def timeless(document: bytes) -> bytes:
    """Return a Word file, which is an archive too, without the time at which it was written.

    So the same plan gives the same bytes, whenever it is packed.
    """
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(document)) as written,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as still,
    ):
        for entry in written.infolist():
            still.writestr(
                zipfile.ZipInfo(entry.filename, _EPOCH), written.read(entry), zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def verify(archive: bytes, trusted: Collection[str] | None = None) -> Bundle:
    """Check a bundle whole and return it; raises BundleRefused, which says what does not hold.

    With `trusted`, the ids of keys, the signer has to be one of them, else SignerUnknown is raised
    once everything else holds; without it the caller has to compare `key_id`.
    """
    files = _entries(archive)
    stated, signature = files.pop(MANIFEST, None), files.pop(SIGNATURE, None)
    if stated is None or signature is None:
        raise _refused("it has no manifest or no signature", "nid oes maniffest neu lofnod ynddo")
    manifest = _manifest(stated)
    try:
        signer = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(manifest["public_key"])))
        signer.verify(signature, stated)
    except (InvalidSignature, ValueError, KeyError):
        raise _refused(
            "its signature does not fit the manifest", "nid yw'r llofnod yn cyfateb i'r maniffest"
        ) from None
    hashes = manifest.get("files")
    if not isinstance(hashes, dict) or PLAN not in hashes or hashes.keys() != files.keys():
        raise _refused(
            "its files are not those that the manifest names",
            "nid ei ffeiliau yw'r rhai y mae'r maniffest yn eu henwi",
        )
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != hashes[name]:
            raise _refused(f"{name} was changed", f"newidiwyd {name}")
    if trusted is not None and key_id(signer) not in trusted:
        raise SignerUnknown(key_id(signer))
    return Bundle(manifest, key_id(signer), files, hashlib.sha256(stated).hexdigest())


def _entries(archive: bytes) -> dict[str, bytes]:
    """Read the known entries into memory, within limits on their number, size and ratio."""
    if len(archive) > MOST_BYTES:
        raise _refused("it is too large", "mae'n rhy fawr")
    try:
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            listed = opened.infolist()
            _within_limits(listed)
            # Read at most what the directory states: a lie there ends in a wrong hash.
            return {entry.filename: opened.read(entry) for entry in listed}
    except _NOT_READABLE:
        raise _refused("it is not a whole, plain archive", "nid archif gyfan, blaen ydyw") from None


def _within_limits(listed: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in listed]
    if len(names) > MOST_ENTRIES or len(set(names)) != len(names):
        raise _refused(
            "it has too many files, or one twice", "mae gormod o ffeiliau ynddo, neu un ddwywaith"
        )
    if not set(names) <= {MANIFEST, SIGNATURE, *KNOWN_FILES}:
        raise _refused(
            "it holds a file that a bundle does not have",
            "mae ffeil ynddo nad yw bwndel yn ei chynnwys",
        )
    if any(entry.compress_type not in _PLAIN_METHODS for entry in listed):
        raise _refused(
            "it is packed in a way that a bundle is not", "mae wedi'i bacio mewn ffordd wahanol"
        )
    total = sum(entry.file_size for entry in listed)
    packed = sum(entry.compress_size for entry in listed)
    if total > MOST_BYTES or total > MOST_RATIO * max(packed, 1):
        raise _refused("it unpacks to too much", "mae'n dadbacio i ormod")


def _manifest(stated: bytes) -> dict[str, Any]:
    try:
        manifest = read_object(stated)
    except ValueError:
        manifest = {}
    if manifest.get("schema") != SCHEMA:
        raise _refused(f"its manifest is not {SCHEMA}", f"nid {SCHEMA} yw ei faniffest")
    return manifest


def _refused(en: str, cy: str) -> BundleRefused:
    return BundleRefused(
        Words(
            f"The bundle cannot be used: {en}. Ask the sender for it again.",
            f"Ni ellir defnyddio'r bwndel: {cy}. Gofynnwch i'r anfonwr amdano eto.",
        )
    )


_UNKNOWN_SIGNER = Words(
    "The bundle is whole, and none of the keys that were given has signed it: its signer is the "
    "key {key_id}. Ask the authority that sent it, by another way, whether that key is its own.",
    "Mae'r bwndel yn gyfan, ond nid yw'r un o'r allweddi a roddwyd wedi'i lofnodi: yr allwedd "
    "{key_id} a'i llofnododd. Gofynnwch i'r awdurdod a'i hanfonodd, drwy ffordd arall, ai ei "
    "allwedd ef yw honno.",
)
