"""A message to an account in the MIS is signed, and every answer is told apart."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

import pytest

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryProblem,
    DeliveryRefused,
    DeliveryUnavailable,
    Message,
)
from mis_bridge.delivery.mis import MisMessage
from mis_bridge.delivery.wire import Reply
from mis_bridge.domain.words import Words


class Account:
    """What was posted, and what is answered."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.posted: list[tuple[dict[str, object], dict[str, str]]] = []

    def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        self.posted.append((json.loads(body), dict(headers)))
        return self.reply


def signed(message_id: str, body: bytes) -> Mapping[str, str]:
    """Stand for the signature."""
    return {"webhook-id": message_id, "webhook-signature": f"v1,{len(body)}"}


def message(to: str | None = "mis:P-77") -> Message:
    """Return a message to one account."""
    return Message(
        reference="mb-1",
        group="660/4001",
        event="decision_started",
        subject=Words("You have a new message", "Mae gennych neges newydd"),
        addressee="Rhian Canary",
        address=None,
        pages={"letter-1-cy.pdf": b"%PDF cy"},
        electronic_address=to,
        channel="mis",
    )


def test_a_message_holds_reference_school_account_and_documents_and_no_name() -> None:
    account = Account(Reply(202))
    handed = MisMessage(account.post, signed).send(message())
    ((body, headers),) = account.posted
    assert handed.artefact == "mb-1"
    assert headers["webhook-id"] == "mb-1"
    assert headers["Content-Type"] == "application/json"
    assert (body["school"], body["account"], body["type"]) == ("660/4001", "P-77", "aln.message")
    assert body["documents"] == [
        {"name": "letter-1-cy.pdf", "content": base64.b64encode(b"%PDF cy").decode()}
    ]
    assert "Canary" not in json.dumps(body)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, DeliveryUnavailable),
        (500, DeliveryUnavailable),
        (503, DeliveryUnavailable),
        (599, DeliveryUnavailable),
        (401, DeliveryMisconfigured),
        (403, DeliveryMisconfigured),
        (302, DeliveryMisconfigured),
        (404, DeliveryRefused),
        (410, DeliveryRefused),
        (413, DeliveryRefused),
    ],
)
def test_each_answer_that_is_no_yes_has_its_kind(status: int, kind: type[DeliveryProblem]) -> None:
    account = Account(Reply(status, retry_after=90.0))
    with pytest.raises(kind) as fault:
        MisMessage(account.post, signed).send(message())
    if isinstance(fault.value, DeliveryUnavailable):
        assert fault.value.retry_after == 90.0


@pytest.mark.parametrize("to", [None, "", "mis:", "rhian@example.test"])
def test_without_an_account_nothing_is_posted(to: str | None) -> None:
    account = Account(Reply(202))
    with pytest.raises(DeliveryRefused):
        MisMessage(account.post, signed).send(message(to))
    assert account.posted == []


def test_trying_posts_a_signed_message_without_content() -> None:
    account = Account(Reply(204))
    MisMessage(account.post, signed).check("test-1")
    assert account.posted[0][0] == {"type": "aln.message.test", "reference": "test-1"}
