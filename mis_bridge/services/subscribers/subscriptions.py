"""Subscriptions as an operator and an authority's administrator keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.services.ports import POST, Jobs
from mis_bridge.services.subscribers.outgoing import KINDS, job_argument, job_key
from mis_bridge.services.subscribers.secrets import first_secret, next_secret, no_secrets
from mis_bridge.storage import audit, subscriptions, views_authority
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.subscriptions import Delivering
from mis_bridge.storage.tables.sending import SubscriptionRow
from mis_bridge.storage.tenants import Tenant

ENDED = "ended"
_MOST_TEXT = 200


class SubscriptionProblem(Problem):
    """A subscription is not there, or cannot be changed as asked."""


class EventUnknown(SubscriptionProblem):
    """The event never went to that subscription, or the subscription is not the tenant's."""

    def __init__(self) -> None:
        super().__init__(_NO_EVENT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `types` is empty for every kind of event.

    The address has been vetted (`outward.vet`): that asks the network, and no transaction waits
    for it.
    """

    url: str
    owner: str
    purpose: str
    types: Sequence[str] = ()


def add(
    session: Session, tenant: Tenant, wanted: Wanted, *, by: str, now: datetime
) -> tuple[str, Secret]:
    """Keep a subscription of an authority or of one school; its id, and its secret to show once."""
    _check(session, tenant, wanted)
    row = SubscriptionRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.school,
        url=wanted.url,
        types=sorted(set(wanted.types)),
        state="active",
        owner=wanted.owner.strip(),
        purpose=wanted.purpose.strip(),
        created_by=by,
        created_at=now,
    )
    secret = first_secret(session, row)
    subscriptions.add(session, row)
    _note(session, row, "subscription_added", by, now, {"types": list(wanted.types)})
    return row.id, secret


def found(session: Session, subscription_id: str) -> SubscriptionRow:
    """Return a subscription by its id, for the operator; raises SubscriptionProblem."""
    row = subscriptions.of_anybody(session, subscription_id)
    if row is None:
        raise SubscriptionProblem(_UNKNOWN)
    return row


def tenant_of(row: SubscriptionRow) -> Tenant:
    """Return whose subscription it is."""
    return Tenant(row.la, row.school)


def rotate(session: Session, row: SubscriptionRow, *, by: str, now: datetime) -> Secret:
    """Give one more secret, to show once; the one before it signs along for seven days more."""
    _refuse_ended(row)
    secret = next_secret(session, row, now)
    session.flush()
    _note(session, row, "subscription_secret_changed", by, now)
    return secret


def pause(session: Session, row: SubscriptionRow, *, by: str, now: datetime) -> None:
    """Post nothing for a while; what happens meanwhile is kept and goes out afterwards."""
    if row.state != "active":
        raise SubscriptionProblem(_NOT_ACTIVE)
    _change(session, row, "paused", by, now)


def resume(session: Session, row: SubscriptionRow, *, by: str, now: datetime) -> None:
    """Post again, what waited first; also where the receiver had said that it was gone."""
    _refuse_ended(row)
    row.fault, row.held_until = None, None
    _change(session, row, "active", by, now)


def end(session: Session, row: SubscriptionRow, *, by: str, now: datetime) -> None:
    """Tell nothing any more, ever; the log stays, the secrets do not."""
    _refuse_ended(row)
    no_secrets(session, row)
    _change(session, row, ENDED, by, now)
    subscriptions.cancel_waiting(session, row, at=now)


def replay(
    session: Session, tenant: Tenant, about: Delivering, *, by: str, now: datetime, jobs: Jobs
) -> None:
    """Post a settled delivery once more, under the same id, with all its attempts before it."""
    if about.subscription.state not in {"active", "paused"}:
        raise SubscriptionProblem(_RESUME_FIRST)
    delivery = about.delivery
    if delivery.state == "waiting":
        raise SubscriptionProblem(_WAITS)
    delivery.state, delivery.attempts, delivery.settled_at = "waiting", 0, None
    delivery.round += 1
    active = about.subscription.state == "active"
    delivery.next_at = now if active else None
    session.flush()
    if active:
        jobs.enqueue(session, POST, job_key(delivery), job_argument(delivery))
    entry = audit.AuditEntry(
        by,
        "event_told_again",
        f"subscription:{delivery.subscription_id}",
        {"event": delivery.event_id, "round": delivery.round},
    )
    audit.append(session, Tenant(tenant.la, delivery.school), [entry], now)


def replay_one(
    session: Session,
    tenant: Tenant,
    subscription_id: str,
    event_id: str,
    *,
    by: str,
    now: datetime,
    jobs: Jobs,
) -> None:
    """Post one delivery of the tenant's once more; raises SubscriptionProblem."""
    about = subscriptions.locked(session, tenant, subscription_id, event_id)
    if about is None:
        raise EventUnknown
    replay(session, tenant, about, by=by, now=now, jobs=jobs)


def _check(session: Session, tenant: Tenant, wanted: Wanted) -> None:
    if tenant.school is not None:
        if views_authority.school(session, tenant) is None:
            raise SubscriptionProblem(_NO_SCHOOL.fill(school=tenant.school))
    elif views_authority.authority(session, tenant.la) is None:
        raise SubscriptionProblem(_NO_AUTHORITY.fill(la=tenant.la))
    for text in (wanted.owner.strip(), wanted.purpose.strip()):
        if not text or len(text) > _MOST_TEXT:
            raise SubscriptionProblem(_WHOSE)
    unknown = sorted(set(wanted.types) - set(KINDS))
    if unknown:
        raise SubscriptionProblem(_NO_KIND.fill(kind=unknown[0]))


def _refuse_ended(row: SubscriptionRow) -> None:
    if row.state == ENDED:
        raise SubscriptionProblem(_HAS_ENDED)


def _change(session: Session, row: SubscriptionRow, state: str, by: str, now: datetime) -> None:
    row.state = state
    session.flush()
    subscriptions.forget_interested(session)
    _note(session, row, f"subscription_{state}", by, now)


def _note(
    session: Session,
    row: SubscriptionRow,
    action: str,
    by: str,
    now: datetime,
    facts: dict[str, audit.Fact] | None = None,
) -> None:
    entry = audit.AuditEntry(by, action, f"subscription:{row.id}", facts or {})
    audit.append(session, tenant_of(row), [entry], now)


_UNKNOWN = Words(
    "there is no subscription with this id; see mis-bridge subscription list",
    "nid oes tanysgrifiad â'r id hwn; gweler mis-bridge subscription list",
)
_NO_EVENT = Words(
    "this event never went to this subscription; see mis-bridge subscription log",
    "nid aeth y digwyddiad hwn erioed i'r tanysgrifiad hwn; gweler mis-bridge subscription log",
)
_NO_SCHOOL = Words(
    "the school {school} is not in this database; add it with mis-bridge school add",
    "nid yw'r ysgol {school} yn y gronfa ddata hon; ychwanegwch hi â mis-bridge school add",
)
_NO_AUTHORITY = Words(
    "the local authority {la} is not in this database; add it with mis-bridge la add",
    "nid yw'r awdurdod lleol {la} yn y gronfa ddata hon; ychwanegwch ef â mis-bridge la add",
)
_WHOSE = Words(
    f"say who answers for the subscription and what it is for, in {_MOST_TEXT} characters at most",
    f"nodwch pwy sy'n atebol am y tanysgrifiad ac i beth y mae, mewn {_MOST_TEXT} nod ar y mwyaf",
)
_NO_KIND = Words(
    "{kind} is no kind of event; the kinds are in the help of mis-bridge subscription add",
    "nid yw {kind} yn fath o ddigwyddiad; mae'r mathau yng nghymorth mis-bridge subscription add",
)
_NOT_ACTIVE = Words(
    "only an active subscription can be paused",
    "dim ond tanysgrifiad sydd ar waith y gellir ei oedi",
)
_HAS_ENDED = Words(
    "this subscription has ended; add a new one",
    "mae'r tanysgrifiad hwn wedi dod i ben; ychwanegwch un newydd",
)
_RESUME_FIRST = Words(
    "nothing is posted to this subscription; resume it first",
    "nid oes dim yn cael ei bostio i'r tanysgrifiad hwn; ailddechreuwch ef yn gyntaf",
)
_WAITS = Words(
    "this event is still on its way; wait until it is settled",
    "mae'r digwyddiad hwn ar ei ffordd o hyd; arhoswch nes iddo gael ei setlo",
)
