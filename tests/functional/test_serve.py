"""`serve`: everything under one command, under one lock, and nothing left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mis_bridge.config import child_environment
from mis_bridge.workers import folder as folders
from mis_bridge.workers.folder import FolderHeld
from tests.support.serving import eventually, free_port

COMMAND = [sys.executable, "-c", "from mis_bridge.cli.main import main; main()"]
ENGLISH = child_environment({"LANG": "en"})


def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Run a command that ends by itself; return its exit code and what it told a person."""
    ended = subprocess.run(
        [*COMMAND, *arguments],
        env=environment or ENGLISH,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stderr


@contextmanager
def served(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run `serve` until the block ends."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", str(port), "--dir", str(folder)],
        env=ENGLISH,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: ready(port)), "serve did not become ready"
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def descendants(pid: int) -> set[int]:
    """Return the processes below `pid`."""
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        task = Path(f"/proc/{waiting.pop()}/task")
        for children in task.glob("*/children"):
            below = {int(child) for child in children.read_text(encoding="ascii").split()}
            waiting += below - found
            found |= below
    return found


def verb(pid: int) -> str:
    """Return which of our verbs a process runs."""
    words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    return next((word for word in words if word in {"web", "worker", "clock"}), "")


def alive(pids: set[int]) -> set[int]:
    """Return those of `pids` that still run."""
    running = set()
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            continue
        if status.rpartition(")")[2].split()[0] != "Z":
            running.add(pid)
    return running


def test_serve_makes_its_folder_refuses_a_second_and_restarts_what_dies(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    with served(folder, port) as process:
        keys = folder / "keys"
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "mis-bridge.db").stat().st_mode) == 0o600

        code, told = run("serve", "--port", str(free_port()), "--dir", str(folder))
        assert code == 3
        assert f"process {process.pid} since 20" in told

        before = {verb(pid): pid for pid in descendants(process.pid) if verb(pid)}
        assert set(before) == {"web", "worker", "clock"}
        # The web worker is forked and bears the verb of its parent: kill the parent, it goes too.
        parents = {
            verb(pid): pid for pid in sorted(descendants(process.pid), reverse=True) if verb(pid)
        }
        workers = descendants(parents["web"])
        assert workers
        os.kill(parents["web"], signal.SIGKILL)
        os.kill(parents["worker"], signal.SIGKILL)
        assert eventually(lambda: not alive(workers), 5), "an orphaned web worker lives on"
        assert eventually(
            lambda: (
                {verb(pid) for pid in alive(descendants(process.pid))} == {"web", "worker", "clock"}
                and ready(port)
            ),
            15,
        )
        everybody = descendants(process.pid)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert time.monotonic() - began < 30
        assert not alive(everybody)
    folders.rule(folder).release()


def test_when_serve_itself_is_killed_everything_ends_and_the_folder_is_free(
    tmp_path: Path,
) -> None:
    folder, port = tmp_path / "data", free_port()
    with served(folder, port) as process:
        everybody = descendants(process.pid)
        assert len(everybody) >= 4
        process.kill()
        process.wait()
        assert eventually(lambda: not alive(everybody), 10)
        folders.rule(folder).release()
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


def test_a_folder_that_an_orphan_still_uses_is_refused(tmp_path: Path) -> None:
    with folders.share(tmp_path), folders.share(tmp_path):
        with pytest.raises(FolderHeld) as held:
            folders.rule(tmp_path)
        assert held.value.pid == os.getpid()
    folders.rule(tmp_path).release()


def test_a_taken_port_is_said_in_one_line_and_the_folder_is_let_go(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, told = run("serve", "--port", str(port), "--dir", str(tmp_path))
    assert code == 2
    assert f"port {port} on 127.0.0.1 is taken" in told
    assert len(told.strip().splitlines()) == 1
    folders.rule(tmp_path).release()


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_that_is_none_is_said_in_one_line(tmp_path: Path, port: str) -> None:
    code, told = run("serve", f"--port={port}", "--dir", str(tmp_path / "data"))
    assert code == 2
    assert len(told.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_serve_works_on_no_servers_database() -> None:
    other = child_environment(
        {"LANG": "en", "DATABASE_URL": "postgresql://127.0.0.1/x", "KEYS": "k1:x"}
    )
    code, told = run("serve", environment=other)
    assert code == 2
    assert "--dir" in told
