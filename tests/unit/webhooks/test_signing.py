"""What we sign, the receivers' own ways of verifying accept: ours, and the one that we publish."""

from __future__ import annotations

import re
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mis_bridge.services.subscribers.outgoing import KINDS
from webhooks.base import WebhookRejected
from webhooks.signatures import sign
from webhooks.standard import StandardSender

GUIDE = (Path(__file__).parents[3] / "docs" / "webhooks-out.md").read_text(encoding="utf-8")
RAW = [b"a secret of thirty-two bytes....", b"another one of thirty-two bytes."]
TEXT = ["whsec_" + b64encode(raw).decode() for raw in RAW]


def headers(body: bytes, at: int, secrets: list[bytes]) -> dict[str, str]:
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign("evt_1", at, body, secrets),
    }


def published() -> Any:
    """Return the function that the guide gives to vendors."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, "webhooks-out.md", "exec"), names)  # noqa: S102 - our own page
    return names["verify"]


def test_the_specifications_own_example_gets_its_signature() -> None:
    secret = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    made = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [secret])
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(body=st.binary(max_size=500), at=st.integers(0, 4_000_000_000))
def test_either_secret_verifies_what_both_signed(body: bytes, at: int) -> None:
    now = datetime.fromtimestamp(at, UTC)
    for secret in TEXT:
        StandardSender().verify(body, headers(body, at, RAW), [secret], now)


def test_a_changed_body_id_or_time_proves_nothing() -> None:
    at = int(time.time())
    now = datetime.fromtimestamp(at, UTC)
    good = headers(b"{}", at, RAW)
    for body, changed in (
        (b"{ }", {}),
        (b"{}", {"webhook-id": "evt_2"}),
        (b"{}", {"webhook-timestamp": str(at + 1)}),
    ):
        with pytest.raises(WebhookRejected):
            StandardSender().verify(body, good | changed, TEXT, now)


def test_the_published_function_accepts_what_we_sign_and_nothing_else() -> None:
    verify, at = published(), int(time.time())
    for secret in TEXT:
        assert verify(headers(b"{}", at, RAW), b"{}", secret)
    assert not verify(headers(b"{}", at, RAW[:1]), b"{}", TEXT[1])
    assert not verify(headers(b"{}", at, RAW), b"{ }", TEXT[0])
    assert not verify(headers(b"{}", at - 301, RAW), b"{}", TEXT[0])


def test_the_guide_names_every_kind_of_event_and_no_other() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \|", GUIDE, re.MULTILINE)
    assert sorted(rows) == sorted(KINDS)
