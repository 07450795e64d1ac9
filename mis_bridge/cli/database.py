"""`db`: bring the database up to date, or say how it stands."""

from __future__ import annotations

import click

from mis_bridge.cli.words import SOME_REJECTED, CommandFailed, both, tell
from mis_bridge.config import command_settings
from mis_bridge.domain.words import Words
from mis_bridge.storage import migrating
from mis_bridge.storage.database import open_database
from mis_bridge.workers.embedding import upgrade as upgrade_both


@click.group(
    help=both(
        "The database.\n\nExample: mis-bridge db upgrade",
        "Y gronfa ddata.\n\nEnghraifft: mis-bridge db upgrade",
    )
)
def db() -> None:
    """Hold the verbs of the database."""


@db.command(
    help=both(
        "Bring the database, and the job engine's tables in it, up to date.\n\n"
        "Example: mis-bridge db upgrade",
        "Diweddaru'r gronfa ddata, a thablau'r peiriant gwaith ynddi.\n\n"
        "Enghraifft: mis-bridge db upgrade",
    )
)
@click.pass_context
def upgrade(ctx: click.Context) -> None:
    """Run the migrations."""
    settings = command_settings(ctx.find_root().obj["config"])
    if settings.database_file is not None:
        _ = settings.keys  # a new embedded database gets its keys before its first row
        settings.database_file.parent.mkdir(parents=True, exist_ok=True)
    upgrade_both(settings)
    tell(_DONE.fill(revision=migrating.head()))


@db.command(
    help=both(
        "Check that the database is at this version's schema; exit 1 if not.\n\n"
        "Example: mis-bridge db check",
        "Gwirio bod y gronfa ddata ar sgema'r fersiwn hwn; allanfa 1 os nad yw.\n\n"
        "Enghraifft: mis-bridge db check",
    )
)
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare the database with the schema."""
    settings = command_settings(ctx.find_root().obj["config"])
    if settings.database_file is not None and not settings.database_file.exists():
        raise CommandFailed(_NOT_THERE, SOME_REJECTED)
    engine = open_database(settings.database_url)
    try:
        revision = migrating.check(engine)
        found = migrating.differences(engine)
    except (migrating.RevisionBehind, migrating.RevisionUnknown) as problem:
        raise CommandFailed(problem.words, SOME_REJECTED) from problem
    finally:
        engine.dispose()
    if found:
        raise CommandFailed(_DIFFERS.fill(count=len(found)), SOME_REJECTED)
    tell(_DONE.fill(revision=revision))


_DONE = Words(
    "the database is at revision {revision}", "mae'r gronfa ddata ar ddiwygiad {revision}"
)
_NOT_THERE = Words(
    "the embedded database is not there yet; run mis-bridge db upgrade",
    "nid yw'r gronfa ddata fewnol yno eto; rhedwch mis-bridge db upgrade",
)
_DIFFERS = Words(
    "the database differs from this version's schema in {count} places; restore it or ask for help",
    "mae'r gronfa ddata'n wahanol i sgema'r fersiwn hwn mewn {count} lle; adferwch hi neu "
    "gofynnwch am help",
)
