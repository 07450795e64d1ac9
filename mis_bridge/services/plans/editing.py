"""Writing a plan: begun from a draft or from the register, saved, merged, kept while typing.

Two people may write at once. What each changed stands; where both changed one field, the saved
text stays, the other's is kept for them, and they are shown both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.idp import DraftField, Origin, Value, fields_from_json, fields_to_json
from mis_bridge.domain.idp_form import Form
from mis_bridge.domain.plan_life import PlanAct
from mis_bridge.domain.plan_merge import Conflict, merge
from mis_bridge.domain.plan_rules import against_changing
from mis_bridge.domain.register_draft import draft_from_register
from mis_bridge.domain.shared_addresses import only_shared_addresses
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.papers.forms import form_in_force, form_of
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import PlanDesk, Taken, seen
from mis_bridge.services.plans.problems import PlanGone, PlanRefused
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import plan_log, plan_typing, plans, register, views_pupils
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.plans import NewPlan
from mis_bridge.storage.tenants import Tenant

MOST_CHARACTERS = 20_000
_DAYS = re.compile(r"(plan\.(prepared_on|revised_on|review_by)|person\.dob|.*\.(from|review|end))")
_TRUTHS = re.compile(r"(health_)?alp\[\d+\]\.in_welsh")
_HEALTH = re.compile(r"health_alp\[\d+\]\.(\w+)")
_ELEMENT = re.compile(r"alp\[(\d+)\]\.")
_OWN_OF_HEALTH = "nhs_body"

Changes = Mapping[str, Value | None]


@dataclass(frozen=True, slots=True, repr=False)
class Saved:
    """What saving came to: the version that now stands, and the fields that both had changed."""

    version: int
    conflicts: tuple[Conflict, ...] = ()

    def __repr__(self) -> str:
        return f"Saved(version={self.version}, conflicts={len(self.conflicts)})"


def begin(
    session: Session, visitor: Visitor, pupil_id: str, draft_id: str | None, *, now: datetime
) -> str:
    """Begin a plan for a pupil, from a kept draft or from the register alone; the plan's id.

    It is a draft: nothing in it says that the pupil has ALN. Contacts' addresses come over only
    where all live at one. Raises PlanRefused where the pupil has a plan that has not ended,
    PlanGone where there is no such draft of that pupil.

    Source: 2018 anaw 2 ss. 10-12.
    """
    tenant = Tenant(visitor.tenant.la, visitor.tenant.of_school)
    register.take_turn(session, tenant)
    row = views_pupils.pupil(session, tenant, pupil_id)
    pupil = pupil_of(session, row) if row is not None else None
    if pupil is None:
        raise PlanRefused(words.NO_PUPIL)
    if plans.live_plan(session, tenant, pupil_id) is not None:
        raise PlanRefused(words.HAS_PLAN)
    on = day_in_wales(now)
    content: Mapping[str, Any]
    if draft_id is None:
        content = draft_from_register(pupil, pupil_id, school=tenant.of_school, on=on).to_json()
    else:
        draft = views_pupils.draft(session, tenant, draft_id)
        if draft is None or draft.pupil_id != pupil_id:
            raise PlanGone
        content = views_pupils.draft_content(session, draft)
    form = form_in_force(session, tenant, str(content["form_id"]))
    held: dict[str, Any] = {name: content[name] for name in ("fields", "appendix", "left_out")}
    told = only_shared_addresses(fields_from_json(held["fields"]), pupil.contacts)
    held["fields"] = fields_to_json(told)
    new = NewPlan(pupil_id, draft_id, form.id, form.version, None)
    made = plans.add(session, tenant, new, held, by=visitor.actor, at=now)
    done = Done("begin", made.status, on, {"draft": draft_id})
    plan_log.note_act(session, made, done, by=visitor.actor, at=now)
    entry = AuditEntry(visitor.actor, "plan_begun", f"plan:{made.id}", {"draft": draft_id})
    append(session, tenant, [entry], now)
    return made.id


def save(desk: PlanDesk, changes: Changes, *, nhs_agreed: bool = False) -> Saved:
    """Save what somebody changed since `desk.version`; a value of None takes a field out.

    What others saved meanwhile stands. A field that both changed keeps what is saved; what this
    person typed is kept for them, and both are returned. Raises PlanRefused, and changes nothing,
    where a field may not be changed or bears a value that it cannot.

    Source: 2018 anaw 2 ss. 14(6), 19(4), 21(5)-(8) (what may not be changed, and by whom).
    """
    taken = desk.take(PlanAct.EDIT, any_version=True)
    form = form_of(desk.session, taken.tenant, taken.row.form_id, taken.row.form_version)
    for key, value in changes.items():
        _check(form, key, value)
        against = against_changing(taken.plan, key, body=taken.body, nhs_agreed=nhs_agreed)
        if against is not None:
            raise PlanRefused(against.because, field=key, obstacles=[against])
    before = _as_seen(desk, taken)
    merged = merge(before, _changed(before, changes, desk.visitor.actor), taken.fields)
    if merged.fields != taken.fields:
        held = taken.with_fields(merged.fields)
        plans.save(desk.session, taken.row, held, act="edit", by=desk.visitor.actor, at=desk.now)
        touched = sorted(key for key in changes if merged.fields.get(key) != taken.fields.get(key))
        desk.audit(taken, "plan_saved", {"fields": touched, "nhs_agreed": nhs_agreed})
    who = desk.visitor.person_id
    if merged.conflicts:
        typed = {conflict.key: changes[conflict.key] for conflict in merged.conflicts}
        plan_typing.keep_unsaved(
            desk.session, taken.tenant, taken.row.id, who, taken.row.version, typed, at=desk.now
        )
    else:
        plan_typing.forget_unsaved(desk.session, taken.tenant, taken.row.id, who)
    return Saved(taken.row.version, merged.conflicts)


def keep_typing(desk: PlanDesk, changes: Changes) -> datetime:
    """Keep what somebody is typing, for them alone; returns when. Nothing of the plan changes."""
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    tenant = Tenant(row.la, row.school)
    register.take_turn(desk.session, tenant)
    form = form_of(desk.session, tenant, row.form_id, row.form_version)
    for key, value in changes.items():
        _check(form, key, value)
    plan_typing.keep_unsaved(
        desk.session,
        tenant,
        row.id,
        desk.visitor.person_id,
        desk.version,
        changes,
        at=desk.now,
    )
    return desk.now


def discard_typing(desk: PlanDesk) -> None:
    """Drop what was kept for somebody: they do not want it."""
    row = seen(desk.session, desk.visitor, desk.plan_id)
    if row is None:
        raise PlanGone
    tenant = Tenant(row.la, row.school)
    register.take_turn(desk.session, tenant)
    plan_typing.forget_unsaved(desk.session, tenant, row.id, desk.visitor.person_id)


def confirm(desk: PlanDesk, keys: Iterable[str]) -> int:
    """Confirm values that were taken over from an earlier record; returns the version."""
    taken = desk.take(PlanAct.EDIT, any_version=True)
    fields = taken.fields
    wanted = [key for key in keys if key in fields and fields[key].confirmed_by is None]
    for key in wanted:
        fields[key] = replace(fields[key], confirmed_by=desk.visitor.actor)
    if wanted:
        held = taken.with_fields(fields)
        plans.save(desk.session, taken.row, held, act="confirm", by=desk.visitor.actor, at=desk.now)
        desk.audit(taken, "plan_confirmed", {"fields": sorted(wanted)})
    return taken.row.version


def promote_target(desk: PlanDesk, number: int) -> int:
    """Make a short-term target the outcome of a provision of its own; returns the version.

    It is proposed, not confirmed: most targets are too short-term for an outcome.

    Source: ALN Code for Wales 2021 23.20, 23.31 (as reported).
    """
    taken = desk.take(PlanAct.EDIT, any_version=True)
    listed = list(taken.content.get("appendix", ()))
    if not 0 <= number < len(listed):
        raise PlanRefused(words.NO_FIELD)
    target = listed.pop(number)
    base = f"alp[{next_element(taken.fields)}]"
    fields = taken.fields
    origin = Origin(**target["origin"])
    for name, value in (("outcome", target.get("target")), ("measure", target.get("criteria"))):
        if value:
            fields[f"{base}.{name}"] = DraftField(str(value), origin, "proposed")
    held = {**taken.with_fields(fields), "appendix": listed}
    plans.save(desk.session, taken.row, held, act="promote", by=desk.visitor.actor, at=desk.now)
    desk.audit(taken, "plan_target_promoted", {"element": base})
    return taken.row.version


def promote_strategy(desk: PlanDesk, number: int) -> int:
    """Make a strategy that was left out a provision: a person says that it is additional.

    Source: 2018 anaw 2 s. 3 (additional to, or different from, what is made generally).
    """
    taken = desk.take(PlanAct.EDIT, any_version=True)
    listed = list(taken.content.get("left_out", ()))
    if not 0 <= number < len(listed) or not is_strategy(listed[number]):
        raise PlanRefused(words.NO_FIELD)
    item = listed.pop(number)
    base = f"alp[{next_element(taken.fields)}]"
    fields = taken.fields
    fields[f"{base}.provision"] = DraftField(
        str(item["text"]), Origin(**item["origin"]), "proposed", desk.visitor.actor
    )
    held = {**taken.with_fields(fields), "left_out": listed}
    plans.save(desk.session, taken.row, held, act="promote", by=desk.visitor.actor, at=desk.now)
    desk.audit(taken, "plan_strategy_promoted", {"element": base})
    return taken.row.version


def is_strategy(left_out: Mapping[str, Any]) -> bool:
    """Say whether a text that was left out is a strategy: a date or a name is no provision."""
    return "strategies[" in str(left_out.get("origin", {}).get("path", ""))


def next_element(fields: Mapping[str, DraftField]) -> int:
    """Return the number of the next provision in a plan."""
    numbers = [int(found[1]) for key in fields if (found := _ELEMENT.match(key))]
    return max(numbers, default=-1) + 1


def is_field(form: Form, key: str) -> bool:
    """Say whether the form has a field `key`; health provision has the parts of any other."""
    part = _HEALTH.fullmatch(key)
    if part is not None:
        return part[1] == _OWN_OF_HEALTH or is_field(form, f"alp[0].{part[1]}")
    try:
        form.field(key)
    except KeyError:
        return False
    return "[]" not in key


def _as_seen(desk: PlanDesk, taken: Taken) -> dict[str, DraftField]:
    row = plans.version_at(desk.session, taken.tenant, taken.row.id, desk.version)
    if row is None:
        raise PlanRefused(words.NOT_FROM_HERE)
    return fields_from_json(plans.version_content(desk.session, row).get("fields", {}))


def _changed(
    before: Mapping[str, DraftField], changes: Changes, actor: str
) -> dict[str, DraftField]:
    """Return the fields with the changes; a value that is as it was stays as it was."""
    fields = dict(before)
    for key, value in changes.items():
        was = before.get(key)
        if value is None or value == "":
            fields.pop(key, None)
        elif was is None or was.value != value:
            fields[key] = DraftField(value, Origin(actor, "plan"), "stated", actor)
    return fields


def _check(form: Form, key: str, value: Value | None) -> None:
    if not is_field(form, key):
        raise PlanRefused(words.NO_FIELD, field=key)
    texts = value.values() if isinstance(value, dict) else (value,)
    if any(isinstance(text, str) and len(text) > MOST_CHARACTERS for text in texts):
        raise PlanRefused(words.TOO_LONG.fill(most=MOST_CHARACTERS), field=key)
    if value in (None, ""):
        return
    if _DAYS.fullmatch(key) and not _is_day(value):
        raise PlanRefused(words.NOT_A_DATE, field=key)
    if _TRUTHS.fullmatch(key) and not isinstance(value, bool):
        raise PlanRefused(words.NO_FIELD, field=key)


def _is_day(value: Value | None) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
