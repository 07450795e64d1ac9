"""The life of a plan: with the person, decided, finalised, reviewed, moved to another body.

Each act is one road: judged by the law, recorded with the day and the person, and followed by the
notice that it asks for. Giving the copy is `giving`; ending a plan is `ceasing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from mis_bridge.domain.idp import DraftField, Origin
from mis_bridge.domain.notices import Giver
from mis_bridge.domain.people import PersonKind
from mis_bridge.domain.plan_life import Maintainer, PlanAct
from mis_bridge.domain.plan_rules import against_finalising, against_maintaining, elements
from mis_bridge.domain.tasks import DECIDING, TaskKind
from mis_bridge.domain.words import Words
from mis_bridge.services import decisions, notice_making
from mis_bridge.services.decision_notices import NO_ALN_DECIDED, NO_ALN_NOTICE
from mis_bridge.services.giving import end_period
from mis_bridge.services.notice_making import Occasion
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import GIVERS, PlanDesk, Taken, body_of_school
from mis_bridge.services.plans.problems import PlanRefused
from mis_bridge.services.subscribers import outgoing
from mis_bridge.storage import plans, views_tasks
from mis_bridge.storage.tables.duties import DecisionRow, DecisionTaskRow

OUTCOMES = ("met", "partly_met", "not_met")
Outcomes = Mapping[str, str]


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


def finalise(desk: PlanDesk, on: date) -> str | None:
    """Finalise the plan and make the notice with which its copy goes out; returns the notice's id.

    Raises PlanRefused with everything that stands against it.

    Source: 2018 anaw 2 ss. 10, 12, 14, 19, 22(1), 22(3).
    """
    taken = desk.take(PlanAct.FINALISE)
    _finalise(desk, taken, PlanAct.FINALISE, on, {})
    return make_notice(desk, taken, "idp_copy_s22_1", f"{taken.row.edition}", with_plan=True)


def begin_review(desk: PlanDesk, on: date, *, asked_by: str) -> None:
    """Begin a review; `asked_by` is `child`, `parent`, `young_person`, `nhs_body` or `body`.

    Source: 2018 anaw 2 ss. 23, 24.
    """
    taken = desk.take(PlanAct.BEGIN_REVIEW)
    desk.check_day(on, "on")
    desk.finish(taken, PlanAct.BEGIN_REVIEW, on, {"asked_by": asked_by})


def revise(desk: PlanDesk, on: date, outcomes: Outcomes) -> str | None:
    """End the review with a revised plan and make the notice of its copy; the notice's id.

    `outcomes` says of each provision of the edition under review (`alp[0]`) what became of its
    outcome, one of OUTCOMES.

    Source: 2018 anaw 2 ss. 23(11), 24(10).
    """
    taken = desk.take(PlanAct.REVISE)
    settled = _outcomes(desk, taken, outcomes)
    _finalise(desk, taken, PlanAct.REVISE, on, {"outcomes": settled})
    event = "revised_copy_s24_10" if _of_looked_after(taken) else "revised_copy_s23_11"
    return make_notice(desk, taken, event, f"{taken.row.edition}", with_plan=True)


def keep_unrevised(desk: PlanDesk, on: date, reasons: Words, outcomes: Outcomes) -> str | None:
    """End the review without revising, and make the notice of it with the reasons; its id.

    The edition that stands is the one that was reviewed: what was typed during the review and is
    not in it stays as a version and leaves the plan.

    Source: 2018 anaw 2 ss. 23(10), 24(9).
    """
    taken = desk.take(PlanAct.KEEP_UNREVISED)
    desk.check_day(on, "on")
    settled = _outcomes(desk, taken, outcomes)
    standing = plans.edition_content(desk.session, taken.tenant, taken.row.id, taken.row.edition)
    if standing is not None and standing != taken.content:
        plans.save(
            desk.session,
            taken.row,
            standing,
            act="keep_unrevised",
            by=desk.visitor.actor,
            at=desk.now,
        )
    note = {"reasons": {"en": reasons.en, "cy": reasons.cy}}
    act = desk.finish(taken, PlanAct.KEEP_UNREVISED, on, {"outcomes": settled}, note)
    event = "not_revise_s24_9" if _of_looked_after(taken) else "not_revise_s23_10"
    return make_notice(
        desk, taken, event, act, statements={"decision": _NOT_REVISED, "reasons": reasons}
    )


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


def make_notice(
    desk: PlanDesk,
    taken: Taken,
    event: str,
    name: str,
    *,
    with_plan: bool = False,
    statements: Mapping[str, Words] | None = None,
    giver: Giver | None = None,
) -> str | None:
    """Make a notice about the plan; returns its id, None where a person must settle who is told."""
    row = taken.row
    task = _task_of_notice(desk, taken)
    made = notice_making.make(
        desk.session,
        taken.tenant,
        row.pupil_id,
        taken.pupil,
        Occasion(
            event=event,
            by=giver or taken.giver,
            name=f"plan:{row.id}:{name}",
            task_id=task.id if task is not None else None,
            statements=statements or {},
            plan_id=row.id,
            plan_edition=row.edition if with_plan else None,
        ),
        now=desk.now,
        jobs=desk.jobs,
    )
    if made.to_check is not None:
        desk.tasks(taken).apply(row.pupil_id, (made.to_check,), ())
    return made.notice_id


def in_both(english: str, welsh: str, field: str) -> Words:
    """Return a person's words for a letter; raises PlanRefused where one language is missing."""
    if not english.strip() or not welsh.strip():
        raise PlanRefused(words.WORDS_NEEDED, field=field)
    return Words(english.strip(), welsh.strip())


