"""One task with its reasons: from the source record to the date, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import event
from mis_bridge.domain.tasks import DECIDING, Setting, TaskKind
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.words import Language, Words
from mis_bridge.services.decision_notices import (
    Copies,
    consent_is_wanted,
    copies_of,
    notice_of_task,
    stands_back,
)
from mis_bridge.services.decision_reasons import Reasons, reasons_of
from mis_bridge.services.decisions import NO_ALN, decision_words
from mis_bridge.services.notice_pages import NoticePerson, people_of
from mis_bridge.services.pages import (
    TaskLine,
    assigned_only,
    line_of,
    oversees,
    pupil_name,
    pupil_of,
    sees_the_school,
)
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import lti_people, views_authority, views_pupils, views_tasks
from mis_bridge.storage.tables.duties import DecisionTaskRow


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A due date that moved, both dates and why."""

    before: date | None
    after: date | None
    reason: Words
    moved_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class NoticeSummary:
    """A notice of the task: what it is, and for everybody named whether they receive it and why."""

    notice_id: str
    title: Words
    source: str
    people: tuple[NoticePerson, ...]
    trace: Trace

    def __repr__(self) -> str:
        return f"NoticeSummary(notice_id={self.notice_id!r})"


@dataclass(frozen=True, slots=True)
class LetterStanding:
    """How the notice of a decision stands: what it waits for, or how many copies are given."""

    waits_for: tuple[Language, ...]
    notice_id: str | None
    copies: Copies | None


@dataclass(frozen=True, slots=True, repr=False)
class RecordedDecision:
    """What was decided, when, by whom and for what reasons."""

    words: Words
    decided_on: date
    decided_by: str | None
    reasons: Reasons
    consented_on: date | None
    letter: LetterStanding | None

    def __repr__(self) -> str:
        return f"RecordedDecision(decided_on={self.decided_on!r})"


@dataclass(frozen=True, slots=True, repr=False)
class TaskPage:
    """Everything that a visitor may see of one task; what a role may not see is empty here."""

    line: TaskLine
    kind: TaskKind
    is_open: bool
    version: int
    trigger_on: date
    opened_on: date
    rule: str
    source: str
    calendar: str | None
    trace: Trace
    closing: Trace | None
    moved: tuple[MovedDate, ...]
    notices: tuple[NoticeSummary, ...]
    drafts: tuple[str, ...]
    decision: RecordedDecision | None
    staff: tuple[tuple[str, str], ...]
    may_act: bool
    stands_back: Words | None
    consent_wanted: bool

    def __repr__(self) -> str:
        return f"TaskPage(task_id={self.line.task_id!r})"


def task_page(
    session: Session, visitor: Visitor, task_id: str, today: date, now: datetime
) -> TaskPage | None:
    """Return a task, None where there is none that this visitor may see."""
    found = views_tasks.task(session, visitor.tenant, task_id)
    if found is None:
        return None
    task, pupil_row = found
    only = assigned_only(visitor)
    if only is not None and task.assigned_to != only:
        return None
    detailed = sees_the_school(visitor)
    name = None if oversees(visitor) else pupil_name(session, pupil_row)
    return TaskPage(
        line=line_of(session, task, name, today),
        kind=TaskKind(task.kind),
        is_open=task.state == "open",
        version=task.version,
        trigger_on=task.trigger_on,
        opened_on=task.opened_on,
        rule=task.rule,
        source=task.source,
        calendar=_calendar(session, visitor, task),
        trace=trace_from_json(task.trace) if isinstance(task.trace, Mapping) else Trace(),
        closing=trace_from_json(task.closing) if isinstance(task.closing, Mapping) else None,
        moved=_moved(session, visitor, task_id),
        notices=_notices(session, visitor, task) if detailed else (),
        drafts=tuple(
            draft.id for draft in views_pupils.drafts(session, visitor.tenant, task.pupil_id)
        )
        if detailed
        else (),
        decision=_decision(session, visitor, task_id) if detailed else None,
        staff=_staff(session, visitor, now) if detailed else (),
        may_act=detailed and task.state == "open",
        stands_back=_stands_back(session, visitor, task, today) if detailed else None,
        consent_wanted=detailed and consent_is_wanted(session, visitor.tenant, task, today),
    )


