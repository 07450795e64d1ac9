"""`web`, `worker`, `clock` and `serve`: the processes; SIGTERM stops each within 30 seconds."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from mis_bridge.cli.logs import write_logs
from mis_bridge.cli.webserver import serve_web
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.config import Settings, child_environment, command_settings, in_folder
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.workers import folder as folders
from mis_bridge.workers.embedding import supervisor_of
from mis_bridge.workers.folder import FolderHeld
from mis_bridge.workers.leases import LeaseHeld
from mis_bridge.workers.parenthood import die_with
from mis_bridge.workers.staff import OnDuty, clock_keeper
from mis_bridge.workers.staff import worker as start_worker

_PORT = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help=both("Port to listen on, 1 to 65535.", "Porth i wrando arno, 1 i 65535."),
)
_HOST = click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=both("Address to listen on.", "Cyfeiriad i wrando arno."),
)
# What the processes write holds children's health data: nobody else on the machine reads it.
_OURS_ALONE = 0o077
_PARENT = click.option(
    "--parent",
    type=int,
    hidden=True,
    help=both(
        "The process that started this one; end with it.",
        "Y broses a ddechreuodd yr un hon; dod i ben gyda hi.",
    ),
)


@click.command(
    help=both(
        "Serve the pages and take webhooks.\n\nExample: mis-bridge web --port 8000",
        "Gweini'r tudalennau a derbyn gwebfachau.\n\nEnghraifft: mis-bridge web --port 8000",
    )
)
@_HOST
@_PORT
@_PARENT
@click.pass_context
def web(ctx: click.Context, host: str, port: int, parent: int | None) -> None:
    """Run the web process until it is told to stop."""
    with _process(ctx, parent) as settings:
        serve_web(settings, host, port)


@click.command(
    help=both(
        "Work on inboxes and deliver notices.\n\n"
        "Example: MIS_BRIDGE_EXECUTOR_ID=worker-2 mis-bridge worker",
        "Gweithio ar flychau derbyn a danfon hysbysiadau.\n\n"
        "Enghraifft: MIS_BRIDGE_EXECUTOR_ID=worker-2 mis-bridge worker",
    )
)
@_PARENT
@click.pass_context
def worker(ctx: click.Context, parent: int | None) -> None:
    """Run a worker under its stable id until it is told to stop."""
    with _process(ctx, parent) as settings:
        _stay(lambda: start_worker(settings, settings.executor_id or "worker-1"))


@click.command(
    help=both(
        "Keep the schedules: sweeps, deadlines, tidying.\n\nExample: mis-bridge clock",
        "Cadw'r amserlenni: ysgubo, dyddiadau cau, tacluso.\n\nEnghraifft: mis-bridge clock",
    )
)
@_PARENT
@click.pass_context
def clock(ctx: click.Context, parent: int | None) -> None:
    """Run the clock until it is told to stop."""
    with _process(ctx, parent) as settings:
        name = f"{settings.executor_id}-clock" if settings.executor_id else "clock-1"
        _stay(lambda: clock_keeper(settings, name))


@click.command(
    help=both(
        "Run everything for one school or a trial, on an embedded database.\n\n"
        "Example: mis-bridge serve --port 8000 --dir ./data",
        "Rhedeg popeth i un ysgol neu dreial, ar gronfa ddata fewnol.\n\n"
        "Enghraifft: mis-bridge serve --port 8000 --dir ./data",
    )
)
@_HOST
@_PORT
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=both("Folder of the data.", "Ffolder y data."),
)
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, folder: Path | None) -> None:
    """Supervise web, worker and clock until told to stop."""
    settings = in_folder(command_settings(ctx.obj["config"]), folder)
    write_logs(settings.log_level)
    os.umask(_OURS_ALONE)
    with _stopping() as stop, _refusals():
        supervisor = supervisor_of(settings, port, host=host, environment=child_environment)
        supervisor.start()
        try:
            supervisor.wait_ready(stop)
            if not stop.is_set():
                tell(_SERVING.fill(address=supervisor.address, folder=settings.folder))
            stop.wait()
        finally:
            supervisor.stop()


@contextmanager
def _process(ctx: click.Context, parent: int | None) -> Iterator[Settings]:
    """Begin one process: its end tied to its parent's, its logs, its share of the folder."""
    if parent is not None:
        die_with(parent)
    settings = command_settings(ctx.obj["config"])
    write_logs(settings.log_level)
    os.umask(_OURS_ALONE)
    with _refusals():
        if not settings.is_embedded:
            yield settings
            return
        with folders.share(settings.folder):
            yield settings


def _stay(start: Callable[[], OnDuty]) -> None:
    with _stopping() as stop:
        on_duty = start()
        try:
            stop.wait()
        finally:
            on_duty.leave()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what refuses for safety into the exit code that the contract gives it."""
    try:
        yield
    except (FolderHeld, LeaseHeld) as held:
        raise _refused(held) from held


def _refused(held: Problem) -> CommandFailed:
    return CommandFailed(held.words, REFUSED_FOR_SAFETY)


_SERVING = Words(
    "mis-bridge answers at {address}; its data is in {folder}. Ctrl+C stops it.",
    "mae mis-bridge yn ateb yn {address}; mae ei ddata yn {folder}. Mae Ctrl+C yn ei stopio.",
)
