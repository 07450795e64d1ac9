"""Converting the school's cohort: for whom nobody has begun, starting a run, following it."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.services.conversion import runs as conversion_runs
from mis_bridge.services.conversion.pages import cohort_page, run_page
from mis_bridge.services.conversion.runs import ON_REGISTER, ConversionUnderWay, Wanted
from mis_bridge.services.pages import place_of
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("conversion", __name__)

_CHOOSE: Final = Words("Choose at least one stage.", "Dewiswch o leiaf un cam.")
_NO_YEAR: Final = Words("Choose a year group from the list.", "Dewiswch grŵp blwyddyn o'r rhestr.")


@blueprint.get("/conversion")
def overview() -> Response:
    """Show who in the cohort has nothing yet, and the conversions of the school."""
    return _page(200)


@blueprint.post("/conversion")
def start() -> AnyResponse:
    """Start a conversion, or go to the one that is under way."""
    place, who = around(), visitor()
    form = entered(*ON_REGISTER, "year")
    stages = tuple(stage for stage in ON_REGISTER if form.text(stage) == "yes")
    year = form.text("year")
    if not stages:
        form.errors["stages"] = _CHOOSE
    with place.sessions.begin() as session:
        if year and year not in cohort_page(session, who, 1).years:
            form.errors["year"] = _NO_YEAR
    if form.errors:
        return _page(422, form)
    try:
        with place.sessions.begin() as session:
            run_id = conversion_runs.start(
                session,
                who.tenant,
                Wanted(stages, (year,) if year else ()),
                None,
                by=who.actor,
                now=place.clock(),
                jobs=place.jobs,
            )
    except ConversionUnderWay as under_way:
        run_id = under_way.run_id
    return redirect(url_for("conversion.show", run_id=run_id), 303)


@blueprint.get("/conversion/<run_id>")
def show(run_id: str) -> str:
    """Show how far a conversion is, and what came of it."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        run = run_page(session, who, run_id)
        where = place_of(session, who.tenant)
    if run is None:
        raise NotFoundPage
    return render_template("conversion_run.html", run=run, place=where)


def _page(status: int, form: Entered | None = None) -> Response:
    place, who = around(), visitor()
    wanted = request.args.get("page", "1")
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 1
    with place.sessions.begin() as session:
        cohort = cohort_page(session, who, number)
        where = place_of(session, who.tenant)
    page = render_template(
        "conversion.html", cohort=cohort, place=where, form=form or Entered({}), asked=bool(form)
    )
    return make_response(page, status)
