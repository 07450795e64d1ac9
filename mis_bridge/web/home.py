"""Where a visitor lands, and how they leave."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.services.pages import oversees
from mis_bridge.services.sessions import end
from mis_bridge.web import visitors
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def start() -> AnyResponse:
    """Go to the page that the visitor's work begins on."""
    return redirect(url_for("la_admin.overview" if oversees(visitor()) else "tasks.listing"), 303)


@blueprint.post("/leave")
def leave() -> Response:
    """End the session."""
    with around().sessions.begin() as session:
        end(session, visitor())
    response = make_response(render_template("left.html"))
    visitors.forget(response)
    return response
