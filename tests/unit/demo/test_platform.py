"""The demo's LTI platform signs only what it was asked in the way it registered."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from mis_bridge.demo.platform import CLAIM, LaunchRefused, Platform
from mis_bridge.demo.world import load_authority

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AUTHORITY = load_authority(NOW.date())


@pytest.fixture(scope="module")
def platform() -> Platform:
    return Platform(
        AUTHORITY, issuer="http://localhost:1", tool="http://127.0.0.1:2", clock=lambda: NOW
    )


def asked(platform: Platform, role: str = "alnco") -> dict[str, str]:
    school = AUTHORITY.schools[1]
    person = school.person(role)
    assert person is not None
    start = parse_qs(urlsplit(platform.initiate(person, school, "cy")).query)
    return {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": platform.client_id,
        "redirect_uri": platform.launch_url,
        "login_hint": start["login_hint"][0],
        "state": "state-1",
        "nonce": "nonce-1",
    }


def claims(platform: Platform, token: str) -> dict[str, object]:
    key = jwt.PyJWKSet.from_dict(platform.jwks()).keys[0]
    read: dict[str, object] = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=platform.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    return read


def test_a_launch_is_signed_with_the_published_key_for_the_registered_tool(
    platform: Platform,
) -> None:
    launch = platform.authorise(asked(platform))
    read = claims(platform, launch.id_token)
    assert launch.action == "http://127.0.0.1:2/lti/launch"
    assert launch.state == "state-1"
    assert read["iss"] == "http://localhost:1"
    assert read["nonce"] == "nonce-1"
    assert read["sub"] == "staff-9902-11"
    assert read[CLAIM + "deployment_id"] == "demo-661-9902"
    assert read[CLAIM + "launch_presentation"] == {"document_target": "iframe", "locale": "cy-GB"}


def test_what_starts_a_launch_says_nothing_about_the_person(platform: Platform) -> None:
    person = AUTHORITY.schools[1].staff[0]
    start = platform.initiate(person, AUTHORITY.schools[1], "en")
    assert person.sub not in start
    assert person.surname not in start


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redirect_uri", "http://127.0.0.1:9/lti/launch"),
        ("client_id", "somebody-else"),
        ("response_mode", "query"),
        ("scope", "openid email"),
        ("prompt", "login"),
        ("login_hint", "guessed"),
        ("nonce", ""),
        ("state", ""),
    ],
)
def test_a_request_that_is_not_as_registered_is_refused_by_name(
    platform: Platform, name: str, value: str
) -> None:
    with pytest.raises(LaunchRefused, match=name):
        platform.authorise(asked(platform) | {name: value})


def test_a_hint_serves_once(platform: Platform) -> None:
    once = asked(platform)
    platform.authorise(once)
    with pytest.raises(LaunchRefused, match="login_hint"):
        platform.authorise(once)


def test_the_platform_never_claims_that_somebody_is_an_alnco(platform: Platform) -> None:
    token = platform.authorise(asked(platform, role="alnco")).id_token
    teacher = platform.authorise(asked(platform, role="teacher")).id_token
    assert claims(platform, token)[CLAIM + "roles"] == claims(platform, teacher)[CLAIM + "roles"]
