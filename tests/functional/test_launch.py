"""A launch over HTTP: every refusal with its status and code, and what a good launch leads to."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from mis_bridge.lti import claims
from mis_bridge.lti.refusals import REFUSALS
from mis_bridge.storage import lti_people, lti_platforms
from mis_bridge.storage.database import sessions
from mis_bridge.storage.lti_platforms import NewPlatform
from mis_bridge.storage.tables.lti import LtiRegistrationRow, LtiSessionRow, LtiStateRow
from mis_bridge.storage.tables.operations import AuditEventRow
from mis_bridge.storage.tenants import Tenant
from tests.support.databases import BOTH
from tests.support.school_day import (
    ADMIN,
    ALNCO,
    ISSUER,
    LA,
    SCHOOL,
    STRANGER,
    SchoolDay,
    Visitor,
)
from tests.support.site_fixtures import a_day_on
from tests.unit.lti.launch_cases import BAD_TOKENS, BadToken
from tests.unit.lti.stub_platform import NOW, TOOL, body, public_jwk, signed

OTHER_ISSUER = "https://other.example"


@pytest.fixture(scope="module", params=BOTH)
def day(request: pytest.FixtureRequest) -> Iterator[SchoolDay]:
    """Return the world, with a second platform in it."""
    with a_day_on(request.param) as world:
        with sessions(world.database).begin() as session:
            lti_platforms.add_platform(
                session,
                LA,
                NewPlatform(
                    issuer=OTHER_ISSUER,
                    client_id="other",
                    auth_login_url=f"{OTHER_ISSUER}/auth?tenant=7",
                    auth_token_url=f"{OTHER_ISSUER}/token",
                    jwks_url=None,
                    jwks={"keys": [public_jwk("key-1")]},
                    frame_ancestors=(OTHER_ISSUER,),
                    status="active",
                ),
                NOW,
            )
        yield world


def begun(browser: Visitor, **changed: str) -> tuple[str, str]:
    """Log in and return state and nonce."""
    query = parse_qs(urlsplit(browser.log_in(**changed).location).query)
    return query["state"][0], query["nonce"][0]


@pytest.mark.parametrize("case", BAD_TOKENS, ids=lambda case: f"{case.row}: {case.what}")
def test_a_bad_token_is_refused_with_its_status_and_code(case: BadToken, day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    answer = browser.post_launch(case.make(nonce), state)
    assert answer.status_code == REFUSALS[case.code][0]
    assert f"<code>{case.code}</code>" in answer.text
    assert "person-7" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_refusal_is_in_the_audit_and_says_the_code_alone(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    browser.post_launch(signed(body(nonce, {"name": "Canary Person"}), key="thief"), state)
    with sessions(day.database).begin() as session:
        last = session.scalars(
            select(AuditEventRow)
            .where(AuditEventRow.la == LA)
            .order_by(AuditEventRow.number.desc())
            .limit(1)
        ).one()
    assert (last.action, last.facts) == ("launch_refused", {"code": "bad_signature"})


def test_a_good_launch_opens_the_page_that_was_asked_for(day: SchoolDay) -> None:
    browser = day.browser()
    answer = browser.launch()
    assert (answer.status_code, answer.location) == (303, "/tasks")
    session_cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "mb_session" in c)
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"):
        assert attribute in session_cookie
    assert "Domain" not in session_cookie
    assert session_cookie.startswith("__Host-mb_session=")
    assert browser.get("/tasks").status_code == 200


def test_the_state_cookie_is_partitioned_and_gone_after_the_launch(day: SchoolDay) -> None:
    browser = day.browser()
    made = browser.log_in()
    cookie = made.headers["Set-Cookie"]
    assert cookie.startswith("__Host-mb-state-")
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"):
        assert attribute in cookie
    query = parse_qs(urlsplit(made.location).query)
    token = signed(body(query["nonce"][0], {"sub": ALNCO}))
    answer = browser.post_launch(token, query["state"][0])
    gone = next(c for c in answer.headers.getlist("Set-Cookie") if query["state"][0] in c)
    assert "Max-Age=0" in gone


def test_n26_the_same_launch_does_not_work_twice(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    token = signed(body(nonce, {"sub": ALNCO}))
    assert browser.post_launch(token, state).status_code == 303
    again = browser.post_launch(token, state)
    assert (again.status_code, "<code>state_used</code>" in again.text) == (401, True)


def test_n27_a_token_does_not_work_again_with_a_fresh_state(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    token = signed(body(nonce, {"sub": ALNCO}))
    browser.post_launch(token, state)
    fresh, _ = begun(browser)
    assert "<code>nonce_invalid</code>" in browser.post_launch(token, fresh).text


def test_n28_and_n30_without_the_cookie_a_new_window_is_offered(day: SchoolDay) -> None:
    browser, thief = day.browser(), day.browser()
    state, nonce = begun(browser, lti_message_hint='x"><script>')
    answer = thief.post_launch(signed(body(nonce)), state)
    assert answer.status_code == 401
    assert "<code>state_cookie_missing</code>" in answer.text
    assert 'target="_blank"' in answer.text
    assert "login_hint=hint" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2].partition("</main")[0]
    assert ISSUER in answer.headers["Content-Security-Policy"]


def test_n29_an_unknown_state_is_refused(day: SchoolDay) -> None:
    browser = day.browser()
    _, nonce = begun(browser)
    answer = browser.post_launch(signed(body(nonce)), "made-up")
    assert (answer.status_code, "<code>state_invalid</code>" in answer.text) == (401, True)


def test_n31_of_two_launches_at_once_exactly_one_succeeds(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    token = signed(body(nonce, {"sub": ALNCO}))
    cookie = browser.client.get_cookie(f"__Host-mb-{state}")
    assert cookie is not None

    def post(_: int) -> int:
        other = day.browser()
        other.client.set_cookie(f"__Host-mb-{state}", cookie.value)
        return other.post_launch(token, state).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(post, range(4)))
    assert answers == [303, 401, 401, 401]


def test_n43_a_launch_by_get_is_not_allowed(day: SchoolDay) -> None:
    answer = day.browser().get("/lti/launch?id_token=x&state=y")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": ""},
        {"login_hint": ""},
        {"target_link_uri": ""},
        {"iss": "https://nobody.example"},
        {"client_id": "nobody"},
        {"target_link_uri": "https://evil.example/"},
    ],
    ids=["N44 iss", "N44 login_hint", "N44 target_link_uri", "N45 iss", "N45 client", "N46"],
)
def test_a_bad_login_is_refused_without_a_redirect(changed: dict[str, str], day: SchoolDay) -> None:
    answer = day.browser().log_in(**changed)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_n47_the_deployment_of_the_login_must_be_that_of_the_token(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser, lti_deployment_id="dep-2")
    answer = browser.post_launch(signed(body(nonce)), state)
    assert "<code>deployment_mismatch</code>" in answer.text


def test_a_login_may_be_posted_and_may_leave_the_client_out(day: SchoolDay) -> None:
    browser = day.browser()
    fields = {"iss": ISSUER, "login_hint": "h", "target_link_uri": f"{TOOL}/tasks"}
    answer = browser.client.post("/lti/login", data=fields)
    assert answer.status_code == 302
    assert answer.location.startswith(f"{ISSUER}/auth?")


def test_n52_an_unknown_role_gives_nothing(day: SchoolDay) -> None:
    answer = day.browser().launch("nobody-1", changed={claims.ROLES: ["urn:evil#Superuser"]})
    assert (answer.status_code, "<code>no_access</code>" in answer.text) == (403, True)


@pytest.mark.parametrize("roles", [[], ["Learner"]], ids=["none", "learner"])
def test_a_launch_without_a_staff_role_ends_on_the_no_access_page(
    roles: list[str], day: SchoolDay
) -> None:
    browser = day.browser()
    answer = browser.launch(STRANGER, changed={claims.ROLES: roles})
    assert (answer.status_code, "<code>no_access</code>" in answer.text) == (403, True)
    assert browser.get("/tasks").status_code == 401


@pytest.mark.parametrize("role", ["Administrator", "Instructor"])
def test_a_claim_alone_makes_nobody_more_than_a_teacher(role: str, day: SchoolDay) -> None:
    browser = day.browser()
    custom = {"mb_role": "alnco", "mb_view": "$Unresolved"}
    answer = browser.launch(f"new-{role}", changed={claims.ROLES: [role], claims.CUSTOM: custom})
    assert answer.status_code == 303
    page = browser.get("/tasks").text
    assert "Angharad" not in page
    assert browser.get(f"/notices/{day.notices[SCHOOL]}").status_code == 403
    with sessions(day.database).begin() as session:
        asked = lti_people.grants_in(session, Tenant(LA, SCHOOL))
    pending = {grant.role for grant in asked if grant.status == "pending"}
    assert "alnco" in pending


def test_a_trusted_parameter_grants_directly_and_only_for_a_year() -> None:
    with a_day_on("sqlite") as day:
        with sessions(day.database).begin() as session:
            for row in session.scalars(select(LtiRegistrationRow)):
                row.trust_custom_role = True
        browser = day.sign_in("new-alnco", changed={claims.CUSTOM: {"mb_role": "alnco"}})
        assert "Angharad" in browser.get("/tasks").text
        day.now = NOW + timedelta(days=366)
        later = day.sign_in("new-alnco")
        assert "Angharad" not in later.get("/tasks").text


def test_no_launch_of_a_school_makes_an_administrator_of_its_authority(day: SchoolDay) -> None:
    browser = day.sign_in(ADMIN, "dep-1")
    assert browser.get("/la/").status_code == 403


def test_a_deployment_without_a_school_waits_for_the_authority() -> None:
    with a_day_on("sqlite") as day:
        with sessions(day.database).begin() as session:
            row = session.scalars(select(LtiRegistrationRow)).one()
            lti_platforms.add_deployment(session, row.id, "loose", Tenant(LA), NOW)
            found = lti_platforms.deployments_of(session, row.id)
            loose = next(each for each in found if each.deployment_id == "loose")
            loose.la, loose.school, loose.status = None, None, "pending"
        answer = day.browser().launch(ALNCO, "loose")
        assert (answer.status_code, "<code>deployment_unbound</code>" in answer.text) == (403, True)
        with sessions(day.database).begin() as session:
            assert session.scalars(select(LtiSessionRow)).all() == []


def test_the_language_of_the_platform_is_that_of_the_pages(day: SchoolDay) -> None:
    browser = day.browser()
    browser.launch("welsh-1", changed={claims.PRESENTATION: {"locale": "cy-GB"}})
    assert '<html lang="cy"' in browser.get("/tasks").text


def test_a_suspended_platform_cannot_launch_and_its_sessions_end() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        state, nonce = begun(browser)
        with sessions(day.database).begin() as session:
            row = session.scalars(select(LtiRegistrationRow)).one()
            lti_platforms.set_status(session, row.id, "suspended")
        assert browser.get("/tasks").status_code == 401
        assert browser.post_launch(signed(body(nonce)), state).status_code == 401
        assert browser.log_in().status_code == 400


def test_what_is_stored_of_a_login_is_hashes(day: SchoolDay) -> None:
    browser = day.browser()
    state, nonce = begun(browser)
    with sessions(day.database).begin() as session:
        rows = session.scalars(select(LtiStateRow)).all()
    stored = " ".join(f"{row.state_hash} {row.nonce_hash} {row.restart}" for row in rows)
    assert state not in stored
    assert nonce not in stored
