"""The endpoint's published face: what is answered to whom, and what is stored by then."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, column, select, table
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mis_bridge.app import create_app
from mis_bridge.config import Settings
from mis_bridge.domain.secrets import Secret
from mis_bridge.storage import connections
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tables.intake import InboxEventRow
from mis_bridge.storage.tenants import system_wide
from mis_bridge.web.doors import Doors
from mis_bridge.web.limits import Rate
from tests.support.databases import BOTH, ready_database
from tests.support.senders import OTHER_SECRET, Posted, SchoolSender, add_sender

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
KEY = Secret("k1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=")


@dataclass
class Intake:
    """An app on a database of its own, with a clock that the test sets."""

    app: Flask
    database: Engine
    sender: SchoolSender
    now: datetime = START

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def send(self, posted: Posted, **changed: str) -> TestResponse:
        return self.client.post(
            posted.path, data=posted.body, headers={**posted.headers, **changed}
        )

    def post(self, event: object = None, **how: object) -> TestResponse:
        return self.send(self.sender.post(self.now, event, **how))  # type: ignore[arg-type]

    def rows(self) -> list[InboxEventRow]:
        with Session(self.database) as session:
            return list(
                session.scalars(
                    select(InboxEventRow)
                    .order_by(InboxEventRow.id)
                    .execution_options(**system_wide("a test looks at everything"))
                )
            )

    def jobs(self) -> list[str]:
        on_postgres = self.database.dialect.name == "postgresql"
        work = table(
            "workflow_status", column("workflow_uuid"), schema="dbos" if on_postgres else None
        )
        with self.database.connect() as connection:
            return sorted(connection.scalars(select(work.c.workflow_uuid)))


@contextmanager
def taking_in(backend: str, folder: Path) -> Iterator[Intake]:
    """Run an app with one school that is posted to."""
    with ready_database(backend, folder) as url:
        settings = Settings(database_url=url, folder=folder, key_text=KEY)
        database = open_database(url, settings.keys)
        app = create_app(settings, clock=lambda: built.now)
        built = Intake(app, database, add_sender(database, START))
        yield built
        doors = app.extensions["mis_bridge.doors"]
        assert isinstance(doors, Doors)
        doors.receipts.close()
        doors.database.dispose()
        database.dispose()


@pytest.fixture(params=BOTH)
def intake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Intake]:
    """Return an app of the test's own."""
    with taking_in(request.param, tmp_path) as built:
        yield built


@pytest.fixture(params=BOTH, scope="module")
def steady(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Intake]:
    """Return an app that tests share which leave nothing behind."""
    with taking_in(request.param, tmp_path_factory.mktemp("steady")) as built:
        yield built


def test_a_signed_event_is_answered_202_and_is_stored_with_its_work(intake: Intake) -> None:
    answer = intake.post(intake.sender.event("A661991005", noticed_on="2026-11-19"))
    assert (answer.status_code, answer.json) == (202, {"accepted": True})
    (row,) = intake.rows()
    assert (row.state, row.record_id, row.kind) == ("received", "A661991005", "pupil.sen.changed")
    assert intake.jobs() == [f"drain:{intake.sender.connection_id}:1"]


def test_what_is_stored_shows_no_identifier_of_the_body(intake: Intake) -> None:
    intake.post(intake.sender.event(upn="K661990117005"))
    (row,) = intake.rows()
    assert row.sealed_body is not None
    assert b"K661990117005" not in row.sealed_body


@pytest.mark.parametrize("signature", ["", "garbage", "v1,", "v1,AAA", "v2,AAAA", "v1,\xe9", " "])
def test_a_delivery_that_proves_nothing_is_401_and_leaves_nothing(
    steady: Intake, signature: str
) -> None:
    answer = steady.send(steady.sender.post(steady.now), **{"webhook-signature": signature})
    assert answer.status_code == 401
    assert steady.rows() == []
    assert steady.jobs() == []


