"""Mail goes encrypted, under a head that says nothing, and every fault is told apart."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryProblem,
    DeliveryRefused,
    DeliveryUnavailable,
    Message,
)
from mis_bridge.delivery.smtp import MailServer, Smtp
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words
from tests.support.fake_smtp import USER, WORD, FakeSmtp, certificate_for, fake_smtp

TO = "canary@example.test"
NAMES = ("Canary", "Rhian", "Heol")


def message(to: str | None = TO) -> Message:
    """Return a message to one invented person."""
    return Message(
        reference="mb-1",
        group="660/4001",
        event="decision_started",
        subject=Words("You have a new message", "Mae gennych neges newydd"),
        addressee="Rhian Canary",
        address="1 Heol",
        pages={"letter-1-cy.pdf": b"%PDF cy", "letter-2-en.pdf": b"%PDF en"},
        electronic_address=to,
        channel="smtp",
    )


def channel(
    server: FakeSmtp,
    *,
    tls: str = "none",
    trust: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    word: str = WORD,
) -> Smtp:
    """Return the channel to a server on loopback."""
    chosen = MailServer(
        host=host,
        port=server.port,
        tls="starttls" if tls == "starttls" else "none",
        sender="aln@council.example.org",
        username=USER,
    )
    return Smtp(
        chosen,
        Secret(word),
        lambda seconds: socket.create_connection(("127.0.0.1", server.port), seconds),
        trust or ssl.create_default_context(),
        seconds=2,
        in_all=5,
    )


@pytest.fixture
def server() -> Iterator[FakeSmtp]:
    """Return a server without encryption."""
    with fake_smtp() as running:
        yield running


def test_a_mail_bears_both_documents_and_a_head_that_names_nobody(server: FakeSmtp) -> None:
    handed = channel(server).send(message())
    (mail,) = server.mails
    assert mail["Subject"] == "Mae gennych neges newydd / You have a new message"
    assert mail["Message-ID"] == handed.artefact == "<mb-1@council.example.org>"
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "letter-1-cy.pdf",
        "letter-2-en.pdf",
    ]
    body = mail.get_body()
    assert body is not None
    shown = f"{mail.items()}{body.get_content()}"
    assert [name for name in NAMES if name in shown] == []
    assert mail["To"] == TO


def test_a_message_offered_again_has_the_same_message_id(server: FakeSmtp) -> None:
    server.answers["DATA"] = [""]
    with pytest.raises(DeliveryUnavailable) as broken:
        channel(server).send(message())
    assert not broken.value.answered
    channel(server).send(message())
    assert [mail["Message-ID"] for mail in server.mails] == ["<mb-1@council.example.org>"] * 2


@pytest.mark.parametrize(
    ("verb", "answer", "kind"),
    [
        ("RCPT", "550 no such user", DeliveryRefused),
        ("RCPT", "451 greylisted", DeliveryUnavailable),
        ("DATA", "554 rejected", DeliveryRefused),
        ("DATA", "452 no room", DeliveryUnavailable),
        ("AUTH", "535 not you", DeliveryMisconfigured),
        ("AUTH", "454 not now", DeliveryUnavailable),
        ("MAIL", "550 sender unknown", DeliveryMisconfigured),
        ("MAIL", "421 closing", DeliveryUnavailable),
        ("CONNECT", "554 no service", DeliveryMisconfigured),
        ("CONNECT", "", DeliveryUnavailable),
        ("EHLO", "", DeliveryUnavailable),
    ],
)
def test_passing_and_lasting_faults_are_told_apart(
    server: FakeSmtp, verb: str, answer: str, kind: type[DeliveryProblem]
) -> None:
    server.answers[verb] = [answer] * 2
    with pytest.raises(kind) as fault:
        channel(server).send(message())
    assert server.mails == []
    assert TO not in str(fault.value)
    if isinstance(fault.value, DeliveryUnavailable):
        assert fault.value.answered or verb in {"MAIL", "RCPT", "DATA"}


def test_a_server_that_says_nothing_is_waited_for_so_long_and_no_longer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(DeliveryUnavailable) as late:
            channel(FakeSmtp(port=port)).send(message())
    assert late.value.answered


@pytest.mark.parametrize("to", [None, "", "no-address", "a@b.test, c@d.test", "a@b.test\r\nBcc: x"])
def test_what_is_no_single_address_is_refused(server: FakeSmtp, to: str | None) -> None:
    with pytest.raises(DeliveryRefused):
        channel(server).send(message(to))
    assert server.mails == []


def test_mail_goes_encrypted_to_a_server_that_proves_its_name(tmp_path: Path) -> None:
    served, trust = certificate_for("127.0.0.1", tmp_path)
    with fake_smtp(served) as server:
        channel(server, tls="starttls", trust=trust).send(message())
        assert len(server.mails) == 1
        assert "MAIL (tls)" in server.seen
        assert "AUTH (tls)" in server.seen


def test_a_server_that_proves_another_name_gets_neither_login_nor_mail(tmp_path: Path) -> None:
    served, trust = certificate_for("mail.other.test", tmp_path)
    with fake_smtp(served) as server:
        with pytest.raises(DeliveryMisconfigured) as fault:
            channel(server, tls="starttls", trust=trust).send(message())
        assert fault.value.fault == "smtp:certificate"
        assert not any(seen.startswith(("AUTH", "MAIL")) for seen in server.seen)


def test_a_server_without_encryption_gets_neither_login_nor_mail(server: FakeSmtp) -> None:
    with pytest.raises(DeliveryMisconfigured) as fault:
        channel(server, tls="starttls").send(message())
    assert fault.value.fault == "smtp:not_supported"
    assert not any(seen.startswith(("AUTH", "MAIL")) for seen in server.seen)


def test_trying_the_server_sends_nothing(server: FakeSmtp) -> None:
    channel(server).check()
    assert server.mails == []
    assert "NOOP" in server.seen
    with pytest.raises(DeliveryMisconfigured):
        channel(server, word="wrong-word").check()
