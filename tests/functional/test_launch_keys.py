"""The keys of a platform, fetched or refused, and the tool's own; links that it places."""

from __future__ import annotations

import json
from collections.abc import Iterator

import jwt
import pytest
import requests
import responses
from jwt.types import Options
from sqlalchemy import select

from mis_bridge.lti import claims
from mis_bridge.services.key_fetch import GuardedKeyFetch
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.lti import LtiRegistrationRow
from tests.support.databases import BOTH
from tests.support.school_day import (
    ALNCO,
    CLIENT,
    ISSUER,
    TEACHER,
    SchoolDay,
)
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.stub_platform import TOOL, public_jwk

NO_TIMES: Options = {"verify_exp": False, "verify_iat": False}  # the test's own clock made them


@pytest.fixture(scope="module", params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return the world; these tests change nothing in it but the tool's keys."""
    with a_day_on(request.param) as world:
        yield world


def deep_link(return_url: str) -> dict[str, object]:
    """Return the claims of a deep-linking request."""
    return {
        claims.MESSAGE_TYPE: claims.DEEP_LINKING_REQUEST,
        claims.DEEP_LINKING_SETTINGS: {
            "deep_link_return_url": return_url,
            "accept_types": ["ltiResourceLink"],
            "data": "opaque <x>",
        },
    }


def test_a_deep_link_is_answered_with_one_link_that_names_nobody(day: SchoolDay) -> None:
    answer = day.browser().launch(ALNCO, changed=deep_link(f"{ISSUER}/deep?x=1&y=2"))
    assert answer.status_code == 200
    assert f"form-action 'self' {ISSUER};" in answer.headers["Content-Security-Policy"]
    placed, cancelled = (part.partition('"')[0] for part in answer.text.split('JWT" value="')[1:])
    keys = json.loads(day.browser().get("/lti/jwks.json").text)["keys"]
    kid = jwt.get_unverified_header(placed)["kid"]
    public = jwt.PyJWK.from_dict(next(key for key in keys if key["kid"] == kid))
    for token, count in ((placed, 1), (cancelled, 0)):
        said = jwt.decode(
            token, public, ["RS256"], audience=ISSUER, issuer=CLIENT, options=NO_TIMES
        )
        assert said[claims.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
        assert said[claims.DEPLOYMENT_ID] == "dep-1"
        assert said[f"{claims.DEEP_LINKING}data"] == "opaque <x>"
        items = said[f"{claims.DEEP_LINKING}content_items"]
        assert [item["url"] for item in items] == [f"{TOOL}/tasks"] * count
        assert 0 < said["exp"] - said["iat"] <= 600


def test_a_deep_link_goes_back_to_its_platform_alone(day: SchoolDay) -> None:
    answer = day.browser().launch(ALNCO, changed=deep_link("https://evil.example/deep"))
    assert (answer.status_code, "deep_linking_settings" in answer.text) == (401, True)


def test_a_teacher_places_no_links(day: SchoolDay) -> None:
    answer = day.browser().launch(TEACHER, changed=deep_link(f"{ISSUER}/deep"))
    assert answer.status_code == 403


def test_the_tool_publishes_its_keys_without_their_private_halves(day: SchoolDay) -> None:
    answer = day.browser().get("/lti/jwks.json")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    keys = json.loads(answer.text)["keys"]
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]] * 2
    assert json.loads(day.browser().get("/lti/jwks.json").text)["keys"] == keys


def launch_fetching(day: SchoolDay) -> tuple[int, str]:
    """Launch on a platform whose keys have to be fetched; returns status and text."""
    answer = day.browser().launch(TEACHER)
    return answer.status_code, answer.text


@responses.activate
def test_a_key_set_is_fetched_once_for_many_launches() -> None:
    served = responses.get(f"{ISSUER}/jwks", json={"keys": [public_jwk("key-1")]})
    with a_day_on("sqlite", fetch=GuardedKeyFetch(()), fixed_keys=False) as day:
        assert {launch_fetching(day)[0] for _ in range(3)} == {303}
    assert served.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 500},
        {"body": "<html>log in</html>", "content_type": "text/html"},
        {"body": "{", "content_type": "application/json"},
        {"body": b" " * (1024 * 1024 + 1), "content_type": "application/json"},
        {"status": 302, "headers": {"Location": "http://127.0.0.1/jwks"}},
        {"body": requests.ConnectTimeout()},
        {"json": {"keys": "none"}},
    ],
    ids=["404", "500", "html", "cut", "too large", "redirect", "timeout", "no keys"],
)
@responses.activate
def test_n48_without_the_keys_the_launch_is_put_off(answer: dict[str, object]) -> None:
    responses.add(responses.GET, f"{ISSUER}/jwks", **answer)  # type: ignore[arg-type] # a table
    with a_day_on("sqlite", fetch=GuardedKeyFetch(()), fixed_keys=False) as day:
        status, text = launch_fetching(day)
    assert (status, "<code>keys_unavailable</code>" in text) == (503, True)


def test_n48_an_inner_address_is_not_asked() -> None:
    with a_day_on("sqlite", fetch=GuardedKeyFetch(()), fixed_keys=False) as day:
        with sessions(day.database).begin() as session:
            row = session.scalars(
                select(LtiRegistrationRow).where(LtiRegistrationRow.client_id == CLIENT)
            ).one()
            row.jwks_url = "https://127.0.0.1:9/jwks"
        status, text = launch_fetching(day)
    assert (status, "<code>keys_unavailable</code>" in text) == (503, True)
