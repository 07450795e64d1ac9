"""Ending a plan by decision: the proposal, the notices, the family's time, and only then the end.

Source: 2018 anaw 2 ss. 31-33; S.I. 2021/401 reg. 12; S.I. 2021/406 reg. 10.
"""

from __future__ import annotations

from datetime import date

from mis_bridge.domain.ceasing import Ceasing, appealable_plan, school_plan
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_life import Maintainer, PlanAct
from mis_bridge.domain.trace import Trace
from mis_bridge.domain.words import Words
from mis_bridge.services.decision_notices import all_given_on
from mis_bridge.services.giving import end_period
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import PlanDesk, Taken
from mis_bridge.services.plans.notices import make_notice
from mis_bridge.services.plans.problems import PlanRefused
from mis_bridge.storage import plan_log
from mis_bridge.storage.plan_log import Done
from mis_bridge.storage.tables.plans import PlanActRow

ASKED_AGAIN, APPEALED, SETTLED = "asked_again", "appealed", "challenge_settled"
UPHELD = "challenge_upheld"
# After these the plan goes on, and a later end needs a proposal and a decision of its own.
_ROUND_OVER = frozenset({UPHELD, PlanAct.TAKE_OVER.value})


def propose(desk: PlanDesk, on: date) -> str | None:
    """Make the notice that the body proposes to decide to cease; returns its id.

    Source: 2018 anaw 2 s. 31(7).
    """
    taken = desk.take(PlanAct.PROPOSE_CEASING)
    desk.check_day(on, "on")
    act = desk.finish(taken, PlanAct.PROPOSE_CEASING, on)
    return make_notice(desk, taken, "propose_cease_s31_7", act)


def decide(desk: PlanDesk, on: date, reasons: Words) -> str | None:
    """Decide to cease, and make the notices of it with the reasons; returns the notice's id.

    Source: 2018 anaw 2 s. 31(8), (9).
    """
    taken = desk.take(PlanAct.DECIDE_TO_CEASE)
    desk.check_day(on, "on")
    proposed = _last(desk, taken, PlanAct.PROPOSE_CEASING.value)
    if proposed is None:
        raise PlanRefused(words.PROPOSE_FIRST)
    told_on = _told_on(desk, taken, proposed)
    if told_on is None:
        raise PlanRefused(words.PROPOSAL_NOT_GIVEN)
    if on < told_on:
        raise PlanRefused(words.BEFORE_PROPOSAL.fill(day=told_on), field="on")
    note = {"reasons": {"en": reasons.en, "cy": reasons.cy}}
    act = desk.finish(taken, PlanAct.DECIDE_TO_CEASE, on, note=note)
    event = "cease_s31_8_and_9" if taken.body is Maintainer.SCHOOL else "cease_s31_8"
    said = {"decision": _CEASE, "reasons": reasons}
    return make_notice(desk, taken, event, act, statements=said)


def record_challenge(desk: PlanDesk, what: str, on: date) -> None:
    """Record that the family asked the authority again, appealed, or how this was settled.

    SETTLED lets the plan end; UPHELD says that it goes on, and the decision to cease has fallen.

    Source: 2018 anaw 2 ss. 32, 33, 70.
    """
    taken = desk.take(PlanAct.DECIDE_TO_CEASE)
    desk.check_day(on, "on")
    if what not in {ASKED_AGAIN, APPEALED, SETTLED, UPHELD}:
        raise PlanRefused(words.NOT_FROM_HERE, field="what")
    if _last(desk, taken, PlanAct.DECIDE_TO_CEASE.value) is None:
        raise PlanRefused(words.DECIDE_TO_CEASE_FIRST)
    taken.row.version += 1
    done = Done(what, taken.row.status, on, {})
    plan_log.note_act(desk.session, taken.row, done, by=desk.visitor.actor, at=desk.now)
    desk.audit(taken, f"plan_{what}", {"on": on.isoformat()})


