"""The invitation of one person to the review of a plan: practice, and no notice of the law.

Source: none for its content; 2018 anaw 2 ss. 6, 23 (views, wishes and feelings; review).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from mis_bridge.documents.content import Block, Bullets, Document, Facts, Heading, Paragraph, same
from mis_bridge.documents.letters import Office, contact_rows, role_words
from mis_bridge.documents.values import day, stated
from mis_bridge.documents.wording import Said, wording
from mis_bridge.domain.words import Words

_SAID = Said(wording("plain")["invitation"])


@dataclass(frozen=True, slots=True, repr=False)
class ReviewMeeting:
    """A meeting, and the one person who is invited to it.

    `place` and each of `topics` are a person's words in both languages; without topics the usual
    ones stand. `role` is a capacity as letters name them (`child`, `parent`).
    """

    addressee: str
    address: str | None
    role: str
    written_on: date
    on: date
    at: time
    place: Words | Mapping[str, str]
    topics: Sequence[Words | Mapping[str, str]] = ()
    views_by: date | None = None

    def __repr__(self) -> str:
        return f"ReviewMeeting(on={self.on.isoformat()!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """What an invitation says: the meeting, who invites, and about whose plan."""

    meeting: ReviewMeeting
    giver: Office
    learner_name: str
    reference: str

    def __repr__(self) -> str:
        return f"Invitation(reference={self.reference!r})"


def invitation(facts: Invitation) -> Document:
    """Return the letter; raises LetterIncomplete where the place or a topic lacks a language."""
    meeting = facts.meeting
    place = stated("place", {"place": meeting.place})
    topics = tuple(
        stated(f"topics[{index}]", {f"topics[{index}]": topic})
        for index, topic in enumerate(meeting.topics)
    )
    opening = [same(meeting.addressee)]
    opening += [same(line.strip()) for line in (meeting.address or "").splitlines() if line.strip()]
    head = [(_SAID["date"], day(meeting.written_on)), (_SAID["reference"], same(facts.reference))]
    if facts.learner_name:
        head.insert(0, (_SAID["about"], same(facts.learner_name)))
    head.append((_SAID["sent_as"], role_words(meeting.role)))
    views: list[Block] = [Paragraph(_SAID["views_words"])]
    if meeting.views_by:
        views.append(Facts(((_SAID["views_by"], day(meeting.views_by)),)))
    blocks: list[Block] = [
        Facts(tuple(head)),
        Paragraph(_SAID["opening"]),
        Paragraph(_SAID["practice"], notable=True),
        Heading(_SAID["meeting"]),
        Facts(
            (
                (_SAID["on"], day(meeting.on)),
                (_SAID["at"], same(meeting.at.strftime("%H:%M"))),
                (_SAID["place"], place),
            )
        ),
        Heading(_SAID["topics"]),
        Bullets(topics or _SAID.several("usual_topics")),
        Heading(_SAID["views"]),
        *views,
        Heading(_SAID["somebody"]),
        Paragraph(_SAID["somebody_words"]),
        Heading(_SAID["language"]),
        Paragraph(_SAID["language_words"]),
        Heading(_SAID["contact"]),
        Facts(contact_rows(facts.giver)),
    ]
    return Document(_SAID["title"], tuple(blocks), tuple(opening), facts.giver.name)
