"""Calls to a platform's services, the tool's own keys, and setting platforms up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
import requests
import responses
from click.testing import CliRunner, Result
from jwt.types import Options
from sqlalchemy import select

from mis_bridge.cli.main import cli
from mis_bridge.lti.service_connector import CachedServiceConnector, ServiceUnavailable
from mis_bridge.services import tool_keys
from mis_bridge.services.tool_keys import RotationTooEarly
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tables.lti import AccessTokenRow, LtiRegistrationRow
from mis_bridge.web.lti_store import DatabasePlatforms, DatabaseTokens
from tests.support.databases import BOTH
from tests.support.school_day import CLIENT, ISSUER, SchoolDay
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.stub_platform import NOW

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEMBERS = f"{ISSUER}/members"
NO_TIMES: Options = {"verify_exp": False, "verify_iat": False}  # the test's own clock made them


@pytest.fixture(params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return a world that the test may change."""
    with a_day_on(request.param) as world:
        yield world


def connector(day: SchoolDay) -> CachedServiceConnector:
    """Return a connector as another process would make it."""
    platform = DatabasePlatforms(sessions(day.database)).registration(ISSUER, CLIENT)
    assert platform is not None
    with sessions(day.database).begin() as session:
        key = tool_keys.signing_key(session, day.now)
    return CachedServiceConnector(
        platform,
        requests.Session(),
        DatabaseTokens(sessions(day.database)),
        lambda: key,
        lambda: day.now,
    )


@responses.activate
def test_one_token_serves_all_processes_until_it_ends(day: SchoolDay) -> None:
    asked = responses.post(f"{ISSUER}/token", json={"access_token": "secret-1", "expires_in": 600})
    responses.get(MEMBERS, json={"members": []})
    for _ in range(3):
        connector(day).make_service_request([SCOPE], MEMBERS)
    assert asked.call_count == 1
    day.now = NOW + timedelta(seconds=541)
    connector(day).make_service_request([SCOPE], MEMBERS)
    assert asked.call_count == 2
    with sessions(day.database).begin() as session:
        row = session.scalars(select(AccessTokenRow)).one()
    assert b"secret" not in row.sealed_token


@responses.activate
def test_the_assertion_is_signed_for_the_token_address(day: SchoolDay) -> None:
    responses.post(f"{ISSUER}/token", json={"access_token": "t"})
    responses.get(MEMBERS, json={})
    connector(day).make_service_request([SCOPE], MEMBERS, accept="application/vnd.x+json")
    form = parse_qs(str(responses.calls[0].request.body))
    with sessions(day.database).begin() as session:
        published = tool_keys.key_set(session, day.now)["keys"]
    assert isinstance(published, list)
    kid = jwt.get_unverified_header(form["client_assertion"][0])["kid"]
    public = jwt.PyJWK.from_dict(next(key for key in published if key["kid"] == kid))
    said = jwt.decode(
        form["client_assertion"][0],
        public,
        ["RS256"],
        audience=f"{ISSUER}/token",
        issuer=CLIENT,
        options=NO_TIMES,
    )
    assert (said["sub"], said["exp"] - said["iat"]) == (CLIENT, 60)
    assert form["scope"] == [SCOPE]
    assert responses.calls[1].request.headers["Accept"] == "application/vnd.x+json"


@responses.activate
def test_the_next_page_keeps_its_case(day: SchoolDay) -> None:
    responses.post(f"{ISSUER}/token", json={"access_token": "t"})
    link = f'<{MEMBERS}?Cursor=AbC>; rel="next", <{MEMBERS}?x=1>; rel="differences"'
    responses.get(MEMBERS, json={}, headers={"Link": link})
    answer = connector(day).make_service_request([SCOPE], MEMBERS)
    assert answer["next_page_url"] == f"{MEMBERS}?Cursor=AbC"


@pytest.mark.parametrize(
    "answer",
    [{"status": 500}, {"status": 302}, {"body": "<html>"}, {"json": []}, {"json": {}}],
    ids=["500", "redirect", "html", "list", "no token"],
)
@responses.activate
def test_a_token_service_that_fails_is_unavailable(answer: dict[str, object]) -> None:
    responses.add(responses.POST, f"{ISSUER}/token", **answer)  # type: ignore[arg-type] # a table
    with a_day_on("sqlite") as day, pytest.raises(ServiceUnavailable):
        connector(day).make_service_request([SCOPE], MEMBERS)


def test_keys_follow_one_another_without_a_gap(day: SchoolDay) -> None:
    def published() -> set[str]:
        return {key["kid"] for key in json.loads(day.browser().get("/lti/jwks.json").text)["keys"]}

    with sessions(day.database).begin() as session:
        first = tool_keys.signing_key(session, day.now).kid
    [following] = published() - {first}
    with sessions(day.database).begin() as session, pytest.raises(RotationTooEarly):
        tool_keys.rotate(session, day.now)
    day.now = NOW + timedelta(hours=25)
    with sessions(day.database).begin() as session:
        assert tool_keys.rotate(session, day.now) == following
    assert published() > {first, following}
    day.now += timedelta(days=15)
    assert first not in published()
    with sessions(day.database).begin() as session:
        assert tool_keys.signing_key(session, day.now).kid == following


