"""What became of a message: recorded once, told to a person where a person must act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Fate, Handed, Outcome
from mis_bridge.domain.notices import event
from mis_bridge.domain.trace import Trace, trace_from_json
from mis_bridge.domain.words import Words
from mis_bridge.services.calendars import in_force
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.giving import give, take_back
from mis_bridge.services.notice_making import check_recipients
from mis_bridge.services.openings import TaskDesk
from mis_bridge.services.ports import Jobs
from mis_bridge.services.sending.channel_choice import ELECTRONIC, PRINT_PACK, TRACKED
from mis_bridge.services.subscribers import outgoing
from mis_bridge.storage import audit, delivery_routes, outbox, register
from mis_bridge.storage.outbox import Sending
from mis_bridge.storage.tenants import Tenant

UNKNOWN, AT_FAULT = "unknown_whether_sent", "way_at_fault"


def record_handed(
    session: Session,
    tenant: Tenant,
    outbox_id: str,
    handed: Handed,
    *,
    route: str,
    now: datetime,
    jobs: Jobs,
) -> None:
    """Record that the channel took the message; once recorded it stays as it is.

    What goes electronically is given on the day that it was sent, unless the contrary is proved.

    Source: 2018 anaw 2 s.88(6).
    """
    about = _waiting(session, tenant, outbox_id)
    if about is None:
        return
    tracked = about.message.channel in TRACKED
    artefact = f"{route}/{handed.artefact}" if tracked else handed.artefact
    outbox.hand_over(about.message, artefact, handed.digest, at=now)
    facts = {"channel": about.message.channel, "digest": handed.digest}
    audited(session, tenant, about, "notice_handed_over", facts, now)
    _tell(session, tenant, about, outgoing.NOTICE_SENT, now, jobs)
    delivery_routes.note_use(session, tenant, route, at=now)
    session.flush()
    if about.message.channel in ELECTRONIC:
        day, by = day_in_wales(now), "delivery"
        give(session, tenant, outbox_id, on=day, way="electronic", by=by, now=now, jobs=jobs)


def record_put_off(
    session: Session, tenant: Tenant, outbox_id: str, *, route: str, in_doubt: bool
) -> None:
    """Record that the message is to be offered again, and whether it may have arrived."""
    about = _waiting(session, tenant, outbox_id)
    if about is not None:
        outbox.put_off(about.message, route, in_doubt=in_doubt)
        session.flush()


def record_failed(
    session: Session, tenant: Tenant, outbox_id: str, fault: str, *, now: datetime
) -> None:
    """Record that the channel will not take the message, and ask a person for another way."""
    about = _waiting(session, tenant, outbox_id)
    if about is not None:
        ask_a_person(session, tenant, about, _FIND_ANOTHER_WAY, now)
        settle(session, tenant, about, "failed", fault, now)


def record_unknown(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> None:
    """Record that nobody can tell whether the message went, and ask a person to find out."""
    about = _waiting(session, tenant, outbox_id)
    if about is not None:
        ask_a_person(session, tenant, about, PERHAPS_SENT, now)
        settle(session, tenant, about, "blocked", UNKNOWN, now)


def record_misconfigured(
    session: Session,
    tenant: Tenant,
    outbox_id: str,
    *,
    route: str,
    fault: str,
    in_doubt: bool,
    now: datetime,
) -> None:
    """Take a way out of use that cannot work as it is set up; the message waits for a person."""
    about = _waiting(session, tenant, outbox_id)
    if about is None:
        return
    alarm_route(session, tenant, route, fault, pause=True, now=now)
    if in_doubt:
        ask_a_person(session, tenant, about, PERHAPS_SENT, now)
        settle(session, tenant, about, "blocked", UNKNOWN, now)
    else:
        ask_a_person(session, tenant, about, WAY_AT_FAULT, now)
        settle(session, tenant, about, "blocked", f"{AT_FAULT}:{fault}", now)


def record_unfit(session: Session, tenant: Tenant, outbox_id: str, *, now: datetime) -> None:
    """Print a message here that its channel has no form for.

    Where an earlier attempt may have arrived all the same, a person looks first.
    """
    about = _waiting(session, tenant, outbox_id)
    if about is None:
        return
    earlier = outbox.earlier_attempt(about.message)
    if earlier is not None and earlier.in_doubt:
        ask_a_person(session, tenant, about, PERHAPS_SENT, now)
        settle(session, tenant, about, "blocked", UNKNOWN, now)
        return
    facts = {"from": about.message.channel, "to": PRINT_PACK, "rule": "unfit"}
    about.message.channel, about.message.channel_status = PRINT_PACK, None
    audited(session, tenant, about, "notice_channel_changed", facts, now)
    session.flush()


def record_fate(
    session: Session, tenant: Tenant, outbox_id: str, fate: Fate | None, *, now: datetime
) -> str:
    """Record what the channel says of a message that it took; returns the message's state.

    A message that failed after all was not given, whatever was recorded: the contrary is proved,
    and a person finds another way. A technical failure is a fault of the service's own; the same
    message is never sent again by itself, for that needs a person's reason.

    Source: 2018 anaw 2 s.88(6).
    """
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    if about is None or about.message.state not in {"handed_over", "delivered"}:
        return "settled"
    row = about.message
    row.looked_at = now
    told = fate.word if fate is not None else "forgotten"
    changed, row.channel_status = row.channel_status != told, told
    if fate is not None and fate.outcome in {Outcome.FAILED, Outcome.TECHNICAL}:
        if fate.outcome is Outcome.TECHNICAL:
            route = (row.artefact or "").partition("/")[0]
            alarm_route(session, tenant, route, f"{row.channel}:{told}", pause=False, now=now)
        take_back(session, tenant, outbox_id, by="delivery", now=now)
        ask_a_person(session, tenant, about, _NOT_DELIVERED, now)
        settle(session, tenant, about, "failed", f"channel:{told}", now)
    elif changed:
        audited(session, tenant, about, "notice_status", {"status": told}, now)
    session.flush()
    return str(row.state)


def alarm_route(
    session: Session, tenant: Tenant, route: str, fault: str, *, pause: bool, now: datetime
) -> None:
    """Note a fault of a way of sending where the operator looks, once a fault."""
    if delivery_routes.note_fault(session, tenant, route, fault, pause=pause):
        action = "delivery_route_paused" if pause else "delivery_route_fault"
        entry = audit.AuditEntry("delivery", action, f"route:{route}", {"fault": fault})
        audit.append(session, tenant, [entry], now)


def settle(
    session: Session, tenant: Tenant, about: Sending, state: str, fault: str, now: datetime
) -> None:
    """Put an end to a message's way, with the reason."""
    about.message.state, about.message.fault = state, fault
    audited(session, tenant, about, f"notice_{state}", {"fault": fault}, now)
    if state == "failed":
        _tell(session, tenant, about, outgoing.NOTICE_FAILED, now, None)
    session.flush()


