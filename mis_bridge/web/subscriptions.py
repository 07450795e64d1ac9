"""An authority's subscriptions: how each stands, what went to it, and posting an event again."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mis_bridge.services.pages import oversees, place_of
from mis_bridge.services.sessions import Visitor
from mis_bridge.services.subscribers import pages as subscription_pages
from mis_bridge.services.subscribers import subscriptions
from mis_bridge.services.subscribers.subscriptions import SubscriptionProblem
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage, RoleMissing
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("subscriptions", __name__, url_prefix="/la/subscriptions")


@blueprint.get("")
def listing() -> str:
    """Show who is told of events, and whether that works."""
    place, who = around(), _administrator()
    with place.sessions.begin() as session:
        lines = subscription_pages.listed(session, who.tenant)
        where = place_of(session, who.tenant)
    return render_template("la/subscriptions.html", subscriptions=lines, place=where)


@blueprint.get("/<subscription_id>")
def log(subscription_id: str) -> Response:
    """Show one subscription with what went to it."""
    return _page(subscription_id, 200)


@blueprint.post("/<subscription_id>/events/<event_id>")
def replay(subscription_id: str, event_id: str) -> Response:
    """Post an event once more, under its own id."""
    place, who = around(), _administrator()
    form = entered()
    try:
        with place.sessions.begin() as session:
            subscriptions.replay_one(
                session,
                who.tenant,
                subscription_id,
                event_id,
                by=who.actor,
                now=place.clock(),
                jobs=place.jobs,
            )
    except subscriptions.EventUnknown as unknown:
        raise NotFoundPage from unknown
    except SubscriptionProblem as problem:
        form.errors["replay"] = problem.words
        return _page(subscription_id, 409, form)
    return redirect(url_for("subscriptions.log", subscription_id=subscription_id), 303)


def _page(subscription_id: str, status: int, form: Entered | None = None) -> Response:
    place, who = around(), _administrator()
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    with place.sessions.begin() as session:
        found = subscription_pages.subscription_page(
            session, who.tenant, subscription_id, state=request.args.get("state"), page=number
        )
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "la/subscription.html", found=found, place=where, form=form or Entered({})
    )
    return make_response(page, status)


def _administrator() -> Visitor:
    """Return the visitor, who must have come through the authority's own deployment."""
    who = visitor()
    if not oversees(who):
        raise RoleMissing
    return who
