"""Standard Webhooks: what proves a sender, and that nothing hostile can do more than be refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from webhooks.base import WebhookMalformed, WebhookProblem, WebhookRejected
from webhooks.standard import StandardSender

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four.").decode()
OTHER = "whsec_" + base64.b64encode(b"another of twenty-four b").decode()
BODY = b'{"type": "pupil.joined"}'
SENDER = StandardSender()


def signature(
    body: bytes = BODY,
    *,
    secret: str = SECRET,
    event_id: str = "msg_1",
    stamp: str = str(int(NOW.timestamp())),
) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{stamp}.".encode("latin-1") + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(**changed: str) -> dict[str, str]:
    given_headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature(),
    }
    return given_headers | {name.replace("_", "-"): value for name, value in changed.items()}


def test_a_signed_delivery_is_proven_and_gives_its_id() -> None:
    proof = SENDER.verify(BODY, headers(), [SECRET], NOW)
    assert (proof.event_id, proof.secret) == ("msg_1", 0)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "v1,",
        "v1,AAA",
        "v1,a,b",
        "v2,AAAA",
        "v1,é",
        " v1",
        "v1a,AAAA",
        "v1a," + base64.b64encode(b"x" * 64).decode(),
        "v1," + base64.b64encode(b"x" * 32).decode(),
        signature()[:-4],
        signature().replace("v1,", "v0,"),
        signature().replace("v1,", "V1,"),
        signature().replace("v1,", ""),
        "\x00" * 40,
        " ".join(["v1,AAAA"] * 5000),
        " ".join(["v1,AAAA"] * 16 + [signature()]),
    ],
)
def test_a_malformed_signature_is_a_rejection_and_never_a_crash(header: str) -> None:
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, headers(webhook_signature=header), [SECRET], NOW)


@given(st.text(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_no_header_whatever_it_holds_does_more_than_be_refused(
    header: str, event_id: str, stamp: str
) -> None:
    hostile = headers(webhook_signature=header, webhook_id=event_id, webhook_timestamp=stamp)
    with pytest.raises(WebhookProblem):
        SENDER.verify(BODY, hostile, [SECRET], NOW)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_a_rejection(missing: str) -> None:
    given_headers = headers()
    del given_headers[missing]
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, given_headers, [SECRET], NOW)


@pytest.mark.parametrize(
    "body", [BODY[:-1] + b" }", BODY + b"\n", b" " + BODY, b'{"type":"pupil.joined"}', b""]
)
def test_a_body_changed_by_one_byte_is_not_proven(body: bytes) -> None:
    with pytest.raises(WebhookRejected):
        SENDER.verify(body, headers(), [SECRET], NOW)


def test_a_signature_by_another_secret_is_not_proven() -> None:
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, headers(webhook_signature=signature(secret=OTHER)), [SECRET], NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_é", "whpk_AAAA", "whsec_QUJD", "plain"])
def test_a_secret_that_is_none_proves_nobody(secret: str) -> None:
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, headers(), [secret], NOW)


@pytest.mark.parametrize(("live", "position"), [([SECRET, OTHER], 0), ([OTHER, SECRET], 1)])
def test_every_live_secret_proves_while_they_overlap(live: list[str], position: int) -> None:
    assert SENDER.verify(BODY, headers(), live, NOW).secret == position


@pytest.mark.parametrize("first", ["v2,AAAA", "garbage", signature(secret=OTHER), ""])
def test_one_good_signature_among_several_is_enough(first: str) -> None:
    both = headers(webhook_signature=f"{first} {signature()}")
    assert SENDER.verify(BODY, both, [SECRET], NOW).event_id == "msg_1"


def test_an_ed25519_signature_proves_with_the_public_key_alone() -> None:
    private = Ed25519PrivateKey.generate()
    public = "whpk_" + base64.b64encode(private.public_key().public_bytes_raw()).decode()
    stamp = str(int(NOW.timestamp()))
    made = base64.b64encode(private.sign(f"msg_1.{stamp}.".encode() + BODY)).decode()
    signed = headers(webhook_signature=f"v1a,{made}")
    assert SENDER.verify(BODY, signed, [SECRET, public], NOW).secret == 1
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY + b" ", signed, [SECRET, public], NOW)
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, headers(webhook_signature=f"v1,{made}"), [public], NOW)


@pytest.mark.parametrize("seconds", [-300, -1, 0, 1, 300])
def test_a_time_stamp_within_five_minutes_is_fresh(seconds: int) -> None:
    stamp = str(int(NOW.timestamp()) + seconds)
    fresh = headers(webhook_timestamp=stamp, webhook_signature=signature(stamp=stamp))
    assert SENDER.verify(BODY, fresh, [SECRET], NOW).event_id == "msg_1"


@pytest.mark.parametrize(
    "stamp",
    [
        str(int((NOW - timedelta(seconds=301)).timestamp())),
        str(int((NOW + timedelta(seconds=301)).timestamp())),
        "-1",
        "0",
        "1e10",
        "12345678901234567890",
        "NaN",
        "",
        " 1795165200",
        "1795165200.0",
        "+1795165200",
        "1_795_165_200",
    ],
)
def test_a_time_stamp_that_is_old_early_or_no_integer_is_a_rejection(stamp: str) -> None:
    stale = headers(webhook_timestamp=stamp, webhook_signature=signature(stamp=stamp))
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, stale, [SECRET], NOW)


@pytest.mark.parametrize("event_id", ["a.b", "a\nb", "a\x00b", "x" * 129, "", "msg é", "msg 1"])
def test_a_signed_id_that_is_none_is_malformed(event_id: str) -> None:
    odd = headers(webhook_id=event_id, webhook_signature=signature(event_id=event_id))
    with pytest.raises(WebhookMalformed):
        SENDER.verify(BODY, odd, [SECRET], NOW)


def test_an_id_outside_latin_1_is_a_rejection() -> None:
    with pytest.raises(WebhookRejected):
        SENDER.verify(BODY, headers(webhook_id="msg_\N{FULLWIDTH DIGIT ONE}"), [SECRET], NOW)


def test_what_a_sender_is_told_never_says_which_check_failed() -> None:
    told = set()
    for wrong in (
        headers(webhook_signature="v1,AAAA"),
        headers(webhook_timestamp="1", webhook_signature=signature(stamp="1")),
    ):
        with pytest.raises(WebhookRejected) as refused:
            SENDER.verify(BODY, wrong, [SECRET], NOW)
        told.add((refused.value.words.en, refused.value.words.cy))
    assert len(told) == 1
