"""Sending a notice: recipients looked at again, intent recorded, handed over, recorded.

The worker calls, for one message: `prepare` in a transaction; `message_of` in a session that it
closes before the channel is asked; the channel; `record_handed` or `record_failed` in a
transaction. Nothing personal passes between these steps but inside one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Handed, Message
from mis_bridge.documents.content import Document
from mis_bridge.documents.html import html
from mis_bridge.documents.letters import Letter, Office, letter
from mis_bridge.documents.pdf import pdf
from mis_bridge.documents.problems import PdfUnavailable
from mis_bridge.domain.notices import Giver, event
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.words import Language, Words
from mis_bridge.services import notice_making
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.notice_making import Occasion, check_recipients
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.services.register_rows import held_of
from mis_bridge.storage import audit, outbox, register
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.outbox import Sending
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tenants import Tenant

_LANGUAGES: Mapping[str, tuple[Language, ...]] = {
    "cy": ("cy", "en"),
    "en": ("en", "cy"),
    "both": ("cy", "en"),
}


class Standing(StrEnum):
    """How a message stands before it is sent."""

    READY = "ready"
    SETTLED = "settled"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class NoticeRefused(Problem):
    """A message cannot be sent as asked."""


def prepare(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> Standing:
    """Look at the recipient again, as of today, and record the intent to send.

    Somebody who may no longer be told is not told, and a task asks a person; the same where
    somebody new should be told. A notice whose task the law has closed meanwhile is not sent.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state != "waiting":
        return Standing.SETTLED
    task = about.task
    if task is not None and task.state == "closed" and task.closing is not None:
        return _settle(session, tenant, about, "cancelled", "task_closed", now)
    pupil = held_of(about.pupil, keys_of(session)).pupil
    if pupil is None:
        return _settle(session, tenant, about, "cancelled", "pupil_erased", now)
    occasion = occasion_of(about)
    asked = notice_making.ask(session, tenant, about.pupil.id, pupil, occasion, day_in_wales(now))
    holding = {recipient.id: recipient for recipient in asked.routed.recipients}
    if asked.doubtful or about.recipient.person not in holding:
        _ask_a_person(session, tenant, about, _NO_LONGER, now)
        return _settle(session, tenant, about, "blocked", "recipient_changed", now)
    told = outbox.people_told(session, tenant, about.notice.id)
    if set(holding) - told:
        _ask_a_person(session, tenant, about, _SOMEBODY_NEW, now)
    outbox.readdress(session, about.message, asked.addressees[about.recipient.person])
    about.message.language = holding[about.recipient.person].language
    about.message.attempts += 1
    _audit(session, tenant, about, "notice_sending", {"attempt": about.message.attempts}, now)
    session.flush()
    return Standing.READY


