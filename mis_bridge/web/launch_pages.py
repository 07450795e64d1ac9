"""LTI 1.3: the login that begins a launch, the launch, and the key set of the tool."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request
from flask import url_for as local_url
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.domain.words import Words
from mis_bridge.lti.claims import Launch
from mis_bridge.lti.form import LaunchForm
from mis_bridge.lti.launch import BridgeMessageLaunch
from mis_bridge.lti.login import BridgeOIDCLogin
from mis_bridge.lti.refusals import LaunchRefused
from mis_bridge.services import launches, sessions, tool_keys
from mis_bridge.services.launches import Entered, Entry
from mis_bridge.web import deep_links, visitors
from mis_bridge.web.errors import error_page, launch_refused
from mis_bridge.web.headers import framed_by
from mis_bridge.web.lti_store import DatabasePlatforms
from mis_bridge.web.refusals import NotSignedIn
from mis_bridge.web.surroundings import Surroundings, around

blueprint = Blueprint("lti", __name__, url_prefix="/lti")

_LOG = logging.getLogger(__name__)
_START: Final = "home.start"
_PAGES: Final = ("/tasks/", "/pupils/", "/drafts/", "/notices/", "/la/")

_NO_ACCESS_TITLE: Final = Words("No access", "Dim mynediad")
_NO_ACCESS: Final = Words(
    "You are known to the MIS, but nobody has given you a role in this tool. The head teacher or "
    "the local authority can do so.",
    "Mae'r MIS yn eich adnabod, ond nid oes neb wedi rhoi rôl i chi yn yr offeryn hwn. Gall y "
    "pennaeth neu'r awdurdod lleol wneud hynny.",
)
_WAITING_TITLE: Final = Words("Awaiting activation", "Yn aros i'w roi ar waith")
_WAITING: Final = Words(
    "This place in your MIS is awaiting activation by the local authority. Nothing is shown until "
    "then.",
    "Mae'r lle hwn yn eich MIS yn aros i'r awdurdod lleol ei roi ar waith. Ni ddangosir dim tan "
    "hynny.",
)
_WINDOW_TITLE: Final = Words(
    "Open the tool in a new window", "Agorwch yr offeryn mewn ffenestr newydd"
)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse:
    """Begin a launch: note state and nonce, and send the browser to the platform."""
    place = around()
    fields = request.args if request.method == "GET" else request.form
    form = LaunchForm(fields.to_dict(), request.cookies, secure=request.is_secure)
    started = BridgeOIDCLogin(
        form, DatabasePlatforms(place.sessions), tool_url=place.public_url, now=place.clock()
    )
    try:
        address = started.begin(f"{place.public_url}{local_url('lti.launch')}")
    finally:
        if started.platform is not None:
            framed_by(started.platform.frame_ancestors)
    return started.keep_cookies(redirect(address, 302))


@blueprint.post("/launch")
def launch() -> Response:
    """Check a launch, open a session, and go to the page that was asked for."""
    place = around()
    form = LaunchForm(request.form.to_dict(), request.cookies, secure=request.is_secure)
    message = BridgeMessageLaunch(
        form, DatabasePlatforms(place.sessions), place.fetch_key_set, now=place.clock()
    )
    try:
        accepted = message.accept()
    except LaunchRefused as refusal:
        return _refuse(place, message, refusal)
    framed_by(accepted.frame_ancestors)
    with place.sessions.begin() as session:
        entered = launches.enter(session, accepted, place.clock())
    g.language = entered.language or g.language
    response = _answer(place, message, accepted, entered)
    message.forget_cookie()
    message.cookies.update_response(response)
    return response


@blueprint.get("/ticket/<ticket>")
def ticket(ticket: str) -> AnyResponse:
    """Open a session in a window of its own, by a ticket that the framed page handed out."""
    place = around()
    with place.sessions.begin() as session:
        sid = sessions.redeem_ticket(session, ticket, place.clock())
    if sid is None:
        raise NotSignedIn
    response = redirect(_target(request.args.get("page", "")), 303)
    visitors.keep(response, sid)
    return response


@blueprint.get("/jwks.json")
def keys() -> Response:
    """Publish the public halves of the tool's keys."""
    place = around()
    with place.sessions.begin() as session:
        published = tool_keys.key_set(session, place.clock())
    response = jsonify(published)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _answer(
    place: Surroundings, message: BridgeMessageLaunch, accepted: Launch, entered: Entered
) -> Response:
    match entered.entry:
        case Entry.AWAITING_ACTIVATION:
            return error_page(403, _WAITING_TITLE, _WAITING, code="deployment_unbound")
        case Entry.NO_ACCESS:
            return error_page(403, _NO_ACCESS_TITLE, _NO_ACCESS, code="no_access")
        case Entry.ENTERED if accepted.deep_linking is not None and message.platform is not None:
            return deep_links.offer(
                place, message.platform, accepted, accepted.deep_linking, entered
            )
        case Entry.ENTERED:
            response = make_response(redirect(_target(accepted.target_link_uri), 303))
            visitors.keep(response, entered.sid or "")
            return response


def _target(wanted: str) -> str:
    """Return the path of the target where it is a page of ours, else that of the start page."""
    path = urlsplit(wanted).path
    ours = path == "/tasks" or path.startswith(_PAGES)
    return path if ours else local_url(_START)


def _refuse(place: Surroundings, message: BridgeMessageLaunch, refusal: LaunchRefused) -> Response:
    begun = message.begun
    registration_id = begun.registration_id if begun else None
    with place.sessions.begin() as session:
        launches.refused(session, registration_id, refusal.code, place.clock())
    _LOG.warning("launch_refused", extra={"code": refusal.code, "registration_id": registration_id})
    if begun is not None:
        known = DatabasePlatforms(place.sessions).registration(begun.issuer, begun.client_id)
        framed_by(known.frame_ancestors if known else ())
    if refusal.code == "state_cookie_missing" and begun is not None:
        again = f"{local_url('lti.login')}?{urlencode(begun.restart)}"
        page = render_template(
            "new_window.html",
            heading=_WINDOW_TITLE,
            words=refusal.words,
            code=refusal.code,
            address=again,
        )
        return make_response(page, refusal.status)
    return launch_refused(refusal)
