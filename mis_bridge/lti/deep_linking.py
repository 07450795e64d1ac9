"""The answer to a deep-linking request: which links the platform is to place.

Source: LTI Deep Linking 2.0, sections 4.4 and 4.5.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from mis_bridge.lti.claims import DEEP_LINKING, DEPLOYMENT_ID, MESSAGE_TYPE, VERSION
from mis_bridge.lti.platforms import PlatformRegistration

RESPONSE: Final = "LtiDeepLinkingResponse"
_LIFETIME: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """The tool's key that signs now."""

    kid: str
    private_pem: bytes

    def __repr__(self) -> str:
        return f"SigningKey(kid={self.kid!r})"


@dataclass(frozen=True, slots=True)
class LinkItem:
    """One link to place. Its title is shown to other people, so it never names a pupil."""

    url: str
    title: str


def response(
    registration: PlatformRegistration,
    deployment_id: str,
    items: Sequence[LinkItem],
    *,
    opaque: str | None,
    key: SigningKey,
    now: datetime,
) -> str:
    """Return the signed answer; no items is the way to cancel.

    `opaque` goes back as it came, and only if it came.
    """
    claims: dict[str, Any] = {
        "iss": registration.client_id,
        "aud": [registration.issuer],
        "azp": registration.issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + _LIFETIME).timestamp()),
        "nonce": secrets.token_urlsafe(24),
        MESSAGE_TYPE: RESPONSE,
        VERSION: "1.3.0",
        DEPLOYMENT_ID: deployment_id,
        f"{DEEP_LINKING}content_items": [
            {"type": "ltiResourceLink", "url": item.url, "title": item.title} for item in items
        ],
    }
    if opaque is not None:
        claims[f"{DEEP_LINKING}data"] = opaque
    return jwt.encode(claims, key.private_pem, algorithm="RS256", headers={"kid": key.kid})
