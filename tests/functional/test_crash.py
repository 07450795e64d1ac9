"""kill -9 of web, worker and clock all through the story: nothing is lost, nothing doubled."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mis_bridge.domain.pupil import Pupil
from mis_bridge.services.intake.register_changes import apply_all
from mis_bridge.services.intake.tellings import Telling
from mis_bridge.storage import audit
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRow, OutboxRow
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import a_pupil
from tests.support.databases import BOTH
from tests.support.senders import SchoolSender, add_sender
from tests.support.serving import Serving, eventually, now, serving
from tests.support.wonde_server import wonde_pupil

EVERYTHING = system_wide("a test looks at everything")
PUPILS = [f"A{number}" for number in range(1, 7)]
# Delays in seconds from one kill to the next, swept so that they fall on every part of the story.
KILLS = [
    ("worker", 0.05), ("web", 0.1), ("worker", 1.3), ("worker", 1.5), ("web", 0.2),
    ("worker", 1.7), ("clock", 0.1), ("worker", 1.9), ("web", 0.4), ("worker", 2.1),
]  # fmt: skip
LOADED = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("backend", BOTH)
def test_each_event_is_applied_once_each_task_and_notice_exists_once(
    backend: str, tmp_path: Path
) -> None:
    with serving(backend, tmp_path) as running:
        sender = _school(running)
        acknowledged: list[str] = []
        story = threading.Thread(target=_tell, args=(running, sender, acknowledged), daemon=True)
        story.start()
        for name, pause in KILLS:
            time.sleep(pause)
            running.kill(name)
        story.join(40)
        assert not story.is_alive()
        assert eventually(lambda: _settled(running), 40), _standing(running)
        with Session(running.database) as session:
            events = session.scalars(select(InboxEventRow).execution_options(**EVERYTHING)).all()
            assert sorted(event.event_id for event in events) == sorted(acknowledged)
            assert {event.state for event in events} == {"applied"}
            tasks = session.scalars(select(DecisionTaskRow).execution_options(**EVERYTHING)).all()
            assert len(tasks) == len(PUPILS)
            assert len({task.pupil_id for task in tasks}) == len(PUPILS)
            told = session.scalars(select(NoticeRow).execution_options(**EVERYTHING)).all()
            assert len({notice.pupil_id for notice in told}) == len(told) == len(PUPILS)
            messages = session.scalars(select(OutboxRow).execution_options(**EVERYTHING)).all()
            assert {message.state for message in messages} == {"handed_over"}
            packs = list((running.settings.folder / "print-packs").glob("*/*/manifest.json"))
            assert len(packs) == len(messages) > 0
            verified = audit.verify(session, "660")
            assert verified.first_bad is None
            sent = _actions(session, "notice_handed_over")
            assert len(sent) == len(set(sent)) == len(messages)


def _school(running: Serving) -> SchoolSender:
    """Add a school whose pupils are known, without provision."""
    sender = add_sender(running.database, now(), accepts_full_records=True)
    with Session(running.database) as session, session.begin():
        tellings = [_loaded(a_pupil(record_id)) for record_id in PUPILS]
        apply_all(session, Tenant("660", "660/4001"), tellings, now=LOADED, jobs=RecordedJobs())
    return sender


def _loaded(pupil: Pupil) -> Telling:
    return Telling("wonde", pupil.source.record_id, pupil, LOADED, LOADED.date(), "file:test")


def _tell(running: Serving, sender: SchoolSender, acknowledged: list[str]) -> None:
    """Tell of each pupil's School Action until it is acknowledged, and then twice more."""
    for record_id in PUPILS:
        event = sender.event(record_id, record=wonde_pupil(record_id, "A"), noticed_on="2026-11-19")
        for _ in range(3):
            while running.post(sender.post(now(), event, event_id=f"msg_{record_id}")) != 202:
                time.sleep(0.1)
            if f"msg_{record_id}" not in acknowledged:
                acknowledged.append(f"msg_{record_id}")
        time.sleep(0.7)


def _settled(running: Serving) -> bool:
    with Session(running.database) as session:
        open_events = session.scalar(
            select(func.count(InboxEventRow.id))
            .where(InboxEventRow.state == "received")
            .execution_options(**EVERYTHING)
        )
        open_messages = session.scalar(
            select(func.count(OutboxRow.id))
            .where(OutboxRow.state == "waiting")
            .execution_options(**EVERYTHING)
        )
    return open_events == 0 and open_messages == 0


def _standing(running: Serving) -> str:
    with Session(running.database) as session:
        states = session.execute(
            select(
                InboxEventRow.event_id, InboxEventRow.state, InboxEventRow.fault
            ).execution_options(**EVERYTHING)
        ).all()
        waiting = session.scalars(select(OutboxRow.state).execution_options(**EVERYTHING)).all()
    log = running.supervisor.log_file.read_text(encoding="utf-8")[-3000:]
    return f"{states}\n{waiting}\n{log}"


def _actions(session: Session, action: str) -> list[str]:
    return list(
        session.scalars(select(AuditEventRow.subject).where(AuditEventRow.action == action))
    )
