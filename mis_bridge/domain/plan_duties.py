"""After a decision: who prepares and maintains the IDP, and what is owed until there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mis_bridge.domain.duties import MAINTAINED, Duty, DutyFacts, DutySetting, limbs_in_doubt
from mis_bridge.domain.duty_rules import DUTY_RULES, DutyRule
from mis_bridge.domain.trace import Trace

# Where an ALNCo must be designated; a special school need not have one.
_ALNCO = {
    DutySetting.MAINTAINED_SCHOOL: True,
    DutySetting.PRU: True,
    DutySetting.FEI: True,
    DutySetting.MAINTAINED_SPECIAL_SCHOOL: False,
    DutySetting.INDEPENDENT_SCHOOL: False,
}
_HOLDERS = {"school": "school", "fei": "fei", "la": "local_authority"}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What is known once a decision was made; None is not known. `conversion` names the notice."""

    decision: str | None = None
    school_can_determine_alp: bool | None = None
    alp_reasonable_for_school: bool | None = None
    refers_to_la: bool | None = None
    consent_to_plan: bool | None = None
    conversion: str | None = None


@dataclass(frozen=True, slots=True)
class PlanDuty:
    """What follows a decision; `rule` None where none was made.

    `prepares` and `maintains` are `school`, `fei`, `local_authority`, `nobody`, or None where that
    is not settled. `interim` says that s.47(2) applies until there is a plan.
    """

    rule: DutyRule | None
    prepares: str | None
    maintains: str | None
    interim: bool
    deemed: DutyRule | None
    trace: Trace


def after_decision(duty: Duty, facts: DutyFacts, plan: PlanFacts) -> PlanDuty:
    """Return who prepares and maintains the plan, and whether s.47(2) applies meanwhile.

    Where a plan exists none is prepared, and whoever has it maintains it.

    Source: 2018 Act ss.11(3)(a), 12, 14, 19, 22, 30(4)-(7), 40, 42, 47(1)-(2);
    S.I. 2021/1243 arts 5-8.
    """
    trace = Trace()
    deemed = _DEEMED.get(plan.conversion or "")
    if deemed is not None:
        trace = deemed.told(trace, {"conversion": plan.conversion})
    decided_aln = plan.decision == "aln" or (deemed is not None and deemed.deemed == "aln")
    if not decided_aln or facts.existing_idp is not None:
        return PlanDuty(
            None, None, _holder(duty, facts), _interim(facts), deemed, _interim_told(facts, trace)
        )
    rule = DUTY_RULES[next(rule for rule, holds in _tests(duty, facts, plan) if holds)]
    trace = rule.told(trace, {})
    prepares = facts.institution if rule.prepares == "institution" else rule.prepares
    maintains = facts.institution if rule.maintains == "institution" else rule.maintains
    return PlanDuty(
        rule,
        prepares,
        maintains,
        _interim(facts, aln=True),
        deemed,
        _interim_told(facts, trace, aln=True),
    )


def needs_a_person(duty: Duty, facts: DutyFacts, after: PlanDuty) -> bool:
    """Say whether the facts leave a view for a person to form.

    Source: 2018 Act ss.11(3)(b), 12(2)(a), 14(1)(c), 17(2) (the body's own opinion).
    """
    if after.deemed is not None:
        return False
    if after.rule is not None:
        return after.rule.human
    return duty.rule.human or limbs_in_doubt(facts)


def alnco_required(facts: DutyFacts) -> bool | None:
    """Say whether the institution must designate an ALNCo; None where the question does not arise.

    Source: 2018 Act s.60; S.I. 2021/401 regs 26-28.
    """
    return None if facts.setting is None else _ALNCO.get(facts.setting)


def reconsideration(duty: Duty, facts: DutyFacts, plan: PlanFacts) -> str | None:
    """Return the provision under which a school's decision, or refusal, may be reconsidered.

    Source: 2018 Act s.26(1); s.70(1) (no appeal lies from a maintained school).
    """
    by_school = facts.setting in MAINTAINED and not _by_authority(duty, facts)
    refused = duty.rule.id == "S11-3-B" or plan.conversion == "no_idp_notice_given"
    return "s.26" if by_school and (refused or plan.decision == "no_aln") else None


