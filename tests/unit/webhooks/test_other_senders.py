"""The senders that sign less: a digest of the body alone, and nothing but a secret address."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webhooks.base import SCHOOL_ACCESS_CHANGED, WebhookMalformed, WebhookRejected
from webhooks.github import GithubSender
from webhooks.registry import SENDER_NAMES, sender
from webhooks.wonde import WondeSender

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "a secret + with a plus"
BODY = b'{"type": "x"}'
NOTICES = json.loads(Path("tests/vendor_samples/wonde_webhooks.json").read_text(encoding="utf-8"))


def digest(body: bytes = BODY, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(**changed: str) -> dict[str, str]:
    given = {"x-hub-signature-256": digest(), "x-github-delivery": "72d3162e-cc78-11e3"}
    return given | {name.replace("_", "-"): value for name, value in changed.items()}


def test_a_digest_of_the_body_proves_the_sender() -> None:
    proof = GithubSender().verify(BODY, signed(), ["other", SECRET], NOW)
    assert (proof.event_id, proof.secret) == ("72d3162e-cc78-11e3", 1)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256=",
        digest().removeprefix("sha256="),
        digest().replace("sha256", "sha1"),
        digest()[:-1],
        digest() + "0",
        digest(secret="other"),
        digest(body=b"{}"),
        "sha256=" + "é" * 64,
        "sha256=" + "0" * 64,
    ],
)
def test_any_other_digest_is_a_rejection(header: str) -> None:
    with pytest.raises(WebhookRejected):
        GithubSender().verify(BODY, signed(x_hub_signature_256=header), [SECRET], NOW)


def test_a_delivery_without_its_headers_is_a_rejection() -> None:
    with pytest.raises(WebhookRejected):
        GithubSender().verify(BODY, {}, [SECRET], NOW)


def test_a_proven_delivery_with_no_proper_id_is_malformed() -> None:
    with pytest.raises(WebhookMalformed):
        GithubSender().verify(BODY, signed(x_github_delivery="a.b"), [SECRET], NOW)


def test_the_secret_address_proves_and_a_plus_sign_stays_one() -> None:
    query = "key=a%20secret%20+%20with%20a%20plus"
    assert WondeSender().verify(BODY, {}, ["other", SECRET], NOW, query).secret == 1


@pytest.mark.parametrize(
    "query",
    ["", "key=", "key=wrong", "key=%FF", "other=x", "key=a+secret+%2B+with+a+plus", "KEY=x"],
)
def test_any_other_address_is_a_rejection(query: str) -> None:
    with pytest.raises(WebhookRejected):
        WondeSender().verify(BODY, {}, [SECRET], NOW, query)


def test_without_a_secret_of_its_own_the_opaque_address_is_the_secret() -> None:
    assert WondeSender().verify(BODY, {}, [], NOW).secret is None


def test_a_repeated_notice_has_the_same_id_and_one_of_another_day_its_own() -> None:
    query = "key=x"
    ids = [
        WondeSender().verify(BODY, {}, ["x"], at, query).event_id
        for at in (NOW, NOW + timedelta(seconds=20), NOW + timedelta(days=1))
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice["payload_type"])
def test_every_known_notice_is_a_claim_about_a_school_and_never_about_a_pupil(
    notice: dict[str, str],
) -> None:
    (event,) = WondeSender().events(json.dumps(notice).encode(), "id")
    assert event.kind == SCHOOL_ACCESS_CHANGED
    assert event.recognised
    assert (event.school_ref, event.record_id) == (notice["school_id"], None)


def test_a_notice_of_an_unknown_kind_is_kept_under_its_name() -> None:
    (event,) = WondeSender().events(b'{"payload_type": "schoolPaused"}', "id")
    assert (event.kind, event.recognised) == ("wonde.schoolPaused", False)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"payload_type": 1}',
        b'{"payload_type": "accessRevoked"}',
        b'{"payload_type": "accessRevoked", "school_id": "../x"}',
    ],
)
def test_a_body_that_is_no_notice_is_malformed(body: bytes) -> None:
    with pytest.raises(WebhookMalformed):
        WondeSender().events(body, "id")


def test_a_polled_connection_has_no_sender() -> None:
    assert sender("none") is None
    assert all(sender(name) is not None for name in SENDER_NAMES)
