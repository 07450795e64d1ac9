"""A connection's source, opened for asking: its client, and the translator of what it answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from adapters.base import ConnectionSettings, VendorClient
from adapters.registry import client
from mis_bridge.services.mapping.translating import Translator, mapping_in_force
from mis_bridge.storage import connections
from mis_bridge.storage.tenants import Tenant


@dataclass(frozen=True, slots=True)
class OpenSource:
    """What is needed to work on one connection with no transaction open.

    `settings` is None for a connection that has no interface to ask.
    """

    tenant: Tenant
    connection_id: str
    vendor: str
    vendor_school: str | None
    accepts_full_records: bool
    translator: Translator
    settings: ConnectionSettings | None

    def client(self) -> VendorClient | None:
        """Return the client of the source, None where there is no interface."""
        if self.settings is None:
            return None
        return client(self.vendor, self.settings, self.translator.options)

    def client_with(self, token: str, vendor_school: str) -> VendorClient | None:
        """Return a client that asks with another token for another school: to check a claim."""
        if self.settings is None:
            return None
        other = replace(self.settings, token=token, school_ref=vendor_school)
        return client(self.vendor, other, self.translator.options)


def open_source(
    session: Session,
    connection_id: str,
    trusted_origins: frozenset[str],
    *,
    attempts: int = 5,
) -> OpenSource:
    """Read what a connection's source needs; the session may be closed afterwards.

    `attempts` is how often one question is put; whoever asks again later by itself puts it once.
    """
    row = connections.by_id(session, connection_id)
    token = connections.token_of(session, row)
    settings = None
    if row.base_url is not None:
        settings = ConnectionSettings(
            base_url=row.base_url,
            school_ref=row.vendor_school or "",
            token=token.reveal_text() if token else "",
            trusted_origins=trusted_origins,
            attempts=attempts,
        )
    return OpenSource(
        tenant=connections.tenant_of(row),
        connection_id=row.id,
        vendor=row.vendor,
        vendor_school=row.vendor_school,
        accepts_full_records=row.accepts_full_records,
        translator=Translator(mapping_in_force(session, row), row.vendor, row.school),
        settings=settings,
    )
