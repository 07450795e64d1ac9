"""From a way that was set up to the channel that a message goes by."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy.orm import Session

from mis_bridge.delivery.base import Channel, DeliveryMisconfigured, DeliveryUnavailable
from mis_bridge.delivery.mis import MisMessage
from mis_bridge.delivery.notify import LIVE, NotifyEmail, NotifyLetter
from mis_bridge.delivery.print_pack import PrintPack
from mis_bridge.delivery.smtp import MailServer, Smtp
from mis_bridge.delivery.wire import Reply
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.services import outward
from mis_bridge.services.sending.channel_choice import PRINT_PACK
from mis_bridge.services.sending.wire import GuardedWire, connection_to
from mis_bridge.storage import delivery_routes
from mis_bridge.storage.tables.sending import DeliveryRouteRow
from mis_bridge.storage.tenants import Tenant
from webhooks.signatures import key_from_secret, sign

NO_ROUTE = "-"


@dataclass(frozen=True, slots=True)
class Way:
    """A channel ready for use, and the id of the route that it was set up by."""

    route: str
    channel: Channel


class Ways(Protocol):
    """What the worker is handed: the ways of every school."""

    def opened(self, session: Session, tenant: Tenant, channel: str, on: date) -> Way:
        """Return the way by which a school's messages of this channel go today."""

    def of_route(self, session: Session, tenant: Tenant, route: str) -> Way | None:
        """Return the way of one route, whatever its state; None where it is not the school's."""


class OpenWays:
    """The ways as they are set up in the database, and the print packs in a folder.

    `trusted_origins` are the operator's own exceptions from the rule on inner addresses; by `clock`
    what is signed is dated; a channel is waited for `seconds` at each step.
    """

    def __init__(
        self,
        print_packs: Path,
        trusted_origins: frozenset[str],
        clock: Callable[[], datetime],
        seconds: float = 30.0,
    ) -> None:
        self._print_packs, self._trusted = print_packs, trusted_origins
        self._clock, self._seconds = clock, seconds

    def opened(self, session: Session, tenant: Tenant, channel: str, on: date) -> Way:
        """Return the way to use; raises DeliveryMisconfigured where none is set up any more."""
        if channel == PRINT_PACK:
            return Way(NO_ROUTE, PrintPack(self._print_packs))
        for row in delivery_routes.of_school(session, tenant):
            if row.channel == channel and delivery_routes.is_usable(row, on):
                return self._way(session, row)
        raise DeliveryMisconfigured(_NO_WAY, "no_way")

    def of_route(self, session: Session, tenant: Tenant, route: str) -> Way | None:
        """Return the way of a route that a message went by before."""
        for row in delivery_routes.of_school(session, tenant):
            if row.id == route and row.state != "ended":
                return self._way(session, row)
        return None

    def _way(self, session: Session, row: DeliveryRouteRow) -> Way:
        secret = delivery_routes.secret_of(session, row)
        return Way(row.id, channel_of(row, secret, self._trusted, self._clock, self._seconds))


def channel_of(
    row: DeliveryRouteRow,
    secret: Secret,
    trusted_origins: frozenset[str],
    clock: Callable[[], datetime],
    seconds: float = 30.0,
) -> Channel:
    """Return the channel of a route; raises DeliveryMisconfigured for what it cannot work with."""
    settings = cast("Mapping[str, str]", row.settings if isinstance(row.settings, dict) else {})
    wire = GuardedWire(trusted_origins, seconds=seconds)
    match row.channel:
        case "notify_email":
            return NotifyEmail(
                secret,
                wire,
                settings["template_id"],
                reply_to_id=settings.get("reply_to_id"),
                base_url=_notify_at(settings, trusted_origins),
            )
        case "notify_letter":
            postage = settings.get("postage", "second")
            base_url = _notify_at(settings, trusted_origins)
            return NotifyLetter(secret, wire, postage=postage, base_url=base_url)
        case "mis":
            post = partial(_post, settings["url"], trusted_origins)
            return MisMessage(post, partial(_signed, secret, clock))
        case _:
            return _mail(settings, secret, trusted_origins, seconds)


def _notify_at(settings: Mapping[str, str], trusted_origins: frozenset[str]) -> str:
    """Return where Notify is: only the operator may say that it is elsewhere."""
    chosen = settings.get("base_url")
    if chosen is None:
        return LIVE
    if chosen.rstrip("/") not in trusted_origins:
        raise DeliveryMisconfigured(_NOT_TRUSTED, "address")
    return chosen.rstrip("/")


def _mail(
    settings: Mapping[str, str], secret: Secret, trusted: frozenset[str], seconds: float
) -> Smtp:
    tls = settings.get("tls", "starttls")
    server = MailServer(
        host=settings["host"],
        port=int(settings.get("port", "587")),
        tls="tls" if tls == "tls" else "none" if tls == "none" else "starttls",
        sender=settings["sender"],
        sender_name=settings.get("sender_name", ""),
        username=settings.get("username"),
    )

    encrypted = server.tls != "none"
    return Smtp(
        server,
        secret or None,
        lambda within: connection_to(
            server.host, server.port, trusted, within, encrypted=encrypted
        ),
        ssl.create_default_context(),
        seconds=seconds,
    )


def _post(
    url: str, trusted_origins: frozenset[str], body: bytes, headers: Mapping[str, str]
) -> Reply:
    try:
        answer = outward.post(url, body, headers, trusted_origins=trusted_origins)
    except outward.OutwardRefused as refused:
        raise DeliveryMisconfigured(refused.words, refused.fault) from None
    except outward.OutwardUnavailable as unavailable:
        raise DeliveryUnavailable(unavailable.words, answered=False) from None
    return Reply(answer.status, retry_after=answer.retry_after_seconds)


def _signed(
    secret: Secret, clock: Callable[[], datetime], message_id: str, body: bytes
) -> Mapping[str, str]:
    key = key_from_secret(secret.reveal_text().strip())
    if key is None or key.shared is None:
        raise DeliveryMisconfigured(_NO_SECRET, "secret")
    at = int(clock().timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(message_id, at, body, [key.shared]),
    }


_NO_WAY = Words(
    "the way by which this message was to go is no longer set up",
    "nid yw'r ffordd yr oedd y neges hon i fynd wedi'i gosod mwyach",
)
_NOT_TRUSTED = Words(
    "another address of GOV.UK Notify must be one of MIS_BRIDGE_TRUSTED_ORIGINS",
    "rhaid i gyfeiriad arall i GOV.UK Notify fod yn un o MIS_BRIDGE_TRUSTED_ORIGINS",
)
_NO_SECRET = Words(
    "the secret is none of Standard Webhooks: whsec_ and 24 to 64 bytes in base64",
    "nid cyfrinach Standard Webhooks mo hon: whsec_ a 24 i 64 beit mewn base64",
)
