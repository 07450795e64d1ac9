"""The public keys of a platform: cached, fetched again at most once a minute, RSA only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from mis_bridge.lti.platforms import (
    CachedKeySet,
    KeySetFetcher,
    KeySetUnavailable,
    PlatformRegistration,
    PlatformStore,
)
from mis_bridge.lti.refusals import LaunchRefused

_MIN_BITS = 2048
_DEFAULT_AGE, _SHORTEST_AGE, _LONGEST_AGE = 3600, 300, 86_400


def signing_key(
    registration: PlatformRegistration,
    kid: str,
    *,
    store: PlatformStore,
    fetch: KeySetFetcher,
    now: datetime,
) -> RSAPublicKey:
    """Return the platform's key `kid`.

    An unknown `kid` may be a rotated key, so the set is fetched once more, but never oftener than
    once a minute for a registration: a flood of made-up ids must not become a flood of fetches.
    Raises `LaunchRefused` with `kid_unknown`, or `keys_unavailable` where no set can be had.
    """
    if registration.key_set is not None:
        return _pick(_keys_of(registration.key_set), kid)
    cached = store.key_set(registration)
    if cached is not None and now < cached.fresh_until and _has(cached.keys, kid):
        return _pick(cached.keys, kid)
    if not store.claim_fetch(registration, now):
        if cached is None:
            raise LaunchRefused("keys_unavailable")
        return _pick(cached.keys, kid)
    try:
        fetched = _fetched(registration, fetch, now)
    except KeySetUnavailable:
        # A platform that is down for an hour keeps its users out of nothing: a key that it
        # published lately still counts.
        if cached is not None and _has(cached.keys, kid):
            return _pick(cached.keys, kid)
        raise LaunchRefused("keys_unavailable") from None
    store.keep_key_set(registration, fetched)
    return _pick(fetched.keys, kid)


def _fetched(
    registration: PlatformRegistration, fetch: KeySetFetcher, now: datetime
) -> CachedKeySet:
    if registration.jwks_url is None:
        raise KeySetUnavailable
    answer = fetch(registration.jwks_url)
    document = answer.document
    if not isinstance(document, Mapping) or not isinstance(document.get("keys"), list):
        raise KeySetUnavailable
    age = _DEFAULT_AGE if answer.max_age is None else answer.max_age
    lifetime = timedelta(seconds=min(max(age, _SHORTEST_AGE), _LONGEST_AGE))
    return CachedKeySet(_keys_of(document), fresh_until=now + lifetime)


def _keys_of(document: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    keys = document.get("keys")
    return tuple(key for key in keys if isinstance(key, Mapping)) if isinstance(keys, list) else ()


def _has(keys: Iterable[Mapping[str, object]], kid: str) -> bool:
    return any(key.get("kid") == kid for key in keys)


def _pick(keys: Iterable[Mapping[str, object]], kid: str) -> RSAPublicKey:
    for key in keys:
        if key.get("kid") != kid or key.get("use", "sig") != "sig":
            continue
        if key.get("kty") != "RSA" or key.get("alg", "RS256") != "RS256":
            raise LaunchRefused("alg_not_allowed")
        try:
            public = PyJWK.from_dict(dict(key), algorithm="RS256").key
        except (PyJWTError, ValueError, TypeError, KeyError):
            raise LaunchRefused("kid_unknown") from None
        if not isinstance(public, RSAPublicKey) or public.key_size < _MIN_BITS:
            raise LaunchRefused("alg_not_allowed")
        return public
    raise LaunchRefused("kid_unknown")
