"""Whether this process lives and can do its work; why not is for the log alone."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Blueprint, Response, json
from sqlalchemy.exc import SQLAlchemyError

from mis_bridge.domain.problems import Problem
from mis_bridge.storage import migrating
from mis_bridge.web.doors import doors

log = logging.getLogger("mis_bridge.health")
blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    """Answer 200 as long as the process can answer at all."""
    return _say("live", HTTPStatus.OK)


@blueprint.get("/ready")
def ready() -> Response:
    """Answer 200 when the database is there, has our revision, and takes receipts; else 503."""
    try:
        migrating.check(doors().database)
    except (SQLAlchemyError, Problem):
        log.warning("not_ready", exc_info=True, extra={"facts": {"because": "database"}})
        return _say("not ready", HTTPStatus.SERVICE_UNAVAILABLE)
    if not doors().receipts.healthy():
        return _say("not ready", HTTPStatus.SERVICE_UNAVAILABLE)
    return _say("ready", HTTPStatus.OK)


def _say(what: str, status: HTTPStatus) -> Response:
    response = Response(json.dumps({"status": what}), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response
