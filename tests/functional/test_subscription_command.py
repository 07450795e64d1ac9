"""`mis-bridge subscription`: set up by commands alone, a secret shown once, a log that says why."""

from __future__ import annotations

import json
import os
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.cli.main import main
from mis_bridge.config import command_settings
from mis_bridge.services.subscribers import attempts as outgoing_attempts
from mis_bridge.services.subscribers.attempts import ATTEMPTS, Attempt
from mis_bridge.services.subscribers.outgoing import TASK_OPENED, event_id_of, tell
from mis_bridge.storage import subscriptions
from mis_bridge.storage.database import open_database, sessions
from mis_bridge.storage.tenants import Tenant
from tests.factories.databases import postgres_database

BACKENDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
WHO = ("--owner", "MIS team", "--purpose", "Show tasks in the MIS")
TRUSTED = "http://127.0.0.1:8099"
SCHOOL = Tenant("661", "661/9901")


@dataclass
class Operator:
    """Somebody at a terminal; `said` is what the last command wrote for a person."""

    patch: pytest.MonkeyPatch
    captured: pytest.CaptureFixture[str]
    printed: str = ""
    said: str = ""

    def run(self, *words: str, code: int = 0) -> list[Any]:
        """Run one command, and return the JSON lines that it prints."""
        self.patch.setattr(sys, "argv", ["mis-bridge", *words])
        self.captured.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        self.printed, self.said = self.captured.readouterr()
        assert ended.value.code == code, (words, self.printed[-2000:], self.said[-2000:])
        assert "Traceback" not in self.said
        return [json.loads(line) for line in self.printed.splitlines() if line.startswith("{")]

    def add(self, *words: str, code: int = 0) -> Any:
        """Add a subscription of the authority."""
        url = () if "--url" in words else ("--url", f"{TRUSTED}/hooks")
        added = self.run(
            "subscription", "add", "--la", "661", *WHO, *url, *words, "--json", code=code
        )
        return added[0] if added else None


@pytest.fixture(params=BACKENDS)
def operator(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Operator]:
    """Return an operator whose database has one school."""
    for name in os.environ:
        if name.startswith("MIS_BRIDGE_") and not name.startswith("MIS_BRIDGE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MIS_BRIDGE_LANG", "en")
    monkeypatch.setenv("MIS_BRIDGE_TRUSTED_ORIGINS", TRUSTED)
    monkeypatch.setenv("LANGUAGE", "en")  # the command sets it; so it is put back afterwards
    who = Operator(monkeypatch, capsys)
    if request.param == "sqlite":
        yield _ready(who)
        return
    with postgres_database() as url:
        monkeypatch.setenv("MIS_BRIDGE_DATABASE_URL", url)
        monkeypatch.setenv("MIS_BRIDGE_KEYS", f"k1:{b64encode(b'k' * 32).decode()}")
        yield _ready(who)


def _ready(who: Operator) -> Operator:
    who.run("db", "upgrade")
    who.run("la", "add", "661", "--name", "Sir Ddychmygol")
    who.run("school", "add", "661/9901", "--name", "Ysgol Un")
    return who


def failed(key: str) -> str:
    """Tell of a task to a receiver that fails to the last attempt; returns the event's id."""
    settings = command_settings()
    engine = open_database(settings.database_url, settings.keys)
    now = datetime.now(UTC)
    event_id = event_id_of(SCHOOL, TASK_OPENED, key)
    with sessions(engine).begin() as session:
        tell(session, SCHOOL, TASK_OPENED, {"task_id": key}, key=key, now=now, jobs=None)
    for number in range(ATTEMPTS):
        with sessions(engine).begin() as session:
            at = now + timedelta(hours=number)
            subscription_id = subscriptions.listed(session, Tenant("661"))[0].id
            outgoing_attempts.record(
                session, SCHOOL, subscription_id, event_id, Attempt(at, 7, 503), now=at
            )
    engine.dispose()
    return event_id


