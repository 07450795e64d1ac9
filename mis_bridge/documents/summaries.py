"""A plan in plain words, for the learner and the family: short, and in the plan's own words.

Nothing is rewritten by a machine: each value of the plan stands behind a plain label, as it is.
Source: ALN Code for Wales 2021 23.8 (as reported: plain language, understandable by the learner).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mis_bridge.documents.content import Block, Bullets, Document, Facts, Heading, Paragraph
from mis_bridge.documents.letters import reach
from mis_bridge.documents.plan_papers import PlanPaper
from mis_bridge.documents.plan_words import MARK
from mis_bridge.documents.values import day, shown, untranslated
from mis_bridge.documents.wording import Said, wording
from mis_bridge.domain.words import Words

_SAID = Said(wording("plain")["summary"])
_BASE = re.compile(r"((?:health_)?alp\[\d+\])\.")
# How a provision is told: the plain label, and the fields of the plan that answer it.
_OF_HELP = (
    ("what", ("provision",)),
    ("who_gives", ("provider", "nhs_body")),
    ("in_welsh", ("in_welsh",)),
    ("from", ("from",)),
    ("hope", ("outcome",)),
    ("measure", ("measure",)),
    ("again", ("review",)),
    ("end", ("end",)),
)


def summary(paper: PlanPaper) -> Document:
    """Return the summary; raises LetterIncomplete where a text lacks one of its two languages."""
    untranslated(paper.fields)
    blocks = [
        *_opening(paper),
        *_profile(paper),
        *_help(paper),
        *_review(paper),
        *_disagreement(paper),
        Heading(_SAID["glossary"]),
        Facts(_SAID.pairs("words", "word", "means")),
    ]
    return Document(
        _SAID["title"],
        tuple(blocks),
        footer=paper.body.name if paper.body else None,
        header=_SAID["title"],
        mark=MARK if paper.standing.is_draft else None,
    )


def _opening(paper: PlanPaper) -> Iterator[Block]:
    if paper.standing.is_draft:
        yield Paragraph(_SAID["draft"], notable=True)
    yield Paragraph(_SAID["opening"])
    yield Heading(_SAID["who"])
    rows = _rows(paper, (("name", ("person.name",)), ("school", ("person.school",))))
    if paper.standing.finalised_on:
        rows.append((_SAID["since"], day(paper.standing.finalised_on)))
    if paper.body and not paper.standing.is_draft:
        rows.append((_SAID["cared_for_by"], paper.body.name))
    yield from _facts(rows)


def _profile(paper: PlanPaper) -> Iterator[Block]:
    rows = _rows(
        paper, tuple((name, (f"profile.{name}",)) for name in ("admire", "important", "support"))
    )
    if rows:
        yield Heading(_SAID["about_me"])
        yield from _facts(rows)


def _help(paper: PlanPaper) -> Iterator[Block]:
    yield Heading(_SAID["help"])
    bases = sorted(
        {found[1] for key in paper.fields if (found := _BASE.match(key))},
        key=lambda base: (base.startswith("health"), int(base[base.index("[") + 1 : -1])),
    )
    if not bases:
        yield Paragraph(_SAID["no_help"])
    for number, base in enumerate(bases, start=1):
        if len(bases) > 1:
            yield Heading(_SAID["one_help"].fill(number=number), 3)
        wanted = tuple(
            (label, tuple(f"{base}.{name}" for name in names)) for label, names in _OF_HELP
        )
        yield from _facts(_rows(paper, wanted))


def _review(paper: PlanPaper) -> Iterator[Block]:
    yield Heading(_SAID["review"])
    yield from _facts(_rows(paper, (("review_by", ("plan.review_by",)),)))
    yield Paragraph(_SAID["review_words"])


def _disagreement(paper: PlanPaper) -> Iterator[Block]:
    yield Heading(_SAID["disagree"])
    steps = "disagree_steps_school" if paper.by_school else "disagree_steps_other"
    yield Bullets(_SAID.several(steps))
    yield Paragraph(_SAID["disagree_help"])
    rows: list[tuple[Words, Words]] = []
    if paper.body:
        rows.append((_SAID["talk_to"], reach(paper.body)))
    if paper.authority and paper.authority != paper.body:
        rows.append((_SAID["authority"], reach(paper.authority)))
    yield from _facts(rows)


def _rows(
    paper: PlanPaper, wanted: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[tuple[Words, Words]]:
    rows = []
    for label, keys in wanted:
        held = [paper.fields[key] for key in keys if key in paper.fields]
        text = shown(keys[0], held[0].value, paper.names) if held else None
        if text is not None:
            rows.append((_SAID[label], text))
    return rows


def _facts(rows: list[tuple[Words, Words]]) -> Iterator[Block]:
    if rows:
        yield Facts(tuple(rows))
