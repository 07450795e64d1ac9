"""The rows of ways of sending: set up by the operator, chosen from for every message."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.sending import DeliveryRouteRow
from mis_bridge.storage.tenants import Tenant, system_wide

_SEALED = "delivery_routes.sealed_secret"
_USE_NOTED_EVERY = timedelta(hours=1)


class RouteUnknown(Problem):
    """No way of sending has this id."""

    def __init__(self) -> None:
        super().__init__(_UNKNOWN)


def add(session: Session, row: DeliveryRouteRow, secret: Secret) -> None:
    """Store a way of sending with its credential; the row bears its id already."""
    row.sealed_secret = keys_of(session).seal(secret.reveal(), place(_SEALED, row.id))
    session.add(row)
    session.flush()


def secret_of(session: Session, row: DeliveryRouteRow) -> Secret:
    """Return the credential; it may be empty, for a mail server that asks for none."""
    return Secret(keys_of(session).unseal(row.sealed_secret, place(_SEALED, row.id)))


def forget_secret(session: Session, row: DeliveryRouteRow) -> None:
    """Put nothing in place of the credential: what is ended holds none."""
    row.sealed_secret = keys_of(session).seal(b"", place(_SEALED, row.id))


def by_id(session: Session, route_id: str) -> DeliveryRouteRow:
    """Return a way of sending by its id; its own columns then say whose it is."""
    row = session.scalar(
        select(DeliveryRouteRow)
        .where(DeliveryRouteRow.id == route_id)
        .execution_options(**system_wide("a route's id is what tells the tenant"))
    )
    if row is None:
        raise RouteUnknown
    return row


def listed(session: Session, tenant: Tenant | None) -> list[DeliveryRouteRow]:
    """Return a tenant's own ways of sending, or with None everybody's for the operator."""
    chosen = select(DeliveryRouteRow).order_by(
        DeliveryRouteRow.la, DeliveryRouteRow.school, DeliveryRouteRow.created_at
    )
    if tenant is not None:
        return list(session.scalars(chosen.where(tenant.owns(DeliveryRouteRow))))
    return list(
        session.scalars(chosen.execution_options(**system_wide("the operator lists them all")))
    )


def of_school(session: Session, tenant: Tenant) -> list[DeliveryRouteRow]:
    """Return every way that a school has or has had: its own first, then its authority's."""
    rows = session.scalars(
        select(DeliveryRouteRow)
        .where(
            DeliveryRouteRow.la == tenant.la,
            or_(DeliveryRouteRow.school.is_(None), DeliveryRouteRow.school == tenant.of_school),
        )
        .order_by(DeliveryRouteRow.created_at, DeliveryRouteRow.id)
    )
    return sorted(rows, key=lambda row: row.school is None)


def is_usable(row: DeliveryRouteRow, on: date) -> bool:
    """Say whether messages may go by this way on a day."""
    return row.state == "active" and (row.expires_on is None or row.expires_on >= on)


def note_use(session: Session, tenant: Tenant, route_id: str, *, at: datetime) -> None:
    """Note that a way was used; once an hour, for many messages go by one way."""
    session.execute(
        update(DeliveryRouteRow)
        .where(
            DeliveryRouteRow.la == tenant.la,
            DeliveryRouteRow.id == route_id,
            or_(
                DeliveryRouteRow.last_used_at.is_(None),
                DeliveryRouteRow.last_used_at < at - _USE_NOTED_EVERY,
            ),
        )
        .values(last_used_at=at)
        .execution_options(synchronize_session=False)
    )


def note_fault(session: Session, tenant: Tenant, route_id: str, fault: str, *, pause: bool) -> bool:
    """Note what is wrong with a way, and pause it; False where that was known already."""
    values: dict[str, object] = {"fault": fault}
    if pause:
        values["state"] = "paused"
    return (
        session.scalars(
            update(DeliveryRouteRow)
            .where(
                DeliveryRouteRow.la == tenant.la,
                DeliveryRouteRow.id == route_id,
                DeliveryRouteRow.state == "active",
                or_(DeliveryRouteRow.fault.is_(None), DeliveryRouteRow.fault != fault),
            )
            .values(**values)
            .returning(DeliveryRouteRow.id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        is not None
    )


_UNKNOWN = Words(
    "there is no way of sending with this id; see mis-bridge delivery list",
    "nid oes ffordd o anfon â'r id hwn; gweler mis-bridge delivery list",
)
