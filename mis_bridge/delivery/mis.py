"""A message to a person's account in the MIS, as a signed webhook.

The receiver keeps the `webhook-id`: offered twice, it is one message.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Protocol

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryRefused,
    DeliveryUnavailable,
    Fate,
    Handed,
    Message,
)
from mis_bridge.delivery.wire import RETRIED, Reply
from mis_bridge.domain.words import Words

SCHEME = "mis:"
MESSAGE_TYPE = "aln.message"
TEST_TYPE = "aln.message.test"

Post = Callable[[bytes, Mapping[str, str]], Reply]
"""Posts a body with headers to the route's address, under the rules of every call outward."""


class Sign(Protocol):
    """Signs a body under the message's id, as Standard Webhooks 1.0.0 lays down."""

    def __call__(self, message_id: str, body: bytes) -> Mapping[str, str]:
        """Return the headers that prove the sender."""


class MisMessage:
    """The inbox of a parent's or learner's account in the MIS."""

    name = "mis"
    unknown_needs_a_person = False

    def __init__(self, post: Post, sign: Sign) -> None:
        self._post, self._sign = post, sign

    def find(self, reference: str, group: str) -> Handed | None:
        """Return None: the MIS cannot be asked, and knows a message that it has by its id."""
        del reference, group
        return None

    def look(self, artefact: str) -> Fate | None:
        """Return None: the MIS says no more than that it took the message."""
        del artefact
        return None

    def send(self, message: Message) -> Handed:
        """Post the message with its documents to the account that its recipient supplied."""
        account = (message.electronic_address or "").strip()
        if not account.startswith(SCHEME) or account == SCHEME:
            raise DeliveryRefused(_NO_ACCOUNT)
        self._judge(
            self._offer(
                message.reference,
                {
                    "type": MESSAGE_TYPE,
                    "reference": message.reference,
                    "school": message.group,
                    "account": account.removeprefix(SCHEME),
                    "subject": {"cy": message.subject.cy, "en": message.subject.en},
                    "documents": [
                        {"name": name, "content": b64encode(content).decode()}
                        for name, content in message.pages.items()
                    ],
                },
            )
        )
        return Handed(message.reference, message.digest())

    def check(self, message_id: str) -> None:
        """Post a signed message without content; raises as `send` does."""
        self._judge(self._offer(message_id, {"type": TEST_TYPE, "reference": message_id}))

    def _offer(self, message_id: str, told: Mapping[str, object]) -> Reply:
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        signed = self._sign(message_id, body)
        return self._post(body, {"Content-Type": "application/json", **signed})

    @staticmethod
    def _judge(reply: Reply) -> None:
        if 200 <= reply.status < 300:
            return
        if reply.status in RETRIED or reply.status >= 500:
            raise DeliveryUnavailable(_BUSY, retry_after=reply.retry_after)
        if reply.status in {401, 403} or 300 <= reply.status < 400:
            raise DeliveryMisconfigured(_SHUT.fill(status=reply.status), f"mis:{reply.status}")
        raise DeliveryRefused(_REFUSED.fill(status=reply.status))


_NO_ACCOUNT = Words(
    "the recipient has supplied no account in the MIS",
    "nid yw'r derbynnydd wedi rhoi cyfrif yn y MIS",
)
_BUSY = Words("the MIS takes no messages now", "nid yw'r MIS yn derbyn negeseuon nawr")
_SHUT = Words(
    "the MIS does not accept our signature, or sends us elsewhere ({status}); check the address "
    "and the secret, then run mis-bridge delivery test",
    "nid yw'r MIS yn derbyn ein llofnod, neu mae'n ein hanfon i fan arall ({status}); gwiriwch y "
    "cyfeiriad a'r gyfrinach, yna rhedwch mis-bridge delivery test",
)
_REFUSED = Words(
    "the MIS does not take this message ({status})", "nid yw'r MIS yn derbyn y neges hon ({status})"
)
