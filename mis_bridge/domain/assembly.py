"""One entry a person: the places that were filled, put together with ways, content and days."""

from __future__ import annotations

from collections.abc import Sequence

from mis_bridge.domain.channels import channels, given_on, outside_s88
from mis_bridge.domain.notice_case import NoticeCase, Standing
from mis_bridge.domain.notices import Giver, NoticeEvent, Place
from mis_bridge.domain.routed import (
    NotSent,
    Recipient,
    Role,
    Routed,
    Seat,
    Slot,
    SlotOutcome,
    Why,
)
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_PLACES_BY_ROLE = {
    Role.IRO: Place.IRO,
    Role.GOVERNING_BODY: Place.GOVERNING_BODY,
    Role.PERSON_IN_CHARGE: Place.PERSON_IN_CHARGE,
    Role.OTHER_BODY: Place.OTHER_BODY,
}
_STRONGEST_FIRST = tuple(Why)

_NO_PLACE = Words(
    "The provision gives this person no place in this notice.",
    "Nid yw'r ddarpariaeth yn rhoi lle i'r person hwn yn yr hysbysiad hwn.",
)
_BOTH_PLACES = Words(
    "One person fills two places: one copy, addressed in both capacities.",
    "Mae un person yn llenwi dau le: un copi, wedi ei gyfeirio yn rhinwedd y ddau.",
)
_HELD_BACK = Words(
    "Fills a place, but as a parent is not to be told, or waits for a person: nothing is sent "
    "until a person has decided.",
    "Mae'n llenwi lle, ond fel rhiant ni ddylid ei hysbysu, neu mae'n aros am benderfyniad "
    "person: nid anfonir dim hyd nes i berson benderfynu.",
)
_MUST_CONTAIN = Words(
    "What a notice of this kind must contain.",
    "Yr hyn y mae'n rhaid i hysbysiad o'r math hwn ei gynnwys.",
)
_APPEAL_INFERRED = Words(
    "That an appeal lies against this decision follows from its being a local authority's or an "
    "FEI's; the paragraph that lists it was not read.",
    "Mae'r ffaith y gellir apelio yn erbyn y penderfyniad hwn yn dilyn o'r ffaith mai "
    "penderfyniad awdurdod lleol neu SAB ydyw; ni ddarllenwyd y paragraff sy'n ei restru.",
)
_RECONSIDER = Words(
    "A maintained school gave this: the local authority may be asked to look at it again, and no "
    "appeal lies straight to the Tribunal.",
    "Ysgol a gynhelir a roddodd hwn: gellir gofyn i'r awdurdod lleol edrych arno eto, ac ni ellir "
    "apelio'n syth i'r Tribiwnlys.",
)
_NO_LA_IN_WALES = Words(
    "In the area of an English authority it is not shown which authority would reconsider.",
    "Yn ardal awdurdod yn Lloegr ni ddangosir pa awdurdod a fyddai'n ailystyried.",
)


def assemble(case: NoticeCase, row: NoticeEvent, outcome: SlotOutcome) -> Routed:
    """Put together one entry for each person who receives, and one for everybody else named.

    Source: 2018 anaw 2 ss.83-85, 88; the row of the event.
    """
    outcome = _held_back(case, outcome)
    seats: dict[str, list[Seat]] = {}
    for seat in dict.fromkeys(outcome.seats):
        seats.setdefault(seat.id, []).append(seat)
    trace, flags = outcome.trace, list(outcome.flags)
    content = row.content(case.by)
    receiving = []
    for who, filled in seats.items():
        recipient, how = _recipient(case, row, filled, content)
        receiving.append(recipient)
        trace += how
        if len(filled) > 1:
            flags.append(f"dual_capacity:{who}")
            trace = trace.step(
                "dual_capacity",
                _BOTH_PLACES,
                "2018 anaw 2 s.85; S.I. 2021/401 regs 34-38",
                {"recipient": who},
            )
    trace += _content(row, content) + outside_s88(row, case.by)
    days = None
    if case.sent_on is not None:
        days, settled = given_on(receiving, case.sent_on, case.channel)
        trace += settled
    body, why = _reconsideration(case, row)
    return Routed(
        recipients=tuple(receiving),
        not_sent=_not_sent(case, seats, outcome.not_sent),
        flags=tuple(dict.fromkeys(flags)),
        content=content,
        trace=trace + why,
        given_on=days,
        reconsideration_body=body,
    )


def _held_back(case: NoticeCase, outcome: SlotOutcome) -> SlotOutcome:
    """Empty the family's places of whoever may not be told as a parent, and ask a person."""
    barred = {parent.id for parent in case.parents if parent.standing is not Standing.PARENT}
    held = [seat for seat in outcome.seats if seat.id in barred and seat.slot is not Slot.EXTRA]
    if not held:
        return outcome
    trace = outcome.trace
    for seat in held:
        trace = trace.step("held_back", _HELD_BACK, "Education Act 1996 s.576", {"person": seat.id})
    return SlotOutcome(
        tuple(seat for seat in outcome.seats if seat not in held),
        (*outcome.not_sent, *(NotSent(seat.id, Why.NOT_VERIFIED, _HELD_BACK) for seat in held)),
        (*outcome.flags, *(f"escalate:{seat.id}" for seat in held)),
        trace,
    )


def _content(row: NoticeEvent, content: tuple[str, ...]) -> Trace:
    trace = Trace().step(
        "content", _MUST_CONTAIN, row.content_source, {"blocks": ", ".join(content)}
    )
    if row.appeal_inferred and "right_of_appeal_s70" in content:
        return trace.doubt("right_of_appeal", _APPEAL_INFERRED)
    return trace


def _recipient(
    case: NoticeCase, row: NoticeEvent, filled: Sequence[Seat], content: tuple[str, ...]
) -> tuple[Recipient, Trace]:
    first = filled[0]
    delivery = case.delivery_of(first.id)
    ways, trace = channels(first.id, delivery)
    replaced = [seat.in_place_of for seat in filled[1:] if seat.in_place_of]
    own: dict[str, None] = {}
    for seat in filled:
        place = _PLACES_BY_ROLE.get(seat.role)
        own |= dict.fromkeys(content if place is None else row.blocks_for.get(place, content))
    recipient = Recipient(
        id=first.id,
        slot=first.slot,
        in_place_of=first.in_place_of,
        capacities=tuple(dict.fromkeys(seat.role for seat in filled)),
        channels=ways,
        language=delivery.language,
        because=first.because,
        content=tuple(own),
        also_in_place_of=tuple(replaced),
    )
    return recipient, trace


def _not_sent(
    case: NoticeCase, seated: dict[str, list[Seat]], left_out: Sequence[NotSent]
) -> tuple[NotSent, ...]:
    answers = []
    for who in case.named():
        if who in seated:
            continue
        reasons = [entry for entry in left_out if entry.id == who]
        answers.append(
            min(reasons, key=lambda entry: _STRONGEST_FIRST.index(entry.why))
            if reasons
            else NotSent(who, Why.NOT_ENTITLED, _NO_PLACE)
        )
    return tuple(answers)


def _reconsideration(case: NoticeCase, row: NoticeEvent) -> tuple[str | None, Trace]:
    if not row.reconsidered or case.by is not Giver.MAINTAINED_SCHOOL:
        return None, Trace()
    trace = Trace().step(
        "local_authority_reconsiders", _RECONSIDER, "2018 anaw 2 ss.26, 27, 32(1), 70(1)"
    )
    if case.area == "england":
        trace = trace.doubt("reconsideration_in_england", _NO_LA_IN_WALES)
    return "local_authority", trace
