"""Connections as the operator adds them: the school's tie to its MIS, and the sender's secret."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.storage import audit, connections
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.authorities import ConnectionRow, SchoolRow
from mis_bridge.storage.tenants import Tenant

OVERLAP = timedelta(days=7)


class ConnectingProblem(Problem):
    """A connection cannot be added as asked."""


@dataclass(frozen=True, slots=True)
class Added:
    """A new connection; `secret` is None where nobody posts, and is shown this once."""

    connection_id: str
    endpoint_path: str | None
    secret: Secret | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator asks for."""

    vendor: str
    sender: str
    base_url: str | None = None
    vendor_school: str | None = None
    token: Secret | None = None
    accepts_full_records: bool = False
    change_limit: int | None = None


def add(session: Session, tenant: Tenant, wanted: Wanted, *, by: str, now: datetime) -> Added:
    """Add a connection of a school that is there."""
    if session.get(SchoolRow, tenant.of_school) is None:
        raise ConnectingProblem(_NO_SCHOOL.fill(school=tenant.of_school))
    posts = wanted.sender != "none"
    row = connections.add(
        session,
        ConnectionRow(
            id=new_id(),
            la=tenant.la,
            school=tenant.of_school,
            vendor=wanted.vendor,
            sender=wanted.sender,
            endpoint_id=secrets.token_urlsafe(24) if posts else None,
            base_url=wanted.base_url,
            vendor_school=wanted.vendor_school,
            accepts_full_records=wanted.accepts_full_records,
            change_limit=wanted.change_limit,
            state="active",
            created_at=now,
        ),
        wanted.token,
    )
    secret = _new_secret(wanted.sender)
    if secret is not None:
        connections.add_secret(session, row, secret, valid_from=now)
    entry = audit.AuditEntry(
        by,
        "connection_added",
        f"connection:{row.id}",
        {"vendor": wanted.vendor, "sender": wanted.sender},
    )
    audit.append(session, tenant, [entry], now)
    path = f"/webhooks/{wanted.sender}/{row.endpoint_id}" if posts else None
    return Added(row.id, path, secret)


def change_secret(session: Session, connection_id: str, *, by: str, now: datetime) -> Secret:
    """Give a connection a new secret; the old ones hold for seven days more."""
    row = connections.by_id(session, connection_id)
    secret = _new_secret(row.sender)
    if secret is None:
        raise ConnectingProblem(_NOBODY_SIGNS)
    fresh = connections.add_secret(session, row, secret, valid_from=now)
    connections.end_secrets(session, row, keeping=fresh, valid_until=now + OVERLAP)
    entry = audit.AuditEntry(by, "secret_changed", f"connection:{row.id}", {})
    audit.append(session, connections.tenant_of(row), [entry], now)
    return secret


def files_connection(
    session: Session, tenant: Tenant, vendor: str, *, now: datetime
) -> ConnectionRow:
    """Return the connection under which a school's files of a vendor come in; made on first use."""
    if session.get(SchoolRow, tenant.of_school) is None:
        raise ConnectingProblem(_NO_SCHOOL.fill(school=tenant.of_school))
    known = connections.of_files(session, tenant, vendor)
    if known is not None:
        return known
    return connections.add(
        session,
        ConnectionRow(
            id=new_id(),
            la=tenant.la,
            school=tenant.of_school,
            vendor=vendor,
            sender="none",
            is_files=True,
            state="active",
            created_at=now,
        ),
        None,
    )


def _new_secret(sender: str) -> Secret | None:
    """Make a secret in the form that the sender's own libraries read."""
    match sender:
        case "standard":
            return Secret(f"whsec_{b64encode(secrets.token_bytes(32)).decode()}")
        case "github":
            return Secret(secrets.token_hex(32))
        case _:
            return None


_NO_SCHOOL = Words(
    "the school {school} is not in this database; add it with mis-bridge school add",
    "nid yw'r ysgol {school} yn y gronfa ddata hon; ychwanegwch hi â mis-bridge school add",
)
_NOBODY_SIGNS = Words(
    "nobody signs what comes to this connection, so it has no secret",
    "nid oes neb yn llofnodi'r hyn a ddaw i'r cysylltiad hwn, felly nid oes cyfrinach ganddo",
)
