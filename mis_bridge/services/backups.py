"""A copy of the embedded database that can be put back: with its keys' ids, never the keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mis_bridge.domain.problems import Problem
from mis_bridge.domain.words import Words

_ABOUT = "mis_bridge_backup"


class BackupRefused(Problem):
    """A backup cannot be made or put back."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says of itself: when it was made, and which keys open it."""

    made_at: str
    key_ids: tuple[str, ...]


def back_up(database: Path, to: Path, about: About) -> None:
    """Copy a database that is in use to a new file, whole and consistent.

    Raises BackupRefused where the file is there already, or the copy does not pass its check.
    """
    if to.exists():
        raise BackupRefused(_THERE.fill(file=to))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.touch(mode=0o600)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy, pages=1024)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute(f"CREATE TABLE IF NOT EXISTS {_ABOUT} (made_at TEXT, key_id TEXT)")
        copy.execute(f"DELETE FROM {_ABOUT}")  # noqa: S608 - the name is the constant above
        copy.executemany(
            f"INSERT INTO {_ABOUT} VALUES (?, ?)",  # noqa: S608 - the name is the constant above
            [(about.made_at, key_id) for key_id in about.key_ids],
        )
        copy.commit()
    _check(to)


def about(file: Path) -> About:
    """Read what a backup says of itself; raises BackupRefused for a file that is none."""
    _check(file)
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        try:
            rows = copy.execute(f"SELECT made_at, key_id FROM {_ABOUT}").fetchall()  # noqa: S608
        except sqlite3.DatabaseError:
            raise BackupRefused(_NO_BACKUP.fill(file=file)) from None
    if not rows:
        raise BackupRefused(_NO_BACKUP.fill(file=file))
    return About(rows[0][0], tuple(row[1] for row in rows))


def restore(file: Path, database: Path, known_key_ids: tuple[str, ...]) -> About:
    """Put a backup in the place of a database that nobody uses now.

    What stood there is kept beside it. Raises BackupRefused where a key of the backup is unknown:
    a database that cannot be opened is no restored one.
    """
    said = about(file)
    missing = [key_id for key_id in said.key_ids if key_id not in known_key_ids]
    if missing:
        raise BackupRefused(_KEYS.fill(keys=", ".join(missing)))
    database.parent.mkdir(parents=True, exist_ok=True)
    aside = database.with_name(f".{database.name}.restoring")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(aside)) as copy:
        source.backup(copy)
        copy.execute(f"DROP TABLE {_ABOUT}")
        copy.execute("PRAGMA journal_mode=WAL")
        copy.commit()
    if database.exists():
        _fold_log_in(database)
        database.replace(database.with_name(f"{database.name}.before-restore"))
    for tail in ("-wal", "-shm"):
        database.with_name(database.name + tail).unlink(missing_ok=True)
    aside.replace(database)
    for tail in ("-wal", "-shm"):
        aside.with_name(aside.name + tail).unlink(missing_ok=True)
    return said


def _fold_log_in(database: Path) -> None:
    """Write what stands in the log into the file itself, so that the file alone is whole."""
    with closing(sqlite3.connect(database)) as held:
        held.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _check(file: Path) -> None:
    if not file.is_file():
        raise BackupRefused(_NO_BACKUP.fill(file=file))
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            found = copy.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError:
        raise BackupRefused(_NO_BACKUP.fill(file=file)) from None
    if found != ("ok",):
        raise BackupRefused(_DAMAGED.fill(file=file))


_THERE = Words(
    "{file} is there already; name a new file", "mae {file} yno eisoes; enwch ffeil newydd"
)
_NO_BACKUP = Words(
    "{file} is no backup made by mis-bridge backup",
    "nid copi wrth gefn a wnaed gan mis-bridge backup yw {file}",
)
_DAMAGED = Words(
    "{file} is damaged; take another backup", "mae {file} wedi'i difrodi; cymerwch gopi arall"
)
_KEYS = Words(
    "this backup was sealed with the keys {keys}, which are not among yours; find them first",
    "seliwyd y copi hwn â'r allweddi {keys}, nad ydynt ymhlith eich rhai chi; dewch o hyd iddynt "
    "yn gyntaf",
)
