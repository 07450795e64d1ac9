"""`demo`: an invented authority with a demo MIS, to try the product on, or to check it."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from mis_bridge.cli.logs import write_logs
from mis_bridge.cli.words import (
    DONE,
    REFUSED_FOR_SAFETY,
    SOME_REJECTED,
    CommandFailed,
    both,
    tell,
)
from mis_bridge.config import command_language
from mis_bridge.demo import check as checking
from mis_bridge.demo import plan_story, story
from mis_bridge.demo.run import RunningDemo
from mis_bridge.domain.words import Language, Words
from mis_bridge.workers.folder import FolderHeld

STORY_SECONDS = 45.0

PREPARING = Words(
    "Preparing an invented authority with three schools...",
    "Yn paratoi awdurdod dychmygol â thair ysgol...",
)


@click.command(
    help=both(
        "Try mis-bridge on an invented authority with a demo MIS, in a throw-away database; Ctrl+C "
        "ends it.\n\nExample: mis-bridge demo\n\n"
        "Example: mis-bridge demo --check --json",
        "Rhoi cynnig ar mis-bridge ar awdurdod dychmygol â MIS arddangos, mewn cronfa ddata dros "
        "dro; mae Ctrl+C yn ei orffen.\n\nEnghraifft: mis-bridge demo\n\n"
        "Enghraifft: mis-bridge demo --check --json",
    )
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=both(
        "Folder for the data, kept afterwards; left out, a temporary one.",
        "Ffolder y data, a gedwir wedyn; heb ei rhoi, un dros dro.",
    ),
)
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=8000,
    show_default=True,
    help=both(
        "Port of mis-bridge; the demo MIS takes the next one that is free.",
        "Porth mis-bridge; mae'r MIS arddangos yn cymryd y nesaf sy'n rhydd.",
    ),
)
@click.option(
    "--lang",
    type=click.Choice(["cy", "en"]),
    help=both("Language of the pages it opens.", "Iaith y tudalennau y mae'n eu hagor."),
)
@click.option(
    "--check",
    is_flag=True,
    help=both(
        "Tell the story without a browser, say whether every part happened, and end.",
        "Adrodd y stori heb borwr, dweud a ddigwyddodd pob rhan, a gorffen.",
    ),
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=both(
        "With --check: print the findings as one object.",
        "Gyda --check: argraffu'r canfyddiadau fel un gwrthrych.",
    ),
)
def demo(
    folder: Path | None, port: int, lang: Language | None, *, check: bool, as_json: bool
) -> None:
    """Serve the demo until told to stop, or check the story and end with 0 or 1."""
    write_logs("ERROR")
    os.umask(0o077)
    began = time.monotonic()
    # What ends the demo, and whenever it comes, ends everything that it started in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with _place(folder) as place, _running(place, port, lang) as running:
        if not check:
            _serve(running)
            return
        told = story.tell(running, story.begin(running), _left(began))
        outcome = checking.outcome(running, told, _left(began))
        in_time = _left(began) > 0
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        click.echo(json.dumps({**outcome.findings, "seconds": seconds}, ensure_ascii=False))
    else:
        _summarise(outcome.findings, seconds)
    missing = outcome.missing if in_time else (*outcome.missing, _TOO_LONG)
    for words in missing:
        tell(words)
    sys.exit(SOME_REJECTED if missing else DONE)


def _left(began: float) -> float:
    """Return how many of the story's seconds are left."""
    return max(0.0, began + STORY_SECONDS - time.monotonic())


def _serve(running: RunningDemo) -> None:
    """Run the main job once, say where to look, and serve until told to stop."""
    story.tell(running, story.begin(running))
    plan_story.tell_plans(running)
    story.sign_in_everybody(running)
    mis, authority, log = running.addresses
    for words, address in ((_MIS, mis), (_AUTHORITY, authority), (_LOG, log)):
        click.echo(f"{words.in_(running.language)}: {address}")
    sys.stdout.flush()
    tell(_INVITATION)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


@contextmanager
def _running(place: Path, port: int, language: Language | None) -> Iterator[RunningDemo]:
    tell(PREPARING)
    try:
        with RunningDemo(
            place, port, language or command_language(), lambda: datetime.now(UTC)
        ) as running:
            yield running
    except FolderHeld as held:
        raise CommandFailed(held.words, REFUSED_FOR_SAFETY) from held


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="mis-bridge-demo-") as temporary:
        yield Path(temporary)


def _summarise(findings: checking.Found, seconds: float) -> None:
    """Print the findings as a person reads them: counts, no ids."""
    counts = {name: len(findings[name]) for name in ("tasks", "idp_drafts", "notices")}
    words = _SUMMARY.fill(events=findings["events"]["applied"], seconds=seconds, **counts)
    click.echo(words.in_(command_language()))


_MIS = Words("Demo MIS", "MIS arddangos")
_AUTHORITY = Words("Local authority administration", "Gweinyddu'r awdurdod lleol")
_LOG = Words("Log of what happened", "Cofnod o'r hyn a ddigwyddodd")
_INVITATION = Words(
    "Open the first address, choose a school and set a pupil from None to School Action; then open "
    "mis_bridge there. Ctrl+C stops everything.",
    "Agorwch y cyfeiriad cyntaf, dewiswch ysgol a newid disgybl o Dim i Gweithredu gan yr Ysgol; "
    "yna agorwch mis_bridge yno. Mae Ctrl+C yn stopio popeth.",
)
_TOO_LONG = Words(
    "the story took more than its 45 seconds; the machine may be busy with something else",
    "cymerodd y stori fwy na'i 45 eiliad; efallai fod y peiriant yn brysur gyda rhywbeth arall",
)
_SUMMARY = Words(
    "Events applied: {events}. Tasks opened: {tasks}. Notices: {notices}. Draft plans: "
    "{idp_drafts}. Seconds: {seconds}.",
    "Digwyddiadau ar waith: {events}. Tasgau a agorwyd: {tasks}. Hysbysiadau: {notices}. "
    "Cynlluniau drafft: {idp_drafts}. Eiliadau: {seconds}.",
)
