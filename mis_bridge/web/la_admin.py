"""The authority's own pages: its schools, platforms, connections, mappings and people."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mis_bridge.services import authority_pages
from mis_bridge.services.pages import oversees, place_of
from mis_bridge.services.sessions import Visitor
from mis_bridge.web.entries import entered
from mis_bridge.web.refusals import NotFoundPage, RoleMissing
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("la_admin", __name__, url_prefix="/la")


@blueprint.get("/")
def overview() -> str:
    """Show how the authority's schools stand, without naming a pupil."""
    place, who = around(), _administrator()
    with place.sessions.begin() as session:
        schools = authority_pages.schools(session, who, place.today())
        where = place_of(session, who.tenant)
    return render_template("la/overview.html", schools=schools, place=where)


@blueprint.get("/connections")
def connections() -> str:
    """Show the connections of the schools and the platforms that launch the tool."""
    place, who = around(), _administrator()
    with place.sessions.begin() as session:
        lines = authority_pages.connections(session, who)
        platforms = authority_pages.platforms(session, who)
        where = place_of(session, who.tenant)
    return render_template(
        "la/connections.html", connections=lines, platforms=platforms, place=where
    )


@blueprint.get("/mappings")
def mappings() -> str:
    """Show the versions of the authority's mapping documents."""
    place, who = around(), _administrator()
    with place.sessions.begin() as session:
        versions = authority_pages.mappings(session, who)
        where = place_of(session, who.tenant)
    return render_template("la/mappings.html", versions=versions, place=where)


@blueprint.get("/people")
def people() -> str:
    """Show who has which role, and who asks for one."""
    place, who = around(), _administrator()
    with place.sessions.begin() as session:
        grants = authority_pages.grants(session, who)
        where = place_of(session, who.tenant)
    return render_template("la/people.html", grants=grants, place=where)


@blueprint.post("/people/<grant_id>")
def settle(grant_id: str) -> Response:
    """Give a role that was asked for, or end one."""
    place, who = around(), _administrator()
    form = entered("answer")
    if form.text("answer") not in {"approve", "end"}:
        raise NotFoundPage
    with place.sessions.begin() as session:
        settled = authority_pages.settle_grant(
            session, who, grant_id, approve=form.text("answer") == "approve", now=place.clock()
        )
    if not settled:
        raise NotFoundPage
    return redirect(url_for("la_admin.people"), 303)


def _administrator() -> Visitor:
    """Return the visitor, who must have come through the authority's own deployment."""
    who = visitor()
    if not oversees(who):
        raise RoleMissing
    return who
