"""Everything under one command: web, worker and clock of one folder, started, watched, stopped."""

from __future__ import annotations

import http.client
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.workers import folder as folders

STOP_WITHIN_SECONDS = 25.0
READY_WITHIN_SECONDS = 30.0
# The command by its module and not by its script: a checkout that was never installed has none.
_COMMAND = "from mis_bridge.cli.main import main; main()"
_SOON, _LONGEST_PAUSE, _STEADY_AFTER = 0.2, 20.0, 30.0

log = logging.getLogger("mis_bridge.supervisor")


class PortTaken(Problem):
    """Nothing can listen where we were asked to."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(
            Words(
                f"port {port} on {host} is taken; stop what listens there, "
                "or choose another with --port",
                f"mae porth {port} ar {host} wedi'i gymryd; stopiwch yr hyn sy'n gwrando yno, "
                "neu dewiswch un arall gyda --port",
            )
        )


class NotReady(Problem):
    """The processes did not come up in time."""

    def __init__(self, log_file: Path) -> None:
        super().__init__(
            Words(
                f"mis-bridge did not become ready in time; the reason is in {log_file}",
                f"ni ddaeth mis-bridge yn barod mewn pryd; mae'r rheswm yn {log_file}",
            )
        )


@dataclass(slots=True)
class _Charge:
    """One supervised process, and how often it had to be started of late."""

    name: str
    arguments: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    again_at: float = field(default=0.0)


class Supervisor:
    """Runs web, worker and clock on the embedded database of one folder.

    `environment` is the whole environment of the processes (see `config.child_environment`). What
    dies is started again, at once the first time and then after a growing pause. When this process
    ends, however it ends, so do they.
    """

    def __init__(
        self, folder: Path, port: int, *, environment: Mapping[str, str], host: str = "127.0.0.1"
    ) -> None:
        self.folder, self.host, self.port = folder, host, port
        self.log_file = folder / "mis-bridge.log"
        self._environment = dict(environment)
        self._charges = [
            _Charge("worker", ()),
            _Charge("clock", ()),
            _Charge("web", ("--host", host, "--port", str(port))),
        ]
        self._lock: folders.FolderLock | None = None
        self._log: IO[bytes] | None = None
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def address(self) -> str:
        """Where the web process answers."""
        return f"http://{self.host}:{self.port}"

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are alive, by name."""
        return {
            charge.name: charge.process.pid
            for charge in self._charges
            if charge.process is not None and charge.process.poll() is None
        }

    def take_folder(self) -> None:
        """Take the folder's lock before anything in it is touched; raises FolderHeld."""
        if self._lock is None:
            self._lock = folders.rule(self.folder)

    def start(self) -> None:
        """Start the processes; raises FolderHeld or PortTaken. See `wait_ready`."""
        self.take_folder()
        try:
            refuse_taken(self.host, self.port)
        except PortTaken:
            self._release()
            raise
        self._log = self.log_file.open("ab")
        self._stopping.clear()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._watcher.start()

    def wait_ready(
        self, stop: threading.Event | None = None, within: float = READY_WITHIN_SECONDS
    ) -> None:
        """Return when `GET /health/ready` answers 200, or `stop` is set.

        Raises NotReady after `within` seconds.
        """
        until = time.monotonic() + within
        while time.monotonic() < until:
            if (stop is not None and stop.is_set()) or _answers(self.host, self.port):
                return
            time.sleep(0.05)
        raise NotReady(self.log_file)

    def stop(self, within: float = STOP_WITHIN_SECONDS) -> None:
        """Ask everything to stop, and end what has not stopped `within` seconds."""
        self._stopping.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None
        until = time.monotonic() + within
        for charge in reversed(self._charges):
            _send(charge.process, signal.SIGTERM)
        for charge in reversed(self._charges):
            _await(charge.process, until)
            charge.process = None
        self._release()

    def _watch(self) -> None:
        # One thread starts every process and lives as long as they may: the kernel ties a child's
        # end to the thread that forked it.
        while not self._stopping.is_set():
            now = time.monotonic()
            for charge in self._charges:
                self._look_after(charge, now)
            self._stopping.wait(0.1)

    def _look_after(self, charge: _Charge, now: float) -> None:
        if charge.process is not None:
            status = charge.process.poll()
            if status is None:
                return
            charge.process = None
            steady = now - charge.started > _STEADY_AFTER
            charge.falls = 0 if steady else charge.falls + 1
            pause = 0.0 if charge.falls <= 1 else min(_SOON * 2**charge.falls, _LONGEST_PAUSE)
            charge.again_at = now + pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
            log.warning(
                "process_ended",
                extra={"facts": {"process": charge.name, "status": status, "falls": charge.falls}},
            )
        if now >= charge.again_at:
            charge.process = self._spawn(charge)
            charge.started = now

    def _spawn(self, charge: _Charge) -> subprocess.Popen[bytes]:
        command = [
            sys.executable, "-c", _COMMAND,
            charge.name, *charge.arguments, "--parent", str(os.getpid()),
        ]  # fmt: skip
        return subprocess.Popen(  # noqa: S603 - our own interpreter and our own verbs
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def _release(self) -> None:
        if self._log is not None:
            self._log.close()
            self._log = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def refuse_taken(host: str, port: int) -> None:
    """Raise PortTaken where nothing could listen."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            raise PortTaken(host, port) from None


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _send(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is not None and process.poll() is None:
        process.send_signal(number)


def _await(process: subprocess.Popen[bytes] | None, until: float) -> None:
    if process is None:
        return
    try:
        process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
