"""Who receives a notice, place by place; everybody named is answered for."""

from __future__ import annotations

from mis_bridge.domain.assembly import assemble
from mis_bridge.domain.child_slot import child_slot
from mis_bridge.domain.extra_slots import extra_slots
from mis_bridge.domain.general_information import general_information
from mis_bridge.domain.notice_case import (
    NOWHERE,
    Capacity,
    CaseFriend,
    Channel,
    Delivery,
    Learner,
    NoticeCase,
    NoticeLanguage,
    Parent,
    Representative,
    RepresentativeKind,
    Standing,
)
from mis_bridge.domain.notice_giver import concerns_nobody, not_the_giver, remarks_on_giver
from mis_bridge.domain.notice_person import kind_in
from mis_bridge.domain.notices import Giver, NoticeEvent, Place, SlotRule, event
from mis_bridge.domain.parent_slots import parent_slots
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.pupil_case import (
    CapacityView,
    ElectronicConsent,
    RoutingFacts,
    case_from_pupil,
    contact_ids,
)
from mis_bridge.domain.representatives import represents_nobody
from mis_bridge.domain.routed import (
    NotSent,
    Recipient,
    Role,
    Routed,
    Slot,
    SlotOutcome,
    Why,
)
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.domain.young_person_slot import young_person_slot

__all__ = [
    "NOWHERE",
    "Capacity",
    "CapacityView",
    "CaseFriend",
    "Channel",
    "Delivery",
    "ElectronicConsent",
    "Giver",
    "Learner",
    "NotSent",
    "NoticeCase",
    "NoticeLanguage",
    "Parent",
    "Recipient",
    "Representative",
    "RepresentativeKind",
    "Role",
    "Routed",
    "RoutingFacts",
    "Slot",
    "Standing",
    "Why",
    "case_from_pupil",
    "contact_ids",
    "recipients",
]


_NOBODY_IS_OWED = Words(
    "Nothing is owed to this person or body by this giver under this provision.",
    "Nid oes dim yn ddyledus i'r person neu'r corff hwn gan y corff hwn o dan y ddarpariaeth hon.",
)
_EVENT_UNKNOWN = Words(
    "Which notice this is has not been said, so nobody is told until a person says it.",
    "Ni ddywedwyd pa hysbysiad yw hwn, felly ni hysbysir neb nes i berson ddweud hynny.",
)
_KIND_UNKNOWN = Words(
    "Neither the kind of person nor the date of birth is known, so nobody in the family is told "
    "until a person says whether this is a child or a young person.",
    "Nid yw'r math o berson na'r dyddiad geni yn hysbys, felly ni hysbysir neb yn y teulu hyd "
    "nes i berson ddweud ai plentyn ynteu person ifanc yw hwn.",
)
_REPRESENTATIVES_OF_A_CHILD = Words(
    "A child has no representative: only parents and young people have one.",
    "Nid oes cynrychiolydd gan blentyn: dim ond rhieni a phobl ifanc sydd â chynrychiolydd.",
)
_PRACTICE = Words(
    "Guidance asks the body to tell the family; no provision lays down this notice.",
    "Canllawiau sy'n gofyn i'r corff ddweud wrth y teulu; nid oes darpariaeth yn gosod yr "
    "hysbysiad hwn.",
)


def recipients(case: NoticeCase) -> Routed:
    """Answer for everybody named in `case`: who receives, in which capacity, how, and who not.

    Raises `UnknownEvent`. Route again at the moment of sending: capacity, orders and age are those
    of the day on which the thing is done.

    Source: 2018 anaw 2 ss.9, 83-85, 88; S.I. 2021/401 regs 34-38; S.I. 2021/1243 art. 23; the row
    of the event.
    """
    if case.event is None:
        unknown = SlotOutcome(trace=Trace().doubt("event", _EVENT_UNKNOWN))
        return _nobody(case, unknown, Why.NOT_VERIFIED, _EVENT_UNKNOWN)
    row = event(case.event)
    kind, trace = kind_in(case, row)
    if not row.is_law:
        trace = trace.step("practice_not_law", _PRACTICE, row.source)
        trace = trace.doubt("practice_not_law", _PRACTICE)
    stopped = not_the_giver(case, row, kind)
    if stopped is not None:
        return _nobody(case, SlotOutcome(trace=trace) + stopped, Why.NO_DUTY)
    stopped = concerns_nobody(row, case.learner, kind)
    if stopped is not None:
        return _nobody(case, SlotOutcome(trace=trace) + stopped, Why.NOT_ENTITLED)
    outcome = SlotOutcome(trace=trace + remarks_on_giver(case, row, kind))
    outcome += _family(case, row, kind) + extra_slots(case, row, kind)
    return assemble(case, row, outcome)


def _nobody(
    case: NoticeCase, stopped: SlotOutcome, why: Why, because: Words = _NOBODY_IS_OWED
) -> Routed:
    return Routed(
        recipients=(),
        not_sent=tuple(NotSent(who, why, because) for who in case.named()),
        flags=stopped.flags,
        content=(),
        trace=stopped.trace,
        given_on=None if case.sent_on is None else {},
    )


def _family(case: NoticeCase, row: NoticeEvent, kind: PersonKind | None) -> SlotOutcome:
    learner = case.learner
    wants_person, wants_parents = Place.PERSON in row.to, Place.PARENTS in row.to
    if not (wants_person or wants_parents):
        return SlotOutcome()
    if learner is None or kind is None:
        return _family_of_unknown_kind(case)
    if row.rule is SlotRule.INFORMATION:
        return general_information(case, learner, kind, row)
    if kind is PersonKind.YOUNG_PERSON:
        return young_person_slot(case, learner, row)
    outcome = SlotOutcome(
        not_sent=tuple(
            NotSent(who.id, Why.NOT_ENTITLED, _REPRESENTATIVES_OF_A_CHILD)
            for who in case.representatives
        )
    )
    if wants_person:
        outcome += child_slot(case, learner, row)
    if wants_parents:
        outcome += parent_slots(case, row)
    else:
        for parent in case.parents:
            outcome += SlotOutcome(not_sent=represents_nobody(parent.representatives))
    return outcome


def _family_of_unknown_kind(case: NoticeCase) -> SlotOutcome:
    family = [
        *([case.learner.id] if case.learner else []),
        *([case.case_friend.id] if case.case_friend else []),
        *(who.id for who in case.representatives),
    ]
    for parent in case.parents:
        family += [parent.id, *(who.id for who in parent.representatives)]
    return SlotOutcome(
        not_sent=tuple(NotSent(who, Why.NOT_VERIFIED, _KIND_UNKNOWN) for who in family),
        flags=(f"escalate:{case.learner.id}",) if case.learner else (),
        trace=Trace()
        .step("person_kind_unknown", _KIND_UNKNOWN, "2018 anaw 2 s.99(1)")
        .doubt("person_kind", _KIND_UNKNOWN),
    )
