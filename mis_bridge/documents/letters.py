"""A notice as a letter to one recipient, with exactly the content that the law asks for.

Source: 2018 anaw 2 ss. 11(4), 13(3), 22; S.I. 2021/401 regs 10(5), 18(6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from mis_bridge.documents.content import Block, Document, Facts, Heading, Paragraph, same
from mis_bridge.documents.values import day, joined, stated
from mis_bridge.documents.wording import wording
from mis_bridge.domain.words import Words

_WORDING = wording("letters")


@dataclass(frozen=True, slots=True, repr=False)
class Office:
    """A body and how to reach it; what is None is left out of the letter."""

    name: Words
    address: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """The facts of one letter.

    `content` holds the block ids of this recipient's copy, `role` the capacity in which the
    recipient has it. `statements` are the words that a person wrote for this case, by block.
    A block whose words are missing in one language cannot be sent. `reference` is ours and says
    nothing about the learner.
    """

    title: Words
    content: tuple[str, ...]
    giver: Office
    authority: Office
    addressee: str
    address: str | None
    role: str
    in_place_of_another: bool
    learner_name: str
    on: date
    reference: str
    trigger_on: date | None = None
    due_on: date | None = None
    statements: Mapping[str, Words | Mapping[str, str]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __repr__(self) -> str:
        return f"Letter(reference={self.reference!r})"


def letter(facts: Letter) -> Document:
    """Return the letter as a document.

    Raises LetterIncomplete where a block asks for words that nobody has written in both languages.

    Source: 2018 anaw 2 s. 88; the provision of the notice itself.
    """
    frame = _WORDING["frame"]
    opening = [same(facts.addressee)]
    opening += [same(line.strip()) for line in (facts.address or "").splitlines() if line.strip()]
    head = [
        (Words(**frame["about"]), same(facts.learner_name)),
        (Words(**frame["date"]), _day(facts.on)),
        (Words(**frame["reference"]), same(facts.reference)),
        (Words(**frame["sent_as"]), role_words(facts.role)),
    ]
    blocks: list[Block] = [Facts(tuple(head))]
    if facts.in_place_of_another:
        blocks.append(Paragraph(Words(**frame["instead_of"])))
    for block in facts.content:
        blocks.extend(_block(block, facts))
    blocks.append(Paragraph(Words(**frame["welsh_welcome"])))
    return Document(facts.title, tuple(blocks), tuple(opening), facts.giver.name)


def asked_for(content: tuple[str, ...]) -> tuple[str, ...]:
    """Return the blocks for which a person has to write the words, in both languages."""
    return tuple(block for block in content if _WORDING["blocks"][block].get("asks", False))


def block_heading(block: str) -> Words:
    """Return what a content block is headed; raises KeyError for a block without wording."""
    return Words(**_WORDING["blocks"][block]["heading"])


def _block(block: str, facts: Letter) -> Iterator[Block]:
    said = _WORDING["blocks"][block]
    yield Heading(Words(**said["heading"]))
    for paragraph in said.get("paragraphs", ()):
        yield Paragraph(Words(**paragraph))
    if said.get("asks"):
        yield Paragraph(stated(block, facts.statements))
    dates = {"trigger_on": facts.trigger_on, "due_on": facts.due_on}
    labels = _WORDING["facts"]
    known = tuple((Words(**labels[name]), _day(dates[name])) for name in said.get("facts", ()))
    if known:
        yield Facts(known)
    if "contacts" in said:
        yield Facts(contact_rows(facts.giver if said["contacts"] == "giver" else facts.authority))


def role_words(role: str) -> Words:
    """Return in what capacity somebody receives a letter; raises KeyError for an unknown one."""
    return Words(**_WORDING["roles"][role])


def reach(office: Office) -> Words:
    """Return a body and how to reach it, a line each."""
    return joined([value for _label, value in contact_rows(office)], "\n")


def contact_rows(office: Office) -> tuple[tuple[Words, Words], ...]:
    """Return what is known of a body and of how to reach it, each with its label."""
    labels = _WORDING["facts"]
    rows = [(Words(**labels["name"]), office.name)]
    for name, value in (
        ("address", office.address),
        ("phone", office.phone),
        ("email", office.email),
    ):
        if value:
            rows.append((Words(**labels[name]), same(value)))
    return tuple(rows)


def _day(on: date | None) -> Words:
    if on is None:
        return Words(**_WORDING["facts"]["unknown_date"])
    return day(on)
