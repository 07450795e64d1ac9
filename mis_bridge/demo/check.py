"""What came of the story: one object for programs, and for a person what did not happen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from mis_bridge.demo.run import RunningDemo
from mis_bridge.demo.story import (
    CHANGES,
    LAUNCHED_AS,
    LAUNCHED_AT,
    PATIENCE_SECONDS,
    Told,
    wait_until,
)
from mis_bridge.demo.visitor import Page
from mis_bridge.domain.words import Words
from mis_bridge.services import sessions
from mis_bridge.storage import event_log, idp_drafts, task_log, views_notices, views_tasks
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow, OutboxRow
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.staff import PRINT_PACKS

Found = dict[str, Any]
HANDED_OVER = frozenset({"handed_over", "delivered"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings in the shape of the contract (without the seconds), and what is missing."""

    findings: Found
    missing: tuple[Words, ...]


def outcome(demo: RunningDemo, told: Told, seconds: float = PATIENCE_SECONDS) -> Outcome:
    """Look at what the product made of the story.

    Waits `seconds` at most for the letters that are on their way.
    """
    la = Tenant(demo.mis.authority.code)
    wait_until(lambda: all(_is_over(message) for message in _messages(demo, la, told)), seconds)
    with Session(demo.database) as session:
        tasks = _story_tasks(session, la, told)
        findings: Found = {
            "events": _events(session, la),
            "tasks": _task_lines(session, la, tasks),
            "idp_drafts": _drafts(session, la),
            "notices": [
                _notice(session, la, notice)
                for task in tasks
                for notice in views_tasks.notices_of(session, la, task.id)
            ],
            "launch": _launch(session, demo, told),
        }
    packs = demo.settings.folder / PRINT_PACKS
    messages = _messages(demo, la, told)
    return Outcome(findings, tuple(_missing(findings, told, messages, packs)))


def _story_tasks(session: Session, la: Tenant, told: Told) -> list[DecisionTaskRow]:
    return [task for task in task_log.tasks(session, la) if task.id not in told.before]


def _messages(demo: RunningDemo, la: Tenant, told: Told) -> list[OutboxRow]:
    with Session(demo.database, expire_on_commit=False) as session:
        return [
            message
            for task in _story_tasks(session, la, told)
            for notice in views_tasks.notices_of(session, la, task.id)
            for message in views_notices.messages(session, la, notice.id)
        ]


def _is_over(message: OutboxRow) -> bool:
    return message.state != "waiting"


def _events(session: Session, la: Tenant) -> Found:
    states = [row.state for row in event_log.events(session, la)]
    return {
        "accepted": len(states),
        "applied": states.count("applied"),
        "parked": states.count("parked"),
    }


def _task_lines(session: Session, la: Tenant, tasks: Iterable[DecisionTaskRow]) -> list[Found]:
    records = task_log.records(session, la)
    return [
        {
            "id": task.id,
            "pupil": records[task.pupil_id][1],
            "kind": task.kind,
            "opened_on": task.opened_on.isoformat(),
            "due_on": task.due_on.isoformat() if task.due_on else None,
            "rule": task.rule,
            "source": task.source,
        }
        for task in tasks
    ]


def _drafts(session: Session, la: Tenant) -> list[Found]:
    records = task_log.records(session, la)
    return [
        {
            "pupil": records[draft.pupil_id][1] if draft.pupil_id else None,
            "gaps": list(draft.gaps) if isinstance(draft.gaps, list) else [],
        }
        for draft in idp_drafts.listed(session, la)
    ]


def _notice(session: Session, la: Tenant, notice: NoticeRow) -> Found:
    people = views_notices.people(session, la, notice.id)
    return {
        "event": notice.event,
        "recipients": [
            {
                "id": person.person,
                "slot": person.slot,
                "in_place_of": person.in_place_of,
                "channels": person.channels,
                "language": person.language,
                "because": person.because_en,
                "because_cy": person.because_cy,
            }
            for person in people
            if person.receives
        ],
        "not_sent": [
            {
                "id": person.person,
                "why": person.why,
                "because": person.because_en,
                "because_cy": person.because_cy,
            }
            for person in people
            if not person.receives
        ],
        "channels": sorted(
            {
                message.channel
                for message in views_notices.messages(session, la, notice.id)
                if message.state in HANDED_OVER
            }
        ),
    }