def _finalise(
    desk: PlanDesk, taken: Taken, act: PlanAct, on: date, facts: Mapping[str, Mapping[str, str]]
) -> None:
    desk.check_day(on, "on")
    if taken.pupil.dob is None:
        raise PlanRefused(words.NO_DOB)
    maintainer = taken.plan.maintained_by or taken.body
    obstacles = against_finalising(replace(taken.plan, maintained_by=maintainer))
    if obstacles:
        raise PlanRefused(words.OBSTACLES, obstacles=obstacles)
    row = taken.row
    row.maintained_by = maintainer.value
    row.edition += 1
    row.finalised_on = on
    fields = taken.fields | _own_fields(desk, taken, on)
    plans.save(
        desk.session,
        row,
        taken.with_fields(fields),
        act=act.value,
        by=desk.visitor.actor,
        at=desk.now,
        edition=row.edition,
    )
    desk.finish(taken, act, on, {"edition": row.edition, **facts})
    outgoing.tell(
        desk.session,
        taken.tenant,
        outgoing.PLAN_FINALISED,
        {"plan_id": row.id, "pupil_id": row.pupil_id, "edition": str(row.edition)},
        key=f"{row.id}:{row.edition}",
        now=desk.now,
        jobs=desk.jobs,
    )


def _own_fields(desk: PlanDesk, taken: Taken, on: date) -> dict[str, DraftField]:
    """Return the fields that the product fills by itself: who prepares and maintains it, and when.

    Source: 2018 anaw 2 s. 10 and the form of the plan; s. 23 (the dates).
    """
    name = _body_name(desk, taken)
    held: dict[str, str | dict[str, str]] = {
        "plan.prepared_by": name,
        "plan.maintained_by": name,
    }
    if taken.row.edition == 1:
        held["plan.prepared_on"] = on.isoformat()
    else:
        held["plan.revised_on"] = on.isoformat()
    reach = _reach(desk, taken)
    if reach and taken.plan.value("plan.contact") is None:
        held["plan.contact"] = reach
    if taken.row.edition > 1 and taken.plan.value("plan.prepared_by") is not None:
        del held["plan.prepared_by"]
    actor = desk.visitor.actor
    origin = Origin(actor, "finalise")
    return {key: DraftField(value, origin, "stated", actor) for key, value in held.items()}


def _body_name(desk: PlanDesk, taken: Taken) -> dict[str, str]:
    if taken.body.is_authority:
        authority = plans.authority_of(desk.session, taken.row)
        return {"en": authority.name, "cy": authority.name_cy or authority.name}
    return {"en": taken.school.name, "cy": taken.school.name_cy or taken.school.name}


def _reach(desk: PlanDesk, taken: Taken) -> str:
    holder = plans.authority_of(desk.session, taken.row) if taken.body.is_authority else None
    profile = holder.profile if holder is not None else taken.school.profile
    known = profile if isinstance(profile, dict) else {}
    return ", ".join(str(known[part]) for part in ("address", "phone", "email") if known.get(part))


def _outcomes(desk: PlanDesk, taken: Taken, outcomes: Outcomes) -> dict[str, str]:
    """Return what became of each outcome of the edition under review; refuse one left unsaid."""
    standing = plans.edition_content(desk.session, taken.tenant, taken.row.id, taken.row.edition)
    wanted = elements((standing or {}).get("fields", {}))
    if set(outcomes) != set(wanted) or not set(outcomes.values()) <= set(OUTCOMES):
        raise PlanRefused(words.OUTCOMES, field="outcomes")
    return {base: outcomes[base] for base in wanted}


def _of_looked_after(taken: Taken) -> bool:
    return taken.plan.looked_after and taken.body.is_authority


def decision_made(desk: PlanDesk, taken: Taken) -> DecisionRow | None:
    """Return the decision on ALN that the plan follows, None where there is none.

    While a task asks, only what was decided on it counts: an earlier decision is history.
    """
    task = deciding_task(desk, taken)
    if task is not None:
        made = views_tasks.decision_of(desk.session, taken.tenant, task.id)
        known = {decisions.HAS_ALN, decisions.NO_ALN}
        return made if made is not None and made.decision in known else None
    return plans.decision_on_aln(
        desk.session, taken.tenant, taken.row.pupil_id, (decisions.HAS_ALN, decisions.NO_ALN)
    )


def deciding_task(desk: PlanDesk, taken: Taken) -> DecisionTaskRow | None:
    """Return the open task that asks for the decision, None where none does."""
    for task in views_tasks.tasks_of_pupil(desk.session, taken.tenant, taken.row.pupil_id):
        if task.state == "open" and TaskKind(task.kind) in DECIDING:
            return task
    return None


def _task_of_notice(desk: PlanDesk, taken: Taken) -> DecisionTaskRow | None:
    """Return the task that is done when the first edition's copy has been given."""
    return deciding_task(desk, taken) if taken.row.edition == 1 else None


_NOT_REVISED = Words(
    "The plan has been reviewed. It is not revised.",
    "Adolygwyd y cynllun. Nid yw'n cael ei ddiwygio.",
)
