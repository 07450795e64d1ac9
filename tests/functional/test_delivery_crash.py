"""kill -9 of the worker between hand-over and record: settled by looking the reference up."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mis_bridge.storage import audit
from mis_bridge.storage.tenants import Tenant
from mis_bridge.workers.engine import EngineJobs
from tests.factories.authorities import add_calendar, add_school
from tests.factories.routes import add_notify
from tests.support.databases import BOTH
from tests.support.fake_notify import FakeNotify, fake_notify
from tests.support.letterbox import Letterbox
from tests.support.serving import Serving, eventually, now, serving

# At which stage of a sending the worker dies, and how many seconds after it: before the service has
# taken the message, between its taking and its answer, after its answer.
KILLS = {
    "email": [("taken", 0.0), ("answered", 0.003)],
    "letter": [("arrived", 0.0), ("taken", 0.0)],
}
PUPILS = ["A1", "A2", "A3"]


class Killer:
    """Kills the worker at each point of the sweep, once for e-mail and once for letters."""

    def __init__(self) -> None:
        self.running: Serving | None = None
        self._left = {kind: list(kills) for kind, kills in KILLS.items()}
        self._meant: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        self.done: list[tuple[str, str]] = []

    def __call__(self, stage: str, kind: str, reference: str) -> None:
        with self._lock:
            if reference not in self._meant and self._left[kind]:
                self._meant[reference] = self._left[kind].pop(0)
            wanted, pause = self._meant.get(reference, ("", 0.0))
            if stage != wanted or reference in {killed for _, killed in self.done}:
                return
            self.done.append((stage, reference))
        time.sleep(pause)
        if self.running is not None:
            self.running.kill("worker")
        if stage != "answered":
            time.sleep(0.1)  # the dead cannot read on


@pytest.mark.parametrize("backend", BOTH)
def test_a_worker_that_dies_at_any_point_of_a_hand_over_leaves_one_message_and_its_record(
    backend: str, tmp_path: Path
) -> None:
    with fake_notify() as notify, serving(backend, tmp_path, notify.origin) as running:
        killer = Killer()
        notify.told, killer.running = killer, running
        box = _school(running, notify)
        box.enrol(*PUPILS)
        for record_id in PUPILS:
            box.consent(record_id=record_id)
        box.concern(*PUPILS)
        assert eventually(lambda: _settled(box), 120), _standing(running, box)
        assert len(killer.done) == sum(map(len, KILLS.values()))
        carried = [row for row in box.messages() if row.channel in box.routes]
        assert len(carried) == 2 * len(PUPILS)
        for row in carried:
            taken = notify.of(row.reference)
            if row.channel == "notify_letter" and not taken:
                # It never arrived, and nobody can tell: a person decides about letters.
                assert (row.state, row.fault) == ("blocked", "unknown_whether_sent")
                continue
            assert len(taken) == 1, row.reference
            assert row.state in {"handed_over", "delivered"}
            assert row.artefact == f"{box.routes[row.channel]}/{taken[0].id}"
        assert {each.kind for each in notify.taken} == {"email", "letter"}
        with Session(running.database) as session:
            assert audit.verify(session, "660").first_bad is None


def _school(running: Serving, notify: FakeNotify) -> Letterbox:
    with Session(running.database) as session, session.begin():
        add_school(session)
        add_calendar(session, Tenant("660"))
        routes = {
            channel: add_notify(session, Tenant("660"), notify, channel)
            for channel in ("notify_email", "notify_letter")
        }
    jobs = EngineJobs(running.database)
    return Letterbox(running.database, notify, jobs, routes=routes, now=now())


def _settled(box: Letterbox) -> bool:
    rows = box.messages()
    return bool(rows) and all(row.state != "waiting" for row in rows)


def _standing(running: Serving, box: Letterbox) -> str:
    rows = [(row.reference, row.channel, row.state, row.fault, row.channel_status)
            for row in box.messages()]  # fmt: skip
    log = running.supervisor.log_file.read_text(encoding="utf-8")[-3000:]
    return f"{rows}\n{log}"
