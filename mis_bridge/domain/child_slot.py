"""The child's own place in a notice: the child, a case friend instead, or nobody."""

from __future__ import annotations

from dataclasses import dataclass

from mis_bridge.domain.notice_case import Capacity, CaseFriend, Learner, NoticeCase
from mis_bridge.domain.notices import Giver, NoticeEvent, SlotRule
from mis_bridge.domain.routed import NotSent, Role, Seat, Slot, SlotOutcome, Why
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_ORDER_IN_FORCE = Words(
    "A Tribunal order appointing a case friend is in force: the case friend receives instead "
    "of the child, whatever is thought of the child's capacity.",
    "Mae gorchymyn gan y Tribiwnlys yn penodi cyfaill achos mewn grym: y cyfaill achos sy'n "
    "derbyn yn lle'r plentyn, beth bynnag a ystyrir am alluedd y plentyn.",
)
_CASE_FRIEND_RECEIVES = Words(
    "Case friend by order of the Tribunal: receives instead of the child.",
    "Cyfaill achos drwy orchymyn y Tribiwnlys: yn derbyn yn lle'r plentyn.",
)
_CHILD_REPLACED = Words(
    "A case friend receives in the child's place.",
    "Mae cyfaill achos yn derbyn yn lle'r plentyn.",
)
_CONTRADICTION = Words(
    "The Tribunal has declared that the child has capacity, yet an order appointing a case friend "
    "stands: a person should ask for the order to be removed.",
    "Mae'r Tribiwnlys wedi datgan bod gan y plentyn alluedd, ond mae gorchymyn yn penodi cyfaill "
    "achos yn dal i sefyll: dylai person ofyn am ddileu'r gorchymyn.",
)
_NO_ORDER = Words(
    "A case friend is named, but the reference and date of a Tribunal order are not both on "
    "record and current: the child's own capacity decides.",
    "Enwir cyfaill achos, ond nid oes cyfeirnod a dyddiad cyfredol ar gyfer gorchymyn gan y "
    "Tribiwnlys wedi eu cofnodi: galluedd y plentyn ei hun sy'n penderfynu.",
)
_NOT_SHOWN = Words(
    "No Tribunal order in force is on record for this case friend.",
    "Nid oes gorchymyn gan y Tribiwnlys sydd mewn grym wedi ei gofnodi ar gyfer y cyfaill "
    "achos hwn.",
)
_ORDER_REMOVED = Words(
    "The Tribunal's order was removed: a former case friend receives nothing.",
    "Dilëwyd gorchymyn y Tribiwnlys: nid yw cyn-gyfaill achos yn derbyn dim.",
)
_NO_CASE_FRIEND_HERE = Words(
    "The conversion Orders know no case friend: the giver's own view of capacity alone decides.",
    "Nid yw'r Gorchmynion trosi yn darparu ar gyfer cyfaill achos: barn y corff sy'n rhoi'r "
    "hysbysiad am alluedd yn unig sy'n penderfynu.",
)
_CHILD_RECEIVES = Words(
    "The child receives in their own name.", "Mae'r plentyn yn derbyn yn ei enw ei hun."
)
_NO_DUTY = Words(
    "There is no duty to send this to the child. That is no prohibition, but nothing is sent "
    "automatically.",
    "Nid oes dyletswydd i anfon hyn at y plentyn. Nid yw hynny'n waharddiad, ond nid anfonir "
    "dim yn awtomatig.",
)
_VIEW_NOT_HEARD = Words(
    "The responsible local authority's view counts for a maintained school's notices alone, "
    "not for this one.",
    "Ar gyfer hysbysiadau ysgol a gynhelir yn unig y mae barn yr awdurdod lleol cyfrifol yn "
    "cyfrif, nid ar gyfer yr un hwn.",
)
_VIEW_AGAINST_DECLARATION = Words(
    "That a declaration of the Tribunal prevails over the local authority's view is the order of "
    "authority; the Act does not say so in terms.",
    "Trefn awdurdod sy'n golygu bod datganiad y Tribiwnlys yn drech na barn yr awdurdod "
    "lleol; nid yw'r Ddeddf yn dweud hynny'n benodol.",
)


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What decided on the child's capacity."""

    rule: str
    receives: bool
    because: Words
    source: str


