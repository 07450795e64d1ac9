"""Events told to a subscriber over real sockets: signed, retried, rested, disabled, never lost."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from mis_bridge.services import outward
from mis_bridge.services.subscribers import attempts as outgoing_attempts
from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.attempts import ATTEMPTS, PAUSES
from mis_bridge.services.subscribers.outgoing import TASK_OPENED, job_argument, job_key, tell
from mis_bridge.services.subscribers.subscriptions import SubscriptionProblem, Wanted
from mis_bridge.storage.database import open_database
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.sending import (
    OutgoingDeliveryRow,
    OutgoingEventRow,
    SubscriptionRow,
)
from mis_bridge.storage.tenants import Tenant, system_wide
from mis_bridge.workers.engine import EngineJobs
from mis_bridge.workers.outgoing import KEPT, Outgoing
from tests.factories.authorities import add_school
from tests.factories.databases import key_ring
from tests.support.databases import BOTH, ready_database
from tests.support.durable import InlineRun
from tests.support.fake_smtp import certificate_for
from tests.support.receiver import Answer, Receiver, receiver
from webhooks.base import WebhookRejected
from webhooks.standard import StandardSender

START = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SCHOOL = Tenant("660", "660/4001")
EVERYTHING = system_wide("a test looks at everything")


@dataclass
class Post:
    """A school, its one subscriber, and who posts."""

    database: Engine
    receiver: Receiver
    jobs: EngineJobs
    outgoing: Outgoing
    subscription_id: str
    secret: str
    now: datetime = START

    def tell(self, task: str = "t1", *, asked: bool = True) -> None:
        """Tell of a task in a transaction of its own."""
        with Session(self.database) as session, session.begin():
            tell(
                session,
                SCHOOL,
                TASK_OPENED,
                {"task_id": task, "pupil_id": "p1"},
                key=task,
                now=self.now,
                jobs=self.jobs if asked else None,
            )

    def rows(self) -> list[OutgoingDeliveryRow]:
        with Session(self.database) as session:
            chosen = select(OutgoingDeliveryRow).order_by(OutgoingDeliveryRow.event_id)
            return list(session.scalars(chosen.execution_options(**EVERYTHING)))

    def row(self) -> OutgoingDeliveryRow:
        (only,) = self.rows()
        return only

    def subscription(self) -> SubscriptionRow:
        with Session(self.database) as session:
            return subscriptions.found(session, self.subscription_id)

    def run(self, row: OutgoingDeliveryRow | None = None, key: str | None = None) -> object:
        """Do the job that was asked for last, or one of another key."""
        about = row or self.row()
        run = InlineRun(self.database, self.now, name=key or job_key(about))
        return self.outgoing.run(run, job_argument(about))

    def is_asked(self) -> bool:
        return bool(self.jobs.unfinished([job_key(self.row())]))

    def change(self, verb: str) -> None:
        """Pause, resume or end the subscription."""
        with Session(self.database) as session, session.begin():
            row = subscriptions.found(session, self.subscription_id)
            getattr(subscriptions, verb)(session, row, by="test", now=self.now)

    def sweep(self) -> object:
        return self.outgoing.sweep(InlineRun(self.database, self.now), {})


@pytest.fixture(params=BOTH)
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Post]:
    """Return a school with a subscriber to everything."""
    with ready_database(request.param, tmp_path) as url, receiver() as by:
        database = open_database(url, key_ring())
        jobs = EngineJobs(database)
        with Session(database) as session, session.begin():
            add_school(session)
            wanted = Wanted(by.url, "MIS team", "Show tasks in the MIS")
            subscription_id, secret = subscriptions.add(
                session, Tenant("660"), wanted, by="test", now=START
            )
        outgoing = Outgoing(jobs, frozenset({by.origin}))
        yield Post(database, by, jobs, outgoing, subscription_id, secret.reveal_text())
        database.dispose()


def log_of(row: OutgoingDeliveryRow) -> list[tuple[object, object]]:
    assert isinstance(row.log, list)
    return [(entry["status"], entry["fault"]) for entry in row.log]


def test_an_event_is_posted_once_signed_and_with_identifiers_only(post: Post) -> None:
    post.tell()
    assert post.is_asked()
    assert post.run() == "status_200"
    (taken,) = post.receiver.taken
    proof = StandardSender().verify(taken.body, taken.headers, [post.secret], post.now)
    assert proof.event_id == post.row().event_id
    assert json.loads(taken.body) == {
        "type": "aln.task.opened",
        "timestamp": "2026-11-20T09:30:00.000+00:00",
        "data": {"school": "660/4001", "pupil_id": "p1", "task_id": "t1"},
    }
    row = post.row()
    assert (row.state, row.attempts, log_of(row)) == ("delivered", 1, [(200, None)])
    assert post.subscription().last_delivered_at == post.now
    assert post.run(key="anything else") == "overtaken"
    assert len(post.receiver.taken) == 1


def test_the_same_fact_told_twice_is_one_event_and_one_delivery(post: Post) -> None:
    post.tell()
    post.tell()
    assert len(post.rows()) == 1
    post.run()
    post.tell()
    assert post.row().state == "delivered"


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(500), "status_500"),
        (Answer(400, body=b"Canary Aled A123456789012"), "status_400"),
        (Answer(302, {"Location": "http://169.254.169.254/latest/meta-data"}), "status_302"),
        (Answer(reset=True), "connection"),
    ],
)
def test_what_is_no_2xx_is_tried_again_by_the_table_under_the_same_id(
    answer: Answer, fault: str, post: Post
) -> None:
    post.receiver.always = answer
    post.tell()
    waited = []
    for number in range(1, ATTEMPTS):
        assert post.run() == fault
        row = post.row()
        assert (row.state, row.attempts) == ("waiting", number)
        assert row.next_at is not None
        assert post.is_asked()
        waited.append(row.next_at - post.now)
        post.now = row.next_at
    assert post.run() == fault
    row = post.row()
    assert (row.state, row.attempts, row.next_at) == ("failed", ATTEMPTS, None)
    assert all(pause <= real <= pause * 1.2 for pause, real in zip(PAUSES, waited, strict=True)), (
        waited
    )
    assert len(post.receiver.taken) == ATTEMPTS == 10
    assert len({taken.headers["webhook-id"] for taken in post.receiver.taken}) == 1
    assert len({taken.body for taken in post.receiver.taken}) == 1
    stamps = [int(taken.headers["webhook-timestamp"]) for taken in post.receiver.taken]
    assert stamps == sorted(set(stamps))
    assert post.subscription().fault == fault
    assert "Canary" not in json.dumps(row.log)


def test_a_receiver_that_asks_for_time_gets_it_and_nothing_else_is_posted_meanwhile(
    post: Post,
) -> None:
    post.tell("t1")
    post.tell("t2")
    first, second = post.rows()
    post.receiver.answers = [Answer(429, {"Retry-After": "1800"})]
    assert post.run(first) == "status_429"
    first, second = post.rows()
    assert first.next_at is not None
    assert first.next_at - post.now >= timedelta(minutes=30)
    assert post.run(second) == "put_off"
    assert len(post.receiver.taken) == 1
    second = post.rows()[1]
    assert (second.state, second.attempts) == ("waiting", 0)
    post.now += timedelta(minutes=29)
    assert post.sweep() == 0
    post.now += timedelta(minutes=4)
    assert post.sweep() == 1
    assert post.run(post.rows()[1]) == "status_200"


@pytest.mark.parametrize("asked", ["99999999999", "Fri, 20 Nov 2099 09:30:00 GMT"])
def test_no_receiver_holds_us_for_longer_than_an_hour(asked: str, post: Post) -> None:
    post.receiver.answers = [Answer(503, {"Retry-After": asked})]
    post.tell()
    post.run()
    held = post.subscription().held_until
    assert held == post.now + timedelta(hours=1)


def test_a_receiver_that_is_gone_is_disabled_with_what_waits_and_a_person_can_resume_it(
    post: Post,
) -> None:
    post.tell("t1")
    post.tell("t2")
    first, second = post.rows()
    post.receiver.answers = [Answer(410)]
    assert post.run(first) == "status_410"
    assert (post.subscription().state, post.subscription().fault) == ("disabled", "gone")
    assert {row.state for row in post.rows()} == {"cancelled"}
    assert post.run(second) == "overtaken"
    post.tell("t3")
    assert len(post.rows()) == 2
    with Session(post.database) as session:
        actions = session.scalars(select(AuditEventRow.action)).all()
    assert "subscription_disabled" in actions
    with Session(post.database) as session, pytest.raises(SubscriptionProblem, match="resume"):
        subscriptions.replay_one(
            session, SCHOOL, post.subscription_id, first.event_id,
            by="test", now=post.now, jobs=post.jobs,
        )  # fmt: skip
    post.change("resume")
    assert (post.subscription().state, post.subscription().fault) == ("active", None)
    post.tell("t4")
    assert post.run(_waiting(post)) == "status_200"


def _waiting(post: Post) -> OutgoingDeliveryRow:
    return next(row for row in post.rows() if row.state == "waiting")


def test_a_slow_receiver_is_cut_off_and_rests(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "TOTAL_SECONDS", 0.6)
    post.receiver.answers = [Answer(drip=0.05), Answer(delay=1.5)]
    post.tell()
    for number in (1, 2):
        assert post.run() == "timeout"
        row = post.row()
        assert row.attempts == number
        assert isinstance(row.log, list)
        assert 500 <= row.log[-1]["milliseconds"] < 5000
        held = post.subscription().held_until
        assert held is not None
        assert held >= post.now + timedelta(minutes=1)
        assert row.next_at is not None
        post.now = max(row.next_at, held)


def test_an_address_that_is_not_public_is_refused_when_kept_and_again_when_called(
    post: Post,
) -> None:
    for address in (
        "https://127.0.0.1/hooks",
        "https://2130706433/hooks",
        "https://0x7f.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://user@mis.example/",
        r"https://127.0.0.1\@mis.example/",
        "ftp://mis.example/",
        "http://127.0.0.1:1/",
    ):
        with pytest.raises(outward.OutwardRefused) as refused:
            outward.vet(address, trusted_origins=frozenset())
        assert refused.value.fault == "address"
    with pytest.raises(outward.OutwardRefused):
        outward.vet(
            "https://mis.example/",
            trusted_origins=frozenset(),
            resolver=lambda _host, _port: ["192.0.2.1", "10.0.0.1"],
        )
    # It was trusted when it was added, and is not any more.
    post.outgoing = Outgoing(post.jobs, frozenset())
    post.tell()
    assert post.run() == "address"
    assert post.receiver.taken == []
    assert (post.row().state, post.subscription().fault) == ("waiting", "address")


def test_a_name_that_leads_elsewhere_at_the_next_attempt_is_not_followed() -> None:
    answers = iter([["93.184.215.14"], ["169.254.169.254"]])

    def rebinding(_host: str, _port: int) -> list[str]:
        return next(answers)

    outward.vet("https://mis.example/", trusted_origins=frozenset(), resolver=rebinding)
    with pytest.raises(outward.OutwardRefused):
        outward.post(
            "https://mis.example/", b"{}", {}, trusted_origins=frozenset(), resolver=rebinding
        )


def test_a_certificate_that_nobody_vouches_for_is_posted_nothing(tmp_path: Path) -> None:
    with receiver(certificate_for("127.0.0.1", tmp_path)[0]) as by:
        with pytest.raises(outward.OutwardRefused) as refused:
            outward.post(by.url, b"{}", {}, trusted_origins=frozenset({by.origin}))
        assert refused.value.fault == "certificate"
        assert by.taken == []


def test_environment_proxies_are_not_used(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    post.tell()
    assert post.run() == "status_200"


def test_both_secrets_verify_while_one_takes_over_from_the_other(post: Post) -> None:
    with Session(post.database) as session, session.begin():
        row = subscriptions.found(session, post.subscription_id)
        fresh = subscriptions.rotate(session, row, by="test", now=post.now).reveal_text()
    post.tell("t1")
    post.run()
    taken = post.receiver.taken[-1]
    for secret in (post.secret, fresh):
        StandardSender().verify(taken.body, taken.headers, [secret], post.now)
    post.now += timedelta(days=7, seconds=1)
    post.tell("t2")
    post.run(_waiting(post))
    taken = post.receiver.taken[-1]
    StandardSender().verify(taken.body, taken.headers, [fresh], post.now)
    with pytest.raises(WebhookRejected):
        StandardSender().verify(taken.body, taken.headers, [post.secret], post.now)


def test_a_subscription_that_rests_keeps_what_happens_and_posts_it_afterwards(post: Post) -> None:
    post.tell("t1")
    post.change("pause")
    assert post.run() == "put_off"
    post.tell("t2")
    assert post.sweep() == 0
    assert [(row.state, row.next_at) for row in post.rows()] == [("waiting", None)] * 2
    post.change("resume")
    assert post.sweep() == 2
    assert [post.run(row) for row in post.rows()] == ["status_200"] * 2


def test_a_subscription_that_ended_is_told_nothing_and_keeps_no_secret(post: Post) -> None:
    post.tell("t1")
    post.change("end")
    assert post.row().state == "cancelled"
    post.tell("t2")
    assert len(post.rows()) == 1
    with pytest.raises(SubscriptionProblem, match="ended"):
        post.change("resume")
    opened = key_ring().unseal_json(
        post.subscription().sealed_secrets, f"subscriptions.sealed_secrets:{post.subscription_id}"
    )
    assert opened == []


def test_a_settled_event_is_posted_again_when_a_person_says_so_under_the_same_id(
    post: Post,
) -> None:
    post.tell()
    post.run()
    with Session(post.database) as session, session.begin():
        subscriptions.replay_one(
            session, SCHOOL, post.subscription_id, post.row().event_id,
            by="test", now=post.now, jobs=post.jobs,
        )  # fmt: skip
    row = post.row()
    assert (row.state, row.round, row.attempts) == ("waiting", 2, 0)
    assert post.is_asked()
    post.run()
    assert len({taken.headers["webhook-id"] for taken in post.receiver.taken}) == 1
    row = post.row()
    assert isinstance(row.log, list)
    assert [(entry["round"], entry["attempt"]) for entry in row.log] == [(1, 1), (2, 1)]


def test_what_nobody_was_asked_to_post_is_found_by_the_sweep(post: Post) -> None:
    post.tell(asked=False)
    assert post.row().next_at is None
    assert post.sweep() == 1
    assert post.is_asked()
    # What somebody is at is not asked for a second time.
    assert post.sweep() == 0
    assert post.run() == "status_200"
    assert post.sweep() == 0


def test_a_job_that_was_overtaken_posts_nothing(post: Post) -> None:
    post.tell()
    before = job_key(post.row())
    post.now += timedelta(minutes=1)
    with Session(post.database) as session, session.begin():
        session.execute(
            update(OutgoingDeliveryRow).values(next_at=post.now).execution_options(**EVERYTHING)
        )
    assert post.run(key=before) == "overtaken"
    assert post.receiver.taken == []


def test_old_events_are_removed_and_those_that_wait_are_kept(post: Post) -> None:
    post.tell("t1")
    post.run()
    post.tell("t2")
    post.now += KEPT + timedelta(days=1)
    assert post.outgoing.tidy(InlineRun(post.database, post.now), {}) == 1
    with Session(post.database) as session:
        events = session.scalars(select(OutgoingEventRow).execution_options(**EVERYTHING)).all()
    assert len(events) == 1
    assert post.row().state == "waiting"


def test_a_secret_is_in_no_row_and_in_no_repr(post: Post) -> None:
    raw = b64decode(post.secret.removeprefix("whsec_"))
    row = post.subscription()
    assert post.secret.encode() not in row.sealed_secrets
    assert raw not in row.sealed_secrets
    assert post.secret not in repr(row)


def test_a_subscription_that_ends_while_a_job_begins_is_posted_nothing(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = outgoing_attempts.prepare

    def prepare_and_lose(*about: Any, **more: Any) -> Any:
        standing = prepare(*about, **more)
        row = subscriptions.found(about[0], post.subscription_id)
        subscriptions.end(about[0], row, by="test", now=post.now)
        return standing

    monkeypatch.setattr(outgoing_attempts, "prepare", prepare_and_lose)
    post.tell()
    assert post.run() == "overtaken"
    assert post.receiver.taken == []
    assert post.row().state == "cancelled"


def test_a_secret_that_cannot_be_opened_is_a_fault_on_record_and_not_a_lost_event(
    post: Post,
) -> None:
    with Session(post.database) as session, session.begin():
        session.execute(
            update(SubscriptionRow)
            .values(sealed_secrets=b"\x01\x02k1" + b"x" * 40)
            .execution_options(**EVERYTHING)
        )
    post.tell()
    assert post.run() == "SealBroken"
    row = post.row()
    assert (row.state, log_of(row)) == ("waiting", [(None, "SealBroken")])
