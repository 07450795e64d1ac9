"""Where a visitor lands, and how they leave."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.services.pages import oversees, place_of
from mis_bridge.services.sessions import end, issue_ticket
from mis_bridge.web import visitors
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> AnyResponse:
    """Go to the page that the visitor's work begins on."""
    return redirect(url_for("la_admin.overview" if oversees(visitor()) else "tasks.listing"), 303)


@blueprint.get("/window")
def window() -> str:
    """Offer a link that opens the tool in a window of its own: a frame's cookies stay in it."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        ticket = issue_ticket(session, who, place.clock())
        where = place_of(session, who.tenant)
    return render_template(
        "window.html", ticket=ticket, page=request.args.get("page", "/"), place=where
    )


@blueprint.post("/leave")
def leave() -> Response:
    """End the session."""
    with around().sessions.begin() as session:
        end(session, visitor())
    response = make_response(render_template("left.html"))
    visitors.forget(response)
    return response