def test_every_401_has_the_same_body_whatever_failed(steady: Intake) -> None:
    sender, now = steady.sender, steady.now
    good = sender.post(now)
    answers = [
        steady.send(good, **{"webhook-signature": "v1,AAAA"}),
        steady.send(sender.post(now, secret=OTHER_SECRET)),
        steady.send(sender.post(now - timedelta(seconds=301))),
        steady.send(sender.post(now + timedelta(seconds=301))),
        steady.send(sender.post(now, stamp="NaN")),
        steady.send(Posted(good.path, good.body + b" ", good.headers)),
        steady.client.post(good.path, data=good.body, content_type="application/json"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert steady.rows() == []


def test_a_replay_inside_the_tolerance_is_202_and_has_no_second_effect(intake: Intake) -> None:
    posted = intake.sender.post(intake.now)
    assert [intake.send(posted).status_code for _ in range(3)] == [202, 202, 202]
    assert len(intake.rows()) == 1
    assert len(intake.jobs()) == 1


def test_a_late_retry_with_a_fresh_time_stamp_is_the_same_event(intake: Intake) -> None:
    intake.post(event_id="msg_1")
    intake.now += timedelta(hours=10)
    assert intake.post(event_id="msg_1").status_code == 202
    assert len(intake.rows()) == 1


def test_a_known_id_with_another_body_is_kept_beside_the_first_for_a_person(
    intake: Intake,
) -> None:
    intake.post(intake.sender.event("A1"), event_id="msg_1")
    for _ in range(2):
        assert intake.post(intake.sender.event("A2"), event_id="msg_1").status_code == 202
    first, second = intake.rows()
    assert (first.record_id, first.state, first.variant) == ("A1", "received", "")
    assert (second.record_id, second.state, second.fault) == ("A2", "quarantined", "conflict")


def test_one_school_cannot_post_as_another(intake: Intake) -> None:
    other = add_sender(intake.database, START, school="660/4002", secret=OTHER_SECRET)
    posted = intake.sender.post(intake.now)
    to_the_other = Posted(f"/webhooks/standard/{other.endpoint_id}", posted.body, posted.headers)
    assert intake.send(to_the_other).status_code == 401
    assert intake.rows() == []


def test_a_proven_event_about_another_school_waits_for_a_person(intake: Intake) -> None:
    answer = intake.post(intake.sender.event(school="660/4999"))
    assert answer.status_code == 202
    (row,) = intake.rows()
    assert (row.state, row.fault, row.school) == ("quarantined", "other_school", "660/4001")
    assert intake.jobs() == []


def test_an_unknown_type_is_stored_as_unrecognised(intake: Intake) -> None:
    assert intake.post({"type": "pupil.moved/2", "extra": [1]}).status_code == 202
    (row,) = intake.rows()
    assert (row.state, row.kind) == ("unrecognised", "pupil.moved/2")


def test_a_full_record_for_a_connection_that_takes_none_waits_for_a_person(
    intake: Intake,
) -> None:
    assert intake.post(intake.sender.event(record={"id": "A1"})).status_code == 202
    (row,) = intake.rows()
    assert (row.state, row.fault) == ("quarantined", "record_not_accepted")


@pytest.mark.parametrize("event_id", ["a.b", "a b", "x" * 129, ""])
def test_a_signed_id_that_is_none_is_400(steady: Intake, event_id: str) -> None:
    assert steady.post(event_id=event_id).status_code == 400
    assert steady.rows() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[" * 100_000,
        b'{"type": "pupil.joined", "type": "pupil.joined"}',
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'\xef\xbb\xbf{"type": "x"}',
        '{"type": "x"}'.encode("utf-16"),
        b'{"type": "\\ud800"}',
        b'{"type": "pupil.joined"}',
        b"null",
    ],
)
def test_a_proven_body_that_is_no_event_is_400(steady: Intake, body: bytes) -> None:
    assert steady.post(body=body).status_code == 400
    assert steady.rows() == []


def test_the_cap_is_one_mebibyte_whatever_the_sender_says_of_the_length(intake: Intake) -> None:
    most = json.dumps({"type": "x", "fill": "a" * (1024 * 1024 - 25)}).encode()
    assert len(most) == 1024 * 1024
    assert intake.post(body=most).status_code == 202
    too_long = intake.sender.post(intake.now, body=b" " * (1024 * 1024 + 1))
    assert intake.send(too_long).status_code == 413
    chunked = intake.client.post(
        too_long.path,
        input_stream=io.BytesIO(too_long.body),
        headers={**too_long.headers, "transfer-encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert chunked.status_code == 413
    assert len(intake.rows()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": ""},
        {"content-encoding": "gzip"},
        {"content-encoding": "identity, gzip"},
    ],
)
def test_another_form_of_body_is_415(steady: Intake, headers: dict[str, str]) -> None:
    assert steady.send(steady.sender.post(steady.now), **headers).status_code == 415
    assert steady.rows() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_any_other_method_is_405(steady: Intake, method: str) -> None:
    path = steady.sender.post(steady.now).path
    answer = steady.client.open(path, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path + "/",
        lambda path: "/" + path,
        lambda path: path.replace("/standard/", "//standard/"),
        lambda path: path.replace("/standard/", "/wonde/"),
        lambda path: path.replace("/standard/", "/none/"),
        lambda path: path.replace("/standard/", "/STANDARD/"),
        lambda path: path[:-1],
        lambda path: path + "/x",
    ],
)
def test_a_wrong_address_is_404_and_never_a_redirect(steady: Intake, change: object) -> None:
    assert callable(change)
    posted = steady.sender.post(steady.now)
    answer = steady.send(Posted(change(posted.path), posted.body, posted.headers))
    assert answer.status_code == 404
    assert steady.rows() == []


def test_a_paused_endpoint_is_answered_as_one_that_never_was(intake: Intake) -> None:
    with Session(intake.database) as session, session.begin():
        connections.by_id(session, intake.sender.connection_id).state = "paused"
    paused = intake.post()
    posted = intake.sender.post(intake.now)
    unknown = intake.send(Posted("/webhooks/standard/unknown", posted.body, posted.headers))
    assert (paused.status_code, paused.data) == (unknown.status_code, unknown.data)
    assert paused.status_code == 404


def test_old_and_new_secret_prove_while_they_overlap_and_then_the_new_one_alone(
    intake: Intake,
) -> None:
    with Session(intake.database) as session, session.begin():
        row = connections.by_id(session, intake.sender.connection_id)
        kept = connections.add_secret(session, row, Secret(OTHER_SECRET), valid_from=START)
        connections.end_secrets(session, row, keeping=kept, valid_until=START + timedelta(days=7))
    assert intake.post().status_code == 202
    assert intake.post(secret=OTHER_SECRET).status_code == 202
    intake.now = START + timedelta(days=7)
    assert intake.post().status_code == 401
    assert intake.post(secret=OTHER_SECRET).status_code == 202


def test_one_source_that_floods_is_told_to_wait_and_another_is_not(tmp_path: Path) -> None:
    with ready_database("sqlite", tmp_path) as url:
        settings = Settings(database_url=url, folder=tmp_path, key_text=KEY)
        database = open_database(url, settings.keys)
        app = create_app(settings, clock=lambda: START, proven=Rate(burst=3, per_second=0.001))
        flood = Intake(app, database, add_sender(database, START))
        calm = Intake(app, database, add_sender(database, START, school="660/4002"))
        assert [flood.post().status_code for _ in range(4)] == [202, 202, 202, 429]
        assert int(flood.post().headers["Retry-After"]) > 0
        assert calm.post().status_code == 202
        assert len(flood.rows()) == 4
        app.extensions["mis_bridge.doors"].receipts.close()


def test_an_unproven_flood_does_not_use_up_the_share_of_the_one_who_is_proven(
    intake: Intake,
) -> None:
    forged = intake.sender.post(intake.now, secret=OTHER_SECRET)
    answers = {intake.send(forged).status_code for _ in range(320)}
    assert answers == {401, 429}
    assert intake.post().status_code == 202


def test_the_github_scheme_is_taken_at_its_own_address(intake: Intake) -> None:
    other = add_sender(intake.database, START, school="660/4003", sender="github", secret="s e+c")
    body = json.dumps(other.event()).encode()
    answer = intake.client.post(
        f"/webhooks/github/{other.endpoint_id}",
        data=body,
        headers={
            "content-type": "application/json",
            "x-github-delivery": "72d3162e-cc78-11e3",
            "x-hub-signature-256": "sha256=" + hmac.new(b"s e+c", body, hashlib.sha256).hexdigest(),
        },
    )
    assert answer.status_code == 202
    assert [row.event_id for row in intake.rows()] == ["72d3162e-cc78-11e3"]


def test_a_notice_about_a_school_is_a_claim_under_a_secret_address(intake: Intake) -> None:
    other = add_sender(intake.database, START, school="660/4004", sender="wonde", secret="long+1")
    notice = {"payload_type": "accessRevoked", "school_id": "A6619901001", "revoke_reason": "x"}
    path = f"/webhooks/wonde/{other.endpoint_id}"
    assert intake.client.post(path, json=notice).status_code == 401
    assert intake.client.post(path + "?key=long%2B1", json=notice).status_code == 202
    assert (
        intake.client.post(path + "?key=long+1", json={**notice, "school_id": "B1"}).status_code
        == 202
    )
    first, second = intake.rows()
    assert (first.state, first.kind, first.record_id) == ("received", "school.access.changed", None)
    assert (second.state, second.fault) == ("quarantined", "other_school")


def test_no_answer_is_cached_and_none_names_a_reason(intake: Intake) -> None:
    for answer in (intake.post(), intake.post(body=b"{"), intake.post(secret=OTHER_SECRET)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert set(answer.json or {}) == {"accepted"}