def cease(desk: PlanDesk, on: date) -> None:
    """Cease to maintain the plan, once the law allows it; raises PlanRefused with the reason.

    A young person who refuses the plan ends the duty to maintain it, without proposal or notice.

    Source: 2018 anaw 2 ss. 12(2)(b), 33; S.I. 2021/401 reg. 12.
    """
    taken = desk.take(PlanAct.CEASE)
    desk.check_day(on, "on")
    window = standing(desk, taken)
    if window.may_cease is not True or (window.earliest_on and on < window.earliest_on):
        last = window.trace.steps[-1].because if window.trace.steps else words.NOT_ALL_GIVEN
        raise PlanRefused(
            Words(words.NOT_YET.en.format(why=last.en), words.NOT_YET.cy.format(why=last.cy)),
            field="on",
        )
    taken.row.ended_on = on
    desk.finish(taken, PlanAct.CEASE, on)
    end_period(desk.tasks(taken), taken.row)


def standing(desk: PlanDesk, taken: Taken) -> Ceasing:
    """Return whether the plan may cease today, from when, and why, as the law reckons it.

    The family's time runs from the day on which the last of those who are to have the notice was
    given it. Raises PlanRefused where nobody has decided, or somebody has not been given it. Where
    a young person has refused the plan, no time runs.

    Source: 2018 anaw 2 ss. 12(2)(b), 14(3), 33; S.I. 2021/401 reg. 12; S.I. 2021/406 reg. 10.
    """
    if taken.plan.person is PersonKind.YOUNG_PERSON and taken.plan.consent is False:
        told = Trace().step("CEASE-REFUSED", _REFUSED, "2018 anaw 2 ss. 12(2)(b), 14(3)")
        return Ceasing(None, may_cease=True, earliest_on=taken.row.consent_on, trace=told)
    decided = _last(desk, taken, PlanAct.DECIDE_TO_CEASE.value)
    if decided is None:
        raise PlanRefused(words.DECIDE_TO_CEASE_FIRST)
    told_on = _told_on(desk, taken, decided)
    if told_on is None:
        raise PlanRefused(words.NOT_ALL_GIVEN)
    asked = _last(desk, taken, ASKED_AGAIN)
    appealed, settled = _last(desk, taken, APPEALED), _last(desk, taken, SETTLED)
    open_since = [act.done_at for act in (asked, appealed) if act is not None]
    done = settled is not None and all(settled.done_at >= at for at in open_since)
    asked_on = asked.done_on if asked is not None and not done else None
    window = (
        school_plan(told_on, told_on, asked_on, desk.today)
        if taken.body is Maintainer.SCHOOL
        else appealable_plan(told_on, None, desk.today)
    )
    if appealed is not None and not done:
        told = window.trace.step("CEASE-APPEALED", _APPEALED, "2018 anaw 2 s. 33")
        return Ceasing(window.deadline, may_cease=False, earliest_on=None, trace=told)
    return window


def _last(desk: PlanDesk, taken: Taken, act: str) -> PlanActRow | None:
    """Return the last act of a kind since the plan last went on."""
    for each in reversed(plan_log.acts(desk.session, taken.tenant, taken.row.id)):
        if each.act == act or each.act in _ROUND_OVER:
            return each if each.act == act else None
    return None


def _told_on(desk: PlanDesk, taken: Taken, act: PlanActRow) -> date | None:
    """Return the day on which the last of those who are told of an act was given its notice."""
    occasion = f"plan:{taken.row.id}:{act.id}"
    return all_given_on(desk.session, taken.tenant, taken.row.pupil_id, occasion, desk.today)


_CEASE = Words(
    "It has been decided to cease to maintain the individual development plan.",
    "Penderfynwyd peidio â chynnal y cynllun datblygu unigol mwyach.",
)
_REFUSED = Words(
    "The young person, or the representative, does not consent to the plan: it is not maintained.",
    "Nid yw'r person ifanc, neu'r cynrychiolydd, yn cydsynio i'r cynllun: ni chynhelir ef.",
)
_APPEALED = Words(
    "An appeal was made: the plan goes on until it is determined.",
    "Gwnaed apêl: mae'r cynllun yn parhau nes penderfynu arni.",
)
