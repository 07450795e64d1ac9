"""What is done to a plan: each act has a page with its law, its form, and whom it reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.documents.problems import PdfUnavailable
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.words import Words
from mis_bridge.services.pages import place_of
from mis_bridge.services.plans import acts as plan_acts
from mis_bridge.services.plans import ceasing as plan_ceasing
from mis_bridge.services.plans import finalising, reviewing
from mis_bridge.services.plans import notices as plan_notices
from mis_bridge.services.plans.act_pages import (
    ActPage,
    Meeting,
    act_page,
    invitation,
    outcome_field,
)
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.services.plans.problems import PlanGone, PlanMoved, PlanRefused
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.plans import FORMATS, LANGUAGES, as_file, plan_view
from mis_bridge.web.refusals import NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("plan_acts", __name__)

# act -> the fields of its form besides the version, and its date.
_FIELDS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = MappingProxyType(
    {
        "involve": (("how",), "on"),
        "consent": (("consented", "by"), "consented_on"),
        "decide": (("decision", "reasons", "reasons_cy"), "decided_on"),
        "set-aside": (("why",), "on"),
        "finalise": ((), "on"),
        "begin-review": (("asked_by",), "on"),
        "revise": ((), "on"),
        "keep": (("reasons", "reasons_cy"), "on"),
        "take-over": (("by",), "on"),
        "transfer": (("to_body",), "on"),
        "propose-ceasing": ((), "on"),
        "decide-ceasing": (("reasons", "reasons_cy"), "on"),
        "family-response": (("what",), "on"),
        "cease": ((), "on"),
        "invite": (("person", "hour", "minute", "place", "place_cy", "language", "format"), "on"),
    }
)


@blueprint.get("/plans/<plan_id>/acts/<act>")
def show(plan_id: str, act: str) -> Response:
    """Show an act: what the law says, what stands against it, whom it reaches, and its form."""
    return _page(plan_id, act, 200)


@blueprint.post("/plans/<plan_id>/acts/<act>")
def do(plan_id: str, act: str) -> AnyResponse:
    """Do it, as far as the law and the plan as it stands allow."""
    if act not in _FIELDS:
        raise NotFoundPage
    texts, dated = _FIELDS[act]
    with around().sessions.begin() as session:
        found = act_page(_desk(session, plan_id, 0), act)
    if found is None:
        raise NotFoundPage
    outcomes = [line.name for line in found.outcomes]
    form = entered("version", *texts, *outcomes, dates=(dated,))
    day = form.wanted_day(dated)
    if act == "invite":
        return _invite(plan_id, form, day)
    return _acted(plan_id, act, form, day, found)


def _acted(plan_id: str, act: str, form: Entered, day: date | None, found: ActPage) -> AnyResponse:
    deed = _DEEDS[act]
    _check(act, form, found)
    if form.errors or day is None:
        return _page(plan_id, act, 422, form)
    try:
        with around().sessions.begin() as session:
            deed(_desk(session, plan_id, form.number("version")), form, day)
    except PlanGone:
        raise NotFoundPage from None
    except PlanMoved as moved:
        return plan_view(plan_id, 409, moved.words)
    except PlanRefused as refused:
        form.errors[refused.field or "version"] = refused.words
        return _page(plan_id, act, 422, form)
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


def _check(act: str, form: Entered, found: ActPage) -> None:
    """Say of each choice that was left open that it was."""
    wanted = {
        "consent": ("consented", "by"),
        "decide": ("decision",),
        "begin-review": ("asked_by",),
        "take-over": ("by",),
        "family-response": ("what",),
    }.get(act, ())
    known = {
        "consented": {"yes", "no"},
        "decision": {"has_aln", "no_aln"},
        "asked_by": {code for code, _ in found.asked_by},
        "by": {code for code, _ in found.bodies}
        if act == "take-over"
        else {"young_person", "representative"},
        "what": {code for code, _ in found.challenges},
    }
    for name in wanted:
        if form.text(name) not in known[name]:
            form.errors[name] = _CHOOSE
    for line in found.outcomes:
        if form.text(line.name) not in reviewing.OUTCOMES:
            form.errors[line.name] = _CHOOSE


def _outcomes(form: Entered) -> dict[str, str]:
    """Return what became of each outcome, by the provision that the form names."""
    bases = [f"{part}[{number}]" for part, number in map(_parts, form.fields) if part]
    return {base: form.text(outcome_field(base)) for base in bases}


def _parts(name: str) -> tuple[str, str]:
    part, _, number = name.removeprefix("outcome-").rpartition("-")
    return (part, number) if name.startswith("outcome-") else ("", "")


_DEEDS: Final[Mapping[str, Callable[[PlanDesk, Entered, date], object]]] = MappingProxyType(
    {
        "involve": lambda desk, form, on: plan_acts.involve_person(desk, on, form.text("how")),
        "consent": lambda desk, form, on: plan_acts.record_consent(
            desk, consented=form.text("consented") == "yes", on=on, by=form.text("by")
        ),
        "decide": lambda desk, form, on: plan_acts.decide(
            desk,
            has_aln=form.text("decision") == "has_aln",
            on=on,
            reasons=form.text("reasons"),
            reasons_cy=form.text("reasons_cy"),
        ),
        "set-aside": lambda desk, form, on: plan_acts.set_aside(desk, on, form.text("why")),
        "finalise": lambda desk, _, on: finalising.finalise(desk, on),
        "begin-review": lambda desk, form, on: reviewing.begin_review(
            desk, on, asked_by=form.text("asked_by")
        ),
        "revise": lambda desk, form, on: reviewing.revise(desk, on, _outcomes(form)),
        "keep": lambda desk, form, on: reviewing.keep_unrevised(
            desk, on, _reasons(form), _outcomes(form)
        ),
        "take-over": lambda desk, form, on: plan_acts.take_over(
            desk, Maintainer(form.text("by")), on
        ),
        "transfer": lambda desk, form, on: plan_acts.transfer(desk, form.text("to_body"), on),
        "propose-ceasing": lambda desk, _, on: plan_ceasing.propose(desk, on),
        "decide-ceasing": lambda desk, form, on: plan_ceasing.decide(desk, on, _reasons(form)),
        "family-response": lambda desk, form, on: plan_ceasing.record_challenge(
            desk, form.text("what"), on
        ),
        "cease": lambda desk, _, on: plan_ceasing.cease(desk, on),
    }
)


def _reasons(form: Entered) -> Words:
    return plan_notices.in_both(form.text("reasons"), form.text("reasons_cy"), "reasons")


def _invite(plan_id: str, form: Entered, day: date | None) -> Response:
    at = _time(form)
    if form.text("language") not in LANGUAGES:
        form.errors["language"] = _CHOOSE
    if form.text("format") not in FORMATS:
        form.errors["format"] = _CHOOSE
    if not form.text("person"):
        form.errors["person"] = _CHOOSE
    if not (form.text("place").strip() and form.text("place_cy").strip()):
        form.errors["place"] = _PLACE_IN_BOTH
    if form.errors or day is None or at is None:
        return _page(plan_id, "invite", 422, form)
    try:
        with around().sessions.begin() as session:
            content = invitation(
                _desk(session, plan_id, 0),
                Meeting(
                    form.text("person"),
                    day,
                    at,
                    Words(form.text("place").strip(), form.text("place_cy").strip()),
                    LANGUAGES[form.text("language")],
                    FORMATS[form.text("format")],
                ),
            )
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        form.errors[refused.field or "version"] = refused.words
        return _page(plan_id, "invite", 422, form)
    except PdfUnavailable as unavailable:
        form.errors["format"] = unavailable.words
        return _page(plan_id, "invite", 422, form)
    return as_file(content, f"invitation-{form.text('language')}", form.text("format"))


def _time(form: Entered) -> time | None:
    hour, minute = form.text("hour").strip(), form.text("minute").strip() or "0"
    if all(part.isascii() and part.isdecimal() and len(part) < 3 for part in (hour, minute)):
        try:
            return time(int(hour), int(minute))
        except ValueError:
            pass
    form.errors["hour"] = _NOT_A_TIME
    return None


def _desk(session: Session, plan_id: str, version: int) -> PlanDesk:
    place = around()
    return PlanDesk(session, visitor(), plan_id, version, place.clock(), place.jobs)


def _page(plan_id: str, act: str, status: int, form: Entered | None = None) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = act_page(_desk(session, plan_id, 0), act)
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "plans/act.html", page=found, place=where, form=form or Entered({}), today=place.today()
    )
    return make_response(page, status)


_CHOOSE = Words("Choose one.", "Dewiswch un.")
_PLACE_IN_BOTH = Words(
    "Write the place in Welsh and in English.", "Ysgrifennwch y lle yn Gymraeg ac yn Saesneg."
)
_NOT_A_TIME = Words(
    "Enter a time with hour and minutes, for example 14 and 30.",
    "Rhowch amser yn awr a munudau, er enghraifft 14 a 30.",
)
