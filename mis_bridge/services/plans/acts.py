"""What is done to a plan: with the person, consented, decided, set aside, moved to another body.

Each act is one road: judged by the law, recorded with the day and the person, and followed by the
notice that it asks for. `finalising`, `reviewing` and `ceasing` are roads of their own; giving the
copy is `giving`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_life import Maintainer, PlanAct
from mis_bridge.domain.plan_rules import against_maintaining
from mis_bridge.services import decisions
from mis_bridge.services.decision_notices import NO_ALN_DECIDED, NO_ALN_NOTICE
from mis_bridge.services.giving import end_period
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import GIVERS, PlanDesk, body_of_school
from mis_bridge.services.plans.notices import deciding_task, decision_made, in_both, make_notice
from mis_bridge.services.plans.problems import PlanRefused


def involve_person(desk: PlanDesk, on: date, how: str) -> None:
    """Record how the child or young person, and a child's parents, took part in the plan.

    Source: 2018 anaw 2 s. 6 (views, wishes and feelings; participation).
    """
    taken = desk.take(PlanAct.INVOLVE_PERSON)
    desk.check_day(on, "on")
    if not how.strip():
        raise PlanRefused(words.HOW_NEEDED, field="how")
    desk.finish(taken, PlanAct.INVOLVE_PERSON, on, note={"how": how.strip()})


def record_consent(desk: PlanDesk, *, consented: bool, on: date, by: str) -> None:
    """Record a young person's consent to the plan, or their representative's; or its refusal.

    `by` is `young_person` or `representative`. Without consent no plan is prepared or maintained:
    one that is refused later may cease at once (`ceasing.cease`).

    Source: 2018 anaw 2 ss. 12(2)(b), 14(3); S.I. 2021/401 regs 37, 38.
    """
    taken = desk.take(PlanAct.RECORD_CONSENT)
    desk.check_day(on, "consented_on")
    if taken.plan.person is not PersonKind.YOUNG_PERSON:
        raise PlanRefused(words.NOT_CHILD)
    row = taken.row
    row.consent, row.consent_on, row.consent_by = consented, on, by
    desk.finish(taken, PlanAct.RECORD_CONSENT, on, {"consent": consented, "consent_by": by})


def decide(desk: PlanDesk, *, has_aln: bool, on: date, reasons: str, reasons_cy: str = "") -> None:
    """Record the decision on which the plan rests, or that it falls with.

    Where a task asks for the decision it is recorded there, and the plan follows it: one decision,
    one place. Without a task (a conversion notice, a plan of an authority) it is recorded here, and
    that there are no ALN is told the family with the reasons in both languages.

    Source: 2018 anaw 2 ss. 11(1), 11(4), 12(1), 13, 14, 18, 19; S.I. 2021/1243 arts 5-8.
    """
    act = PlanAct.DECIDE_ALN if has_aln else PlanAct.DECIDE_NO_ALN
    taken = desk.take(act)
    desk.check_day(on, "decided_on")
    made = decision_made(desk, taken)
    if made is not None:
        if (made.decision == decisions.HAS_ALN) is not has_aln:
            raise PlanRefused(words.OTHER_DECISION, field="decision")
        on = made.decided_on
    elif deciding_task(desk, taken) is not None:
        raise PlanRefused(words.DECIDE_ON_TASK, field="decision")
    elif not (reasons.strip() or reasons_cy.strip()):
        raise PlanRefused(words.REASONS, field="reasons")
    said = in_both(reasons, reasons_cy, "reasons") if made is None and not has_aln else None
    taken.row.has_aln = has_aln
    if not has_aln:
        taken.row.ended_on = on
    done = desk.finish(
        taken,
        act,
        on,
        {"decision": made.id if made is not None else None},
        {"reasons": {"en": reasons.strip(), "cy": reasons_cy.strip()}} if made is None else None,
    )
    if said is not None:
        told = {"decision": NO_ALN_DECIDED, "reasons": said}
        make_notice(desk, taken, NO_ALN_NOTICE, done, statements=told)


def set_aside(desk: PlanDesk, on: date, why: str) -> None:
    """Close a draft and decide nothing by it: the pupil has left, or a plan comes from elsewhere.

    What a task asks for stays asked: a duty to decide does not end with a draft.

    Source: 2018 anaw 2 ss. 11(3)(a), 31(1), 35.
    """
    taken = desk.take(PlanAct.SET_ASIDE)
    desk.check_day(on, "on")
    if not why.strip():
        raise PlanRefused(words.REASONS, field="why")
    taken.row.ended_on = on
    desk.finish(taken, PlanAct.SET_ASIDE, on, note={"reasons": why.strip()})


def take_over(desk: PlanDesk, by: Maintainer, on: date) -> None:
    """Record that another body maintains the plan from now on.

    A school records that an authority has taken its plan over: the authority's own notice says so
    to the family. Where an authority directs the school to maintain its plan, the school is the
    new body, and the notice that it is now responsible is made for it.

    Source: 2018 anaw 2 ss. 14(2), 14(9), 22(2), 28(6)-(7), 35(9)-(13).
    """
    taken = desk.take(PlanAct.TAKE_OVER)
    desk.check_day(on, "on")
    here = body_of_school(taken.school)
    if taken.plan.maintained_by is by or not (by.is_authority or by is here):
        raise PlanRefused(words.BODY_NEEDED, field="by")
    obstacles = against_maintaining(replace(taken.plan, maintained_by=by))
    if obstacles:
        raise PlanRefused(obstacles[0].because, field="by", obstacles=obstacles)
    before = taken.row.maintained_by
    taken.row.maintained_by = by.value
    act = desk.finish(taken, PlanAct.TAKE_OVER, on, {"from": before, "to": by.value})
    if not by.is_authority:
        make_notice(desk, taken, "now_responsible_s22_2", act, giver=GIVERS[by])


def transfer(desk: PlanDesk, to_body: str, on: date) -> None:
    """Record that the plan has gone to another school, institution or authority.

    The copy that the new body is owed goes as a bundle. No notice of ceasing is due: the plan
    goes on, with that body.

    Source: 2018 anaw 2 ss. 31(1)-(4), 35, 36; S.I. 2021/401 reg. 15.
    """
    taken = desk.take(PlanAct.TRANSFER)
    desk.check_day(on, "on")
    if not to_body.strip():
        raise PlanRefused(words.BODY_NEEDED, field="to_body")
    taken.row.ended_on = on
    desk.finish(taken, PlanAct.TRANSFER, on, {"edition": taken.row.edition}, {"to": to_body})
    end_period(desk.tasks(taken), taken.row)
