"""One copy of a notice: how it stands, what to do next, and by which ways it can go again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.domain.words import Words
from mis_bridge.services.notice_pages import NoticePage, Sending, notice_page
from mis_bridge.services.notices import ways_to
from mis_bridge.services.sending.channel_choice import (
    MIS,
    NOTIFY_EMAIL,
    NOTIFY_LETTER,
    PRINT_PACK,
    SMTP,
)
from mis_bridge.services.sending_results import AT_FAULT, PERHAPS_SENT, UNKNOWN, WAY_AT_FAULT
from mis_bridge.services.sessions import Visitor
from mis_bridge.storage import outbox

BY_HAND: Final = ("hand", "post", "leave_at_address")
"""The ways that a person records; an electronic one is recorded by the channel itself."""


@dataclass(frozen=True, slots=True, repr=False)
class MessagePage:
    """One copy, with the notice it is of; `ways` is empty where it cannot be sent again now."""

    notice: NoticePage
    sending: Sending
    next: Words
    may_be_given: bool
    ways: tuple[tuple[str, Words], ...]

    def __repr__(self) -> str:
        return f"MessagePage(message_id={self.sending.message_id!r})"


def message_page(
    session: Session, visitor: Visitor, notice_id: str, message_id: str, now: datetime
) -> MessagePage | None:
    """Return one copy of a notice of the visitor's school, None where there is none."""
    page = notice_page(session, visitor, notice_id)
    found = {each.message_id: each for each in page.sendings} if page is not None else {}
    sending = found.get(message_id)
    about = outbox.sending(session, visitor.tenant, message_id) if sending else None
    if page is None or sending is None or about is None:
        return None
    under_way = outbox.is_under_way(session, visitor.tenant, about.recipient.id)
    ways = () if under_way else ways_to(session, visitor.tenant, message_id, now=now)
    return MessagePage(
        page,
        sending,
        next_step(sending),
        sending.given_on is None and sending.state in {"waiting", "handed_over", "failed"},
        tuple((way, channel_words(way)) for way in ways),
    )


def channel_words(channel: str) -> Words:
    """Return what a channel is called."""
    return _CHANNELS.get(channel) or Words(channel, channel)


def next_step(sending: Sending) -> Words:
    """Return what a person does next about a copy."""
    if sending.given_on is not None:
        return _DONE
    if sending.state == "handed_over":
        return _PRINTED if sending.channel == PRINT_PACK else _WITH_THE_CHANNEL
    if sending.state == "blocked":
        return _BLOCKED.get((sending.fault or "").partition(":")[0], _LOOK_AGAIN)
    return _NEXT.get(sending.state, _OTHER_WAY)


_CHANNELS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        PRINT_PACK: Words(
            "printed, to post or hand over", "wedi'i argraffu, i'w bostio neu ei roi"
        ),
        NOTIFY_LETTER: Words("letter through GOV.UK Notify", "llythyr drwy GOV.UK Notify"),
        NOTIFY_EMAIL: Words("e-mail through GOV.UK Notify", "e-bost drwy GOV.UK Notify"),
        SMTP: Words("e-mail of the school or authority", "e-bost yr ysgol neu'r awdurdod"),
        MIS: Words("message in the MIS", "neges yn yr MIS"),
    }
)
_DONE: Final = Words("Nothing is left to do.", "Nid oes dim ar ôl i'w wneud.")
_PRINTED: Final = Words(
    "The letter is in the print pack. Post it, hand it over or leave it at the address; then "
    "record the day here.",
    "Mae'r llythyr yn y pecyn argraffu. Postiwch ef, rhowch ef â llaw neu gadewch ef yn y "
    "cyfeiriad; yna cofnodwch y diwrnod yma.",
)
_WITH_THE_CHANNEL: Final = Words(
    "The channel has it. Record the day here once it counts as given; a failure is told by a task.",
    "Mae gan y sianel ef. Cofnodwch y diwrnod yma pan fydd yn cyfrif fel un a roddwyd; dywedir "
    "am fethiant drwy dasg.",
)
_LOOK_AGAIN: Final = Words(
    "They may no longer be told without a person looking first. Look at who is who, and tell "
    "whoever is to be told today.",
    "Ni cheir hysbysu'r person hwn mwyach heb i berson edrych yn gyntaf. Edrychwch ar bwy yw pwy, "
    "a hysbyswch bwy bynnag sydd i'w hysbysu heddiw.",
)
_OTHER_WAY: Final = Words(
    "It could not be given in this way, and the duty is to notify. Send it again another way, or "
    "give it by hand or post and record the day.",
    "Ni ellid ei roi fel hyn, a'r ddyletswydd yw hysbysu. Anfonwch ef eto mewn ffordd arall, neu "
    "rhowch ef â llaw neu drwy'r post a chofnodwch y diwrnod.",
)
_NEXT: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "waiting": Words(
            "It is handed over by itself; nothing has to be done now.",
            "Caiff ei drosglwyddo ohono ei hun; nid oes angen gwneud dim nawr.",
        ),
        "cancelled": Words(
            "It was not sent, because its task was closed or the record erased.",
            "Nid anfonwyd ef, am fod ei dasg wedi'i chau neu'r cofnod wedi'i ddileu.",
        ),
    }
)
_BLOCKED: Final[Mapping[str, Words]] = MappingProxyType(
    {"channel_gone": _OTHER_WAY, UNKNOWN: PERHAPS_SENT, AT_FAULT: WAY_AT_FAULT}
)
