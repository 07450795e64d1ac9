"""Hostile names, forged forms, faults, and the headers of every answer."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from markupsafe import escape

from mis_bridge.web import tasks as task_views
from tests.factories.pupils import a_pupil
from tests.support.school_day import (
    HEAD,
    SCHOOL,
    task_of,
    told,
)
from tests.support.site_fixtures import a_day_on

HOSTILE = ("<script>alert(1)</script>", "{{7*7}}", "%n%s", "\u202edlrow", "=cmd|'/C calc'!A0")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_everywhere(name: str) -> None:
    with a_day_on("sqlite") as day:
        known = a_pupil("H1")
        pupil_id, notice_id = told(
            day, replace(known, name=replace(known.name, legal_forename=name))
        )
        browser = day.sign_in()
        for page in ("/tasks", f"/pupils/{pupil_id}", f"/notices/{notice_id}"):
            text = browser.get(page).text
            assert str(escape(f"{name} Canary")) in text


FORGED: tuple[tuple[dict[str, str] | None, dict[str, str], str], ...] = (
    ({}, {}, "no token"),
    ({"csrf_token": "0" * 64}, {}, "another token"),
    ({"csrf_token": "é"}, {}, "no ASCII"),
    (None, {"Origin": "https://evil.example"}, "another origin"),
    (None, {"Origin": "null"}, "nameless without the browser's word"),
    (None, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}, "nameless and cross-site"),
    (None, {"Sec-Fetch-Site": "cross-site"}, "cross-site"),
    (None, {"Sec-Fetch-Site": "same-site"}, "same-site"),
)


@pytest.mark.parametrize(
    ("token", "headers"), [row[:2] for row in FORGED], ids=[row[2] for row in FORGED]
)
def test_a_forged_form_changes_nothing(
    token: dict[str, str] | None, headers: dict[str, str]
) -> None:
    with a_day_on("sqlite") as day:
        browser, task_id = day.sign_in(), day.tasks[SCHOOL]
        good = browser.get(f"/tasks/{task_id}").text.partition('csrf_token" value="')[2][:64]
        fields = {"version": "1", "person": ""} | ({"csrf_token": good} if token is None else token)
        answer = browser.client.post(f"/tasks/{task_id}/assign", data=fields, headers=headers)
        assert answer.status_code == 403
        assert task_of(day, task_id).version == 1


def test_the_token_of_another_session_is_no_token() -> None:
    with a_day_on("sqlite") as day:
        other = day.sign_in(HEAD).get(f"/tasks/{day.tasks[SCHOOL]}").text
        token = other.partition('csrf_token" value="')[2][:64]
        answer = day.sign_in().client.post(
            f"/tasks/{day.tasks[SCHOOL]}/assign",
            data={"csrf_token": token, "version": "1", "person": ""},
        )
        assert answer.status_code == 403


def test_a_fault_shows_a_number_and_nothing_of_the_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("Angharad Canary, UPN A123")

    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        monkeypatch.setattr(task_views, "task_list", fail)
        with caplog.at_level(logging.DEBUG):
            answer = browser.get("/tasks")
    assert answer.status_code == 500
    number = answer.headers["X-Request-Id"]
    assert number in answer.text
    assert "Something went wrong" in answer.text
    assert "Aeth rhywbeth o" in answer.text
    assert "Canary" not in answer.text + caplog.text
    assert "request_failed" in caplog.text


PLACES = (
    ("/tasks", 401),
    ("/nowhere", 404),
    ("/lti/launch", 405),
    ("/lti/login", 400),
    ("/lti/jwks.json", 200),
    ("/static/style.css", 200),
    ("/health/live", 200),
)


@pytest.mark.parametrize(("place", "status"), PLACES, ids=[place for place, _ in PLACES])
def test_every_answer_to_a_stranger_has_the_headers(place: str, status: int) -> None:
    with a_day_on("sqlite") as day:
        answer = day.browser().get(place)
        answer.close()
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Strict-Transport-Security"]
    assert "Server" not in answer.headers


@pytest.mark.parametrize("place", ["/tasks", "/nowhere", "/la/"], ids=["page", "404", "403"])
def test_pages_may_be_framed_by_the_registered_origins_alone(place: str) -> None:
    with a_day_on("sqlite") as day:
        answer = day.sign_in().get(place)
    ancestors = answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2]
    assert ancestors == "https://mis.example https://portal.example"
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_script_of_a_page_carries_the_nonce_of_its_answer() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        first, second = browser.get("/tasks"), browser.get("/tasks")
    for answer in (first, second):
        nonce = answer.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
        assert answer.text.count(f'nonce="{nonce}"') == answer.text.count("<script")
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]


def test_no_address_on_any_page_names_a_pupil() -> None:
    with a_day_on("sqlite") as day:
        browser = day.sign_in()
        for page in ("/tasks", f"/tasks/{day.tasks[SCHOOL]}", f"/pupils/{day.pupils[SCHOOL]}"):
            addresses = browser.get(page).text.split('href="')[1:]
            assert not any("Canary" in part.partition('"')[0] for part in addresses)
