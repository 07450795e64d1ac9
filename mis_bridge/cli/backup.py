"""`backup` and `restore`: the embedded database as one file."""

from __future__ import annotations

from pathlib import Path

import click

from mis_bridge.cli.opening import desk, now
from mis_bridge.cli.words import REFUSED_FOR_SAFETY, CommandFailed, both, tell
from mis_bridge.config import Settings, command_settings
from mis_bridge.domain.words import Words
from mis_bridge.services import backups, resealing
from mis_bridge.services.backups import About
from mis_bridge.workers import folder as folders
from mis_bridge.workers.embedding import upgrade
from mis_bridge.workers.folder import FolderHeld


@click.command(
    help=both(
        "Copy the embedded database to one file; it may be in use. The keys are not in it, only "
        "their ids: keep them elsewhere.\n\nExample: mis-bridge backup /safe/2026-11-22.backup",
        "Copïo'r gronfa ddata fewnol i un ffeil; caiff fod ar waith. Nid yw'r allweddi ynddi, dim "
        "ond eu hidau: cadwch nhw mewn man arall.\n\n"
        "Enghraifft: mis-bridge backup /diogel/2026-11-22.backup",
    )
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Write a backup."""
    with desk(ctx) as at:
        source = _embedded(at.settings)
        held = resealing.keys_in_use(at.begin)
        ids = tuple(sorted({*held, at.settings.keys.sealing_id}))
        backups.back_up(source, file, About(now().isoformat(timespec="seconds"), ids))
    tell(_WRITTEN.fill(file=file, keys=", ".join(ids)))


@click.command(
    help=both(
        "Bring back a backup; nothing may run on the database meanwhile, and what stood there is "
        "kept beside it.\n\nExample: mis-bridge restore /safe/2026-11-22.backup",
        "Adfer copi wrth gefn; ni chaiff dim redeg ar y gronfa ddata yn y cyfamser, a chedwir yr "
        "hyn oedd yno wrth ei ochr.\n\nEnghraifft: mis-bridge restore /diogel/2026-11-22.backup",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Put a backup back."""
    settings = command_settings(ctx.find_root().obj["config"])
    database = _embedded(settings)
    said = backups.about(file)
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with folders.rule(settings.folder):
            backups.restore(file, database, settings.keys.key_ids)
            upgrade(settings)
    except FolderHeld as held:
        raise CommandFailed(held.words, REFUSED_FOR_SAFETY) from held
    tell(_RESTORED.fill(made_at=said.made_at))


def _embedded(settings: Settings) -> Path:
    if settings.database_file is None:
        raise CommandFailed(_NOT_EMBEDDED)
    return settings.database_file


_WRITTEN = Words(
    "{file} is written; it opens with the keys {keys}, which are not in it",
    "ysgrifennwyd {file}; mae'n agor â'r allweddi {keys}, nad ydynt ynddi",
)
_RESTORED = Words(
    "the backup of {made_at} is in place; sources will be read again from its day on",
    "mae copi {made_at} yn ei le; darllenir y ffynonellau eto o'i ddiwrnod ymlaen",
)
_NOT_EMBEDDED = Words(
    "this is for an embedded database; back up PostgreSQL with pg_dump and restore with pg_restore",
    "ar gyfer cronfa ddata fewnol y mae hyn; copïwch PostgreSQL â pg_dump ac adfer â pg_restore",
)
