"""`POST /webhooks/<sender>/<endpoint_id>`: prove, read, store, commit, and only then answer 202."""

from __future__ import annotations

import logging
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, json, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from mis_bridge.services.intake import inbox
from mis_bridge.storage.intake import Endpoint, LiveSecret, Receipt
from mis_bridge.web.doors import Doors, doors
from mis_bridge.web.later import Waited, offered
from webhooks.base import Proof, Sender, WebhookMalformed, WebhookRejected
from webhooks.registry import sender

MAX_BODY = 1024 * 1024
# A commit may still come after the patience ends; then the sender's second try finds it.
PATIENCE_SECONDS = 12.0
_RETRY_SECONDS = 5
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

log = logging.getLogger("mis_bridge.intake")
blueprint = Blueprint("webhooks", __name__)


@blueprint.route(
    "/webhooks/<sender_name>/<endpoint_id>", methods=_METHODS, provide_automatic_options=False
)
def receive(sender_name: str, endpoint_id: str) -> Response:
    """Take one delivery. The order of the checks is that of the contract, cheapest first."""
    if request.method != "POST":
        return _refuse(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "POST"})
    if request.mimetype != "application/json" or _is_encoded():
        return _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        raw = _body()
    except RequestEntityTooLarge:
        return _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"Connection": "close"})
    except ClientDisconnected:
        return _refuse(HTTPStatus.BAD_REQUEST)
    return _admit(doors(), sender_name, endpoint_id, raw)


def _admit(our: Doors, sender_name: str, endpoint_id: str, raw: bytes) -> Response:
    by = sender(sender_name)
    try:
        endpoint = our.endpoints.find(sender_name, endpoint_id) if by is not None else None
    except SQLAlchemyError:
        log.exception("endpoint_not_read")
        return _try_again(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_SECONDS)
    if by is None or endpoint is None:
        return _refuse(HTTPStatus.NOT_FOUND)
    return _take(our, by, endpoint, raw)


def _take(our: Doors, by: Sender, endpoint: Endpoint, raw: bytes) -> Response:
    now = our.clock()
    live = [secret for secret in endpoint.secrets if secret.lives_at(now)]
    try:
        if endpoint.secrets and not live:
            raise WebhookRejected("no live secret")
        proof = _prove(by, raw, live, now)
        wait = our.proven.wait_for(endpoint.connection_id)
        if wait:
            _note("webhook_limited", endpoint)
            return _try_again(HTTPStatus.TOO_MANY_REQUESTS, wait)
        (event,) = by.events(raw, proof.event_id)
    except WebhookRejected as refused:
        return _reject(our, endpoint, refused.reason)
    except WebhookMalformed as malformed:
        _note("webhook_malformed", endpoint, reason=malformed.reason)
        return _refuse(HTTPStatus.BAD_REQUEST)
    used = _worth_noting(our, live, proof.secret)
    return _store(our, inbox.receipt(endpoint, event, keys=our.keys, now=now, proved_by=used))


def _store(our: Doors, receipt: Receipt) -> Response:
    """Make the receipt durable; the answer is sent when it is, by whoever serves this request."""
    accepted = _answer(HTTPStatus.ACCEPTED, {"accepted": True})
    otherwise = _try_again(HTTPStatus.SERVICE_UNAVAILABLE, _RETRY_SECONDS)
    later = offered()
    if later is not None:
        later.otherwise = otherwise
        our.receipts.store(receipt, later)
        return accepted
    waited = Waited()
    our.receipts.store(receipt, waited)
    return accepted if waited.wait(PATIENCE_SECONDS) else otherwise


def _prove(by: Sender, raw: bytes, live: list[LiveSecret], now: datetime) -> Proof:
    return by.verify(
        raw,
        {name.lower(): value for name, value in request.headers.items()},
        [secret.text for secret in live],
        now,
        request.query_string.decode("latin-1"),
    )


def _reject(our: Doors, endpoint: Endpoint, reason: str) -> Response:
    # Counted apart from proven deliveries: nobody can use up a sender's share without its secret.
    wait = our.unproven.wait_for(f"{endpoint.connection_id} {request.remote_addr}")
    if wait:
        return _try_again(HTTPStatus.TOO_MANY_REQUESTS, wait)
    _note("webhook_rejected", endpoint, reason=reason)
    return _refuse(HTTPStatus.UNAUTHORIZED)


def _worth_noting(our: Doors, live: list[LiveSecret], position: int | None) -> str | None:
    """Return the secret whose use is to be written down: once an hour is enough."""
    if position is None:
        return None
    secret = live[position].id
    return secret if our.endpoints.first_use_this_hour(secret) else None


def _is_encoded() -> bool:
    return request.headers.get("Content-Encoding", "identity").strip().lower() != "identity"


def _body() -> bytes:
    """Read at most the cap, whatever length the sender states, or none at all."""
    # One byte more than is allowed: a stream of no stated length ends silently at its limit.
    request.max_content_length = MAX_BODY + 1
    raw = request.get_data(cache=True)
    if len(raw) > MAX_BODY:
        raise RequestEntityTooLarge
    return raw


def _refuse(status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    return _answer(status, {"accepted": False}, headers)


def _try_again(status: HTTPStatus, seconds: int) -> Response:
    return _refuse(status, {"Retry-After": str(seconds)})


def _answer(
    status: HTTPStatus, told: dict[str, bool], headers: dict[str, str] | None = None
) -> Response:
    response = Response(json.dumps(told), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def _note(event: str, endpoint: Endpoint, **facts: str) -> None:
    log.warning(event, extra={"facts": {"connection": endpoint.connection_id, **facts}})
