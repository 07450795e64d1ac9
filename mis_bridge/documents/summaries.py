"""A plan in plain words, for the learner and the family: short, and in the plan's own words.

Nothing is rewritten by a machine: each value of the plan stands behind a plain label, as it is.
Source: ALN Code for Wales 2021 23.8 (as reported: plain language, understandable by the learner).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mis_bridge.documents.content import Block, Bullets, Document, Facts, Heading, Paragraph, Table
from mis_bridge.documents.letters import Office, reach
from mis_bridge.documents.plan_papers import PlanPaper
from mis_bridge.documents.plan_words import MARK, NONE_STATED
from mis_bridge.documents.values import day, joined, shown, untranslated
from mis_bridge.documents.wording import Said, wording
from mis_bridge.domain.words import Words

_SAID = Said(wording("plain")["summary"])
_SAID_BEHIND = Words("{label}: {text}", "{label}: {text}")
_BASE = re.compile(r"((?:health_)?alp\[\d+\])\.")
# The columns in which a provision is told: the plain label of each part, and the fields that answer
# it; the first part of a column has the column's own heading.
_COLUMNS: tuple[tuple[tuple[str, tuple[str, ...]], ...], ...] = (
    (("what", ("provision",)),),
    (("who_gives", ("nhs_body", "provider")),),
    (("from", ("from",)), ("again", ("review",)), ("end", ("end",))),
    (("hope", ("outcome",)), ("measure", ("measure",))),
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
        Bullets(
            tuple(
                _SAID_BEHIND.fill(label=word, text=means)
                for word, means in _SAID.pairs("words", "word", "means")
            )
        ),
    ]
    return Document(
        _SAID["title"],
        tuple(blocks),
        footer=paper.body.name if paper.body else None,
        header=_SAID["title"],
        mark=MARK if paper.standing.is_draft else None,
        compact=True,
    )


def _opening(paper: PlanPaper) -> Iterator[Block]:
    if paper.standing.is_draft:
        yield Paragraph(_SAID["draft"], notable=True)
    yield Paragraph(_SAID["opening"])
    yield Heading(_SAID["who"])
    rows = _rows(paper, (("name", ("person.name",)), ("school", ("person.school",))))
    if paper.standing.finalised_on:
        rows.append((_SAID["since"], day(paper.standing.finalised_on)))
    known = {value for _label, value in rows}
    if paper.body and not paper.standing.is_draft and paper.body.name not in known:
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
        return
    yield Table(
        None,
        tuple(_SAID[column[0][0]] for column in _COLUMNS),
        tuple(tuple(_cell(paper, base, column) for column in _COLUMNS) for base in bases),
    )


def _cell(paper: PlanPaper, base: str, column: tuple[tuple[str, tuple[str, ...]], ...]) -> Words:
    """Return one cell: the first answer as it is, each further one behind its label."""
    wanted = tuple((label, tuple(f"{base}.{name}" for name in names)) for label, names in column)
    heading = _SAID[column[0][0]]
    told = [
        text if label == heading else _SAID_BEHIND.fill(label=label, text=text)
        for label, text in _rows(paper, wanted)
    ]
    in_welsh = paper.fields.get(f"{base}.in_welsh")
    if column[0][0] == "what" and in_welsh is not None and isinstance(in_welsh.value, bool):
        told.append(_SAID["in_welsh" if in_welsh.value else "not_in_welsh"])
    return joined(told, "\n") if told else NONE_STATED


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
        rows.append((_SAID["talk_to"], _in_a_line(paper.body)))
    if paper.authority and paper.authority != paper.body:
        rows.append((_SAID["authority"], _in_a_line(paper.authority)))
    yield from _facts(rows)


def _in_a_line(office: Office) -> Words:
    lines = reach(office)
    return Words(lines.en.replace("\n", ", "), lines.cy.replace("\n", ", "))


def _rows(
    paper: PlanPaper, wanted: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[tuple[Words, Words]]:
    rows = []
    for label, keys in wanted:
        told = (
            shown(key, paper.fields[key].value, paper.names) for key in keys if key in paper.fields
        )
        text = next((each for each in told if each is not None), None)
        if text is not None:
            rows.append((_SAID[label], text))
    return rows


def _facts(rows: list[tuple[Words, Words]]) -> Iterator[Block]:
    if rows:
        yield Facts(tuple(rows))
