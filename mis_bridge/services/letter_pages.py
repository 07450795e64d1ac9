"""The letters of a notice, to be read before they go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.documents.content import Document
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.domain.words import Words
from mis_bridge.services.notice_pages import notice_page
from mis_bridge.services.notices import letter_of
from mis_bridge.services.sessions import Visitor


@dataclass(frozen=True, slots=True, repr=False)
class LetterPreview:
    """One letter: to whom, and the document; None with the reason where words are still missing."""

    message_id: str
    person: Words
    state: str
    document: Document | None
    missing: Words | None

    def __repr__(self) -> str:
        return f"LetterPreview(message_id={self.message_id!r})"


def letters_of(
    session: Session, visitor: Visitor, notice_id: str, now: datetime
) -> tuple[LetterPreview, ...]:
    """Return the letters of a notice in the order of its people; none where nobody receives it."""
    page = notice_page(session, visitor, notice_id)
    if page is None:
        return ()
    previews: list[LetterPreview] = []
    for sending in page.sendings:
        document, missing = None, None
        try:
            document = letter_of(session, visitor.tenant, sending.message_id, now=now)
        except LetterIncomplete as incomplete:
            missing = incomplete.words
        previews.append(
            LetterPreview(sending.message_id, sending.person, sending.state, document, missing)
        )
    return tuple(previews)
