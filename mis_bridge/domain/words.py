"""A text that a person meets, in both languages: neither can be left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["en", "cy"]

_MONTHS: dict[Language, tuple[str, ...]] = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "cy": (
        "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
        "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
    ),
}  # fmt: skip


def long_date(day: date, language: Language) -> str:
    """Write a date out: `1 September 2026`, `1 Medi 2026`."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in English and in Welsh; both are required, so a missing one cannot be built."""

    en: str
    cy: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.cy.strip():
            msg = "a text needs both its English and its Welsh wording"
            raise ValueError(msg)

    def in_(self, language: Language) -> str:
        """Return the wording in `language`."""
        return self.cy if language == "cy" else self.en

    def fill(self, **facts: object) -> Words:
        """Fill the `{name}` places of both wordings; dates are written out, Words translated."""
        return Words(_fill(self.en, "en", facts), _fill(self.cy, "cy", facts))


def _fill(text: str, language: Language, facts: dict[str, object]) -> str:
    shown: dict[str, str] = {}
    for name, value in facts.items():
        match value:
            case date():
                shown[name] = long_date(value, language)
            case Words():
                shown[name] = value.in_(language)
            case _:
                shown[name] = str(value)
    return text.format_map(shown)
