"""No notice is lost and none is doubled, whatever the service that carries it does."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import column, select, table, update
from sqlalchemy.orm import Session

from mis_bridge.services import notices
from mis_bridge.services.notices import NoticeRefused
from mis_bridge.services.sending.channels import OpenWays
from mis_bridge.storage import routing_facts as stored_facts
from mis_bridge.storage.tables.duties import OutboxRow
from mis_bridge.storage.tables.register import PupilRow
from tests.factories.authorities import NOW
from tests.support.databases import BOTH
from tests.support.fake_notify import Fault
from tests.support.letterbox import EVERYTHING, MAIL, SCHOOL, Letterbox, letterbox

PUPILS = [f"A{number}" for number in range(1, 11)]
FAULTS = (
    Fault(taken=True),
    Fault(taken=False),
    Fault(500),
    Fault(500, taken=True),
    Fault(503),
    Fault(429, retry_after="7"),
)
NAMES = ("Canary", "Rhian", "Owain", "Aled", "canary.mother", "Trefddychmygol")


@pytest.fixture
def both_ways(tmp_path: Path) -> Iterator[Letterbox]:
    """Return a school with e-mail and letters of GOV.UK Notify."""
    with letterbox("sqlite", tmp_path, "notify_email", "notify_letter") as box:
        box.enrol("A1")
        box.consent()
        box.concern("A1")
        yield box


def mail(box: Letterbox) -> OutboxRow:
    """Return the message that goes by e-mail."""
    (row,) = box.messages("contact:1")
    return row


def post(box: Letterbox) -> OutboxRow:
    """Return the message that goes as a letter."""
    (row,) = box.messages("contact:2")
    return row


@pytest.mark.parametrize("backend", BOTH)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_notice_is_lost_and_none_doubled_under_random_faults(
    backend: str, seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's faults
    with letterbox(backend, tmp_path, "notify_email", "notify_letter") as box:
        box.enrol(*PUPILS)
        for record_id in PUPILS:
            box.consent(f"canary.{record_id}@example.test", record_id=record_id)
        box.concern(*PUPILS)
        box.notify.fault = lambda _method, _reference: (
            chance.choice(FAULTS) if chance.random() < 0.45 else None
        )
        electronic, posted = box.messages("contact:1"), box.messages("contact:2")
        assert {row.channel for row in electronic} == {"notify_email"}
        assert {row.channel for row in posted} == {"notify_letter"}
        assert len(electronic) == len(posted) == len(PUPILS)
        for row in [*electronic, *posted]:
            box.deliver_to_the_end(row)
        open_tasks = len(box.tasks())
        for row in [*electronic, *posted]:
            now, taken = box.message(row.id), box.notify.of(row.reference)
            assert len(taken) <= 1
            if now.state in {"delivered", "handed_over"}:
                assert [f"{box.routes[row.channel]}/{each.id}" for each in taken] == [now.artefact]
            else:
                # Nobody can tell whether it went: a person is asked, and nothing is sent again.
                assert (now.state, now.fault) == ("blocked", "unknown_whether_sent")
                assert open_tasks > 0
        states = [box.message(row.id).state for row in [*electronic, *posted]]
        assert states.count("delivered") > 5
        assert states.count("handed_over") > 2


def test_a_timeout_after_acceptance_is_settled_by_looking_the_reference_up(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    for row in (mail(box), post(box)):
        _once(box, Fault(taken=True))
        assert box.deliver(row) == "put_off"
        assert box.deliver(row, 2) == "handed_over"
        assert len(box.notify.of(row.reference)) == 1
        # The second attempt asked and offered nothing.
        assert [method for method, asked in box.notify.asked if asked == row.reference] == [
            "GET",
            "POST",
            "GET",
        ]


def test_a_service_that_is_silent_after_taking_a_message_is_asked_for_it(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    row = post(box)
    box.ways = OpenWays(Path(), frozenset({box.notify.origin}), lambda: NOW, seconds=2.0)
    _once(box, Fault(taken=True, silent=4.0))
    assert box.deliver(row) == "put_off"
    assert box.deliver(row, 2) == "handed_over"
    assert len(box.notify.of(row.reference)) == 1


def test_what_was_sent_since_a_restored_backup_is_not_sent_again(both_ways: Letterbox) -> None:
    box = both_ways
    rows = [mail(box), post(box)]
    for row in rows:
        box.deliver(row)
    with Session(box.database) as session, session.begin():
        # The rows as the backup has them: nothing of them had been tried.
        session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_([row.id for row in rows]))
            .values(
                state="waiting",
                attempts=0,
                channel_status=None,
                artefact=None,
                handed_over_at=None,
                given_on=None,
            )
            .execution_options(**EVERYTHING)
        )
    for row in rows:
        assert box.deliver(row) == "handed_over"
        assert len(box.notify.of(row.reference)) == 1


def test_where_nobody_knows_an_email_is_offered_again_and_a_letter_waits_for_a_person(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    for row, then in ((mail(box), "handed_over"), (post(box), "unknown")):
        _once(box, Fault(taken=False))
        assert box.deliver(row) == "put_off"
        assert box.deliver(row, 2) == then
    assert len(box.notify.of(mail(box).reference)) == 1
    assert box.notify.of(post(box).reference) == []
    assert (post(box).state, post(box).fault) == ("blocked", "unknown_whether_sent")
    assert len(box.tasks()) == 1


def test_a_full_service_is_given_the_time_it_asks_for(both_ways: Letterbox) -> None:
    box = both_ways
    _once(box, Fault(429, retry_after="1800"))
    assert box.deliver(mail(box)) == "put_off"
    delays = _delays(box)
    assert delays[f"notify:{mail(box).id}:2"] >= 1800
    assert box.deliver(mail(box), 2) == "handed_over"


@pytest.mark.parametrize(
    ("status", "fault"), [(400, "notify:400"), (401, "notify:401"), (403, "notify:403")]
)
def test_a_wrong_setting_pauses_the_way_opens_a_task_and_is_not_tried_again(
    both_ways: Letterbox, status: int, fault: str
) -> None:
    box = both_ways
    _once(box, Fault(status, words="Template not found"))
    assert box.deliver(mail(box)) == "misconfigured"
    assert (mail(box).state, mail(box).fault) == ("blocked", f"way_at_fault:{fault}")
    assert (box.route("notify_email").state, box.route("notify_email").fault) == ("paused", fault)
    assert len(box.tasks()) == 1
    assert box.deliver(mail(box), 2) == "settled"
    assert box.notify.of(mail(box).reference) == []


def test_a_key_that_ends_while_a_letter_is_in_doubt_leaves_it_to_a_person(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    _once(box, Fault(taken=True))
    assert box.deliver(post(box)) == "put_off"
    _once(box, Fault(403), "GET")
    assert box.deliver(post(box), 2) == "misconfigured"
    assert (post(box).state, post(box).fault) == ("blocked", "unknown_whether_sent")
    assert box.route("notify_letter").state == "paused"


def test_an_address_that_the_service_refuses_pauses_no_way(both_ways: Letterbox) -> None:
    box = both_ways
    _once(box, Fault(400, words="email_address Not a valid email address"))
    assert box.deliver(mail(box)) == "failed"
    assert (box.route("notify_email").state, box.route("notify_email").fault) == ("active", None)
    assert len(box.tasks()) == 1


def test_what_goes_electronically_is_given_that_day_and_a_letter_is_not(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    for row in (mail(box), post(box)):
        assert box.deliver(row) == "handed_over"
    assert (mail(box).state, mail(box).given_on) == ("delivered", NOW.date())
    assert (post(box).state, post(box).given_on) == ("handed_over", None)


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("contact:1", "permanent-failure"),
        ("contact:1", "temporary-failure"),
        ("contact:2", "validation-failed"),
        ("contact:2", "cancelled"),
    ],
)
def test_a_failure_that_is_reported_later_takes_the_giving_back_and_asks_a_person(
    both_ways: Letterbox, person: str, status: str
) -> None:
    box = both_ways
    (row,) = box.messages(person)
    box.deliver(row)
    assert box.look() != []
    assert box.message(row.id).channel_status == "created"
    box.notify.of(row.reference)[0].status = status
    assert box.look() == []  # it was looked at a moment ago
    box.now += timedelta(minutes=11)
    assert box.look() == ["failed"]
    failed = box.message(row.id)
    assert (failed.state, failed.fault, failed.given_on) == ("failed", f"channel:{status}", None)
    assert len(box.tasks()) == 1
    box.now += timedelta(minutes=11)
    assert box.look() == []


def test_a_technical_failure_is_noted_on_the_way_and_nothing_is_sent_by_itself(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    row = mail(box)
    box.deliver(row)
    box.notify.of(row.reference)[0].status = "technical-failure"
    assert box.look() == ["failed"]
    way = box.route("notify_email")
    assert (way.state, way.fault) == ("active", "notify_email:technical-failure")
    assert len(box.notify.of(row.reference)) == 1
    assert len(box.tasks()) == 1


def test_a_service_that_does_not_answer_is_asked_how_things_stand_another_time(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    assert box.looks.ask(box.run(), {}) is False
    box.deliver(mail(box))
    assert box.looks.ask(box.run(), {}) is True
    assert box.jobs.unfinished([f"look:{NOW:%Y%m%d%H%M}"])
    box.notify.of(mail(box).reference)[0].status = "delivered"
    _once(box, Fault(503), "GET")
    assert box.look() == []
    assert box.look() == ["delivered"]
    assert mail(box).channel_status == "delivered"
    box.now += timedelta(hours=1)
    assert box.look() == []


def test_consent_withdrawn_before_the_first_attempt_chooses_a_lawful_channel(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    _withdraw_consent(box)
    assert box.deliver(mail(box)) == "handed_over"
    assert mail(box).channel == "print_pack"
    assert box.notify.taken == []


def test_consent_withdrawn_after_an_attempt_stops_and_asks_a_person(both_ways: Letterbox) -> None:
    box = both_ways
    _once(box, Fault(429))
    box.deliver(mail(box))
    _withdraw_consent(box)
    assert box.deliver(mail(box), 2) == "blocked"
    assert (mail(box).state, mail(box).fault) == ("blocked", "channel_gone")
    assert len(box.tasks()) == 1
    assert box.notify.taken == []


def test_a_letter_that_no_printer_takes_is_printed_here(
    both_ways: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = both_ways
    monkeypatch.setattr("mis_bridge.documents.posting.MOST_PAGES", 2)
    assert box.deliver(post(box)) == "put_off"
    assert post(box).channel == "print_pack"
    assert box.deliver(post(box), 2) == "handed_over"
    assert box.notify.taken == []


def test_a_letter_that_may_have_gone_is_not_printed_here_before_a_person_has_looked(
    both_ways: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = both_ways
    _once(box, Fault(taken=True))
    box.deliver(post(box))
    monkeypatch.setattr("mis_bridge.documents.posting.MOST_PAGES", 2)
    box.deliver(post(box), 2)
    assert (post(box).state, post(box).fault) == ("blocked", "unknown_whether_sent")
    assert len(box.tasks()) == 1


def test_a_second_sending_by_any_channel_needs_a_reason_and_may_choose_another(
    both_ways: Letterbox,
) -> None:
    box = both_ways
    row = mail(box)

    def again(reason: str, channel: str | None = None) -> str:
        with Session(box.database) as session, session.begin():
            return notices.send_again(
                session, SCHOOL, row.id, reason=reason, by="person:1", now=NOW, jobs=box.jobs,
                channel=channel,
            )  # fmt: skip

    box.deliver(row)
    with pytest.raises(NoticeRefused):
        again(" ")
    with pytest.raises(NoticeRefused):
        again("by account", "mis")
    second = again("the reader asked for paper", "print_pack")
    with pytest.raises(NoticeRefused):
        again("twice at once")
    assert box.deliver(box.message(second)) == "handed_over"
    third = again("lost")
    assert box.deliver(box.message(third)) == "handed_over"
    assert sorted((each.sending, each.channel) for each in box.messages("contact:1")) == [
        (1, "notify_email"),
        (2, "print_pack"),
        (3, "notify_email"),
    ]
    assert len(box.notify.taken) == 2
    assert len({each.reference for each in box.notify.taken}) == 2


def test_what_the_service_shows_to_strangers_names_nobody(
    both_ways: Letterbox, caplog: pytest.LogCaptureFixture
) -> None:
    box = both_ways
    caplog.set_level(logging.DEBUG)
    assert box.deliver(post(box)) == "handed_over"
    _once(box, Fault(503, words=f"{MAIL} Rhian Canary"))
    assert box.deliver(mail(box)) == "put_off"
    assert box.deliver(mail(box), 2) == "handed_over"
    letter, sent = box.notify.taken
    assert set(letter.body) == {"reference", "content", "postage"}
    files = sent.body["personalisation"]
    assert (files["plan_cy"], files["plan_en"], files["has_plan"]) == ("", "", "no")
    shown = {
        name: {key: value for key, value in file.items() if key != "file"}
        for name, file in files.items()
        if isinstance(file, dict)
    }
    assert shown["letter_cy"]["filename"] == "letter-cy.pdf"
    assert shown["letter_en"]["confirm_email_before_download"] is True
    assert sent.body["email_address"] == MAIL
    logged = [str(record.__dict__) for record in caplog.records]
    strangers_see = "\n".join([*logged, *caplog.messages, str(shown), sent.reference])
    assert [name for name in NAMES if name in strangers_see] == []


def _once(box: Letterbox, fault: Fault, method: str = "POST") -> None:
    """Let the next call of this kind fail, and no other."""
    faults = [fault]
    box.notify.fault = lambda each, _reference: faults.pop() if faults and each == method else None


def _withdraw_consent(box: Letterbox) -> None:
    with Session(box.database) as session, session.begin():
        pupil_id = _pupil(box)
        for fact in stored_facts.in_force(session, SCHOOL, pupil_id, NOW.date()):
            assert stored_facts.withdraw(session, SCHOOL, fact.id, at=NOW)


def _pupil(box: Letterbox) -> str:
    with Session(box.database) as session:
        chosen = select(PupilRow.id).execution_options(**EVERYTHING)
        return session.scalars(chosen).one()


def _delays(box: Letterbox) -> dict[str, float]:
    """Return for how long each piece of work was put off, by its key."""
    schema = "dbos" if box.database.dialect.name == "postgresql" else None
    work = table(
        "workflow_status",
        column("workflow_uuid"),
        column("delay_until_epoch_ms"),
        column("created_at"),
        schema=schema,
    )
    with box.database.connect() as connection:
        rows = connection.execute(select(work)).all()
    return {row[0]: (row[1] - row[2]) / 1000 for row in rows if row[1]}
