"""A mail server on loopback that takes what it is sent, with TLS or without, and fails as told."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, WORD = "bridge", "invented-password"


@dataclass
class FakeSmtp:
    """What the server took; `answers` replaces its answer to a verb, once each.

    The answer "" means that the connection breaks off; after DATA the message is taken first.
    """

    port: int = 0
    starttls: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def answer(self, verb: str, usual: str) -> str:
        """Return what to say to a verb."""
        held = self.answers.get(verb)
        return held.pop(0) if held else usual


@contextmanager
def fake_smtp(certificate: ssl.SSLContext | None = None) -> Iterator[FakeSmtp]:
    """Run the server on a free port; with a certificate it offers STARTTLS."""
    state = FakeSmtp(starttls=certificate is not None)
    listener = socket.create_server(("127.0.0.1", 0))
    state.port = listener.getsockname()[1]

    def serve() -> None:
        with suppress(OSError):
            while True:
                opened, _ = listener.accept()
                threading.Thread(
                    target=_talk, args=(state, opened, certificate), daemon=True
                ).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        # A thread that waits in accept() is woken by the shutdown, not by the close alone.
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _talk(state: FakeSmtp, opened: socket.socket, certificate: ssl.SSLContext | None) -> None:
    conversation = _Conversation(state, opened, certificate)
    with suppress(OSError, ValueError):
        conversation.run()
    conversation.close()


class _Conversation:
    def __init__(
        self, state: FakeSmtp, opened: socket.socket, certificate: ssl.SSLContext | None
    ) -> None:
        self._state, self._socket, self._certificate = state, opened, certificate
        self._lines = opened.makefile("rb")
        self._encrypted = False

    def run(self) -> None:
        if not self._say("CONNECT", "220 fake.test"):
            return
        while line := self._lines.readline():
            verb = line.split()[0].upper().decode() if line.split() else ""
            self._state.seen.append(f"{verb}{' (tls)' if self._encrypted else ''}")
            if not self._answered(verb, line):
                return

    def close(self) -> None:
        """Let go of both ends."""
        with suppress(OSError):
            self._lines.close()
        self._socket.close()

    def _answered(self, verb: str, line: bytes) -> bool:
        match verb:
            case "EHLO":
                usual = self._offers()
            case "STARTTLS" if self._certificate is not None:
                return self._encrypt(self._certificate)
            case "AUTH":
                given = base64.b64decode(line.split()[-1]).decode()
                usual = "235 welcome" if given == f"\0{USER}\0{WORD}" else "535 not you"
            case "DATA":
                return self._say("BEFORE DATA", "354 go on") and self._take()
            case "QUIT":
                usual = "221 bye"
            case "MAIL" | "RCPT" | "NOOP" | "RSET":
                usual = "250 ok"
            case _:
                usual = "502 unknown"
        return self._say(verb, usual) and verb != "QUIT"

    def _offers(self) -> str:
        offers = ["fake.test", "AUTH PLAIN"]
        if self._state.starttls and not self._encrypted:
            offers.append("STARTTLS")
        last = offers.pop()
        return "".join(f"250-{offer}\r\n" for offer in offers) + f"250 {last}"

    def _encrypt(self, certificate: ssl.SSLContext) -> bool:
        self._say("STARTTLS", "220 go ahead")
        self._lines.close()
        self._socket = certificate.wrap_socket(self._socket, server_side=True)
        self._lines, self._encrypted = self._socket.makefile("rb"), True
        return True

    def _take(self) -> bool:
        pieces: list[bytes] = []
        while (line := self._lines.readline()) not in {b".\r\n", b""}:
            pieces.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(pieces), policy=policy.SMTP)
        usual = "250 taken"
        said = self._state.answer("DATA", usual)
        if said in {usual, ""} and isinstance(mail, EmailMessage):
            self._state.mails.append(mail)
        return self._write(said)

    def _say(self, verb: str, usual: str) -> bool:
        return self._write(self._state.answer(verb, usual))

    def _write(self, said: str) -> bool:
        if not said:
            self._socket.shutdown(socket.SHUT_RDWR)
            return False
        self._socket.sendall(f"{said}\r\n".encode())
        return True


def certificate_for(host: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a certificate for a host; return the server's side, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    today = datetime.datetime.now(datetime.UTC)
    try:
        shown: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        shown = x509.DNSName(host)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([shown]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{host}.pem", folder / f"{host}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))
