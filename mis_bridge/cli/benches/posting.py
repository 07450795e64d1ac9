"""Many senders at once on kept connections: how many answers a second, and how slow the slowest."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

ACCEPTED = b"202"


class NotAccepted(AssertionError):
    """A server that is measured gave another answer than it should."""


@dataclass(slots=True)
class Answers:
    """What came back: the seconds of every answer, and of the whole."""

    seconds: list[float] = field(default_factory=list)
    whole: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.whole

    @property
    def p99(self) -> float:
        """The seconds within which 99 of 100 answers came."""
        ordered = sorted(self.seconds)
        return ordered[int(len(ordered) * 0.99)]


def post(port: int, requests: Sequence[bytes], connections: int) -> Answers:
    """Send `requests` over `connections`; raises NotAccepted unless each is answered 202."""
    waiting = iter(requests)
    lock = threading.Lock()
    answers = Answers()
    faults: list[bytes] = []

    def send_some() -> None:
        mine: list[float] = []
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with line.makefile("rb") as answered:
                while not faults:
                    with lock:
                        request = next(waiting, None)
                    if request is None:
                        break
                    began = time.perf_counter()
                    line.sendall(request)
                    status = _read_answer(answered)
                    mine.append(time.perf_counter() - began)
                    if status != ACCEPTED:
                        faults.append(status)
        with lock:
            answers.seconds += mine

    threads = [threading.Thread(target=send_some) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.whole = time.perf_counter() - began
    if faults or len(answers.seconds) != len(requests):
        raise NotAccepted(faults[:1])
    return answers


def _read_answer(answered: BinaryIO) -> bytes:
    status = answered.readline().split(b" ", 2)[1:2]
    length = 0
    while (line := answered.readline()) not in {b"\r\n", b""}:
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    answered.read(length)
    return status[0] if status else b""
