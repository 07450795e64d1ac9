"""E-mail through the authority's own mail server, encrypted on the way to it, with PDFs attached.

A mail server cannot be asked what it took: a message whose answer was lost is offered again under
the same Message-ID, by which readers' programs know it for the same.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import formataddr
from typing import Literal

from mis_bridge.delivery.base import (
    DeliveryMisconfigured,
    DeliveryProblem,
    DeliveryRefused,
    DeliveryUnavailable,
    Fate,
    Handed,
    Message,
)
from mis_bridge.domain.secrets import Secret
from mis_bridge.domain.words import Words

Connect = Callable[[float], socket.socket]
"""Opens a connection to the mail server's vetted address within so many seconds."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes and from whom; `tls` is "none" on this machine's own loopback alone."""

    host: str
    port: int
    tls: Literal["starttls", "tls", "none"]
    sender: str
    sender_name: str = ""
    username: str | None = None


class Smtp:
    """A mail server. `seconds` bounds each answer, `in_all` the whole conversation."""

    name = "smtp"
    unknown_needs_a_person = False

    def __init__(
        self,
        server: MailServer,
        password: Secret | None,
        connect: Connect,
        trust: ssl.SSLContext,
        *,
        seconds: float = 20.0,
        in_all: float = 90.0,
    ) -> None:
        self._server, self._password = server, password
        self._connect, self._trust = connect, trust
        self._seconds, self._in_all = seconds, in_all

    def find(self, reference: str, group: str) -> Handed | None:
        """Return None: a mail server cannot be asked."""
        del reference, group
        return None

    def look(self, artefact: str) -> Fate | None:
        """Return None: what becomes of an e-mail is not known here."""
        del artefact
        return None

    def send(self, message: Message) -> Handed:
        """Hand the e-mail to the server."""
        mail = mail_of(message, self._server)

        def say(server: smtplib.SMTP) -> None:
            server.send_message(mail, self._server.sender, [str(mail["To"])])

        self._converse(say, sending=True)
        return Handed(str(mail["Message-ID"]), message.digest())

    def check(self) -> None:
        """Greet the server, encrypt, log in and leave; raises as `send` does."""
        self._converse(lambda server: server.noop(), sending=False)

    def _converse(self, say: Callable[[smtplib.SMTP], object], *, sending: bool) -> None:
        said = False
        try:
            with self._opened() as server:
                self._enter(server)
                said = sending
                say(server)
                said = False  # it was taken: what goes wrong at leaving is of no weight
                with suppress(smtplib.SMTPException, OSError):
                    server.quit()
        except (smtplib.SMTPException, OSError) as fault:
            raise _judged(fault, said=said) from None

    def _opened(self) -> _Conversation:
        return _Conversation(self._server, self._connect, self._trust, self._seconds, self._in_all)

    def _enter(self, server: smtplib.SMTP) -> None:
        server.ehlo()
        if self._server.tls == "starttls":
            server.starttls(context=self._trust)
            server.ehlo()
        if self._server.username and self._password:
            server.login(self._server.username, self._password.reveal_text())


def mail_of(message: Message, server: MailServer) -> EmailMessage:
    """Return the e-mail: its head and text say only that there is a message.

    Raises DeliveryRefused for an address that is none.
    """
    to = (message.electronic_address or "").strip()
    domain = server.sender.rpartition("@")[2]
    mail = EmailMessage(policy=MAIL_POLICY)
    try:
        mail["From"] = formataddr((server.sender_name, server.sender))
        mail["To"] = to
        found = mail["To"].addresses
    except (ValueError, IndexError):
        found = ()
    if len(found) != 1 or found[0].addr_spec != to or "@" not in to:
        raise DeliveryRefused(_NO_ADDRESS)
    mail["Subject"] = f"{message.subject.cy} / {message.subject.en}"
    mail["Message-ID"] = f"<{message.reference}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{_TEXT.cy}\n\n{_TEXT.en}\n")
    for name, content in message.pages.items():
        kind = "pdf" if name.endswith(".pdf") else "octet-stream"
        mail.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return mail


class _Conversation(smtplib.SMTP):
    """A conversation over a socket that was opened for us, cut when its time is over."""

    def __init__(
        self,
        server: MailServer,
        connect: Connect,
        trust: ssl.SSLContext,
        seconds: float,
        in_all: float,
    ) -> None:
        self._opened_by, self._trust, self._wrapped = connect, trust, server.tls == "tls"
        self._timer = threading.Timer(in_all, self._cut)
        self._timer.daemon = True
        self._timer.start()
        try:
            super().__init__(server.host, server.port, timeout=seconds)
        except BaseException:
            self._timer.cancel()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del port
        opened = self._opened_by(timeout)
        if not self._wrapped:
            return opened
        return self._trust.wrap_socket(opened, server_hostname=host)

    def close(self) -> None:
        """Close the connection and stop its clock."""
        self._timer.cancel()
        super().close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cut(self) -> None:
        held = self.sock
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def _judged(fault: Exception, *, said: bool) -> DeliveryProblem:
    """Tell a passing fault from a lasting one, by the server's own codes (RFC 5321 4.2.1)."""
    if isinstance(fault, ssl.SSLCertVerificationError | smtplib.SMTPNotSupportedError):
        certificate = isinstance(fault, ssl.SSLError)
        return _misconfigured("certificate" if certificate else "not_supported")
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in fault.recipients.values()]
    elif isinstance(fault, smtplib.SMTPResponseException):
        codes = [fault.smtp_code]
    else:
        return DeliveryUnavailable(_BROKEN, answered=not said)
    if max(codes, default=0) < 500:
        return DeliveryUnavailable(_BUSY)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        return DeliveryRefused(_NOT_THERE)
    if isinstance(fault, smtplib.SMTPDataError):
        return DeliveryRefused(_NOT_TAKEN)
    return _misconfigured(str(max(codes)))


def _misconfigured(why: str) -> DeliveryMisconfigured:
    return DeliveryMisconfigured(_SETTINGS.fill(why=why), f"smtp:{why}")


_TEXT = Words(
    "You have a new message. It is attached, in Welsh and in English.",
    "Mae gennych neges newydd. Mae ynghlwm, yn Gymraeg ac yn Saesneg.",
)
_NO_ADDRESS = Words(
    "the recipient has supplied no address for e-mail, or one that is none",
    "nid yw'r derbynnydd wedi rhoi cyfeiriad ar gyfer e-bost, neu nid yw'n gyfeiriad dilys",
)
_NOT_THERE = Words(
    "the mail server knows no such address", "nid yw'r gweinydd post yn adnabod y cyfeiriad"
)
_NOT_TAKEN = Words(
    "the mail server does not take this message", "nid yw'r gweinydd post yn derbyn y neges hon"
)
_BUSY = Words(
    "the mail server takes no messages now", "nid yw'r gweinydd post yn derbyn negeseuon nawr"
)
_BROKEN = Words(
    "the conversation with the mail server broke off", "torrodd y sgwrs â'r gweinydd post"
)
_SETTINGS = Words(
    "the mail server does not accept us ({why}); check host, encryption and login, then run "
    "mis-bridge delivery test",
    "nid yw'r gweinydd post yn ein derbyn ({why}); gwiriwch y gwesteiwr, yr amgryptio a'r "
    "mewngofnodi, yna rhedwch mis-bridge delivery test",
)
