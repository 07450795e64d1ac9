"""`doctor`: is everything as it has to be; one line each, exit 1 on a fault."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click
from sqlalchemy import Engine

from mis_bridge.cli.opening import JSON, now, print_lines
from mis_bridge.cli.words import DONE, SOME_REJECTED, both
from mis_bridge.config import Settings, command_language, command_settings
from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words
from mis_bridge.services import checks
from mis_bridge.services.checks import Check
from mis_bridge.storage.database import open_database
from mis_bridge.workers.stranded import stranded


@click.command(
    help=both(
        "Check configuration, database, keys, templates, package names and clocks; one line each, "
        "exit 1 on a fault.\n\nExample: mis-bridge doctor",
        "Gwirio gosodiadau, cronfa ddata, allweddi, templedi, enwau pecynnau a chlociau; un "
        "llinell yr un, allanfa 1 ar nam.\n\nEnghraifft: mis-bridge doctor",
    )
)
@JSON()
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Print a line a check."""
    good = True
    for check in _checks(ctx.find_root().obj["config"]):
        good = good and check.ok
        if as_json:
            said = {"words": check.words.en, "words_cy": check.words.cy}
            print_lines([{"name": check.name, "ok": check.ok, **said}])
        else:
            mark = "ok" if check.ok else "--"
            click.echo(f"{mark}  {check.name}: {check.words.in_(command_language())}")
    sys.exit(DONE if good else SOME_REJECTED)


def _checks(config: str | None) -> Iterator[Check]:
    yield from checks.packages()
    yield from checks.texts()
    try:
        settings = command_settings(config)
    except Problem as problem:
        yield Check("settings", ok=False, words=problem.words)
        return
    yield Check("settings", ok=True, words=_SETTINGS)
    yield checks.address(settings.public_url)
    yield from checks.folder(settings.folder, settings.key_file or settings.own_key_file)
    yield from _of_database(settings)


def _of_database(settings: Settings) -> Iterator[Check]:
    file = settings.database_file
    if file is not None and not file.exists():
        # Nothing has been made yet, and a doctor makes nothing: the first command that works will.
        yield Check("database", ok=True, words=_NOT_YET.fill(file=file))
        return
    keys = checks.keys_usable(lambda: settings.keys)
    yield keys
    if not keys.ok:
        return
    engine = open_database(settings.database_url, settings.keys)
    try:
        found = list(checks.database(engine, now()))
        yield from found
        if all(check.ok for check in found):
            yield _of_work(engine)
    finally:
        engine.dispose()


def _of_work(engine: Engine) -> Check:
    """Say whether work was left behind by a worker that is gone."""
    left = stranded(engine, now=now())
    if not left:
        return Check("work", ok=True, words=_NO_WORK_LEFT)
    who = ", ".join(sorted({each.executor_id for each in left}))
    return Check("work", ok=False, words=_WORK_LEFT.fill(count=len(left), who=who))


_NO_WORK_LEFT = Words("no work was left behind", "ni adawyd gwaith ar ôl")
_WORK_LEFT = Words(
    "{count} pieces of work wait for an executor that is gone; start a worker with "
    "MIS_BRIDGE_EXECUTOR_ID set to: {who}",
    "mae {count} darn o waith yn aros am weithredwr sydd wedi mynd; dechreuwch weithiwr gyda "
    "MIS_BRIDGE_EXECUTOR_ID wedi'i osod i: {who}",
)
_SETTINGS = Words("the settings can be used", "gellir defnyddio'r gosodiadau")
_NOT_YET = Words(
    "there is no database at {file} yet; mis-bridge db upgrade makes it",
    "nid oes cronfa ddata yn {file} eto; mae mis-bridge db upgrade yn ei gwneud",
)
