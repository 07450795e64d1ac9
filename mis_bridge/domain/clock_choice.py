"""Which statutory period a trigger sets running, for which body and person, and from which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mis_bridge.domain.clock_choice_words import (
    AWAITED,
    AWAITED_DATE,
    BODY_DIFFERS,
    CHILD_AT_FEI,
    CHILD_NEEDS_NO_CONSENT,
    CONSENT_STARTS,
    FROM_TRIGGER,
    NO_CLOCK,
    NO_DATE,
    PERSON_ASSUMED,
    REFUSED,
    SCHOOL_NOT_APPEALABLE,
)
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.trace import Fact, Trace
from mis_bridge.domain.words import Words


class Body(StrEnum):
    """Who is bound by the period, or, as requester, who may use it."""

    MAINTAINED_SCHOOL = "maintained_school"
    FEI = "fei"
    LOCAL_AUTHORITY = "local_authority"
    NHS_BODY = "nhs_body"
    REQUESTER = "requester"


class Trigger(StrEnum):
    """What set the period running."""

    BROUGHT_TO_ATTENTION = "brought_to_attention"
    CONSENT = "consent"
    S26_REQUEST = "s26_request"
    CONSENT_TO_S13_DECISION = "consent_to_s13_decision"
    S20_REFERRAL_RECEIVED = "s20_referral_received"
    S31_NOTICES = "s31_notices"
    S36_REQUEST_RECEIVED = "s36_request_received"
    IDP_NOTICE_GIVEN = "idp_notice_given"
    REQUEST_FOR_NOTICE = "request_for_notice"
    REQUEST_FOR_ALN_NOTICE = "request_for_aln_notice"
    DECISION_AND_APPEAL_RIGHT_NOTICE = "decision_and_appeal_right_notice"
    PLAN_COPY_GIVEN = "plan_copy_given"
    REVIEW_REQUEST = "review_request"
    S27_REQUEST = "s27_request"
    S28_REQUEST = "s28_request"
    S32_REQUEST = "s32_request"
    S65_REQUEST = "s65_request"
    DETAINED_IN_HOSPITAL = "detained_in_hospital"
    TRIBUNAL_ORDER = "tribunal_order"


class Consent(StrEnum):
    """Where a young person's consent stands."""

    GIVEN = "given"
    REFUSED = "refused"
    AWAITED = "awaited"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """What happened, to whom, and who must act; None is not known."""

    body: Body | None = None
    person: PersonKind | None = None
    trigger: Trigger | None = None
    trigger_on: date | None = None
    clock: str | None = None
    concern_on: date | None = None
    consent: Consent | None = None
    consent_on: date | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period that runs and the day that starts it; None: it runs from a day not known."""

    rule: str
    start: date | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class NoClock:
    """No period runs; `reason` is a stable word or a provision."""

    reason: str
    trace: Trace


_DECIDE = {
    Body.MAINTAINED_SCHOOL: "SCH-35",
    Body.FEI: "FEI-35",
    Body.LOCAL_AUTHORITY: "LA-12W",
}
_CONSENT_SOURCE = {
    "SCH-35": "2018 Act s.11(3)(c); ALN Code 2021 12.12, 12.21",
    "FEI-35": "2018 Act s.11(3)(c); ALN Code 2021 16.16",
    "LA-12W": "2018 Act s.13(2)(d); ALN Code 2021 11.17, 11.24",
    "DET-NN": "2018 Act s.40; S.I. 2021/401 reg. 18(4)",
}
_SINGLE = {
    Trigger.S26_REQUEST: "LA-7W",
    Trigger.CONSENT_TO_S13_DECISION: "LA-NN",
    Trigger.S20_REFERRAL_RECEIVED: "NHS-6W",
    Trigger.S36_REQUEST_RECEIVED: "FEI-20",
    Trigger.REQUEST_FOR_ALN_NOTICE: "CONV-10",
    Trigger.PLAN_COPY_GIVEN: "REV-12M",
    Trigger.REVIEW_REQUEST: "REV-REQ",
    Trigger.S27_REQUEST: "LA-27",
    Trigger.S28_REQUEST: "LA-28",
    Trigger.S32_REQUEST: "LA-32",
    Trigger.S65_REQUEST: "S65-6W",
    Trigger.DETAINED_IN_HOSPITAL: "HOSP-7W",
}
_BY_BODY: dict[Trigger, tuple[str, dict[Body | None, str]]] = {
    Trigger.IDP_NOTICE_GIVEN: ("CONV-35", {Body.LOCAL_AUTHORITY: "CONV-35-LA"}),
    Trigger.REQUEST_FOR_NOTICE: ("CONV-15", {Body.LOCAL_AUTHORITY: "CONV-15-LA"}),
    Trigger.TRIBUNAL_ORDER: ("TRIB-ORD", {Body.FEI: "TRIB-ORD-FEI"}),
    Trigger.DECISION_AND_APPEAL_RIGHT_NOTICE: ("APP-8W", {}),
    Trigger.S31_NOTICES: ("CEASE-4W", {Body.LOCAL_AUTHORITY: "APP-8W", Body.FEI: "APP-8W"}),
}
_NEVER: dict[tuple[Trigger, Body | None], tuple[str, Words, str]] = {
    (Trigger.DECISION_AND_APPEAL_RIGHT_NOTICE, Body.MAINTAINED_SCHOOL): (
        "s.70(1)",
        SCHOOL_NOT_APPEALABLE,
        "2018 Act ss.26, 70(1)",
    ),
    (Trigger.TRIBUNAL_ORDER, Body.MAINTAINED_SCHOOL): (
        "s.77",
        NO_CLOCK,
        "2018 Act s.77; S.I. 2021/406 reg. 58",
    ),
    (Trigger.TRIBUNAL_ORDER, Body.NHS_BODY): (
        "s.77",
        NO_CLOCK,
        "2018 Act s.77; S.I. 2021/406 reg. 58",
    ),
}
# The bodies that a period can bind; where one is not here the trigger says it all.
_BOUND = {
    "LA-7W": {Body.LOCAL_AUTHORITY},
    "LA-NN": {Body.LOCAL_AUTHORITY},
    "LA-27": {Body.LOCAL_AUTHORITY},
    "LA-28": {Body.LOCAL_AUTHORITY},
    "LA-32": {Body.LOCAL_AUTHORITY},
    "NHS-6W": {Body.NHS_BODY},
    "FEI-20": {Body.FEI},
    "CONV-10": {Body.LOCAL_AUTHORITY},
    "HOSP-7W": {Body.LOCAL_AUTHORITY},
}
# clock -> the period for each body; None stands for any other body, or one not known.
_BY_CLOCK: dict[str, dict[Body | None, str]] = {
    "school_decide_and_idp": {None: "SCH-35"},
    "fei_decide_and_idp": {None: "FEI-35"},
    "la_decide_and_idp": {None: "LA-12W"},
    "la_reconsider_school_decision": {None: "LA-7W"},
    "la_plan_not_necessary_notice": {None: "LA-NN"},
    "nhs_inform": {None: "NHS-6W"},
    "s32_request_window": {None: "CEASE-4W"},
    "fei_s36_response": {None: "FEI-20"},
    "conversion_idp_copy": {None: "CONV-35", Body.LOCAL_AUTHORITY: "CONV-35-LA"},
    "conversion_notice_on_request": {None: "CONV-15", Body.LOCAL_AUTHORITY: "CONV-15-LA"},
    "conversion_aln_notice": {None: "CONV-10"},
    "idp_review": {None: "REV-12M"},
    "requested_review": {None: "REV-REQ"},
    "tribunal_appeal": {None: "APP-8W"},
    "la_reconsider_plan": {None: "LA-27"},
    "la_takeover": {None: "LA-28"},
    "la_ceasing": {None: "LA-32"},
    "detained_plan_not_necessary_notice": {None: "DET-NN"},
    "hospital_review": {None: "HOSP-7W"},
    "s65_response": {None: "S65-6W"},
    "tribunal_order": {None: "TRIB-ORD", Body.FEI: "TRIB-ORD-FEI"},
}
CLOCKS = frozenset(_BY_CLOCK)
_WAIT_FOR_CONSENT = frozenset(_CONSENT_SOURCE)


def choose(facts: Occurrence) -> Chosen | NoClock:
    """Return the period that runs and the day that starts it, or why none runs.

    For a young person the periods for deciding start with consent; the day of the concern is kept
    in the trace. A notice of a maintained school opens no appeal.

    Source: 2018 Act ss.11(1)-(3), 13(1)-(2), 26-28, 31-33, 36, 40, 65, 70(1), 77; S.I. 2021/401.
    """
    rule = _rule(facts)
    if isinstance(rule, NoClock):
        return rule
    trace = Trace()
    if facts.body is not None and facts.body not in _BOUND.get(rule, {facts.body}):
        trace = trace.doubt("body", BODY_DIFFERS.fill(body=facts.body.value))
    if rule in _WAIT_FOR_CONSENT:
        return _decision_start(rule, facts, trace)
    start = facts.trigger_on
    if rule == "LA-NN" and start is None:
        start = facts.consent_on
    return _dated(rule, start, facts, trace)


def _rule(facts: Occurrence) -> str | NoClock:
    if facts.clock is not None:
        rules = _BY_CLOCK[facts.clock]
        return rules.get(facts.body, rules[None])
    trigger = facts.trigger
    if trigger is None:
        return _none("no_trigger", NO_CLOCK, "2018 Act s.11(1)", facts)
    if trigger in _SINGLE:
        return _SINGLE[trigger]
    if trigger in {Trigger.BROUGHT_TO_ATTENTION, Trigger.CONSENT}:
        return _deciding_rule(facts)
    if (trigger, facts.body) in _NEVER:
        reason, because, source = _NEVER[trigger, facts.body]
        return _none(reason, because, source, facts)
    plain, by_body = _BY_BODY[trigger]
    return by_body.get(facts.body, plain)


def _deciding_rule(facts: Occurrence) -> str | NoClock:
    rule = _DECIDE.get(facts.body) if facts.body is not None else None
    if rule is None:
        return _none("no_duty_to_decide", NO_CLOCK, "2018 Act ss.11(1)-(2), 13(1), 18(1)", facts)
    if rule == "FEI-35" and facts.person is PersonKind.CHILD:
        return _none("s.11(2)", CHILD_AT_FEI, "2018 Act ss.11(2), 13(1)", facts)
    return rule


def _decision_start(rule: str, facts: Occurrence, trace: Trace) -> Chosen | NoClock:
    """Start a period for deciding: a child's from the concern, a young person's from consent."""
    person = facts.person
    if person is None:
        asked = facts.consent is not None or facts.trigger is Trigger.CONSENT
        young = rule == "FEI-35" or asked or facts.consent_on is not None
        person = PersonKind.YOUNG_PERSON if young else PersonKind.CHILD
        trace = trace.doubt("person", PERSON_ASSUMED[person])
    if person is PersonKind.CHILD:
        if facts.trigger is not Trigger.CONSENT:
            return _dated(rule, facts.trigger_on or facts.concern_on, facts, trace)
        trace = trace.doubt("trigger", CHILD_NEEDS_NO_CONSENT)
        return _dated(rule, facts.concern_on or facts.trigger_on, facts, trace)
    source = _CONSENT_SOURCE[rule]
    if facts.consent is Consent.REFUSED:
        return NoClock("consent_refused", _told("CONSENT", REFUSED, source, facts, trace))
    consented = facts.consent_on
    if consented is None and facts.trigger is Trigger.CONSENT:
        consented = facts.trigger_on
    if facts.consent is Consent.AWAITED or (consented is None and facts.consent is None):
        return NoClock("consent_awaited", _told("CONSENT", AWAITED, source, facts, trace))
    if consented is None:
        trace = _told("CONSENT", AWAITED_DATE, source, facts, trace)
        return Chosen(rule, None, trace.doubt("consent_date", NO_DATE))
    because = CONSENT_STARTS.fill(on=consented)
    return Chosen(rule, consented, _told("CONSENT", because, source, facts, trace))


def _dated(rule: str, start: date | None, facts: Occurrence, trace: Trace) -> Chosen:
    if start is None:
        return Chosen(rule, None, trace.doubt("trigger_date", NO_DATE))
    because = FROM_TRIGGER.fill(on=start)
    return Chosen(rule, start, _told("TRIGGER", because, _source_of(facts), facts, trace))


def _source_of(facts: Occurrence) -> str:
    if facts.trigger in {Trigger.BROUGHT_TO_ATTENTION, None}:
        return "2018 Act ss.11(1), 13(1)"
    return "S.I. 2021/401 regs 10(3), 12(1), 18(4) (the way of counting)"


def _none(reason: str, because: Words, source: str, facts: Occurrence) -> NoClock:
    return NoClock(reason, _told("NO-CLOCK", because, source, facts, Trace()))


def _told(rule: str, because: Words, source: str, facts: Occurrence, trace: Trace) -> Trace:
    known: dict[str, Fact] = {
        "body": facts.body,
        "person": facts.person,
        "trigger": facts.trigger,
        "trigger_date": facts.trigger_on.isoformat() if facts.trigger_on else None,
        "concern_date": facts.concern_on.isoformat() if facts.concern_on else None,
        "consent": facts.consent,
        "consent_date": facts.consent_on.isoformat() if facts.consent_on else None,
    }
    stated = {name: str(fact) for name, fact in known.items() if fact is not None}
    return trace.step(rule, because, source, stated)
