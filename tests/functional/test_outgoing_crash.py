"""kill -9 of the worker while it posts: every event arrives, under one id, and is recorded."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.outgoing import TASK_OPENED, tell
from mis_bridge.services.subscribers.subscriptions import Wanted
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.workers.engine import EngineJobs
from tests.factories.authorities import add_school
from tests.support.databases import BOTH
from tests.support.receiver import Answer, Receiver, receiver
from tests.support.serving import Serving, eventually, now, serving
from webhooks.standard import StandardSender

EVERYTHING = system_wide("a test looks at everything")
EVENTS = 8
KILLS = 3


@pytest.mark.parametrize("backend", BOTH)
def test_a_worker_that_dies_between_posting_and_recording_posts_again_under_the_same_id(
    backend: str, tmp_path: Path
) -> None:
    with receiver() as by:
        by.always = Answer(delay=0.3)
        with serving(backend, tmp_path, by.origin) as running:
            secret = _subscribe(running, by)
            killer = threading.Thread(target=_kill_while_posting, args=(running, by), daemon=True)
            killer.start()
            _tell(running)
            assert eventually(lambda: _states(running) == {"delivered"}, 90), _states(running)
            killer.join(10)
            assert not killer.is_alive()
    taken = Counter(one.headers["webhook-id"] for one in by.taken)
    assert len(taken) == EVENTS
    assert max(taken.values()) > 1
    for one in by.taken:
        StandardSender().verify(one.body, one.headers, [secret], now())
    assert len({one.body for one in by.taken}) == EVENTS


def _subscribe(running: Serving, by: Receiver) -> str:
    with Session(running.database) as session, session.begin():
        add_school(session)
        wanted = Wanted(by.url, "MIS team", "Show tasks in the MIS")
        _, secret = subscriptions.add(session, Tenant("660"), wanted, by="test", now=now())
    return secret.reveal_text()


def _tell(running: Serving) -> None:
    jobs = EngineJobs(running.database)
    for number in range(EVENTS):
        with Session(running.database) as session, session.begin():
            tell(
                session,
                Tenant("660", "660/4001"),
                TASK_OPENED,
                {"task_id": f"t{number}"},
                key=f"t{number}",
                now=now(),
                # Half of them are left to the sweep.
                jobs=jobs if number % 2 else None,
            )


def _kill_while_posting(running: Serving, by: Receiver) -> None:
    """End the worker each time that a request has come in and is not answered yet."""
    for number in range(1, KILLS + 1):
        if not eventually(partial(_has_more_than, by, len(by.taken)), 30):
            return
        time.sleep(0.05 * number)
        running.kill("worker")


def _has_more_than(by: Receiver, seen: int) -> bool:
    return len(by.taken) > seen


def _states(running: Serving) -> set[str]:
    with Session(running.database) as session:
        chosen = select(OutgoingDeliveryRow.state).execution_options(**EVERYTHING)
        states = session.scalars(chosen).all()
    return set(states) if len(states) == EVENTS else {"missing"}
