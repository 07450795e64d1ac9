"""A portable plan bundle: whole and signed, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mis_bridge.cli.bundle import bundle
from mis_bridge.documents.bundles import BundleRefused, pack, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
FILES = {"plan.json": b'{"plan_id": "P-1"}', "plan.cy.pdf": b"%PDF cy", "plan.en.pdf": b"%PDF en"}
ABOUT = {
    "plan_id": "P-1",
    "version": 2,
    "made_at": "2026-11-20T10:00:00Z",
    "made_by": "661/9901",
    "made_for": "661/9902",
    "lawful_basis": "2018 anaw 2 s. 35",
    "consent": None,
}
PACKED = pack(FILES, ABOUT, KEY)


def rewritten(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return the bundle with its entries changed and zipped anew."""
    with zipfile.ZipFile(BytesIO(PACKED)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_what_was_packed_verifies_and_comes_back() -> None:
    found = verify(PACKED, KEY.public_key())
    assert found.files == FILES
    assert found.manifest["lawful_basis"] == "2018 anaw 2 s. 35"


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert pack(dict(reversed(FILES.items())), ABOUT, KEY) == PACKED


def _add(name: str, content: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda entries: entries.update({name: content})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_add("plan.json", b"{}"), "plan.json was changed"),
        (_add("manifest.sig", b"x" * 64), "signature does not fit"),
        (_add("manifest.json", b'{"schema": "aln-plan-bundle/1"}'), "signature does not fit"),
        (_add("manifest.json", b"[]"), "manifest is not"),
        (_add("../escape.txt", b"x"), "does not have"),
        (_add("plan.en.docx", b"x"), "not those that the manifest names"),
        (lambda entries: entries.pop("plan.cy.pdf"), "not those that the manifest names"),
        (lambda entries: entries.pop("manifest.sig"), "no manifest or no signature"),
        (_add("plan.en.docx", b"0" * 20_000_000), "unpacks to too much"),
    ],
)
def test_a_bundle_that_was_touched_is_refused_and_says_why(
    change: Callable[[dict[str, bytes]], None], reason: str
) -> None:
    with pytest.raises(BundleRefused, match=reason) as refused:
        verify(rewritten(change))
    assert refused.value.words.cy != refused.value.words.en


@pytest.mark.parametrize("archive", [b"", b"no archive", PACKED[:-40], PACKED[: len(PACKED) // 2]])
def test_half_an_archive_is_refused(archive: bytes) -> None:
    with pytest.raises(BundleRefused, match="whole"):
        verify(archive)


def test_somebody_elses_signature_is_refused_where_the_key_is_given() -> None:
    forged = pack(FILES, ABOUT, Ed25519PrivateKey.from_private_bytes(b"z" * 32))
    assert verify(forged).key_id != verify(PACKED).key_id
    with pytest.raises(BundleRefused, match="another key"):
        verify(forged, KEY.public_key())


def test_a_file_that_a_bundle_does_not_have_cannot_be_packed() -> None:
    with pytest.raises(ValueError, match=r"plan\.json"):
        pack({**FILES, "notes.txt": b""}, ABOUT, KEY)


def test_the_command_says_by_which_key_and_ends_with_its_code(tmp_path: Path) -> None:
    good, pem = tmp_path / "plan.zip", tmp_path / "key.pem"
    good.write_bytes(PACKED)
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    done = CliRunner().invoke(bundle, ["verify", str(good), "--key", str(pem), "--json"])
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    raw = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert printed["key_id"] == hashlib.sha256(raw).hexdigest()
    assert printed["key_compared"] is True
    good.write_bytes(PACKED[:-40])
    assert CliRunner().invoke(bundle, ["verify", str(good)]).exit_code != 0
    assert CliRunner().invoke(bundle, ["verify", str(pem), "--key", str(good)]).exit_code != 0
