"""Forms that change something: from this site, from this session, nothing in them unexpected."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import g, request

from mis_bridge.web.access import ACCESS, Open
from mis_bridge.web.refusals import FormNotOurs
from mis_bridge.web.surroundings import around

TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a field
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin_and_token() -> None:
    """Refuse an unsafe request that another site, or another session's page, may have sent.

    The cookie goes out from frames of other sites, so the browser itself protects nothing. The
    launch and the signed webhooks prove their sender by other means and are left out by name.
    """
    if request.method in _SAFE or request.endpoint is None:
        # Without a route nothing can be changed: the framework answers 404 or 405.
        return
    if isinstance(ACCESS.get(request.endpoint), Open):
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    # Our own "Referrer-Policy: no-referrer" makes browsers say "null" of our own forms too; whose
    # form it is they then say in the other header alone.
    nameless = origin == "null" and site == "same-origin"
    if origin is not None and origin != _own_origin() and not nameless:
        raise FormNotOurs
    if site not in {None, "same-origin"}:
        raise FormNotOurs
    given = request.form.get(TOKEN_FIELD, "")
    expected = g.visitor.csrf_token if g.visitor is not None else ""
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise FormNotOurs


def _own_origin() -> str:
    parts = urlsplit(around().public_url)
    return f"{parts.scheme}://{parts.netloc}"