def _stands_back(
    session: Session, visitor: Visitor, task: DecisionTaskRow, today: date
) -> Words | None:
    """Return why the school may not decide here, for a task that asks for a decision."""
    if task.state != "open" or task.kind not in DECIDING:
        return None
    school = views_authority.school(session, visitor.tenant)
    if school is None:
        return None
    return stands_back(session, visitor.tenant, task, Setting(school.setting), today)


def _calendar(session: Session, visitor: Visitor, task: DecisionTaskRow) -> str | None:
    if task.calendar_version_id is None:
        return None
    return views_tasks.calendar_name(session, visitor.tenant, task.calendar_version_id)


def _moved(session: Session, visitor: Visitor, task_id: str) -> tuple[MovedDate, ...]:
    return tuple(
        MovedDate(
            row.due_before_on, row.due_on, _MOVED.get(row.reason, _MOVED_OTHERWISE), row.moved_at
        )
        for row in views_tasks.dates_of(session, visitor.tenant, task_id)
    )


def _notices(
    session: Session, visitor: Visitor, task: DecisionTaskRow
) -> tuple[NoticeSummary, ...]:
    pupil_row = views_pupils.pupil(session, visitor.tenant, task.pupil_id)
    pupil = pupil_of(session, pupil_row) if pupil_row is not None else None
    return tuple(
        NoticeSummary(
            row.id,
            event(row.event).title,
            event(row.event).source,
            people_of(session, visitor.tenant, row, pupil),
            trace_from_json(row.trace) if isinstance(row.trace, Mapping) else Trace(),
        )
        for row in views_tasks.notices_of(session, visitor.tenant, task.id)
    )


def _decision(session: Session, visitor: Visitor, task_id: str) -> RecordedDecision | None:
    row = views_tasks.decision_of(session, visitor.tenant, task_id)
    if row is None:
        return None
    person = row.decided_by.removeprefix("person:")
    reasons = reasons_of(session, row)
    return RecordedDecision(
        decision_words(row.decision),
        row.decided_on,
        lti_people.names_of(session, [person]).get(person),
        reasons,
        date.fromisoformat(row.consent) if row.consent else None,
        _letter(session, visitor, task_id, reasons) if row.decision == NO_ALN else None,
    )


def _letter(session: Session, visitor: Visitor, task_id: str, reasons: Reasons) -> LetterStanding:
    notice = notice_of_task(session, visitor.tenant, task_id)
    if notice is None:
        return LetterStanding(reasons.missing, None, None)
    return LetterStanding((), notice.id, copies_of(session, visitor.tenant, notice.id))


def _staff(session: Session, visitor: Visitor, now: datetime) -> tuple[tuple[str, str], ...]:
    people = lti_people.staff_of(session, visitor.tenant, now)
    names = lti_people.names_of(session, people)
    return tuple((person, names.get(person, person)) for person in people)


_MOVED = {
    "earlier_trigger": Words(
        "An earlier trigger of the same duty came to light.",
        "Daeth sbardun cynharach i'r un ddyletswydd i'r amlwg.",
    ),
    "noticed_confirmed": Words(
        "The source stated the day on which the matter came to attention.",
        "Nododd y ffynhonnell y diwrnod y tynnwyd sylw at y mater.",
    ),
    "confirmed_by_person": Words(
        "A person confirmed the day on which the matter came to attention.",
        "Cadarnhaodd person y diwrnod y tynnwyd sylw at y mater.",
    ),
    "calendar_changed": Words("The term dates changed.", "Newidiodd dyddiadau'r tymor."),
}
_MOVED_OTHERWISE = Words("The date was worked out again.", "Cyfrifwyd y dyddiad eto.")
