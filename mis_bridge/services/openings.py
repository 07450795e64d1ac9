"""From the law's answer to stored tasks.

One task ever per trigger, one open per duty, and a date that only ever moves to the earlier day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.clock_rules import PERIODS
from mis_bridge.domain.consent import CONSENTED, REFUSED
from mis_bridge.domain.deadlines import deadline
from mis_bridge.domain.tasks import Closing, DecisionTask, TaskKind
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import CalendarInForce
from mis_bridge.services.ports import Jobs
from mis_bridge.services.subscribers.outgoing import TASK_CLOSED, TASK_OPENED, tell, tell_of_task
from mis_bridge.storage import duties
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.duties import DecisionTaskRow
from mis_bridge.storage.tenants import Tenant

EARLIER_TRIGGER = "earlier_trigger"
NOTICED_CONFIRMED = "noticed_confirmed"
_FROM_A_CONCERN = ("provision:", "need:")
# What a closing's rule begins with where a person's decision, or consent, closed the task.
_BY_A_PERSON = ("DECIDED:", CONSENTED, REFUSED)


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening, noting and closing came to: effects by name, and the tasks newly opened."""

    effects: tuple[str, ...]
    tasks: tuple[tuple[str, DecisionTask], ...] = ()


@dataclass(slots=True)
class _Pending:
    """Rows of pupils new in this batch, whose duties nobody else can have opened."""

    pupils: set[str] = field(default_factory=set)
    triggers: list[dict[str, object]] = field(default_factory=list)
    tasks: list[dict[str, object]] = field(default_factory=list)
    asked_for: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Forget what has been written; which calendars were asked for stays known."""
        self.pupils.clear()
        self.triggers.clear()
        self.tasks.clear()


@dataclass(frozen=True, slots=True)
class TaskDesk:
    """Where tasks of one school are opened and closed, in one transaction, at one moment."""

    session: Session
    tenant: Tenant
    calendar: CalendarInForce | None
    now: datetime
    jobs: Jobs | None = None
    pending: _Pending = field(default_factory=_Pending)

    def apply_to_new(self, pupil_id: str, opened: Sequence[DecisionTask]) -> Opened:
        """Open what is asked for a pupil whom nobody knew before: written by `write`, with others.

        Of one duty the first opens and a further one is noted, as for everybody.
        """
        effects: list[str] = []
        tasks: list[tuple[str, DecisionTask]] = []
        standing: dict[str, str] = {}
        for task in opened:
            if self._is_asked_for(task):
                continue
            task_id = standing.get(task.duty)
            if task_id is None:
                task_id = standing[task.duty] = new_id()
                self.pending.tasks.append(self._row(task_id, pupil_id, task))
                self._tell_opened(task_id, pupil_id)
                tasks.append((task_id, task))
                effects.append(f"task_opened:{task_id}")
            else:
                effects.append(f"trigger_noted:{task_id}")
            self.pending.triggers.append(self._trigger(task_id, pupil_id, task))
        self.pending.pupils.add(pupil_id)
        return Opened(tuple(effects), tuple(tasks))

    def write(self) -> None:
        """Write what waits of `apply_to_new`."""
        duties.open_many(self.session, self.pending.triggers, self.pending.tasks)
        self.pending.clear()

    def apply(
        self, pupil_id: str, opened: Sequence[DecisionTask], closings: Sequence[Closing]
    ) -> Opened:
        """Close what no longer rests here, then open what does."""
        if pupil_id in self.pending.pupils:
            self.write()
        effects: list[str] = []
        tasks: list[tuple[str, DecisionTask]] = []
        for closing in closings:
            closed = self._close(pupil_id, closing)
            if closed is None:
                continue
            effects.append(f"task_closed:{closed}")
            if closing.instead is not None:
                self._open(pupil_id, closing.instead, effects, tasks)
        for task in opened:
            self._open(pupil_id, task, effects, tasks)
        return Opened(tuple(effects), tuple(tasks))

    def confirm_noticed(self, pupil_id: str, noticed_on: date) -> tuple[str, ...]:
        """Take a stated day of notice to the open tasks that stood on the day of receipt.

        A day later than the one taken changes nothing: doubt never lengthens a period.
        """
        effects: list[str] = []
        if pupil_id in self.pending.pupils:
            self.write()
        for row in duties.open_tasks_of(self.session, self.tenant, pupil_id):
            stated = row.trigger.startswith(_FROM_A_CONCERN) and row.rule in PERIODS
            if not (row.to_be_confirmed and stated and noticed_on <= row.trigger_on):
                continue
            counted = deadline(
                PERIODS[row.rule], noticed_on, self.calendar.calendar if self.calendar else None
            )
            earlier = noticed_on < row.trigger_on
            self._redate(row, counted.due_on, NOTICED_CONFIRMED)
            row.trigger_on, row.to_be_confirmed = noticed_on, False
            row.missing_calendar = counted.missing
            if earlier:
                row.trace = {**(_confirmed(row, noticed_on) + counted.trace).to_json()}
            effects.append(f"noticed_confirmed:{row.id}")
        return tuple(effects)

    def reopen(self, row: DecisionTaskRow) -> bool:
        """Open a task again whose ground for closing has fallen away, unless its duty has one."""
        if duties.open_task_of(self.session, self.tenant, row.pupil_id, row.duty) is not None:
            return False
        row.state, row.closed_at, row.closing = "open", None, None
        row.version += 1
        self.session.flush()
        tell_of_task(self.session, row, TASK_OPENED, now=self.now, jobs=self.jobs)
        return True

    def _open(
        self,
        pupil_id: str,
        task: DecisionTask,
        effects: list[str],
        tasks: list[tuple[str, DecisionTask]],
    ) -> None:
        if self._is_asked_for(task):
            return
        task_id = new_id()
        fresh = duties.note_trigger(self.session, self._trigger(task_id, pupil_id, task))
        if fresh and duties.open_task(self.session, self._row(task_id, pupil_id, task)):
            self._tell_opened(task_id, pupil_id)
            effects.append(f"task_opened:{task_id}")
            tasks.append((task_id, task))
            return
        key = (pupil_id, task.duty, task.trigger)
        if fresh:
            standing = duties.open_task_of(self.session, self.tenant, pupil_id, task.duty)
        else:
            standing = duties.task_of_trigger(self.session, self.tenant, *key)
        if standing is None:
            return
        if fresh:
            duties.point_trigger(self.session, self.tenant, key, standing.id)
            effects.append(f"trigger_noted:{standing.id}")
        if standing.state == "closed" and self._reopen(standing):
            effects.append(f"task_reopened:{standing.id}")
        if standing.state == "open" and task.trigger_on < standing.trigger_on:
            self._take_earlier(standing, task)
            effects.append(f"trigger_earlier:{standing.id}")

    def _is_asked_for(self, task: DecisionTask) -> bool:
        """Say whether the school has this job: one calendar is asked for once, not by pupil."""
        if task.kind is not TaskKind.SUPPLY_CALENDAR:
            return False
        if task.trigger in self.pending.asked_for:
            return True
        self.pending.asked_for.add(task.trigger)
        return duties.calendar_asked_for(self.session, self.tenant, task.trigger)

    def _reopen(self, standing: DecisionTaskRow) -> bool:
        """Open again what only a rule had closed, now that its ground has fallen away.

        A pupil who was deleted by mistake and comes back finds the same task with the same dates.
        What a person decided stays decided.
        """
        closing = standing.closing
        if not isinstance(closing, dict) or str(closing["rule"]).startswith(_BY_A_PERSON):
            return False
        return self.reopen(standing)

    def _take_earlier(self, standing: DecisionTaskRow, task: DecisionTask) -> None:
        self._redate(standing, task.due_on, EARLIER_TRIGGER)
        standing.trigger = task.trigger
        standing.trigger_on = task.trigger_on
        standing.to_be_confirmed = task.to_be_confirmed
        standing.missing_calendar = task.missing_calendar
        standing.trace = task.trace.to_json()

    def _redate(self, row: DecisionTaskRow, due_on: date | None, reason: str) -> None:
        if due_on != row.due_on:
            duties.move_due_date(self.session, row, due_on, reason, at=self.now)
            row.due_on = due_on
            row.calendar_version_id = self.calendar.version_id if self.calendar else None
        row.version += 1

    def _close(self, pupil_id: str, closing: Closing) -> str | None:
        row = duties.open_task_of(self.session, self.tenant, pupil_id, closing.duty)
        if row is None:
            return None
        row.state, row.closed_at = "closed", self.now
        row.closing = {
            "rule": closing.rule,
            "source": closing.source,
            "trigger": closing.trigger,
            **closing.trace.to_json(),
        }
        row.version += 1
        self.session.flush()
        tell_of_task(self.session, row, TASK_CLOSED, now=self.now, jobs=self.jobs)
        return row.id

    def _tell_opened(self, task_id: str, pupil_id: str) -> None:
        facts = {"task_id": task_id, "pupil_id": pupil_id}
        tell(
            self.session,
            self.tenant,
            TASK_OPENED,
            facts,
            key=f"{task_id}:1",
            now=self.now,
            jobs=self.jobs,
        )

    def _trigger(self, task_id: str, pupil_id: str, task: DecisionTask) -> dict[str, object]:
        return {
            "la": self.tenant.la,
            "school": self.tenant.of_school,
            "pupil_id": pupil_id,
            "duty": task.duty,
            "trigger": task.trigger,
            "task_id": task_id,
            "trigger_on": task.trigger_on,
            "noted_at": self.now,
        }

    def _row(self, task_id: str, pupil_id: str, task: DecisionTask) -> dict[str, object]:
        counted = task.due_on is not None and self.calendar is not None
        return {
            "id": task_id,
            "la": self.tenant.la,
            "school": self.tenant.of_school,
            "pupil_id": pupil_id,
            "kind": task.kind.value,
            "duty": task.duty,
            "trigger": task.trigger,
            "trigger_on": task.trigger_on,
            "to_be_confirmed": task.to_be_confirmed,
            "opened_on": task.opened_on,
            "due_on": task.due_on,
            "missing_calendar": task.missing_calendar,
            "calendar_version_id": self.calendar.version_id if counted and self.calendar else None,
            "rule": task.rule,
            "source": task.source,
            "trace": task.trace.to_json(),
            "state": "open",
            "version": 1,
            "opened_at": self.now,
        }


def _confirmed(row: DecisionTaskRow, noticed_on: date) -> Trace:
    """Return the task's trace without its old count, and with the day that was now stated."""
    known = trace_from_json(row.trace) if isinstance(row.trace, dict) else Trace()
    kept = tuple(step for step in known.steps if step.rule != row.rule)
    settled = {"due_date", "trigger_on", row.rule}
    doubts = tuple(doubt for doubt in known.uncertain if doubt.point not in settled)
    return Trace(kept, doubts).step(
        NOTICED_CONFIRMED,
        _NOTICED_CONFIRMED.fill(day=noticed_on, receipt=row.trigger_on),
        row.source,
        {"noticed_on": noticed_on.isoformat(), "received_on": row.trigger_on.isoformat()},
    )


_NOTICED_CONFIRMED = Words(
    "The source has since stated that the matter came to the school's attention on {day}; the "
    "period had been counted from the day of receipt, {receipt}.",
    "Mae'r ffynhonnell wedi datgan ers hynny i'r mater ddod i sylw'r ysgol ar {day}; roedd y "
    "cyfnod wedi'i gyfrif o'r diwrnod derbyn, {receipt}.",
)