def test_a_secret_is_printed_when_it_is_made_and_never_again(operator: Operator) -> None:
    added = operator.add()
    assert added["secret"].startswith("whsec_")
    rotated = operator.run("subscription", "rotate", added["subscription_id"], "--json")[0]
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != added["secret"]
    failed("t1")
    for words in (
        ("list", "--json"), ("list",), ("log", added["subscription_id"], "--json"),
        ("log", added["subscription_id"]), ("pause", added["subscription_id"]),
    ):  # fmt: skip
        operator.run("subscription", *words)
        assert "whsec_" not in operator.printed + operator.said
    operator.run("audit", "verify", "--json")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--url", "https://10.0.0.1/hooks"), "inner network"),
        (("--url", "https://localhost/hooks"), "inner network"),
        (("--url", "http://127.0.0.1:9/hooks"), "only https"),
        (("--url", r"https://127.0.0.1\@mis.example/"), "character"),
        (("--url", "https://" + "a" * 2000), "longer"),
        (("--type", "pupil.named"), "no kind of event"),
        (("--owner", " "), "who answers"),
        (("--school", "661/9901"), "either --la CODE or --school"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason_and_changes_nothing(
    words: tuple[str, ...], why: str, operator: Operator
) -> None:
    operator.add(*words, code=2)
    assert why in operator.said
    assert operator.run("subscription", "list", "--json") == []


def test_owner_purpose_and_place_are_required(operator: Operator) -> None:
    url = ("--url", f"{TRUSTED}/hooks")
    operator.run("subscription", "add", "--la", "661", *url, "--owner", "A", code=2)
    operator.run("subscription", "add", "--la", "661", *url, "--purpose", "A", code=2)
    operator.run("subscription", "add", *url, *WHO, code=2)
    operator.run("subscription", "add", "--la", "999", *url, *WHO, code=2)
    assert "999" in operator.said
    operator.run("subscription", "add", "--school", "661/1111", *url, *WHO, code=2)
    assert "661/1111" in operator.said


def test_the_life_of_a_subscription_by_commands(operator: Operator) -> None:
    added = operator.add("--type", TASK_OPENED, "--type", "aln.task.closed")
    one = added["subscription_id"]
    event_id = failed("t1")
    (line,) = operator.run("subscription", "list", "--la", "661", "--json")
    assert (line["state"], line["fault"], line["counts"]["failed"]) == ("active", "status_503", 1)
    assert line["types"] == ["aln.task.closed", "aln.task.opened"]
    (told,) = operator.run("subscription", "log", one, "--state", "failed", "--json")
    assert (told["event_id"], len(told["attempts"])) == (event_id, ATTEMPTS)
    assert told["attempts"][0]["words_cy"] == "atebodd 503"
    operator.run("subscription", "pause", one)
    operator.run("subscription", "pause", one, code=2)
    operator.run("subscription", "resume", one)
    operator.run("subscription", "replay", one, code=2)
    operator.run("subscription", "replay", one, "evt_0", code=2)
    operator.run("subscription", "replay", one, "--failed")
    assert "1" in operator.said
    assert operator.run("subscription", "log", one, "--state", "failed", "--json") == []
    operator.run("subscription", "replay", one, event_id, code=2)
    assert "still on its way" in operator.said
    operator.run("subscription", "end", one)
    for verb in ("end", "resume", "rotate"):
        operator.run("subscription", verb, one, code=2)
    assert operator.run("subscription", "list", "--json")[0]["state"] == "ended"
    operator.run("subscription", "log", "0" * 24, code=2)


def test_a_welsh_speaker_is_told_in_welsh(operator: Operator) -> None:
    one = operator.add()["subscription_id"]
    failed("t1")
    operator.patch.setenv("MIS_BRIDGE_LANG", "cy")
    operator.run("subscription", "log", one)
    assert "atebodd 503" in operator.printed
    operator.run("subscription", "pause", one)
    assert "wedi'i oedi" in operator.said
    operator.run("subscription", "resume", "x", code=2)
    assert "nid oes tanysgrifiad" in operator.said
