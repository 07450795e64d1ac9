"""Finalising a plan: what stands against it, the edition, and the notice of its copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from mis_bridge.domain.idp import DraftField, Origin
from mis_bridge.domain.plan_life import PlanAct
from mis_bridge.domain.plan_rules import against_finalising
from mis_bridge.services.plans import problems as words
from mis_bridge.services.plans.desk import PlanDesk, Taken
from mis_bridge.services.plans.notices import make_notice
from mis_bridge.services.plans.problems import PlanRefused
from mis_bridge.services.subscribers import outgoing
from mis_bridge.storage import plans


def finalise(desk: PlanDesk, on: date) -> str | None:
    """Finalise the plan and make the notice with which its copy goes out; returns the notice's id.

    Raises PlanRefused with everything that stands against it.

    Source: 2018 anaw 2 ss. 10, 12, 14, 19, 22(1), 22(3).
    """
    taken = desk.take(PlanAct.FINALISE)
    make_edition(desk, taken, PlanAct.FINALISE, on, {})
    return make_notice(desk, taken, "idp_copy_s22_1", f"{taken.row.edition}", with_plan=True)


def make_edition(
    desk: PlanDesk, taken: Taken, act: PlanAct, on: date, facts: Mapping[str, Mapping[str, str]]
) -> None:
    """Make the plan's next edition by `act`, and tell of it; raises PlanRefused with the obstacles.

    Source: 2018 anaw 2 ss. 10, 12, 14, 19.
    """
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
