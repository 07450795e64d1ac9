"""Messages on their way: what is to be sent, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import LocalAuthorityRow, SchoolRow
from mis_bridge.storage.tables.duties import (
    DecisionTaskRow,
    NoticeRecipientRow,
    NoticeRow,
    OutboxRow,
)
from mis_bridge.storage.tables.register import PupilRow
from mis_bridge.storage.tenants import Tenant, system_wide

LOOKED_AT_FOR = timedelta(days=14)
LOOKED_AT_EVERY = timedelta(minutes=10)
SETTLED_WORDS = ("delivered", "received", "forgotten")
_ADDRESSEE = "outbox.sealed_addressee"
_BEGUN, _NO_ANSWER, _PUT_OFF = "begun", "no_answer", "put_off"


@dataclass(slots=True, repr=False)
class Sending:
    """One message with everything that it is about."""

    message: OutboxRow
    notice: NoticeRow
    recipient: NoticeRecipientRow
    pupil: PupilRow
    school: SchoolRow
    authority: LocalAuthorityRow
    task: DecisionTaskRow | None

    def __repr__(self) -> str:
        return f"Sending(message={self.message.id!r})"


def sending(session: Session, tenant: Tenant, outbox_id: str) -> Sending | None:
    """Return a message of the tenant with its notice, recipient, pupil and task."""
    found = session.execute(
        select(
            OutboxRow,
            NoticeRow,
            NoticeRecipientRow,
            PupilRow,
            SchoolRow,
            LocalAuthorityRow,
            DecisionTaskRow,
        )
        .join(NoticeRow, (NoticeRow.id == OutboxRow.notice_id) & tenant.owns(NoticeRow))
        .join(
            NoticeRecipientRow,
            (NoticeRecipientRow.id == OutboxRow.recipient_id) & tenant.owns(NoticeRecipientRow),
        )
        .join(PupilRow, (PupilRow.id == NoticeRow.pupil_id) & tenant.owns(PupilRow))
        .join(SchoolRow, SchoolRow.ref == OutboxRow.school)
        .join(LocalAuthorityRow, LocalAuthorityRow.code == OutboxRow.la)
        .outerjoin(
            DecisionTaskRow,
            (DecisionTaskRow.id == NoticeRow.task_id) & tenant.owns(DecisionTaskRow),
        )
        .where(tenant.owns(OutboxRow), OutboxRow.id == outbox_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return Sending(*found) if found is not None else None


def people_told(session: Session, tenant: Tenant, notice_id: str) -> set[str]:
    """Return the ids of everybody to whom a notice goes."""
    return set(
        session.scalars(
            select(NoticeRecipientRow.person).where(
                tenant.owns(NoticeRecipientRow),
                NoticeRecipientRow.notice_id == notice_id,
                NoticeRecipientRow.receives,
            )
        )
    )


def receiving_rows(session: Session, tenant: Tenant, notice_id: str) -> dict[str, str]:
    """Return, by person, the row of everybody to whom a notice is to go, with a copy or without."""
    found = session.execute(
        select(NoticeRecipientRow.person, NoticeRecipientRow.id).where(
            tenant.owns(NoticeRecipientRow),
            NoticeRecipientRow.notice_id == notice_id,
            NoticeRecipientRow.receives,
        )
    )
    return {each.person: each.id for each in found}


def people_with_a_copy(session: Session, tenant: Tenant, notice_id: str) -> set[str]:
    """Return the ids of those for whom a copy was queued, whatever became of it.

    A notice that a record in doubt held back names its people without any.
    """
    return set(
        session.scalars(
            select(NoticeRecipientRow.person)
            .join(
                OutboxRow,
                (OutboxRow.recipient_id == NoticeRecipientRow.id) & tenant.owns(OutboxRow),
            )
            .where(tenant.owns(NoticeRecipientRow), NoticeRecipientRow.notice_id == notice_id)
        )
    )


def addressee(session: Session, row: OutboxRow) -> dict[str, str | None]:
    """Open the name and address that a message bears."""
    opened = keys_of(session).unseal_json(row.sealed_addressee, place(_ADDRESSEE, row.id))
    return opened if isinstance(opened, dict) else {}


def readdress(session: Session, row: OutboxRow, to: dict[str, str | None]) -> None:
    """Put the name and address of today in place of those of the day the message was queued."""
    row.sealed_addressee = keys_of(session).seal_json(to, place(_ADDRESSEE, row.id))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is on record of the attempt before: its way, and whether it may have arrived."""

    route: str
    in_doubt: bool


