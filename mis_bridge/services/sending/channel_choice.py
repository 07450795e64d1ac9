"""By which channel each message goes: what the law allows, and what has been set up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from mis_bridge.delivery.mis import SCHEME
from mis_bridge.domain.notice_case import Channel
from mis_bridge.domain.postal import envelope
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.storage import delivery_routes
from mis_bridge.storage.tenants import Tenant

PRINT_PACK, NOTIFY_EMAIL, SMTP = "print_pack", "notify_email", "smtp"
NOTIFY_LETTER, MIS = "notify_letter", "mis"
ELECTRONIC = frozenset({NOTIFY_EMAIL, SMTP, MIS})
TRACKED = frozenset({NOTIFY_EMAIL, NOTIFY_LETTER})
_BY_MAIL = (NOTIFY_EMAIL, SMTP)
_S_88 = "2018 anaw 2 s.88"


@dataclass(frozen=True, slots=True)
class Offer:
    """A channel that the recipient may lawfully be reached by now, and why."""

    channel: str
    rule: str
    because: Words


def set_up(session: Session, tenant: Tenant, on: date) -> tuple[str, ...]:
    """Return the channels for which the school or its authority has a usable way on `on`.

    A school's own ways come before its authority's.
    """
    rows = delivery_routes.of_school(session, tenant)
    usable = [row.channel for row in rows if delivery_routes.is_usable(row, on)]
    return tuple(dict.fromkeys(usable))


def offers(
    channels: Collection[Channel], to: Mapping[str, str | None], ways: Sequence[str]
) -> tuple[Offer, ...]:
    """Return every channel that may be used for a recipient, the one to use first.

    Electronically only where routing allows it: earlier willingness, and an address supplied for
    it. The print pack is always there, for a person to post or to hand over.

    Source: 2018 anaw 2 s.88.
    """
    return tuple(_offers(channels, to, ways))


def recorded(trace: Trace, recipient: str, chosen: Offer, channels: Collection[Channel]) -> Trace:
    """Return the trace with the channel that was chosen for a recipient."""
    return trace.step(
        f"channel_{chosen.rule}",
        chosen.because,
        _S_88,
        {
            "recipient": recipient,
            "channel": chosen.channel,
            "allowed": ", ".join(channel.value for channel in channels),
        },
    )


def _offers(
    channels: Collection[Channel], to: Mapping[str, str | None], ways: Sequence[str]
) -> Iterator[Offer]:
    electronic = to.get("electronic_address")
    if electronic and Channel.ELECTRONIC in channels:
        if electronic.startswith(SCHEME):
            wanted: tuple[str, ...] = (MIS,)
        else:
            wanted = tuple(way for way in ways if way in _BY_MAIL)
        for way in wanted:
            if way in ways:
                yield Offer(way, "electronic", _ELECTRONICALLY)
    if NOTIFY_LETTER in ways and envelope(to.get("name"), to.get("address")):
        yield Offer(NOTIFY_LETTER, "letter", _BY_LETTER)
    yield Offer(PRINT_PACK, "print_pack", _BY_PRINT_PACK)


_ELECTRONICALLY = Words(
    "Sent electronically: the recipient is willing, supplied this address for it, and a way of "
    "sending to such an address is set up.",
    "Anfonir yn electronig: mae'r derbynnydd yn fodlon, rhoddodd y cyfeiriad hwn ar gyfer hynny, "
    "ac mae ffordd o anfon i gyfeiriad o'r fath wedi'i gosod.",
)
_BY_LETTER = Words(
    "Printed and posted by the letter service that is set up, to the last known address.",
    "Fe'i hargreffir a'i bostio gan y gwasanaeth llythyrau sydd wedi'i osod, i'r cyfeiriad hysbys "
    "diwethaf.",
)
_BY_PRINT_PACK = Words(
    "Printed here, for a person to post, to leave at the address or to hand over.",
    "Fe'i hargreffir yma, i berson ei bostio, ei adael yn y cyfeiriad neu ei roi â llaw.",
)
