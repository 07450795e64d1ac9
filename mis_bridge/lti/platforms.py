"""What the LTI part knows of a platform, and what it asks of whoever keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PlatformRegistration:
    """One LTI 1.3 platform, identified by issuer and client id together.

    `key_set` is a fixed set given by an operator, else None and the set is fetched from
    `jwks_url`. `frame_ancestors` and `storage_origin` are origins (`https://mis.example`).
    """

    registration_id: str
    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    auth_audience: str | None = None
    jwks_url: str | None = None
    key_set: Mapping[str, object] | None = None
    frame_ancestors: tuple[str, ...] = ()
    storage_origin: str | None = None
    trust_custom_role: bool = False


@dataclass(frozen=True, slots=True)
class PlatformDeployment:
    """One deployment of a registration: the only thing that selects a tenant."""

    deployment_row_id: str
    registration_id: str
    deployment_id: str


@dataclass(frozen=True, slots=True, repr=False)
class PendingLogin:
    """What was noted when the login began; the hashes are SHA-256, never the values.

    `restart` are the fields of the login request, with which it can begin again in a new window.
    """

    state_hash: str
    nonce_hash: str
    registration_id: str
    issuer: str
    client_id: str
    target_link_uri: str
    deployment_hint: str | None
    restart: Mapping[str, str]
    begun_at: datetime
    expires_at: datetime
    consumed_at: datetime | None = None

    def __repr__(self) -> str:
        return f"PendingLogin(registration_id={self.registration_id!r})"


@dataclass(frozen=True, slots=True)
class CachedKeySet:
    """A platform's key set as last fetched, and until when it may be used without asking again."""

    keys: tuple[Mapping[str, object], ...]
    fresh_until: datetime


@dataclass(frozen=True, slots=True)
class FetchedKeySet:
    """What the address of a key set answered: parsed JSON, and `max-age` in seconds if it said."""

    document: object
    max_age: int | None = None


class KeySetUnavailable(Exception):
    """No usable answer from the address of a key set: refused, redirected, failed, too slow."""


class KeySetFetcher(Protocol):
    """Fetches a key set under the rules for outbound calls; raises `KeySetUnavailable`."""

    def __call__(self, url: str) -> FetchedKeySet: ...


class PlatformStore(Protocol):
    """Where registrations, deployments, pending logins and key sets are kept.

    Each call is its own short transaction, committed before it returns: an outbound call is
    never made while one is open.
    """

    def registration(self, issuer: str, client_id: str) -> PlatformRegistration | None:
        """Return the active registration of this pair, or None."""

    def registrations_of(self, issuer: str) -> tuple[PlatformRegistration, ...]:
        """Return every active registration of `issuer`."""

    def deployment(self, registration_id: str, deployment_id: str) -> PlatformDeployment | None:
        """Return the active deployment, or None; the id is compared with its case."""

    def keep_login(self, login: PendingLogin) -> None:
        """Note a login that has begun."""

    def login(self, state_hash: str) -> PendingLogin | None:
        """Return the login noted under this hash, used or not, or None."""

    def consume_login(self, state_hash: str, now: datetime) -> PendingLogin | None:
        """Use up the login: exactly one caller ever gets it, the others get None."""

    def key_set(self, platform: PlatformRegistration) -> CachedKeySet | None:
        """Return the key set as last fetched, or None."""

    def claim_fetch(self, platform: PlatformRegistration, now: datetime) -> bool:
        """Say whether this caller may fetch now: at most one a minute for a registration."""

    def keep_key_set(self, platform: PlatformRegistration, key_set: CachedKeySet) -> None:
        """Keep a key set that was fetched."""
