"""The demo MIS as a web application: its pages, its Wonde-shaped interface, its LTI platform."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, render_template, request, url_for
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from mis_bridge.demo import texts
from mis_bridge.demo.pages import add_pages, page_language
from mis_bridge.demo.platform_face import platform_face
from mis_bridge.demo.system import LONDON, DemoMis
from mis_bridge.demo.wonde_face import wonde_face
from mis_bridge.domain.words import Language, long_date

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_REQUEST = 64 * 1024


def create_mis(mis: DemoMis, language: Language) -> Flask:
    """Return the demo MIS; `language` is the one that its front door leads to."""
    app = Flask("mis_bridge.demo", static_folder="static", template_folder="templates")
    app.config["TRUSTED_HOSTS"] = [urlsplit(mis.origin).hostname or ""]
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.register_blueprint(wonde_face(mis))
    app.register_blueprint(platform_face(mis))
    _add_language(app)
    _add_wording(app, mis)
    _add_guards(app, mis)
    add_pages(app, mis, language)
    return app


def _add_language(app: Flask) -> None:
    @app.url_value_preprocessor
    def note_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
        g.language = (values or {}).pop("language", "en")

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, object]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = g.get("language", "en")


def _add_wording(app: Flask, mis: DemoMis) -> None:
    def other_language_address() -> str:
        other = "en" if page_language() == "cy" else "cy"
        endpoint = request.endpoint if request.method == "GET" else None
        if not endpoint or not app.url_map.is_endpoint_expecting(endpoint, "language"):
            return url_for("schools", language=other)
        return url_for(endpoint, **(dict(request.view_args or {}) | {"language": other}))

    @app.context_processor
    def wording() -> dict[str, object]:
        language = page_language()
        return {
            "language": language,
            "t": {key: words.in_(language) for key, words in texts.PAGE.items()},
            "say": lambda words: words.in_(language),
            "date": lambda day: long_date(day, language),
            "clock": lambda at: f"{at.astimezone(LONDON):%H:%M:%S}",
            "texts": texts,
            "mis": mis,
            "other": "en" if language == "cy" else "cy",
            "other_language_address": other_language_address,
        }


def _add_guards(app: Flask, mis: DemoMis) -> None:
    @app.before_request
    def refuse_foreign_forms() -> None:
        """Refuse a form of another site: it must not change the invented school either."""
        origin = request.headers.get("Origin")
        if request.method not in SAFE_METHODS and origin not in (None, mis.origin):
            abort(403)

    @app.after_request
    def add_policy(answer: Response) -> Response:
        answer.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"form-action 'self'; frame-src 'self' {mis.tool}; frame-ancestors 'none'",
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        # "no-referrer" would make the browser send "Origin: null" with our own forms.
        answer.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "static":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.errorhandler(HTTPException)
    def show_problem(problem: HTTPException) -> tuple[str, int] | BaseResponse:
        # For a host that is not ours no address can be made, so no page either.
        if problem.response is not None or isinstance(problem, SecurityError):
            return problem.get_response()
        key = {403: "refused", 404: "not_found"}.get(problem.code or 500, "not_understood")
        told = texts.PAGE[key].in_(page_language())
        return render_template("problem.html", told=told), problem.code or 500
