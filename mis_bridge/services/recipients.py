"""A person settles whether somebody receives a notice whom the record leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import Giver
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services import notice_making, routing_facts
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.decision_notices import end_once_given
from mis_bridge.services.notice_making import Asked, Occasion
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.ports import Jobs
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import outbox, register, views_notices, views_pupils, views_tasks
from mis_bridge.storage.audit import AuditEntry, Fact, append
from mis_bridge.storage.routing_facts import RoutingFact
from mis_bridge.storage.tables.duties import NoticeRow

CONFIRMED, WITHHELD = "parent_confirmed", "parent_withheld"
_MAX_REASON = 2000


class ConfirmRefused(Problem):
    """The answer cannot be taken; `field` names the field of the form."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(words)
        self.field = field


def settle_person(
    session: Session,
    visitor: Visitor,
    notice_id: str,
    *,
    person: str,
    receives: bool,
    reason: str,
    now: datetime,
    jobs: Jobs,
) -> tuple[str, ...]:
    """Record that somebody is told, or is not, as a parent; returns who gets the notice by it.

    Only somebody whom the record leaves open can be settled here. The routing is asked again with
    the recorded fact: it alone says who receives.

    Source: 2018 Act s.99(1) (who is a parent); S.I. 2021/401 regs 35-38.
    """
    register.take_turn(session, visitor.tenant)
    notice = views_notices.notice(session, visitor.tenant, notice_id)
    pupil_row = (
        views_pupils.pupil(session, visitor.tenant, notice.pupil_id) if notice is not None else None
    )
    pupil = pupil_of(session, pupil_row) if pupil_row is not None else None
    if notice is None or pupil is None:
        raise ConfirmRefused("person", _NOT_OPEN)
    named = views_notices.people(session, visitor.tenant, notice_id)
    open_ones = {row.person for row in named if row.why == "not_verified"}
    if person not in open_ones - {row.person for row in named if row.receives}:
        raise ConfirmRefused("person", _NOT_OPEN)
    if not reason.strip() or len(reason) > _MAX_REASON:
        raise ConfirmRefused("reason", _REASON)
    kind = CONFIRMED if receives else WITHHELD
    said = reason.strip()
    routing_facts.record(
        session,
        visitor.tenant,
        notice.pupil_id,
        pupil,
        RoutingFact(kind, person, {"because": said, "because_cy": said}),
        by=visitor.actor,
        at=now,
    )
    added: tuple[str, ...] = ()
    if receives:
        occasion = Occasion(notice.event, Giver(notice.given_by), notice.occasion, notice.task_id)
        asked = notice_making.ask(
            session, visitor.tenant, notice.pupil_id, pupil, occasion, day_in_wales(now)
        )
        added = notice_making.add_newly_entitled(
            session, visitor.tenant, notice_id, asked, now=now, jobs=jobs
        )
    entry = AuditEntry(
        visitor.actor,
        "recipient_settled",
        f"notice:{notice_id}",
        {"person": person, "kind": kind, "added": list(added)},
    )
    append(session, visitor.tenant, [entry], now)
    desk = TaskDesk(session, visitor.tenant, in_force(session, visitor.tenant), now, jobs)
    end_once_given(desk, notice.pupil_id, notice_id)
    return added


@dataclass(frozen=True, slots=True)
class Further:
    """Who is to be told today and has no copy of a notice, and about whom the record is in doubt.

    While a record is in doubt, nobody is told.
    """

    people: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


def newly_entitled(session: Session, visitor: Visitor, notice_id: str, on: date) -> Further:
    """Return who is to be told today and has no copy of this notice.

    Source: 2018 Act s.83(3) (the relevant time is that of the giving).
    """
    found = _asked(session, visitor, notice_id, on)
    if found is None or not _is_going_out(session, visitor, found[0]):
        return Further()
    if found[1].doubtful:
        return Further(doubtful=found[1].doubtful)
    told = outbox.people_with_a_copy(session, visitor.tenant, notice_id)
    return Further(tuple(who.id for who in found[1].routed.recipients if who.id not in told))


def tell_newly_entitled(
    session: Session, visitor: Visitor, notice_id: str, *, now: datetime, jobs: Jobs
) -> tuple[str, ...]:
    """Give a notice also to whoever is to be told today and is not yet among its recipients.

    Source: 2018 Act ss.83(3), 84-85; S.I. 2021/401 regs 35-38.
    """
    register.take_turn(session, visitor.tenant)
    found = _asked(session, visitor, notice_id, day_in_wales(now))
    if found is None or found[1].doubtful or not _is_going_out(session, visitor, found[0]):
        return ()
    notice, asked = found
    added = notice_making.add_newly_entitled(
        session, visitor.tenant, notice.id, asked, now=now, jobs=jobs
    )
    if added:
        facts: dict[str, Fact] = {"added": list(added)}
        entry = AuditEntry(visitor.actor, "notice_told_further", f"notice:{notice_id}", facts)
        append(session, visitor.tenant, [entry], now)
    return added


def _is_going_out(session: Session, visitor: Visitor, notice: NoticeRow) -> bool:
    """Say whether a notice is still being given: who joins the family years later has no part."""
    if notice.task_id is not None:
        found = views_tasks.task(session, visitor.tenant, notice.task_id)
        return found is not None and found[0].state == "open"
    messages = views_notices.messages(session, visitor.tenant, notice.id)
    return any(each.given_on is None and each.state != "cancelled" for each in messages)


def _asked(
    session: Session, visitor: Visitor, notice_id: str, on: date
) -> tuple[NoticeRow, Asked] | None:
    """Return a notice with the routing's answer of today; None where there is no such notice."""
    notice = views_notices.notice(session, visitor.tenant, notice_id)
    row = views_pupils.pupil(session, visitor.tenant, notice.pupil_id) if notice else None
    pupil = pupil_of(session, row) if row is not None else None
    if notice is None or pupil is None:
        return None
    occasion = Occasion(notice.event, Giver(notice.given_by), notice.occasion, notice.task_id)
    return notice, notice_making.ask(session, visitor.tenant, notice.pupil_id, pupil, occasion, on)


_NOT_OPEN = Words(
    "Nothing has to be settled about this person in this notice.",
    "Nid oes dim i'w setlo ynghylch y person hwn yn yr hysbysiad hwn.",
)
_REASON = Words(
    "Write the reason, in 2,000 characters at most; it is part of the record.",
    "Ysgrifennwch y rheswm, mewn 2,000 o nodau ar y mwyaf; mae'n rhan o'r cofnod.",
)
