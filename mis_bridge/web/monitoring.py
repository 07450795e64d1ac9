"""What was delivered against what was planned: of a pupil, of a school, of an authority."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.monitoring import WHY_LEFT_OUT
from mis_bridge.domain.words import Words
from mis_bridge.services.monitoring.chart import count_chart, week_chart
from mis_bridge.services.monitoring.export import BASES, UNITS, pupil_csv, school_csv
from mis_bridge.services.monitoring.links import Choice, LinkRefused, NothingToLink, choose
from mis_bridge.services.monitoring.of_pupil import pupil_monitoring
from mis_bridge.services.monitoring.of_school import authority_monitoring, school_monitoring
from mis_bridge.services.pages import oversees, place_of, sees_the_school
from mis_bridge.services.plans.words import OUTCOMES
from mis_bridge.services.sessions import Visitor
from mis_bridge.web.entries import entered
from mis_bridge.web.language import page_language
from mis_bridge.web.refusals import NotFoundPage, RoleMissing
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("monitoring", __name__)


@blueprint.get("/pupils/<pupil_id>/monitoring")
def pupil(pupil_id: str) -> Response:
    """Show a pupil's provision and attendance over a term, and outcomes at review."""
    return _pupil_page(pupil_id, 200)


@blueprint.get("/pupils/<pupil_id>/monitoring.csv")
def pupil_export(pupil_id: str) -> Response:
    """Give the weeks of a pupil's page as a file."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = pupil_monitoring(session, who, pupil_id, place.today(), _term())
    if found is None:
        raise NotFoundPage
    return _file(pupil_csv(found, page_language()))


@blueprint.post("/pupils/<pupil_id>/monitoring/source")
def choose_provision(pupil_id: str) -> AnyResponse:
    """Say which of the plan's provisions a source tells of."""
    place, who = around(), visitor()
    form = entered("vendor", "reference", "alp", "edition", "term")
    choice = Choice(
        form.text("vendor"), form.text("reference"), form.text("alp"), form.number("edition")
    )
    try:
        with place.sessions.begin() as session:
            choose(session, who, pupil_id, choice, now=place.clock())
    except NothingToLink:
        raise NotFoundPage from None
    except LinkRefused as refused:
        return _pupil_page(pupil_id, 422, refused.words)
    term = _day(form.text("term"))
    return redirect(url_for("monitoring.pupil", pupil_id=pupil_id, term=term), 303)


@blueprint.get("/monitoring")
def school() -> str:
    """Show the school's provision and outcomes over a term."""
    place, who = around(), _of_a_school()
    with place.sessions.begin() as session:
        found = school_monitoring(session, who.tenant, place.today(), _term())
        where = place_of(session, who.tenant)
    return render_template(
        "monitoring_school.html",
        found=found,
        bands=count_chart(found.bands),
        outcomes=count_chart(found.outcomes),
        place=where,
    )


@blueprint.get("/monitoring.csv")
def school_export() -> Response:
    """Give the pupils of the school's page as a file."""
    place, who = around(), _of_a_school()
    with place.sessions.begin() as session:
        found = school_monitoring(session, who.tenant, place.today(), _term())
    return _file(school_csv(found, page_language()))


@blueprint.get("/la/monitoring")
def authority() -> str:
    """Show sums for the authority's schools, none of them of few pupils."""
    place, who = around(), visitor()
    if not oversees(who):
        raise RoleMissing
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    with place.sessions.begin() as session:
        found = authority_monitoring(session, who.tenant, place.today(), _term(), number)
        where = place_of(session, who.tenant)
    return render_template("monitoring_authority.html", found=found, outcomes=OUTCOMES, place=where)


def _pupil_page(pupil_id: str, status: int, refused: Words | None = None) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = pupil_monitoring(session, who, pupil_id, place.today(), _term())
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "monitoring_pupil.html",
        found=found,
        place=where,
        refused=refused,
        may_choose=sees_the_school(who),
        week_chart=week_chart,
        why=WHY_LEFT_OUT,
        units=UNITS,
        bases=BASES,
        outcome_words=OUTCOMES,
    )
    return make_response(page, status)


def _of_a_school() -> Visitor:
    """Return the visitor, who must have come through a school's own deployment."""
    who = visitor()
    if who.tenant.school is None:
        raise RoleMissing
    return who


def _term() -> date | None:
    """Return the first day of the term asked for; anything else is the newest term."""
    return _day(request.args.get("term", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _file(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/csv"
    response.headers["Content-Disposition"] = 'attachment; filename="monitoring.csv"'
    return response
