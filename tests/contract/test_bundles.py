"""A portable plan bundle: whole and signed, or refused with the reason."""

from __future__ import annotations

import hashlib
import json
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mis_bridge.cli.bundle_moves import bundle
from mis_bridge.documents.bundles import BundleRefused, SignerUnknown, key_id, pack, verify
from mis_bridge.documents.published_keys import KeysUnreadable, as_pem, key_ids

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"z" * 32)
KEY_ID = key_id(KEY.public_key())
FILES = {"plan.json": b'{"plan_id": "P-1"}', "plan.cy.pdf": b"%PDF cy", "plan.en.pdf": b"%PDF en"}
ABOUT = {
    "plan_id": "P-1",
    "edition": 2,
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
    found = verify(PACKED, {KEY_ID})
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
    forged = pack(FILES, ABOUT, OTHER)
    assert verify(forged).key_id != verify(PACKED).key_id
    with pytest.raises(SignerUnknown, match=key_id(OTHER.public_key())) as refused:
        verify(forged, {KEY_ID})
    assert refused.value.key_id == key_id(OTHER.public_key())
    assert verify(forged, {KEY_ID, key_id(OTHER.public_key())}).files == FILES


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


def test_every_damaged_byte_is_refused_or_changes_nothing_that_is_read() -> None:
    """Headers, names, sizes, packed data, directory, end record: each byte, in three ways."""
    refused = 0
    for place in range(len(PACKED)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(PACKED)
            damaged[place] ^= change
            try:
                found = verify(bytes(damaged), {KEY_ID})
            except BundleRefused:
                refused += 1
            else:
                assert (found.files, found.digest) == (FILES, verify(PACKED).digest)
    assert refused > len(PACKED)


@pytest.mark.parametrize("length", range(0, len(PACKED), 7))
def test_a_bundle_that_ends_early_is_refused(length: int) -> None:
    with pytest.raises(BundleRefused):
        verify(PACKED[:length])


def test_one_name_twice_many_entries_and_a_foreign_packing_are_refused() -> None:
    def zipped(*names: str, how: int = zipfile.ZIP_DEFLATED) -> bytes:
        out = BytesIO()
        with warnings.catch_warnings(), zipfile.ZipFile(out, "w", how) as archive:
            warnings.simplefilter("ignore", UserWarning)
            for name in names:
                archive.writestr(name, b"{}")
        return out.getvalue()

    with pytest.raises(BundleRefused, match="one twice"):
        verify(zipped("manifest.json", "plan.json", "plan.json"))
    with pytest.raises(BundleRefused, match="too many"):
        verify(zipped(*(f"{number}.json" for number in range(30))))
    with pytest.raises(BundleRefused, match="packed in a way"):
        verify(zipped("manifest.json", "plan.json", how=zipfile.ZIP_BZIP2))


@pytest.mark.parametrize(
    "manifest",
    [
        b'{"schema": "aln-plan-bundle/1", "schema": "aln-plan-bundle/1"}',
        b'{"schema": "aln-plan-bundle/1", "edition": NaN}',
        b'{"schema": "aln-plan-bundle/1", "made_by": "\\ud800"}',
        b'{"schema": "aln-plan-bundle/1", "made_by": "\\u0000"}',
        b'{"schema": "aln-plan-bundle/1", "made_by": "\xff"}',
        b"[" * 3_000,
        b'{"schema": "aln-plan-bundle/2"}',
    ],
)
def test_a_manifest_that_two_readers_could_read_differently_is_refused(manifest: bytes) -> None:
    def change(entries: dict[str, bytes]) -> None:
        entries["manifest.json"], entries["manifest.sig"] = manifest, KEY.sign(manifest)

    with pytest.raises(BundleRefused, match="manifest is not"):
        verify(rewritten(change))


def test_keys_may_be_published_as_pem_or_as_ids_with_whose_they_are() -> None:
    other = key_id(OTHER.public_key())
    text = f"# Sir Ddychmygol\n{as_pem(KEY.public_key())}\n# Sir Arall\n{other.upper()}\n"
    assert key_ids(text) == {KEY_ID, other}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a remark",
        "abcd",
        f"{KEY_ID} and more",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        as_pem(KEY.public_key()).replace("PUBLIC", "PRIVATE"),
        "x" * 200_000,
    ],
)
def test_what_is_no_published_key_is_refused(text: str) -> None:
    with pytest.raises(KeysUnreadable):
        key_ids(text)


def test_one_of_several_trusted_keys_is_enough_and_an_unknown_signer_is_named(
    tmp_path: Path,
) -> None:
    good, trusted = tmp_path / "plan.zip", tmp_path / "authorities.pem"
    good.write_bytes(PACKED)
    trusted.write_text(f"{key_id(OTHER.public_key())}\n{as_pem(KEY.public_key())}")
    words = ["verify", str(good), "--json"]
    done = CliRunner().invoke(bundle, [*words, "--key", str(trusted)])
    assert (done.exit_code, json.loads(done.stdout)["key_compared"]) == (0, True)
    alone = CliRunner().invoke(bundle, [*words, "--key-id", key_id(OTHER.public_key())])
    assert isinstance(alone.exception, SignerUnknown)
    assert KEY_ID in str(alone.exception)
    assert alone.stdout == ""
