"""By which ways an authority or a school sends, and the events that others subscribe to."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from mis_bridge.storage.columns import AuthorityOwned, Base, Json, SchoolOwned, Sealed, new_id


class DeliveryRouteRow(AuthorityOwned, Base):
    """A way of sending that an authority, or one school, has set up; a school's own goes first.

    `settings` holds what is no secret (template ids, hosts); `owner`, `purpose` and `expires_on`
    say who answers for the credential, what for and how long.
    """

    __tablename__ = "delivery_routes"
    constraints: ClassVar = (
        CheckConstraint(
            "channel IN ('notify_email', 'notify_letter', 'smtp', 'mis')", name="channel"
        ),
        CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str]
    state: Mapped[str]
    settings: Mapped[Json]
    sealed_secret: Mapped[bytes] = mapped_column(Sealed())
    owner: Mapped[str]
    purpose: Mapped[str]
    expires_on: Mapped[date | None]
    last_used_at: Mapped[datetime | None]
    fault: Mapped[str | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class SubscriptionRow(AuthorityOwned, Base):
    """Somebody else's address that is told of events; `types` is a list, empty for every type.

    `sealed_secrets` holds every live secret, the newest first: a delivery is signed with each.
    Until `held_until` nothing is posted there, because the receiver asked us to slow down.
    """

    __tablename__ = "subscriptions"
    constraints: ClassVar = (
        CheckConstraint("state IN ('active', 'paused', 'disabled', 'ended')", name="state"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str]
    types: Mapped[Json]
    state: Mapped[str]
    sealed_secrets: Mapped[bytes] = mapped_column(Sealed())
    fault: Mapped[str | None]
    owner: Mapped[str]
    purpose: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    last_delivered_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]


class OutgoingEventRow(SchoolOwned, Base):
    """One event as it is told to subscribers: identifiers only; the id is the webhook's own."""

    __tablename__ = "outgoing_events"
    constraints: ClassVar = (Index("ix_outgoing_events_occurred_at", "occurred_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    facts: Mapped[Json]
    occurred_at: Mapped[datetime]


class OutgoingDeliveryRow(SchoolOwned, Base):
    """One event on its way to one subscription; `log` has one entry an attempt.

    `next_at` is when it is posted next; without one, nobody has been asked to post it yet.
    """

    __tablename__ = "outgoing_deliveries"
    constraints: ClassVar = (
        CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'cancelled')", name="state"),
        Index("ix_outgoing_deliveries_state_next_at", "state", "next_at"),
    )

    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(ForeignKey("outgoing_events.id"), primary_key=True)
    round: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_at: Mapped[datetime | None]
    log: Mapped[Json]
    settled_at: Mapped[datetime | None]
