"""The form of one page of a plan: read into values by control, and filled from the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mis_bridge.domain.idp import Value
from mis_bridge.services.plans.controls import Control, plain, removal
from mis_bridge.services.plans.edit_pages import EditPage
from mis_bridge.services.plans.writing import Entry, Sheet
from mis_bridge.web.entries import Entered, entered

_OWN: Final = ("version", "do", "add", "nhs_agreed", "confirm")


def page_entered(sheet: Sheet) -> Entered:
    """Read the form of a page strictly: a field beyond its controls is refused."""
    texts = [control.name for control in sheet.controls if control.kind != "date"]
    dates = tuple(control.name for control in sheet.controls if control.kind == "date")
    return entered(*_OWN, *texts, *_removals(sheet), dates=dates)


def _removals(sheet: Sheet) -> dict[str, str]:
    """Return the boxes that take an entry out, with the key that each takes out."""
    return {
        removal(sheet.slug.part, control.key.partition("[")[2].rstrip("]")): control.key
        for control in sheet.controls
        if control.part is not None and control.key in sheet.seen
    }


def entry_of(form: Entered, sheet: Sheet) -> Entry:
    """Return what a form says; what cannot be read stands among its errors."""
    typed: dict[str, Value | None] = {}
    for control in sheet.controls:
        match control.kind:
            case "date":
                day = form.day(control.name)
                if day is not None:
                    typed[control.name] = day.isoformat()
                elif control.name in form.errors and control.part is None:
                    # What cannot be read as a day changes nothing while it is only kept.
                    held = sheet.seen.get(control.key)
                    typed[control.name] = held.value if held is not None else None
            case "truth":
                typed[control.name] = {"yes": True, "no": False}.get(form.text(control.name))
            case _:
                typed[control.name] = plain(form.text(control.name)) or None
    removed = [key for name, key in _removals(sheet).items() if form.text(name) == "yes"]
    agreed, confirmed = form.text("nhs_agreed") == "yes", form.text("confirm") == "yes"
    return Entry(typed, removed, agreed, confirmed)


def control_of(key: str | None, sheet: Sheet) -> str:
    """Return the name of the control at which a refusal is shown."""
    for control in sheet.controls:
        if control.key == key:
            return control.name
    return "nhs_agreed" if sheet.slug.part == "health_alp" else "version"


def filled(found: EditPage) -> Mapping[str, str]:
    """Return the fields of a form as the plan fills them."""
    texts: dict[str, str] = {}
    for group in found.groups:
        for view in group.controls:
            texts |= _texts(view.control, view.value)
    return texts


def _texts(control: Control, value: Value | None) -> dict[str, str]:
    match control.kind:
        case "date":
            year, _, rest = str(value or "").partition("-")
            month, _, day = rest.partition("-")
            parts = {"day": day.lstrip("0"), "month": month.lstrip("0"), "year": year}
            return {f"{control.name}-{part}": text for part, text in parts.items()}
        case "truth":
            return {control.name: "yes" if value is True else "no" if value is False else ""}
        case _:
            return {control.name: str(value) if value is not None else ""}
