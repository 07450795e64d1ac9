"""`explain` asked for a duty: the facts in, who decides and what follows out."""

from __future__ import annotations

from collections.abc import Mapping

from mis_bridge.domain.duties import Duty, DutyFacts, DutySetting, decide
from mis_bridge.domain.duty_rules import NOBODY
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_duties import (
    PlanDuty,
    PlanFacts,
    after_decision,
    alnco_required,
    asks_afresh,
    deemed_by,
    needs_a_person,
    reconsideration,
)
from mis_bridge.services.explain.cases import (
    Answer,
    Facts,
    known_keys,
    member_of,
    nested,
    one_of,
    text,
    truth,
)

_KEYS = frozenset(
    {
        "setting", "person", "area", "looked_after", "detained", "raised_with", "existing_idp",
        "ehc_plan", "previous_decision", "needs_changed_materially", "new_material_information",
        "consent", "has_capacity", "representative", "other_registration", "education_at_each",
        "la_responsible", "school_is_deciding", "fei_referral", "course", "decision",
        "school_can_determine_alp", "alp_reasonable_for_school", "refers_to_la", "consent_to_plan",
        "conversion",
    }
)  # fmt: skip
_CONSENT = {"given", "refused"}


def answer(given: Facts, _calendars: Mapping[str, object]) -> Answer:
    """Answer who must decide, who prepares the plan, and what is owed meanwhile.

    Source: 2018 Act ss.11-14, 17-19, 30, 40, 44, 47, 60, 86, named in the trace.
    """
    known_keys(given, _KEYS)
    facts, plan = _duty_facts(given), _plan_facts(given)
    duty = decide(facts)
    after = after_decision(duty, facts, plan)
    trace = after.trace if _by_notice(facts, after) else duty.trace + after.trace
    return Answer(_result(duty, after, facts, plan), trace)


def _duty_facts(given: Facts) -> DutyFacts:
    representative = nested(given, "representative")
    kind = consented = None
    if representative is not None:
        known_keys(representative, {"type", "consent"}, "representative")
        kind = text(representative, "type", "representative")
        consented = one_of(representative, "consent", _CONSENT, "representative")
    return DutyFacts(
        setting=member_of(given, "setting", DutySetting),
        person=member_of(given, "person", PersonKind),
        area=one_of(given, "area", {"wales", "england"}),
        looked_after=one_of(given, "looked_after", {"welsh_la", "english_la"}),
        detained=text(given, "detained"),
        raised_with=one_of(given, "raised_with", {"school", "fei", "local_authority"}),
        existing_idp=one_of(given, "existing_idp", {"school", "la", "fei"}),
        ehc_plan=truth(given, "ehc_plan"),
        previous_decision=one_of(given, "previous_decision", {"aln", "no_aln"}),
        needs_changed_materially=truth(given, "needs_changed_materially"),
        new_material_information=truth(given, "new_material_information"),
        consent=one_of(given, "consent", _CONSENT),
        has_capacity=truth(given, "has_capacity"),
        representative=kind,
        representative_consent=consented,
        other_registration=one_of(given, "other_registration", {"maintained_school", "fei"}),
        education_at_each=truth(given, "education_at_each"),
        la_responsible=one_of(given, "la_responsible", {"wales", "england"}),
        school_is_deciding=truth(given, "school_is_deciding"),
        fei_referral=truth(given, "fei_referral"),
        course=one_of(given, "course", {"higher_education_only"}),
    )


def _plan_facts(given: Facts) -> PlanFacts:
    return PlanFacts(
        decision=one_of(given, "decision", {"aln", "no_aln"}),
        school_can_determine_alp=truth(given, "school_can_determine_alp"),
        alp_reasonable_for_school=truth(given, "alp_reasonable_for_school"),
        refers_to_la=truth(given, "refers_to_la"),
        consent_to_plan=_agreed(given, "consent_to_plan"),
        conversion=one_of(given, "conversion", {"idp_notice_given", "no_idp_notice_given"}),
    )


def _agreed(given: Facts, key: str) -> bool | None:
    """Read consent as true or false, or by its words."""
    value = given.get(key)
    if isinstance(value, bool):
        return value
    word = one_of(given, key, _CONSENT)
    return None if word is None else word == "given"


def _by_notice(facts: DutyFacts, after: PlanDuty) -> bool:
    return after.deemed is not None and not asks_afresh(facts, after)


def _result(duty: Duty, after: PlanDuty, facts: DutyFacts, plan: PlanFacts) -> dict[str, object]:
    noticed = _by_notice(facts, after)
    ruling = after.deemed if after.deemed and noticed else after.rule or duty.rule
    settled: dict[str, object] = {
        "duty_to_decide": {facts.institution: False} if noticed else duty.duty,
        "decided_by": deemed_by(duty, facts) if noticed else duty.decided_by,
        "reason": ruling.reason,
        "must_refer_to": None if noticed else duty.rule.must_refer_to,
        "treat_as": None if noticed else duty.rule.treat_as,
        "consent_given_by": duty.consent_given_by,
        "prepares_idp": after.prepares,
        "maintains_idp": after.maintains,
        "interim_duty": "s.47(2)" if after.interim else None,
        "alnco_required": alnco_required(facts),
        "reconsideration_route": reconsideration(duty, facts, plan),
        "needs_human_decision": needs_a_person(duty, facts, after),
    }
    if after.deemed is not None:
        settled |= {
            "deemed_decision": after.deemed.deemed,
            "new_law_applies": True,
            "old_law_applies": False,
        }
    return {
        key: None if value == NOBODY else value
        for key, value in settled.items()
        if value is not None
    }
