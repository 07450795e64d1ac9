"""A notice: who receives it and why, its letters, and what a person must settle."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.services.letter_pages import letters_of
from mis_bridge.services.notice_pages import notice_page
from mis_bridge.services.pages import place_of
from mis_bridge.services.recipients import ConfirmRefused, settle_person
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("notices", __name__)


_ANSWER: Final = Words(
    "Say whether this person receives the notice.", "Nodwch a yw'r person hwn yn cael yr hysbysiad."
)


@blueprint.get("/notices/<notice_id>")
def show(notice_id: str) -> Response:
    """Show who receives a notice, who does not, and why."""
    return _page(notice_id, 200)


@blueprint.get("/notices/<notice_id>/letters")
def preview(notice_id: str) -> str:
    """Show the letters as they go out, in both languages side by side."""
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = notice_page(session, who, notice_id)
        letters = letters_of(session, who, notice_id, place.clock()) if found else ()
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    return render_template("letters.html", notice=found, letters=letters, place=where)


@blueprint.post("/notices/<notice_id>/people")
def confirm(notice_id: str) -> AnyResponse:
    """Settle whether somebody whom the record leaves open receives the notice."""
    place, who = around(), visitor()
    form = entered("person", "answer", "reason")
    if form.text("answer") not in {"yes", "no"}:
        form.errors["answer"] = _ANSWER
        return _page(notice_id, 422, form)
    try:
        with place.sessions.begin() as session:
            settle_person(
                session,
                who,
                notice_id,
                person=form.text("person"),
                receives=form.text("answer") == "yes",
                reason=form.text("reason"),
                now=place.clock(),
                jobs=place.jobs,
            )
    except ConfirmRefused as refused:
        form.errors[refused.field] = refused.words
        return _page(notice_id, 422, form)
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


def _page(notice_id: str, status: int, form: Entered | None = None) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = notice_page(session, who, notice_id)
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template("notice.html", notice=found, place=where, form=form or Entered({}))
    return make_response(page, status)
