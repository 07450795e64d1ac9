"""The one road into the register: for a webhook, a poll and a file alike.

A telling becomes a register change, the change what the law asks for today, the task its notice,
the notice its messages; all of it in the caller's transaction, with its audit rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from adapters.base import SourceRecord, Tombstone
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.tasks import DecisionTask, Setting, TaskKind, closed_by, opened_by
from mis_bridge.services import notice_making
from mis_bridge.services.calendars import CalendarInForce, in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake.register_rows import Held, RegisterRows
from mis_bridge.services.intake.settling import Settled, Settling
from mis_bridge.services.intake.tellings import Applied, Outcome, Telling
from mis_bridge.services.notice_making import GIVERS, Occasion
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import audit, connections, duties, register
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.searching import upn_hashes
from mis_bridge.storage.tenants import Tenant

DECISION_STARTED = "decision_started"


def apply(  # noqa: PLR0913 - the one road's face, agreed with webhook, poll and file alike
    session: Session,
    tenant: Tenant,
    *,
    connection_id: str | None,
    pupil: Pupil | None,
    tombstone: Tombstone | None,
    raw: SourceRecord | None,
    mapping_version_id: str | None,
    noticed_on: date,
    noticed_confirmed: bool,
    cause: str,
    now: datetime,
    jobs: Jobs,
    told_at: datetime | None = None,
) -> Applied:
    """Apply one telling: a pupil's record, or the tombstone of one of a known connection.

    `mapping_version_id` is the mapping document's digest. `told_at` is the vendor's own time of
    the facts; without it they are of now. An older telling than the state held never overwrites
    it.
    """
    told = told_at or now
    if pupil is not None:
        vendor, record_id = pupil.source.vendor, pupil.source.record_id
    elif tombstone is not None and connection_id is not None:
        vendor = connections.vendor_of(session, tenant, connection_id)
        record_id, told = tombstone.record_id, tombstone.deleted_at or told
    else:
        msg = "a telling is a pupil's record, or a tombstone of a known connection"
        raise ValueError(msg)
    telling = Telling(
        vendor=vendor,
        record_id=record_id,
        pupil=pupil,
        told_at=told,
        noticed_on=noticed_on,
        cause=cause,
        noticed_confirmed=noticed_confirmed,
        connection_id=connection_id,
        raw_digest=raw.digest if raw is not None else None,
        mapping_digest=mapping_version_id,
    )
    return apply_all(session, tenant, [telling], now=now, jobs=jobs)[0]


def apply_all(
    session: Session,
    tenant: Tenant,
    tellings: Sequence[Telling],
    *,
    now: datetime,
    jobs: Jobs,
) -> list[Applied]:
    """Apply tellings of one school and one vendor in this order; return what became of each."""
    if not tellings:
        return []
    return _Road.begin(session, tenant, tellings, now, jobs).walk(tellings)


@dataclass(slots=True)
class _Road:
    """One batch on its way into the register."""

    session: Session
    tenant: Tenant
    now: datetime
    jobs: Jobs
    setting: Setting
    calendar: CalendarInForce | None
    settling: Settling
    entries: list[audit.AuditEntry]
    to_confirm: frozenset[str] = frozenset()

    @classmethod
    def begin(
        cls,
        session: Session,
        tenant: Tenant,
        tellings: Sequence[Telling],
        now: datetime,
        jobs: Jobs,
    ) -> _Road:
        school = register.take_turn(session, tenant)
        rows = RegisterRows(tenant, keys_of(session), upn_hashes(session, now=now), now)
        hashes = {rows.upn_hash(t.pupil) for t in tellings if t.pupil is not None}
        known = register.known(
            session,
            tenant,
            tellings[0].vendor,
            {telling.record_id for telling in tellings},
            {value for value in hashes if value is not None},
        )
        connection_id = tellings[0].connection_id
        return cls(
            session=session,
            tenant=tenant,
            now=now,
            jobs=jobs,
            setting=Setting(school.setting),
            calendar=in_force(session, tenant),
            settling=Settling(
                rows,
                known,
                connections.last_read_at(session, tenant, connection_id) if connection_id else None,
            ),
            entries=[],
        )

    def walk(self, tellings: Sequence[Telling]) -> list[Applied]:
        """Settle each telling, write the rows, then open what the law asks for."""
        settled = [self.settling.settle(telling) for telling in tellings]
        register.write(self.session, self.tenant, self.settling.rows.batch)
        desk = TaskDesk(self.session, self.tenant, self.calendar, self.now, self.jobs)
        self.to_confirm = self._waiting_for_a_day(settled)
        applied = [self._conclude(step, desk) for step in settled]
        desk.write()
        self._note_loads(settled)
        audit.append(self.session, self.tenant, self.entries, self.now)
        return applied

    def _waiting_for_a_day(self, settled: Sequence[Settled]) -> frozenset[str]:
        """Return the pupils with a task whose day may be confirmed: asked for once, not one by one.

        A pupil who changes in this batch may get such a task before a later telling of it.
        """
        changing = {step.held.id for step in settled if step.held is not None and step.changed}
        stating = {
            step.held.id for step in settled if step.held is not None and _states_a_day(step)
        }
        standing = duties.with_days_to_confirm(self.session, self.tenant, stating)
        return frozenset(stating & (changing | standing))

    def _conclude(self, step: Settled, desk: TaskDesk) -> Applied:
        """Open and close tasks, give notice, and write down what was done."""
        telling, held = step.telling, step.held
        if held is None:
            return Applied(step.outcome)
        effects = [change.kind.value for change in step.changed]
        if step.changed and held.pupil is not None:
            effects += self._duties(step, held, held.pupil, desk)
        elif held.id in self.to_confirm and _states_a_day(step):
            effects += desk.confirm_noticed(held.id, telling.noticed_on)
        if step.is_only_a_load(effects):
            return Applied(step.outcome, tuple(effects), held.id)
        if effects or step.outcome in _WORTH_A_ROW:
            self.entries.append(
                audit.AuditEntry(
                    actor=telling.cause,
                    action=f"pupil_{step.outcome.value}",
                    subject=f"pupil:{held.id}",
                    facts={"version": held.version, "effects": list(effects)},
                )
            )
        return Applied(step.outcome, tuple(effects), held.id)

    def _duties(self, step: Settled, held: Held, pupil: Pupil, desk: TaskDesk) -> tuple[str, ...]:
        telling, today = step.telling, day_in_wales(self.now)
        asked = opened_by(
            step.changed,
            pupil=pupil,
            setting=self.setting,
            noticed_on=telling.noticed_on,
            noticed_confirmed=telling.noticed_confirmed,
            calendar=self.calendar.calendar if self.calendar else None,
            today=today,
        )
        if step.outcome is Outcome.CREATED:
            opened = desk.apply_to_new(held.id, asked)
        else:
            closings = closed_by(
                step.changed,
                pupil=pupil,
                setting=self.setting,
                noticed_on=telling.noticed_on,
                today=today,
            )
            opened = desk.apply(held.id, asked, closings)
        effects = list(opened.effects)
        for task_id, task in opened.tasks:
            effects += self._notice(held.id, pupil, task_id, task, desk)
        return tuple(effects)

    def _notice(
        self, pupil_id: str, pupil: Pupil, task_id: str, task: DecisionTask, desk: TaskDesk
    ) -> tuple[str, ...]:
        """Tell the family that a decision is being made; only a new concern is told by itself."""
        giver = GIVERS.get(self.setting)
        if task.kind is not TaskKind.DECIDE_ALN or giver is None:
            return ()
        desk.write()
        made = notice_making.make(
            self.session,
            self.tenant,
            pupil_id,
            pupil,
            Occasion(DECISION_STARTED, giver, task.trigger, task_id),
            now=self.now,
            jobs=self.jobs,
        )
        if made.to_check is None:
            return made.effects
        return (*made.effects, *desk.apply(pupil_id, (made.to_check,), ()).effects)

    def _note_loads(self, settled: Sequence[Settled]) -> None:
        """Write one audit row for all the pupils that were only seen for the first time."""
        loads = [step for step in settled if step.is_only_a_load([c.kind for c in step.changed])]
        if loads:
            self.entries.append(
                audit.AuditEntry(
                    actor=loads[0].telling.cause,
                    action="pupils_loaded",
                    subject=f"school:{self.tenant.of_school}",
                    facts={"pupils": len(loads)},
                )
            )


def _states_a_day(step: Settled) -> bool:
    return step.telling.noticed_confirmed and step.outcome is not Outcome.SUPERSEDED


_WORTH_A_ROW = frozenset({Outcome.DELETED, Outcome.DUPLICATE, Outcome.SUPERSEDED})
