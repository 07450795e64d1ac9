"""One delivery's attempts: may it be posted now, what is posted, and what became of it.

The worker calls `prepare` in a transaction, `request` in a session that it closes before anything
is posted, and `record` in a transaction. Killed between the posting and its record, it posts again
under the same id: at least once, never lost.
"""

from __future__ import annotations

import random
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.services.subscribers.outgoing import body_of, job_key
from mis_bridge.services.subscribers.secrets import live_secrets
from mis_bridge.storage import audit, subscriptions
from mis_bridge.storage.subscriptions import Delivering
from mis_bridge.storage.tables.sending import OutgoingDeliveryRow, SubscriptionRow
from mis_bridge.storage.tenants import Tenant
from webhooks.signatures import sign

PAUSES: Final = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
    timedelta(hours=24),
)  # fmt: skip
"""How long after a failed attempt the next one is made; the first is made at once.

Source: Standard Webhooks 1.0.0, the example of a retry schedule.
"""

ATTEMPTS: Final = len(PAUSES) + 1
GONE: Final = "gone"
_SLOW_DOWN: Final = frozenset({429, 502, 504})
# What a receiver that says "slow down", or does not answer in time, is given to recover in.
_REST: Final = timedelta(minutes=1)
_SPREAD: Final = timedelta(minutes=2)


class Standing(StrEnum):
    """How a delivery stands before it is posted."""

    READY = "ready"
    OVERTAKEN = "overtaken"
    PUT_OFF = "put_off"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """What is posted where; `body` and the id are the same at every attempt."""

    url: str
    message_id: str
    body: bytes
    secrets: Sequence[bytes] = field(repr=False)

    def headers(self, at: datetime) -> dict[str, str]:
        """Return the headers of an attempt at this moment, signed with every live secret."""
        stamp = int(at.timestamp())
        return {
            "Content-Type": "application/json",
            "webhook-id": self.message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(self.message_id, stamp, self.body, self.secrets),
        }


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of posting once: a status, or the class of what went wrong."""

    at: datetime
    milliseconds: int
    status: int | None = None
    fault: str | None = None
    retry_after: float | None = None

    @property
    def is_accepted(self) -> bool:
        """Say whether the receiver has it: any 2xx, nothing else."""
        return self.status is not None and 200 <= self.status < 300


def prepare(
    session: Session,
    tenant: Tenant,
    subscription_id: str,
    event_id: str,
    *,
    key: str,
    now: datetime,
) -> Standing:
    """Say whether the job `key` may post the delivery now; put it off where it has to wait."""
    about = subscriptions.locked(session, tenant, subscription_id, event_id)
    if about is None or about.delivery.state != "waiting" or job_key(about.delivery) != key:
        return Standing.OVERTAKEN
    subscription = about.subscription
    if subscription.state == "active" and not _rests(subscription, now):
        return Standing.READY
    if subscription.state in {"active", "paused"}:
        # Without a job of its own it waits for the sweep, which asks when the rest is over.
        held = subscription.held_until if _rests(subscription, now) else None
        about.delivery.next_at = held and held + _SPREAD * random.random()  # noqa: S311 - jitter
        session.flush()
        return Standing.PUT_OFF
    _settle(about.delivery, "cancelled", now)
    session.flush()
    return Standing.CANCELLED


def request(
    session: Session, tenant: Tenant, subscription_id: str, event_id: str, *, now: datetime
) -> Request | None:
    """Return what is to be posted, None where that was ended or paused a moment ago."""
    about = subscriptions.delivering(session, tenant, subscription_id, event_id)
    if about is None or about.delivery.state != "waiting" or about.subscription.state != "active":
        return None
    secrets = [
        b64decode(secret.reveal_text().removeprefix("whsec_"))
        for secret in live_secrets(session, about.subscription, now)
    ]
    return Request(about.subscription.url, about.event.id, body_of(about.event), secrets)


def record(
    session: Session,
    tenant: Tenant,
    subscription_id: str,
    event_id: str,
    attempt: Attempt,
    *,
    now: datetime,
) -> OutgoingDeliveryRow | None:
    """Write down what came of an attempt; return the delivery if another attempt is to be made.

    Its `next_at` then says when.
    """
    about = subscriptions.locked(session, tenant, subscription_id, event_id)
    if about is None:
        return None
    delivery, subscription = about.delivery, about.subscription
    waits = delivery.state == "waiting"
    delivery.attempts += 1
    _log(delivery, attempt)
    if attempt.is_accepted:
        subscription.fault, subscription.last_delivered_at = None, attempt.at
        _settle(delivery, "delivered", now)
    elif attempt.status == HTTPStatus.GONE:
        _disable(session, about, now)
    else:
        subscription.fault = _fault(attempt)
        _let_rest(subscription, attempt, now)
        if waits and delivery.attempts < ATTEMPTS:
            pause = PAUSES[delivery.attempts - 1] * random.uniform(1.0, 1.2)  # noqa: S311 - jitter
            asked = timedelta(seconds=attempt.retry_after or 0)
            delivery.next_at = now + max(pause, asked)
            session.flush()
            return delivery
        if waits:
            _settle(delivery, "failed", now)
    session.flush()
    return None


def _rests(subscription: SubscriptionRow, now: datetime) -> bool:
    return subscription.held_until is not None and subscription.held_until > now


def _let_rest(subscription: SubscriptionRow, attempt: Attempt, now: datetime) -> None:
    """Post nothing more there for a while: everything that waits would meet the same answer."""
    asked = timedelta(seconds=attempt.retry_after or 0)
    if attempt.status in _SLOW_DOWN or attempt.fault == "timeout":
        asked = max(asked, _REST)
    if asked > timedelta(0):
        subscription.held_until = max(subscription.held_until or now, now + asked)


def _disable(session: Session, about: Delivering, now: datetime) -> None:
    """Stop telling a receiver that says it is gone: nobody is told again until a person says so."""
    about.subscription.state, about.subscription.fault = "disabled", GONE
    _settle(about.delivery, "cancelled", now)
    session.flush()
    subscriptions.cancel_waiting(session, about.subscription, at=now)
    entry = audit.AuditEntry(
        "delivery",
        "subscription_disabled",
        f"subscription:{about.subscription.id}",
        {"fault": GONE},
    )
    audit.append(session, Tenant(about.subscription.la, about.subscription.school), [entry], now)


def _settle(delivery: OutgoingDeliveryRow, state: str, now: datetime) -> None:
    delivery.state, delivery.next_at, delivery.settled_at = state, None, now


def _log(delivery: OutgoingDeliveryRow, attempt: Attempt) -> None:
    before = delivery.log if isinstance(delivery.log, list) else []
    entry = {
        "round": delivery.round,
        "attempt": delivery.attempts,
        "at": attempt.at.isoformat(timespec="milliseconds"),
        "status": attempt.status,
        "fault": attempt.fault,
        "milliseconds": attempt.milliseconds,
    }
    delivery.log = [*before, entry]


def _fault(attempt: Attempt) -> str:
    return attempt.fault or f"status_{attempt.status}"
