"""What people enter in forms, read strictly: one field too many refuses the whole form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import request

from mis_bridge.domain.words import Words
from mis_bridge.web.forms import TOKEN_FIELD
from mis_bridge.web.refusals import FieldsNotExpected

_NOT_A_DATE = Words(
    "Enter a real date with day, month and year.",
    "Rhowch ddyddiad go iawn, yn ddiwrnod, mis a blwyddyn.",
)


@dataclass(slots=True)
class Entered:
    """The fields of a form as text, and what is wrong with them by field."""

    fields: Mapping[str, str]
    errors: dict[str, Words] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field, or an empty text."""
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        """Return a whole number from a hidden field; 0 for anything else."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0

    def day(self, name: str) -> date | None:
        """Return the date in the fields of `name`; None where empty, with an error where bad."""
        parts = [self.text(f"{name}-{part}").strip() for part in ("day", "month", "year")]
        if not any(parts):
            return None
        try:
            numbers = [int(part) for part in parts if part.isascii() and part.isdecimal()]
            day_, month, year = numbers
            return date(year, month, day_)
        except ValueError:
            self.errors[name] = _NOT_A_DATE
            return None

    def wanted_day(self, name: str) -> date | None:
        """Return the date of `name`, with an error where it is empty or no date."""
        value = self.day(name)
        if value is None:
            self.errors.setdefault(name, _NOT_A_DATE)
        return value


def entered(*texts: str, dates: tuple[str, ...] = ()) -> Entered:
    """Read the form; a field beyond these is refused, whatever it says."""
    expected = {TOKEN_FIELD, *texts}
    expected |= {f"{name}-{part}" for name in dates for part in ("day", "month", "year")}
    if not set(request.form) <= expected or any(
        len(request.form.getlist(name)) != 1 for name in request.form
    ):
        raise FieldsNotExpected
    return Entered(request.form.to_dict())
