"""A draft plan's page."""

from __future__ import annotations

from flask import Blueprint, render_template

from mis_bridge.services.idp_pages import draft_page
from mis_bridge.services.pages import place_of
from mis_bridge.services.plans.pages import plans_of
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("idp", __name__)


@blueprint.get("/drafts/<draft_id>")
def show(draft_id: str) -> str:
    """Show a draft plan: what is missing first, then what there is and whence it came."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        draft = draft_page(session, who, draft_id)
        pupil_id = draft.pupil_id if draft is not None else None
        plans = plans_of(session, who, pupil_id, place.today()) if pupil_id else ()
        where = place_of(session, who.tenant)
    if draft is None:
        raise NotFoundPage
    live = next((plan.plan_id for plan in plans if not plan.ended), None)
    return render_template("draft.html", draft=draft, live_plan=live, place=where)
