"""The reasons of a decision, in the language or languages in which a person wrote them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Language, Words
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import DecisionRow

_COLUMN: Final = "decisions.sealed_reasons"
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "cy")


@dataclass(frozen=True, slots=True, repr=False)
class Reasons:
    """Reasons as written; `unmarked` is a text of which nobody said in which language it is."""

    en: str = ""
    cy: str = ""
    unmarked: str = ""

    def __repr__(self) -> str:
        return f"Reasons(missing={self.missing!r})"

    @property
    def missing(self) -> tuple[Language, ...]:
        """The languages in which nobody has written them yet; a letter needs both."""
        return tuple(one for one in _LANGUAGES if not self.in_(one))

    def in_(self, language: Language) -> str:
        """Return the text in one language, empty where nobody wrote it."""
        return self.cy if language == "cy" else self.en

    @property
    def are_written(self) -> bool:
        """Say whether there is any text."""
        return bool((self.en + self.cy + self.unmarked).strip())

    def both(self) -> Words | None:
        """Return them for a letter; None while a language is missing."""
        return None if self.missing else Words(self.en, self.cy)


def seal_reasons(session: Session, decision_id: str, reasons: Reasons) -> bytes:
    """Seal the reasons of a decision for its row."""
    told = {name: text.strip() for name, text in asdict(reasons).items()}
    return keys_of(session).seal(
        json.dumps(told, ensure_ascii=False).encode(), place(_COLUMN, decision_id)
    )


def reasons_of(session: Session, row: DecisionRow) -> Reasons:
    """Open the reasons of a decision; a plain text, as rows once held it, is unmarked."""
    text = keys_of(session).unseal(row.sealed_reasons, place(_COLUMN, row.id)).decode()
    try:
        told = json.loads(text)
    except ValueError:
        return Reasons(unmarked=text)
    if not isinstance(told, dict) or set(told) != {"en", "cy", "unmarked"}:
        return Reasons(unmarked=text)
    return Reasons(str(told["en"]), str(told["cy"]), str(told["unmarked"]))
