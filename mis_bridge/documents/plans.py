"""A plan as a document, in the order and under the letters of its form, in every status.

Source: 2018 anaw 2 ss. 4(6)(c), 10; the form is the one that the plan names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from mis_bridge.documents.content import (
    Block,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    same,
)
from mis_bridge.documents.plan_papers import PlanPaper
from mis_bridge.documents.plan_words import (
    ABOUT_FORM,
    CHAPTER,
    DRAFT,
    ELEMENT,
    FACT_LABELS,
    HEALTH_ELEMENT,
    LEFT_HEAD,
    LEFT_OUT,
    MARK,
    MILESTONE_HEAD,
    MILESTONES,
    NONE_STATED,
    OTHER,
    PARTS,
    SECTION,
    STATUS,
    STILL_OPEN,
    UNCONFIRMED,
    UNDECIDED,
    UNVERIFIED,
    UNVERIFIED_FORM,
)
from mis_bridge.documents.values import day, joined, part_of, shown
from mis_bridge.domain.idp import DraftField, Milestone
from mis_bridge.domain.idp_form import APPENDIX, FormField
from mis_bridge.domain.labels import need_label
from mis_bridge.domain.plan_life import PlanStatus
from mis_bridge.domain.words import Words

_INDEXED = re.compile(r"(\w+)\[(\d+)\]")
_ELEMENTS = frozenset({"alp", "health_alp"})


def plan(paper: PlanPaper) -> Document:
    """Return a plan as a document: a draft shows what is missing, and that it is a draft.

    A finalised plan shows every heading of its form; where nothing is stated it says so. What the
    plan holds and its form has no place for stands at the end: nothing is left out.

    Source: 2018 anaw 2 s. 4(6)(c).
    """
    page = _Page(paper)
    blocks: list[Block] = [*page.opening()]
    fields = [field for field in paper.form.fields if field.section != APPENDIX]
    for chapter, members in groupby(
        sorted(fields, key=lambda field: field.section), key=lambda field: field.section[:1]
    ):
        blocks.extend(page.chapter(chapter, tuple(members)))
    blocks.extend(page.rest())
    return Document(
        paper.form.title,
        tuple(blocks),
        footer=paper.body.name if paper.body else None,
        header=paper.form.title,
        mark=MARK if paper.standing.is_draft else None,
    )


class _Page:
    """The parts of one plan's document."""

    def __init__(self, paper: PlanPaper) -> None:
        self.paper = paper
        self.gaps = {gap.field: gap.why for gap in paper.gaps}
        self.draft = paper.standing.is_draft

    def opening(self) -> Iterator[Block]:
        standing = self.paper.standing
        if self.draft:
            yield Paragraph(DRAFT.get(standing.status, UNDECIDED), notable=True)
            return
        if standing.status in STATUS:
            yield Paragraph(STATUS[standing.status], notable=True)
        rows = [(FACT_LABELS["edition"], same(str(standing.edition)))]
        if standing.finalised_on:
            rows.append((FACT_LABELS["finalised_on"], day(standing.finalised_on)))
        if self.paper.body:
            rows.append((FACT_LABELS["maintained_by"], self.paper.body.name))
        if standing.ended_on and standing.status in {PlanStatus.CEASED, PlanStatus.TRANSFERRED}:
            rows.append((FACT_LABELS["ended_on"], day(standing.ended_on)))
        yield Facts(tuple(rows))

    def chapter(self, code: str, fields: tuple[FormField, ...]) -> Iterator[Block]:
        heading = self.paper.form.heading(code)
        made = [
            block
            for section, members in groupby(fields, key=lambda field: _letter(field.section))
            for block in self.section(section, tuple(members))
        ]
        if made:
            yield Heading(CHAPTER.fill(code=code, title=heading) if heading else same(code))
            yield from made

    def section(self, code: str, fields: tuple[FormField, ...]) -> Iterator[Block]:
        rows: list[tuple[Words, Words]] = []
        made: list[Block] = []
        for field in fields:
            if field.part in _ELEMENTS:
                continue
            if field.key.endswith("[]"):
                made += [Facts(tuple(rows))] if rows else []
                rows = []
                made.extend(self.entries(field))
                continue
            value = self.value(field.key)
            if value is not None:
                rows.append((field.label, value))
        made += [Facts(tuple(rows))] if rows else []
        for part in dict.fromkeys(field.part for field in fields if field.part in _ELEMENTS):
            made.extend(self.elements(part, tuple(each for each in fields if each.part == part)))
        heading = self.paper.form.heading(code)
        if made and heading:
            yield Heading(SECTION.fill(code=code, title=heading), 3)
        yield from made

    def entries(self, field: FormField) -> Iterator[Block]:
        """Yield the entries of a list as a table, with the parts that any of them has."""
        place = re.compile(rf"{re.escape(field.key[:-2])}\[\d+\]")
        entries = [
            held.value
            for key, held in self.paper.fields.items()
            if place.fullmatch(key) and isinstance(held.value, dict)
        ]
        if not entries:
            if field.key in self.gaps:
                said = STILL_OPEN.fill(why=self.gaps[field.key])
            elif self.draft:
                return
            else:
                said = NONE_STATED
            yield Facts(((field.label, said),))
            return
        names = [name for name in PARTS if any(entry.get(name) for entry in entries)]
        names += sorted(
            {
                name
                for entry in entries
                for name in entry
                if name not in PARTS and not name.endswith("_cy") and entry[name]
            }
        )
        headed = self.paper.form.heading(field.section) == field.label
        yield Table(
            None if headed else field.label,
            tuple(PARTS.get(name, same(name)) for name in names),
            tuple(
                tuple(part_of(entry, name, self.paper.names) or NONE_STATED for name in names)
                for entry in entries
            ),
        )

    def elements(self, part: str, fields: tuple[FormField, ...]) -> Iterator[Block]:
        """Yield each provision with its own full set of fields.

        Source: ALN Code for Wales 2021 23.29 (as reported).
        """
        numbers = sorted(
            {
                int(found[2])
                for key in (*self.paper.fields, *self.gaps)
                if (found := _INDEXED.match(key)) and found[1] == part
            }
        )
        if not numbers:
            if f"{part}[]" in self.gaps:
                yield Paragraph(STILL_OPEN.fill(why=self.gaps[f"{part}[]"]), notable=True)
            elif not self.draft:
                yield Paragraph(NONE_STATED)
        title = ELEMENT if part == "alp" else HEALTH_ELEMENT
        for order, number in enumerate(numbers, start=1):
            yield Heading(title.fill(number=order), 4)
            rows = []
            for field in fields:
                value = self.value(field.key.replace("[]", f"[{number}]"), whole=not field.name)
                if value is not None:
                    label = Words(
                        f"{field.section} {field.label.en}", f"{field.section} {field.label.cy}"
                    )
                    rows.append((label, value))
            yield Facts(tuple(rows))

    def value(self, key: str, *, whole: bool = False) -> Words | None:
        """Return what a field shows; None where it has no row of its own."""
        held = self.paper.fields.get(key)
        parts = []
        if held is not None and (text := shown(key, held.value, self.paper.names)) is not None:
            parts.append(text)
            if self.draft and _is_proposed(held):
                parts.append(UNCONFIRMED)
        if key in self.gaps:
            parts.append(STILL_OPEN.fill(why=self.gaps[key]))
        if parts:
            return joined(parts, "\n")
        return None if self.draft or whole else NONE_STATED

    def rest(self) -> Iterator[Block]:
        yield from self.without_place()
        if self.paper.milestones:
            yield Heading(MILESTONES)
            rows = tuple(_milestone(milestone) for milestone in self.paper.milestones)
            yield Table(None, MILESTONE_HEAD, rows)
        if self.draft and self.paper.left_out:
            yield Heading(LEFT_OUT)
            left = tuple(
                (shown("text", item.text) or NONE_STATED, item.why) for item in self.paper.left_out
            )
            yield Table(None, LEFT_HEAD, left)
        yield Heading(ABOUT_FORM)
        form = self.paper.form
        rows_of_form = [
            (FACT_LABELS["form"], form.title),
            (FACT_LABELS["version"], same(form.version)),
            (FACT_LABELS["source"], same(form.source)),
        ]
        yield Facts(tuple(rows_of_form))
        if form.certainty == "unverified":
            yield Paragraph(UNVERIFIED_FORM)
        if form.unverified:
            labels = joined([field.label for field in form.unverified], "; ")
            yield Paragraph(UNVERIFIED.fill(fields=labels))

    def without_place(self) -> Iterator[Block]:
        """Yield what the plan holds under a key that its form does not have."""
        known = {field.key for field in self.paper.form.fields}
        rows = []
        for key, held in self.paper.fields.items():
            plain = re.sub(r"\[\d+\]", "[]", key)
            if plain in known or f"{plain.partition('[')[0]}[]" in known:
                continue
            text = shown(key, held.value, self.paper.names)
            if text is not None:
                rows.append((same(key), text))
        if rows:
            yield Heading(OTHER)
            yield Facts(tuple(rows))


def _letter(section: str) -> str:
    """Return the section of a numbered part: `2B` for `2B.1`."""
    return section.partition(".")[0]


def _is_proposed(held: DraftField) -> bool:
    return held.confirmed_by is None and held.confidence in {"proposed", "hint"}


def _milestone(milestone: Milestone) -> tuple[Words, ...]:
    area = milestone.area
    return (
        (need_label(area) or same(area)) if area else NONE_STATED,
        *(
            (shown("text", text) if text else None) or NONE_STATED
            for text in (
                milestone.target,
                milestone.criteria,
                milestone.review,
                milestone.progress,
            )
        ),
    )
