"""A notice as a letter to one recipient, with exactly the content that the law asks for.

Source: 2018 anaw 2 ss. 11(4), 13(3), 22; S.I. 2021/401 regs 10(5), 18(6).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mis_bridge.documents.content import Block, Document, Facts, Heading, Paragraph, same
from mis_bridge.documents.problems import LetterIncomplete
from mis_bridge.domain.words import Words, long_date

_WORDING: dict[str, Any] = tomllib.loads(
    files("mis_bridge.documents").joinpath("templates/letters.toml").read_text(encoding="utf-8")
)


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
    `reference` is ours and says nothing about the learner.
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
    statements: Mapping[str, Words] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"Letter(reference={self.reference!r})"


def letter(facts: Letter) -> Document:
    """Return the letter as a document.

    Raises LetterIncomplete where a block asks for words that nobody has written.

    Source: 2018 anaw 2 s. 88; the provision of the notice itself.
    """
    frame = _WORDING["frame"]
    opening = [same(facts.addressee)]
    opening += [same(line.strip()) for line in (facts.address or "").splitlines() if line.strip()]
    head = [
        (Words(**frame["about"]), same(facts.learner_name)),
        (Words(**frame["date"]), _day(facts.on)),
        (Words(**frame["reference"]), same(facts.reference)),
        (Words(**frame["sent_as"]), Words(**_WORDING["roles"][facts.role])),
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
    wording = _WORDING["blocks"][block]
    yield Heading(Words(**wording["heading"]))
    for paragraph in wording.get("paragraphs", ()):
        yield Paragraph(Words(**paragraph))
    if wording.get("asks"):
        if block not in facts.statements:
            raise LetterIncomplete(block)
        yield Paragraph(facts.statements[block])
    dates = {"trigger_on": facts.trigger_on, "due_on": facts.due_on}
    labels = _WORDING["facts"]
    known = tuple((Words(**labels[name]), _day(dates[name])) for name in wording.get("facts", ()))
    if known:
        yield Facts(known)
    if "contacts" in wording:
        yield Facts(_reach(facts.giver if wording["contacts"] == "giver" else facts.authority))


def _reach(office: Office) -> tuple[tuple[Words, Words], ...]:
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


def _day(day: date | None) -> Words:
    if day is None:
        return Words(**_WORDING["facts"]["unknown_date"])
    return Words(long_date(day, "en"), long_date(day, "cy"))
