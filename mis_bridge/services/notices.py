"""Sending a notice: recipients looked at again, intent recorded, handed over, recorded.

The worker calls, for one message: `prepare` in a transaction; `message_of` in a session that it
closes before the channel is asked; `begin` in a transaction of its own; the channel; one of
`sending_results` in a transaction. Nothing personal passes between these steps but inside one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Message
from mis_bridge.documents.content import Document
from mis_bridge.documents.letters import letter
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.routed import Recipient
from mis_bridge.domain.trace import trace_from_json
from mis_bridge.domain.words import Language, Words
from mis_bridge.services import notice_making
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.intake.register_rows import held_of
from mis_bridge.services.notice_letters import in_the_form_of, letter_facts, page
from mis_bridge.services.notice_making import Asked, Occasion
from mis_bridge.services.papers import plan_documents
from mis_bridge.services.ports import Jobs
from mis_bridge.services.sending import channel_choice
from mis_bridge.services.sending_results import ask_a_person, audited, settle
from mis_bridge.storage import audit, outbox, register
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.outbox import Earlier, Sending
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
    """Look at the recipient and the channel again, as of today, and record the intent to send.

    Somebody who may no longer be told is not told, and a task asks a person; the same where
    somebody new should be told. A notice whose task the law has closed meanwhile is not sent.
    Where the channel may no longer be used, another is chosen before the first attempt; after one,
    a person decides.

    Source: 2018 anaw 2 ss.83(3), 88.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state != "waiting":
        return Standing.SETTLED
    if _is_off(about):
        return _stop(session, tenant, about, "cancelled", "task_closed", now)
    pupil = held_of(about.pupil, keys_of(session)).pupil
    if pupil is None:
        return _stop(session, tenant, about, "cancelled", "pupil_erased", now)
    occasion = occasion_of(about)
    asked = notice_making.ask(session, tenant, about.pupil.id, pupil, occasion, day_in_wales(now))
    holding = {recipient.id: recipient for recipient in asked.routed.recipients}
    person = about.recipient.person
    if asked.doubtful or person not in holding:
        ask_a_person(session, tenant, about, _NO_LONGER, now)
        return _stop(session, tenant, about, "blocked", "recipient_changed", now)
    told = outbox.people_told(session, tenant, about.notice.id)
    if set(holding) - told:
        ask_a_person(session, tenant, about, _SOMEBODY_NEW, now)
    if not _channel_holds(session, tenant, about, asked, holding[person], now):
        ask_a_person(session, tenant, about, _CHANNEL_GONE, now)
        return _stop(session, tenant, about, "blocked", "channel_gone", now)
    outbox.readdress(session, about.message, asked.addressees[person])
    about.message.language = holding[person].language
    about.message.attempts += 1
    facts: dict[str, audit.Fact] = {
        "attempt": about.message.attempts,
        "channel": about.message.channel,
    }
    audited(session, tenant, about, "notice_sending", facts, now)
    session.flush()
    return Standing.READY


def _is_off(about: Sending) -> bool:
    """Say whether the task of a notice has closed, so that it is not sent by itself any more.

    What a person decided stays decided: a copy that a person sends again goes out all the same.
    """
    task = about.task
    if task is None or task.state != "closed" or not isinstance(task.closing, dict):
        return False
    decided = str(task.closing.get("rule", "")).startswith("DECIDED:")
    return not (decided and about.message.sending > 1)