ADD = [
    *("platform", "add", "--client-id", "c1", "--deployment-id", "1", "--json"),
    *("--auth-login-url", "https://mis.example/auth"),
    *("--auth-token-url", "https://mis.example/token"),
]
WHERE = ["--school", "661/9901"]
KEYS = ["--jwks-url", "https://mis.example/jwks"]
FRAME = ["--frame-ancestor", "https://mis.example"]
WHO = ["--issuer", "https://mis.example"]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a runner of commands in a folder of its own, with one school."""
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path))
    monkeypatch.setenv("MIS_BRIDGE_LANG", "en")

    def one(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words))

    assert one("la", "add", "661", "--name", "Sir Ddychmygol").exit_code == 0
    assert one("school", "add", "661/9901", "--name", "Ysgol").exit_code == 0
    return one


def test_a_platform_and_a_grant_are_set_up_and_listed(command: Callable[..., Result]) -> None:
    made = command(*ADD, *WHO, *WHERE, *KEYS, *FRAME)
    assert list(json.loads(made.stdout)) == ["registration_id"]
    given = command(
        "grant", "add", *WHO, "--client-id", "c1", "--sub", "p7", "--role", "alnco", *WHERE
    )
    assert given.exit_code == 0
    listed = json.loads(command("platform", "list", "--json").stdout)
    assert listed["status"] == "active"
    assert listed["deployments"][0]["school"] == "661/9901"
    assert command("platform", "suspend", listed["registration_id"]).exit_code == 0
    again = json.loads(command("platform", "list", "--json").stdout)
    assert again["status"] == "suspended"


@pytest.mark.parametrize(
    "words",
    [
        [*ADD, *WHO, *WHERE, *FRAME],
        [*ADD, *WHO, *WHERE, *KEYS, "--frame-ancestor", "https://mis.example/path"],
        [*ADD, *WHO, *WHERE, *KEYS, "--frame-ancestor", "http://mis.example"],
        [*ADD, *WHO, *WHERE, *KEYS, "--frame-ancestor", "https://a.example;script-src *"],
        [*ADD, *WHO, *WHERE, *FRAME, "--jwks-url", "http://mis.example/jwks"],
        [*ADD, *WHO, *WHERE, *FRAME, "--jwks-url", "https://127.0.0.1/jwks"],
        [*ADD, *WHO, *WHERE, *FRAME, "--jwks-url", "https://10.0.0.1/jwks"],
        [*ADD, *WHO, *WHERE, *FRAME, "--jwks-url", "https://u:p@mis.example/jwks"],
        [*ADD, *WHO, *KEYS, *FRAME, "--school", "661/9999"],
        [*ADD, *WHO, *KEYS, *FRAME, "--school", "661/9901", "--la", "661"],
        ["grant", "add", *WHO, "--client-id", "c1", "--sub", "p", "--role", "alnco", *WHERE],
    ],
    ids=[
        "no keys", "path", "http frame", "policy", "http keys", "loopback", "inner", "user",
        "school", "both", "no platform",
    ],
)  # fmt: skip
def test_what_cannot_be_set_up_is_refused(words: list[str], command: Callable[..., Result]) -> None:
    result = command(*words)
    assert result.exit_code != 0
    assert command("platform", "list", "--json").stdout == ""


def test_an_administrator_is_one_of_an_authority_and_not_of_a_school(
    command: Callable[..., Result],
) -> None:
    command(*ADD, *WHO, *WHERE, *KEYS, *FRAME)
    give = ["grant", "add", *WHO, "--client-id", "c1", "--sub", "p7", "--role"]
    assert command(*give, "la_admin", *WHERE).exit_code != 0
    assert command(*give, "alnco", "--la", "661").exit_code != 0
    assert command(*give, "la_admin", "--la", "661").exit_code == 0
    assert command(*give, "la_admin", "--la", "661").exit_code != 0


def test_keys_may_come_from_a_file(command: Callable[..., Result], tmp_path: Path) -> None:
    good, bad = tmp_path / "keys.json", tmp_path / "bad.json"
    good.write_text('{"keys": []}', encoding="utf-8")
    bad.write_text("[]", encoding="utf-8")
    base = [*ADD, *WHO, *WHERE, *FRAME, "--jwks-file"]
    assert command(*base, str(bad)).exit_code != 0
    assert command(*base, str(good)).exit_code == 0


def test_a_platform_of_one_authority_serves_several_of_its_schools(day: SchoolDay) -> None:
    with sessions(day.database).begin() as session:
        assert len(session.scalars(select(LtiRegistrationRow)).all()) == 1
    assert day.sign_in("alnco-2", "dep-2").get("/tasks").status_code == 200
