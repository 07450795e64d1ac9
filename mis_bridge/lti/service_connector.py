"""Calling a platform's services: tokens kept until they end, links followed as they are written."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import jwt
import requests
from pylti1p3.exception import LtiException
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse

from mis_bridge.lti.deep_linking import SigningKey
from mis_bridge.lti.platforms import PlatformRegistration
from mis_bridge.lti.tool_conf import library_registration

_EARLY: Final = timedelta(seconds=60)
_NEXT: Final = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ServiceUnavailable(Exception):
    """A platform's service gave no usable answer."""


@dataclass(frozen=True, slots=True, repr=False)
class ServiceToken:
    """A platform's token for some scopes, and when it ends."""

    value: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "ServiceToken(***)"


class TokenStore(Protocol):
    """Where tokens are kept, sealed, for all processes."""

    def token(self, registration_id: str, scopes: str) -> ServiceToken | None:
        """Return the token kept for these scopes, or None."""

    def keep_token(self, registration_id: str, scopes: str, token: ServiceToken) -> None:
        """Keep a token until it ends."""


class CachedServiceConnector(ServiceConnector):
    """The library's connector with tokens shared by all processes and addresses left as they are.

    `http` carries the rules for outbound calls: timeouts, vetted addresses, no redirects.
    """

    def __init__(
        self,
        platform: PlatformRegistration,
        http: requests.Session,
        tokens: TokenStore,
        key: Callable[[], SigningKey],
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(library_registration(platform), http)
        self._platform = platform
        self._http = http
        self._tokens = tokens
        self._key = key
        self._clock = clock

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """Return a token for `scopes`: the kept one, or one asked for with a signed assertion."""
        wanted = " ".join(sorted(scopes))
        kept = self._tokens.token(self._platform.registration_id, wanted)
        if kept is not None and self._clock() < kept.expires_at:
            return kept.value
        fresh = self._ask(wanted)
        self._tokens.keep_token(self._platform.registration_id, wanted, fresh)
        return fresh.value

    def make_service_request(
        self,
        scopes: Sequence[str],
        url: str,
        is_post: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        data: str | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        case_insensitive_headers: bool = False,  # noqa: FBT001, FBT002 - the library's signature
    ) -> TServiceConnectorResponse:
        """Call a service; the address of a next page keeps its case."""
        headers = {"Authorization": f"Bearer {self.get_access_token(scopes)}", "Accept": accept}
        if is_post:
            headers["Content-Type"] = content_type
        answer = self._call("POST" if is_post else "GET", url, headers=headers, data=data or None)
        following = _NEXT.search(answer.headers.get("link", ""))
        return {
            "headers": answer.headers if case_insensitive_headers else dict(answer.headers),
            "body": _json(answer) if answer.content else None,
            "next_page_url": following[1] if following else None,
        }

    def _ask(self, scopes: str) -> ServiceToken:
        now = self._clock()
        platform, key = self._platform, self._key()
        assertion = jwt.encode(
            {
                "iss": platform.client_id,
                "sub": platform.client_id,
                "aud": platform.auth_audience or platform.auth_token_url,
                "iat": int(now.timestamp()),
                "exp": int((now + _EARLY).timestamp()),
                "jti": secrets.token_urlsafe(24),
            },
            key.private_pem,
            algorithm="RS256",
            headers={"kid": key.kid},
        )
        answer = self._call(
            "POST",
            platform.auth_token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION,
                "client_assertion": assertion,
                "scope": scopes,
            },
        )
        said = _json(answer)
        value, lasts = said.get("access_token"), said.get("expires_in", 3600)
        if not isinstance(value, str) or not isinstance(lasts, int):
            raise ServiceUnavailable
        return ServiceToken(value, now + timedelta(seconds=lasts) - _EARLY)

    def _call(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            answer = self._http.request(method, url, allow_redirects=False, timeout=10, **options)
        except (requests.RequestException, LtiException):
            # What the library or the platform says may hold the address or the body.
            raise ServiceUnavailable from None
        if answer.status_code not in {200, 201}:
            raise ServiceUnavailable
        return answer


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        raise ServiceUnavailable from None
    if not isinstance(said, dict):
        raise ServiceUnavailable
    return said
