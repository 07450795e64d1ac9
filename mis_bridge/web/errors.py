"""Pages for what goes wrong: both languages, a request id to quote, and nothing of the fault."""

from __future__ import annotations

import logging

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.lti.refusals import LaunchRefused
from mis_bridge.web.headers import request_id
from mis_bridge.web.refusals import NotFoundPage, PageRefused

_LOG = logging.getLogger(__name__)

_FAULT = Words(
    "Something went wrong on our side. Nothing that you were about to change has been changed. Try "
    "again, and quote the request number if it happens once more.",
    "Aeth rhywbeth o'i le ar ein hochr ni. Ni newidiwyd dim o'r hyn yr oeddech ar fin ei newid. "
    "Rhowch gynnig arall arni, a dyfynnwch rif y cais os digwydd eto.",
)
_FAULT_TITLE = Words("Something went wrong", "Aeth rhywbeth o'i le")
_REFUSED = Words(
    "The request could not be accepted. Go back and try again.",
    "Nid oedd modd derbyn y cais. Ewch yn ôl a rhowch gynnig arall arni.",
)
_METHOD = Words(
    "This address does not take that kind of request.",
    "Nid yw'r cyfeiriad hwn yn derbyn cais o'r fath.",
)
_LAUNCH_TITLE = Words("The tool could not be opened", "Nid oedd modd agor yr offeryn")


def install_error_pages(app: Flask) -> None:
    """Answer every fault with a page of ours."""
    app.register_error_handler(PageRefused, _refused)
    app.register_error_handler(LaunchRefused, launch_refused)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def error_page(
    status: int, title: Words, words: Words, *, code: str | None = None, retry: str | None = None
) -> Response:
    """Return a page in both languages; `retry` is an address to open in a new window."""
    response = make_response(
        render_template(
            "error.html",
            heading=title,
            words=words,
            code=code,
            retry=retry,
            request_id=request_id(),
        ),
        status,
    )
    if status == 503:
        response.headers["Retry-After"] = "60"
    return response


def launch_refused(problem: LaunchRefused) -> Response:
    """Show why a launch was refused, by its stable code."""
    return error_page(problem.status, _LAUNCH_TITLE, problem.words, code=problem.code)


def _refused(problem: PageRefused) -> Response:
    return error_page(problem.status, problem.title, problem.words)


def _problem(problem: Problem) -> Response:
    return error_page(400, PageRefused.title, problem.words)


def _http(problem: HTTPException) -> Response:
    status = problem.code or 500
    if status < 400:
        return make_response(problem.get_response())
    if status == 404:
        return error_page(404, NotFoundPage.title, NotFoundPage().words)
    words = _METHOD if status == 405 else _REFUSED if status < 500 else _FAULT
    response = error_page(status, PageRefused.title, words)
    for name, value in problem.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _fault(fault: Exception) -> Response:
    # The text of a fault may hold a pupil's data; its class and the request id find it again.
    _LOG.error(
        "request_failed",
        extra={
            "request_id": request_id(),
            "endpoint": request.endpoint,
            "fault": type(fault).__name__,
        },
    )
    return error_page(500, _FAULT_TITLE, _FAULT)
