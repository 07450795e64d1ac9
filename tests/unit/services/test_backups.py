"""A backup is whole, holds no key, and goes back only where its keys are known."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mis_bridge.services.backups import About, BackupRefused, about, back_up, restore

SAID = About("2026-11-22T02:00:00+00:00", ("k1", "k2"))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database with rows in its log that are not yet in the file."""
    file = tmp_path / "live.db"
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE things (name TEXT)")
        opened.executemany("INSERT INTO things VALUES (?)", [("a",), ("b",)])
        opened.commit()
    return file


def names(file: Path) -> list[str]:
    """Return what the database holds."""
    with closing(sqlite3.connect(file)) as opened:
        return [row[0] for row in opened.execute("SELECT name FROM things ORDER BY name")]


def write(file: Path, name: str) -> None:
    """Add a row."""
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("INSERT INTO things VALUES (?)", [name])
        opened.commit()


def test_a_backup_of_a_database_in_use_is_whole(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as in_use:
        in_use.execute("INSERT INTO things VALUES ('c')")
        in_use.commit()
        in_use.execute("INSERT INTO things VALUES ('not committed')")
        back_up(database, tmp_path / "copy", SAID)
    assert names(tmp_path / "copy") == ["a", "b", "c"]
    assert about(tmp_path / "copy") == SAID
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_restoring_brings_back_the_day_of_the_backup_and_keeps_what_stood_there(
    database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy", SAID)
    write(database, "later")
    restore(tmp_path / "copy", database, ("k1", "k2", "k3"))
    assert names(database) == ["a", "b"]
    assert names(tmp_path / "live.db.before-restore") == ["a", "b", "later"]


def test_a_backup_whose_key_is_unknown_is_refused_and_nothing_changes(
    database: Path, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "copy", SAID)
    write(database, "later")
    with pytest.raises(BackupRefused, match="k2"):
        restore(tmp_path / "copy", database, ("k1",))
    assert names(database) == ["a", "b", "later"]


def test_an_existing_file_is_never_overwritten(database: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(BackupRefused):
        back_up(database, tmp_path / "copy", SAID)
    assert (tmp_path / "copy").read_text() == "precious"


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to be read"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(BackupRefused):
        about(file)


def test_a_damaged_backup_is_refused(database: Path, tmp_path: Path) -> None:
    for number in range(10):
        write(database, f"row {number} " + "x" * 1000)
    back_up(database, tmp_path / "copy", SAID)
    whole = bytearray((tmp_path / "copy").read_bytes())
    whole[4096:4196] = b"\xff" * 100
    (tmp_path / "copy").write_bytes(bytes(whole))
    with pytest.raises(BackupRefused):
        about(tmp_path / "copy")
