"""A pupil's page."""

from __future__ import annotations

from flask import Blueprint, render_template

from mis_bridge.domain.notices import event
from mis_bridge.services.pages import place_of
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
        where = place_of(session, who.tenant)
    if pupil is None:
        raise NotFoundPage
    return render_template(
        "pupil.html", pupil=pupil, place=where, today=place.today(), notice_event=event
    )
