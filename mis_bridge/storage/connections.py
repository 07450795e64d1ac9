"""Connections: one school's tie to one vendor, and the secrets that prove its sender."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.database import keys_of
from mis_bridge.storage.sealing import place
from mis_bridge.storage.tables.authorities import ConnectionRow, ConnectionSecretRow
from mis_bridge.storage.tenants import Tenant, system_wide

_TOKEN = "connections.sealed_token"  # noqa: S105 - names a column
_SECRET = "connection_secrets.sealed_secret"  # noqa: S105 - names a column


class ConnectionUnknown(Problem):
    """No connection has this id."""

    def __init__(self) -> None:
        super().__init__(_UNKNOWN)


def by_id(session: Session, connection_id: str) -> ConnectionRow:
    """Return a connection by its id; its own columns then say whose it is."""
    row = session.scalar(
        select(ConnectionRow)
        .where(ConnectionRow.id == connection_id)
        .execution_options(**system_wide("a connection's id is what tells the tenant"))
    )
    if row is None:
        raise ConnectionUnknown
    return row


def by_endpoint(session: Session, sender: str, endpoint_id: str) -> ConnectionRow | None:
    """Return the connection to which an opaque endpoint belongs, None for unknown or not active."""
    return session.scalar(
        select(ConnectionRow)
        .where(
            ConnectionRow.endpoint_id == endpoint_id,
            ConnectionRow.sender == sender,
            ConnectionRow.state.in_(("active", "failing")),
        )
        .execution_options(**system_wide("an endpoint's id is what tells the tenant"))
    )


def tenant_of(row: ConnectionRow) -> Tenant:
    """Return whose connection it is."""
    return Tenant(row.la, row.school)


def listed(session: Session, tenant: Tenant | None) -> list[ConnectionRow]:
    """Return a tenant's connections, or with None everybody's for the operator."""
    chosen = select(ConnectionRow).order_by(ConnectionRow.school, ConnectionRow.created_at)
    if tenant is not None:
        return list(session.scalars(chosen.where(tenant.owns(ConnectionRow))))
    return list(
        session.scalars(chosen.execution_options(**system_wide("the operator lists them all")))
    )


def add(session: Session, row: ConnectionRow, token: Secret | None) -> ConnectionRow:
    """Store a connection with its token."""
    row.id = row.id or new_id()
    if token:
        row.sealed_token = keys_of(session).seal(token.reveal(), place(_TOKEN, row.id))
    session.add(row)
    session.flush()
    return row


def token_of(session: Session, row: ConnectionRow) -> Secret | None:
    """Return the token with which the vendor is asked."""
    if row.sealed_token is None:
        return None
    return Secret(keys_of(session).unseal(row.sealed_token, place(_TOKEN, row.id)))


def set_token(session: Session, row: ConnectionRow, token: Secret) -> None:
    """Put another token in place of the connection's own."""
    row.sealed_token = keys_of(session).seal(token.reveal(), place(_TOKEN, row.id))


def add_secret(
    session: Session, row: ConnectionRow, secret: Secret, *, valid_from: datetime
) -> str:
    """Store one more webhook secret; return its id."""
    secret_id = new_id()
    session.add(
        ConnectionSecretRow(
            id=secret_id,
            la=row.la,
            school=row.school,
            connection_id=row.id,
            sealed_secret=keys_of(session).seal(secret.reveal(), place(_SECRET, secret_id)),
            valid_from=valid_from,
        )
    )
    session.flush()
    return secret_id


def end_secrets(
    session: Session, row: ConnectionRow, *, keeping: str, valid_until: datetime
) -> None:
    """Let every secret but one end at `valid_until`, so that a sender has time to change over."""
    session.execute(
        update(ConnectionSecretRow)
        .where(
            tenant_of(row).owns(ConnectionSecretRow),
            ConnectionSecretRow.connection_id == row.id,
            ConnectionSecretRow.id != keeping,
            ConnectionSecretRow.valid_until.is_(None),
        )
        .values(valid_until=valid_until)
        .execution_options(synchronize_session=False)
    )


def live_secrets(session: Session, row: ConnectionRow, at: datetime) -> list[tuple[str, Secret]]:
    """Return the secrets that hold at `at` with their ids, newest first."""
    ring = keys_of(session)
    rows: Sequence[ConnectionSecretRow] = session.scalars(
        select(ConnectionSecretRow)
        .where(
            tenant_of(row).owns(ConnectionSecretRow),
            ConnectionSecretRow.connection_id == row.id,
            ConnectionSecretRow.valid_from <= at,
            or_(ConnectionSecretRow.valid_until.is_(None), ConnectionSecretRow.valid_until > at),
        )
        .order_by(ConnectionSecretRow.valid_from.desc())
    ).all()
    return [
        (secret.id, Secret(ring.unseal(secret.sealed_secret, place(_SECRET, secret.id))))
        for secret in rows
    ]


def vendor_of(session: Session, tenant: Tenant, connection_id: str) -> str:
    """Return the vendor of one of the tenant's connections."""
    vendor = session.scalar(
        select(ConnectionRow.vendor).where(
            tenant.owns(ConnectionRow), ConnectionRow.id == connection_id
        )
    )
    if vendor is None:
        raise ConnectionUnknown
    return vendor


def last_read_at(session: Session, tenant: Tenant, connection_id: str) -> datetime | None:
    """Return when the connection's source was last read to its end."""
    return session.scalar(
        select(ConnectionRow.last_read_at).where(
            tenant.owns(ConnectionRow), ConnectionRow.id == connection_id
        )
    )


_UNKNOWN = Words(
    "there is no connection with this id; see mis-bridge connection list",
    "nid oes cysylltiad â'r id hwn; gweler mis-bridge connection list",
)


def of_files(session: Session, tenant: Tenant, vendor: str) -> ConnectionRow | None:
    """Return the connection under which a school's files of a vendor come in."""
    return session.scalar(
        select(ConnectionRow).where(
            tenant.owns(ConnectionRow), ConnectionRow.vendor == vendor, ConnectionRow.is_files
        )
    )
