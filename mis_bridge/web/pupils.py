"""A pupil's page."""

from __future__ import annotations

from flask import Blueprint, render_template

from mis_bridge.domain.notices import event
from mis_bridge.services.pages import place_of
from mis_bridge.services.plans.pages import plans_of
from mis_bridge.services.plans.support_pages import support_of
from mis_bridge.services.pupil_pages import pupil_page
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("pupils", __name__)


@blueprint.get("/pupils/<pupil_id>")
def show(pupil_id: str) -> str:
    """Show a pupil as far as the visitor's role goes."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        pupil = pupil_page(session, who, pupil_id, place.today())
        sees = pupil is not None and pupil.detail is not None
        plans = plans_of(session, who, pupil_id, place.today()) if sees else ()
        support = support_of(session, who, pupil_id) if pupil is not None and not sees else None
        where = place_of(session, who.tenant)
    if pupil is None:
        raise NotFoundPage
    return render_template(
        "pupil.html",
        pupil=pupil,
        plans=plans,
        may_begin_plan=all(plan.ended for plan in plans),
        support_plan=support,
        place=where,
        today=place.today(),
        notice_event=event,
    )
