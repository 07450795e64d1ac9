"""A young person's place in a notice: the person, one representative, or ask a person."""

from __future__ import annotations

from mis_bridge.domain.notice_case import (
    Learner,
    NoticeCase,
    Representative,
    RepresentativeKind,
    Standing,
)
from mis_bridge.domain.notices import NoticeEvent, SlotRule
from mis_bridge.domain.parent_slots import not_confirmed
from mis_bridge.domain.representatives import Finding, representation, represents_nobody
from mis_bridge.domain.routed import NotSent, Role, Seat, Slot, SlotOutcome, Why
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_RECEIVES = Words(
    "The young person receives in their own name.",
    "Mae'r person ifanc yn derbyn yn ei enw ei hun.",
)
_HAS_CAPACITY = Words(
    "The young person is treated as having capacity: they alone receive, and their parents do not.",
    "Trinnir y person ifanc fel un sydd â galluedd: y person ifanc yn unig sy'n derbyn, ac nid ei "
    "rieni.",
)
_PARENT_NOT_ENTITLED = Words(
    "Parents have no place in a notice about a young person.",
    "Nid oes lle i rieni mewn hysbysiad am berson ifanc.",
)
_REPRESENTED = Words(
    "The young person lacks capacity: by law a representative is to receive instead.",
    "Nid oes gan y person ifanc alluedd: yn ôl y gyfraith, cynrychiolydd sydd i dderbyn yn ei le.",
)
_REPRESENTATIVE_RECEIVES = Words(
    "Represents a young person who lacks capacity: receives instead of them.",
    "Yn cynrychioli person ifanc nad oes ganddo alluedd: yn derbyn yn ei le.",
)
_PARENT_REPRESENTS = Words(
    "The young person lacks capacity and nobody else holds authority: each parent with capacity "
    "represents them.",
    "Nid oes gan y person ifanc alluedd ac nid oes gan neb arall awdurdod: mae pob rhiant sydd â "
    "galluedd yn ei gynrychioli.",
)
_PARENT_LACKS = Words(
    "This parent lacks capacity as well, and the law does not provide for that: a person must "
    "decide.",
    "Nid oes gan y rhiant hwn alluedd ychwaith, ac nid yw'r gyfraith yn darparu ar gyfer hynny: "
    "rhaid i berson benderfynu.",
)
_NO_PARENT = Words(
    "The young person lacks capacity, nobody holds authority, and no parent is named who could "
    "represent them.",
    "Nid oes gan y person ifanc alluedd, nid oes gan neb awdurdod, ac ni enwir rhiant a allai ei "
    "gynrychioli.",
)
_ENDURING_POWER = Words(
    "No enduring power could be made after 1 October 2007, so hardly any young person can "
    "have made one: look at the deed.",
    "Ni ellid gwneud atwrneiaeth barhaus ar ôl 1 Hydref 2007, felly go brin y gallai person ifanc "
    "fod wedi gwneud un: edrychwch ar y weithred.",
)
_CONVERSION = Words(
    "The Orders with an article on it send conversion notices to the young person alone; S.I. "
    "2021/1243 has no such article, and nothing says who stands in for a young person who lacks "
    "capacity.",
    "Mae'r Gorchmynion sydd ag erthygl ar hyn yn anfon hysbysiadau trosi at y person ifanc yn "
    "unig; nid oes erthygl o'r fath yn O.S. 2021/1243, ac nid oes dim yn dweud pwy sy'n "
    "cymryd lle person ifanc nad oes ganddo alluedd.",
)
_CASE_FRIEND = Words(
    "Case friends are for children only: a former case friend receives nothing for a young person.",
    "Ar gyfer plant yn unig y mae cyfeillion achos: nid yw cyn-gyfaill achos yn derbyn dim ar "
    "gyfer person ifanc.",
)

_CHILDS_CAPACITY = Words(
    "A local authority's view and a declaration of the Tribunal concern a child's capacity; a "
    "young person's is tested under the Mental Capacity Act 2005.",
    "Â galluedd plentyn y mae a wnelo barn awdurdod lleol a datganiad gan y Tribiwnlys; profir "
    "galluedd person ifanc o dan Ddeddf Galluedd Meddyliol 2005.",
)


