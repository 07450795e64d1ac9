"""A message's folder appears whole, once, and nowhere but below its root."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from mis_bridge.delivery.base import DeliveryUnavailable, Message
from mis_bridge.delivery.print_pack import ADDRESS_SHEET, MANIFEST, PrintPack
from mis_bridge.domain.words import Words

LETTER = b"%PDF-1.7 invented"


def message(reference: str = "mb-1", address: str | None = "1 Heol\nTref") -> Message:
    """Return a letter to one invented person."""
    return Message(
        reference=reference,
        group="660/4001",
        event="decision_started",
        subject=Words("You have a new message", "Mae gennych neges newydd"),
        addressee="Rhian Canary",
        address=address,
        pages={"letter-1-cy.pdf": LETTER},
    )


def test_a_message_becomes_one_folder_with_letter_address_and_manifest(tmp_path: Path) -> None:
    handed = PrintPack(tmp_path).send(message())
    folder = tmp_path / handed.artefact
    manifest = json.loads((folder / MANIFEST).read_text())
    assert folder == tmp_path / "660-4001" / "mb-1"
    assert (folder / "letter-1-cy.pdf").read_bytes() == LETTER
    assert (folder / ADDRESS_SHEET).read_text().splitlines()[:3] == [
        "Rhian Canary",
        "1 Heol",
        "Tref",
    ]
    assert manifest["files"]["letter-1-cy.pdf"] == sha256(LETTER).hexdigest()
    assert "Canary" not in (folder / MANIFEST).read_text()


def test_sending_again_under_the_same_reference_leaves_the_first_folder(tmp_path: Path) -> None:
    pack = PrintPack(tmp_path)
    first = pack.send(message())
    second = pack.send(message(address="another place"))
    assert first == second
    assert "1 Heol" in (tmp_path / first.artefact / ADDRESS_SHEET).read_text()
    assert len(list((tmp_path / "660-4001").iterdir())) == 1


def test_an_attempt_cut_off_half_way_is_not_found_and_is_written_anew(tmp_path: Path) -> None:
    half = tmp_path / "660-4001" / ".writing-x"
    half.mkdir(parents=True)
    (half / "letter-1-cy.pdf").write_bytes(b"%PDF")
    pack = PrintPack(tmp_path)
    assert pack.find("mb-1", "660/4001") is None
    assert pack.send(message()).artefact == "660-4001/mb-1"


def test_without_an_address_the_sheet_says_that_a_person_hands_it_over(tmp_path: Path) -> None:
    handed = PrintPack(tmp_path).send(message(address=None))
    assert "rhoi yn bersonol" in (tmp_path / handed.artefact / ADDRESS_SHEET).read_text()


@pytest.mark.parametrize("reference", ["../../etc/x", "..", "/abs", ".hidden", "a\x00b", ""])
def test_no_reference_leaves_the_root(tmp_path: Path, reference: str) -> None:
    root = tmp_path / "packs"
    handed = PrintPack(root).send(message(reference=reference))
    assert (root / handed.artefact).resolve().is_relative_to(root.resolve() / "660-4001")
    assert [path.name for path in tmp_path.iterdir()] == ["packs"]


def test_only_the_owner_may_read_the_packs(tmp_path: Path) -> None:
    handed = PrintPack(tmp_path / "packs").send(message())
    assert (tmp_path / "packs" / handed.artefact).stat().st_mode & 0o077 == 0


def test_a_disk_that_cannot_be_written_is_a_fault_to_try_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeliveryUnavailable):
        PrintPack(tmp_path / "file").send(message())
