"""The answer about a move between the two laws, as the keys of `result`."""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.schedule_rules import Cause, Cohort, Event, System
from mis_bridge.domain.transition import Transition
from mis_bridge.domain.transition_cohorts import FLOW_THROUGH
from mis_bridge.domain.year_groups import school_year_name


def result_of(found: Transition) -> dict[str, object]:
    """Return `result`: a key that does not apply is absent, null says that there is none."""
    result: dict[str, object] = {
        "system": _text(found.system),
        "rule": found.rule.id if found.rule else None,
    }
    if found.group is not None:
        if found.group is not found.rule:
            result["cohort"] = found.group.id
        result |= _of_the_rule(found) | _of_the_notice(found)
    result |= _of_the_move(found) | _of_the_person(found)
    result["stale_sen_code"] = found.stale_code
    result["data_quality_warning"] = found.check_the_record
    if found.asks_placement:
        result["placement_decision_by"] = _text(found.placement)
    return result


def _of_the_rule(found: Transition) -> dict[str, object]:
    group = found.group
    of: dict[str, object] = {"responsible_body": _text(found.body)}
    if isinstance(found.rule, Event):
        return of | {"notice_required": None}
    duty = found.duty
    required = duty.required
    of["notice_required"] = None if required is None else [str(kind) for kind in required]
    of["window"] = duty.window.to_json() if duty.window else None
    of["must_transfer_by"] = None
    if isinstance(group, Cohort):
        held = found.moved_on if found.cause is Cause.APPEAL_TRANSFER_DAY else group.swept_on
        of["must_transfer_by"] = _iso(held)
    if found.mandated_year is not None:
        of["mandated_school_year"] = school_year_name(found.mandated_year)
    return of


def _of_the_notice(found: Transition) -> dict[str, object]:
    duty = found.duty
    of: dict[str, object] = {"notice_duty_now": duty.now, "overdue": duty.overdue}
    if not isinstance(found.group, Cohort) or isinstance(found.rule, Event):
        return of
    of["notice_due_by"] = _iso(duty.due_by)
    if duty.recipients is not None:
        of["notice_recipients"] = list(duty.recipients)
    if duty.limit is not None:
        of["notice_time_limit"] = duty.limit.to_json()
    if duty.plan_limit is not None:
        of["idp_time_limit"] = duty.plan_limit.to_json()
    return of


def _of_the_move(found: Transition) -> dict[str, object]:
    of: dict[str, object] = {}
    if found.group is not None and found.group.id != FLOW_THROUGH:
        of["transfer_date"] = _iso(found.moved_on)
    if found.cause is not None:
        of["transfer_cause"] = str(found.cause)
    if found.system is System.ALN and found.status is not None:
        of["aln_status"] = found.status
    if found.next_step is not None:
        of["next_step"] = found.next_step
    if found.next_right is not None:
        of["next_right"] = found.next_right
    return of


def _of_the_person(found: Transition) -> dict[str, object]:
    of: dict[str, object] = {}
    if found.derived_group is not None:
        of["derived_year_group"] = found.derived_group
    if found.person is not None:
        of["person_kind"] = str(found.person)
    if found.school_age_ends is not None:
        of["compulsory_school_age_ends"] = found.school_age_ends.isoformat()
    return of


def _iso(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
