"""The visitor of a request: read from the cookie, judged by the access table, never by the page."""

from __future__ import annotations

from typing import Final

from flask import g, request
from werkzeug.wrappers import Response as AnyResponse

from mis_bridge.services import sessions
from mis_bridge.services.sessions import Visitor
from mis_bridge.web.access import ACCESS, Open
from mis_bridge.web.refusals import NotFoundPage, NotSignedIn, RoleMissing
from mis_bridge.web.surroundings import around

COOKIE: Final = "__Host-mb_session"


def visitor() -> Visitor:
    """Return the visitor; a route that asks for one is in the access table with its roles."""
    if g.visitor is None:
        raise NotSignedIn
    found: Visitor = g.visitor
    return found


def admit() -> None:
    """Let the request through only where the access table says so."""
    if request.endpoint is None:
        # No route: the framework answers 404 or 405 by itself.
        return
    rule = ACCESS.get(request.endpoint)
    if rule is None:
        raise NotFoundPage
    if isinstance(rule, Open):
        return
    if not visitor().roles & rule:
        raise RoleMissing


def keep(response: AnyResponse, sid: str) -> None:
    """Give the browser its session: a random id and nothing else, kept apart by framing site."""
    response.set_cookie(
        COOKIE, sid, path="/", secure=True, httponly=True, samesite="None", partitioned=True
    )


def forget(response: AnyResponse) -> None:
    """Take the session from the browser."""
    response.set_cookie(
        COOKIE,
        "",
        max_age=0,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def load() -> Visitor | None:
    """Return the visitor whose cookie came with the request, None for anybody else."""
    sid = request.cookies.get(COOKIE)
    if not sid or request.endpoint == "static":
        return None
    place = around()
    with place.sessions.begin() as session:
        return sessions.resume(session, sid, place.clock())