def letter_of(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> Document:
    """Return the letter of a message as it would go out now, for a person to read beforehand.

    Raises LetterIncomplete where a person's words are missing.
    """
    about = outbox.sending(session, tenant, outbox_id)
    pupil = held_of(about.pupil, keys_of(session)).pupil if about is not None else None
    if about is None or pupil is None:
        raise NoticeRefused(_UNKNOWN)
    return letter(_letter(session, about, pupil, outbox.addressee(session, about.message), now))


def message_of(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> Message:
    """Return the letter to hand over, in both languages, the recipient's first.

    Raises LetterIncomplete where a person's words are missing.
    """
    about = outbox.sending(session, tenant, outbox_id)
    if about is None:
        raise NoticeRefused(_UNKNOWN)
    pupil = held_of(about.pupil, keys_of(session)).pupil
    if pupil is None:
        raise NoticeRefused(_UNKNOWN)
    to = outbox.addressee(session, about.message)
    document = letter(_letter(session, about, pupil, to, now))
    order = _LANGUAGES.get(about.message.language, _LANGUAGES["both"])
    return Message(
        reference=about.message.reference,
        group=about.message.school,
        event=about.notice.event,
        subject=_SUBJECT,
        addressee=to.get("name"),
        address=to.get("address"),
        pages=dict(
            _page(document, number, language) for number, language in enumerate(order, start=1)
        ),
    )


def _page(document: Document, number: int, language: Language) -> tuple[str, bytes]:
    """Return the letter in one language, with its file's name.

    A machine without the libraries for PDF prints the same content from HTML: a duty to notify does
    not wait for a library.
    """
    name = f"letter-{number}-{language}"
    try:
        return f"{name}.pdf", pdf(document, language)
    except PdfUnavailable:
        return f"{name}.html", html(document, language).encode()


def record_handed(
    session: Session, tenant: Tenant, outbox_id: str, handed: Handed, *, now: datetime
) -> None:
    """Record that the channel took the message; once recorded it stays as it is."""
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state != "waiting":
        return
    outbox.hand_over(about.message, handed.artefact, handed.digest, at=now)
    _audit(session, tenant, about, "notice_handed_over", {"digest": handed.digest}, now)
    session.flush()


def record_failed(
    session: Session, tenant: Tenant, outbox_id: str, fault: str, *, now: datetime
) -> None:
    """Record that the channel will not take the message, and ask a person for another way."""
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state != "waiting":
        return
    _ask_a_person(session, tenant, about, _FIND_ANOTHER_WAY, now)
    _settle(session, tenant, about, "failed", fault, now)


def send_again(
    session: Session,
    tenant: Tenant,
    outbox_id: str,
    *,
    reason: str,
    by: str,
    now: datetime,
    jobs: Jobs,
) -> str:
    """Send the same notice to the same person once more; a person states why. The new message's id.

    Raises NoticeRefused without a reason, or while the first sending is still under way.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None:
        raise NoticeRefused(_UNKNOWN)
    if not reason.strip():
        raise NoticeRefused(_REASON)
    if about.message.state == "waiting":
        raise NoticeRefused(_UNDER_WAY)
    second = outbox.again(session, about.message, reason.strip(), at=now)
    notice_making.ask_delivery(session, tenant, second.id, jobs)
    entry = audit.AuditEntry(by, "notice_sent_again", f"message:{second.id}", {"of": outbox_id})
    audit.append(session, tenant, [entry], now)
    return second.id


def occasion_of(about: Sending) -> Occasion:
    """Return why a stored notice is given."""
    return Occasion(
        about.notice.event,
        Giver(about.notice.given_by),
        about.notice.occasion,
        about.notice.task_id,
        plan_id=about.notice.plan_id,
        plan_edition=about.notice.plan_edition,
    )


def _letter(
    session: Session, about: Sending, pupil: Pupil, to: Mapping[str, str | None], now: datetime
) -> Letter:
    frozen = _content(session, about)
    roles = about.recipient.capacities
    return Letter(
        title=event(about.notice.event).title,
        content=tuple(frozen["content"].get(about.recipient.person, frozen["blocks"])),
        giver=_office(about.school.name, about.school.name_cy, about.school.profile),
        authority=_office(about.authority.name, about.authority.name_cy, about.authority.profile),
        addressee=to.get("name") or about.message.reference,
        address=to.get("address"),
        role=str(roles[0]) if isinstance(roles, list) and roles else "parent",
        in_place_of_another=about.recipient.in_place_of is not None,
        learner_name=pupil.name.known_as or about.message.reference,
        on=day_in_wales(now),
        reference=about.message.reference,
        trigger_on=about.task.trigger_on if about.task else None,
        due_on=about.task.due_on if about.task else None,
        statements={
            block: Words(words["en"], words["cy"])
            for block, words in frozen["statements"].items()
            if words["en"].strip() and words["cy"].strip()
        },
    )


def _content(session: Session, about: Sending) -> dict[str, Any]:
    opened: object = {}
    if about.notice.sealed_content is not None:
        opened = keys_of(session).unseal_json(
            about.notice.sealed_content, place("notices.sealed_content", about.notice.id)
        )
    held = cast("dict[str, Any]", opened if isinstance(opened, dict) else {})
    return {"blocks": [], "content": {}, "statements": {}, **held}


def _office(name: str, name_cy: str | None, profile: object) -> Office:
    reach = profile if isinstance(profile, dict) else {}
    return Office(
        Words(name, name_cy or name),
        address=reach.get("address"),
        phone=reach.get("phone"),
        email=reach.get("email"),
    )


def _settle(
    session: Session, tenant: Tenant, about: Sending, state: str, fault: str, now: datetime
) -> Standing:
    about.message.state, about.message.fault = state, fault
    _audit(session, tenant, about, f"notice_{state}", {"fault": fault}, now)
    session.flush()
    return Standing.CANCELLED if state == "cancelled" else Standing.BLOCKED


def _ask_a_person(
    session: Session, tenant: Tenant, about: Sending, because: Words, now: datetime
) -> None:
    known = trace_from_json(about.notice.trace) if isinstance(about.notice.trace, dict) else Trace()
    source = event(about.notice.event).source
    trace = known.step("CHECK-RECIPIENTS", because, source, {"message": about.message.id})
    desk = TaskDesk(session, tenant, in_force(session, tenant), now)
    task = check_recipients(about.notice.event, about.message.id, trace, day_in_wales(now))
    desk.apply(about.pupil.id, (task,), ())


def _audit(
    session: Session,
    tenant: Tenant,
    about: Sending,
    action: str,
    facts: Mapping[str, audit.Fact],
    now: datetime,
) -> None:
    entry = audit.AuditEntry(
        "delivery",
        action,
        f"message:{about.message.id}",
        {"notice": about.notice.id, "recipient": about.recipient.person, **facts},
    )
    audit.append(session, tenant, [entry], now)


_SUBJECT = Words("You have a new message", "Mae gennych neges newydd")
_NO_LONGER = Words(
    "On the day of sending this person is no longer among those who may be told by themselves, so "
    "nothing was sent to them.",
    "Ar y diwrnod anfon nid yw'r person hwn bellach ymhlith y rhai y ceir eu hysbysu heb ofyn, "
    "felly nid anfonwyd dim atynt.",
)
_SOMEBODY_NEW = Words(
    "On the day of sending somebody else is also to be told; give the notice to them too.",
    "Ar y diwrnod anfon mae rhywun arall i'w hysbysu hefyd; rhowch yr hysbysiad iddynt hwythau.",
)
_FIND_ANOTHER_WAY = Words(
    "The notice could not be given in this way. The duty is to notify: find another way.",
    "Ni ellid rhoi'r hysbysiad fel hyn. Y ddyletswydd yw hysbysu: dewch o hyd i ffordd arall.",
)
_UNKNOWN = Words(
    "there is no such message in this school", "nid oes neges o'r fath yn yr ysgol hon"
)
_REASON = Words(
    "a second sending of the same notice needs a reason; write why",
    "mae ar ail anfon yr un hysbysiad angen rheswm; ysgrifennwch pam",
)
_UNDER_WAY = Words(
    "the first sending is still under way; wait until it is settled",
    "mae'r anfon cyntaf ar y gweill o hyd; arhoswch nes iddo gael ei setlo",
)
