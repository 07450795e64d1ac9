"""What can go wrong when a document is made."""

from __future__ import annotations

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words


class DocumentProblem(Problem):
    """Root of the errors of documents."""


class LetterIncomplete(DocumentProblem):
    """A letter may not be sent: a block that a person has to write is missing in one language."""

    def __init__(self, block: str) -> None:
        super().__init__(
            Words(
                f"The letter cannot be sent: its part '{block}' has no words yet, in English and "
                "in Welsh. Write both where the letter is prepared.",
                f"Ni ellir anfon y llythyr: nid oes geiriau eto i'w ran '{block}', yn Gymraeg ac "
                "yn Saesneg. Ysgrifennwch y ddau lle paratoir y llythyr.",
            )
        )
        self.block = block


class PdfUnavailable(DocumentProblem):
    """The system libraries that PDF needs are not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "PDF cannot be made here: the Pango and HarfBuzz libraries are missing. Install "
                "libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0, or use HTML or Word.",
                "Ni ellir llunio PDF yma: mae llyfrgelloedd Pango a HarfBuzz ar goll. Gosodwch "
                "libpango-1.0-0, libpangoft2-1.0-0 a libharfbuzz-subset0, neu defnyddiwch HTML "
                "neu Word.",
            )
        )


class ForbiddenFetch(DocumentProblem):
    """A document asked for something outside itself; nothing is ever fetched for a document."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "The document refers to something outside itself; documents fetch nothing.",
                "Mae'r ddogfen yn cyfeirio at rywbeth y tu allan iddi; nid yw dogfennau'n nôl dim.",
            )
        )