_DEEMED = {
    "idp_notice_given": DUTY_RULES["DEEMED-ALN"],
    "no_idp_notice_given": DUTY_RULES["DEEMED-NO-ALN"],
}


def deemed_by(duty: Duty, facts: DutyFacts) -> str:
    """Return who gave a conversion notice: the authority where the matter was the authority's.

    Source: S.I. 2021/1243 arts 5-8; S.I. 2021/1244 arts 5-8 (looked after, dual registered).
    """
    if not _by_authority(duty, facts):
        return facts.institution
    return "looking_after_la" if duty.decided_by == "looking_after_la" else "local_authority"


def asks_afresh(facts: DutyFacts, after: PlanDuty) -> bool:
    """Say whether what changed since a No IDP notice calls for a decision again.

    Source: 2018 Act s.11(3)(b); S.I. 2021/1243 arts 5-8 (the notice is a decision).
    """
    changed = True in (facts.needs_changed_materially, facts.new_material_information)
    return after.deemed is not None and after.deemed.deemed == "no_aln" and changed


def _by_authority(duty: Duty, facts: DutyFacts) -> bool:
    return facts.asks_la or duty.decided_by in {"local_authority", "looking_after_la"}


def _tests(duty: Duty, facts: DutyFacts, plan: PlanFacts) -> Iterator[tuple[str, bool]]:
    refused = facts.young_person and plan.consent_to_plan is False
    by_la = _by_authority(duty, facts)
    yield "S40", duty.decided_by == "home_authority"
    yield "S14-3", refused and by_la
    yield "S12-2-B", refused
    yield "S19", duty.decided_by == "looking_after_la"
    yield "S12-2-D", facts.ehc_plan is True and not by_la
    if by_la:
        yield "S14-1-C", facts.outside and facts.young_person
        taught_at_two = facts.other_registration is not None and facts.education_at_each is True
        no_school = facts.setting not in MAINTAINED
        yield "S14-1-NO-DIRECTION", no_school or taught_at_two
        yield "S14-1", True
    opinion = False in (plan.school_can_determine_alp, plan.alp_reasonable_for_school)
    denied = plan.school_can_determine_alp is True and plan.alp_reasonable_for_school is True
    refers = plan.refers_to_la is True
    yield "S12-2-A", refers and opinion
    yield "S12-1-BOTH-NEEDED", (refers and denied) or (opinion and not refers)
    yield "S12-2-A-OPINION", refers
    yield "S12-1", True


def _holder(duty: Duty, facts: DutyFacts) -> str | None:
    """Return who maintains an existing plan; taught at two places, the local authority does.

    In detention no school or college does: the home authority keeps the plan in youth
    accommodation, the relevant local authority in hospital; elsewhere that is not settled.

    Source: 2018 Act ss.12, 14, 19, 30(4)-(5), 42, 44; S.I. 2021/401 regs 20-23.
    """
    if facts.existing_idp is None:
        return None
    if facts.detained is not None:
        kept = duty.decided_by in {"home_authority", "local_authority"}
        return "local_authority" if kept or facts.existing_idp == "la" else None
    dual = facts.other_registration is not None and facts.education_at_each is True
    if (dual and not facts.english_area) or _looked_after(facts):
        return "local_authority"
    return _HOLDERS[facts.existing_idp]


def _looked_after(facts: DutyFacts) -> bool:
    return facts.looked_after == "welsh_la" and not facts.young_person and not facts.english_area


def _interim(facts: DutyFacts, *, aln: bool = False) -> bool:
    known = aln or facts.previous_decision == "aln"
    return known and not facts.outside and facts.existing_idp is None


def _interim_told(facts: DutyFacts, trace: Trace, *, aln: bool = False) -> Trace:
    return DUTY_RULES["NOTE-INTERIM"].told(trace, {}) if _interim(facts, aln=aln) else trace
