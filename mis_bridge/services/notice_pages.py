"""A notice: everybody named in it, how its sending stands, and its letters in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import event
from mis_bridge.domain.pupil import Pupil
from mis_bridge.domain.pupil_case import contact_ids
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.sessions import Visitor
from mis_bridge.services.task_labels import person_in_notice, relationship
from mis_bridge.storage import views_notices, views_pupils
from mis_bridge.storage.tables.duties import NoticeRecipientRow, NoticeRow, OutboxRow
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True, repr=False)
class NoticePerson:
    """Somebody named in a notice: whether they receive it, why, and in whose place."""

    row_id: str
    person: str
    label: Words
    name: str | None
    receives: bool
    because: Words
    in_place_of: Words | None
    channels: tuple[str, ...]
    language: str | None
    undecided: bool

    def __repr__(self) -> str:
        return f"NoticePerson(person={self.person!r}, receives={self.receives!r})"


@dataclass(frozen=True, slots=True, repr=False)
class Sending:
    """How one message stands; `number` counts the sendings to one person."""

    message_id: str
    person: Words
    name: str | None
    channel: str
    state: str
    fault: str | None
    number: int
    reason: str | None
    queued_at: datetime
    handed_over_at: datetime | None
    given_on: date | None

    def __repr__(self) -> str:
        return f"Sending(message_id={self.message_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class NoticePage:
    """A notice with its people, messages and reasons."""

    notice_id: str
    event: str
    title: Words
    section: str
    source: str
    pupil_id: str
    pupil_name: str | None
    task_id: str | None
    plan_id: str | None
    made_on: date
    people: tuple[NoticePerson, ...]
    sendings: tuple[Sending, ...]
    flags: tuple[str, ...]
    trace: Trace

    def __repr__(self) -> str:
        return f"NoticePage(notice_id={self.notice_id!r})"


def people_of(
    session: Session, tenant: Tenant, notice: NoticeRow, pupil: Pupil | None
) -> tuple[NoticePerson, ...]:
    """Return everybody named in a notice, those who receive it first."""
    rows = views_notices.people(session, tenant, notice.id)
    return tuple(_person(row, pupil) for row in rows)


def notice_page(session: Session, visitor: Visitor, notice_id: str) -> NoticePage | None:
    """Return a notice of the visitor's school, None where there is none."""
    row = views_notices.notice(session, visitor.tenant, notice_id)
    if row is None:
        return None
    pupil_row = views_pupils.pupil(session, visitor.tenant, row.pupil_id)
    pupil = pupil_of(session, pupil_row) if pupil_row is not None else None
    told = event(row.event)
    messages = views_notices.messages(session, visitor.tenant, notice_id)
    names = {
        each.recipient_id: views_notices.addressee(session, each).get("name") for each in messages
    }
    people = tuple(
        replace(person, name=person.name or names.get(person.row_id))
        for person in people_of(session, visitor.tenant, row, pupil)
    )
    by_row = {person.row_id: person for person in people}
    order = {person.row_id: position for position, person in enumerate(people)}
    return NoticePage(
        notice_id=row.id,
        event=row.event,
        title=told.title,
        section=told.section,
        source=told.source,
        pupil_id=row.pupil_id,
        pupil_name=(pupil.name.known_as or None) if pupil else None,
        task_id=row.task_id,
        plan_id=row.plan_id,
        made_on=row.made_on,
        people=people,
        sendings=tuple(
            _sending(message, by_row.get(message.recipient_id))
            for message in sorted(
                messages,
                key=lambda message: order.get(message.recipient_id, len(order)),
            )
        ),
        flags=tuple(str(flag) for flag in row.flags) if isinstance(row.flags, list) else (),
        trace=trace_from_json(row.trace) if isinstance(row.trace, Mapping) else Trace(),
    )


def person_label(person: str, pupil: Pupil | None) -> tuple[Words, str | None]:
    """Return what somebody in a notice is to the pupil, and the name where it is a contact's."""
    known = person_in_notice(person)
    if known is not None:
        return known, (pupil.name.known_as or None) if pupil and person in _LEARNER else None
    contact = dict(contact_ids(pupil)).get(person) if pupil else None
    if contact is not None:
        return relationship(contact.relationship), contact.name
    return Words(person, person), None


_LEARNER = frozenset({"child", "young_person"})


def _person(row: NoticeRecipientRow, pupil: Pupil | None) -> NoticePerson:
    label, name = person_label(row.person, pupil)
    channels = row.channels if isinstance(row.channels, list) else []
    return NoticePerson(
        row_id=row.id,
        person=row.person,
        label=label,
        name=name,
        receives=row.receives,
        because=Words(row.because_en, row.because_cy),
        in_place_of=person_label(row.in_place_of, pupil)[0] if row.in_place_of else None,
        channels=tuple(str(channel) for channel in channels),
        language=row.language,
        undecided=row.why == "not_verified",
    )


def _sending(row: OutboxRow, person: NoticePerson | None) -> Sending:
    return Sending(
        message_id=row.id,
        person=person.label if person else Words("Somebody", "Rhywun"),
        name=person.name if person else None,
        channel=row.channel,
        state=row.state,
        fault=row.fault,
        number=row.sending,
        reason=row.reason,
        queued_at=row.queued_at,
        handed_over_at=row.handed_over_at,
        given_on=row.given_on,
    )
