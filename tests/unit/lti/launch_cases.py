"""The table of bad launches: each row changes one thing in an otherwise valid launch."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mis_bridge.lti import claims
from tests.unit.lti.stub_platform import (
    NOW,
    REGISTRATION,
    TOOL,
    body,
    private_key,
    signed,
)

SECOND = int(NOW.timestamp())
DEEP_LINK: dict[str, object] = {
    claims.MESSAGE_TYPE: claims.DEEP_LINKING_REQUEST,
    claims.DEEP_LINKING_SETTINGS: {
        "deep_link_return_url": "https://mis.example/deep",
        "accept_types": ["ltiResourceLink"],
    },
}

_DIGITS = base64.urlsafe_b64encode(b'{"exp": ' + b"9" * 5000 + b"}").decode().rstrip("=")


@dataclass(frozen=True)
class BadToken:
    """One mutation: `make` gets the nonce of the login and returns the token to post."""

    row: str
    what: str
    code: str
    make: Callable[[str], str]


def _changed(**changed: object) -> Callable[[str], str]:
    return lambda nonce: signed(body(nonce, changed))


def _without(*names: str) -> Callable[[str], str]:
    def make(nonce: str) -> str:
        return signed({name: v for name, v in body(nonce).items() if name not in names})

    return make


def _altered(nonce: str) -> str:
    head, payload, signature = signed(body(nonce)).split(".")
    claims_ = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims_[claims.ROLES] = ["Administrator"]
    forged = base64.urlsafe_b64encode(json.dumps(claims_).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


def _unsigned(nonce: str) -> str:
    return jwt.encode(body(nonce), "", algorithm="none", headers={"kid": "key-1"})


def _keyed_with_the_public_key(nonce: str) -> str:
    pem = private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    # Signed by hand: PyJWT itself refuses to take a public key as a secret.
    head = part({"alg": "HS256", "typ": "JWT", "kid": "key-1"})
    message = f"{head}.{part(body(nonce))}"
    signature = jwt.get_algorithm_by_name("HS256").sign(message.encode(), pem)
    return f"{message}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _elliptic(nonce: str) -> str:
    return jwt.encode(
        body(nonce), ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "key-1"}
    )


def _message(**settings: object) -> Callable[[str], str]:
    return _changed(**(DEEP_LINK | {claims.DEEP_LINKING_SETTINGS: settings}))


BAD_TOKENS = (
    BadToken("N01", "no kid", "kid_missing", lambda n: signed(body(n), kid=None)),
    BadToken("N02", "unknown kid", "kid_unknown", lambda n: signed(body(n), kid="nobody")),
    BadToken("N03", "another key", "bad_signature", lambda n: signed(body(n), key="thief")),
    BadToken("N04", "altered payload", "bad_signature", _altered),
    BadToken("N05", "alg none", "alg_not_allowed", _unsigned),
    BadToken("N06", "HS256 by public key", "alg_not_allowed", _keyed_with_the_public_key),
    BadToken("N07", "RS512", "alg_not_allowed", lambda n: signed(body(n), algorithm="RS512")),
    BadToken("N07", "RS384", "alg_not_allowed", lambda n: signed(body(n), algorithm="RS384")),
    BadToken("N07", "ES256", "alg_not_allowed", _elliptic),
    BadToken("N08", "not a JWT", "malformed_token", lambda _: "not-a-token"),
    BadToken("N08", "two segments", "malformed_token", lambda n: signed(body(n))[:40]),
    BadToken("N08", "not base64", "malformed_token", lambda _: "$$.é.%%"),
    BadToken("N08", "empty", "malformed_token", lambda _: ""),
    BadToken("N08", "lists", "malformed_token", lambda _: "W10.W10.W10"),
    BadToken("N08", "200 kB", "malformed_token", lambda _: "a.b." + "c" * 200_000),
    BadToken("N08", "a number too long", "malformed_token", lambda _: f"e30.{_DIGITS}.e30"),
    BadToken("N09", "no LTI", "nonce_missing", lambda _: signed({"name": "badltilaunch"})),
    BadToken("N10", "several claims gone", "message_type", _without(claims.MESSAGE_TYPE, "sub")),
    BadToken("N11", "long past", "expired", _changed(iat=11111, exp=22222)),
    BadToken("N12", "expired", "expired", _changed(exp=SECOND - 61)),
    BadToken("N13", "no exp", "claim_missing", _without("exp")),
    BadToken("N13", "exp a text", "claim_missing", _changed(exp="tomorrow")),
    BadToken("N13", "exp past the world", "claim_missing", _changed(exp=10**18)),
    BadToken("N14", "no iat", "claim_missing", _without("iat")),
    BadToken("N15", "iat too old", "too_old", _changed(iat=SECOND - 601)),
    BadToken("N16", "iat ahead", "not_yet_valid", _changed(iat=SECOND + 300, exp=SECOND + 900)),
    BadToken("N17", "unknown iss", "issuer_unknown", _changed(iss="https://nobody.example")),
    BadToken("N17", "no iss", "issuer_unknown", _without("iss")),
    BadToken("N18", "iss mix-up", "issuer_mismatch", _changed(iss="https://other.example")),
    BadToken("N19", "other aud", "audience_mismatch", _changed(aud="somebody")),
    BadToken("N19", "no aud", "audience_mismatch", _without("aud")),
    BadToken(
        "N20",
        "extra aud",
        "audience_untrusted",
        _changed(aud=[REGISTRATION.client_id, "stranger"], azp=REGISTRATION.client_id),
    ),
    BadToken("N21", "azp differs", "azp_mismatch", _changed(azp="stranger")),
    BadToken(
        "N21",
        "azp differs, aud list",
        "azp_mismatch",
        _changed(aud=[REGISTRATION.client_id], azp="stranger"),
    ),
    BadToken("N22", "no nonce", "nonce_missing", _without("nonce")),
    BadToken("N23", "nonce never issued", "nonce_invalid", _changed(nonce="made-up")),
    BadToken("N32", "no message type", "message_type", _without(claims.MESSAGE_TYPE)),
    BadToken("N32", "odd message type", "message_type", _changed(**{claims.MESSAGE_TYPE: "Odd"})),
    BadToken(
        "N33",
        "submission review",
        "message_type",
        _changed(**{claims.MESSAGE_TYPE: "LtiSubmissionReviewRequest"}),
    ),
    BadToken("N34", "no version", "version", _without(claims.VERSION)),
    BadToken("N34", "version 1.1", "version", _changed(**{claims.VERSION: "1.1.0"})),
    BadToken("N35", "no deployment", "deployment_missing", _without(claims.DEPLOYMENT_ID)),
    BadToken(
        "N36", "unknown deployment", "deployment_unknown", _changed(**{claims.DEPLOYMENT_ID: "x"})
    ),
    BadToken(
        "N36", "case differs", "deployment_unknown", _changed(**{claims.DEPLOYMENT_ID: "DEP-1"})
    ),
    BadToken("N37", "no resource link", "resource_link", _without(claims.RESOURCE_LINK)),
    BadToken(
        "N37", "empty link id", "resource_link", _changed(**{claims.RESOURCE_LINK: {"id": ""}})
    ),
    BadToken("N38", "no sub", "user_missing", _without("sub")),
    BadToken("N39", "sub of 256", "user_invalid", _changed(sub="s" * 256)),
    BadToken("N40", "no roles", "roles_missing", _without(claims.ROLES)),
    BadToken("N41", "roles a text", "roles_invalid", _changed(**{claims.ROLES: "Instructor"})),
    BadToken("N41", "roles of numbers", "roles_invalid", _changed(**{claims.ROLES: [7]})),
    BadToken("N42", "no target", "target_link", _without(claims.TARGET_LINK_URI)),
    BadToken(
        "N42", "other target", "target_link", _changed(**{claims.TARGET_LINK_URI: f"{TOOL}/x"})
    ),
    BadToken("N50", "no settings", "deep_linking_settings", _message()),
    BadToken(
        "N50",
        "no return address",
        "deep_linking_settings",
        _message(accept_types=["ltiResourceLink"]),
    ),
    BadToken(
        "N50",
        "links not accepted",
        "deep_linking_settings",
        _message(accept_types=["file"], deep_link_return_url="https://mis.example/deep"),
    ),
)