def begin(session: Session, tenant: Tenant, outbox_id: str, route: str) -> Earlier | None:
    """Mark that a message is about to be offered by a way; returns what the attempt before left.

    It is committed before the channel is asked: a crash in between leaves the mark, and the next
    attempt asks the channel first what became of this one. Raises NoticeRefused where the message
    no longer waits.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state != "waiting":
        raise NoticeRefused(_UNKNOWN)
    earlier = outbox.earlier_attempt(about.message)
    outbox.begin_attempt(about.message, route)
    session.flush()
    return earlier


def letter_of(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> Document:
    """Return the letter of a message as it would go out now, for a person to read beforehand.

    Raises LetterIncomplete where a person's words are missing.
    """
    about = outbox.sending(session, tenant, outbox_id)
    pupil = held_of(about.pupil, keys_of(session)).pupil if about is not None else None
    if about is None or pupil is None:
        raise NoticeRefused(_UNKNOWN)
    return letter(
        letter_facts(session, about, pupil, outbox.addressee(session, about.message), now)
    )


def message_of(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> Message:
    """Return the letter to hand over, in both languages, the recipient's first.

    Raises LetterIncomplete where a person's words are missing, and ChannelUnfit where the message
    has no form that its channel takes.
    """
    about = outbox.sending(session, tenant, outbox_id)
    if about is None:
        raise NoticeRefused(_UNKNOWN)
    pupil = held_of(about.pupil, keys_of(session)).pupil
    if pupil is None:
        raise NoticeRefused(_UNKNOWN)
    to = outbox.addressee(session, about.message)
    document = letter(letter_facts(session, about, pupil, to, now))
    order = _LANGUAGES.get(about.message.language, _LANGUAGES["both"])
    pages = dict(page(document, number, language) for number, language in enumerate(order, 1))
    if about.notice.plan_id is not None and about.notice.plan_edition is not None:
        pages |= plan_documents.enclosures(
            session, tenant, about.notice.plan_id, about.notice.plan_edition, order
        )
    return Message(
        reference=about.message.reference,
        group=about.message.school,
        event=about.notice.event,
        subject=_SUBJECT,
        addressee=to.get("name"),
        address=to.get("address"),
        pages=in_the_form_of(about.message, pages, to),
        electronic_address=to.get("electronic_address"),
        channel=about.message.channel,
    )


def send_again(
    session: Session,
    tenant: Tenant,
    outbox_id: str,
    *,
    reason: str,
    by: str,
    now: datetime,
    jobs: Jobs,
    channel: str | None = None,
) -> str:
    """Send the same notice to the same person once more; a person states why. The new message's id.

    `channel` chooses another way than the first. Raises NoticeRefused without a reason, while a
    sending to this person is still under way, or where the way may not be used for them.
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None:
        raise NoticeRefused(_UNKNOWN)
    if not reason.strip():
        raise NoticeRefused(_REASON)
    if outbox.is_under_way(session, tenant, about.recipient.id):
        raise NoticeRefused(_UNDER_WAY)
    if channel is not None and channel not in ways_to(session, tenant, outbox_id, now=now):
        raise NoticeRefused(_NOT_THIS_WAY)
    second = outbox.again(
        session, about.message, reason.strip(), channel=channel or about.message.channel, at=now
    )
    notice_making.ask_delivery(session, tenant, second.id, jobs)
    facts = {"of": outbox_id, "channel": second.channel}
    entry = audit.AuditEntry(by, "notice_sent_again", f"message:{second.id}", facts)
    audit.append(session, tenant, [entry], now)
    return second.id


def ways_to(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> tuple[str, ...]:
    """Return the channels by which a message's recipient may be reached today, the first first."""
    about = outbox.sending(session, tenant, outbox_id)
    pupil = held_of(about.pupil, keys_of(session)).pupil if about is not None else None
    if about is None or pupil is None:
        return ()
    occasion, on = occasion_of(about), day_in_wales(now)
    asked = notice_making.ask(session, tenant, about.pupil.id, pupil, occasion, on)
    for recipient in asked.routed.recipients:
        if recipient.id == about.recipient.person:
            return tuple(offer.channel for offer in asked.offers(recipient))
    return ()


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


def _channel_holds(
    session: Session,
    tenant: Tenant,
    about: Sending,
    asked: Asked,
    recipient: Recipient,
    now: datetime,
) -> bool:
    """Keep the message's channel where it may still be used; choose anew before any attempt."""
    offered = asked.offers(recipient)
    if about.message.channel in {offer.channel for offer in offered}:
        return True
    if about.message.attempts > 0:
        return False
    chosen = offered[0]
    facts = {"from": about.message.channel, "to": chosen.channel, "rule": chosen.rule}
    about.message.channel = chosen.channel
    if isinstance(about.notice.trace, dict):
        known = trace_from_json(about.notice.trace)
        told = channel_choice.recorded(known, recipient.id, chosen, recipient.channels)
        about.notice.trace = told.to_json()
    audited(session, tenant, about, "notice_channel_changed", facts, now)
    return True


def _stop(
    session: Session, tenant: Tenant, about: Sending, state: str, fault: str, now: datetime
) -> Standing:
    settle(session, tenant, about, state, fault, now)
    return Standing.CANCELLED if state == "cancelled" else Standing.BLOCKED


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
_CHANNEL_GONE = Words(
    "An attempt was made, and since then the notice may no longer be sent in this way: the "
    "recipient withdrew, or the way was ended. Find another way.",
    "Gwnaed ymgais, ac ers hynny ni cheir anfon yr hysbysiad fel hyn mwyach: tynnodd y derbynnydd "
    "yn ôl, neu daeth y ffordd i ben. Dewch o hyd i ffordd arall.",
)
_NOT_THIS_WAY = Words(
    "this person cannot be reached in that way: it is not set up, or they have not agreed to it",
    "ni ellir cyrraedd y person hwn fel yna: nid yw wedi'i osod, neu nid yw wedi cytuno iddo",
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