def young_person_slot(case: NoticeCase, learner: Learner, event: NoticeEvent) -> SlotOutcome:
    """Fill the young person's place, and answer for the parents, who have none of their own.

    Source: S.I. 2021/401 regs 34, 37 (detained: reg. 38); Mental Capacity Act 2005 s.1(2).
    """
    outcome = case_friend_of_young_person(case)
    if case.la_view is not None or case.tribunal_declaration is not None:
        near = Trace().step("views_of_a_childs_capacity", _CHILDS_CAPACITY, "2018 anaw 2 s.83(4)")
        outcome += SlotOutcome(trace=near)
    if event.rule is SlotRule.CONVERSION:
        outcome += SlotOutcome(trace=Trace().doubt("conversion_young_person", _CONVERSION))
    if learner.capacity is not False:
        return outcome + SlotOutcome(
            (Seat(learner.id, Slot.PERSON, Role.YOUNG_PERSON, _RECEIVES),),
            represents_nobody(case.representatives) + _parents_not_entitled(case),
            trace=Trace().step(
                "young_person_has_capacity",
                _HAS_CAPACITY,
                "2018 anaw 2 s.83(4); Mental Capacity Act 2005 s.1(2)",
                {"giver_view_of_capacity": learner.capacity},
            ),
        )
    return outcome + _represented(case, learner)


def case_friend_of_young_person(case: NoticeCase) -> SlotOutcome:
    """Leave out a case friend who is named for a young person.

    Source: 2018 anaw 2 s.85(1)-(2) (children only).
    """
    if case.case_friend is None:
        return SlotOutcome()
    return SlotOutcome(
        not_sent=(NotSent(case.case_friend.id, Why.NOT_ENTITLED, _CASE_FRIEND),),
        trace=Trace().step(
            "no_case_friend_for_a_young_person", _CASE_FRIEND, "2018 anaw 2 s.85(1)-(2)"
        ),
    )


def represented_by(case: NoticeCase, learner: Learner) -> tuple[Finding, SlotOutcome]:
    """Seat whoever represents a young person who lacks capacity: one holder, or parents.

    Says nothing of the young person, nor of parents who do not represent.

    Source: S.I. 2021/401 reg. 34.
    """
    found = representation(learner.id, case.representatives)
    outcome = SlotOutcome(not_sent=found.not_sent, flags=found.flags, trace=found.trace)
    if found.one is not None:
        seat = Seat(
            found.one.id, Slot.PERSON, Role.REPRESENTATIVE, _REPRESENTATIVE_RECEIVES, learner.id
        )
        outcome += SlotOutcome(seats=(seat,), trace=_doubt_of_deed(found.one))
    elif found.finding is Finding.NONE:
        outcome += _parents_represent(case, learner)
    return found.finding, outcome


def _represented(case: NoticeCase, learner: Learner) -> SlotOutcome:
    finding, outcome = represented_by(case, learner)
    outcome += SlotOutcome(
        not_sent=(NotSent(learner.id, Why.REPLACED, _REPRESENTED),),
        trace=Trace().step(
            "young_person_lacks_capacity",
            _REPRESENTED,
            "S.I. 2021/401 reg. 38" if learner.detained else "S.I. 2021/401 reg. 37(1)",
            {"giver_view_of_capacity": False, "detained": learner.detained},
        ),
    )
    if finding is not Finding.NONE:
        outcome += SlotOutcome(not_sent=_parents_not_entitled(case))
    parents_representatives = [who for parent in case.parents for who in parent.representatives]
    return outcome + SlotOutcome(not_sent=represents_nobody(parents_representatives))


def _parents_represent(case: NoticeCase, learner: Learner) -> SlotOutcome:
    outcome = SlotOutcome()
    for parent in case.parents:
        if parent.standing is not Standing.PARENT:
            outcome += not_confirmed(parent)
        elif parent.capacity is False:
            outcome += SlotOutcome(
                not_sent=(NotSent(parent.id, Why.NOT_VERIFIED, _PARENT_LACKS),),
                trace=Trace().doubt("parent_as_representative_lacks_capacity", _PARENT_LACKS),
            )
        else:
            seat = Seat(parent.id, Slot.PERSON, Role.REPRESENTATIVE, _PARENT_REPRESENTS, learner.id)
            outcome += SlotOutcome(seats=(seat,))
    if outcome.seats:
        step = Trace().step(
            "parent_represents_young_person", _PARENT_REPRESENTS, "S.I. 2021/401 reg. 34(d)"
        )
        return outcome + SlotOutcome(trace=step)
    step = Trace().step(
        "nobody_represents_young_person",
        _PARENT_LACKS if case.parents else _NO_PARENT,
        "S.I. 2021/401 reg. 34(d)",
    )
    flag = f"escalate:{learner.id}" if case.parents else f"no_representative:{learner.id}"
    return outcome + SlotOutcome(flags=(flag,), trace=step)


def _doubt_of_deed(representative: Representative) -> Trace:
    if representative.kind is RepresentativeKind.ENDURING_POWER:
        return Trace().doubt("enduring_power_of_a_young_person", _ENDURING_POWER)
    return Trace()


def _parents_not_entitled(case: NoticeCase) -> tuple[NotSent, ...]:
    return tuple(
        NotSent(parent.id, Why.NOT_ENTITLED, _PARENT_NOT_ENTITLED) for parent in case.parents
    ) + represents_nobody([who for parent in case.parents for who in parent.representatives])
