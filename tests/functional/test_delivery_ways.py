"""The authority's own mail server and accounts in the MIS, from the outbox to the far end."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mis_bridge.services.sending.channels import OpenWays
from tests.factories.authorities import NOW
from tests.factories.routes import add_route
from tests.support.fake_smtp import USER, WORD, fake_smtp
from tests.support.letterbox import MAIL, SCHOOL, Letterbox, letterbox
from tests.support.senders import SECRET
from webhooks.base import WebhookRejected
from webhooks.standard import StandardSender

NAMES = ("Canary", "Rhian", "Owain", "Aled", "Trefddychmygol")


@dataclass
class Inbox:
    """An MIS that takes messages for accounts; `status` is its next answer."""

    origin: str = ""
    status: int = 202
    taken: dict[str, dict[str, object]] = field(default_factory=dict)
    offered: int = 0


@contextmanager
def inbox() -> Iterator[Inbox]:
    """Run the MIS's inbox on loopback; it proves every signature with the published library's."""
    state = Inbox()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.offered += 1
            try:
                proof = StandardSender().verify(raw, headers, [SECRET], datetime.now(UTC))
            except WebhookRejected:
                self.send_response(401)
            else:
                if state.status < 300:
                    state.taken[proof.event_id] = json.loads(raw)
                self.send_response(state.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    state.origin = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def school(box: Letterbox, channel: str, settings: dict[str, str], secret: str, at: str) -> None:
    """Set up one way that leads to a stand-in, and make a notice."""
    with Session(box.database) as session, session.begin():
        box.routes[channel] = add_route(session, SCHOOL, channel, settings, secret, at)
    box.ways = OpenWays(Path(), frozenset({at}), lambda: datetime.now(UTC), seconds=3.0)
    box.enrol("A1")
    box.consent("mis:P-77" if channel == "mis" else MAIL)
    box.concern("A1")


def test_a_message_goes_to_the_account_that_its_reader_supplied_once(tmp_path: Path) -> None:
    with letterbox("sqlite", tmp_path) as box, inbox() as mis:
        school(box, "mis", {"url": f"{mis.origin}/aln"}, SECRET, mis.origin)
        (row,) = box.messages("contact:1")
        assert row.channel == "mis"
        mis.status = 503
        assert box.deliver(row) == "put_off"
        mis.status = 202
        assert box.deliver(row, 2) == "handed_over"
        assert box.deliver(row, 3) == "settled"
        assert list(mis.taken) == [row.reference]
        assert mis.offered == 2
        told = mis.taken[row.reference]
        assert (told["account"], told["school"]) == ("P-77", "660/4001")
        documents = told["documents"]
        assert isinstance(documents, list)
        assert [each["name"] for each in documents] == ["letter-1-cy.pdf", "letter-2-en.pdf"]
        given = box.message(row.id)
        assert (given.state, given.given_on) == ("delivered", NOW.date())


@pytest.mark.parametrize(("status", "told"), [(410, "failed"), (403, "misconfigured")])
def test_an_account_that_is_gone_and_a_signature_that_fails_are_for_a_person(
    tmp_path: Path, status: int, told: str
) -> None:
    with letterbox("sqlite", tmp_path) as box, inbox() as mis:
        school(box, "mis", {"url": f"{mis.origin}/aln"}, SECRET, mis.origin)
        (row,) = box.messages("contact:1")
        mis.status = status
        assert box.deliver(row) == told
        assert len(box.tasks()) == 1
        assert box.route("mis").state == ("paused" if status == 403 else "active")


def test_a_mail_whose_answer_was_lost_is_offered_again_as_the_same_message(
    tmp_path: Path,
) -> None:
    with letterbox("sqlite", tmp_path) as box, fake_smtp() as server:
        settings = {
            "host": "127.0.0.1",
            "port": str(server.port),
            "tls": "none",
            "username": USER,
            "sender": "aln@council.example.org",
        }
        school(box, "smtp", settings, WORD, f"http://127.0.0.1:{server.port}")
        (row,) = box.messages("contact:1")
        assert row.channel == "smtp"
        server.answers["DATA"] = [""]
        assert box.deliver(row) == "put_off"
        assert box.deliver(row, 2) == "handed_over"
        assert [mail["Message-ID"] for mail in server.mails] == [
            f"<{row.reference}@council.example.org>"
        ] * 2
        heads = "".join(str(mail.items()) for mail in server.mails)
        assert [name for name in NAMES if name in heads] == []
        assert box.message(row.id).state == "delivered"
