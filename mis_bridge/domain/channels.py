"""How a notice may be given to each recipient, and on which day it then counts as given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from mis_bridge.domain.notice_case import Channel, Delivery
from mis_bridge.domain.notices import Giver, NoticeEvent, SlotRule
from mis_bridge.domain.routed import Recipient
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_S_88 = "2018 anaw 2 s.88"
ALWAYS = (Channel.POST, Channel.HAND, Channel.LEAVE_AT_ADDRESS)

_WILLING = Words(
    "This recipient has told the giver that they are willing to be given notices electronically, "
    "and supplied an address for it.",
    "Mae'r derbynnydd hwn wedi dweud wrth y corff ei fod yn fodlon cael hysbysiadau'n "
    "electronig, ac wedi rhoi cyfeiriad ar gyfer hynny.",
)
_ADDRESS_ALONE = Words(
    "An electronic address is on record, but no willingness to be given notices there: an address "
    "is no consent.",
    "Mae cyfeiriad electronig ar gofnod, ond dim parodrwydd i gael hysbysiadau yno: nid yw "
    "cyfeiriad yn gydsyniad.",
)
_CONSENT_ALONE = Words(
    "Willingness is on record, but no electronic address has been supplied for it.",
    "Mae parodrwydd ar gofnod, ond ni roddwyd cyfeiriad electronig ar ei gyfer.",
)
_PAPER_ONLY = Words(
    "By hand, by post, or left at the last known address.",
    "Â llaw, drwy'r post, neu drwy ei adael yn y cyfeiriad hysbys diwethaf.",
)
_HEALTH_BODY = Words(
    "Section 88 does not cover health bodies; the same rule is applied.",
    "Nid yw adran 88 yn cwmpasu cyrff iechyd; cymhwysir yr un rheol.",
)
_CONVERSION = Words(
    "How conversion notices may be served was not read; the rule of section 88 is applied.",
    "Ni ddarllenwyd sut y caniateir cyflwyno hysbysiadau trosi; cymhwysir rheol adran 88.",
)
_GIVEN_WHEN_SENT = Words(
    "Sent electronically: given on the day it was sent, unless the contrary is proved.",
    "Anfonwyd yn electronig: fe'i rhoddwyd ar y diwrnod yr anfonwyd ef, oni phrofir i'r "
    "gwrthwyneb.",
)
_GIVEN_WHEN_LEFT = Words(
    "Handed over, or left at the address: given on that day.",
    "Rhoddwyd â llaw, neu fe'i gadawyd yn y cyfeiriad: fe'i rhoddwyd ar y diwrnod hwnnw.",
)
_POSTED = Words(
    "Posted: given in the ordinary course of post, a day that the date of posting does not settle.",
    "Postiwyd: fe'i rhoddir yn nhrefn arferol y post, diwrnod nad yw dyddiad postio yn ei setlo.",
)
_NOT_BY_THIS_CHANNEL = Words(
    "Sent electronically to somebody who has not agreed to it, or supplied no address: not given.",
    "Anfonwyd yn electronig at rywun nad yw wedi cytuno i hynny, neu na roddodd gyfeiriad: nis "
    "rhoddwyd.",
)


def channels(recipient_id: str, delivery: Delivery) -> tuple[tuple[Channel, ...], Trace]:
    """Return the ways in which this recipient may be given a notice, and why.

    Source: 2018 anaw 2 s.88; electronically only after earlier willingness and with an address
    supplied for it.
    """
    address, consent = bool(delivery.electronic_address), delivery.electronic_consent is True
    electronic = address and consent
    if electronic:
        rule, because = "electronic_allowed", _WILLING
    elif address:
        rule, because = "electronic_address_is_no_consent", _ADDRESS_ALONE
    elif consent:
        rule, because = "electronic_consent_without_address", _CONSENT_ALONE
    else:
        rule, because = "paper_only", _PAPER_ONLY
    trace = Trace().step(rule, because, _S_88, {"recipient": recipient_id})
    return (*ALWAYS, Channel.ELECTRONIC) if electronic else ALWAYS, trace


def outside_s88(event: NoticeEvent, by: Giver | None) -> Trace:
    """Say where section 88 does not reach, so that its rule is only borrowed.

    Source: 2018 anaw 2 s.88 (governing bodies and local authorities under Part 2); S.I. 2021/401
    reg. 3.
    """
    trace = Trace()
    if by is Giver.NHS_BODY:
        trace = trace.doubt("channel_of_a_health_body", _HEALTH_BODY)
    if event.rule is SlotRule.CONVERSION:
        trace = trace.doubt("channel_of_a_conversion_notice", _CONVERSION)
    return trace


def given_on(
    recipients: Iterable[Recipient], sent_on: date, channel: Channel | None
) -> tuple[dict[str, date], Trace]:
    """Return when each recipient's copy counts as given, where the way of sending settles it.

    Where no `channel` is stated, a recipient who may be given it electronically is taken to have
    been, and any other by post. Post settles no day, so such a recipient has no entry.

    Source: 2018 anaw 2 s.88(6), and s.88 for a notice left at an address.
    """
    days: dict[str, date] = {}
    trace = Trace()
    for recipient in recipients:
        willing = Channel.ELECTRONIC in recipient.channels
        used = channel or (Channel.ELECTRONIC if willing else Channel.POST)
        facts = {"recipient": recipient.id, "channel": used.value, "sent_on": sent_on.isoformat()}
        if used is Channel.ELECTRONIC and willing:
            days[recipient.id] = sent_on
            trace = trace.step("given_when_sent", _GIVEN_WHEN_SENT, "2018 anaw 2 s.88(6)", facts)
        elif used is Channel.ELECTRONIC:
            trace = trace.step("not_given_electronically", _NOT_BY_THIS_CHANNEL, _S_88, facts)
        elif used is Channel.POST:
            trace = trace.step("given_in_course_of_post", _POSTED, _S_88, facts)
            trace = trace.doubt(f"given_on:{recipient.id}", _POSTED)
        else:
            days[recipient.id] = sent_on
            trace = trace.step("given_when_left", _GIVEN_WHEN_LEFT, _S_88, facts)
    return days, trace
