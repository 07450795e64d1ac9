"""The term dates that hold for a school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.calendar import SchoolCalendar, calendar_from_json
from mis_bridge.storage import calendars as stored
from mis_bridge.storage.tables.authorities import CalendarVersionRow
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True)
class CalendarInForce:
    """The calendar that a count is made on, and the id of the version that a task names."""

    calendar: SchoolCalendar
    version_id: str


def as_counted(session: Session, tenant: Tenant, at: datetime) -> SchoolCalendar | None:
    """Return the school's calendar as it stood at a moment: what a count made then rests on."""
    held = in_force(session, tenant, at)
    return held.calendar if held is not None else None


def in_force(
    session: Session, tenant: Tenant, at: datetime | None = None
) -> CalendarInForce | None:
    """Return the school's calendar: its own dates upon those of its authority, or None.

    A school's own import that lists terms stands alone; one that lists only INSET days, closures
    and the like is laid upon the authority's newest term dates.
    """
    common = stored.latest(session, Tenant(tenant.la), at)
    own = stored.latest(session, tenant, at) if tenant.school is not None else None
    newest = own or common
    if newest is None:
        return None
    return CalendarInForce(read_version(newest, common), newest.id)


def read_version(row: CalendarVersionRow, common: CalendarVersionRow | None) -> SchoolCalendar:
    """Return the calendar of a version, laid upon its authority's where it lists no terms."""
    spec = dict(row.spec) if isinstance(row.spec, dict) else {}
    bases: dict[str, object] = {}
    name = _title(row)
    if common is not None and row.id != common.id and not spec.get("terms"):
        bases[_title(common)] = common.spec
        spec["extends"] = _title(common)
        name = f"{name} + {_title(common)}"
    return calendar_from_json(spec, name, bases)


def _title(row: CalendarVersionRow) -> str:
    return f"{row.name} v{row.number}"
