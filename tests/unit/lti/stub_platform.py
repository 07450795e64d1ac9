"""An LTI 1.3 platform for tests: its keys, its tokens, and a store in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from mis_bridge.lti import claims
from mis_bridge.lti.form import LaunchForm
from mis_bridge.lti.launch import BridgeMessageLaunch
from mis_bridge.lti.login import BridgeOIDCLogin
from mis_bridge.lti.platforms import (
    CachedKeySet,
    FetchedKeySet,
    KeySetUnavailable,
    PendingLogin,
    PlatformDeployment,
    PlatformRegistration,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOOL = "https://bridge.example"
TARGET = f"{TOOL}/tasks"
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
REGISTRATION = PlatformRegistration(
    registration_id="reg-1",
    issuer="https://mis.example",
    client_id="bridge-client",
    auth_login_url="https://mis.example/auth",
    auth_token_url="https://mis.example/token",
    jwks_url="https://mis.example/jwks",
    frame_ancestors=("https://mis.example",),
)
OTHER_REGISTRATION = replace(
    REGISTRATION, registration_id="reg-2", issuer="https://other.example", client_id="other"
)


@cache
def private_key(name: str = "platform") -> rsa.RSAPrivateKey:
    """Return the same key for the same name; making one takes a while."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(kid: str, name: str = "platform") -> dict[str, object]:
    """Return the public half as the platform publishes it."""
    jwk: dict[str, object] = json.loads(
        jwt.algorithms.RSAAlgorithm.to_jwk(private_key(name).public_key())
    )
    return jwk | {"kid": kid, "alg": "RS256", "use": "sig"}


class MemoryStore:
    """A `PlatformStore` in memory, for one thread."""

    def __init__(self, *registrations: PlatformRegistration) -> None:
        self.registrations = registrations or (REGISTRATION, OTHER_REGISTRATION)
        self.deployments = {("reg-1", "dep-1"): PlatformDeployment("row-1", "reg-1", "dep-1")}
        self.logins: dict[str, PendingLogin] = {}
        self.key_sets: dict[str, CachedKeySet] = {}
        self.fetches: dict[str, datetime] = {}

    def registration(self, issuer: str, client_id: str) -> PlatformRegistration | None:
        found = [r for r in self.registrations_of(issuer) if r.client_id == client_id]
        return found[0] if found else None

    def registrations_of(self, issuer: str) -> tuple[PlatformRegistration, ...]:
        return tuple(r for r in self.registrations if r.issuer == issuer)

    def deployment(self, registration_id: str, deployment_id: str) -> PlatformDeployment | None:
        return self.deployments.get((registration_id, deployment_id))

    def keep_login(self, login: PendingLogin) -> None:
        self.logins[login.state_hash] = login

    def login(self, state_hash: str) -> PendingLogin | None:
        return self.logins.get(state_hash)

    def consume_login(self, state_hash: str, now: datetime) -> PendingLogin | None:
        found = self.logins.get(state_hash)
        if found is None or found.consumed_at is not None or found.expires_at <= now:
            return None
        self.logins[state_hash] = replace(found, consumed_at=now)
        return found

    def key_set(self, platform: PlatformRegistration) -> CachedKeySet | None:
        return self.key_sets.get(platform.registration_id)

    def claim_fetch(self, platform: PlatformRegistration, now: datetime) -> bool:
        last = self.fetches.get(platform.registration_id)
        if last is not None and now - last < timedelta(minutes=1):
            return False
        self.fetches[platform.registration_id] = now
        return True

    def keep_key_set(self, platform: PlatformRegistration, key_set: CachedKeySet) -> None:
        self.key_sets[platform.registration_id] = key_set


class KeyServer:
    """Answers the address of the key set; counts how often it was asked."""

    def __init__(self, *keys: Mapping[str, object]) -> None:
        self.keys = list(keys) or [public_jwk("key-1")]
        self.asked = 0
        self.document: object = None
        self.down = False

    def __call__(self, url: str) -> FetchedKeySet:
        assert url.endswith("/jwks")
        self.asked += 1
        if self.down:
            raise KeySetUnavailable
        return FetchedKeySet({"keys": self.keys} if self.document is None else self.document)


class Browser:
    """One browser: carries cookies between the login and the launch."""

    def __init__(self, store: MemoryStore, keys: KeyServer) -> None:
        self.store, self.keys = store, keys
        self.cookies: dict[str, str] = {}
        self.state = self.nonce = ""

    def log_in(self, fields: Mapping[str, str] | None = None, *, now: datetime = NOW) -> str:
        """Begin a login; returns the platform's address."""
        asked = {
            "iss": REGISTRATION.issuer,
            "login_hint": "person-7",
            "target_link_uri": TARGET,
            "client_id": REGISTRATION.client_id,
        } | dict(fields or {})
        login = BridgeOIDCLogin(self._form(asked), self.store, tool_url=TOOL, now=now)
        address = login.begin(f"{TOOL}/lti/launch")
        query = parse_qs(urlsplit(address).query)
        self.state, self.nonce = query["state"][0], query["nonce"][0]
        self.cookies[f"__Host-mb-{self.state}"] = self.state
        return address

    def launch(self, token: str, *, state: str | None = None, now: datetime = NOW) -> claims.Launch:
        """Post the token back."""
        fields = {"id_token": token, "state": self.state if state is None else state}
        return BridgeMessageLaunch(self._form(fields), self.store, self.keys, now=now).accept()

    def _form(self, fields: Mapping[str, str]) -> LaunchForm:
        return LaunchForm(fields, self.cookies, secure=True)


def body(
    nonce: str, changed: Mapping[str, object] | None = None, *, now: datetime = NOW
) -> dict[str, object]:
    """Return the claims of a good launch, with `changed` on top."""
    issued = int(now.timestamp())
    return {
        "iss": REGISTRATION.issuer,
        "aud": REGISTRATION.client_id,
        "sub": "person-7",
        "iat": issued,
        "exp": issued + 300,
        "nonce": nonce,
        claims.MESSAGE_TYPE: claims.RESOURCE_LINK_REQUEST,
        claims.VERSION: "1.3.0",
        claims.DEPLOYMENT_ID: "dep-1",
        claims.TARGET_LINK_URI: TARGET,
        claims.RESOURCE_LINK: {"id": "link-1"},
        claims.ROLES: [f"{MEMBERSHIP}Instructor"],
    } | dict(changed or {})


def signed(
    token_body: Mapping[str, object],
    *,
    kid: str | None = "key-1",
    key: str = "platform",
    algorithm: str = "RS256",
) -> str:
    """Sign a token as the platform does."""
    headers = {"kid": kid} if kid else None
    return jwt.encode(dict(token_body), private_key(key), algorithm=algorithm, headers=headers)
