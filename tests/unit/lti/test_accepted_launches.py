"""Launches that must succeed, and what is read from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mis_bridge.lti import claims
from tests.unit.lti.stub_platform import (
    MEMBERSHIP,
    NOW,
    OTHER_REGISTRATION,
    REGISTRATION,
    TOOL,
    Browser,
    KeyServer,
    MemoryStore,
    body,
    public_jwk,
    signed,
)

INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"


@pytest.fixture
def browser() -> Browser:
    return Browser(MemoryStore(), KeyServer())


@pytest.mark.parametrize("role", ["Instructor", "Learner"])
@pytest.mark.parametrize(
    ("what", "changed"),
    [
        ("normal", {}),
        ("several roles", {claims.ROLES: [f"{MEMBERSHIP}Instructor", f"{INSTITUTION}Student"]}),
        ("short role", {claims.ROLES: ["Instructor"]}),
        ("unknown role", {claims.ROLES: ["urn:evil#Superuser"]}),
        ("no roles", {claims.ROLES: []}),
        ("e-mail only", {"email": "a@mis.example"}),
        ("names only", {"name": "Ann Other", "given_name": "Ann", "family_name": "Other"}),
        ("context", {claims.CONTEXT: {"id": "class-4", "title": "4F"}}),
        ("a claim of its own", {"https://mis.example/claim": {"x": 1}}),
        ("audience as a list", {"aud": [REGISTRATION.client_id]}),
        ("azp", {"azp": REGISTRATION.client_id}),
        ("clock 30 s ahead", {"iat": int(NOW.timestamp()) + 30}),
        ("expired within the leeway", {"exp": int(NOW.timestamp()) - 30}),
        ("iat with a fraction", {"iat": NOW.timestamp() + 0.15}),
    ],
)
def test_a_good_launch_is_accepted(
    what: str, changed: dict[str, object], role: str, browser: Browser
) -> None:
    browser.log_in()
    claimed = {claims.ROLES: [f"{MEMBERSHIP}{role}"]} | changed
    launch = browser.launch(signed(body(browser.nonce, claimed)))
    assert (launch.subject, launch.deployment_row_id) == ("person-7", "row-1"), what


def test_a_login_without_client_id_is_enough_where_the_issuer_has_one(browser: Browser) -> None:
    browser.log_in({"client_id": ""})
    assert browser.launch(signed(body(browser.nonce))).registration_id == "reg-1"


def test_a_rotated_key_is_fetched_once_and_then_kept(browser: Browser) -> None:
    browser.log_in()
    browser.launch(signed(body(browser.nonce)))
    browser.keys.keys = [public_jwk("key-2", "rotated")]
    later = NOW + timedelta(minutes=2)
    for _ in range(3):
        browser.log_in(now=later)
        token = signed(body(browser.nonce, now=later), kid="key-2", key="rotated")
        assert browser.launch(token, now=later).subject == "person-7"
    assert browser.keys.asked == 2


def test_a_platform_that_is_down_still_launches_with_a_key_known_from_before(
    browser: Browser,
) -> None:
    browser.log_in()
    browser.launch(signed(body(browser.nonce)))
    browser.keys.down = True
    later = NOW + timedelta(hours=2)
    browser.log_in(now=later)
    assert browser.launch(signed(body(browser.nonce, now=later)), now=later).subject == "person-7"
    assert browser.keys.asked == 2


def test_a_key_set_given_by_the_operator_is_never_fetched() -> None:
    fixed = replace(REGISTRATION, jwks_url=None, key_set={"keys": [public_jwk("key-1")]})
    browser = Browser(MemoryStore(fixed), KeyServer())
    browser.log_in()
    assert browser.launch(signed(body(browser.nonce))).subject == "person-7"
    assert browser.keys.asked == 0


def test_n51_null_and_unresolved_parameters_count_as_absent(browser: Browser) -> None:
    browser.log_in()
    custom = {"mb_role": "$Membership.role", "mb_view": None, "mb_ref": "abc", "price": "$5"}
    launch = browser.launch(signed(body(browser.nonce, {claims.CUSTOM: custom})))
    assert dict(launch.custom) == {"mb_ref": "abc", "price": "$5"}


def test_a_deep_linking_request_may_leave_the_target_out(browser: Browser) -> None:
    browser.log_in()
    asked = body(
        browser.nonce,
        {
            claims.MESSAGE_TYPE: claims.DEEP_LINKING_REQUEST,
            claims.DEEP_LINKING_SETTINGS: {
                "deep_link_return_url": "https://mis.example/deep",
                "accept_types": ["link", "ltiResourceLink"],
                "data": "opaque",
            },
        },
    )
    del asked[claims.TARGET_LINK_URI]
    settings = browser.launch(signed(asked)).deep_linking
    assert settings is not None
    assert (settings.return_url, settings.opaque) == ("https://mis.example/deep", "opaque")


def test_the_login_sends_the_browser_to_the_registered_launch_address(browser: Browser) -> None:
    address = browser.log_in({"lti_message_hint": "hint & more"})
    assert address.startswith("https://mis.example/auth?")
    assert "redirect_uri=https%3A%2F%2Fbridge.example%2Flti%2Flaunch" in address
    assert "lti_message_hint=hint+%26+more" in address


def test_an_address_that_has_a_query_keeps_it() -> None:
    asked = replace(REGISTRATION, auth_login_url="https://mis.example/auth?tenant=7")
    address = Browser(MemoryStore(asked), KeyServer()).log_in()
    assert address.startswith("https://mis.example/auth?tenant=7&scope=openid")
    assert address.count("?") == 1


def test_what_is_kept_of_a_login_shows_neither_state_nor_nonce(browser: Browser) -> None:
    browser.log_in({"lti_message_hint": "m", "unknown": "x"})
    kept = repr(list(browser.store.logins.values()))
    [row] = browser.store.logins.values()
    everything = f"{kept} {row.state_hash} {row.nonce_hash} {row.restart}"
    assert browser.state not in everything
    assert browser.nonce not in everything
    assert set(row.restart) == {
        "iss", "client_id", "login_hint", "target_link_uri", "lti_message_hint"
    }  # fmt: skip
    assert row.target_link_uri == f"{TOOL}/tasks"


def test_every_claim_is_declared_once(browser: Browser) -> None:
    groups = (claims.REQUIRED, claims.OPTIONAL, claims.KNOWINGLY_UNUSED)
    assert len(frozenset().union(*groups)) == sum(map(len, groups))
    browser.log_in()
    launch = browser.launch(signed(body(browser.nonce, {"odd": 1})))
    assert launch.unknown_claims == ("odd",)


def test_two_platforms_may_launch_from_one_browser() -> None:
    store = MemoryStore(REGISTRATION, OTHER_REGISTRATION)
    browser = Browser(store, KeyServer())
    browser.log_in()
    first = (browser.state, browser.nonce)
    browser.log_in({"iss": OTHER_REGISTRATION.issuer, "client_id": OTHER_REGISTRATION.client_id})
    assert browser.launch(signed(body(first[1])), state=first[0]).registration_id == "reg-1"
