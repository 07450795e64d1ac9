"""What came in, told and put to work again; and the proof that a replay gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import as_counted
from mis_bridge.services.intake.inbox import ask_for_drain
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import audit, event_log, intake, task_log
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import Tenant


class EventsProblem(Problem):
    """An event is not there, or cannot be put to work."""


@dataclass(slots=True)
class Proof:
    """What `verify` looked at, and every fault by place: ids, no names."""

    events: int = 0
    tasks: int = 0
    faults: list[dict[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the proof for printing."""
        return {"events": self.events, "tasks": self.tasks, "faults": self.faults}


def line(row: InboxEventRow) -> dict[str, Any]:
    """Return an event as `events list` prints it."""
    return {
        "event_id": row.event_id,
        "connection_id": row.connection_id,
        "received_at": row.received_at.isoformat(),
        "state": row.state,
        "attempts": row.attempts,
        "effects": row.effects if isinstance(row.effects, list) else [],
        "kind": row.kind,
        "record_id": row.record_id,
        "fault": row.fault,
        "school": row.school,
    }


def shown(row: InboxEventRow) -> dict[str, Any]:
    """Return everything about an event save its body, which may name a person."""
    return {
        **line(row),
        "variant": row.variant or None,
        "occurred_at": row.occurred_at.isoformat() if row.occurred_at else None,
        "noticed_on": row.noticed_on.isoformat() if row.noticed_on else None,
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "next_at": row.next_at.isoformat() if row.next_at else None,
        "replays": row.replays,
        "body_digest": row.body_digest,
    }


def found(session: Session, tenant: Tenant, event_id: str) -> InboxEventRow:
    """Return the event of this id (or of this variant's digest); raises EventsProblem."""
    rows = event_log.named(session, tenant, event_id)
    if not rows:
        raise EventsProblem(_UNKNOWN)
    return rows[0]


def replay(
    session: Session, tenant: Tenant, row: InboxEventRow, *, by: str, now: datetime, jobs: Jobs
) -> None:
    """Put an event to work again; what it did before it does not do twice."""
    if row.variant:
        raise EventsProblem(_CONTRADICTS)
    event_log.put_back(row, at=now)
    session.flush()
    for connection_id, generation in intake.mark(session, [row.connection_id]):
        ask_for_drain(session, jobs, connection_id, generation)
    _note(session, tenant, row, "event_replayed", by, now)


def park(
    session: Session, tenant: Tenant, row: InboxEventRow, why: str, *, by: str, now: datetime
) -> None:
    """Take an event out of the work; `why` is the person's word."""
    event_log.park(row, f"by_hand:{why}" if why else "by_hand", at=now)
    session.flush()
    _note(session, tenant, row, "event_parked", by, now)


def verify(session: Session, tenant: Tenant) -> Proof:
    """Check that the log is whole, and that its facts give the same tasks and dates again.

    Every body is the one received; every task that an event opened is there; no trigger has two
    tasks; and every date counted anew from the recorded facts, on the calendar as it stood then, is
    the date on record.
    """
    proof = Proof()
    for row in event_log.events(session, tenant):
        proof.events += 1
        _check_event(session, tenant, row, proof)
    for task in task_log.tasks(session, tenant):
        proof.tasks += 1
        _check_task(session, task, proof)
    for pupil_id, duty in task_log.twice_open(session, tenant):
        proof.faults.append({"place": f"pupil:{pupil_id}", "fault": f"two_open_tasks:{duty}"})
    return proof


def _check_event(session: Session, tenant: Tenant, row: InboxEventRow, proof: Proof) -> None:
    place = f"event:{row.event_id}"
    if row.sealed_body is not None and not event_log.is_whole(session, row):
        proof.faults.append({"place": place, "fault": "body_altered"})
    effects = row.effects if isinstance(row.effects, list) else []
    opened = list(_named(effects, ("task_opened", "trigger_noted", "task_reopened")))
    missing = set(opened) - event_log.tasks_there(session, tenant, opened)
    proof.faults += [
        {"place": place, "fault": f"task_missing:{task_id}"} for task_id in sorted(missing)
    ]


def _check_task(session: Session, task: DecisionTaskRow, proof: Proof) -> None:
    if task.rule not in PERIODS:
        return
    calendar = as_counted(session, Tenant(task.la, task.school), task_log.counted_at(session, task))
    counted = deadline(PERIODS[task.rule], task.trigger_on, calendar)
    if counted.due_on != task.due_on:
        proof.faults.append({"place": f"task:{task.id}", "fault": "date_differs"})


def _named(effects: list[Any], kinds: tuple[str, ...]) -> Iterator[str]:
    for effect in effects:
        kind, _, name = str(effect).partition(":")
        if kind in kinds and name:
            yield name


def _note(
    session: Session, tenant: Tenant, row: InboxEventRow, action: str, by: str, now: datetime
) -> None:
    own = Tenant(tenant.la, row.school)
    entry = audit.AuditEntry(by, action, f"event:{row.id}", {"connection": row.connection_id})
    audit.append(session, own, [entry], now)


_UNKNOWN = Words(
    "there is no event of this id; see mis-bridge events list",
    "nid oes digwyddiad â'r id hwn; gweler mis-bridge events list",
)
_CONTRADICTS = Words(
    "this event came under an id that another body had used; it is kept for a person and is not "
    "put to work",
    "daeth y digwyddiad hwn o dan id a ddefnyddiwyd gan gorff arall; fe'i cedwir i berson ac ni'i "
    "rhoddir ar waith",
)
