"""A notice is sent once, to those who may be told on the day of sending, and to nobody else."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mis_bridge.delivery.print_pack import PrintPack
from mis_bridge.domain.pupil import Pupil
from mis_bridge.services import notices, sending_results
from mis_bridge.services.intake.register_changes import apply
from mis_bridge.services.notices import NoticeRefused, Standing
from mis_bridge.services.routing_facts import record
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tables.duties import DecisionTaskRow, NoticeRecipientRow, OutboxRow
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW, add_calendar, add_connection, add_school
from tests.factories.jobs import RecordedJobs
from tests.factories.pupils import FATHER, MOTHER, a_pupil, at_school_action

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def tenant(session: Session) -> Tenant:
    """Return a school with term dates."""
    school = add_school(session)
    add_calendar(session, Tenant("660"))
    session.commit()
    return school


def tell(session: Session, tenant: Tenant, jobs: RecordedJobs, *pupils: Pupil) -> None:
    """Tell the register of a pupil, one state after the other, an hour apart."""
    connection = add_connection(session, tenant)
    for hours, pupil in enumerate(pupils):
        apply(
            session,
            tenant,
            connection_id=connection.id,
            pupil=pupil,
            tombstone=None,
            raw=None,
            mapping_version_id=None,
            noticed_on=NOW.date(),
            noticed_confirmed=False,
            cause="webhook:e1",
            now=NOW + timedelta(minutes=hours),
            jobs=jobs,
        )


def messages(session: Session, tenant: Tenant) -> dict[str, OutboxRow]:
    """Return the messages by recipient."""
    session.expire_all()
    found = session.execute(
        select(NoticeRecipientRow.person, OutboxRow)
        .join(OutboxRow, OutboxRow.recipient_id == NoticeRecipientRow.id)
        .where(tenant.owns(NoticeRecipientRow), tenant.owns(OutboxRow))
    )
    return {each.person: each.OutboxRow for each in found}


def kinds(session: Session, tenant: Tenant) -> set[str]:
    """Return the kinds of open tasks."""
    return set(
        session.scalars(
            select(DecisionTaskRow.kind).where(
                tenant.owns(DecisionTaskRow), DecisionTaskRow.state == "open"
            )
        )
    )


def pupil_id(session: Session, tenant: Tenant) -> str:
    """Return the id of the only pupil."""
    return session.scalars(select(PupilRow.id).where(tenant.owns(PupilRow))).one()


def test_a_message_is_prepared_handed_over_and_recorded_once(
    session: Session, tenant: Tenant, jobs: RecordedJobs, tmp_path: Path
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    row = messages(session, tenant)["contact:1"]
    assert notices.prepare(session, tenant, row.id, now=LATER) is Standing.READY
    letter = notices.message_of(session, tenant, row.id, now=LATER)
    assert list(letter.pages) == ["letter-1-cy.pdf", "letter-2-en.pdf"]
    assert (letter.addressee, letter.address) == (MOTHER.name, MOTHER.address)
    handed = PrintPack(tmp_path).send(letter)
    sending_results.record_handed(session, tenant, row.id, handed, route="-", now=LATER, jobs=jobs)
    assert messages(session, tenant)["contact:1"].state == "handed_over"
    assert notices.prepare(session, tenant, row.id, now=LATER) is Standing.SETTLED


def test_a_machine_without_the_libraries_for_pdf_prints_the_same_letter_from_html(
    session: Session, tenant: Tenant, jobs: RecordedJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # so that its import fails
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    row = messages(session, tenant)["contact:1"]
    letter = notices.message_of(session, tenant, row.id, now=LATER)
    assert list(letter.pages) == ["letter-1-cy.html", "letter-2-en.html"]
    assert b'<html lang="cy">' in letter.pages["letter-1-cy.html"]


def test_who_may_no_longer_be_told_on_the_day_of_sending_is_not_told(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    barred = replace(FATHER, court_order=True)
    action = at_school_action(a_pupil())
    tell(session, tenant, jobs, a_pupil(), action, replace(action, contacts=(MOTHER, barred)))
    row = messages(session, tenant)["contact:2"]
    assert notices.prepare(session, tenant, row.id, now=LATER) is Standing.BLOCKED
    assert messages(session, tenant)["contact:2"].fault == "recipient_changed"
    assert "check_recipients" in kinds(session, tenant)


def test_an_address_that_changed_meanwhile_is_the_one_on_the_envelope(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    moved = replace(MOTHER, address="9 New Street")
    action = at_school_action(a_pupil())
    tell(session, tenant, jobs, a_pupil(), action, replace(action, contacts=(moved, FATHER)))
    row = messages(session, tenant)["contact:1"]
    notices.prepare(session, tenant, row.id, now=LATER)
    assert notices.message_of(session, tenant, row.id, now=LATER).address == "9 New Street"


def test_a_fact_about_a_contact_does_not_pass_to_whoever_takes_that_place_in_the_list(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil())
    withheld = RoutingFact(
        "parent_withheld", "contact:2", {"because": "Court order", "because_cy": "Gorchymyn llys"}
    )
    record(session, tenant, pupil_id(session, tenant), a_pupil(), withheld, by="person:1", at=NOW)
    swapped = (replace(FATHER, priority=1), replace(MOTHER, priority=2))
    tell(session, tenant, jobs, replace(at_school_action(a_pupil()), contacts=swapped))
    assert messages(session, tenant) == {}
    assert "check_recipients" in kinds(session, tenant)


def test_a_notice_whose_task_the_law_closed_before_it_was_sent_stays_unsent(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    task = session.scalars(select(DecisionTaskRow).where(tenant.owns(DecisionTaskRow))).one()
    task.state, task.closing = "closed", {"rule": "LEFT-CLOSES"}
    session.flush()
    row = messages(session, tenant)["child"]
    assert notices.prepare(session, tenant, row.id, now=LATER) is Standing.CANCELLED


def test_a_channel_that_refuses_leaves_a_task_to_find_another_way(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    row = messages(session, tenant)["contact:1"]
    sending_results.record_failed(session, tenant, row.id, "no_such_address", now=LATER)
    assert messages(session, tenant)["contact:1"].state == "failed"
    assert "check_recipients" in kinds(session, tenant)


def test_a_second_sending_needs_the_first_to_be_settled_and_a_reason(
    session: Session, tenant: Tenant, jobs: RecordedJobs, tmp_path: Path
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    row = messages(session, tenant)["contact:1"]

    def again(reason: str) -> str:
        return notices.send_again(
            session, tenant, row.id, reason=reason, by="person:1", now=LATER, jobs=jobs
        )

    with pytest.raises(NoticeRefused):
        again("lost in the post")
    notices.prepare(session, tenant, row.id, now=LATER)
    letter = notices.message_of(session, tenant, row.id, now=LATER)
    handed = PrintPack(tmp_path).send(letter)
    sending_results.record_handed(session, tenant, row.id, handed, route="-", now=LATER, jobs=jobs)
    with pytest.raises(NoticeRefused):
        again("  ")
    second = again("lost in the post")
    assert f"notify:{second}" in jobs.asked


def test_another_school_cannot_send_or_read_the_message(
    session: Session, tenant: Tenant, jobs: RecordedJobs
) -> None:
    tell(session, tenant, jobs, a_pupil(), at_school_action(a_pupil()))
    row = messages(session, tenant)["contact:1"]
    other = add_school(session, "660/4002")
    assert notices.prepare(session, other, row.id, now=LATER) is Standing.SETTLED
    with pytest.raises(NoticeRefused):
        notices.message_of(session, other, row.id, now=LATER)
