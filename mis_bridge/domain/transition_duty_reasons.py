"""The steps of a transition answer about notices: what was owed, and what a notice leads to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.schedule import schedule
from mis_bridge.domain.schedule_rules import Body, Cause, Cohort, Rule, System
from mis_bridge.domain.trace import Fact, Step
from mis_bridge.domain.transition_appeals import is_open
from mis_bridge.domain.transition_bodies import decided_by
from mis_bridge.domain.transition_case import ProvisionCode, TransitionCase
from mis_bridge.domain.transition_duty import PARENT, YOUNG_PERSON, NoticeDuty, still_identified
from mis_bridge.domain.transition_moves import Moves
from mis_bridge.domain.transition_names import PLAN_UNITS
from mis_bridge.domain.transition_words import (
    ALN_NOTICE_OWED,
    APPEAL_LIES,
    NO_PLAN_PROMISED,
    NOTICE_ASKED,
    NOTICE_HELD,
    NOTICE_NOT_OWED,
    NOTICE_NOT_OWED_YET,
    NOTICE_OWED,
    PARENT_ALONE,
    PLAN_OWED,
    RECONSIDERATION,
    YOUNG_PERSON_ALONE,
)


def duty_reasons(
    case: TransitionCase, rule: Rule | None, duty: NoticeDuty, system: System | None
) -> Iterator[Step]:
    """Yield what was owed of a notice under `rule`, to whom, and by when.

    Source: each step names its own.
    """
    if not isinstance(rule, Cohort):
        return
    if not still_identified(case, rule) and rule.sen_on is not None:
        words = NOTICE_NOT_OWED.fill(day=rule.sen_on)
        yield Step("notice_not_owed", words, rule.source)
    if system is System.SEN and case.on is not None:
        yield from _owed(case, rule, duty, case.on)
    if duty.recipients == PARENT:
        yield Step("capacity", PARENT_ALONE, rule.order.cite(rule.order.capacity))
    if duty.recipients == YOUNG_PERSON:
        article = rule.order.over_age
        source = "2018 anaw 2 s.99(1)" if article is None else rule.order.cite(article)
        facts: dict[str, Fact] = {"person_kind": str(PersonKind.YOUNG_PERSON)}
        yield Step("over_compulsory_school_age", YOUNG_PERSON_ALONE, source, facts)


def notice_reasons(case: TransitionCase, found: Moves, duty: NoticeDuty) -> Iterator[Step]:
    """Yield what follows from a deciding notice that moved the pupil: a plan, or a further right.

    Source: each step names its own.
    """
    move = found.move
    if move.notice is None or case.on is None or move.notice.on > case.on:
        return
    cohort = move.rule
    if move.cause is Cause.IDP_NOTICE and duty.plan_limit is not None:
        limit = duty.plan_limit
        words = PLAN_OWED.fill(amount=limit.amount, unit=PLAN_UNITS[limit.unit])
        if isinstance(cohort, Cohort):
            yield Step("idp_time_limit", words, cohort.order.cite(cohort.order.plan.article))
        if ProvisionCode.EHC in case.current:
            yield Step("no_plan_promised", NO_PLAN_PROMISED, "2018 anaw 2 s.12(2)(c)-(d)")
    if move.cause is Cause.NO_IDP_NOTICE:
        if decided_by(case, found) is Body.LOCAL_AUTHORITY:
            yield Step("tribunal_appeal", APPEAL_LIES, f"{move.source}; 2018 anaw 2 s.70")
        else:
            source = f"{move.source}; 2018 anaw 2 s.26"
            yield Step("local_authority_reconsideration", RECONSIDERATION, source)


def _owed(case: TransitionCase, rule: Cohort, duty: NoticeDuty, on: date) -> Iterator[Step]:
    order, source = rule.order, rule.source
    facts: dict[str, Fact] = {
        "asked_on": duty.asked_on.isoformat() if duty.asked_on else None,
        "due_by": duty.due_by.isoformat() if duty.due_by else None,
    }
    if duty.required is not None and len(duty.required) == 1:
        leaving = schedule().rules["ALN_NOTICE_AFTER_LEAVING"]
        yield Step(leaving.id, ALN_NOTICE_OWED, order.cite(leaving.of[order.id]), facts)
    elif is_open(case, rule, on) and order.after_appeal:
        yield Step("STMT_APPEAL", NOTICE_HELD, order.cite(order.after_appeal), facts)
    elif duty.now:
        if duty.asked_on is not None:
            source = order.cite(order.request.article)
        words = NOTICE_ASKED if duty.due_by is None else NOTICE_OWED.fill(by=duty.due_by)
        yield Step("notice_owed", words, source, facts)
    elif on < rule.window[0]:
        words = NOTICE_NOT_OWED_YET.fill(opens=rule.window[0])
        yield Step("notice_not_owed_yet", words, source, facts)
