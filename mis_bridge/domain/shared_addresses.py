"""Which contacts' addresses go into a plan by themselves: a copy of it reaches everybody in it.

Parents may live apart, and one may not be meant to know where the other lives.
Source: none; a rule of the product (UK GDPR Art. 25: by default no more than is needed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mis_bridge.domain.idp import DraftField
from mis_bridge.domain.pupil import Contact

_CONTACT = "contacts["


def only_shared_addresses(
    fields: Mapping[str, DraftField], contacts: Iterable[Contact]
) -> dict[str, DraftField]:
    """Return the fields of a plan, with the contacts' addresses only where all live at one.

    Where addresses differ, or a court order is on record, none is carried over: a person who knows
    the family writes those that may stand in a plan that every recipient reads.

    Source: none; a rule of the product.
    """
    listed = [field.value for key, field in fields.items() if key.startswith(_CONTACT)]
    known = {
        " ".join(value["address"].casefold().split())
        for value in listed
        if isinstance(value, dict) and value.get("address")
    }
    if len(known) < 2 and not any(contact.court_order for contact in contacts):
        return dict(fields)
    return {
        key: _without_address(field) if key.startswith(_CONTACT) else field
        for key, field in fields.items()
    }


def _without_address(field: DraftField) -> DraftField:
    if not isinstance(field.value, dict):
        return field
    kept = {name: value for name, value in field.value.items() if name != "address"}
    return replace(field, value=kept)
