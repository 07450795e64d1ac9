"""An address goes into a plan by itself only where it tells nobody anything new."""

from __future__ import annotations

import pytest

from mis_bridge.domain.idp import DraftField, Origin, Value
from mis_bridge.domain.pupil import Contact
from mis_bridge.domain.shared_addresses import only_shared_addresses

ORIGIN = Origin("wonde:1", "contacts")


def fields(*addresses: str | None) -> dict[str, DraftField]:
    """Return a plan's contacts with their addresses, and one other field."""
    held: dict[str, Value] = {"person.name": "Aled Canary"}
    for number, address in enumerate(addresses):
        entry = {"name": f"Contact {number}"}
        if address is not None:
            entry["address"] = address
        held[f"contacts[{number}]"] = entry
    return {key: DraftField(value, ORIGIN, "copied") for key, value in held.items()}


def addresses(told: dict[str, DraftField]) -> list[object]:
    """Return the addresses that are left."""
    return [
        field.value.get("address")
        for key, field in sorted(told.items())
        if key.startswith("contacts[") and isinstance(field.value, dict)
    ]


def test_one_home_stays() -> None:
    told = only_shared_addresses(fields("1 Canary Row", "1  canary row", None), ())
    assert addresses(told) == ["1 Canary Row", "1  canary row", None]


def test_parents_who_live_apart_are_not_told_of_each_others_address() -> None:
    told = only_shared_addresses(fields("1 Canary Row", "2 Other Street"), ())
    assert addresses(told) == [None, None]
    assert told["contacts[0]"].value == {"name": "Contact 0"}
    assert told["person.name"].value == "Aled Canary"


@pytest.mark.parametrize(("order", "left"), [(True, None), (False, "1 Row"), (None, "1 Row")])
def test_a_court_order_keeps_every_address_out(*, order: bool | None, left: str | None) -> None:
    contact = Contact(name="Owain", relationship="father", court_order=order)
    assert addresses(only_shared_addresses(fields("1 Row"), [contact])) == [left]
