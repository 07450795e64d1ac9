"""The places of officers and bodies: IRO, governing body, person in charge, the other body."""

from __future__ import annotations

from mis_bridge.domain.notice_case import NoticeCase
from mis_bridge.domain.notices import NoticeEvent, Place
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routed import NotSent, Role, Seat, Slot, SlotOutcome, Why
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_RECEIVES = {
    Place.IRO: Words(
        "Independent reviewing officer of a looked after child.",
        "Swyddog adolygu annibynnol plentyn sy'n derbyn gofal.",
    ),
    Place.GOVERNING_BODY: Words(
        "Governing body that the provision names.",
        "Y corff llywodraethu y mae'r ddarpariaeth yn ei enwi.",
    ),
    Place.PERSON_IN_CHARGE: Words(
        "Person in charge of the accommodation of a detained person.",
        "Y person â gofal am lety person sy'n cael ei gadw'n gaeth.",
    ),
    Place.OTHER_BODY: Words(
        "The other body that the provision names.",
        "Y corff arall y mae'r ddarpariaeth yn ei enwi.",
    ),
}
_ROLES = {
    Place.IRO: Role.IRO,
    Place.GOVERNING_BODY: Role.GOVERNING_BODY,
    Place.PERSON_IN_CHARGE: Role.PERSON_IN_CHARGE,
    Place.OTHER_BODY: Role.OTHER_BODY,
}
_NO_PLACE = Words(
    "The provision gives this person or body no place in this notice.",
    "Nid yw'r ddarpariaeth yn rhoi lle i'r person neu'r corff hwn yn yr hysbysiad hwn.",
)
_IRO_FROM_LA_ONLY = Words(
    "The independent reviewing officer is told where a local authority gives this, not a "
    "school or FEI.",
    "Caiff y swyddog adolygu annibynnol ei hysbysu lle mae awdurdod lleol yn rhoi hwn, ac nid "
    "ysgol na SAB.",
)
_NOT_LOOKED_AFTER = Words(
    "Nobody over compulsory school age is looked after for these purposes, so there is no "
    "place for an independent reviewing officer.",
    "Nid oes neb dros oedran ysgol gorfodol yn derbyn gofal at y dibenion hyn, felly nid oes "
    "lle i swyddog adolygu annibynnol.",
)
_NOT_NAMED = Words(
    "The provision gives a place to {role}, but the facts name none.",
    "Mae'r ddarpariaeth yn rhoi lle i {role}, ond nid yw'r ffeithiau yn enwi un.",
)
_PLACES = {
    Place.GOVERNING_BODY: Words("a governing body", "gorff llywodraethu"),
    Place.PERSON_IN_CHARGE: Words("the person in charge", "y person â gofal"),
    Place.OTHER_BODY: Words("another body", "gorff arall"),
}
_AFTER_THE_FAMILY = Words(
    "The local authority is told only after discussion has been offered to the parent, and "
    "only if that is in the child's best interests.",
    "Dim ond ar ôl cynnig trafodaeth i'r rhiant, a dim ond os yw hynny er lles pennaf y "
    "plentyn, y caiff yr awdurdod lleol ei hysbysu.",
)
_ONLY_IF_MAINTAINING = Words(
    "The governing body receives as the body that maintains the plan; check that it does.",
    "Mae'r corff llywodraethu yn derbyn fel y corff sy'n cynnal y cynllun; gwiriwch mai felly "
    "y mae.",
)
_UNLESS_IT_HAS_ONE = Words(
    "The new body gets a copy unless it already has one.",
    "Mae'r corff newydd yn cael copi oni bai fod ganddo un eisoes.",
)
_ONCE_ACCEPTED = {
    "health_opinion_s64_3": (_AFTER_THE_FAMILY, "2018 anaw 2 s.64(3)-(5)"),
    "nhs_outcome_s21": (_ONLY_IF_MAINTAINING, "2018 anaw 2 s.21(1)-(2)"),
    "plan_copy_reg15": (_UNLESS_IT_HAS_ONE, "S.I. 2021/401 reg. 15"),
}


def extra_slots(case: NoticeCase, event: NoticeEvent, kind: PersonKind | None) -> SlotOutcome:
    """Fill the places of officers and bodies, and leave out those that have none.

    Source: 2018 anaw 2 ss.18, 21, 22(3), 24, 26-28, 30(6), 31, 32, 36, 40, 42(7), 64, 65, 84;
    S.I. 2021/401 reg. 15.
    """
    outcome = _iro(case, event, kind)
    for place, ids in _bodies(case):
        if place not in event.to:
            outcome += SlotOutcome(not_sent=tuple(_left_out(body) for body in ids))
            continue
        if not ids:
            outcome += SlotOutcome(
                trace=Trace().step(
                    f"no_{place.value}_named",
                    _NOT_NAMED.fill(role=_PLACES[place]),
                    event.source,
                )
            )
        outcome += SlotOutcome(seats=tuple(_seat(place, body) for body in ids))
    condition = _ONCE_ACCEPTED.get(event.id)
    if condition is not None and outcome.seats:
        outcome += SlotOutcome(trace=Trace().step("on_condition", *condition))
    return outcome


def _bodies(case: NoticeCase) -> tuple[tuple[Place, tuple[str, ...]], ...]:
    return (
        (Place.GOVERNING_BODY, (case.governing_body,) if case.governing_body else ()),
        (Place.PERSON_IN_CHARGE, (case.person_in_charge,) if case.person_in_charge else ()),
        (Place.OTHER_BODY, case.other_bodies),
    )


def _iro(case: NoticeCase, event: NoticeEvent, kind: PersonKind | None) -> SlotOutcome:
    if case.iro is None:
        return SlotOutcome()
    source = "2018 anaw 2 ss.15, 18(3), 22(3), 24(9)-(10), 31(7)-(8)"
    if Place.IRO not in event.to:
        because = _NO_PLACE
    elif kind is PersonKind.YOUNG_PERSON:
        because = _NOT_LOOKED_AFTER
    elif event.iro_from_la_only and case.by is not None and case.by.is_school_or_fei:
        because = _IRO_FROM_LA_ONLY
    else:
        return SlotOutcome(
            seats=(_seat(Place.IRO, case.iro),),
            trace=Trace().step("iro_receives", _RECEIVES[Place.IRO], source),
        )
    return SlotOutcome(
        not_sent=(NotSent(case.iro, Why.NOT_ENTITLED, because),),
        trace=Trace().step("iro_has_no_place", because, source),
    )


def _seat(place: Place, body: str) -> Seat:
    return Seat(body, Slot.EXTRA, _ROLES[place], _RECEIVES[place])


def _left_out(body: str) -> NotSent:
    return NotSent(body, Why.NOT_ENTITLED, _NO_PLACE)
