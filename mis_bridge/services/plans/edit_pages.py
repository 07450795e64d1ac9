"""A page on which a plan is written: its controls, what is open, what was kept while typing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, Value
from mis_bridge.domain.idp_form import FormField
from mis_bridge.domain.plan_life import PlanAct, PlanStatus, acts_open_to, open_to
from mis_bridge.domain.plan_rules import against_changing
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.plans import problems as plan_problems
from mis_bridge.services.plans.control_words import (
    ENTRY,
    NEW_ENTRY,
)
from mis_bridge.services.plans.controls import (
    LISTS,
    NEW,
    Control,
    Slug,
    controls_of,
    entries,
    own_fields,
    removal,
    shown_value,
    slug_of,
)
from mis_bridge.services.plans.desk import Taken
from mis_bridge.services.plans.kept import KeptText, kept_text, new_title, others_typing, page_of
from mis_bridge.services.plans.obstacles import obstacles_of, page_title
from mis_bridge.services.plans.reading import (
    fields_at,
    form_of_plan,
    names_of_places,
    read,
    written,
)
from mis_bridge.services.plans.remarks import Checked, checked
from mis_bridge.services.sessions import Visitor


@dataclass(frozen=True, slots=True)
class Asking:
    """How a page is asked for.

    `version` shows it as it stood then (a form sent back), `resume` with what the person had typed
    and not saved, `add` with an empty entry in a list.
    """

    version: int | None = None
    resume: bool = False
    add: bool = False
    language: Language = "en"


@dataclass(frozen=True, slots=True, repr=False)
class ControlView:
    """A control as the page shows it, with what is open about it."""

    control: Control
    value: Value | None
    saved: Words | None
    open_because: Words | None
    unconfirmed: bool
    check: Checked | None

    def __repr__(self) -> str:
        return f"ControlView(name={self.control.name!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """Controls that belong together: a page's own, or one entry of a list."""

    title: Words | None
    remove: str | None
    controls: tuple[ControlView, ...]

    def __repr__(self) -> str:
        return f"Group({len(self.controls)} controls)"


@dataclass(frozen=True, slots=True, repr=False)
class EditPage:
    """A page of a plan's form; `version` is the one from which the person writes."""

    plan_id: str
    slug: str
    part: str
    title: Words
    letter: str
    pupil_name: str | None
    version: int
    groups: tuple[Group, ...]
    own: tuple[tuple[FormField, Words], ...]
    closed: Words | None
    wants_nhs: bool
    last_review_day: date | None
    unconfirmed: int
    removable: bool
    is_list: bool
    adding: bool
    kept_at: datetime | None
    resumed: bool
    others_typing: tuple[tuple[str, datetime], ...]

    def __repr__(self) -> str:
        return f"EditPage(plan_id={self.plan_id!r}, slug={self.slug!r})"


def edit_page(
    session: Session,
    visitor: Visitor,
    plan_id: str,
    name: str,
    today: date,
    asking: Asking,
) -> EditPage | None:
    """Return a page of the form, None where the plan, the visitor or the form has none such."""
    taken = read(session, visitor, plan_id, today)
    if taken is None:
        return None
    form = form_of_plan(session, taken.row)
    slug = slug_of(name, form)
    kept = kept_text(session, taken, visitor.person_id)
    own = kept if kept is not None and asking.resume else None
    base = asking.version or (own.base_version if own else taken.row.version)
    fields = fields_at(session, taken, base)
    if slug is None or fields is None or not _is_there(slug, fields):
        return None
    typed = _typed_of(own, slug, fields) if own else {}
    with_new = slug.part in LISTS and (asking.add or f"{slug.part}[{NEW}]" in typed or not
                                       entries(slug.part, fields))  # fmt: skip
    controls = controls_of(form, slug, fields, with_new=with_new)
    views = _views(session, taken, slug, controls, fields, typed, asking.language)
    return EditPage(
        plan_id=taken.row.id,
        slug=str(slug),
        part=slug.part,
        title=new_title(slug) if slug.element == NEW else page_title(slug, fields),
        letter=next(f.section for f in form.fields if f.part == slug.part).partition(".")[0],
        pupil_name=taken.pupil.name.known_as or None,
        version=base,
        groups=_groups(slug, views, fields),
        own=own_fields(form, slug),
        closed=_closed(taken, slug),
        wants_nhs=slug.part == "health_alp",
        last_review_day=taken.plan.last_review_day if slug.part == "plan" else None,
        unconfirmed=sum(view.unconfirmed for view in views),
        removable=slug.element is not None and slug.element != NEW,
        is_list=slug.part in LISTS,
        adding=with_new,
        kept_at=kept.at if kept and str(slug) in dict(kept.pages) else None,
        resumed=own is not None and str(slug) in dict(own.pages),
        others_typing=others_typing(session, taken, visitor),
    )


