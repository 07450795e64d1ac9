"""Which law applied to a pupil on a day, since when, by which rule, and what it asked of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mis_bridge.domain.people import PersonKind, compulsory_school_age_ends, has_turned_25
from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, Cause, Cohort, Commencement, Rule, System
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.transition_appeals import is_open
from mis_bridge.domain.transition_bodies import (
    decided_by,
    mandated_year,
    placement_body,
    responsible_body,
)
from mis_bridge.domain.transition_case import (
    OLD_LAW_CODES,
    ProvisionCode,
    TransitionCase,
)
from mis_bridge.domain.transition_cohorts import FLOW_THROUGH, Placed, place
from mis_bridge.domain.transition_doubts import doubts
from mis_bridge.domain.transition_duty import NO_DUTY, NoticeDuty, notice_duty
from mis_bridge.domain.transition_moves import (
    AFTER_LEAVING,
    STATEMENT_APPEAL,
    Moves,
    asked_after_leaving,
    moves,
)
from mis_bridge.domain.transition_reasons import reasons
from mis_bridge.domain.transition_snapshots import THIRD_DAY, last_recorded, recorded_since
from mis_bridge.domain.year_groups import KnownBy

_RULES = schedule().rules
_DECIDED = {Cause.IDP_NOTICE: "deemed_aln", Cause.NO_IDP_NOTICE: "deemed_not_aln"}
_NO_CONCERN_OF_ITS_OWN = frozenset(
    {"NEW_2021", "NEW_2022_JAN", "NEW_2022_SEP", "DETAINED_2021", "DETAINED_YP_2022"}
)


@dataclass(frozen=True, slots=True)
class Transition:
    """The answer for one pupil on one day.

    `rule` is what decides on that day, `group` the rule that governs the pupil; they differ once an
    event has moved the pupil, or while an appeal holds the move back. `moved_on` is the first day
    of the new law, also one that lies ahead, None where none can be named.
    """

    on: date | None
    system: System | None
    rule: Rule | None
    group: Rule | None
    placed: Placed
    body: Body | None
    duty: NoticeDuty
    moved_on: date | None
    cause: Cause | None
    status: str | None
    next_step: str | None
    next_right: str | None
    stale_code: bool
    check_the_record: bool
    person: PersonKind | None
    school_age_ends: date | None
    mandated_year: int | None
    derived_group: str | None
    placement: Body | None
    asks_placement: bool
    trace: Trace


def transition(case: TransitionCase) -> Transition:
    """Work out which law applies to the pupil of `case` at the end of the day asked about.

    The facts alone decide: neither their order nor the day on which this is asked changes the day
    of the move.

    Source: S.I. 2021/373, 2021/1243-1245, 2021/1428, 2022/663, 2022/891-898, 2023/932.
    """
    placed = place(case, lambda rule: _moved_before_september(case, rule))
    group = placed.rule
    found = moves(case, group) if isinstance(group, Cohort | Commencement) else None
    duty = NO_DUTY if found is None else notice_duty(case, placed, found)
    system = _system(case, placed, found)
    rule = _deciding_rule(case, placed, found, system)
    move = None if found is None or _is_only_stipulated(case, found) else found.move
    moved_on = None if move is None else move.on
    stale = system is System.ALN and _is_stale(case, moved_on)
    status = _status(found, group) if system is System.ALN else None
    facts = reasons(case, placed, found, duty, system)
    return Transition(
        on=case.on,
        system=system,
        rule=rule,
        group=group,
        placed=placed,
        body=None if rule is None else responsible_body(case, rule),
        duty=duty,
        moved_on=moved_on,
        cause=None if move is None else move.cause,
        status=status,
        next_step=_next_step(case, group, found, system, stale=stale, duty=duty),
        next_right=_next_right(case, found) if system is System.ALN else None,
        stale_code=stale,
        check_the_record=stale or _is_doubtful(case, placed, moved_on, system),
        person=_person(case),
        school_age_ends=None if case.dob is None else compulsory_school_age_ends(case.dob),
        mandated_year=mandated_year(group),
        derived_group=_derived(placed),
        placement=placement_body(case, system) if case.specialist_post_16 else None,
        asks_placement=case.specialist_post_16,
        trace=Trace(facts.steps, facts.uncertain + doubts(case, placed, found, duty)),
    )


def _moved_before_september(case: TransitionCase, rule: Cohort) -> bool:
    on = moves(case, rule).move.on
    return on is not None and on < THIRD_DAY


def _system(case: TransitionCase, placed: Placed, found: Moves | None) -> System | None:
    if case.on is None or placed.rule is None:
        return case.already_in if case.already_in is System.ALN else None
    if found is None or case.already_in is System.ALN:
        return System.ALN
    moved_on = found.move.on
    return System.ALN if moved_on is not None and moved_on <= case.on else System.SEN


def _is_only_stipulated(case: TransitionCase, found: Moves) -> bool:
    """Whether the pupil is said to be under the new law before any fact shows it."""
    ahead = found.move.on is None or (case.on is not None and found.move.on > case.on)
    return case.already_in is System.ALN and case.on is not None and ahead


def _deciding_rule(
    case: TransitionCase, placed: Placed, found: Moves | None, system: System | None
) -> Rule | None:
    group = placed.rule
    if found is None or case.on is None or not isinstance(group, Cohort):
        return group
    moved = found.move.on is not None and found.move.on <= case.on
    if moved:
        return found.move.rule
    if system is System.ALN:
        return group
    held = found.move.cause is Cause.APPEAL_TRANSFER_DAY and case.on >= group.swept_on
    if held or is_open(case, group, case.on):
        return _RULES[STATEMENT_APPEAL]
    if asked_after_leaving(case, group, case.on) is not None:
        return _RULES[AFTER_LEAVING]
    return group


def _is_stale(case: TransitionCase, moved_on: date | None) -> bool:
    """Whether the newest record still shows a code of the old law after it had ended."""
    newest = last_recorded(case)
    if newest is None:
        return False
    since = OLD_LAW_CODES if moved_on is None else recorded_since(case, moved_on)
    return bool(newest[1] & since)


def _status(found: Moves | None, group: Rule | None) -> str | None:
    if group is not None and group.id == FLOW_THROUGH:
        return None
    return "undetermined" if found is None else _DECIDED.get(found.move.cause, "undetermined")


def _next_step(
    case: TransitionCase,
    group: Rule | None,
    found: Moves | None,
    system: System | None,
    *,
    stale: bool,
    duty: NoticeDuty,
) -> str | None:
    if system is not System.ALN or group is None:
        return "give_notice" if duty.now else None
    cause = None if found is None else found.move.cause
    if cause is Cause.IDP_NOTICE:
        return None if ProvisionCode.EHC in case.current else "prepare_idp"
    if cause is Cause.NO_IDP_NOTICE or group.id == "EHC_2022":
        return None
    if stale:
        return "open_duty_to_decide_task"
    if group.id in _NO_CONCERN_OF_ITS_OWN:
        since = case.first_identified_on
        told = since is not None and case.on is not None and since <= case.on
        return "open_duty_to_decide_task" if told else None
    return None if found is None else "open_duty_to_decide_task"


def _next_right(case: TransitionCase, found: Moves | None) -> str | None:
    if found is None or found.move.cause is not Cause.NO_IDP_NOTICE:
        return None
    if decided_by(case, found) is Body.LOCAL_AUTHORITY:
        return "tribunal_appeal"
    return "local_authority_reconsideration"


def _is_doubtful(
    case: TransitionCase, placed: Placed, moved_on: date | None, system: System | None
) -> bool:
    by_birth = any(
        group is not None and group.known_by is KnownBy.BIRTH for group in placed.groups.values()
    )
    groups = placed.group_decides and (by_birth or bool(case.groups.against_age))
    since = case.first_identified_on
    before = since is not None and any(
        at < since and codes & OLD_LAW_CODES for at, codes in case.provisions.items()
    )
    after = system is System.ALN and moved_on is not None and recorded_since(case, moved_on)
    both = any(
        ProvisionCode.STATEMENT in codes or ProvisionCode.NONE in codes
        for codes in (*case.provisions.values(), case.current)
        if len(codes) > 1
    )
    return bool(groups or before or after or both)


def _person(case: TransitionCase) -> PersonKind | None:
    if case.dob is None or case.on is None or has_turned_25(case.dob, case.on):
        return None
    return case.person_on(case.on)


def _derived(placed: Placed) -> str | None:
    group = placed.group
    return group.code if group is not None and group.known_by is KnownBy.BIRTH else None
