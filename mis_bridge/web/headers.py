"""The headers of every answer, errors included: who may frame it and what it may load."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from flask import Response, g, request

from mis_bridge.web.surroundings import around

_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action {actions}; "
    "base-uri 'none'; frame-ancestors {ancestors}"
)


def nonce() -> str:
    """Return the nonce of this answer's own script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    drawn: str = g.csp_nonce
    return drawn


def framed_by(origins: Iterable[str]) -> None:
    """Say which origins may frame this answer: those of the registration that it belongs to."""
    g.frame_ancestors = tuple(origins)


def forms_may_go_to(origin: str) -> None:
    """Let the forms of this answer go to one origin besides our own."""
    g.form_action = origin


def secure(response: Response) -> Response:
    """Put the headers on an answer."""
    ancestors = " ".join(g.get("frame_ancestors", ())) or "'none'"
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY.format(
        nonce=nonce(),
        ancestors=ancestors,
        actions=f"'self' {g.get('form_action', '')}".strip(),
    )
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if around().public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        headers["Cache-Control"] = "public, max-age=3600"
    else:
        headers.setdefault("Cache-Control", "no-store")
    if ancestors == "'none'":
        # Older browsers know this one only; it cannot name several origins, so it is left out where
        # some may frame.
        headers["X-Frame-Options"] = "DENY"
    headers["X-Request-Id"] = request_id()
    return response


def request_id() -> str:
    """Return the id under which this request stands in the log; a person can quote it."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(8)
    drawn: str = g.request_id
    return drawn