def _views(
    session: Session,
    taken: Taken,
    slug: Slug,
    controls: tuple[Control, ...],
    fields: Mapping[str, DraftField],
    typed: Mapping[str, Value | None],
    language: Language,
) -> list[ControlView]:
    places = names_of_places(session, taken)
    now = taken.plan.fields
    open_fields = {found.field: found.because for found in obstacles_of(taken) if found.field}
    checks = checked(slug.base, fields) if slug.element not in {None, NEW} else {}
    views = []
    for control in controls:
        value = shown_value(control, fields, language)
        saved = None
        if control.key in typed:
            mine = typed[control.key]
            value = mine.get(control.part or "") if isinstance(mine, dict) else mine
            current = shown_value(control, now, language)
            if current not in (None, value):
                saved = written(control.key, current, places)
        held = fields.get(control.key)
        views.append(
            ControlView(
                control=control,
                value=value,
                saved=saved,
                open_because=open_fields.get(control.key)
                if held is None and not control.part
                else None,
                unconfirmed=held is not None
                and held.confirmed_by is None
                and held.confidence not in {"copied", "stated"},
                check=checks.get(control.name),
            )
        )
    return views


def _groups(
    slug: Slug, views: list[ControlView], fields: Mapping[str, DraftField]
) -> tuple[Group, ...]:
    if slug.part not in LISTS:
        return (Group(None, None, tuple(views)),)
    groups = []
    known = entries(slug.part, fields)
    for position, number in enumerate([*known, NEW], start=1):
        key = f"{slug.part}[{number}]"
        own = tuple(view for view in views if view.control.key == key)
        if own and number == NEW:
            groups.append(Group(NEW_ENTRY[slug.part], None, own))
        elif own:
            title = ENTRY[slug.part].fill(number=position)
            groups.append(Group(title, removal(slug.part, number), own))
    return tuple(groups)


def _typed_of(
    kept: KeptText, slug: Slug, fields: Mapping[str, DraftField]
) -> dict[str, Value | None]:
    """Return what was kept for a page, under the keys that its controls have."""
    typed: dict[str, Value | None] = {}
    for key, value in kept.changes.items():
        if page_of(key, fields) != slug:
            continue
        if slug.element == NEW:
            typed[f"{slug.base}.{key.rpartition('.')[2]}"] = value
        elif slug.part in LISTS and key not in fields:
            typed[f"{slug.part}[{NEW}]"] = value
        else:
            typed[key] = value
    return typed


def _is_there(slug: Slug, fields: Mapping[str, DraftField]) -> bool:
    return slug.element in {None, NEW} or slug.element in entries(slug.part, fields)


def _closed(taken: Taken, slug: Slug) -> Words | None:
    """Return why a page is not to be written on now, None where it is."""
    if not open_to(taken.body, taken.plan):
        return plan_problems.NOT_YOURS
    if PlanAct.EDIT not in acts_open_to(taken.plan.status):
        if taken.plan.status in {PlanStatus.FINALISED, PlanStatus.GIVEN}:
            return _BEGIN_REVIEW
        return plan_problems.NOT_FROM_HERE
    if slug.part in {"place", "health_alp"}:
        key = f"{slug.part}.named" if slug.part == "place" else f"{slug.base}.provision"
        against = against_changing(taken.plan, key, body=taken.body, nhs_agreed=True)
        return against.because if against is not None else None
    return None


_BEGIN_REVIEW = Words(
    "This edition is finalised. Begin a review to change it.",
    "Mae'r argraffiad hwn wedi'i gwblhau. Dechreuwch adolygiad i'w newid.",
)
