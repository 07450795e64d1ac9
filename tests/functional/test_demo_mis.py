"""The demo MIS over real sockets: its pages, its interface, its events and its launches."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from adapters import registry
from adapters.base import ConnectionSettings, SourceRecord, Tombstone, VendorRefused
from mis_bridge.demo.mis import create_mis
from mis_bridge.demo.sender import Subscription
from mis_bridge.demo.server import LoopbackServer
from mis_bridge.demo.system import DemoMis
from mis_bridge.demo.visitor import Page, Visitor, forms, frame
from mis_bridge.demo.world import load_authority
from mis_bridge.domain.secrets import Secret
from webhooks.standard import StandardSender

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
HERO = "A661991101"


def now() -> datetime:
    return datetime.now(UTC)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Receiver:
    """Takes webhooks as the tool would, after refusing as many as it is told to."""

    def __init__(self) -> None:
        self.refuse_with: list[int] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.taken: list[dict[str, object]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append((headers, body))
                status = receiver.refuse_with.pop(0) if receiver.refuse_with else 202
                if status == 202:
                    receiver.taken.append(json.loads(body))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/standard/x"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def mis(receiver: Receiver) -> Iterator[DemoMis]:
    port = free_port()
    mis = DemoMis(
        load_authority(now().date()),
        origin=f"http://localhost:{port}",
        tool="http://127.0.0.1:9",
        clock=now,
    )
    mis.sender.subscribe("661/9901", Subscription(receiver.url, Secret(SECRET)))
    mis.sender.start()
    with LoopbackServer(create_mis(mis, "cy"), port):
        yield mis
    mis.sender.stop()


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def change(visitor: Visitor, mis: DemoMis, **fields: str) -> Page:
    page = visitor.open(f"{mis.origin}/en/schools/9901/pupils/{HERO}")
    return visitor.submit(page, fields)


def leave(visitor: Visitor, mis: DemoMis, record_id: str) -> None:
    visitor.submit(visitor.open(f"{mis.origin}/en/schools/9901/pupils/{record_id}"), number=1)


def settings(mis: DemoMis, estab: str = "9901", token: str | None = None) -> ConnectionSettings:
    school = mis.authority.school(estab)
    assert school is not None
    return ConnectionSettings(
        base_url=mis.origin,
        school_ref=school.wonde_id,
        token=token or mis.tokens[estab],
        trusted_origins=frozenset({mis.origin}),
    )


def test_an_edit_in_the_browser_sends_a_signed_event_with_identifiers_only(
    mis: DemoMis, receiver: Receiver, visitor: Visitor
) -> None:
    page = change(visitor, mis, sen="A", noticed_on="2026-11-20")
    assert "signed event" in page.text
    assert mis.sender.wait_until_quiet(5)
    (headers, body), *others = receiver.requests
    assert others == []
    proof = StandardSender().verify(body, headers, [OTHER_SECRET, SECRET], now())
    told = json.loads(body)
    assert told["type"] == "pupil.sen.changed"
    assert told["data"] == {
        "school": "661/9901",
        "record_id": HERO,
        "noticed_on": "2026-11-20",
        "changed": ["provision"],
    }
    assert StandardSender().events(body, proof.event_id)[0].record_id == HERO


def test_saving_without_a_change_sends_nothing(
    mis: DemoMis, receiver: Receiver, visitor: Visitor
) -> None:
    page = change(visitor, mis)
    assert "Nothing was different" in page.text
    assert mis.sender.wait_until_quiet(1)
    assert receiver.requests == []


def test_an_event_that_is_not_taken_comes_again_under_the_same_id(
    mis: DemoMis, receiver: Receiver, visitor: Visitor
) -> None:
    receiver.refuse_with = [503, 500]
    change(visitor, mis, sen="P")
    assert mis.sender.wait_until_quiet(10)
    assert len(receiver.requests) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len(receiver.taken) == 1
    for headers, body in receiver.requests:
        StandardSender().verify(body, headers, [SECRET], now())


def test_an_endpoint_that_is_gone_is_not_tried_again(
    mis: DemoMis, receiver: Receiver, visitor: Visitor, browser: requests.Session
) -> None:
    receiver.refuse_with = [410]
    change(visitor, mis, sen="P")
    assert mis.sender.wait_until_quiet(5)
    assert len(receiver.requests) == 1
    assert "was given up" in browser.get(f"{mis.origin}/en/log").text


def test_a_wrong_field_is_explained_and_nothing_is_sent(
    mis: DemoMis, receiver: Receiver, visitor: Visitor
) -> None:
    page = change(visitor, mis, sen="A", noticed_on="2999-01-01")
    assert page.status == 422
    assert "There is a problem" in page.text
    assert receiver.requests == []


def test_a_form_of_another_site_changes_nothing(
    mis: DemoMis, receiver: Receiver, visitor: Visitor, browser: requests.Session
) -> None:
    form = forms(visitor.open(f"{mis.origin}/en/schools/9901/pupils/{HERO}"))[0]
    answer = browser.post(
        form.action,
        data={**form.fields, "sen": "A"},
        headers={"Origin": "http://evil.example"},
    )
    assert answer.status_code == 403
    assert receiver.requests == []


def test_a_name_that_is_not_ours_is_not_served(mis: DemoMis, browser: requests.Session) -> None:
    answer = browser.get(f"{mis.origin}/en/", headers={"Host": "rebound.example"})
    assert answer.status_code == 400


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_page_exists_in_both_languages(
    mis: DemoMis, browser: requests.Session, language: str
) -> None:
    pages = ["", "schools/9903", f"schools/9901/pupils/{HERO}", "schools/9901/tool/head",
             "authority", "log"]  # fmt: skip
    for path in pages:
        answer = browser.get(f"{mis.origin}/{language}/{path}")
        assert answer.status_code == 200, path
        assert f'<html lang="{language}">' in answer.text
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_the_front_door_leads_to_the_language_that_was_asked_for(
    mis: DemoMis, browser: requests.Session
) -> None:
    assert browser.get(mis.origin).url == f"{mis.origin}/cy/"


@pytest.mark.parametrize("path", ["schools/0000", "schools/9901/pupils/A1", "schools/9901/tool/x"])
def test_what_does_not_exist_is_said_in_the_language_of_the_page(
    mis: DemoMis, browser: requests.Session, path: str
) -> None:
    answer = browser.get(f"{mis.origin}/cy/{path}")
    assert answer.status_code == 404
    assert "Nid oes tudalen" in answer.text


def test_the_adapter_reads_the_whole_roll_over_several_pages(mis: DemoMis) -> None:
    reading = registry.client("wonde", settings(mis)).pupils(None)
    records = [item.record_id for item in reading if isinstance(item, SourceRecord)]
    assert reading.incomplete is None
    assert records == [pupil.record_id for pupil in mis.rolls["9901"].all()]
    pages = [entry for entry in mis.journal.entries() if entry.kind == "wonde"]
    assert len(pages) == 3


def test_a_delta_brings_the_change_and_the_departure(mis: DemoMis, visitor: Visitor) -> None:
    client = registry.client("wonde", settings(mis))
    whole = client.pupils(None)
    assert len(list(whole)) == 13
    leave(visitor, mis, "A661991104")
    change(visitor, mis, sen="A")
    items = list(client.pupils(now().isoformat()))
    assert [item.record_id for item in items if isinstance(item, SourceRecord)] == [HERO]
    assert [item.record_id for item in items if isinstance(item, Tombstone)] == ["A661991104"]


def test_one_pupil_is_given_whole_and_one_who_left_as_a_departure(
    mis: DemoMis, visitor: Visitor
) -> None:
    client = registry.client("wonde", settings(mis))
    found = client.pupil(HERO)
    assert isinstance(found, SourceRecord)
    extended = found.tree["extended_details"]
    assert isinstance(extended, dict)
    assert extended["data"]["sen_status"] == "N"
    leave(visitor, mis, HERO)
    assert isinstance(client.pupil(HERO), Tombstone)
    assert client.pupil("A000") is None


def test_a_token_opens_its_own_school_only(mis: DemoMis) -> None:
    for wrong in ("nonsense", mis.tokens["9902"]):
        with pytest.raises(VendorRefused):
            registry.client("wonde", settings(mis, token=wrong)).pupil(HERO)


def test_everything_that_the_adapter_includes_is_granted(mis: DemoMis) -> None:
    assert all(finding.ok for finding in registry.client("wonde", settings(mis)).check())


@pytest.mark.parametrize(
    "query", ["include=medical", "per_page=0", "page=x", "cursor=from-99", "updated_after=today"]
)
def test_a_query_that_means_nothing_is_refused_as_the_vendor_does(
    mis: DemoMis, browser: requests.Session, query: str
) -> None:
    answer = browser.get(
        f"{mis.origin}/v1.0/schools/A6619901001/students?{query}",
        headers={"Authorization": f"Bearer {mis.tokens['9901']}"},
    )
    assert answer.status_code == 422


def test_page_numbers_and_the_token_as_user_name_serve_too(
    mis: DemoMis, browser: requests.Session
) -> None:
    address: str | None = f"{mis.origin}/v1.0/schools/A6619902001/students?per_page=5"
    names = 0
    while address:
        body = browser.get(address, auth=(mis.tokens["9902"], "")).json()
        assert all("extended_details" not in record for record in body["data"])
        names += len(body["data"])
        address = body["meta"]["pagination"]["next"]
    assert names == 13


def test_a_launch_is_posted_to_the_tool_by_the_browser(mis: DemoMis, visitor: Visitor) -> None:
    inside = frame(visitor.open(f"{mis.origin}/cy/schools/9901/tool/alnco"))
    assert inside is not None
    start = parse_qs(urlsplit(inside).query)
    assert start["iss"] == [mis.origin]
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": start["client_id"][0],
        "redirect_uri": f"{mis.tool}/lti/launch",
        "login_hint": start["login_hint"][0],
        "state": "s",
        "nonce": "n",
    }
    answer = visitor.open(f"{mis.platform.auth_login_url}?{urlencode(asked)}")
    (form,) = forms(answer)
    assert (form.method, form.action) == ("post", f"{mis.tool}/lti/launch")
    assert set(form.fields) == {"id_token", "state"}
    assert "Ymlaen i mis_bridge" in answer.text
    policy = answer.headers["content-security-policy"]
    assert f"form-action {mis.tool};" in policy
    assert "frame-ancestors 'self'" in policy


def test_the_platform_publishes_its_key(mis: DemoMis, browser: requests.Session) -> None:
    assert browser.get(mis.platform.jwks_url).json()["keys"][0]["kty"] == "RSA"


def test_a_launch_that_nobody_began_is_refused(mis: DemoMis, browser: requests.Session) -> None:
    assert browser.get(f"{mis.origin}/lti/authorise").status_code == 400
