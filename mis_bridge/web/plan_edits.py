"""Writing a plan page by page: saved and merged, kept while typing, confirmed, promoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.services.days import time_in_wales
from mis_bridge.services.pages import place_of
from mis_bridge.services.plans import editing as plan_editing
from mis_bridge.services.plans import writing as plan_writing
from mis_bridge.services.plans.controls import plain
from mis_bridge.services.plans.desk import PlanDesk
from mis_bridge.services.plans.edit_pages import Asking, edit_page
from mis_bridge.services.plans.kept import conflicts_of
from mis_bridge.services.plans.problems import PlanGone, PlanMoved, PlanRefused
from mis_bridge.services.plans.writing import Sheet
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.language import page_language
from mis_bridge.web.plan_forms import control_of, entry_of, filled, page_entered
from mis_bridge.web.plans import plan_view
from mis_bridge.web.refusals import FieldsNotExpected, NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("plan_edits", __name__)

_MOST_CONFLICTS: Final = 300
# What a button leads to besides the plan's page.
_BACK_TO_PAGE: Final[Mapping[str, str]] = MappingProxyType(
    {"keep": "?kept=1", "add": "?add=1", "check": ""}
)


@blueprint.get("/plans/<plan_id>/edit/<section>")
def section(plan_id: str, section: str) -> Response:
    """Show one page of the form, with what the person had typed where they come back for it."""
    resume, add = request.args.get("kept") == "1", request.args.get("add") == "1"
    return _page(plan_id, section, 200, resume=resume, add=add)


@blueprint.post("/plans/<plan_id>/edit/<section>")
def save(plan_id: str, section: str) -> AnyResponse:
    """Save a page and merge it with what others saved; or keep it, or take a provision out."""
    wanted = request.form.get("do", "")
    shown_again = _written(plan_id, section, wanted)
    if shown_again is not None:
        return shown_again
    if wanted in _BACK_TO_PAGE:
        where = url_for(".section", plan_id=plan_id, section=section) + _BACK_TO_PAGE[wanted]
    else:
        part = section.partition("-")[0]
        where = url_for("plans.show", plan_id=plan_id, _anchor=f"part-{part}")
    return redirect(where, 303)


@blueprint.post("/plans/<plan_id>/typing/<section>")
def typing(plan_id: str, section: str) -> Response:
    """Keep what is being typed, for the person alone, and say when; a script asks for this."""
    place = around()
    try:
        with place.sessions.begin() as session:
            desk = _desk(session, plan_id)
            sheet = _sheet(desk, section)
            at = plan_writing.keep_page(desk, sheet, entry_of(page_entered(sheet), sheet))
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        return make_response(jsonify({"said": refused.words.in_(page_language())}), 422)
    return jsonify({"said": gettext("Kept at %(time)s", time=time_in_wales(at))})


@blueprint.post("/plans/<plan_id>/discard")
def discard(plan_id: str) -> AnyResponse:
    """Drop what was kept for the person, of one page or of all."""
    place = around()
    form = entered("section", "version")
    name = form.text("section")
    try:
        with place.sessions.begin() as session:
            desk = _desk(session, plan_id)
            sheet = _sheet(desk, name) if name else None
            plan_writing.discard_page(desk, sheet)
    except PlanGone:
        raise NotFoundPage from None
    if name:
        return redirect(url_for(".section", plan_id=plan_id, section=name), 303)
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/settle")
def settle(plan_id: str) -> AnyResponse:
    """Settle fields that two people changed: what is saved, what was typed, or a third wording."""
    place = around()
    count = request.form.get("count", "")
    most = int(count) if count.isascii() and count.isdecimal() and len(count) < 4 else 0
    if not 0 < most <= _MOST_CONFLICTS:
        raise FieldsNotExpected
    names = [f"{part}-{at}" for at in range(most) for part in ("key", "choice", "text")]
    form = entered("version", "count", "nhs_agreed", *names)
    keys = [form.text(f"key-{at}") for at in range(most)]
    chosen: dict[str, str | None] = {}
    for at, key in enumerate(keys):
        match form.text(f"choice-{at}"):
            case "saved":
                chosen[key] = None
            case "mine":
                chosen[key] = ""
            case "other" if plain(form.text(f"text-{at}")):
                chosen[key] = plain(form.text(f"text-{at}"))
            case _:
                form.errors[f"choice-{at}"] = _CHOOSE
    if form.errors:
        return _conflicts(plan_id, keys, 422, form)
    try:
        with place.sessions.begin() as session:
            desk = _desk(session, plan_id)
            agreed = form.text("nhs_agreed") == "yes"
            late = _keys(plan_writing.settle(desk, chosen, nhs_agreed=agreed))
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        at = keys.index(refused.field) if refused.field in keys else 0
        form.errors[f"choice-{at}"] = refused.words
        return _conflicts(plan_id, keys, 422, form)
    if late:
        return _conflicts(plan_id, late, 409)
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/confirm")
def confirm(plan_id: str) -> AnyResponse:
    """Confirm values taken from an earlier record: one, or those of a block that was read."""
    place = around()
    form = entered("version", "keys", "back")
    try:
        with place.sessions.begin() as session:
            plan_writing.confirm_seen(_desk(session, plan_id), form.text("keys").split(" "))
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        return plan_view(plan_id, 422, refused.words)
    return redirect(_back(plan_id, form), 303)


@blueprint.post("/plans/<plan_id>/promote")
def promote(plan_id: str) -> AnyResponse:
    """Make a short-term target, or a strategy that was left out, a provision of the plan."""
    place = around()
    form = entered("version", "kind", "number")
    version, kind = form.number("version"), form.text("kind")
    acts = {"target": plan_editing.promote_target, "strategy": plan_editing.promote_strategy}
    if kind not in acts:
        raise FieldsNotExpected
    try:
        with place.sessions.begin() as session:
            desk = _desk(session, plan_id)
            plan_writing.stands_at(desk, version)
            acts[kind](desk, form.number("number"))
    except PlanGone:
        raise NotFoundPage from None
    except PlanMoved as moved:
        return plan_view(plan_id, 409, moved.words)
    except PlanRefused as refused:
        return plan_view(plan_id, 422, refused.words)
    return redirect(url_for("plans.show", plan_id=plan_id, _anchor="part-alp"), 303)


def _written(plan_id: str, section: str, wanted: str) -> Response | None:
    """Do what the form asks for in one transaction; return a page where it is not over by that."""
    late: tuple[str, ...] = ()
    form = Entered({})
    try:
        with around().sessions.begin() as session:
            desk = _desk(session, plan_id)
            sheet = _sheet(desk, section)
            form = page_entered(sheet)
            entry = entry_of(form, sheet)
            if wanted == "keep":
                plan_writing.keep_page(desk, sheet, entry)
            elif wanted == "remove":
                late = _keys(plan_writing.remove_element(desk, sheet, nhs_agreed=entry.nhs_agreed))
            elif not form.errors:
                late = _keys(plan_writing.save_page(desk, sheet, entry))
    except PlanGone:
        raise NotFoundPage from None
    except PlanRefused as refused:
        form.errors[control_of(refused.field, sheet)] = refused.words
        return _page(plan_id, section, 422, form)
    if form.errors and wanted not in {"keep", "remove"}:
        return _page(plan_id, section, 422, form)
    return _conflicts(plan_id, late, 409) if late else None


def _desk(session: Session, plan_id: str) -> PlanDesk:
    place = around()
    version = Entered(request.form.to_dict()).number("version")
    return PlanDesk(session, visitor(), plan_id, version, place.clock(), place.jobs)


def _sheet(desk: PlanDesk, section: str) -> Sheet:
    return plan_writing.sheet_of(desk, section, adding=request.form.get("add") == "1")


def _keys(saved: plan_editing.Saved) -> tuple[str, ...]:
    return tuple(conflict.key for conflict in saved.conflicts)


def _page(
    plan_id: str,
    section: str,
    status: int,
    form: Entered | None = None,
    *,
    resume: bool = False,
    add: bool = False,
) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = edit_page(
            session,
            who,
            plan_id,
            section,
            place.today(),
            Asking(
                version=form.number("version") if form else None,
                resume=resume,
                add=add or (form is not None and form.text("add") == "1"),
                language=page_language(),
            ),
        )
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "plans/edit.html",
        page=found,
        place=where,
        form=form or Entered(filled(found)),
        kept_at=time_in_wales(found.kept_at) if found.kept_at else None,
        clock=time_in_wales,
        back=url_for("plans.show", plan_id=plan_id, _anchor=f"part-{found.part}"),
    )
    return make_response(page, status)


def _conflicts(
    plan_id: str, keys: Sequence[str], status: int, form: Entered | None = None
) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = conflicts_of(session, who, plan_id, keys, place.today())
        version = plan_writing.version_of(session, who, plan_id)
        where = place_of(session, who.tenant)
    if not found or version is None:
        raise NotFoundPage
    page = render_template(
        "plans/conflicts.html",
        plan_id=plan_id,
        version=version,
        conflicts=found,
        wants_nhs=any(each.key.startswith("health_alp[") for each in found),
        clock=time_in_wales,
        place=where,
        form=form or Entered({}),
    )
    return make_response(page, status)


def _back(plan_id: str, form: Entered) -> str:
    anchor = form.text("back")
    known = anchor if anchor.replace("_", "").isalnum() and anchor.isascii() else ""
    return url_for("plans.show", plan_id=plan_id, _anchor=f"part-{known}")


_CHOOSE = Words(
    "Choose which wording is to stand, and write it where it is another one.",
    "Dewiswch pa eiriad sydd i sefyll, ac ysgrifennwch ef os yw'n un arall.",
)
