"""A person settles whether somebody receives a notice whom the record leaves open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.notices import Giver
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services import notice_making, routing_facts
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.pages import pupil_of
from mis_bridge.services.ports import Jobs
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import outbox, register, views_notices, views_pupils
from mis_bridge.storage.audit import AuditEntry, append
from mis_bridge.storage.routing_facts import RoutingFact

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
        told = outbox.people_told(session, visitor.tenant, notice_id)
        added = notice_making.add_newly_entitled(
            session, visitor.tenant, notice_id, asked, told, now=now, jobs=jobs
        )
    entry = AuditEntry(
        visitor.actor,
        "recipient_settled",
        f"notice:{notice_id}",
        {"person": person, "kind": kind, "added": list(added)},
    )
    append(session, visitor.tenant, [entry], now)
    return added


_NOT_OPEN = Words(
    "Nothing has to be settled about this person in this notice.",
    "Nid oes dim i'w setlo ynghylch y person hwn yn yr hysbysiad hwn.",
)
_REASON = Words(
    "Write the reason, in 2,000 characters at most; it is part of the record.",
    "Ysgrifennwch y rheswm, mewn 2,000 o nodau ar y mwyaf; mae'n rhan o'r cofnod.",
)
