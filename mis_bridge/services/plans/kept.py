"""What a person typed on a plan's pages and has not saved, and what two people both changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, Value
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.words import Words
from mis_bridge.services.plans.control_words import NEW_HEALTH_PROVISION, NEW_PROVISION
from mis_bridge.services.plans.controls import ELEMENTS, NEW, Slug, entries, place_of_key
from mis_bridge.services.plans.desk import Taken
from mis_bridge.services.plans.obstacles import page_title
from mis_bridge.services.plans.reading import (
    fields_at,
    form_of_plan,
    names_of_people,
    names_of_places,
    read,
    saved_versions,
    since_when,
    written,
)
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import plan_typing


@dataclass(frozen=True, slots=True, repr=False)
class KeptText:
    """What a person typed and has not saved, and the pages that it belongs to."""

    at: datetime
    base_version: int
    changes: Mapping[str, Value | None]
    pages: tuple[tuple[str, Words], ...]

    def __repr__(self) -> str:
        return f"KeptText(base_version={self.base_version})"


@dataclass(frozen=True, slots=True, repr=False)
class ConflictView:
    """A field that two people changed: what is saved, by whom and when, and what was typed."""

    key: str
    label: Words
    saved: Words | None
    by: str | None
    at: datetime | None
    typed: Words | None
    text: str | None

    def __repr__(self) -> str:
        return f"ConflictView(key={self.key!r})"


def kept_text(session: Session, taken: Taken, person_id: str) -> KeptText | None:
    """Return what a person has typed and not saved, None where there is nothing."""
    own = plan_typing.unsaved(session, taken.tenant, taken.row.id, person_id)
    if own is None or not own.changes:
        return None
    before = fields_at(session, taken, own.base_version) or {}
    pages: dict[str, Words] = {}
    for key in own.changes:
        slug = page_of(key, before)
        title = new_title(slug) if slug.element == NEW else page_title(slug, before)
        pages.setdefault(str(slug), title)
    return KeptText(own.saved_at, own.base_version, own.changes, tuple(pages.items()))


def page_of(key: str, fields: Iterable[str]) -> Slug:
    """Return the page of a field; a provision that `fields` does not have is a new one."""
    slug, _ = place_of_key(key)
    if slug.part in ELEMENTS and slug.element not in entries(slug.part, fields):
        return Slug(slug.part, NEW)
    return slug


def others_typing(
    session: Session, taken: Taken, visitor: Visitor
) -> tuple[tuple[str, datetime], ...]:
    """Return who else has changes that are not saved, and since when; never what they typed."""
    others = [
        (f"person:{who}", at)
        for who, at in plan_typing.editors(session, taken.tenant, taken.row.id)
        if who != visitor.person_id
    ]
    names = names_of_people(session, [who for who, _ in others])
    return tuple((names.get(who, ""), at) for who, at in others)


def conflicts_of(
    session: Session, visitor: Visitor, plan_id: str, keys: Iterable[str], today: date
) -> tuple[ConflictView, ...]:
    """Return fields with what is saved now and what the visitor typed and nobody has saved."""
    taken = read(session, visitor, plan_id, today)
    kept = kept_text(session, taken, visitor.person_id) if taken is not None else None
    if taken is None or kept is None:
        return ()
    form = form_of_plan(session, taken.row)
    fields, places = taken.plan.fields, names_of_places(session, taken)
    since = since_when(saved_versions(session, taken))
    people = names_of_people(session, (field.origin.record for field in fields.values()))
    found = []
    for key in keys:
        if key not in kept.changes:
            continue
        held, typed = fields.get(key), kept.changes[key]
        is_text = isinstance(typed, str) and not _is_day(typed)
        found.append(
            ConflictView(
                key=key,
                label=_conflict_label(form, key, fields),
                saved=written(key, held.value, places) if held else None,
                by=people.get(held.origin.record) if held else None,
                at=since.get(key),
                typed=written(key, typed, places) if typed not in (None, "") else None,
                text=str(typed) if is_text else None,
            )
        )
    return tuple(found)


def _conflict_label(form: Form, key: str, fields: Mapping[str, DraftField]) -> Words:
    slug, _ = place_of_key(key)
    label = form.field(key).label
    if slug.element is None:
        return label
    title = page_title(slug, fields)
    return Words(f"{title.en}: {label.en}", f"{title.cy}: {label.cy}")


def new_title(slug: Slug) -> Words:
    """Return what the page of a provision that is still to be added is called."""
    return NEW_HEALTH_PROVISION if slug.part == "health_alp" else NEW_PROVISION


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
