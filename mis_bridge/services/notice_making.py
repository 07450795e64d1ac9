"""A notice with its recipients, as routing answers on the day: stored first, sent after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notice_case import Channel
from mis_bridge.domain.notices import Giver, event
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.routed import Recipient, Routed
from mis_bridge.domain.routing import case_from_pupil, contact_ids, recipients
from mis_bridge.domain.tasks import DecisionTask, Setting, TaskKind
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.ports import DELIVER, Jobs
from mis_bridge.services.routing_facts import recorded
from mis_bridge.services.sending.channel_choice import Offer, offers, set_up
from mis_bridge.services.sending.channel_choice import recorded as with_channel
from mis_bridge.storage import duties, outbox
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import KeyRing, place
from mis_bridge.storage.tenants import Tenant

GIVERS = {
    Setting.MAINTAINED_SCHOOL: Giver.MAINTAINED_SCHOOL,
    Setting.MAINTAINED_SPECIAL_SCHOOL: Giver.MAINTAINED_SCHOOL,
    Setting.PRU: Giver.MAINTAINED_SCHOOL,
    Setting.FEI: Giver.FEI,
}


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Who is to be told: the routing's answer, and the contacts that a person must check.

    `ways` are the channels that are set up; `addressees` hold an electronic address only where the
    recipient may be told by it.
    """

    routed: Routed
    doubtful: tuple[str, ...]
    addressees: Mapping[str, dict[str, str | None]]
    ways: tuple[str, ...] = ()

    def offers(self, recipient: Recipient) -> tuple[Offer, ...]:
        """Return the channels that one of those told may be reached by, the first choice first."""
        return offers(recipient.channels, self.addressees[recipient.id], self.ways)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a notice is given: the event of the notices' table, by whom, and on what occasion.

    `name` makes the notice one ever for a pupil and event (the trigger of the task, or the id of
    the decision); `statements` are the words that a person wrote for its blocks, and are sealed.
    `plan_id` and `plan_edition` name the plan whose copy goes with it.
    """

    event: str
    by: Giver
    name: str
    task_id: str | None = None
    statements: Mapping[str, Words] = field(default_factory=dict)
    plan_id: str | None = None
    plan_edition: int | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """What making a notice came to: its id, and the task for a person where routing needs one."""

    effects: tuple[str, ...]
    notice_id: str | None = None
    to_check: DecisionTask | None = None


def ask(
    session: Session, tenant: Tenant, pupil_id: str, pupil: Pupil, occasion: Occasion, on: date
) -> Asked:
    """Ask routing who receives the notice on `on`, with everything that is on record that day.

    A child has no address here but the school: a contact's address is never taken for the child's.
    """
    held = recorded(session, tenant, pupil_id, pupil, on)
    case = case_from_pupil(pupil, event=occasion.event, by=occasion.by, on=on, facts=held.facts)
    routed = recipients(case)
    contacts = dict(contact_ids(pupil))
    addressees: dict[str, dict[str, str | None]] = {}
    for recipient in routed.recipients:
        contact = contacts.get(recipient.id)
        if contact is not None:
            name = contact.name
        elif recipient.id in {"child", "young_person"}:
            name = pupil.name.known_as or None
        else:
            name = held.names.get(recipient.id)
        delivery = case.delivery_of(recipient.id)
        willing = Channel.ELECTRONIC in recipient.channels
        addressees[recipient.id] = {
            "name": name,
            "address": delivery.address or held.addresses.get(recipient.id),
            "electronic_address": delivery.electronic_address if willing else None,
        }
    return Asked(routed, held.doubtful, addressees, set_up(session, tenant, on))


def make(
    session: Session,
    tenant: Tenant,
    pupil_id: str,
    pupil: Pupil,
    occasion: Occasion,
    *,
    now: datetime,
    jobs: Jobs,
) -> Made:
    """Store the notice, its people and its messages, and ask for each message's delivery.

    Nobody lawful, or a person whose record is in doubt: nothing goes out, and a task says so.
    """
    on = day_in_wales(now)
    asked = ask(session, tenant, pupil_id, pupil, occasion, on)
    notice_id = new_id()
    ring = keys_of(session)
    blocked = bool(asked.doubtful)
    people = _people(tenant, notice_id, asked.routed)
    messages = [] if blocked else [
        _message(tenant, notice_id, row_id, recipient, asked, ring, now)
        for row_id, recipient in zip(
            (str(row["id"]) for row in people), asked.routed.recipients, strict=False
        )
    ]  # fmt: skip
    fresh = duties.add_notice(
        session,
        {
            "id": notice_id,
            "la": tenant.la,
            "school": tenant.of_school,
            "pupil_id": pupil_id,
            "task_id": occasion.task_id,
            "event": occasion.event,
            "occasion": occasion.name,
            "given_by": occasion.by.value,
            "trace": _with_channels(asked, blocked=blocked).to_json(),
            "flags": [*asked.routed.flags, *(f"doubtful:{who}" for who in asked.doubtful)],
            "sealed_content": ring.seal_json(
                {
                    "blocks": list(asked.routed.content),
                    "content": {who.id: list(who.content) for who in asked.routed.recipients},
                    "statements": {
                        block: {"en": words.en, "cy": words.cy}
                        for block, words in occasion.statements.items()
                    },
                },
                place("notices.sealed_content", notice_id),
            ),
            "plan_id": occasion.plan_id,
            "plan_edition": occasion.plan_edition,
            "made_on": on,
            "made_at": now,
        },
        people,
        messages,
    )
    if not fresh:
        return Made(())
    for message in messages:
        ask_delivery(session, tenant, str(message["id"]), jobs)
    check = None if messages else _to_check(occasion, asked, on)
    return Made((f"notice_made:{notice_id}",), notice_id, check)


def add_newly_entitled(
    session: Session,
    tenant: Tenant,
    notice_id: str,
    asked: Asked,
    *,
    now: datetime,
    jobs: Jobs,
) -> tuple[str, ...]:
    """Give a copy of a stored notice to whoever may now be told and has none; their ids.

    Whoever had no copy because a person had to look first gets it by this, and nobody twice.
    """
    told = outbox.people_with_a_copy(session, tenant, notice_id)
    named = outbox.receiving_rows(session, tenant, notice_id)
    added = tuple(who for who in asked.routed.recipients if who.id not in told)
    rows = [
        row
        for row in _people(tenant, notice_id, asked.routed)
        if row["receives"] and row["person"] not in told
    ]
    messages = [
        _message(
            tenant, notice_id, named.get(who.id, str(row["id"])), who, asked, keys_of(session), now
        )
        for row, who in zip(rows, added, strict=True)
    ]
    fresh = [row for row in rows if row["person"] not in named]
    duties.add_people(session, fresh, messages)
    for message in messages:
        ask_delivery(session, tenant, str(message["id"]), jobs)
    return tuple(who.id for who in added)


def ask_delivery(session: Session, tenant: Tenant, outbox_id: str, jobs: Jobs) -> None:
    """Ask that one message be handed over once this transaction has committed."""
    jobs.enqueue(
        session,
        DELIVER,
        f"notify:{outbox_id}",
        {"la": tenant.la, "school": tenant.of_school, "outbox_id": outbox_id},
    )


def _people(tenant: Tenant, notice_id: str, routed: Routed) -> list[dict[str, object]]:
    base = {"la": tenant.la, "school": tenant.of_school, "notice_id": notice_id}
    receiving: list[dict[str, object]] = [
        {
            **base,
            "id": new_id(),
            "receives": True,
            "person": recipient.id,
            "slot": recipient.slot.value,
            "in_place_of": recipient.in_place_of,
            "capacities": [role.value for role in recipient.capacities],
            "channels": [channel.value for channel in recipient.channels],
            "language": recipient.language,
            "why": None,
            "because_en": recipient.because.en,
            "because_cy": recipient.because.cy,
        }
        for recipient in routed.recipients
    ]
    left_out: list[dict[str, object]] = [
        {
            **base,
            "id": new_id(),
            "receives": False,
            "person": person.id,
            "slot": "none",
            "in_place_of": None,
            "capacities": None,
            "channels": None,
            "language": None,
            "why": person.why.value,
            "because_en": person.because.en,
            "because_cy": person.because.cy,
        }
        for person in routed.not_sent
    ]
    return [{**row, "position": n} for n, row in enumerate([*receiving, *left_out], start=1)]


def _message(
    tenant: Tenant,
    notice_id: str,
    recipient_row: str,
    recipient: Recipient,
    asked: Asked,
    ring: KeyRing,
    now: datetime,
) -> dict[str, object]:
    outbox_id = new_id()
    return {
        "id": outbox_id,
        "la": tenant.la,
        "school": tenant.of_school,
        "notice_id": notice_id,
        "recipient_id": recipient_row,
        "channel": asked.offers(recipient)[0].channel,
        "sending": 1,
        "language": recipient.language,
        "sealed_addressee": ring.seal_json(
            asked.addressees[recipient.id], place("outbox.sealed_addressee", outbox_id)
        ),
        "state": "waiting",
        "reference": f"mb-{outbox_id}",
        "queued_at": now,
    }


def _with_channels(asked: Asked, *, blocked: bool) -> Trace:
    """Return the routing's reasons, and by which channel each recipient is reached and why."""
    trace = asked.routed.trace
    for recipient in () if blocked else asked.routed.recipients:
        trace = with_channel(trace, recipient.id, asked.offers(recipient)[0], recipient.channels)
    return trace


