"""Ways of sending as the operator or an authority sets them up, tries, pauses and ends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from adapters import addresses
from adapters.base import AdapterProblem
from mis_bridge.delivery.base import Channel, DeliveryMisconfigured, DeliveryProblem
from mis_bridge.delivery.mis import MisMessage
from mis_bridge.delivery.notify import NotifyEmail, NotifyLetter
from mis_bridge.delivery.smtp import Smtp
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from mis_bridge.services.sending.channels import channel_of
from mis_bridge.services.sending.settings import RouteRefused, judge_settings
from mis_bridge.services.sending.wire import origin_of_server
from mis_bridge.storage import audit, authorities, delivery_routes
from mis_bridge.storage.columns import new_id
from mis_bridge.storage.tables.authorities import SchoolRow
from mis_bridge.storage.tables.sending import DeliveryRouteRow
from mis_bridge.storage.tenants import Tenant

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `owner` answers for the credential, `purpose` says what it is for."""

    channel: str
    secret: Secret
    owner: str
    purpose: str
    settings: Mapping[str, str] = field(default_factory=dict)
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What trying a way came to."""

    ok: bool
    words: Words


def add(
    session: Session,
    tenant: Tenant,
    wanted: Wanted,
    *,
    by: str,
    now: datetime,
    trusted_origins: frozenset[str],
) -> str:
    """Set up a way of sending for a school, or for every school of an authority; its id.

    Raises RouteRefused, naming the setting that is wrong.
    """
    _known(session, tenant)
    _judged(wanted, now.date(), trusted_origins)
    row = DeliveryRouteRow(
        id=new_id(),
        la=tenant.la,
        school=tenant.school,
        channel=wanted.channel,
        state="active",
        settings=dict(wanted.settings),
        owner=wanted.owner.strip(),
        purpose=wanted.purpose.strip(),
        expires_on=wanted.expires_on,
        created_by=by,
        created_at=now,
    )
    try:
        # Whatever the channel itself cannot work with is refused now, not at the first notice.
        channel_of(row, wanted.secret, trusted_origins, lambda: now)
    except DeliveryMisconfigured as fault:
        raise RouteRefused(fault.words) from None
    delivery_routes.add(session, row, wanted.secret)
    _audit(session, row, "delivery_route_added", {"channel": wanted.channel}, by, now)
    return row.id


def change_state(session: Session, route_id: str, state: str, *, by: str, now: datetime) -> None:
    """Pause, resume or end a way; raises RouteUnknown, and RouteRefused for one that has ended.

    What is ended stays ended, and its credential is forgotten. Resumed, a way is as good as new:
    its fault is forgotten.
    """
    row = delivery_routes.by_id(session, route_id)
    if row.state == "ended":
        raise RouteRefused(_ENDED)
    row.state = state
    if state == "active":
        row.fault = None
    if state == "ended":
        delivery_routes.forget_secret(session, row)
    session.flush()
    _audit(session, row, f"delivery_route_{state}", {}, by, now)


def opened(
    session: Session, route_id: str, trusted_origins: frozenset[str], now: datetime
) -> Channel:
    """Return the channel of a way, to be tried outside the transaction."""
    row = delivery_routes.by_id(session, route_id)
    if row.state == "ended":
        raise RouteRefused(_ENDED)
    try:
        return channel_of(
            row, delivery_routes.secret_of(session, row), trusted_origins, lambda: now
        )
    except DeliveryMisconfigured as fault:
        raise RouteRefused(fault.words) from None


def tried(channel: Channel, message_id: str) -> Tried:
    """Try whether a way works, with nothing personal and to nobody.

    GOV.UK Notify is asked for its templates, a mail server to log in, an MIS to take a signed
    message without content, under `message_id`.
    """
    try:
        match channel:
            case NotifyEmail():
                missing = channel.missing_places()
                if missing:
                    return Tried(ok=False, words=_NO_PLACE.fill(places=", ".join(missing)))
            case NotifyLetter() | Smtp():
                channel.check()
            case MisMessage():
                channel.check(message_id)
    except DeliveryProblem as fault:
        return Tried(ok=False, words=fault.words)
    return Tried(ok=True, words=_WORKS)


def record_tried(
    session: Session, route_id: str, outcome: Tried, *, by: str, now: datetime
) -> None:
    """Record what trying came to: a way that works has no fault any more; it stays paused."""
    row = delivery_routes.by_id(session, route_id)
    if outcome.ok:
        row.fault = None
    session.flush()
    _audit(session, row, "delivery_route_tried", {"ok": outcome.ok}, by, now)


def _known(session: Session, tenant: Tenant) -> None:
    if tenant.school is not None:
        if session.get(SchoolRow, tenant.school) is None:
            raise RouteRefused(_NOBODY.fill(whom=tenant.school))
    elif tenant.la not in {row.code for row in authorities.all_of_them(session)}:
        raise RouteRefused(_NOBODY.fill(whom=tenant.la))


def _judged(wanted: Wanted, today: date, trusted_origins: frozenset[str]) -> None:
    judge_settings(wanted.channel, wanted.settings)
    for name, said in (("--owner", wanted.owner), ("--purpose", wanted.purpose)):
        if not said.strip() or len(said) > _LONGEST:
            raise RouteRefused(_SAY.fill(name=name))
    if wanted.expires_on is not None and wanted.expires_on < today:
        raise RouteRefused(_PAST)
    if not wanted.secret and (wanted.channel != "smtp" or "username" in wanted.settings):
        raise RouteRefused(_NO_SECRET)
    _judge_address(wanted, trusted_origins)


def _judge_address(wanted: Wanted, trusted_origins: frozenset[str]) -> None:
    """Refuse an address that may not be called; it is judged again at each call."""
    settings, trusted = wanted.settings, addresses.trusted(trusted_origins)
    try:
        if wanted.channel == "mis":
            addresses.vetted(addresses.origin_of(settings["url"]), trusted)
        elif wanted.channel == "smtp":
            scheme = "http" if settings.get("tls") == "none" else "https"
            port = int(settings.get("port", "587"))
            addresses.vetted(origin_of_server(scheme, settings["host"], port), trusted)
    except AdapterProblem as refused:
        raise RouteRefused(refused.words) from None


def _audit(
    session: Session,
    row: DeliveryRouteRow,
    action: str,
    facts: Mapping[str, audit.Fact],
    by: str,
    now: datetime,
) -> None:
    entry = audit.AuditEntry(by, action, f"route:{row.id}", facts)
    audit.append(session, Tenant(row.la, row.school), [entry], now)


_NOBODY = Words(
    "{whom} is not in this database; add it with mis-bridge la add or mis-bridge school add",
    "nid yw {whom} yn y gronfa ddata hon; ychwanegwch â mis-bridge la add neu mis-bridge school "
    "add",
)
_SAY = Words(
    "say in {name}, in a line, who answers for this credential and what it is for",
    "dywedwch yn {name}, mewn llinell, pwy sy'n atebol am y gyfrinach ac at ba ddiben",
)
_PAST = Words(
    "--expires-on has passed already; give a day to come",
    "mae --expires-on wedi mynd heibio; rhowch ddiwrnod i ddod",
)
_NO_SECRET = Words(
    "the secret is empty; put it in a file and name it with --secret-file, or - for standard input",
    "mae'r gyfrinach yn wag; rhowch hi mewn ffeil a'i henwi â --secret-file, neu - am y mewnbwn "
    "safonol",
)
_ENDED = Words(
    "this way of sending has ended; set up another",
    "mae'r ffordd hon o anfon wedi dod i ben; gosodwch un arall",
)
_NO_PLACE = Words(
    "The template has no place for: {places}. Write each in it, in double brackets.",
    "Nid oes lle yn y templed ar gyfer: {places}. Ysgrifennwch bob un ynddo, mewn cromfachau dwbl.",
)
_WORKS = Words("It works. Nothing was sent.", "Mae'n gweithio. Nid anfonwyd dim.")
