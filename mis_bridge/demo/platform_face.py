"""The addresses of the demo MIS's LTI platform: its keys, and where a launch is signed."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from mis_bridge.demo import texts
from mis_bridge.demo.pages import page_language
from mis_bridge.demo.platform import LaunchRefused
from mis_bridge.demo.system import DemoMis
from mis_bridge.domain.words import Words


def platform_face(mis: DemoMis) -> Blueprint:
    """Return the platform's addresses as a blueprint below `/lti`."""
    face = Blueprint("platform", __name__, url_prefix="/lti")

    @face.get("/jwks.json")
    def jwks() -> Response:
        return jsonify(mis.platform.jwks())

    @face.route("/authorise", methods=["GET", "POST"])
    def authorise() -> BaseResponse | tuple[str, int]:
        try:
            launch = mis.platform.authorise(request.values)
        except LaunchRefused as refused:
            return render_template("problem.html", told=refused.words.in_(page_language())), 400
        g.language = launch.hint.language
        where = launch.hint.school.number if launch.hint.school else mis.authority.code
        mis.journal.note(
            "launch",
            Words(
                "{who} at {where} opens mis_bridge; the launch is signed.",
                "Mae {who} yn {where} yn agor mis_bridge; mae'r lansiad wedi'i lofnodi.",
            ).fill(who=texts.ROLES[launch.hint.person.role], where=where),
        )
        nonce = secrets.token_urlsafe(16)
        answer = make_response(render_template("form_post.html", launch=launch, nonce=nonce))
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; script-src 'nonce-{nonce}'; base-uri 'none'; "
            f"form-action {mis.tool}; frame-ancestors 'self'"
        )
        return answer

    return face
