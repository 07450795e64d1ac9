"""The administrator's pages about subscriptions: what they show, to whom, and sending again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from mis_bridge.services.subscribers import attempts as outgoing_attempts
from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.attempts import Attempt
from mis_bridge.services.subscribers.outgoing import TASK_OPENED, event_id_of, tell
from mis_bridge.services.subscribers.pages import PER_PAGE
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow
from mis_bridge.storage.tenants import Tenant, system_wide
from tests.support.databases import BOTH
from tests.support.school_day import ADMIN, ALNCO, LA, SCHOOL, TENANT, SchoolDay
from tests.support.site_fixtures import a_day_on

OTHER_LA_ADMIN = "dep-foreign-la"


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return the world, with a subscriber in each authority."""
    with a_day_on(request.param) as world:
        yield world


def told(day: SchoolDay, key: str, *attempts: Attempt) -> str:
    """Tell of a task and make these attempts; returns the event's id."""
    subscription_id = day.subscriptions[LA]
    with sessions(day.database).begin() as session:
        facts = {"task_id": day.tasks[SCHOOL], "pupil_id": day.pupils[SCHOOL]}
        tell(session, TENANT, TASK_OPENED, facts, key=key, now=day.now, jobs=day.jobs)
        event_id = event_id_of(TENANT, TASK_OPENED, key)
        for attempt in attempts:
            outgoing_attempts.record(
                session, TENANT, subscription_id, event_id, attempt, now=attempt.at
            )
    return event_id


def failing(day: SchoolDay, status: int = 500) -> list[Attempt]:
    """Return as many failed attempts as are made before a delivery is given up."""
    return [
        Attempt(day.now + timedelta(hours=number), 120, status)
        for number in range(outgoing_attempts.ATTEMPTS)
    ]


def log_page(day: SchoolDay) -> str:
    return f"/la/subscriptions/{day.subscriptions[LA]}"


def test_the_list_shows_where_events_go_and_what_is_wrong_in_both_languages(
    day: SchoolDay,
) -> None:
    told(day, "k1", *failing(day))
    browser = day.sign_in(ADMIN, "dep-la")
    english = browser.get("/la/subscriptions?lang=en").text
    for text in (
        "https://portal.example/660",
        "Rhian Owain",
        "it answered 500",
        "Failed: 1",
        "active",
    ):
        assert text in english
    assert "portal.example/661" not in english
    welsh = browser.get("/la/subscriptions?lang=cy").text
    for text in ("Tanysgrifiadau", "atebodd 500", "Methwyd: 1", "ar waith"):
        assert text in welsh


def test_the_log_shows_each_attempt_and_no_secret_and_nothing_of_a_pupil(day: SchoolDay) -> None:
    told(day, "k1", Attempt(day.now, 87, None, "timeout"), Attempt(day.now, 35, 200))
    page = day.sign_in(ADMIN, "dep-la").get(log_page(day)).text
    for text in ("aln.task.opened", "no answer in time", "it answered 200", "87 ms", "delivered"):
        assert text in page
    assert "whsec_" not in page
    for name in ("Angharad", "Aled", "Canary Row"):
        assert name not in page


def test_an_administrator_sends_a_failed_event_again_and_it_is_on_record(day: SchoolDay) -> None:
    event_id = told(day, "k1", *failing(day))
    admin = day.sign_in(ADMIN, "dep-la")
    action = f"{log_page(day)}/events/{event_id}"
    asked = len(day.jobs.asked)
    answer = admin.post(log_page(day), action, {})
    assert (answer.status_code, answer.location) == (303, log_page(day))
    assert len(day.jobs.asked) == asked + 1
    everything = system_wide("a test looks at everything")
    with sessions(day.database).begin() as session:
        row = session.scalars(select(OutgoingDeliveryRow).execution_options(**everything)).one()
        assert (row.state, row.round, row.attempts) == ("waiting", 2, 0)
        entry = session.scalars(
            select(AuditEventRow).where(AuditEventRow.action == "event_told_again")
        ).one()
        assert entry.actor == f"person:{day.people[ADMIN]}"
        assert entry.facts == {"event": event_id, "round": 2}
    # On its way, it cannot be sent a second time.
    again = admin.post(log_page(day), action, {})
    assert again.status_code == 409
    assert "still on its way" in again.text


def test_nothing_is_sent_again_without_the_forms_token_or_with_a_field_too_many(
    day: SchoolDay,
) -> None:
    event_id = told(day, "k1", *failing(day))
    admin = day.sign_in(ADMIN, "dep-la")
    action = f"{log_page(day)}/events/{event_id}"
    assert admin.client.post(action).status_code == 403
    assert admin.post(log_page(day), action, {"state": "delivered"}).status_code == 422


def test_what_another_authority_has_does_not_exist_for_an_administrator(day: SchoolDay) -> None:
    event_id = told(day, "k1", *failing(day))
    foreign = day.sign_in(ADMIN, OTHER_LA_ADMIN)
    assert day.subscriptions[LA] not in foreign.get("/la/subscriptions").text
    seen = foreign.get(log_page(day))
    nothing = foreign.get("/la/subscriptions/" + "0" * 24)
    assert (seen.status_code, nothing.status_code) == (404, 404)
    action = f"{log_page(day)}/events/{event_id}"
    assert foreign.post("/la/people", action, {}).status_code == 404
    own = day.sign_in(ADMIN, "dep-la")
    assert own.post(log_page(day), f"{log_page(day)}/events/evt_0", {}).status_code == 404


def test_the_schools_own_people_do_not_open_it(day: SchoolDay) -> None:
    alnco = day.sign_in(ALNCO)
    assert alnco.get("/la/subscriptions").status_code == 403
    assert alnco.get(log_page(day)).status_code == 403
    # The administrator's role holds in the authority's own deployment alone.
    event_id = told(day, "k1", *failing(day))
    assert alnco.post("/tasks", f"{log_page(day)}/events/{event_id}", {}).status_code == 403


def test_a_long_log_has_pages_and_can_be_read_by_state(day: SchoolDay) -> None:
    for number in range(PER_PAGE + 1):
        told(day, f"k{number}", Attempt(day.now, 5, 200))
        day.now += timedelta(seconds=1)
    failed = told(day, "late", *failing(day))
    admin = day.sign_in(ADMIN, "dep-la")
    first = admin.get(log_page(day)).text
    assert first.count("aln.task.opened</code><br>") == PER_PAGE
    assert failed in first
    second = admin.get(f"{log_page(day)}?page=2").text
    assert second.count("aln.task.opened</code><br>") == 2
    only = admin.get(f"{log_page(day)}?state=failed").text
    assert only.count("aln.task.opened</code><br>") == 1
    for odd in ("?page=0", "?page=-1", "?page=x", "?page=999999", "?state=x"):
        assert admin.get(log_page(day) + odd).status_code == 200


def test_a_subscription_of_one_school_is_shown_to_its_authority_and_told_of_that_school_alone(
    day: SchoolDay,
) -> None:
    with sessions(day.database).begin() as session:
        wanted = subscriptions.Wanted("https://school.example/hooks", "Office", "Show tasks")
        own, _ = subscriptions.add(session, Tenant(LA, "660/4002"), wanted, by="test", now=day.now)
    told(day, "k1")
    page = day.sign_in(ADMIN, "dep-la").get("/la/subscriptions").text
    assert "https://school.example/hooks" in page
    with sessions(day.database).begin() as session:
        chosen = select(OutgoingDeliveryRow.subscription_id)
        everything = system_wide("a test looks at everything")
        assert own not in session.scalars(chosen.execution_options(**everything)).all()
