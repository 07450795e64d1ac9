"""What a person writes on a page of a plan: saved and merged, or kept while they are typing.

What is new gets its number only when it is saved: two people who add at the same time add two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, Value, fields_from_json
from mis_bridge.domain.plan_rules import elements
from mis_bridge.services.papers.forms import form_of
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.controls import (
    LISTS,
    NEW,
    Control,
    Slug,
    Typed,
    changes_of,
    controls_of,
    next_number,
    slug_of,
)
from mis_bridge.services.plans.desk import PlanDesk, seen
from mis_bridge.services.plans.editing import Saved
from mis_bridge.services.plans.kept import page_of
from mis_bridge.services.plans.problems import PlanGone, PlanMoved, PlanRefused
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import plan_typing, plans, register
from mis_bridge.storage.tables.plans import PlanRow
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with the controls that its form had, by the version from which the person wrote."""

    slug: Slug
    controls: tuple[Control, ...]
    seen: Mapping[str, DraftField]
    row: PlanRow


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """What came with the form of a page: `removed` are keys of entries to be taken out."""

    typed: Typed
    removed: Sequence[str] = ()
    nhs_agreed: bool = False
    confirm: bool = False

    def __repr__(self) -> str:
        return "Entry(***)"


def sheet_of(desk: PlanDesk, name: str, *, adding: bool) -> Sheet:
    """Return the page that a form was sent from; raises PlanGone where there is none such."""
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    tenant = Tenant(row.la, row.school)
    form = form_of(desk.session, tenant, row.form_id, row.form_version)
    slug = slug_of(name, form)
    held = plans.version_at(desk.session, tenant, row.id, desk.version)
    if slug is None or held is None:
        raise PlanGone
    fields = fields_from_json(plans.version_content(desk.session, held).get("fields", {}))
    if slug.element not in {None, NEW} and slug.base not in elements(fields):
        raise PlanGone
    return Sheet(slug, controls_of(form, slug, fields, with_new=adding), fields, row)


def save_page(desk: PlanDesk, sheet: Sheet, entry: Entry) -> Saved:
    """Save what was changed on a page; what is kept of other pages stays kept.

    Raises PlanRefused, and changes nothing, where a field may not be changed so.
    """
    tenant = _lock(desk, sheet)
    changes = changes_of(sheet.controls, entry.typed, sheet.seen, entry.removed)
    now = _now(desk, tenant)
    numbered = _numbered(changes, sheet.slug, [*sheet.seen, *now])
    kept = plan_typing.unsaved(desk.session, tenant, desk.plan_id, desk.visitor.person_id)
    saved = plan_editing.save(desk, numbered, nhs_agreed=entry.nhs_agreed)
    others = {
        key: value
        for key, value in (kept.changes if kept is not None else {}).items()
        if not _of_page(key, sheet)
    }
    if kept is not None and others:
        others |= {conflict.key: numbered[conflict.key] for conflict in saved.conflicts}
        _keep(desk, tenant, kept.base_version, others)
    if entry.confirm:
        keys = [key for key in now if page_of(key, now) == sheet.slug]
        version = plan_editing.confirm(
            desk, [key for key in keys if now[key] == sheet.seen.get(key)]
        )
        return Saved(version, saved.conflicts)
    return saved


def keep_page(desk: PlanDesk, sheet: Sheet, entry: Entry) -> datetime:
    """Keep what somebody is typing on a page, for them alone, beside what is kept of others."""
    tenant = _lock(desk, sheet)
    changes = changes_of(sheet.controls, entry.typed, sheet.seen, entry.removed)
    now = _now(desk, tenant)
    # What stands in the plan already need not be kept: a page that was left while it was saved.
    numbered = {
        key: value
        for key, value in _numbered(changes, sheet.slug, sheet.seen).items()
        if (now[key].value if key in now else None) != value
    }
    kept = plan_typing.unsaved(desk.session, tenant, desk.plan_id, desk.visitor.person_id)
    if kept is None:
        if not numbered:
            return desk.now
        return plan_editing.keep_typing(desk, numbered)
    others = {key: value for key, value in kept.changes.items() if not _of_page(key, sheet)}
    if not others | numbered:
        plan_editing.discard_typing(desk)
        return desk.now
    base = min(kept.base_version, desk.version) if others else desk.version
    return plan_editing.keep_typing(replace(desk, version=base), others | numbered)


