"""Subscriptions and what went to them, as a page or a command shows them: never their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Words
from mis_bridge.services.subscribers import attempts as outgoing_attempts
from mis_bridge.storage import subscriptions
from mis_bridge.storage.subscriptions import Delivering
from mis_bridge.storage.tables.sending import SubscriptionRow
from mis_bridge.storage.tenants import Tenant

PER_PAGE: Final = 25
STATES: Final = ("waiting", "delivered", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """How a subscription stands; `address` is without its query, where some hide a password."""

    subscription_id: str
    la: str
    school: str | None
    address: str
    types: tuple[str, ...]
    state: str
    fault: str | None
    owner: str
    purpose: str
    created_at: datetime
    last_delivered_at: datetime | None
    counts: Mapping[str, int]

    @property
    def fault_words(self) -> Words | None:
        """What is wrong, in words."""
        return said_fault(self.fault)


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt: when, how long it took, and what came back."""

    at: datetime
    milliseconds: int
    words: Words


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One event on its way to a subscription, with every attempt."""

    event_id: str
    type: str
    school: str
    occurred_at: datetime
    state: str
    next_at: datetime | None
    attempts: tuple[AttemptLine, ...]
    can_go_again: bool


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """One subscription with a page of its log; `page` counts from 1."""

    line: SubscriptionLine
    deliveries: tuple[DeliveryLine, ...]
    state: str | None
    page: int
    pages: int


def listed(session: Session, tenant: Tenant) -> tuple[SubscriptionLine, ...]:
    """Return the tenant's subscriptions, an authority's with those of its schools."""
    counted = subscriptions.counts(session, tenant)
    return tuple(_line(row, counted) for row in subscriptions.listed(session, tenant))


def subscription_page(
    session: Session, tenant: Tenant, subscription_id: str, *, state: str | None, page: int
) -> SubscriptionPage | None:
    """Return one subscription of the tenant with a page of its log, the newest event first."""
    row = subscriptions.by_id(session, tenant, subscription_id)
    if row is None:
        return None
    chosen = state if state in STATES else None
    count = subscriptions.count_told(session, tenant, subscription_id, state=chosen)
    pages = max(1, -(-count // PER_PAGE))
    number = min(max(1, page), pages)
    told = subscriptions.told(
        session,
        tenant,
        subscription_id,
        state=chosen,
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    counted = subscriptions.counts(session, tenant)
    return SubscriptionPage(
        _line(row, counted), tuple(map(delivery_line, told)), chosen, number, pages
    )


def delivery_line(about: Delivering) -> DeliveryLine:
    """Return one delivery as it is shown."""
    delivery, log = about.delivery, about.delivery.log
    return DeliveryLine(
        event_id=about.event.id,
        type=about.event.type,
        school=about.event.school,
        occurred_at=about.event.occurred_at,
        state=delivery.state,
        next_at=delivery.next_at,
        attempts=tuple(map(_attempt, log if isinstance(log, list) else [])),
        can_go_again=(
            delivery.state != "waiting" and about.subscription.state in {"active", "paused"}
        ),
    )


def said_fault(fault: str | None) -> Words | None:
    """Say in words what a code of a fault means."""
    if fault is None:
        return None
    if fault.startswith("status_"):
        return _ANSWERED.fill(status=fault.removeprefix("status_"))
    return _FAULTS.get(fault, _OTHER)


def _line(row: SubscriptionRow, counted: Mapping[tuple[str, str], int]) -> SubscriptionLine:
    address = urlsplit(row.url)
    return SubscriptionLine(
        subscription_id=row.id,
        la=row.la,
        school=row.school,
        address=f"{address.scheme}://{address.netloc}{address.path}",
        types=tuple(row.types),
        state=row.state,
        fault=row.fault,
        owner=row.owner,
        purpose=row.purpose,
        created_at=row.created_at,
        last_delivered_at=row.last_delivered_at,
        counts={state: counted.get((row.id, state), 0) for state in STATES},
    )


def _attempt(entry: Mapping[str, Any]) -> AttemptLine:
    status = entry.get("status")
    words = _ANSWERED.fill(status=status) if status else said_fault(str(entry.get("fault")))
    return AttemptLine(
        datetime.fromisoformat(str(entry["at"])), int(entry["milliseconds"]), words or _OTHER
    )


_ANSWERED: Final = Words("it answered {status}", "atebodd {status}")
_OTHER: Final = Words("the posting failed on our side", "methodd y postio ar ein hochr ni")
_FAULTS: Final = MappingProxyType(
    {
        outgoing_attempts.GONE: Words(
            "it answered 410: it wants to be told no more",
            "atebodd 410: nid yw am gael ei hysbysu mwyach",
        ),
        "timeout": Words("no answer in time", "dim ateb mewn pryd"),
        "connection": Words(
            "no connection, or it broke off", "dim cysylltiad, neu fe dorrodd y cysylltiad"
        ),
        "name": Words("its name was not found", "ni chafwyd hyd i'w enw"),
        "address": Words(
            "its address leads where we may not call",
            "mae ei gyfeiriad yn arwain i fan na chawn ei alw",
        ),
        "certificate": Words(
            "its certificate does not prove who it is",
            "nid yw ei dystysgrif yn profi pwy ydyw",
        ),
    }
)