def _to_check(occasion: Occasion, asked: Asked, on: date) -> DecisionTask:
    """Return the task for a person where nobody could lawfully be told without one."""
    trace = asked.routed.trace.step(
        "CHECK-RECIPIENTS",
        _RECORD_IN_DOUBT if asked.doubtful else _NOBODY,
        event(occasion.event).source,
        {"event": occasion.event, "flags": ", ".join(asked.routed.flags)},
    )
    return check_recipients(occasion.event, occasion.name, trace, on)


def check_recipients(event_id: str, occasion: str, trace: Trace, on: date) -> DecisionTask:
    """Return the task that asks a person to settle who is told of `event_id`."""
    return DecisionTask(
        kind=TaskKind.CHECK_RECIPIENTS,
        duty=f"check_recipients:{event_id}",
        trigger=f"notice:{occasion}",
        trigger_on=on,
        opened_on=on,
        due_on=None,
        rule="CHECK-RECIPIENTS",
        source=event(event_id).source,
        trace=trace,
    )


_NOBODY = Words(
    "Nobody can lawfully be told without a person's decision, so nothing was sent.",
    "Ni ellir hysbysu neb yn gyfreithlon heb benderfyniad person, felly nid anfonwyd dim.",
)
_RECORD_IN_DOUBT = Words(
    "What was recorded about a contact no longer fits the contact list, so nothing was sent: check "
    "who is who, and record it again.",
    "Nid yw'r hyn a gofnodwyd am gyswllt yn cyd-fynd â'r rhestr gysylltiadau bellach, felly nid "
    "anfonwyd dim: gwiriwch pwy yw pwy, a'i gofnodi eto.",
)
