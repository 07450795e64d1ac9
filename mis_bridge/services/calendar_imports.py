"""A new version of term dates, and what it means for the tasks that are open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import CalendarKind, calendar_from_json
from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.tasks import TaskKind
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.working_days import BANK_HOLIDAYS
from mis_bridge.services.calendars import in_force
from mis_bridge.services.subscribers.outgoing import TASK_CLOSED, tell_of_task
from mis_bridge.storage import audit, calendars, duties
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.authorities import CalendarVersionRow
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant

NEW_CALENDAR = "new_calendar"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: the version, whether it is new, and the tasks whose dates moved."""

    version_id: str
    number: int
    is_new: bool
    moved: tuple[str, ...]


def add_version(
    session: Session,
    tenant: Tenant,
    spec: Mapping[str, Any],
    *,
    kind: CalendarKind,
    name: str,
    by: str,
    now: datetime,
) -> Imported:
    """Store term dates as the owner's next version; the very same dates again are no new version.

    Bank holidays on file are added. Open tasks are counted anew: a date that moves is written down
    with the one before, and a task that waited for a calendar gets its date.
    """
    whole = _with_bank_holidays({**spec, "kind": kind})
    calendar_from_json(whole, name)
    digest = sha256(dumps(whole, sort_keys=True).encode()).hexdigest()
    known = calendars.same(session, tenant, digest)
    if known is not None:
        return Imported(known.id, known.number, is_new=False, moved=())
    first, last = _reach(whole)
    row = {
        "id": new_id(),
        "la": tenant.la,
        "school": tenant.school,
        "owner": calendars.owner_of(tenant),
        "number": calendars.next_number(session, tenant),
        "name": name,
        "kind": kind,
        "spec": whole,
        "digest": digest,
        "first_on": first,
        "last_on": last,
        "imported_at": now,
        "imported_by": by,
    }
    if not calendars.add(session, row):
        again = calendars.same(session, tenant, digest) or calendars.latest(session, tenant)
        if again is not None:
            return Imported(again.id, again.number, is_new=False, moved=())
    moved = _count_anew(session, tenant, now)
    entry = audit.AuditEntry(
        by,
        "calendar_imported",
        f"calendar:{row['id']}",
        {"owner": str(row["owner"]), "tasks_moved": len(moved)},
    )
    audit.append(session, tenant, [entry], now)
    return Imported(str(row["id"]), int(str(row["number"])), is_new=True, moved=moved)


def listed(session: Session, tenant: Tenant) -> list[CalendarVersionRow]:
    """Return the versions that a tenant may see, newest first."""
    return calendars.versions(session, tenant)


def _count_anew(session: Session, tenant: Tenant, now: datetime) -> tuple[str, ...]:
    moved: list[str] = []
    for task in duties.open_tasks(session, tenant):
        own = Tenant(task.la, task.school)
        held = in_force(session, own)
        if held is None:
            continue
        if task.kind == TaskKind.SUPPLY_CALENDAR.value:
            if not duties.waits_for_calendar(session, own):
                _close(session, task, now)
            continue
        if task.rule not in PERIODS:
            continue
        counted = deadline(PERIODS[task.rule], task.trigger_on, held.calendar)
        if counted.due_on == task.due_on:
            continue
        duties.move_due_date(session, task, counted.due_on, NEW_CALENDAR, at=now)
        task.due_on, task.missing_calendar = counted.due_on, counted.missing
        task.calendar_version_id = held.version_id
        task.trace = (_without_count(task) + counted.trace).to_json()
        task.version += 1
        moved.append(task.id)
    session.flush()
    return tuple(moved)


def _close(session: Session, task: DecisionTaskRow, now: datetime) -> None:
    task.state, task.closed_at = "closed", now
    task.closing = {"rule": NEW_CALENDAR, "source": task.source, "trigger": task.trigger}
    task.version += 1
    tell_of_task(session, task, TASK_CLOSED, now=now)


def _without_count(task: DecisionTaskRow) -> Trace:
    known = trace_from_json(task.trace) if isinstance(task.trace, dict) else Trace()
    return Trace(
        tuple(step for step in known.steps if step.rule != task.rule),
        tuple(doubt for doubt in known.uncertain if doubt.point not in {"due_date", task.rule}),
    )


def _with_bank_holidays(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Add the bank holidays on file that fall within the terms given."""
    whole = dict(spec)
    given = {str(day) for day in whole.get("bank_holidays", ())}
    spans = [tuple(map(str, span)) for span in whole.get("terms", ())]
    on_file = {day.isoformat() for days in BANK_HOLIDAYS.values() for day in days}
    inside = {day for day in on_file if any(first <= day <= last for first, last in spans)}
    whole["bank_holidays"] = sorted(given | inside)
    for name in ("terms", "half_terms"):
        whole[name] = [list(span) for span in whole.get(name, ())]
    for name in ("inset_days", "closures"):
        whole[name] = list(whole.get(name, ()))
    return whole


def _reach(spec: Mapping[str, Any]) -> tuple[date | None, date | None]:
    days = [date.fromisoformat(str(day)) for span in spec["terms"] for day in span]
    return (min(days), max(days)) if days else (None, None)