def ask_a_person(
    session: Session, tenant: Tenant, about: Sending, because: Words, now: datetime
) -> None:
    """Open a task about a message, with the reason in its trace."""
    known = trace_from_json(about.notice.trace) if isinstance(about.notice.trace, dict) else Trace()
    source = event(about.notice.event).source
    trace = known.step("CHECK-RECIPIENTS", because, source, {"message": about.message.id})
    desk = TaskDesk(session, tenant, in_force(session, tenant), now)
    task = check_recipients(about.notice.event, about.message.id, trace, day_in_wales(now))
    desk.apply(about.pupil.id, (task,), ())


def _tell(
    session: Session, tenant: Tenant, about: Sending, kind: str, now: datetime, jobs: Jobs | None
) -> None:
    facts = {
        "message_id": about.message.id,
        "notice_id": about.notice.id,
        "pupil_id": about.pupil.id,
    }
    outgoing.tell(session, tenant, kind, facts, key=about.message.id, now=now, jobs=jobs)


def audited(
    session: Session,
    tenant: Tenant,
    about: Sending,
    action: str,
    facts: Mapping[str, audit.Fact],
    now: datetime,
) -> None:
    """Write a line about a message into the authority's chain."""
    entry = audit.AuditEntry(
        "delivery",
        action,
        f"message:{about.message.id}",
        {"notice": about.notice.id, "recipient": about.recipient.person, **facts},
    )
    audit.append(session, tenant, [entry], now)


def _waiting(session: Session, tenant: Tenant, outbox_id: str) -> Sending | None:
    register.take_turn(session, tenant)
    about = outbox.sending(session, tenant, outbox_id)
    return about if about is not None and about.message.state == "waiting" else None


_FIND_ANOTHER_WAY = Words(
    "The notice could not be given in this way. The duty is to notify: find another way.",
    "Ni ellid rhoi'r hysbysiad fel hyn. Y ddyletswydd yw hysbysu: dewch o hyd i ffordd arall.",
)
_NOT_DELIVERED = Words(
    "The service that carried the notice says that it did not arrive, so it was not given. The "
    "duty is to notify: find another way.",
    "Mae'r gwasanaeth a gludodd yr hysbysiad yn dweud na chyrhaeddodd, felly nis rhoddwyd. Y "
    "ddyletswydd yw hysbysu: dewch o hyd i ffordd arall.",
)
PERHAPS_SENT = Words(
    "The connection broke while the message was handed over, and the service does not show it. "
    "Find out there whether it was sent; if it was not, send it again and say why.",
    "Torrodd y cysylltiad wrth drosglwyddo'r neges, ac nid yw'r gwasanaeth yn ei dangos. Holwch "
    "yno a anfonwyd hi; os na, anfonwch hi eto gan ddweud pam.",
)
WAY_AT_FAULT = Words(
    "The way of sending is wrongly set up and was paused, so the notice was not sent. Tell whoever "
    "looks after it, then send the notice again or find another way.",
    "Mae'r ffordd o anfon wedi'i gosod yn anghywir ac fe'i rhoddwyd o'r neilltu, felly nid "
    "anfonwyd yr hysbysiad. Rhowch wybod i'r sawl sy'n gofalu amdani, yna anfonwch yr hysbysiad "
    "eto neu dewch o hyd i ffordd arall.",
)
