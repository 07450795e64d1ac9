"""Whether the body is one that gives this notice at all, for this learner."""

from __future__ import annotations

from mis_bridge.domain.notice_case import Learner, NoticeCase
from mis_bridge.domain.notices import Giver, NoticeEvent
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.routed import SlotOutcome
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_NOT_ITS_NOTICE = Words(
    "The provision lays this notice on another body: this one does not give it.",
    "Ar gorff arall y mae'r ddarpariaeth yn gosod yr hysbysiad hwn: nid yw'r corff hwn yn ei roi.",
)
_LOOKED_AFTER = Words(
    "The child is looked after by a local authority in Wales: the school never decides and never "
    "notifies, it refers to that authority.",
    "Mae'r plentyn yn derbyn gofal gan awdurdod lleol yng Nghymru: nid yw'r ysgol byth yn "
    "penderfynu nac yn hysbysu; mae'n atgyfeirio at yr awdurdod hwnnw.",
)
_IN_ENGLAND = Words(
    "The looked after child is in the area of an English local authority, so the school "
    "decides and notifies.",
    "Mae'r plentyn sy'n derbyn gofal yn ardal awdurdod lleol yn Lloegr, felly'r ysgol sy'n "
    "penderfynu ac yn hysbysu.",
)
_AREA_NOT_STATED = Words(
    "The facts do not say in whose area the looked after child is; in the area of an English "
    "authority the school would be the one to notify.",
    "Nid yw'r ffeithiau yn dweud yn ardal pwy y mae'r plentyn sy'n derbyn gofal; yn ardal "
    "awdurdod yn Lloegr, yr ysgol a fyddai'n hysbysu.",
)
_DETAINED = Words(
    "The learner is detained: while that lasts this is not for the school or FEI.",
    "Mae'r dysgwr yn cael ei gadw'n gaeth: tra pery hynny nid mater i'r ysgol na'r SAB yw hyn.",
)
_HOME_AUTHORITY = Words(
    "In relevant youth accommodation the home authority acts, and the local authority's own "
    "duties cease.",
    "Mewn llety ieuenctid perthnasol yr awdurdod cartref sy'n gweithredu, a daw dyletswyddau'r "
    "awdurdod lleol ei hun i ben.",
)
_NHS_REFERRAL = Words(
    "An FEI refers only for a young person whose plan it prepares or maintains; for a child the "
    "local authority does.",
    "Dim ond ar gyfer person ifanc y mae'n llunio neu'n cynnal ei gynllun y mae SAB yn "
    "atgyfeirio; yr awdurdod lleol sy'n gwneud hynny ar gyfer plentyn.",
)
_FEI_CHILD = Words(
    "An FEI's own duties concern enrolled young people; check why it notifies about a child.",
    "Â phobl ifanc sydd wedi ymrestru y mae dyletswyddau SAB ei hun yn ymwneud; gwiriwch pam "
    "y mae'n hysbysu am blentyn.",
)
_OWN_ROW = Words(
    "For a looked after child the looking-after authority gives this under a provision of its own, "
    "which has a place for the independent reviewing officer.",
    "Ar gyfer plentyn sy'n derbyn gofal, yr awdurdod sy'n gofalu amdano sy'n rhoi hwn o dan "
    "ddarpariaeth ei hun, sydd â lle i'r swyddog adolygu annibynnol.",
)
_WRONG_KIND = {
    "child": Words(
        "This provision concerns a child, and the learner is over compulsory school age.",
        "Mae a wnelo'r ddarpariaeth hon â phlentyn, ac mae'r dysgwr dros oedran ysgol gorfodol.",
    ),
    "young_person": Words(
        "This provision concerns a young person, and the learner is a child.",
        "Mae a wnelo'r ddarpariaeth hon â pherson ifanc, a phlentyn yw'r dysgwr.",
    ),
}
_LAW_RULES = "2018 anaw 2 s.11(5)"


def not_the_giver(
    case: NoticeCase, event: NoticeEvent, kind: PersonKind | None
) -> SlotOutcome | None:
    """Return why the body gives nobody this notice, or None where it is the giver.

    Source: 2018 anaw 2 ss.11(5), 17(1)-(2), 20(3), 44; S.I. 2021/401 regs 20-23; the row of the
    event.
    """
    by = case.by
    if by is not None and by not in event.giver:
        return _stopped(by, "not_the_giver", _NOT_ITS_NOTICE, event.source)
    if event.id == "nhs_referral_intended_s20_3" and by is Giver.FEI and kind is PersonKind.CHILD:
        return _stopped(by, "not_the_giver", _NHS_REFERRAL, event.source)
    learner = case.learner
    if by is None or not event.falls_away or learner is None:
        return None
    if by.is_school_or_fei:
        return _school_stands_back(case, by, learner, kind)
    if learner.in_youth_accommodation:
        return _stopped(by, "home_authority_acts", _HOME_AUTHORITY, "2018 anaw 2 s.44(1)-(2)")
    return None


def _school_stands_back(
    case: NoticeCase, by: Giver, learner: Learner, kind: PersonKind | None
) -> SlotOutcome | None:
    if learner.detained:
        return _stopped(
            by, "detained_person", _DETAINED, "2018 anaw 2 s.44; S.I. 2021/401 regs 20-23"
        )
    if not case.looked_after or kind is PersonKind.YOUNG_PERSON or case.area == "england":
        return None
    outcome = _stopped(by, "looked_after_child", _LOOKED_AFTER, _LAW_RULES + "; s.17(1)-(2)")
    if case.area is None:
        outcome += SlotOutcome(trace=Trace().doubt("area_of_looked_after_child", _AREA_NOT_STATED))
    return outcome


def concerns_nobody(
    event: NoticeEvent, learner: Learner | None, kind: PersonKind | None
) -> SlotOutcome | None:
    """Return why the provision does not reach a person of this kind, or None where it does.

    Source: the row of the event; 2018 anaw 2 s.99(1).
    """
    if event.only is None or kind is None or learner is None or event.only == kind.value:
        return None
    return SlotOutcome(
        flags=(f"escalate:{learner.id}",),
        trace=Trace().step(
            "other_kind_of_person", _WRONG_KIND[event.only], f"{event.source}; 2018 anaw 2 s.99(1)"
        ),
    )


def remarks_on_giver(case: NoticeCase, event: NoticeEvent, kind: PersonKind | None) -> Trace:
    """Note what a reader would ask about a giver that does give this notice.

    Source: 2018 anaw 2 ss.11(2), 11(5).
    """
    trace = Trace()
    by = case.by
    if by is Giver.LOCAL_AUTHORITY and case.looked_after and event.for_looked_after:
        return trace.doubt("looked_after_has_its_own_row", _OWN_ROW)
    if by is None or not by.is_school_or_fei or not event.falls_away:
        return trace
    if case.looked_after and case.area == "england" and kind is not PersonKind.YOUNG_PERSON:
        trace = trace.step("looked_after_in_england", _IN_ENGLAND, _LAW_RULES)
    if by is Giver.FEI and kind is PersonKind.CHILD:
        trace = trace.doubt("fei_and_child", _FEI_CHILD)
    return trace


def _stopped(by: Giver, rule: str, because: Words, source: str) -> SlotOutcome:
    flag = "school_is_not_the_notifier" if by.is_school_or_fei else f"not_the_notifier:{by.value}"
    return SlotOutcome(flags=(flag,), trace=Trace().step(rule, because, source, {"by": by.value}))
