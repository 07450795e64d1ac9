"""Ways of sending at the command: set up without showing a secret, and tried on nobody."""

from __future__ import annotations

import io
import json
import os
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mis_bridge.cli.main import main
from tests.support.fake_notify import TEMPLATE, FakeNotify, fake_notify
from tests.support.fake_smtp import USER, WORD, fake_smtp
from tests.support.senders import SECRET

WHO = ("--owner", "ALN lead", "--purpose", "ALN notices")


@dataclass
class Operator:
    """Somebody at a terminal; `printed` is all that any command has shown."""

    folder: Path
    patch: pytest.MonkeyPatch
    said: pytest.CaptureFixture[str]
    printed: str = ""

    def run(self, *words: str, code: int = 0, typed: str = "") -> list[Any]:
        """Run one command, and return the JSON lines that it prints."""
        self.patch.setattr(sys, "argv", ["mis-bridge", *words])
        self.patch.setattr(sys, "stdin", io.StringIO(typed))
        self.said.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self.said.readouterr()
        self.printed += out + err
        assert ended.value.code == code, (words, out[-2000:], err[-2000:])
        assert "Traceback" not in err
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def add(
        self, channel: str, *settings: str, secret: str, code: int = 0, whose: str = "--la=661"
    ) -> str:
        """Set up a way with the secret in a file; return its id."""
        (self.folder / "secret").write_text(secret)
        words = [part for setting in settings for part in ("--set", setting)]
        added = self.run(
            "delivery", "add", "--channel", channel, whose, *words,
            "--secret-file", str(self.folder / "secret"), *WHO, "--json", code=code,
        )  # fmt: skip
        return str(added[0]["route_id"]) if added else ""

    def listed(self) -> dict[str, Any]:
        """Return the only way that is set up."""
        (row,) = self.run("delivery", "list", "--json")
        return dict(row)


@pytest.fixture
def notify() -> Iterator[FakeNotify]:
    """Return GOV.UK Notify's stand-in."""
    with fake_notify() as running:
        yield running


@pytest.fixture
def operator(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    notify: FakeNotify,
) -> Operator:
    """Return an operator with one authority and one school, who trusts the stand-in."""
    for name in os.environ:
        if name.startswith("MIS_BRIDGE_") and not name.startswith("MIS_BRIDGE_TEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MIS_BRIDGE_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MIS_BRIDGE_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")  # the command sets it; so it is put back afterwards
    monkeypatch.setenv("MIS_BRIDGE_TRUSTED_ORIGINS", notify.origin)
    monkeypatch.chdir(tmp_path)
    ready = Operator(tmp_path, monkeypatch, capsys)
    ready.run("db", "upgrade")
    ready.run("la", "add", "661", "--name", "Sir Ddychmygol")
    ready.run("school", "add", "661/9901", "--name", "Ysgol Un")
    return ready


def test_a_way_is_set_up_tried_paused_resumed_and_ended_and_its_secret_is_never_shown(
    operator: Operator, notify: FakeNotify
) -> None:
    route = operator.add(
        "notify_email", f"template_id={TEMPLATE}", f"base_url={notify.origin}", secret=notify.key
    )
    assert operator.run("delivery", "test", route, "--json")[0]["ok"] is True
    assert notify.taken == []
    for verb, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
        operator.run("delivery", verb, route)
        assert operator.listed()["state"] == state
    operator.run("delivery", "resume", route, code=2)
    row = operator.listed()
    assert (row["owner"], row["purpose"], row["la"]) == ("ALN lead", "ALN notices", "661")
    operator.run("delivery", "list")
    assert notify.key not in operator.printed
    assert notify.secret not in operator.printed
    data = b"".join(file.read_bytes() for file in operator.folder.glob("data/*") if file.is_file())
    assert notify.secret.encode() not in data


def test_a_secret_may_come_from_standard_input(operator: Operator, notify: FakeNotify) -> None:
    operator.run(
        "delivery", "add", "--channel", "notify_letter", "--school", "661/9901",
        "--set", f"base_url={notify.origin}", "--secret-file", "-", *WHO, typed=f"{notify.key}\n",
    )  # fmt: skip
    row = operator.listed()
    assert (row["school"], row["channel"]) == ("661/9901", "notify_letter")
    assert operator.run("delivery", "test", row["route_id"], "--json")[0]["ok"] is True


def test_trying_says_what_is_wrong_in_both_languages(
    operator: Operator, notify: FakeNotify
) -> None:
    route = operator.add(
        "notify_email", f"template_id={TEMPLATE}", f"base_url={notify.origin}", secret=notify.key
    )
    notify.template["body"] = "((letter_cy)) ((letter_en))"
    (told,) = operator.run("delivery", "test", route, "--json", code=1)
    assert "plan_cy, plan_en" in told["words"]
    assert "plan_cy, plan_en" in told["words_cy"]
    notify.secret = str(uuid.uuid4())
    (told,) = operator.run("delivery", "test", route, "--json", code=1)
    assert "403" in told["words"]


def test_a_mail_server_is_tried_by_logging_in(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_smtp() as server:
        origin = f"http://127.0.0.1:{server.port}"
        monkeypatch.setenv("MIS_BRIDGE_TRUSTED_ORIGINS", origin)
        route = operator.add(
            "smtp", "host=127.0.0.1", f"port={server.port}", "tls=none", f"username={USER}",
            "sender=aln@council.example.org", secret=WORD,
        )  # fmt: skip
        assert operator.run("delivery", "test", route, "--json")[0]["ok"] is True
        assert server.mails == []
    assert WORD not in operator.printed


def test_a_way_that_leads_where_we_may_not_call_is_refused_and_not_kept(
    operator: Operator,
) -> None:
    operator.add("mis", "url=https://10.1.2.3/inbox", secret=SECRET, code=2)
    operator.add("notify_email", f"template_id={TEMPLATE}", secret="short", code=2)
    assert operator.run("delivery", "list", "--json") == []


def test_an_authority_that_is_not_there_gets_no_way(operator: Operator, notify: FakeNotify) -> None:
    operator.add(
        "notify_letter", f"base_url={notify.origin}", secret=notify.key, code=2, whose="--la=999"
    )
    operator.add(
        "notify_letter", f"base_url={notify.origin}", secret=notify.key, code=2,
        whose="--school=661/0000",
    )  # fmt: skip
