"""P6 and P7: receipts a second and the slowest answers, beside the same server with no database."""

from __future__ import annotations

import http.client
import multiprocessing
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from flask import Flask

from mis_bridge.app import create_app
from mis_bridge.cli.benches.posting import Answers, post
from mis_bridge.cli.benches.school import BenchSchool, bench_school
from mis_bridge.cli.webserver import serve_web
from mis_bridge.config import Settings
from mis_bridge.domain.words import Words
from mis_bridge.services.benches.ratios import Ratio
from mis_bridge.services.benches.wonde_pupils import wonde_students
from mis_bridge.storage.intake import Endpoint, Receipt
from mis_bridge.web.doors import Doors, doors, open_doors
from mis_bridge.web.endpoints import Endpoints
from mis_bridge.web.later import Later
from mis_bridge.web.limits import Limits, Rate

CONNECTIONS = 32
ROUNDS = 5
_UNLIMITED = Rate(burst=1e9, per_second=1e9)

_P6 = Words(
    "webhook receipts (proof and durable commit, drain stopped), beside the same server and app "
    "answering after the proof alone",
    "derbyniadau gwebfachau (prawf ac ymrwymiad parhaol, heb ddraenio), ochr yn ochr â'r un "
    "gweinydd ac ap yn ateb ar ôl y prawf yn unig",
)
_P7 = Words(
    "the slowest answers (p99) over 32 connections, beside those of the same server without a "
    "database",
    "yr atebion arafaf (p99) dros 32 cysylltiad, ochr yn ochr â rhai'r un gweinydd heb gronfa "
    "ddata",
)


def measure(full: bool) -> list[Ratio]:  # noqa: FBT001 - the face of every benchmark
    """Measure both servers in turn, over the same requests."""
    count = 20_000 if full else 1_000
    students = list(wonde_students(count))
    ours: list[Answers] = []
    bare: list[Answers] = []
    with (
        bench_school() as school,
        _server(school, "") as real,
        _server(school, school.endpoint_id) as reference,
    ):
        for port in (real, reference):
            post(port, school.requests(students[:200], f"warm-{port}"), CONNECTIONS)
        for number in range(ROUNDS):
            requests = school.requests(students, f"round-{number}")
            ours.append(post(real, requests, CONNECTIONS))
            bare.append(post(reference, requests, CONNECTIONS))
    return [
        Ratio(
            name="P6",
            what=_P6,
            ratios=tuple(one.rate / other.rate for one, other in zip(ours, bare, strict=True)),
            measured=statistics.median(one.rate for one in ours),
            reference=statistics.median(one.rate for one in bare),
            unit="/s",
            target=0.4,
            aim=0.75,
        ),
        Ratio(
            name="P7",
            what=_P7,
            ratios=tuple(one.p99 / other.p99 for one, other in zip(ours, bare, strict=True)),
            measured=statistics.median(one.p99 * 1000 for one in ours),
            reference=statistics.median(one.p99 * 1000 for one in bare),
            unit="ms",
            target=4.0,
            aim=1.5,
            better="less",
        ),
    ]


def bare_app(settings: Settings, endpoint_id: str) -> Flask:
    """Return the product's own app with its database taken away after the proof of the sender."""
    app = _unlimited(create_app(settings))
    with app.app_context():
        known = doors()
    endpoint = known.endpoints.find("standard", endpoint_id)
    open_doors(app, replace(known, receipts=_Nowhere(), endpoints=_Fixed(endpoint)))
    return app


def _unlimited(app: Flask) -> Flask:
    with app.app_context():
        known: Doors = doors()
    open_doors(app, replace(known, proven=Limits(_UNLIMITED)))
    return app


class _Nowhere:
    """Keeps nothing and says that it did: the reference has no database."""

    def store(self, receipt: Receipt, then: Later) -> None:
        del receipt
        then.settle(came_true=True)

    def healthy(self) -> bool:
        return True

    def close(self) -> None:
        return


class _Fixed(Endpoints):
    """Knows one endpoint for ever."""

    def __init__(self, endpoint: Endpoint | None) -> None:
        super().__init__(lambda _sender, _endpoint_id: endpoint)
        self._endpoint = endpoint

    def find(self, sender: str, endpoint_id: str) -> Endpoint | None:
        del sender, endpoint_id
        return self._endpoint

    def first_use_this_hour(self, secret_id: str) -> bool:
        del secret_id
        return False


@contextmanager
def _server(school: BenchSchool, bare_endpoint: str) -> Iterator[int]:
    """Serve in a process of its own; with an endpoint, serve the bare app."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    arguments = (school.settings, port, bare_endpoint)
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=arguments)
    process.start()
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.join(30)


def _serve(settings: Settings, port: int, bare_endpoint: str) -> None:
    if bare_endpoint:
        serve_web(settings, "127.0.0.1", port, lambda given: bare_app(given, bare_endpoint))
    else:
        serve_web(settings, "127.0.0.1", port, lambda given: _unlimited(create_app(given)))


def _await(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health/live")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    msg = "the server that is measured did not start"
    raise TimeoutError(msg)
