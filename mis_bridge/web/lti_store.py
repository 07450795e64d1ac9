"""The platform store of the LTI part, on our database: each call its own short transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from mis_bridge.lti.platforms import (
    CachedKeySet,
    PendingLogin,
    PlatformDeployment,
    PlatformRegistration,
)
from mis_bridge.lti.service_connector import ServiceToken
from mis_bridge.services.sessions import ancestors
from mis_bridge.storage import lti_platforms as stored
from mis_bridge.storage import lti_tokens
from mis_bridge.storage.tables.lti import LtiRegistrationRow


class DatabasePlatforms:
    """Registrations, logins and key sets as rows; no transaction stays open between two calls."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def registration(self, issuer: str, client_id: str) -> PlatformRegistration | None:
        """Return the active registration of this pair, or None."""
        with self._sessions.begin() as session:
            row = stored.platform(session, issuer, client_id)
            return _registration(row) if row and row.status == stored.ACTIVE else None

    def registrations_of(self, issuer: str) -> tuple[PlatformRegistration, ...]:
        """Return every active registration of `issuer`."""
        with self._sessions.begin() as session:
            return tuple(map(_registration, stored.active_platforms(session, issuer)))

    def deployment(self, registration_id: str, deployment_id: str) -> PlatformDeployment | None:
        """Return the deployment, bound to a tenant or not, unless it is suspended."""
        with self._sessions.begin() as session:
            row = stored.deployment(session, registration_id, deployment_id)
            if row is None:
                return None
            return PlatformDeployment(row.id, row.registration_id, row.deployment_id)

    def keep_login(self, login: PendingLogin) -> None:
        """Note a login that has begun."""
        with self._sessions.begin() as session:
            stored.keep_login(
                session,
                {
                    "state_hash": login.state_hash,
                    "nonce_hash": login.nonce_hash,
                    "registration_id": login.registration_id,
                    "target_link_uri": login.target_link_uri,
                    "deployment_hint": login.deployment_hint,
                    "restart": dict(login.restart),
                    "created_at": login.begun_at,
                    "expires_at": login.expires_at,
                },
            )

    def login(self, state_hash: str) -> PendingLogin | None:
        """Return the login noted under this hash, used or not, or None."""
        with self._sessions.begin() as session:
            found = stored.login(session, state_hash)
        if found is None:
            return None
        row, platform = found
        return PendingLogin(
            state_hash=row.state_hash,
            nonce_hash=row.nonce_hash,
            registration_id=row.registration_id,
            issuer=platform.issuer,
            client_id=platform.client_id,
            target_link_uri=row.target_link_uri,
            deployment_hint=row.deployment_hint,
            restart=_fields(row.restart),
            begun_at=row.created_at,
            expires_at=row.expires_at,
            consumed_at=row.consumed_at,
        )

    def consume_login(self, state_hash: str, now: datetime) -> PendingLogin | None:
        """Use up the login: exactly one caller ever gets it, the others get None."""
        with self._sessions.begin() as session:
            taken = stored.consume_login(session, state_hash, now)
        return self.login(state_hash) if taken else None

    def key_set(self, platform: PlatformRegistration) -> CachedKeySet | None:
        """Return the key set as last fetched, or None."""
        if platform.jwks_url is None:
            return None
        with self._sessions.begin() as session:
            kept = stored.key_set(session, platform.jwks_url)
        if kept is None or kept.document is None:
            return None
        keys = kept.document["keys"]
        listed = keys if isinstance(keys, list) else []
        return CachedKeySet(tuple(key for key in listed if isinstance(key, dict)), kept.fresh_until)

    def claim_fetch(self, platform: PlatformRegistration, now: datetime) -> bool:
        """Say whether this caller may fetch now: at most one a minute for a key set."""
        if platform.jwks_url is None:
            return False
        with self._sessions.begin() as session:
            return stored.claim_fetch(session, platform.jwks_url, now)

    def keep_key_set(self, platform: PlatformRegistration, key_set: CachedKeySet) -> None:
        """Keep a key set that was fetched."""
        if platform.jwks_url is None:
            return
        document = {"keys": [dict(key) for key in key_set.keys]}
        with self._sessions.begin() as session:
            stored.keep_key_set(session, platform.jwks_url, document, key_set.fresh_until)


class DatabaseTokens:
    """The tokens of platforms' services as rows, shared by all processes."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def token(self, registration_id: str, scopes: str) -> ServiceToken | None:
        """Return the token kept for these scopes, or None."""
        with self._sessions.begin() as session:
            kept = lti_tokens.token(session, registration_id, scopes)
        return ServiceToken(*kept) if kept else None

    def keep_token(self, registration_id: str, scopes: str, token: ServiceToken) -> None:
        """Keep a token until it ends."""
        with self._sessions.begin() as session:
            lti_tokens.keep(session, registration_id, scopes, token.value, token.expires_at)


def _fields(value: object) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _registration(row: LtiRegistrationRow) -> PlatformRegistration:
    return PlatformRegistration(
        registration_id=row.id,
        issuer=row.issuer,
        client_id=row.client_id,
        auth_login_url=row.auth_login_url,
        auth_token_url=row.auth_token_url,
        auth_audience=row.auth_audience,
        jwks_url=row.jwks_url,
        key_set=row.jwks if isinstance(row.jwks, dict) else None,
        frame_ancestors=ancestors(row),
        storage_origin=row.storage_origin,
        trust_custom_role=row.trust_custom_role,
    )