def discard_page(desk: PlanDesk, sheet: Sheet | None) -> None:
    """Drop what was kept of a page, or of all of them: the person does not want it."""
    if sheet is None:
        plan_editing.discard_typing(desk)
        return
    tenant = _lock(desk, sheet)
    kept = plan_typing.unsaved(desk.session, tenant, desk.plan_id, desk.visitor.person_id)
    if kept is None:
        return
    others = {key: value for key, value in kept.changes.items() if not _of_page(key, sheet)}
    if others:
        _keep(desk, tenant, kept.base_version, others)
    else:
        plan_editing.discard_typing(desk)


def remove_element(desk: PlanDesk, sheet: Sheet, *, nhs_agreed: bool) -> Saved:
    """Take a whole provision out of the plan; the versions before still hold it."""
    base = sheet.slug.base
    keys = [key for key in sheet.seen if key == base or key.startswith(f"{base}.")]
    return plan_editing.save(desk, dict.fromkeys(keys), nhs_agreed=nhs_agreed)


def settle(desk: PlanDesk, chosen: Mapping[str, str | None], *, nhs_agreed: bool) -> Saved:
    """Settle fields that two people changed: None leaves what is saved, a text takes its place.

    The empty text stands for what was typed and kept.
    """
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    tenant = Tenant(row.la, row.school)
    register.take_turn(desk.session, tenant)
    kept = plan_typing.unsaved(desk.session, tenant, desk.plan_id, desk.visitor.person_id)
    if kept is None or not set(chosen) <= set(kept.changes):
        raise PlanRefused(words.NOT_FROM_HERE)
    changes: dict[str, Value | None] = {
        key: text or kept.changes[key] for key, text in chosen.items() if text is not None
    }
    rest = {key: value for key, value in kept.changes.items() if key not in chosen}
    saved = plan_editing.save(desk, changes, nhs_agreed=nhs_agreed)
    if rest:
        rest |= {conflict.key: changes[conflict.key] for conflict in saved.conflicts}
        _keep(desk, tenant, kept.base_version, rest)
    return saved


def confirm_seen(desk: PlanDesk, keys: Sequence[str]) -> int:
    """Confirm values that stand as the person saw them; one changed since is left alone."""
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    tenant = Tenant(row.la, row.school)
    register.take_turn(desk.session, tenant)
    held = plans.version_at(desk.session, tenant, row.id, desk.version)
    if held is None:
        raise PlanGone
    before = fields_from_json(plans.version_content(desk.session, held).get("fields", {}))
    now = _now(desk, tenant)
    same = [key for key in keys if key in now and now[key] == before.get(key)]
    return plan_editing.confirm(desk, same)


def stands_at(desk: PlanDesk, version: int) -> None:
    """Refuse to go on where the plan no longer is as the person saw it: places in it may differ.

    Raises PlanGone and PlanMoved.
    """
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    register.take_turn(desk.session, Tenant(row.la, row.school))
    if version_of(desk.session, desk.visitor, desk.plan_id) != version:
        raise PlanMoved


def version_of(session: Session, visitor: Visitor, plan_id: str) -> int | None:
    """Return the version at which a plan stands, None where the visitor may not see it."""
    row = seen(session, visitor, plan_id)
    return row.version if row is not None else None


def _lock(desk: PlanDesk, sheet: Sheet) -> Tenant:
    tenant = Tenant(sheet.row.la, sheet.row.school)
    register.take_turn(desk.session, tenant)
    return tenant


def _now(desk: PlanDesk, tenant: Tenant) -> dict[str, DraftField]:
    row = plans.plan(desk.session, tenant, desk.plan_id)
    if row is None:
        raise PlanGone
    return fields_from_json(plans.content(desk.session, row).get("fields", {}))


def _keep(desk: PlanDesk, tenant: Tenant, base: int, changes: Mapping[str, Value | None]) -> None:
    plan_typing.keep_unsaved(
        desk.session, tenant, desk.plan_id, desk.visitor.person_id, base, changes, at=desk.now
    )


def _of_page(key: str, sheet: Sheet) -> bool:
    return page_of(key, sheet.seen) == sheet.slug


def _numbered(
    changes: Mapping[str, Value | None], slug: Slug, taken: Sequence[str] | Mapping[str, DraftField]
) -> dict[str, Value | None]:
    """Return the changes with a number of their own for what is new."""
    if slug.element != NEW and slug.part not in LISTS:
        return dict(changes)
    number = next_number(slug.part, taken)
    return {
        key.replace(f"{slug.part}[{NEW}]", f"{slug.part}[{number}]"): value
        for key, value in changes.items()
    }
