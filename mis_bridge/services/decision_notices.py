"""From a decision that there are no ALN to its notice, and from the last copy given to the end.

The duty is done when everybody has been notified; a letter goes out once a person has written its
reasons in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind, person_kind
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.routed import Why
from mis_bridge.domain.tasks import Closing, Setting
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services import notice_making
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.decisions import HAS_ALN, NO_ALN
from mis_bridge.services.notice_making import GIVERS, Occasion
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.ports import Jobs
from mis_bridge.storage import outbox, views_notices, views_pupils, views_tasks
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow, OutboxRow
from mis_bridge.storage.tenants import Tenant

NO_ALN_NOTICE: Final = "no_aln_decision_s11_4"
CONSENT_TRIGGER: Final = "consent:"
IDP_COPY: Final = "idp_copy_s22_1"
ALL_GIVEN: Final = "ALL-GIVEN"
_ENDING: Final = MappingProxyType({NO_ALN_NOTICE: NO_ALN, IDP_COPY: HAS_ALN})
_SOURCE: Final = "2018 Act ss.11(4), 22(1)"
_STAND_BACK: Final = frozenset({"looked_after_child", "detained_person"})


@dataclass(frozen=True, slots=True)
class Copies:
    """How far the copies of a notice have been given, and the last of the days."""

    given: int
    owed: int
    last_on: date | None


def occasion_of_decision(setting: Setting, decision_id: str, task_id: str) -> Occasion | None:
    """Return the occasion of a decision's notice; None for a setting without this duty."""
    giver = GIVERS.get(setting)
    if giver is None:
        return None
    return Occasion(NO_ALN_NOTICE, giver, f"decision:{decision_id}", task_id)


def stands_back(
    session: Session, tenant: Tenant, task: DecisionTaskRow, setting: Setting, on: date
) -> Words | None:
    """Return why the school neither decides nor notifies about this pupil; None where it does.

    Source: 2018 Act ss.11(5), 17(1)-(2), 44; S.I. 2021/401 regs 20-23.
    """
    pupil = _pupil(session, tenant, task.pupil_id)
    occasion = occasion_of_decision(setting, "", task.id)
    if pupil is None or occasion is None:
        return None
    routed = notice_making.ask(session, tenant, task.pupil_id, pupil, occasion, on).routed
    return next((step.because for step in routed.trace.steps if step.rule in _STAND_BACK), None)


def consent_is_wanted(session: Session, tenant: Tenant, task: DecisionTaskRow, on: date) -> bool:
    """Say whether a young person's consent to a decision still has to be put on record.

    A task that a consent opened has it.

    Source: 2018 Act s.11(3)(c); S.I. 2021/401 reg. 37(1).
    """
    pupil = _pupil(session, tenant, task.pupil_id)
    if pupil is None or pupil.dob is None or task.trigger.startswith(CONSENT_TRIGGER):
        return False
    return person_kind(pupil.dob, on) is PersonKind.YOUNG_PERSON


def tell_of_decision(
    session: Session,
    tenant: Tenant,
    task: DecisionTaskRow,
    occasion: Occasion,
    reasons: Words,
    *,
    now: datetime,
    jobs: Jobs,
) -> tuple[str, ...]:
    """Make the notice of a decision that there are no ALN; a task says so where nobody may be told.

    Source: 2018 Act s.11(4).
    """
    pupil = _pupil(session, tenant, task.pupil_id)
    if pupil is None:
        return ()
    stated = Occasion(
        occasion.event,
        occasion.by,
        occasion.name,
        occasion.task_id,
        {"decision": NO_ALN_DECIDED, "reasons": reasons},
    )
    made = notice_making.make(session, tenant, task.pupil_id, pupil, stated, now=now, jobs=jobs)
    if made.to_check is None:
        return made.effects
    desk = TaskDesk(session, tenant, in_force(session, tenant), now, jobs)
    return (*made.effects, *desk.apply(task.pupil_id, (made.to_check,), ()).effects)


def notice_of_task(session: Session, tenant: Tenant, task_id: str) -> NoticeRow | None:
    """Return the notice of a decision on a task, None where none was made."""
    return next(
        (
            row
            for row in views_tasks.notices_of(session, tenant, task_id)
            if row.event == NO_ALN_NOTICE
        ),
        None,
    )


