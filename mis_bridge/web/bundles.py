"""A plan that goes to another body as a signed file, and one that comes from another body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.documents.bundles import BundleRefused, SignerUnknown
from mis_bridge.documents.published_keys import KeysUnreadable, key_ids
from mis_bridge.domain.labels import body_label
from mis_bridge.domain.plan_life import Maintainer
from mis_bridge.domain.words import Words
from mis_bridge.services.bundles import making as plan_bundles
from mis_bridge.services.bundles.authority_keys import NoSigningKey
from mis_bridge.services.bundles.making import BASES, NotBundled, Order
from mis_bridge.services.bundles.pages import bundle_page, choices
from mis_bridge.services.bundles.problems import BundleNotTaken, MaintainerToSay, PupilToChoose
from mis_bridge.services.bundles.taking_in import Wanted, take_in
from mis_bridge.services.pages import place_of
from mis_bridge.web.entries import Entered, entered
from mis_bridge.web.refusals import FieldsNotExpected, NotFoundPage
from mis_bridge.web.surroundings import around
from mis_bridge.web.visitors import visitor

blueprint = Blueprint("bundles", __name__)

_OTHER: Final = "other"
_FILE: Final = "bundle"


@blueprint.get("/plans/<plan_id>/bundle")
def order(plan_id: str) -> Response:
    """Show what may be sent of a plan, and what was."""
    return _order_page(plan_id, 200)


@blueprint.post("/plans/<plan_id>/bundle")
def make(plan_id: str) -> AnyResponse:
    """Make the bundle, record it, and give it as a file."""
    place, who = around(), visitor()
    form = entered("made_for", "basis", "other_basis", "consent")
    basis = form.text("basis")
    if basis not in {*BASES, _OTHER}:
        form.errors["basis"] = _CHOOSE_BASIS
        return _order_page(plan_id, 422, form)
    stated = form.text("other_basis").strip() if basis == _OTHER else BASES[basis][0]
    wanted = Order(form.text("made_for").strip(), stated, form.text("consent").strip())
    now = place.clock()
    with place.sessions.begin() as session:
        seen = bundle_page(session, who, plan_id)
    if seen is None:
        raise NotFoundPage
    try:
        with place.sessions.begin() as session:
            made = plan_bundles.packed(session, who.tenant, plan_id, wanted, now=now)
    except NotBundled as refused:
        at_fault = refused.field or "made_for"
        form.errors["other_basis" if at_fault == "lawful_basis" else at_fault] = refused.words
        return _order_page(plan_id, 422, form)
    except NoSigningKey as refused:
        form.errors["made_for"] = refused.words
        return _order_page(plan_id, 422, form)
    if made is None:
        raise NotFoundPage
    with place.sessions.begin() as session:
        plan_bundles.record(session, made, by=who.actor, now=now)
    response = make_response(made.archive)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


@blueprint.get("/plans/import")
def arrival() -> Response:
    """Ask for a bundle that came from another body."""
    pupil = request.args.get("pupil", "")
    return _arrival_page(200, pupils=[pupil] if pupil else [])


@blueprint.post("/plans/import")
def take() -> AnyResponse:
    """Take a bundle in, whole or not at all."""
    place, who = around(), visitor()
    form = entered("key", "pupil", "maintainer")
    archive = _uploaded(form)
    trusted: frozenset[str] = frozenset()
    if form.text("key").strip():
        try:
            trusted = key_ids(form.text("key"))
        except KeysUnreadable as unreadable:
            form.errors["key"] = unreadable.words
    asked = [form.text("pupil")] if form.text("pupil") else []
    if form.errors:
        return _arrival_page(422, form, pupils=asked)
    said = form.text("maintainer")
    wanted = Wanted(
        trusted,
        form.text("pupil") or None,
        Maintainer(said) if said in set(Maintainer) else None,
    )
    try:
        with place.sessions.begin() as session:
            taken = take_in(
                session,
                who.tenant,
                archive,
                wanted,
                by=who.actor,
                now=place.clock(),
                jobs=place.jobs,
            )
    except SignerUnknown as unknown:
        form.errors["key"] = unknown.words
    except BundleRefused as refused:
        form.errors[_FILE] = refused.words
    except PupilToChoose as choose:
        form.errors["pupil"] = choose.words
        return _arrival_page(422, form, pupils=choose.pupils)
    except BundleNotTaken as refused:
        form.errors[refused.field] = refused.words
        who_maintains = isinstance(refused, MaintainerToSay) or bool(said)
        return _arrival_page(422, form, pupils=asked, ask_maintainer=who_maintains)
    else:
        return redirect(url_for("plans.show", plan_id=taken.plan_id), 303)
    return _arrival_page(422, form, pupils=asked)


def _uploaded(form: Entered) -> bytes:
    """Return the file that came with the form; what is no file of it is refused with the form."""
    if not set(request.files) <= {_FILE} or len(request.files.getlist(_FILE)) > 1:
        raise FieldsNotExpected
    file = request.files.get(_FILE)
    content = file.read() if file is not None else b""
    if not content:
        form.errors[_FILE] = _CHOOSE_FILE
    return content


def _order_page(plan_id: str, status: int, form: Entered | None = None) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        found = bundle_page(session, who, plan_id)
        where = place_of(session, who.tenant)
    if found is None:
        raise NotFoundPage
    page = render_template(
        "plans/bundle.html",
        page=found,
        form=form or Entered({}),
        place=where,
        bases=[(code, words) for code, (_, words) in BASES.items()],
    )
    return make_response(page, status)


def _arrival_page(
    status: int,
    form: Entered | None = None,
    *,
    pupils: Sequence[str] = (),
    ask_maintainer: bool = False,
) -> Response:
    place, who = around(), visitor()
    with place.sessions.begin() as session:
        offered = choices(session, who, pupils)
        where = place_of(session, who.tenant)
    page = render_template(
        "plans/arrival.html",
        form=form or Entered({}),
        place=where,
        pupils=offered,
        maintainers=[(body.value, body_label(body.value)) for body in Maintainer]
        if ask_maintainer
        else [],
    )
    return make_response(page, status)


_CHOOSE_BASIS = Words(
    "Choose on what lawful basis the plan is given to that body.",
    "Dewiswch ar ba sail gyfreithlon y rhoddir y cynllun i'r corff hwnnw.",
)
_CHOOSE_FILE = Words(
    "Choose the file of the bundle, as the sender gave it.",
    "Dewiswch ffeil y bwndel, fel y rhoddodd yr anfonwr hi.",
)
