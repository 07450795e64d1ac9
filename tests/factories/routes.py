"""Builders of ways of sending that lead to a stand-in on loopback."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mis_bridge.domain.secrets import Secret
from mis_bridge.services.sending import routes as delivery_routes
from mis_bridge.services.sending.routes import Wanted
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW
from tests.support.fake_notify import TEMPLATE, FakeNotify


def add_notify(session: Session, tenant: Tenant, notify: FakeNotify, channel: str) -> str:
    """Set up GOV.UK Notify's e-mail or letters."""
    settings = {"base_url": notify.origin}
    if channel == "notify_email":
        settings["template_id"] = TEMPLATE
    return add_route(session, tenant, channel, settings, notify.key, notify.origin)


def add_route(
    session: Session,
    tenant: Tenant,
    channel: str,
    settings: dict[str, str],
    secret: str,
    origin: str,
) -> str:
    """Set up a way of sending."""
    wanted = Wanted(channel, Secret(secret), "ALN lead", "ALN notices", settings)
    return delivery_routes.add(
        session, tenant, wanted, by="test", now=NOW, trusted_origins=frozenset({origin})
    )
