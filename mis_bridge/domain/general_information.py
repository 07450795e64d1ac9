"""General information about arrangements (s.9): as well as, never instead of."""

from __future__ import annotations

from mis_bridge.domain.child_slot import case_friend_left_out
from mis_bridge.domain.notice_case import Learner, NoticeCase, Parent, Standing
from mis_bridge.domain.notices import NoticeEvent, Place
from mis_bridge.domain.parent_slots import not_confirmed, parent_receives
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.representatives import representation, represents_nobody
from mis_bridge.domain.routed import NotSent, Role, Seat, Slot, SlotOutcome, Why
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.domain.young_person_slot import case_friend_of_young_person, represented_by

_LEARNER = Words(
    "General information goes to the learner whatever is thought of their capacity.",
    "Mae gwybodaeth gyffredinol yn mynd at y dysgwr beth bynnag a ystyrir am ei alluedd.",
)
_AS_WELL = Words(
    "General information goes to the person represented and to whoever stands for them: as well "
    "as, not instead of.",
    "Mae gwybodaeth gyffredinol yn mynd at y person a gynrychiolir ac at bwy bynnag sy'n sefyll "
    "drosto: yn ogystal ag ef, nid yn ei le.",
)
_CASE_FRIEND_AS_WELL = Words(
    "Case friend: receives general information as well as the child.",
    "Cyfaill achos: yn derbyn gwybodaeth gyffredinol yn ogystal â'r plentyn.",
)
_NO_CASE_FRIEND = Words(
    "An FEI makes the arrangements known to its students; no case friend is named there.",
    "Mae SAB yn hysbysu ei fyfyrwyr am y trefniadau; nid enwir cyfaill achos yno.",
)
_NO_PARENT = Words(
    "This information is owed to the young person and a representative, not to parents as such.",
    "Mae'r wybodaeth hon yn ddyledus i'r person ifanc a chynrychiolydd, nid i rieni fel y cyfryw.",
)
_BY_CHOICE = Words(
    "For a school's own pupils the pupil and the parents are told; a representative may be, but "
    "need not be.",
    "Ar gyfer disgyblion yr ysgol ei hun hysbysir y disgybl a'r rhieni; caniateir hysbysu "
    "cynrychiolydd, ond nid oes rhaid.",
)


def general_information(
    case: NoticeCase, learner: Learner, kind: PersonKind, event: NoticeEvent
) -> SlotOutcome:
    """Fill the family's places of a piece of general information.

    Source: 2018 anaw 2 s.9(3)-(5); S.I. 2021/401 regs 35(2), 37(2).
    """
    role = Role.CHILD if kind is PersonKind.CHILD else Role.YOUNG_PERSON
    outcome = SlotOutcome(
        seats=(Seat(learner.id, Slot.PERSON, role, _LEARNER),),
        trace=Trace().step("general_information", _LEARNER, event.source),
    )
    if kind is PersonKind.CHILD:
        outcome += _case_friend(case, event)
        outcome += SlotOutcome(not_sent=represents_nobody(case.representatives))
    else:
        outcome += case_friend_of_young_person(case)
        outcome += _young_persons_representatives(case, learner, event)
    return outcome + _parents(case, kind, event)


def _case_friend(case: NoticeCase, event: NoticeEvent) -> SlotOutcome:
    friend = case.case_friend
    if friend is None:
        return SlotOutcome()
    if not friend.is_in_force(case.day):
        return case_friend_left_out(case, friend)
    if event.id == "s9_5_information":
        return SlotOutcome(not_sent=(NotSent(friend.id, Why.NOT_ENTITLED, _NO_CASE_FRIEND),))
    return SlotOutcome(
        seats=(Seat(friend.id, Slot.PERSON, Role.CASE_FRIEND, _CASE_FRIEND_AS_WELL),),
        trace=Trace().step(
            "case_friend_as_well", _CASE_FRIEND_AS_WELL, "2018 anaw 2 s.9(3)(f), (4)(b)"
        ),
    )


def _young_persons_representatives(
    case: NoticeCase, learner: Learner, event: NoticeEvent
) -> SlotOutcome:
    if learner.capacity is not False:
        return SlotOutcome(not_sent=represents_nobody(case.representatives))
    if Place.PARENTS in event.to and event.id == "s9_4_information":
        return SlotOutcome(
            not_sent=tuple(
                NotSent(who.id, Why.NO_DUTY, _BY_CHOICE) for who in case.representatives
            ),
            trace=Trace().step("representative_by_choice", _BY_CHOICE, "S.I. 2021/401 reg. 37(2)"),
        )
    _, outcome = represented_by(case, learner)
    return SlotOutcome(
        _as_well(outcome.seats),
        outcome.not_sent,
        outcome.flags,
        outcome.trace.step("representative_as_well", _AS_WELL, "S.I. 2021/401 reg. 37(2)"),
    )


def _parents(case: NoticeCase, kind: PersonKind, event: NoticeEvent) -> SlotOutcome:
    of_every_pupil = event.id == "s9_4_information"
    outcome = SlotOutcome()
    for parent in case.parents:
        if Place.PARENTS in event.to and (of_every_pupil or kind is PersonKind.CHILD):
            outcome += _parent(parent)
        else:
            outcome += SlotOutcome(
                not_sent=(
                    NotSent(parent.id, Why.NOT_ENTITLED, _NO_PARENT),
                    *represents_nobody(parent.representatives),
                )
            )
    return outcome


def _parent(parent: Parent) -> SlotOutcome:
    if parent.standing is not Standing.PARENT:
        return not_confirmed(parent)
    outcome = parent_receives(parent)
    if parent.capacity is not False:
        return outcome + SlotOutcome(not_sent=represents_nobody(parent.representatives))
    found = representation(parent.id, parent.representatives)
    outcome += SlotOutcome(not_sent=found.not_sent, flags=found.flags, trace=found.trace)
    if found.one is None:
        return outcome
    return outcome + SlotOutcome(
        seats=(Seat(found.one.id, Slot.PARENT, Role.REPRESENTATIVE, _AS_WELL),),
        trace=Trace().step("representative_as_well", _AS_WELL, "S.I. 2021/401 reg. 35(2)"),
    )


def _as_well(seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    return tuple(Seat(seat.id, seat.slot, seat.role, _AS_WELL) for seat in seats)