def copies_of(session: Session, tenant: Tenant, notice_id: str) -> Copies:
    """Count the copies of a notice: those owed, those given, and when the last one was."""
    days = _days(session, tenant, notice_id)
    owed = outbox.people_told(session, tenant, notice_id)
    return Copies(len(days.keys() & owed), len(owed), max(days.values(), default=None))


def end_once_given(desk: TaskDesk, pupil_id: str, notice_id: str) -> None:
    """End a decision's task once everybody has been given its notice, or their copy of the plan.

    One period covers decision and giving: the day that counts is that of the last of them.
    Somebody who was to be told and may be no longer does not hold it up, if whoever is to be told
    today has been. Nor is it ended while a person has yet to settle who is told.

    Source: 2018 Act ss.11(4), 22(1), 83(3); ALN Code 2021 12.21.
    """
    session, tenant, today = desk.session, desk.tenant, day_in_wales(desk.now)
    notice = views_notices.notice(session, tenant, notice_id)
    if notice is None or notice.event not in _ENDING or notice.task_id is None:
        return
    found = views_tasks.task(session, tenant, notice.task_id)
    made = views_tasks.decision_of(session, tenant, notice.task_id)
    if found is None or found[0].state != "open":
        return
    if made is None or made.decision != _ENDING[notice.event]:
        return
    last = all_given_on(session, tenant, pupil_id, notice.occasion, today)
    if last is None:
        return
    facts = {"given_on": last.isoformat(), "notice": notice_id}
    trace = Trace().step(ALL_GIVEN, _GIVEN.fill(day=last), _SOURCE, facts)
    task = found[0]
    closing = Closing(task.duty, task.trigger, f"DECIDED:{made.decision}", task.source, trace)
    desk.apply(pupil_id, (), (closing,))


def all_given_on(
    session: Session, tenant: Tenant, pupil_id: str, occasion: str, today: date
) -> date | None:
    """Return the day on which the last of those to be told was given a notice; None before that.

    Whoever may be told no longer does not hold it up, if whoever is to be told today has been.

    Source: 2018 Act s.83(3).
    """
    days: dict[str, date] = {}
    for notice in views_notices.of_occasion(session, tenant, pupil_id, occasion):
        given = _days(session, tenant, notice.id)
        if not given or not _everybody_is_told(session, tenant, notice, given, today):
            return None
        days |= given
    return max(days.values(), default=None)


def _everybody_is_told(
    session: Session, tenant: Tenant, notice: NoticeRow, days: Mapping[str, date], today: date
) -> bool:
    pupil = _pupil(session, tenant, notice.pupil_id)
    if pupil is None:
        return False
    occasion = Occasion(notice.event, Giver(notice.given_by), notice.occasion)
    asked = notice_making.ask(session, tenant, notice.pupil_id, pupil, occasion, today)
    open_ones = any(who.why is Why.NOT_VERIFIED for who in asked.routed.not_sent)
    if open_ones or asked.doubtful:
        return False
    waiting = outbox.people_told(session, tenant, notice.id) - days.keys()
    entitled = {recipient.id for recipient in asked.routed.recipients}
    return not waiting or (not waiting & entitled and entitled <= days.keys())


def _days(session: Session, tenant: Tenant, notice_id: str) -> dict[str, date]:
    """Return the first day on which each person was given a copy."""
    people = {row.id: row.person for row in views_notices.people(session, tenant, notice_id)}
    messages: Sequence[OutboxRow] = views_notices.messages(session, tenant, notice_id)
    days: dict[str, date] = {}
    for message in messages:
        who = people.get(message.recipient_id)
        if who is not None and message.given_on is not None:
            days[who] = min(message.given_on, days.get(who, message.given_on))
    return days


def _pupil(session: Session, tenant: Tenant, pupil_id: str) -> Pupil | None:
    row = views_pupils.pupil(session, tenant, pupil_id)
    return pupil_of(session, row) if row is not None else None


NO_ALN_DECIDED: Final = Words(
    "It has been decided that the person named above does not have additional learning needs.",
    "Penderfynwyd nad oes gan y person a enwir uchod anghenion dysgu ychwanegol.",
)
_GIVEN = Words(
    "Everybody who is to have it has been given it; the last copy was given on {day}.",
    "Mae pawb sydd i'w gael wedi'i gael; rhoddwyd y copi olaf ar {day}.",
)