def _launch(session: Session, demo: RunningDemo, told: Told) -> Found:
    """Say what the product itself takes the visitor for, by the session that the launch opened."""
    visitor = sessions.resume(session, told.cookie, demo.clock()) if told.cookie else None
    session.rollback()
    inside = told.landed.url.startswith(demo.tool)
    roles = visitor.roles if visitor is not None and inside else frozenset()
    return {
        "status": told.landed.status,
        "role": LAUNCHED_AS if LAUNCHED_AS in roles else next(iter(sorted(roles)), None),
        "school": visitor.tenant.school if visitor is not None else None,
    }


def _missing(
    findings: Found, told: Told, messages: Sequence[OutboxRow], packs: Path
) -> Iterator[Words]:
    yield from _missing_tasks(findings, told)
    drafts = findings["idp_drafts"]
    if len(drafts) < len(told.plans) or not drafts or not all(draft["gaps"] for draft in drafts):
        yield _NO_DRAFTS
    notices = findings["notices"]
    if not any(notice["recipients"] for notice in notices):
        yield _NO_NOTICE
    if not messages or not all(_is_rendered(message, packs) for message in messages):
        yield _NOT_RENDERED
    launch = findings["launch"]
    school = launch["school"] or ""
    if (launch["status"], launch["role"]) != (200, LAUNCHED_AS) or LAUNCHED_AT not in school:
        yield _NOT_LAUNCHED.fill(status=launch["status"], role=launch["role"] or "-")


def _missing_tasks(findings: Found, told: Told) -> Iterator[Words]:
    if not all(_was_saved(page) for page in told.pages):
        yield _NOT_SAVED
    events = findings["events"]
    if (events["accepted"], events["applied"]) != (len(CHANGES), len(CHANGES)):
        yield _NOT_APPLIED.fill(sent=len(CHANGES), **events)
    deciding = {task["pupil"] for task in findings["tasks"]}
    for change in CHANGES:
        if change.record_id not in deciding:
            yield _NO_TASK.fill(pupil=change.record_id)
    for task in findings["tasks"]:
        if task["due_on"] is None:
            yield _NO_DATE.fill(task=task["id"], kind=task["kind"])


def _was_saved(page: Page) -> bool:
    return page.status == 200 and page.url.endswith("outcome=saved")


def _is_rendered(message: OutboxRow, packs: Path) -> bool:
    """Say whether a message was handed over, and what was handed over is on disk."""
    return (
        message.state in HANDED_OVER
        and message.artefact is not None
        and (packs / message.artefact).exists()
    )


_NOT_SAVED = Words(
    "a record could not be changed in the demo MIS", "ni ellid newid cofnod yn y MIS arddangos"
)
_NOT_APPLIED = Words(
    "of {sent} events, {accepted} were accepted, {applied} applied and {parked} parked",
    "o {sent} o ddigwyddiadau, derbyniwyd {accepted}, rhoddwyd {applied} ar waith a neilltuwyd "
    "{parked}",
)
_NO_TASK = Words("no task was opened for record {pupil}", "ni agorwyd tasg i gofnod {pupil}")
_NO_DATE = Words(
    "the task {task} ({kind}) has no due date", "nid oes dyddiad i'r dasg {task} ({kind})"
)
_NO_DRAFTS = Words(
    "not every plan became a draft that names its gaps",
    "ni ddaeth pob cynllun yn ddrafft sy'n enwi ei fylchau",
)
_NO_NOTICE = Words("no notice has a recipient", "nid oes gan unrhyw hysbysiad dderbynnydd")
_NOT_RENDERED = Words(
    "not every message was rendered and handed over",
    "ni chafodd pob neges ei llunio a'i throsglwyddo",
)
_NOT_LAUNCHED = Words(
    "the launch ended with status {status} and role {role}",
    "daeth y lansiad i ben â statws {status} a rôl {role}",
)
