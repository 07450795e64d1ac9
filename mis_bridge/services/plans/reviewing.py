"""Reviewing a plan: begun, ended with a revised plan or with the plan as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from mis_bridge.domain.plan_life import PlanAct
from mis_bridge.domain.plan_rules import elements
from mis_bridge.domain.words import Words
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import PlanDesk, Taken
from mis_bridge.services.plans.finalising import make_edition
from mis_bridge.services.plans.notices import make_notice
from mis_bridge.services.plans.problems import PlanRefused
from mis_bridge.storage import plans

OUTCOMES = ("met", "partly_met", "not_met")
Outcomes = Mapping[str, str]


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
    make_edition(desk, taken, PlanAct.REVISE, on, {"outcomes": settled})
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


def _outcomes(desk: PlanDesk, taken: Taken, outcomes: Outcomes) -> dict[str, str]:
    """Return what became of each outcome of the edition under review; refuse one left unsaid."""
    standing = plans.edition_content(desk.session, taken.tenant, taken.row.id, taken.row.edition)
    wanted = elements((standing or {}).get("fields", {}))
    if set(outcomes) != set(wanted) or not set(outcomes.values()) <= set(OUTCOMES):
        raise PlanRefused(words.OUTCOMES, field="outcomes")
    return {base: outcomes[base] for base in wanted}


def _of_looked_after(taken: Taken) -> bool:
    return taken.plan.looked_after and taken.body.is_authority


_NOT_REVISED = Words(
    "The plan has been reviewed. It is not revised.",
    "Adolygwyd y cynllun. Nid yw'n cael ei ddiwygio.",
)
