"""When an event cannot be made durable: 503 and a time to try again, never a 202."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from mis_bridge.app import create_app
from mis_bridge.config import Settings
from mis_bridge.domain.secrets import Secret
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import system_wide
from mis_bridge.web import receipts, webhooks
from mis_bridge.web.doors import Doors
from tests.support.databases import ready_database
from tests.support.senders import SchoolSender, add_sender
from tests.support.serving import KEY, eventually, now


@dataclass
class Running:
    """An app in this process, its own database engine, and a sender."""

    app: Flask
    doors: Doors
    sender: SchoolSender

    def post(self, **how: Any) -> tuple[int, str | None]:
        posted = self.sender.post(now(), **how)
        answer = self.app.test_client().post(posted.path, data=posted.body, headers=posted.headers)
        return answer.status_code, answer.headers.get("Retry-After")

    def ready(self) -> int:
        return self.app.test_client().get("/health/ready").status_code

    def stored(self) -> int:
        with Session(self.doors.database) as session:
            counted = session.scalar(
                select(func.count(InboxEventRow.id)).execution_options(**system_wide("a test"))
            )
        return counted or 0


@contextmanager
def running(url: str, folder: Path) -> Iterator[Running]:
    settings = Settings(database_url=url, folder=folder, key_text=Secret(KEY))
    database = open_database(url, settings.keys)
    sender = add_sender(database, now())
    database.dispose()
    app = create_app(settings)
    doors = app.extensions["mis_bridge.doors"]
    assert isinstance(doors, Doors)
    try:
        yield Running(app, doors, sender)
    finally:
        doors.receipts.close()
        doors.database.dispose()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Running]:
    """Return an app on an embedded database."""
    with ready_database("sqlite", tmp_path) as url, running(url, tmp_path) as app:
        yield app


def test_while_another_holds_the_lock_the_sender_is_told_to_come_again(
    embedded: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(receipts, "STUCK_AFTER_SECONDS", 0.2)
    assert embedded.post() == (202, None)
    blocker = open_database(
        embedded.doors.database.url.render_as_string(hide_password=False), embedded.doors.keys
    )
    with blocker.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        assert embedded.post(event_id="late") == (503, "5")
        assert embedded.ready() == 503
        connection.rollback()
    blocker.dispose()
    # What waited is committed once the lock is free; the sender's second try finds it.
    assert eventually(lambda: embedded.stored() == 2)
    assert embedded.post(event_id="late") == (202, None)
    assert embedded.stored() == 2
    assert embedded.ready() == 200


def test_a_full_disk_is_503_and_passes_when_there_is_room_again(embedded: Running) -> None:
    assert embedded.post() == (202, None)
    with _no_more_room(embedded.doors.database):
        answers = [
            embedded.post(event_id=f"big_{number}", body=b'{"type": "x", "fill": "%b"}' % fill)
            for number, fill in enumerate([b"a" * 200_000] * 4)
        ]
        assert answers[-1] == (503, "5")
        assert embedded.ready() == 503
        accepted = 1 + sum(status == 202 for status, _ in answers)
        assert embedded.stored() == accepted
    assert embedded.post() == (202, None)
    assert embedded.ready() == 200


@pytest.mark.postgres
def test_a_database_that_is_gone_is_503(tmp_path: Path) -> None:
    with ready_database("postgresql", tmp_path) as url, running(url, tmp_path) as app:
        assert app.post() == (202, None)
        with _dropped(url):
            assert app.post() == (503, "5")
            assert app.ready() == 503


def test_many_senders_at_once_are_each_answered_after_their_own_commit(embedded: Running) -> None:
    answers: list[int] = []

    def send(start: int) -> None:
        answers.extend(embedded.post(event_id=f"m_{start}_{number}")[0] for number in range(20))

    threads = [threading.Thread(target=send, args=(start,)) for start in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [202] * 160
    assert embedded.stored() == 160


def test_the_same_event_sent_at_once_by_many_is_stored_once(embedded: Running) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(embedded.post(event_id="one")[0]))
        for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [202] * 12
    assert embedded.stored() == 1


@contextmanager
def _no_more_room(database: Engine) -> Iterator[None]:
    """Let the embedded database grow no further, as on a full disk."""

    def limit(driver: Any, _entry: object) -> None:
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages + 20}")

    event.listen(database, "connect", limit)
    database.dispose()
    try:
        yield
    finally:
        event.remove(database, "connect", limit)
        database.dispose()


@contextmanager
def _dropped(url: str) -> Iterator[None]:
    """Take a database away under those who use it."""
    server = open_database(url.rpartition("/")[0] + "/postgres")
    name = url.rpartition("/")[2]
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    server.dispose()
    yield
