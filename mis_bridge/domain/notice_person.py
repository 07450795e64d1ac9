"""Whether a notice is about a child or a young person, on the day on which it is given."""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.notice_case import NoticeCase
from mis_bridge.domain.notices import NoticeEvent
from mis_bridge.domain.people import (
    PersonKind,
    compulsory_school_age_ends,
    has_turned_25,
    leaving_date_needs_a_person,
    person_kind,
)
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words

_CHILD = Words(
    "Not over compulsory school age on the day: a child, so parents have their own places.",
    "Heb fod dros oedran ysgol gorfodol ar y diwrnod: plentyn, felly mae gan rieni eu lleoedd eu "
    "hunain.",
)
_YOUNG_PERSON = Words(
    "Over compulsory school age on the day: a young person, so parents have no place as such.",
    "Dros oedran ysgol gorfodol ar y diwrnod: person ifanc, felly nid oes gan rieni le fel y "
    "cyfryw.",
)
_KIND_CONTRADICTS = Words(
    "The kind of person stated is not what the date of birth gives on that day; what was "
    "stated is used.",
    "Nid yw'r math o berson a nodwyd yn cyd-fynd â'r dyddiad geni ar y diwrnod hwnnw; "
    "defnyddir yr hyn a nodwyd.",
)
_SEPTEMBER_BIRTHDAY = Words(
    "A birthday in the first days of September turns on the school's own first day of the year.",
    "Mae pen-blwydd yn nyddiau cyntaf mis Medi yn dibynnu ar ddiwrnod cyntaf blwyddyn yr ysgol ei "
    "hun.",
)
_OVER_25 = Words(
    "The person has reached 25, and is no young person any more.",
    "Mae'r person wedi cyrraedd 25 oed, ac nid yw bellach yn berson ifanc.",
)
_CHANGES_BEFORE_SENDING = Words(
    "The person is a child on one of the two days and a young person on the other: route again on "
    "the day of sending.",
    "Mae'r person yn blentyn ar un o'r ddau ddiwrnod ac yn berson ifanc ar y llall: pennwch y "
    "derbynwyr eto ar y diwrnod anfon.",
)
_TAKEN_FROM_PROVISION = Words(
    "The facts do not say what the person is; the provision concerns one kind of person only.",
    "Nid yw'r ffeithiau yn dweud beth yw'r person; mae a wnelo'r ddarpariaeth ag un math o berson "
    "yn unig.",
)


def kind_in(case: NoticeCase, event: NoticeEvent) -> tuple[PersonKind | None, Trace]:
    """Return what the learner is on the day of the notice, None where nothing says so.

    What was stated comes first, then the date of birth, then a provision that knows one kind only.

    Source: 2018 anaw 2 s.99(1); Education Act 1996 s.8(3).
    """
    learner = case.learner
    if learner is None:
        return None, Trace()
    derived = person_kind(learner.dob, case.day) if learner.dob and case.day else None
    kind = learner.kind or derived
    if kind is None:
        only = PersonKind(event.only) if event.only else None
        return only, Trace().doubt("person_kind", _TAKEN_FROM_PROVISION) if only else Trace()
    trace = Trace().step(
        f"person_is_{kind.value}",
        _CHILD if kind is PersonKind.CHILD else _YOUNG_PERSON,
        "2018 anaw 2 s.99(1); Education Act 1996 s.8(3)",
        {
            "stated": learner.kind.value if learner.kind else None,
            "compulsory_school_age_ends": (
                compulsory_school_age_ends(learner.dob).isoformat() if learner.dob else None
            ),
        },
    )
    return kind, trace + _doubts_of_age(case, learner.dob, kind, derived)


def _doubts_of_age(
    case: NoticeCase, dob: date | None, kind: PersonKind, derived: PersonKind | None
) -> Trace:
    trace = Trace()
    if dob is None or case.day is None:
        return trace
    if derived is not None and derived is not kind:
        trace = trace.doubt("person_kind", _KIND_CONTRADICTS)
    elif leaving_date_needs_a_person(dob):
        trace = trace.doubt("compulsory_school_age", _SEPTEMBER_BIRTHDAY)
    if has_turned_25(dob, case.day):
        trace = trace.doubt("young_person_under_25", _OVER_25)
    if case.sent_on is not None and person_kind(dob, case.sent_on) is not derived:
        trace = trace.doubt("day_of_sending", _CHANGES_BEFORE_SENDING)
    return trace
