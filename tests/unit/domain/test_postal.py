"""An envelope has three to seven lines, with the postcode last; otherwise a person looks."""

from __future__ import annotations

import pytest

from mis_bridge.domain.postal import envelope


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("1 Heol\nTref\nCF10 1AA", ("Rhian", "1 Heol", "Tref", "CF10 1AA")),
        ("1 Heol, Tref, CF10 1AA", ("Rhian", "1 Heol", "Tref", "CF10 1AA")),
        ("1 Heol\r\nTref cf101aa", ("Rhian", "1 Heol", "Tref", "cf101aa")),
        ("Fferm y Bryn\nLL55 4TY", ("Rhian", "Fferm y Bryn", "LL55 4TY")),
        (" 1 Heol ,\n\nTref,\nCF10 1AA\n", ("Rhian", "1 Heol", "Tref", "CF10 1AA")),
    ],
)
def test_an_address_with_its_postcode_stands_on_an_envelope(
    address: str, lines: tuple[str, ...]
) -> None:
    assert envelope("Rhian", address) == lines


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (None, "1 Heol\nTref\nCF10 1AA"),
        ("  ", "1 Heol\nTref\nCF10 1AA"),
        ("Rhian", None),
        ("Rhian", " \n "),
        ("Rhian", "1 Heol\nTref"),
        ("Rhian", "CF10 1AA"),
        ("Rhian", "CF10 1AA\nTref"),
        ("Rhian", "1\n2\n3\n4\n5\n6\nCF10 1AA"),
        ("Rhian", "1 Heol\nBerlin\n10115"),
    ],
)
def test_what_the_post_could_not_rely_on_is_for_a_person(
    name: str | None, address: str | None
) -> None:
    assert envelope(name, address) is None