_DECLARED_HAS = _Ruling(
    "tribunal_declared_capacity",
    receives=True,
    because=Words(
        "The Tribunal has declared that the child has capacity.",
        "Mae'r Tribiwnlys wedi datgan bod gan y plentyn alluedd.",
    ),
    source="2018 anaw 2 s.84(3)(b)",
)
_DECLARED_LACKS = _Ruling(
    "tribunal_declared_no_capacity",
    receives=False,
    because=Words(
        "The Tribunal has declared that the child lacks capacity.",
        "Mae'r Tribiwnlys wedi datgan nad oes gan y plentyn alluedd.",
    ),
    source="2018 anaw 2 s.84(7)",
)
_LA_SAYS_LACKS = _Ruling(
    "local_authority_view_no_capacity",
    receives=False,
    because=Words(
        "A maintained school gives this, and the responsible local authority has informed it that "
        "the child lacks capacity.",
        "Ysgol a gynhelir sy'n rhoi hwn, ac mae'r awdurdod lleol cyfrifol wedi ei hysbysu nad oes "
        "gan y plentyn alluedd.",
    ),
    source="2018 anaw 2 s.84(4)",
)
_LA_SAYS_HAS = _Ruling(
    "local_authority_view_capacity",
    receives=True,
    because=Words(
        "A maintained school gives this, and the responsible local authority has informed it that "
        "the child has capacity.",
        "Ysgol a gynhelir sy'n rhoi hwn, ac mae'r awdurdod lleol cyfrifol wedi ei hysbysu bod "
        "gan y plentyn alluedd.",
    ),
    source="2018 anaw 2 s.84(3)(a)",
)
_GIVER_SAYS_LACKS = _Ruling(
    "giver_considers_no_capacity",
    receives=False,
    because=Words(
        "The body giving this considers that the child lacks capacity to understand it.",
        "Mae'r corff sy'n rhoi hwn yn ystyried nad oes gan y plentyn alluedd i'w ddeall.",
    ),
    source="2018 anaw 2 s.84(2)",
)
_NOBODY_SAYS_LACKS = _Ruling(
    "child_receives",
    receives=True,
    because=Words(
        "Nobody whose view counts here considers that the child lacks capacity.",
        "Nid oes neb y mae ei farn yn cyfrif yma yn ystyried nad oes gan y plentyn alluedd.",
    ),
    source="2018 anaw 2 s.84(1)-(2)",
)
_CONVERSION_LACKS = _Ruling(
    "conversion_no_capacity",
    receives=False,
    because=Words(
        "The body giving this considers that the child lacks capacity to understand it, so it "
        "goes to the parent alone.",
        "Mae'r corff sy'n rhoi hwn yn ystyried nad oes gan y plentyn alluedd i'w ddeall, "
        "felly dim ond y rhiant sy'n ei gael.",
    ),
    source="S.I. 2021/1243 art. 23",
)
_CONVERSION_HAS = _Ruling(
    "conversion_child_receives",
    receives=True,
    because=Words(
        "A conversion notice goes to the child and the parent; the giver does not consider "
        "that the child lacks capacity.",
        "Mae hysbysiad trosi yn mynd at y plentyn a'r rhiant; nid yw'r corff sy'n ei roi yn "
        "ystyried nad oes gan y plentyn alluedd.",
    ),
    source="S.I. 2021/1243 arts 5-6, 23",
)


def child_slot(case: NoticeCase, learner: Learner, event: NoticeEvent) -> SlotOutcome:
    """Fill the child's place; the first rule that matches decides.

    Source: 2018 anaw 2 ss.84, 85; S.I. 2021/1243 art. 23.
    """
    friend = case.case_friend
    if event.rule is SlotRule.CONVERSION:
        ruling = _CONVERSION_LACKS if learner.capacity is False else _CONVERSION_HAS
        return _by(ruling, learner) + _no_case_friend_in_conversion(friend)
    if friend is not None and friend.is_in_force(case.day):
        return _case_friend(case, learner, friend)
    outcome = _by(_ruling(case, learner), learner)
    if friend is not None:
        outcome = case_friend_left_out(case, friend) + outcome
    if case.la_view is not None and case.by is not Giver.MAINTAINED_SCHOOL:
        near = Trace().step("la_view_not_heard", _VIEW_NOT_HEARD, "2018 anaw 2 s.84(3)-(4)")
        outcome += SlotOutcome(trace=near)
    if _view_contradicts_declaration(case):
        doubt = Trace().doubt("tribunal_declaration_and_la_view", _VIEW_AGAINST_DECLARATION)
        outcome += SlotOutcome(trace=doubt)
    return outcome


