"""The parents' places in a notice about a child: each parent, a representative, or nobody."""

from __future__ import annotations

from mis_bridge.domain.notice_case import NoticeCase, Parent, Standing
from mis_bridge.domain.notices import NoticeEvent, SlotRule
from mis_bridge.domain.representatives import Finding, representation, represents_nobody
from mis_bridge.domain.routed import NotSent, Role, Seat, Slot, SlotOutcome, Why
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_REGS_35_36 = "S.I. 2021/401 regs 35, 36"
_PARENT_RECEIVES = Words(
    "A parent of the child: receives in their own name.",
    "Rhiant i'r plentyn: yn derbyn yn ei enw ei hun.",
)
_HAS_CAPACITY = Words(
    "This parent is treated as having capacity: the child's capacity, and a case friend of the "
    "child, change nothing here.",
    "Trinnir y rhiant hwn fel un sydd â galluedd: nid yw galluedd y plentyn, na chyfaill "
    "achos i'r plentyn, yn newid dim yma.",
)
_REPRESENTATIVE_RECEIVES = Words(
    "Represents a parent who lacks capacity: receives instead of that parent.",
    "Yn cynrychioli rhiant nad oes ganddo alluedd: yn derbyn yn lle'r rhiant hwnnw.",
)
_PARENT_REPLACED = Words(
    "This parent lacks capacity: by law a representative is to receive instead.",
    "Nid oes gan y rhiant hwn alluedd: yn ôl y gyfraith, cynrychiolydd sydd i dderbyn yn ei le.",
)
_NO_REPRESENTATIVE = Words(
    "This parent lacks capacity and has no representative: nobody receives in this place, and no "
    "relative steps in.",
    "Nid oes gan y rhiant hwn alluedd ac nid oes ganddo gynrychiolydd: nid oes neb yn derbyn yn y "
    "lle hwn, ac nid yw perthynas yn camu i mewn.",
)
_NOT_COVERED = Words(
    "Whether a parent's representative stands in for this notice was not read in the Regulations.",
    "Ni ddarllenwyd yn y Rheoliadau a yw cynrychiolydd rhiant yn cymryd ei le ar gyfer yr "
    "hysbysiad hwn.",
)
_ONE_COPY_EACH = Words(
    "Whether one notice may serve two parents at one address was not read in the Code: each "
    "gets a copy addressed to them.",
    "Ni ddarllenwyd yn y Cod a gaiff un hysbysiad wasanaethu dau riant yn yr un cyfeiriad: "
    "mae pob un yn cael copi wedi ei gyfeirio ato.",
)
_NOBODY_NAMED = Words(
    "This notice is owed to the child's parents, but no parent is named in the facts.",
    "Mae'r hysbysiad hwn yn ddyledus i rieni'r plentyn, ond ni enwir rhiant yn y ffeithiau.",
)
_UNCONFIRMED = Words(
    "The record does not settle whether this person is to be told as a parent: a person must "
    "decide.",
    "Nid yw'r cofnod yn setlo a ddylid hysbysu'r person hwn fel rhiant: rhaid i berson benderfynu.",
)
_WITHHELD = Words(
    "A person has recorded that this parent is not to be told.",
    "Mae person wedi cofnodi na ddylid hysbysu'r rhiant hwn.",
)


def parent_slots(case: NoticeCase, event: NoticeEvent) -> SlotOutcome:
    """Fill one place for each parent of a child.

    Source: 2018 anaw 2 s.83(4); S.I. 2021/401 regs 34-36; Education Act 1996 s.576 (who is a
    parent).
    """
    outcome = SlotOutcome()
    if not case.parents:
        return SlotOutcome(trace=Trace().step("no_parent_named", _NOBODY_NAMED, event.source))
    for parent in case.parents:
        outcome += _parent(parent, event)
    if len({seat.id for seat in outcome.seats}) > 1:
        outcome += SlotOutcome(trace=Trace().doubt("several_parents", _ONE_COPY_EACH))
    return outcome


def not_confirmed(parent: Parent) -> SlotOutcome:
    """Leave out somebody whose standing as a parent needs a person, or whom a person left out.

    Source: Education Act 1996 s.576 (a person decides where the record cannot).
    """
    withheld = parent.standing is Standing.WITHHELD
    because = parent.standing_because or (_WITHHELD if withheld else _UNCONFIRMED)
    return SlotOutcome(
        not_sent=(
            NotSent(parent.id, Why.NOT_ENTITLED if withheld else Why.NOT_VERIFIED, because),
            *represents_nobody(parent.representatives),
        ),
        flags=() if withheld else (f"escalate:{parent.id}",),
        trace=Trace().step(
            "parent_withheld" if withheld else "parent_not_confirmed",
            because,
            "Education Act 1996 s.576",
            {"parent": parent.id},
        ),
    )


def parent_receives(parent: Parent) -> SlotOutcome:
    """Seat a parent in their own name.

    Source: 2018 anaw 2 s.83(4); Mental Capacity Act 2005 s.1(2).
    """
    return SlotOutcome(
        seats=(Seat(parent.id, Slot.PARENT, Role.PARENT, _PARENT_RECEIVES),),
        trace=Trace().step(
            "parent_receives",
            _HAS_CAPACITY if parent.capacity is not False else _PARENT_RECEIVES,
            "2018 anaw 2 s.83(4); Mental Capacity Act 2005 s.1(2)",
            {"parent": parent.id, "capacity": parent.capacity},
        ),
    )


def _parent(parent: Parent, event: NoticeEvent) -> SlotOutcome:
    if parent.standing is not Standing.PARENT:
        return not_confirmed(parent)
    if parent.capacity is not False:
        return parent_receives(parent) + SlotOutcome(
            not_sent=represents_nobody(parent.representatives)
        )
    found = representation(parent.id, parent.representatives)
    outcome = SlotOutcome(not_sent=found.not_sent, flags=found.flags, trace=found.trace)
    if event.rule is SlotRule.CONVERSION or event.id == "health_opinion_s64_3":
        outcome += SlotOutcome(trace=Trace().doubt("representative_not_shown", _NOT_COVERED))
    if found.finding is Finding.NONE:
        return outcome + SlotOutcome(
            not_sent=(NotSent(parent.id, Why.NO_DUTY, _NO_REPRESENTATIVE),),
            flags=(f"no_representative:{parent.id}",),
            trace=Trace().step(
                "parent_without_representative",
                _NO_REPRESENTATIVE,
                _REGS_35_36,
                {"parent": parent.id},
            ),
        )
    seats = (
        ()
        if found.one is None
        else (
            Seat(
                found.one.id, Slot.PARENT, Role.REPRESENTATIVE, _REPRESENTATIVE_RECEIVES, parent.id
            ),
        )
    )
    return outcome + SlotOutcome(
        seats,
        (NotSent(parent.id, Why.REPLACED, _PARENT_REPLACED),),
        trace=Trace().step(
            "parent_lacks_capacity", _PARENT_REPLACED, _REGS_35_36, {"parent": parent.id}
        ),
    )
