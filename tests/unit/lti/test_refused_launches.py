"""Every row of the table of refusals, and what may be replayed, raced or mixed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from mis_bridge.lti import claims
from mis_bridge.lti.platforms import PlatformDeployment
from mis_bridge.lti.refusals import REFUSALS, LaunchRefused
from tests.unit.lti.launch_cases import BAD_TOKENS, BadToken
from tests.unit.lti.stub_platform import (
    NOW,
    OTHER_REGISTRATION,
    REGISTRATION,
    Browser,
    KeyServer,
    MemoryStore,
    body,
    public_jwk,
    signed,
)


@pytest.fixture
def browser() -> Browser:
    return Browser(MemoryStore(), KeyServer())


def refusal(act: Callable[[], object]) -> str:
    """Return the code with which `act` is refused."""
    with pytest.raises(LaunchRefused) as caught:
        act()
    return caught.value.code


@pytest.mark.parametrize("case", BAD_TOKENS, ids=lambda case: f"{case.row}: {case.what}")
def test_a_bad_token_is_refused_with_its_code(case: BadToken, browser: Browser) -> None:
    browser.log_in()
    assert refusal(lambda: browser.launch(case.make(browser.nonce))) == case.code


def test_every_refusal_has_a_status_that_is_no_fault_of_ours() -> None:
    assert {status for status, _ in REFUSALS.values()} <= {400, 401, 403, 503}


def test_a_refusal_says_nothing_of_the_token(browser: Browser) -> None:
    browser.log_in()
    with pytest.raises(LaunchRefused) as caught:
        browser.launch(signed(body(browser.nonce, {"name": "Aled Jones"}), key="thief"))
    assert "Aled" not in f"{caught.value!r} {caught.value.words.en} {caught.value.words.cy}"


def test_n24_a_nonce_of_another_browser_is_refused(browser: Browser) -> None:
    other = Browser(browser.store, browser.keys)
    other.log_in()
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(other.nonce)))) == "nonce_invalid"


def test_n25_the_nonce_of_one_login_does_not_go_with_the_state_of_another(
    browser: Browser,
) -> None:
    browser.log_in()
    state_of_a = browser.state
    browser.log_in()
    token = signed(body(browser.nonce))
    assert refusal(lambda: browser.launch(token, state=state_of_a)) == "nonce_invalid"


def test_n26_the_same_launch_does_not_work_twice(browser: Browser) -> None:
    browser.log_in()
    token = signed(body(browser.nonce))
    assert browser.launch(token).subject == "person-7"
    assert refusal(lambda: browser.launch(token)) == "state_used"


def test_n27_a_token_does_not_work_again_with_a_fresh_state(browser: Browser) -> None:
    browser.log_in()
    token = signed(body(browser.nonce))
    browser.launch(token)
    browser.log_in()
    assert refusal(lambda: browser.launch(token)) == "nonce_invalid"


def test_n28_a_launch_begun_in_one_browser_does_not_end_in_another(browser: Browser) -> None:
    browser.log_in()
    token, thief = signed(body(browser.nonce)), Browser(browser.store, browser.keys)
    assert refusal(lambda: thief.launch(token, state=browser.state)) == "state_cookie_missing"
    # And the thief's attempt has not used the state up.
    assert browser.launch(token).subject == "person-7"


@pytest.mark.parametrize("state", ["", "made-up", "é"])
def test_n29_an_unknown_state_is_refused(state: str, browser: Browser) -> None:
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)), state=state)) == (
        "state_invalid"
    )


def test_n29_an_expired_state_is_refused(browser: Browser) -> None:
    browser.log_in()
    late = NOW + timedelta(minutes=10)
    token = signed(body(browser.nonce, now=late))
    assert refusal(lambda: browser.launch(token, now=late)) == "state_invalid"


def test_n30_without_cookies_the_launch_is_refused(browser: Browser) -> None:
    browser.log_in()
    browser.cookies.clear()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "state_cookie_missing"


def test_n30_a_cookie_of_another_value_is_no_proof(browser: Browser) -> None:
    browser.log_in()
    browser.cookies = dict.fromkeys(browser.cookies, "é")
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "state_cookie_missing"


def test_n36_a_deployment_of_another_client_is_not_ours(browser: Browser) -> None:
    browser.store.deployments = {("reg-2", "dep-1"): PlatformDeployment("r", "reg-2", "dep-1")}
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "deployment_unknown"


def test_n39_a_subject_that_is_no_text_is_refused() -> None:
    assert refusal(lambda: claims.read_message(body("n", {"sub": 7}))) == "user_invalid"


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_n44_an_incomplete_login_is_refused(missing: str, browser: Browser) -> None:
    assert refusal(lambda: browser.log_in({missing: ""})) == "login_incomplete"


@pytest.mark.parametrize("changed", [{"iss": "https://nobody.example"}, {"client_id": "nobody"}])
def test_n45_a_login_of_an_unknown_platform_is_refused(
    changed: dict[str, str], browser: Browser
) -> None:
    assert refusal(lambda: browser.log_in(changed)) == "login_platform_unknown"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/tasks",
        "http://bridge.example/tasks",
        "https://bridge.example:444/tasks",
        "https://bridge.example@evil.example/",
        "https://evil.example\\@bridge.example/",
        "https://bridge.example:99999999/",
        "//bridge.example/",
    ],
)
def test_n46_a_target_outside_the_tool_is_refused(target: str, browser: Browser) -> None:
    assert refusal(lambda: browser.log_in({"target_link_uri": target})) == "login_target_outside"


def test_n47_the_deployment_named_at_login_must_be_that_of_the_token(browser: Browser) -> None:
    browser.log_in({"lti_deployment_id": "dep-2"})
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "deployment_mismatch"


@pytest.mark.parametrize("answer", ["<html>", [], {"keys": 7}, 0, {"keys": "RSA"}, {}])
def test_n48_a_key_set_that_is_none_is_unavailable(answer: object, browser: Browser) -> None:
    browser.keys.document = answer
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "keys_unavailable"


def test_n48_a_key_set_that_cannot_be_fetched_is_unavailable(browser: Browser) -> None:
    browser.keys.down = True
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "keys_unavailable"


def test_n49_a_flood_of_made_up_keys_is_one_fetch_a_minute(browser: Browser) -> None:
    for number in range(20):
        browser.log_in()
        token = signed(body(browser.nonce), kid=f"made-up-{number}")
        assert refusal(partial(browser.launch, token)) == "kid_unknown"
    assert browser.keys.asked == 1
    later = NOW + timedelta(seconds=61)
    browser.log_in(now=later)
    token = signed(body(browser.nonce, now=later), kid="made-up")
    assert refusal(lambda: browser.launch(token, now=later)) == "kid_unknown"
    assert browser.keys.asked == 2


@pytest.mark.parametrize("key", [{"kty": "EC"}, {"alg": "HS256"}, {"alg": "RS512"}])
def test_n07_a_published_key_of_another_kind_is_not_used(
    key: dict[str, object], browser: Browser
) -> None:
    browser.keys.keys = [public_jwk("key-1") | key]
    browser.log_in()
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "alg_not_allowed"


@pytest.mark.parametrize("key", [{"n": "AQAB"}, {"n": "é"}, {"e": 7}, {"use": "enc"}])
def test_a_published_key_that_is_broken_is_refused_and_no_crash(
    key: dict[str, object], browser: Browser
) -> None:
    browser.keys.keys = [public_jwk("key-1") | key]
    browser.log_in()
    refused = refusal(lambda: browser.launch(signed(body(browser.nonce))))
    assert refused in {"kid_unknown", "alg_not_allowed"}


def test_a_suspended_platform_cannot_finish_a_launch_that_it_began(browser: Browser) -> None:
    browser.log_in()
    browser.store.registrations = (OTHER_REGISTRATION,)
    assert refusal(lambda: browser.launch(signed(body(browser.nonce)))) == "issuer_unknown"


def test_an_issuer_with_two_clients_must_be_told_apart_at_login() -> None:
    second = replace(REGISTRATION, registration_id="reg-3", client_id="second")
    browser = Browser(MemoryStore(REGISTRATION, second), KeyServer())
    assert refusal(lambda: browser.log_in({"client_id": ""})) == "login_platform_unknown"