def case_friend_left_out(case: NoticeCase, friend: CaseFriend) -> SlotOutcome:
    """Leave out a case friend for whom no order is in force; flag one whose order is not shown.

    Source: 2018 anaw 2 s.85(2); S.I. 2021/406 regs 62(2), 63.
    """
    removed = friend.order_is_recorded() and friend.is_removed(case.day)
    return SlotOutcome(
        not_sent=(
            NotSent(friend.id, Why.NOT_ENTITLED, _ORDER_REMOVED)
            if removed
            else NotSent(friend.id, Why.NOT_VERIFIED, _NOT_SHOWN),
        ),
        flags=() if removed else ("case_friend_not_verified",),
        trace=Trace().step(
            "case_friend_removed" if removed else "case_friend_not_verified",
            _ORDER_REMOVED if removed else _NO_ORDER,
            "2018 anaw 2 s.85(2); S.I. 2021/406 regs 62(2), 63",
            {
                "case_friend": friend.id,
                "order_on_record": friend.order_is_recorded(),
                "order_date": friend.ordered_on.isoformat() if friend.ordered_on else None,
                "removed_on": friend.removed_on.isoformat() if friend.removed_on else None,
            },
        ),
    )


def _no_case_friend_in_conversion(friend: CaseFriend | None) -> SlotOutcome:
    if friend is None:
        return SlotOutcome()
    return SlotOutcome(
        not_sent=(NotSent(friend.id, Why.NOT_ENTITLED, _NO_CASE_FRIEND_HERE),),
        trace=Trace().step(
            "no_case_friend_in_conversion", _NO_CASE_FRIEND_HERE, "S.I. 2021/1243 art. 23"
        ),
    )


def _case_friend(case: NoticeCase, learner: Learner, friend: CaseFriend) -> SlotOutcome:
    trace = Trace().step(
        "case_friend_in_force",
        _ORDER_IN_FORCE,
        "2018 anaw 2 ss.84(3)(b), 85(4)",
        {
            "case_friend": friend.id,
            "order_date": friend.ordered_on.isoformat() if friend.ordered_on else None,
            "removed_on": friend.removed_on.isoformat() if friend.removed_on else None,
        },
    )
    flags: tuple[str, ...] = ()
    if case.tribunal_declaration is Capacity.HAS:
        flags = (f"escalate:{learner.id}",)
        trace = trace.step(
            "declaration_against_case_friend", _CONTRADICTION, "2018 anaw 2 s.85(2)(b)"
        )
    return SlotOutcome(
        (Seat(friend.id, Slot.PERSON, Role.CASE_FRIEND, _CASE_FRIEND_RECEIVES, learner.id),),
        (NotSent(learner.id, Why.REPLACED, _CHILD_REPLACED),),
        flags,
        trace,
    )


def _ruling(case: NoticeCase, learner: Learner) -> _Ruling:
    heard = case.by is Giver.MAINTAINED_SCHOOL
    match case.tribunal_declaration, case.la_view if heard else None, learner.capacity:
        case Capacity.HAS, _, _:
            return _DECLARED_HAS
        case Capacity.LACKS, _, _:
            return _DECLARED_LACKS
        case _, Capacity.LACKS, _:
            return _LA_SAYS_LACKS
        case _, Capacity.HAS, _:
            return _LA_SAYS_HAS
        case _, _, False:
            return _GIVER_SAYS_LACKS
        case _:
            return _NOBODY_SAYS_LACKS


def _view_contradicts_declaration(case: NoticeCase) -> bool:
    return (
        case.by is Giver.MAINTAINED_SCHOOL
        and case.la_view is not None
        and case.tribunal_declaration is not None
        and case.la_view is not case.tribunal_declaration
    )


def _by(ruling: _Ruling, learner: Learner) -> SlotOutcome:
    trace = Trace().step(
        ruling.rule, ruling.because, ruling.source, {"giver_view_of_capacity": learner.capacity}
    )
    if ruling.receives:
        return SlotOutcome(
            seats=(Seat(learner.id, Slot.PERSON, Role.CHILD, _CHILD_RECEIVES),), trace=trace
        )
    return SlotOutcome(not_sent=(NotSent(learner.id, Why.NO_DUTY, _NO_DUTY),), trace=trace)
