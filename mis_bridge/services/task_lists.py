"""Tasks as the command line prints them: ids, codes and dates, and the whole trace."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.storage import calendars, task_log
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant


def lines(session: Session, tenant: Tenant, state: str | None) -> Iterator[dict[str, Any]]:
    """Yield each task as one object."""
    known = task_log.records(session, tenant)
    for row in task_log.tasks(session, tenant, state):
        yield _line(row, known.get(row.pupil_id, ("", "")))


def whole(session: Session, tenant: Tenant, row: DecisionTaskRow) -> dict[str, Any]:
    """Return a task with its source record, rule, provision, calendar and arithmetic."""
    own = Tenant(tenant.la, row.school)
    record = task_log.records(session, own).get(row.pupil_id, ("", ""))
    counted_on = (
        calendars.version(session, own, row.calendar_version_id)
        if row.calendar_version_id
        else None
    )
    return {
        **_line(row, record),
        "calendar": (
            {"calendar_id": counted_on.id, "name": counted_on.name, "number": counted_on.number}
            if counted_on is not None
            else None
        ),
        "triggers": [
            {"trigger": each.trigger, "trigger_on": _iso(each.trigger_on)}
            for each in task_log.triggers(session, own, row.id)
        ],
        "dates": [
            {
                "from": _iso(each.due_before_on),
                "to": _iso(each.due_on),
                "reason": each.reason,
                "moved_at": each.moved_at.isoformat(),
            }
            for each in task_log.dates(session, own, row.id)
        ],
        "closing": row.closing,
        **(row.trace if isinstance(row.trace, dict) else {}),
    }


def _line(row: DecisionTaskRow, record: tuple[str, str]) -> dict[str, Any]:
    vendor, record_id = record
    return {
        "id": row.id,
        "pupil": row.pupil_id,
        "record": {"vendor": vendor, "record_id": record_id},
        "school": row.school,
        "kind": row.kind,
        "duty": row.duty,
        "state": row.state,
        "trigger": row.trigger,
        "trigger_on": _iso(row.trigger_on),
        "to_be_confirmed": row.to_be_confirmed,
        "opened_on": _iso(row.opened_on),
        "due_on": _iso(row.due_on),
        "missing_calendar": row.missing_calendar,
        "rule": row.rule,
        "source": row.source,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
