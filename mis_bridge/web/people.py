"""Who is who for a pupil: what is on record, what can be recorded, who a notice would go to."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.people_sheets import SHEETS, Sheet
from mis_bridge.services.pages import place_of
from mis_bridge.services.people import facts as people_facts
from mis_bridge.services.people.checks import Filled
from mis_bridge.services.people.facts import FactRefused, NobodyHere
from mis_bridge.services.people.named import people_named
from mis_bridge.services.people.pages import DEFAULT_EVENT, people_page
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("people", __name__)


@blueprint.get("/pupils/<pupil_id>/people")
def show(pupil_id: str) -> Response:
    """Show who is who, and who would receive a chosen notice today."""
    return _page(pupil_id, 200)


@blueprint.get("/pupils/<pupil_id>/people/<sheet_id>")
def ask(pupil_id: str, sheet_id: str) -> Response:
    """Show the questions of one kind of fact."""
    return _sheet_page(pupil_id, _sheet(sheet_id), 200)


@blueprint.post("/pupils/<pupil_id>/people/<sheet_id>")
def record(pupil_id: str, sheet_id: str) -> AnyResponse:
    """Record one kind of fact, as filled in."""
    place, sheet = around(), _sheet(sheet_id)
    form = entered(*sheet.texts, dates=sheet.days)
    filled = Filled(
        {name: form.text(name) for name in sheet.texts},
        {name: form.day(name) for name in sheet.days},
    )
    if form.errors:
        return _sheet_page(pupil_id, sheet, 422, form)
    try:
        with place.sessions.begin() as session:
            people_facts.record(session, visitor(), pupil_id, sheet_id, filled, now=place.clock())
    except NobodyHere:
        raise NotFoundPage from None
    except FactRefused as refused:
        form.errors |= refused.errors
        return _sheet_page(pupil_id, sheet, 422, form)
    return redirect(url_for("people.show", pupil_id=pupil_id), 303)


@blueprint.post("/pupils/<pupil_id>/people/facts/<fact_id>/withdraw")
def withdraw(pupil_id: str, fact_id: str) -> AnyResponse:
    """Take back a record that was wrong, with the reason."""
    place = around()
    form = entered("reason")
    try:
        with place.sessions.begin() as session:
            people_facts.withdraw(
                session, visitor(), pupil_id, fact_id, form.text("reason"), now=place.clock()
            )
    except NobodyHere:
        raise NotFoundPage from None
    except FactRefused as refused:
        form.errors |= refused.errors
        return _page(pupil_id, 422, form, fact_id)
    return redirect(url_for("people.show", pupil_id=pupil_id), 303)


def _sheet(sheet_id: str) -> Sheet:
    sheet = SHEETS.get(sheet_id)
    if sheet is None:
        raise NotFoundPage
    return sheet


def _page(
    pupil_id: str, status: int, form: Entered | None = None, withdrawing: str = ""
) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        event_id = request.args.get("event", DEFAULT_EVENT)
        found = people_page(session, who, pupil_id, event_id, place.today())
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "people.html",
        page=found,
        place=where,
        today=place.today(),
        form=form or Entered({}),
        empty=Entered({}),
        withdrawing=withdrawing,
    )
    return make_response(page, status)


def _sheet_page(pupil_id: str, sheet: Sheet, status: int, form: Entered | None = None) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        named = people_named(session, who.tenant, pupil_id, place.today())
        where = place_of(session, who.tenant)
    if named is None or sheet.id not in named.sheets():
        raise NotFoundPage
    page = render_template(
        "people_sheet.html",
        sheet=sheet,
        pupil_id=pupil_id,
        pupil_name=named.pupil.name.known_as or None,
        group=named.group(sheet.whom),
        place=where,
        form=form or Entered({}),
    )
    return make_response(page, status)
