"""A plan as a document: a draft shows what is missing, and that it is a draft.

Source: 2018 anaw 2 s. 10; the form is the one that the plan names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from mis_bridge.documents.content import (
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Paragraph,
    Table,
    same,
)
from mis_bridge.domain.idp import DraftField, IdpDraft, Milestone
from mis_bridge.domain.idp_form import FormField
from mis_bridge.domain.labels import need_label
from mis_bridge.domain.words import Words

_DRAFT = Words(
    "Draft made from an earlier plan. No decision about additional learning needs has been made "
    "here.",
    "Drafft a luniwyd o gynllun blaenorol. Nid oes penderfyniad ynghylch anghenion dysgu "
    "ychwanegol wedi'i wneud yma.",
)
_OPEN = Words("Still to be filled: {why}", "I'w lenwi o hyd: {why}")
_ELEMENT = Words("Provision {number}", "Darpariaeth {number}")
_MILESTONES = Words("Appendix: short-term targets", "Atodiad: targedau tymor byr")
_LEFT_OUT = Words(
    "Not carried over from the earlier plan", "Heb ei drosglwyddo o'r cynllun blaenorol"
)
_HEAD = (
    Words("Area", "Maes"),
    Words("Target", "Targed"),
    Words("Success criteria", "Meini prawf llwyddiant"),
    Words("Progress", "Cynnydd"),
)
_LEFT_HEAD = (Words("Text", "Testun"), Words("Why", "Pam"))
_NOTHING = same("-")
_SECTIONS: Mapping[str, Words] = {
    "1": Words("1. About the person", "1. Ynghylch y person"),
    "2": Words("2. Needs and provision", "2. Anghenion a darpariaeth"),
    "3": Words("3. Record and planning", "3. Cofnod a chynllunio"),
}
_ENTRY_LABELS: Mapping[str, Words] = {
    "role": Words("Role", "Rôl"),
    "basis": Words("Basis", "Sail"),
    "name": Words("Name", "Enw"),
    "address": Words("Address", "Cyfeiriad"),
    "language": Words("Language", "Iaith"),
    "source": Words("Source", "Ffynhonnell"),
    "author": Words("Author", "Awdur"),
    "date": Words("Date", "Dyddiad"),
    "summary": Words("Summary", "Crynodeb"),
}


def plan(draft: IdpDraft) -> Document:
    """Return a draft plan as a document, in the order and under the letters of its form.

    Source: 2018 anaw 2 s. 4(6)(c).
    """
    open_fields = {gap.field: gap.why for gap in draft.gaps}
    blocks: list[Block] = [Paragraph(_DRAFT, notable=True)]
    fields = [field for field in draft.form.fields if field.section != "appendix"]
    for chapter, members in groupby(
        sorted(fields, key=lambda field: field.section), key=lambda field: field.section[0]
    ):
        blocks.append(Heading(_SECTIONS[chapter]))
        blocks.extend(_chapter(tuple(members), draft.fields, open_fields))
    if draft.appendix:
        blocks.append(Heading(_MILESTONES))
        rows = tuple(_milestone(milestone) for milestone in draft.appendix)
        blocks.append(Table(_MILESTONES, _HEAD, rows))
    if draft.left_out:
        blocks.append(Heading(_LEFT_OUT))
        left = tuple((same(item.text), item.why) for item in draft.left_out)
        blocks.append(Table(_LEFT_OUT, _LEFT_HEAD, left))
    return Document(draft.form.title, tuple(blocks))


def _chapter(
    fields: tuple[FormField, ...],
    filled: Mapping[str, DraftField],
    open_fields: Mapping[str, Words],
) -> Iterator[Block]:
    single: list[tuple[Words, Words]] = []
    provision = tuple(field for field in fields if field.part == "alp")
    for field in fields:
        if field.part == "alp":
            continue
        if field.key.endswith("[]"):
            yield from _flush(single)
            yield from _entries(field, filled, open_fields)
        elif field.key in filled or field.key in open_fields:
            single.append((field.label, _value(field.key, filled, open_fields)))
    yield from _flush(single)
    if provision:
        yield from _elements(provision, filled, open_fields)


def _flush(rows: list[tuple[Words, Words]]) -> Iterator[Block]:
    if rows:
        yield Facts(tuple(rows))
        rows.clear()


def _entries(
    field: FormField, filled: Mapping[str, DraftField], open_fields: Mapping[str, Words]
) -> Iterator[Block]:
    entries = [
        value.value
        for key, value in filled.items()
        if re.fullmatch(rf"{re.escape(field.part)}\[\d+\]", key)
    ]
    if not entries and field.key not in open_fields:
        return
    yield Heading(field.label, 3)
    if not entries:
        yield Paragraph(_OPEN.fill(why=open_fields[field.key]), notable=True)
        return
    yield Bullets(tuple(_entry(entry) for entry in entries if isinstance(entry, dict)))


def _entry(entry: Mapping[str, str]) -> Words:
    english, welsh = [], []
    for name, value in entry.items():
        if name.endswith("_cy"):
            continue
        label = _ENTRY_LABELS.get(name, same(name))
        english.append(f"{label.en}: {value}")
        welsh.append(f"{label.cy}: {entry.get(f'{name}_cy', value)}")
    return Words("; ".join(english), "; ".join(welsh))


def _elements(
    fields: tuple[FormField, ...],
    filled: Mapping[str, DraftField],
    open_fields: Mapping[str, Words],
) -> Iterator[Block]:
    numbers = sorted(
        {
            int(found.group(1))
            for key in (*filled, *open_fields)
            if (found := re.match(r"alp\[(\d+)\]", key))
        }
    )
    if not numbers and "alp[]" in open_fields:
        yield Paragraph(_OPEN.fill(why=open_fields["alp[]"]), notable=True)
    for number in numbers:
        yield Heading(_ELEMENT.fill(number=number + 1), 3)
        rows = []
        for field in fields:
            key = field.key.replace("[]", f"[{number}]")
            if key in filled or key in open_fields:
                label = Words(
                    f"{field.section} {field.label.en}", f"{field.section} {field.label.cy}"
                )
                rows.append((label, _value(key, filled, open_fields)))
        yield Facts(tuple(rows))


def _value(key: str, filled: Mapping[str, DraftField], open_fields: Mapping[str, Words]) -> Words:
    parts = []
    if key in filled:
        parts.append(same(str(filled[key].value)))
    if key in open_fields:
        parts.append(_OPEN.fill(why=open_fields[key]))
    return Words("\n".join(part.en for part in parts), "\n".join(part.cy for part in parts))


def _milestone(milestone: Milestone) -> tuple[Words, ...]:
    area = milestone.area
    return (
        (need_label(area) or same(area)) if area else _NOTHING,
        same(milestone.target) if milestone.target else _NOTHING,
        same(milestone.criteria) if milestone.criteria else _NOTHING,
        same(milestone.progress) if milestone.progress else _NOTHING,
    )
