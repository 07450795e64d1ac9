"""Everything that makes the pages a site: templates, language, headers, access, errors, views."""

from __future__ import annotations

from typing import Final

from flask import Flask, g, request
from flask_babel import Babel, gettext
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from mis_bridge.services.days import time_in_wales
from mis_bridge.web import (
    bundles,
    conversion,
    home,
    idp,
    la_admin,
    language,
    launch_pages,
    monitoring,
    notices,
    people,
    plan_acts,
    plan_edits,
    plans,
    pupils,
    subscriptions,
    tasks,
    visitors,
)
from mis_bridge.web.errors import install_error_pages
from mis_bridge.web.forms import TOKEN_FIELD, check_origin_and_token
from mis_bridge.web.headers import framed_by, nonce, secure
from mis_bridge.web.limits import UPLOADS, InMemory
from mis_bridge.web.surroundings import Surroundings, put_around

_BODY_LIMIT: Final = 1024 * 1024
_FORM_LIMIT: Final = 500_000

_PAGES: Final = (
    launch_pages,
    home,
    tasks,
    pupils,
    people,
    monitoring,
    idp,
    plans,
    plan_edits,
    plan_acts,
    bundles,
    conversion,
    notices,
    la_admin,
    subscriptions,
)


def install(app: Flask, surroundings: Surroundings) -> None:
    """Make `app` the site; further blueprints may be registered before or after."""
    put_around(app, surroundings)
    app.request_class = InMemory
    app.config.setdefault("MAX_CONTENT_LENGTH", _BODY_LIMIT)
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_LIMIT
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=language.page_language, default_locale="en")
    _dress(app)
    app.before_request(_first)
    app.after_request(secure)
    install_error_pages(app)
    for module in _PAGES:
        app.register_blueprint(module.blueprint)


def _first() -> None:
    """Settle who asks, whether they may, and in which language, before any view runs."""
    if request.path in UPLOADS:
        request.max_content_length = UPLOADS[request.path]
    g.visitor = visitors.load()
    if g.visitor is not None:
        framed_by(g.visitor.frame_ancestors)
    language.settle_language()
    visitors.admit()
    check_origin_and_token()


def _dress(app: Flask) -> None:
    own = app.jinja_loader
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_env.loader = ChoiceLoader([own, components]) if own else components
    app.jinja_env.filters |= {
        "said": language.said,
        "day": language.day,
        "moment": language.moment,
        "instant": language.instant,
        "short_moment": language.short_moment,
        "clock": time_in_wales,
    }
    app.jinja_env.globals |= {
        "csp_nonce": nonce,
        "page_language": language.page_language,
        "other_language": language.other_language,
        "same_page_in": language.same_page_in,
        "language_names": language.NAMES,
        "csrf_field": TOKEN_FIELD,
        "service_name": lambda: gettext("ALN duties"),
    }
    app.context_processor(lambda: {"visitor": g.get("visitor")})
