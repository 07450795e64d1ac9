"""The pages of a message: the letter in both languages, as its channel takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from mis_bridge.delivery.notify import LETTER_FILE
from mis_bridge.documents.content import Document
from mis_bridge.documents.html import html
from mis_bridge.documents.letters import Letter, Office
from mis_bridge.documents.pdf import pdf
from mis_bridge.documents.posting import LetterUnfit, posted
from mis_bridge.documents.problems import PdfUnavailable
from mis_bridge.domain.notices import event
from mis_bridge.domain.postal import envelope
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.sending.channel_choice import NOTIFY_LETTER, PRINT_PACK
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.outbox import Sending
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.duties import OutboxRow


class ChannelUnfit(Problem):
    """A message has no form that its channel takes; it has to be printed here."""


def page(document: Document, number: int, language: Language) -> tuple[str, bytes]:
    """Return the letter in one language, with its file's name.

    A machine without the libraries for PDF prints the same content from HTML: a duty to notify does
    not wait for a library.
    """
    name = f"letter-{number}-{language}"
    try:
        return f"{name}.pdf", pdf(document, language)
    except PdfUnavailable:
        return f"{name}.html", html(document, language).encode()


def in_the_form_of(
    message: OutboxRow, pages: Mapping[str, bytes], to: Mapping[str, str | None]
) -> Mapping[str, bytes]:
    """Return the pages as the message's channel takes them; raises ChannelUnfit."""
    if message.channel == PRINT_PACK:
        return pages
    if not all(name.endswith(".pdf") for name in pages):
        raise ChannelUnfit(_NO_PDF)
    if message.channel != NOTIFY_LETTER:
        return pages
    lines = envelope(to.get("name"), to.get("address"))
    if lines is None:
        raise ChannelUnfit(_NO_ENVELOPE)
    try:
        return {LETTER_FILE: posted(lines, message.reference, tuple(pages.values()))}
    except (LetterUnfit, PdfUnavailable) as unfit:
        raise ChannelUnfit(unfit.words) from None


def letter_facts(
    session: Session, about: Sending, pupil: Pupil, to: Mapping[str, str | None], now: datetime
) -> Letter:
    """Return the facts of a message's letter, from what was frozen when the notice was made."""
    frozen = _content(session, about)
    roles = about.recipient.capacities
    return Letter(
        title=event(about.notice.event).title,
        content=tuple(frozen["content"].get(about.recipient.person, frozen["blocks"])),
        giver=_office(about.school.name, about.school.name_cy, about.school.profile),
        authority=_office(about.authority.name, about.authority.name_cy, about.authority.profile),
        addressee=to.get("name") or about.message.reference,
        address=to.get("address"),
        role=str(roles[0]) if isinstance(roles, list) and roles else "parent",
        in_place_of_another=about.recipient.in_place_of is not None,
        learner_name=pupil.name.known_as or about.message.reference,
        on=day_in_wales(now),
        reference=about.message.reference,
        trigger_on=about.task.trigger_on if about.task else None,
        due_on=about.task.due_on if about.task else None,
        statements={
            block: Words(words["en"], words["cy"])
            for block, words in frozen["statements"].items()
            if words["en"].strip() and words["cy"].strip()
        },
    )


def _content(session: Session, about: Sending) -> dict[str, Any]:
    opened: object = {}
    if about.notice.sealed_content is not None:
        opened = keys_of(session).unseal_json(
            about.notice.sealed_content, place("notices.sealed_content", about.notice.id)
        )
    held = cast("dict[str, Any]", opened if isinstance(opened, dict) else {})
    return {"blocks": [], "content": {}, "statements": {}, **held}


def _office(name: str, name_cy: str | None, profile: object) -> Office:
    reach = profile if isinstance(profile, dict) else {}
    return Office(
        Words(name, name_cy or name),
        address=reach.get("address"),
        phone=reach.get("phone"),
        email=reach.get("email"),
    )


_NO_PDF = Words(
    "this machine cannot make the PDF that the way of sending asks for",
    "ni all y peiriant hwn lunio'r PDF y mae'r ffordd o anfon yn gofyn amdano",
)
_NO_ENVELOPE = Words(
    "the address on record cannot stand on an envelope that nobody looks at",
    "ni all y cyfeiriad ar gofnod sefyll ar amlen nad oes neb yn edrych arni",
)
