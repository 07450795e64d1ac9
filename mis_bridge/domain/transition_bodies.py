"""Which body answers for a pupil: under the governing Order, or under the Act after the move."""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, Cohort, Commencement, Rule, System
from mis_bridge.domain.transition_case import MAINTAINED, SchoolKind, TransitionCase
from mis_bridge.domain.transition_moves import Moves
from mis_bridge.domain.year_groups import school_year_of

_NOBODY = frozenset({"YP_OVER_CSA_2022", "EHC_2022"})
_ALWAYS_AUTHORITY = frozenset(
    {
        "IND_EHE_2022", "DETAINED_2021", "DETAINED_YP_2022", "STMT_APPEAL",
        "ALN_NOTICE_AFTER_LEAVING", "LEFT_SCHOOL", "BECAME_LOOKED_AFTER", "BECAME_DUAL_REGISTERED",
    }
)  # fmt: skip
_LAST_OF_SPECIALIST_YEAR = 2024
_SPECIALIST_GROUPS = range(11, 14)
_SPECIALIST_FOR_ALL = date(2025, 9, 1)
_SPECIALIST_BEGAN = date(2024, 9, 1)


def responsible_body(case: TransitionCase, rule: Rule) -> Body | None:
    """Return the body that answers under `rule`, None where the rule names none.

    Source: S.I. 2021/1243 art. 2 and the like articles (governing body, or local authority); 2018
    anaw 2 ss.11, 13, 15, 30, 40 (after the move).
    """
    if rule.id in _NOBODY:
        return None
    if rule.id in _ALWAYS_AUTHORITY:
        return Body.LOCAL_AUTHORITY
    kind = _kind(case, rule)
    if not isinstance(rule, Cohort):
        return _under_the_act(case, rule, kind)
    if rule.order.body is Body.LOCAL_AUTHORITY:
        return Body.LOCAL_AUTHORITY
    return _of_school(kind)


def decided_by(case: TransitionCase, found: Moves) -> Body | None:
    """Return the body whose notice moved the pupil: as recorded, else the one that owed it.

    Source: S.I. 2021/1243 arts 5-8 and the like articles (the giver is deemed to have decided).
    """
    notice = found.move.notice
    if notice is not None and notice.given_by is not None:
        return notice.given_by
    return responsible_body(case, found.move.rule)


def acts_for_a_referral_unit(case: TransitionCase, rule: Rule, body: Body | None) -> bool:
    """Say whether the answer names who acts for a pupil referral unit, which no Order says.

    Source: Education Act 1996 Sch. 1 para. 1.
    """
    at_unit = _kind(case, rule) is SchoolKind.PRU
    return at_unit and body is schedule().pupil_referral_unit_body


def placement_body(case: TransitionCase, system: System | None) -> Body | None:
    """Return who decides on a place at a specialist post-16 institution, None: no body of the Act.

    Source: Welsh Government, placements at specialist further education provision: transitional
    arrangements (Years 11 to 13 of 2024-25 under the new law; everybody from September 2025).
    """
    if case.on is None:
        return None
    if case.on >= _SPECIALIST_FOR_ALL:
        return Body.LOCAL_AUTHORITY
    group = case.groups.in_year(_LAST_OF_SPECIALIST_YEAR)
    in_groups = group is not None and group.number in _SPECIALIST_GROUPS
    begun = case.on >= _SPECIALIST_BEGAN and system is System.ALN
    return Body.LOCAL_AUTHORITY if begun and in_groups else None


def _under_the_act(case: TransitionCase, rule: Rule, kind: SchoolKind | None) -> Body | None:
    ended = {
        "CEASED_LOOKED_AFTER": bool(case.dual_registered) and case.wales_is_responsible,
        "CEASED_DUAL_REGISTERED": False,
        "CEASED_EOTAS": case.is_authority_case,
    }
    if ended.get(rule.id, case.is_authority_case):
        return Body.LOCAL_AUTHORITY
    if rule.id == "CEASED_EOTAS":
        return None
    if kind is SchoolKind.FEI and not isinstance(rule, Commencement):
        return Body.GOVERNING_BODY
    if kind in MAINTAINED:
        return _of_school(kind)
    return None if kind is None else Body.LOCAL_AUTHORITY


def _kind(case: TransitionCase, rule: Rule) -> SchoolKind | None:
    """Where the pupil was on the day that decides, or is on the day asked about."""
    if isinstance(rule, Cohort | Commencement):
        return case.kind_at(rule.order.snapshot)
    return case.school_kind if case.on is None else case.kind_at(case.on)


def _of_school(kind: SchoolKind | None) -> Body:
    if kind is SchoolKind.PRU:
        return schedule().pupil_referral_unit_body
    return Body.GOVERNING_BODY


def mandated_year(rule: Rule | None) -> int | None:
    """Return the school year in which the group's notices first fell due, None without a group.

    Source: S.I. 2021/1243 arts 9-11 and the like articles of the other Orders.
    """
    return school_year_of(rule.window[0]) if isinstance(rule, Cohort) else None
