"""State and nonce of a login: bound in one row, kept as hashes, used up once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from pylti1p3.session import SessionService

from mis_bridge.lti.platforms import PendingLogin, PlatformStore
from mis_bridge.lti.refusals import LaunchRefused

LIFETIME = timedelta(minutes=10)


def digest(secret: str) -> str:
    """Return the SHA-256 of a state or nonce, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


class LaunchSessionService(SessionService):
    """The library's session, kept in the database.

    Nothing is ever written to the browser's own cookie session, and no state counts as already
    checked.
    """

    def __init__(self, store: PlatformStore, now: datetime) -> None:
        # The base class would build a storage in the browser's cookie session: not wanted here.
        self._store = store
        self._now = now

    def save_nonce(self, nonce: str) -> None:
        """Do nothing: the nonce is saved in the row of its state."""

    def save_state_params(self, state: str, params: Mapping[str, object]) -> None:
        """Note the login that begins: `params` are those of `BridgeOIDCLogin`."""
        self._store.keep_login(
            PendingLogin(
                state_hash=digest(state),
                nonce_hash=digest(str(params["nonce"])),
                registration_id=str(params["registration_id"]),
                issuer=str(params["iss"]),
                client_id=str(params["client_id"]),
                target_link_uri=str(params["target_link_uri"]),
                deployment_hint=_text(params.get("deployment_hint")),
                restart=_fields(params.get("restart")),
                begun_at=self._now,
                expires_at=self._now + LIFETIME,
            )
        )

    def pending(self, state: str) -> PendingLogin:
        """Return the login of `state` without using it up; raises `LaunchRefused`."""
        found = self._store.login(digest(state)) if state else None
        if found is None or (found.consumed_at is None and found.expires_at <= self._now):
            raise LaunchRefused("state_invalid")
        if found.consumed_at is not None:
            raise LaunchRefused("state_used")
        return found

    def consume_state(self, state: str) -> PendingLogin:
        """Use up the login of `state`; of two at the same time exactly one succeeds."""
        self.pending(state)
        consumed = self._store.consume_login(digest(state), self._now)
        if consumed is None:
            raise LaunchRefused("state_used")
        return consumed

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:  # noqa: ARG002 - the library's signature
        """Say no: the library would skip the cookie of a state that it has seen before."""
        return False

    def set_state_valid(self, state: str, id_token_hash: str) -> None:
        """Do nothing, for the same reason."""

    def save_launch_data(self, key: str, jwt_body: Mapping[str, object]) -> None:
        """Do nothing: what is kept of a launch is kept by the service that opens the session."""


def _fields(value: object) -> Mapping[str, str]:
    named = value.items() if isinstance(value, Mapping) else ()
    return {str(name): str(field) for name, field in named}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
