"""What people do on a task: confirm its trigger, record consent, assign it, close it.

Each action states the version of the task that the person saw; another one means that somebody
else was there first, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.consent import CONSENTED, REFUSED, decision_after_consent, refusal
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.tasks import Setting, TaskKind
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.services import task_action_words as words
from mis_bridge.services.calendars import CalendarInForce, in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.services.sessions import Visitor
from mis_bridge.services.subscribers.outgoing import TASK_CLOSED, tell_of_task
from mis_bridge.services.task_action_words import ActionRefused, SomebodyWasFirst, TaskGone
from mis_bridge.storage import duties, lti_people, register, views_tasks
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.tables.duties import DecisionTaskRow

CONFIRMED_BY_PERSON = "confirmed_by_person"
MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Desk:
    """Who acts on which task, as which version, and when: the start of every action."""

    session: Session
    visitor: Visitor
    task_id: str
    version: int
    now: datetime
    jobs: Jobs

    @property
    def today(self) -> date:
        """Today's date in Wales."""
        return day_in_wales(self.now)

    def take(self) -> tuple[DecisionTaskRow, Setting]:
        """Lock the school's register and return the task, open and of the version that was seen."""
        school = register.take_turn(self.session, self.visitor.tenant)
        found = views_tasks.task(self.session, self.visitor.tenant, self.task_id)
        if found is None:
            raise TaskGone
        task = found[0]
        self.session.refresh(task)
        if task.state != "open" or task.version != self.version:
            raise SomebodyWasFirst
        return task, Setting(school.setting)

    def note(self, action: str, facts: Mapping[str, Fact]) -> None:
        """Write the action into the audit chain."""
        entry = AuditEntry(self.visitor.actor, action, f"task:{self.task_id}", facts)
        append(self.session, self.visitor.tenant, [entry], self.now)

    def calendar(self) -> CalendarInForce | None:
        """Return the calendar that holds for the school."""
        return in_force(self.session, self.visitor.tenant)


def confirm_trigger(desk: Desk, noticed_on: date) -> None:
    """Confirm the day on which the matter came to the school's attention, and count again.

    The day of receipt is the latest that it can have been: a later one is refused, because doubt
    never lengthens a period.

    Source: 2018 Act s.11(1).
    """
    task, _ = desk.take()
    if not task.to_be_confirmed:
        raise SomebodyWasFirst
    if noticed_on > task.trigger_on:
        raise ActionRefused("noticed_on", words.LATER_THAN_RECEIPT.fill(receipt=task.trigger_on))
    known = trace_from_json(task.trace) if isinstance(task.trace, Mapping) else Trace()
    kept = Trace(
        tuple(step for step in known.steps if step.rule != task.rule),
        tuple(doubt for doubt in known.uncertain if doubt.point not in _SETTLED_DOUBTS),
    )
    trace = kept.step(
        "TRIGGER-CONFIRMED",
        words.CONFIRMED.fill(day=noticed_on, receipt=task.trigger_on),
        "2018 Act s.11(1)",
        {"noticed_on": noticed_on.isoformat(), "received_on": task.trigger_on.isoformat()},
    )
    due_before, due_on = task.due_on, task.due_on
    if task.rule in PERIODS:
        calendar = desk.calendar()
        counted = deadline(PERIODS[task.rule], noticed_on, calendar.calendar if calendar else None)
        trace, due_on = trace + counted.trace, counted.due_on
        task.missing_calendar = counted.missing
        if due_on != due_before:
            task.calendar_version_id = calendar.version_id if calendar and due_on else None
            duties.move_due_date(desk.session, task, due_on, CONFIRMED_BY_PERSON, at=desk.now)
    task.due_on, task.trigger_on, task.to_be_confirmed = due_on, noticed_on, False
    task.trace = trace.to_json()
    task.version += 1
    desk.note(
        "trigger_confirmed",
        {
            "noticed_on": noticed_on.isoformat(),
            "due_before": due_before.isoformat() if due_before else None,
            "due_on": due_on.isoformat() if due_on else None,
        },
    )


def record_consent(desk: Desk, *, consented: bool, on: date) -> str | None:
    """Record whether the young person consents; returns the id of the task that a consent opens.

    Source: 2018 Act s.11(3)(c).
    """
    task, setting = desk.take()
    if task.kind != TaskKind.RECORD_CONSENT:
        raise TaskGone
    if on > desk.today:
        raise ActionRefused("consented_on", words.IN_THE_FUTURE)
    concern = trace_from_json(task.trace) if isinstance(task.trace, Mapping) else Trace()
    calendar = desk.calendar()
    opened: str | None = None
    if consented:
        following = decision_after_consent(
            task.trigger,
            on,
            setting=setting,
            calendar=calendar.calendar if calendar else None,
            concern=concern,
            today=desk.today,
        )
        done = TaskDesk(desk.session, desk.visitor.tenant, calendar, desk.now, desk.jobs).apply(
            task.pupil_id, [following], []
        )
        opened = next((task_id for task_id, _ in done.tasks), None)
    close(
        desk, task, refusal(on) if not consented else Trace(), CONSENTED if consented else REFUSED
    )
    desk.note("consent_recorded", {"consented": consented, "on": on.isoformat(), "opened": opened})
    return opened


def assign(desk: Desk, person_id: str | None) -> None:
    """Give the task to somebody of the school's staff, or to nobody."""
    task, _ = desk.take()
    staff = lti_people.staff_of(desk.session, desk.visitor.tenant, desk.now)
    if person_id is not None and person_id not in staff:
        raise ActionRefused("person", words.NOT_STAFF)
    task.assigned_to = person_id
    task.version += 1
    desk.note("task_assigned", {"person": person_id})


def close(desk: Desk, task: DecisionTaskRow, trace: Trace, rule: str) -> None:
    """Close a task by a rule, with its trace."""
    task.state, task.closed_at = "closed", desk.now
    task.closing = {"rule": rule, "source": task.source, "trigger": task.trigger, **trace.to_json()}
    task.version += 1
    desk.session.flush()
    tell_of_task(desk.session, task, TASK_CLOSED, now=desk.now, jobs=desk.jobs)


_SETTLED_DOUBTS = frozenset({"noticed_on", "trigger_on", "due_date", *PERIODS})
