"""A draft plan as a page: its fields with their origin, and first of all what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.idp_form import FORMS, Form
from mis_bridge.domain.labels import need_label
from mis_bridge.domain.words import Words, long_date
from mis_bridge.services.sessions import Visitor
from mis_bridge.services.task_labels import relationship
from mis_bridge.storage import views_pupils

_YES, _NO = Words("Yes", "Oes"), Words("No", "Nac oes")
_UNSHOWN = frozenset({"basis", "language"})


@dataclass(frozen=True, slots=True, repr=False)
class FieldLine:
    """One field: what it is called, its value, whence it came and how far it may be trusted."""

    label: Words
    lines: tuple[Words, ...]
    record: str
    path: str
    confidence: str

    def __repr__(self) -> str:
        return f"FieldLine(confidence={self.confidence!r})"


@dataclass(frozen=True, slots=True)
class GapLine:
    """One field that a person has to fill, why, and the provision that asks for it."""

    label: Words
    why: Words
    source: str
    certainty: str


@dataclass(frozen=True, slots=True, repr=False)
class Section:
    """A section of the form: what is there and what is missing."""

    letter: str
    fields: tuple[FieldLine, ...]
    gaps: tuple[GapLine, ...]

    def __repr__(self) -> str:
        return f"Section(letter={self.letter!r})"


@dataclass(frozen=True, slots=True, repr=False)
class DraftPage:
    """A draft plan, its sections in the order of the form."""

    draft_id: str
    plan_id: str
    vendor: str
    pupil_id: str | None
    pupil_name: str | None
    form_title: Words
    form_source: str
    form_unverified: bool
    changed_at: datetime
    gap_count: int
    sections: tuple[Section, ...]
    milestones: tuple[tuple[Words, ...], ...]
    left_out: tuple[tuple[Words, Words], ...]
    flags: tuple[str, ...]

    def __repr__(self) -> str:
        return f"DraftPage(draft_id={self.draft_id!r})"


def draft_page(session: Session, visitor: Visitor, draft_id: str) -> DraftPage | None:
    """Return a draft of the visitor's school, None where there is none."""
    row = views_pupils.draft(session, visitor.tenant, draft_id)
    if row is None:
        return None
    content = views_pupils.draft_content(session, row)
    form = FORMS[row.form_id]
    gaps = _rows(content.get("gaps"))
    person = content.get("pupil")
    name = person.get("name") if isinstance(person, Mapping) else None
    return DraftPage(
        draft_id=row.id,
        plan_id=row.plan_id,
        vendor=row.vendor,
        pupil_id=row.pupil_id,
        pupil_name=str(name) if name else None,
        form_title=form.title,
        form_source=form.source,
        form_unverified=form.certainty == "unverified",
        changed_at=row.changed_at,
        gap_count=len(gaps),
        sections=_sections(form, content.get("fields"), gaps),
        milestones=tuple(
            tuple(
                need_label(str(each[part])) or _plain(each[part])
                for part in ("area", "target", "criteria", "review", "progress")
                if each.get(part)
            )
            for each in _rows(content.get("appendix"))
        ),
        left_out=tuple(
            (_plain(each["text"]), Words(str(each["why"]), str(each["why_cy"])))
            for each in _rows(content.get("left_out"))
        ),
        flags=tuple(str(flag) for flag in content.get("flags", ())),
    )


def _sections(form: Form, fields: object, gaps: list[Mapping[str, Any]]) -> tuple[Section, ...]:
    letters: dict[str, tuple[list[FieldLine], list[GapLine]]] = {}
    for field in form.fields:
        letters.setdefault(field.section, ([], []))
    for key, stored in fields.items() if isinstance(fields, Mapping) else ():
        field = form.field(str(key))
        origin = stored["origin"]
        letters[field.section][0].append(
            FieldLine(
                numbered(field.label, str(key)),
                _lines(stored["value"]),
                str(origin["record"]),
                str(origin["path"]),
                str(stored["confidence"]),
            )
        )
    for gap in gaps:
        field_key = str(gap["field"])
        label, certainty, section = _gap_place(form, field_key)
        letters[section][1].append(
            GapLine(
                label, Words(str(gap["why"]), str(gap["why_cy"])), str(gap["source"]), certainty
            )
        )
    return tuple(
        Section(letter, tuple(there), tuple(missing))
        for letter, (there, missing) in letters.items()
        if there or missing
    )


def numbered(label: Words, key: str) -> Words:
    """Return the label of a repeated part with its number, counted from one."""
    index = key.partition("[")[2].partition("]")[0]
    if not index.isascii() or not index.isdecimal():
        return label
    number = int(index) + 1
    return Words(f"{label.en} ({number})", f"{label.cy} ({number})")


def _gap_place(form: Form, key: str) -> tuple[Words, str, str]:
    """Return label, certainty and section of a gap; a whole part has those of its first field."""
    try:
        field = form.field(key)
    except KeyError:
        part = key.partition("[")[0].partition(".")[0]
        field = next(each for each in form.fields if each.part == part)
    return numbered(field.label, key), field.certainty, field.section


def _lines(value: object) -> tuple[Words, ...]:
    """Return a value as lines of text: one for a plain value, one a part for a composed one."""
    match value:
        case bool():
            return (_YES if value else _NO,)
        case {"en": str(english), "cy": str(welsh)}:
            return (Words(english, welsh),)
        case {"summary": str(english), "summary_cy": str(welsh)}:
            return (Words(english, welsh),)
        case Mapping():
            return tuple(
                relationship(str(part)) if name == "role" else _plain(part)
                for name, part in value.items()
                if part and name not in _UNSHOWN
            )
        case _:
            return (_plain(value),)


def _plain(value: object) -> Words:
    text = str(value)
    if text in _LANGUAGES:
        return _LANGUAGES[text]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Words(text, text)
    return Words(long_date(day, "en"), long_date(day, "cy"))


_LANGUAGES = {"cy": Words("Welsh", "Cymraeg"), "en": Words("English", "Saesneg")}


def _rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
