"""What people decide on a task, and what follows: the record, the notice, the day it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.tasks import Setting, TaskKind
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Language
from mis_bridge.services import decisions
from mis_bridge.services import task_action_words as words
from mis_bridge.services.decision_notices import (
    consent_is_wanted,
    occasion_of_decision,
    stands_back,
    tell_of_decision,
)
from mis_bridge.services.decision_reasons import Reasons, reasons_of, seal_reasons
from mis_bridge.services.task_action_words import ActionRefused, SomebodyWasFirst
from mis_bridge.services.task_actions import Desk, close
from mis_bridge.storage import views_tasks
from mis_bridge.storage.audit import Fact
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.duties import DecisionRow, DecisionTaskRow

MAX_TEXT = 20_000


@dataclass(frozen=True, slots=True, repr=False)
class Decided:
    """A decision as a person enters it; `given_on` where it has been given by other means already.

    `consented_on` is asked of a young person about whom no consent is on record.
    """

    decision: str
    decided_on: date
    reasons: Reasons
    given_on: date | None = None
    consented_on: date | None = None

    def __repr__(self) -> str:
        return f"Decided(decision={self.decision!r})"


def decide(desk: Desk, made: Decided) -> bool:
    """Record a decision with its reasons; returns whether the task is closed by it.

    A decision on ALN is done only when the notification, or the plan, has been given: until then
    the task stays open with its date, because one period covers both. A decision that there are no
    ALN makes its notice, once its reasons are there in both languages, unless it has been given
    already. About a looked after child of an authority in Wales, or a detained person, the school
    decides nothing; about a young person it decides with consent.

    Source: 2018 Act ss.11(3)(c), 11(4)-(5), 17, 22(1), 44; ALN Code 2021 12.21.
    """
    task, setting = desk.take()
    _check_decision(desk, task, setting, made)
    if views_tasks.decision_of(desk.session, desk.visitor.tenant, task.id) is not None:
        raise SomebodyWasFirst
    decision_id = new_id()
    desk.session.add(
        DecisionRow(
            id=decision_id,
            la=task.la,
            school=task.school,
            task_id=task.id,
            pupil_id=task.pupil_id,
            decision=made.decision,
            decided_on=made.decided_on,
            decided_by=desk.visitor.actor,
            sealed_reasons=seal_reasons(desk.session, decision_id, made.reasons),
            consent=made.consented_on.isoformat() if made.consented_on else None,
            recorded_at=desk.now,
        )
    )
    desk.session.flush()
    task.version += 1
    facts: dict[str, Fact] = {
        "decision": made.decision,
        "decided_on": made.decided_on.isoformat(),
        "consented_on": made.consented_on.isoformat() if made.consented_on else None,
    }
    desk.note("decision_recorded", facts)
    if decisions.needs_giving(made.decision) and made.given_on is None:
        if made.decision == decisions.NO_ALN:
            _tell(desk, task, setting, decision_id, made.reasons)
        return False
    return _finish(desk, task, made.decision, made.decided_on, made.given_on)


def add_reasons(desk: Desk, written: Reasons) -> tuple[str, ...]:
    """Add the reasons in the language that was missing, and make the notice; what came of it.

    What was written is never changed by this: only an empty language is filled.

    Source: 2018 Act s.11(4); the letter's two languages are the product's own rule.
    """
    task, setting = desk.take()
    row = views_tasks.decision_of(desk.session, desk.visitor.tenant, task.id)
    if row is None or row.decision != decisions.NO_ALN:
        raise ActionRefused("reasons", words.DECIDE_FIRST)
    known = reasons_of(desk.session, row)
    if not known.missing:
        raise SomebodyWasFirst
    for language in known.missing:
        if not written.in_(language).strip():
            raise ActionRefused(_FIELDS[language], words.REASONS_IN[language])
    _check_length(written)
    whole = Reasons(known.en or written.en, known.cy or written.cy, known.unmarked)
    row.sealed_reasons = seal_reasons(desk.session, row.id, whole)
    task.version += 1
    desk.note("reasons_added", {"languages": list(known.missing)})
    return _tell(desk, task, setting, row.id, whole)


def _tell(
    desk: Desk,
    task: DecisionTaskRow,
    setting: Setting,
    decision_id: str,
    reasons: Reasons,
) -> tuple[str, ...]:
    """Make the notice of a decision where both languages of its reasons are there."""
    said = reasons.both()
    occasion = occasion_of_decision(setting, decision_id, task.id)
    if said is None or occasion is None:
        return ()
    effects = tell_of_decision(
        desk.session, desk.visitor.tenant, task, occasion, said, now=desk.now, jobs=desk.jobs
    )
    desk.session.flush()
    return effects


def record_given(desk: Desk, given_on: date) -> bool:
    """Record the day on which the notification or the plan was given; that closes the task.

    A plan that is kept here is given copy by copy, each with its day: the first of them begins the
    review period.

    Source: 2018 Act ss.11(4), 22(1), 23(3).
    """
    task, _ = desk.take()
    made = views_tasks.decision_of(desk.session, desk.visitor.tenant, task.id)
    if made is None:
        raise ActionRefused("given_on", words.DECIDE_FIRST)
    notices = views_tasks.notices_of(desk.session, desk.visitor.tenant, task.id)
    if any(notice.plan_id is not None for notice in notices):
        raise ActionRefused("given_on", words.GIVE_THE_COPIES)
    return _finish(desk, task, made.decision, made.decided_on, given_on)


def _finish(
    desk: Desk, task: DecisionTaskRow, decision: str, decided_on: date, given_on: date | None
) -> bool:
    trace = Trace()
    if decisions.needs_giving(decision) and given_on is not None:
        if given_on > desk.today:
            raise ActionRefused("given_on", words.IN_THE_FUTURE)
        if given_on < decided_on:
            raise ActionRefused("given_on", words.GIVEN_BEFORE_DECIDED)
        trace = trace.step(
            "GIVEN",
            words.GIVEN.fill(day=given_on),
            "2018 Act ss.11(4), 22(1)",
            {"given_on": given_on.isoformat()},
        )
    close(desk, task, trace, f"DECIDED:{decision}")
    desk.note(
        "task_closed",
        {"decision": decision, "given_on": given_on.isoformat() if given_on else None},
    )
    return True


def _check_decision(desk: Desk, task: DecisionTaskRow, setting: Setting, made: Decided) -> None:
    if made.decision not in decisions.choices(TaskKind(task.kind)):
        raise ActionRefused("decision", words.CHOOSE)
    if made.decided_on > desk.today:
        raise ActionRefused("decided_on", words.IN_THE_FUTURE)
    if not made.reasons.are_written:
        raise ActionRefused("reasons", words.REASONS)
    _check_length(made.reasons)
    if not decisions.needs_giving(made.decision):
        return
    tenant = desk.visitor.tenant
    because = stands_back(desk.session, tenant, task, setting, made.decided_on)
    if because is not None:
        raise ActionRefused("decision", words.NOT_THE_SCHOOLS.fill(because=because))
    if consent_is_wanted(desk.session, tenant, task, made.decided_on):
        if made.consented_on is None:
            raise ActionRefused("consented_on", words.CONSENT_WANTED)
        if made.consented_on > made.decided_on:
            raise ActionRefused("consented_on", words.CONSENT_AFTER)


def _check_length(reasons: Reasons) -> None:
    for language, name in _FIELDS.items():
        if max(len(reasons.in_(language)), len(reasons.unmarked)) > MAX_TEXT:
            raise ActionRefused(name, words.TOO_LONG)


_FIELDS: Mapping[Language, str] = {"en": "reasons", "cy": "reasons_cy"}