def earlier_attempt(row: OutboxRow) -> Earlier | None:
    """Return the mark that the last attempt left on a waiting message, None before the first.

    An attempt that was begun and never recorded is in doubt: its process died in between.
    """
    word, colon, route = (row.channel_status or "").partition(":")
    return Earlier(route, word in {_BEGUN, _NO_ANSWER}) if colon else None


def begin_attempt(row: OutboxRow, route: str) -> None:
    """Mark that the message is about to be offered by a way; a crash then leaves the mark."""
    row.channel_status = f"{_BEGUN}:{route}"


def put_off(row: OutboxRow, route: str, *, in_doubt: bool) -> None:
    """Mark that the attempt was not taken, or that nobody knows whether it was."""
    row.channel_status = f"{_NO_ANSWER if in_doubt else _PUT_OFF}:{route}"


def hand_over(row: OutboxRow, artefact: str, digest: str | None, *, at: datetime) -> None:
    """Record that the channel took the message."""
    row.state, row.fault, row.channel_status = "handed_over", None, None
    row.artefact, row.artefact_digest, row.handed_over_at = artefact, digest, at


def give(row: OutboxRow, on: date, *, at: datetime) -> None:
    """Record the day on which the notice counts as given."""
    row.state, row.given_on, row.delivered_at = "delivered", on, at


def is_under_way(session: Session, tenant: Tenant, recipient_id: str) -> bool:
    """Say whether a message to this recipient still waits to be handed over."""
    found = session.scalar(
        select(OutboxRow.id)
        .where(
            tenant.owns(OutboxRow),
            OutboxRow.recipient_id == recipient_id,
            OutboxRow.state == "waiting",
        )
        .limit(1)
    )
    return found is not None


def again(
    session: Session, row: OutboxRow, reason: str, *, channel: str, at: datetime
) -> OutboxRow:
    """Queue a further sending of the same notice to the same person, for the reason stated."""
    fresh = new_id()
    tenant = Tenant(row.la, row.school)
    last = session.scalar(
        select(func.max(OutboxRow.sending)).where(
            tenant.owns(OutboxRow), OutboxRow.recipient_id == row.recipient_id
        )
    )
    second = OutboxRow(
        id=fresh,
        la=row.la,
        school=row.school,
        notice_id=row.notice_id,
        recipient_id=row.recipient_id,
        channel=channel,
        sending=(last or row.sending) + 1,
        reason=reason,
        language=row.language,
        sealed_addressee=keys_of(session).seal_json(
            addressee(session, row), place(_ADDRESSEE, fresh)
        ),
        state="waiting",
        reference=f"mb-{fresh}",
        queued_at=at,
    )
    session.add(second)
    session.flush()
    return second


def to_look_at(
    session: Session, channels: Collection[str], now: datetime, limit: int
) -> list[OutboxRow]:
    """Return messages of every tenant about which their channel may know more by now.

    Those that were never looked at come first; what the channel called settled is left alone.
    """
    return list(
        session.scalars(
            select(OutboxRow)
            .where(
                OutboxRow.channel.in_(list(channels)),
                OutboxRow.state.in_(("handed_over", "delivered")),
                OutboxRow.handed_over_at > now - LOOKED_AT_FOR,
                or_(
                    OutboxRow.channel_status.is_(None),
                    OutboxRow.channel_status.not_in(SETTLED_WORDS),
                ),
                or_(OutboxRow.looked_at.is_(None), OutboxRow.looked_at < now - LOOKED_AT_EVERY),
            )
            .order_by(OutboxRow.looked_at.is_not(None), OutboxRow.looked_at, OutboxRow.id)
            .limit(limit)
            .execution_options(**system_wide("the clock looks after messages of every school"))
        )
    )


def waiting(session: Session, older_than: datetime, limit: int = 500) -> list[OutboxRow]:
    """Return messages of every tenant that have waited since before `older_than`."""
    return list(
        session.scalars(
            select(OutboxRow)
            .where(OutboxRow.state == "waiting", OutboxRow.queued_at < older_than)
            .order_by(OutboxRow.queued_at)
            .limit(limit)
            .execution_options(**system_wide("the clock looks for messages left behind"))
        )
    )
